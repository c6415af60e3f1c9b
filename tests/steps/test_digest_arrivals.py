"""Every report, and every number taken back, is in one digest, whatever held its page up; and in no other."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from pipeline.steps.judge import Judge
from pipeline.tell.delivery import Delivery
from schemas.alert import DigestData, Mail
from schemas.feed import Origin
from schemas.topic import Topic
from tests.record import examples
from tests.steps.conftest import START, House, Post, Site
from tests.steps.test_developments import AID, OTHERS, QUAKE, publish

TOLL = "At least 12 people were killed when the roof of the school in Castel Orsino fell in, the fire brigade said."
WHALE, PAINTING = OTHERS["whale"], OTHERS["painting"]


@dataclass
class Reader(Post):
    """Takes mails, and keeps what the record says of the digest that each one is."""

    house: House | None = None
    digests: list[DigestData] = field(default_factory=list)

    def send(self, mail: Mail, *, date: datetime) -> Delivery:
        assert self.house is not None
        with self.house.services.record.read() as tx:
            self.digests += [one.data for one in tx.digests.find() if one.message_id == mail.message_id and one.data]
        return super().send(mail, date=date)


def reported(data: DigestData) -> set[str]:
    return {report.title for story in data.stories for report in story.reports}


def values(data: DigestData) -> set[float | None]:
    return {line.current.figure.value for line in (*data.changed, *data.new)}


@dataclass
class Days:
    """A desk that is told at six in the evening alone, and a feed; rounds at the times that a test names."""

    house: House
    site: Site

    def round(self, day: int, hour: int, minute: int = 0) -> None:
        self.house.clock.now = START.replace(hour=hour, minute=minute) + timedelta(days=day)
        self.house.round()

    def evening(self, day: int, hour: int = 18) -> DigestData:
        """The digest of a day, bound a minute after the hour; it must be the only one."""
        post = self.house.post
        assert isinstance(post, Reader)
        before = len(post.digests)
        self.round(day, hour, 1)
        (data,) = post.digests[before:]
        return data


@pytest.fixture
def days(house: House, site: Site) -> Days:
    """A first report came in at noon."""
    house.post = Reader(house=house)
    given = {"name": "news", "feeds": [site.feed_url], "recipients": ["desk@newsroom.example"], "window": "1d"}
    house.enrol(Topic.model_validate(given | {"digest": {"at": ["18:00"]}, "alerts": {"stories": False}}))
    publish(site, "quake", QUAKE)
    days = Days(house, site)
    days.round(0, 12)
    return days


def test_what_was_announced_before_six_and_judged_after_it_is_in_the_next_digest(days: Days) -> None:
    days.site.publish("aid", AID[0], *AID[1:], TOLL, status=503)
    days.round(0, 17, 50)
    first = days.evening(0)
    publish(days.site, "aid", (*AID, TOLL))
    days.round(0, 19)
    publish(days.site, "whale", WHALE)
    days.round(1, 12)
    second = days.evening(1)
    publish(days.site, "painting", PAINTING)
    days.round(2, 12)
    third = days.evening(2)
    assert (reported(first), reported(second), reported(third)) == ({QUAKE[0]}, {AID[0], WHALE[0]}, {PAINTING[0]})
    assert [12 in values(data) for data in (first, second, third)] == [False, True, False]
    assert [data.articles for data in (first, second, third)] == [1, 2, 1]
    assert [sum(data.outcomes.values()) for data in (first, second, third)] == [1, 2, 1]
    aid = next(story for story in second.stories if story.reports[0].title == AID[0])
    assert aid.earlier == (1 if aid.thread == first.stories[0].thread else 0)


def test_what_comes_in_while_a_late_digest_waits_for_its_turn_is_told_once(days: Days) -> None:
    """The digest of six is bound at eight, by a round that brought something new before: that is of the next."""
    publish(days.site, "aid", AID)
    days.round(0, 17, 50)
    publish(days.site, "whale", WHALE)
    first = days.evening(0, hour=20)
    publish(days.site, "painting", PAINTING)
    days.round(1, 12)
    assert (reported(first), reported(days.evening(1))) == ({QUAKE[0], AID[0]}, {WHALE[0], PAINTING[0]})


def test_a_number_that_yesterdays_report_takes_back_today_is_in_todays_digest(days: Days) -> None:
    publish(days.site, "aid", (*AID, TOLL))
    days.round(0, 17, 50)
    first = days.evening(0)
    publish(days.site, "aid", (*AID, TOLL.replace("At least 12", "At least 21")))
    read_again(days, "aid", day=1)
    second = days.evening(1)
    publish(days.site, "whale", WHALE)
    days.round(2, 12)
    third = days.evening(2)
    assert [values(data) & {12.0, 21.0} for data in (first, second, third)] == [{12}, {21}, set()]
    assert [data.articles for data in (first, second, third)] == [2, 0, 1]


def read_again(days: Days, slug: str, day: int) -> None:
    """A feed announces the page of an article anew, so that it is read once more."""
    item = next(one for one in days.site.items if one.slug == slug)
    item.published = START + timedelta(days=day)
    item.summary = "Corrected."
    days.round(day, 12)


def test_the_full_text_of_yesterdays_teaser_is_in_todays_digest(days: Days) -> None:
    days.site.publish("aid", AID[0], AID[1], "Subscribe to continue reading this article and all others.")
    days.round(0, 17, 50)
    first = days.evening(0)
    publish(days.site, "aid", (*AID, TOLL))
    read_again(days, "aid", day=1)
    second = days.evening(1)
    assert (reported(first), reported(second)) == ({QUAKE[0]}, {AID[0]})
    assert 12 in values(second)


def test_an_archive_replayed_into_a_desk_is_no_news_of_the_day(days: Days) -> None:
    """A replay takes the time of what it plays: its articles lie long before the period of the next digest."""
    days.evening(0)
    past = START - timedelta(days=400)
    entry = examples.entry("old", origin=Origin.REPLAY, topics=("news",), first_seen=past, feed=None)
    with days.house.services.record.begin() as tx:
        tx.entries.add([entry])
        tx.entries.put_reading("old", examples.read_entry(entry, "news"))
    assert Judge(days.house.services).run().judged == 1
    publish(days.site, "whale", WHALE)
    days.round(1, 12)
    data = days.evening(1)
    assert (reported(data), data.articles) == ({WHALE[0]}, 1)
