"""One round whose clock ran ahead silences nothing: what it put too far ahead is brought back by the next."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pipeline.errors import DeliveryError
from pipeline.record.notes import CLOCK
from pipeline.steps.keeping import doctor
from pipeline.steps.keeping.findings import Finding
from pipeline.steps.known.arrivals import came_ahead
from pipeline.steps.known.clock import SKEW
from schemas.feed import Health, Outcome
from schemas.search import Query
from tests.steps.conftest import START, House, Site
from tests.steps.test_rounds import FLOOD, OTHER_WORDS, outcomes, topic_for

AHEAD = timedelta(days=30)
SCHOOL = (
    "The school in Arn stays closed after the flood for 12 days, the head teacher said, and 300 children stay at home."
)


@pytest.fixture
def ahead(house: House, site: Site) -> House:
    """A house with one round at the right time and another with the clock a month ahead; the clock is right again."""
    site.publish("flood", "Hospital evacuated as Malva floods Tarn", *FLOOD)
    house.enrol(topic_for(site, alerts={"bundle": "0s", "feeds": False}))
    house.round()
    house.clock.forward(days=30)
    return house


def back(house: House) -> None:
    house.clock.now = START + timedelta(minutes=30)


def test_feeds_are_polled_on(ahead: House, site: Site) -> None:
    ahead.round()
    back(ahead)
    site.publish("boats", "Boats bring patients out of flooded Tarn hospital", *OTHER_WORDS)
    assert ahead.round(every_feed=False).polled.new == 1
    with ahead.services.record.read() as tx:
        (feed,) = tx.feeds.all()
    assert feed.state.next_poll is not None
    assert feed.state.next_poll - ahead.clock() <= timedelta(days=1)
    assert feed.state.health is Health.OK


def test_entries_that_were_to_be_tried_again_and_those_in_work_are_read(ahead: House, site: Site) -> None:
    site.publish("slow", "Boats bring patients out of flooded Tarn hospital", *OTHER_WORDS, status=500)
    site.publish("held", "River Malva falls", "The river Malva fell by two metres after the flood in Tarn.")
    ahead.round()
    with ahead.services.record.begin() as tx:
        held = outcomes(ahead.services)["held"]
        tx.entries.add([held.model_copy(update={"id": "entry-held-again", "seq": 0, "outcome": None, "ended": None})])
        tx.entries.claim(ahead.clock(), 9, timedelta(minutes=15), "somebody")
    back(ahead)
    site.publish("slow", "Boats bring patients out of flooded Tarn hospital", *OTHER_WORDS)
    ahead.clock.forward(days=1, hours=1)
    ahead.round()
    assert outcomes(ahead.services)["slow"].outcome is Outcome.INDEXED
    with ahead.services.record.read() as tx:
        entry = tx.entries.get("entry-held-again")
    assert entry is not None
    assert entry.outcome is not None


def test_mails_that_failed_meanwhile_go_out_and_count_for_no_later_day(ahead: House, site: Site) -> None:
    site.publish("boats", "Boats bring patients out of flooded Tarn hospital", *OTHER_WORDS)
    ahead.post.failures = [DeliveryError("the mail server is down")] * 9
    assert ahead.round().told.troubles
    back(ahead)
    ahead.post.failures.clear()
    before = len(ahead.post.mails)
    ahead.round()
    ahead.clock.forward(hours=4)
    ahead.round()
    assert len(ahead.post.mails) > before
    ahead.clock.forward(days=1)
    with ahead.services.record.read() as tx:
        assert tx.messages.sent_since("floods", "desk@newsroom.example", ahead.clock()) == 0


def test_digests_go_on(ahead: House, site: Site) -> None:
    ahead.round()
    back(ahead)
    site.publish("boats", "Boats bring patients out of flooded Tarn hospital", *OTHER_WORDS)
    ahead.round()
    ahead.clock.forward(days=1)
    assert ahead.round().told.digests


def test_a_host_that_wanted_a_pause_then_is_visited_now(ahead: House, site: Site) -> None:
    ahead.robots = "User-agent: *\nCrawl-delay: 3"
    site.publish("boats", "Boats bring patients out of flooded Tarn hospital", *OTHER_WORDS, status=429)
    ahead.round()
    back(ahead)
    site.publish("boats", "Boats bring patients out of flooded Tarn hospital", *OTHER_WORDS)
    ahead.robots = ""
    ahead.clock.forward(days=2)
    ahead.round()
    ahead.clock.forward(hours=1)
    ahead.round()
    assert outcomes(ahead.services)["boats"].outcome is Outcome.INDEXED


def test_what_came_in_then_is_no_later_than_now_and_opens_no_story_apart(ahead: House, site: Site) -> None:
    site.publish("boats", "Boats bring patients out of flooded Tarn hospital", *OTHER_WORDS, published=None)
    site.publish("market", "Malva floods the market of Tarn", *FLOOD, published=None)
    ahead.round()
    back(ahead)
    # Dates are brought back to the moment of this round; what comes in later is later.
    ahead.round()
    ahead.clock.forward(minutes=1)
    site.publish("school", "School in Arn stays closed after the flood", SCHOOL, published=ahead.clock())
    report = ahead.round()
    now = ahead.clock()
    with ahead.services.record.read() as tx:
        articles, stories = list(tx.articles.iterate()), tx.stories.find()
        assert len(articles) == 4
        assert [one.reading.url for one in articles if max(one.first_seen, one.reading.published) > now] == []
        assert [one.id for one in stories if one.last_seen > now] == []
        assert [one.id for one in tx.threads.remembered() if one.portrait.last > now] == []
        assert [one.id for one in tx.articles.remembered() if max(one.time, one.told or one.time) > now] == []
        assert [
            one.id for one in tx.entries.find() if max(one.first_seen, one.place or now, one.ended or now) > now
        ] == []
        assert [seen for one in articles for seen in tx.articles.revisions(one.id) if seen.seen > now] == []
        figures = [one for one, _ in tx.figures.iterate()]
        assert figures
        assert [one.id for one in figures if one.published > now] == []
        series = tx.figures.series("floods")
        assert [one.id for one in series for claim in one.claims if max(claim.published, one.opened) > now] == []
        assert [claim for one in series for claim in one.claims if claim.as_of > now.date()] == []
        assert [one.id for one in tx.told.articles("floods") if one.published > now] == []
        # The latest is what came in last.
        assert stories[0].headline.startswith("School in Arn")
    assert report.judged.stories_opened == 1
    check_by_index(ahead)


def check_by_index(house: House) -> None:
    """Search finds what the record says now, and the judge's memory is the record's."""
    hits = house.services.index.search(Query(text="tarn")).hits
    assert hits
    assert max(hit.document.published for hit in hits) <= house.clock()


def test_what_an_older_version_left_ahead_is_named_and_brought_back_too(ahead: House, site: Site) -> None:
    site.publish("boats", "Boats bring patients out of flooded Tarn hospital", *OTHER_WORDS)
    ahead.round()
    back(ahead)
    with ahead.services.record.begin() as tx:
        tx.notes.set(CLOCK, ahead.clock().isoformat())
    ahead.clock.forward(hours=1)
    (finding,) = clock_findings(ahead)
    assert finding.what == "2 articles and stories came in at a time that is in the future"
    ahead.round()
    assert clock_findings(ahead) == []


def clock_findings(house: House) -> list[Finding]:
    services = house.services
    with services.record.read() as tx:
        now = services.clock()
        return list(doctor.clock_findings(doctor.last_round(tx), now, came_ahead(tx, now + SKEW)))


def test_the_doctor_names_it_until_a_round_has_healed_it(ahead: House) -> None:
    ahead.round()
    assert clock_findings(ahead) == []
    back(ahead)
    finding = clock_findings(ahead)[0]
    assert finding.level == "warning"
    assert "2026-04-01 12:00 UTC, which is in the future" in finding.what
    ahead.round()
    assert clock_findings(ahead) == []


def test_a_digest_says_when_no_feed_was_looked_at(house: House, site: Site) -> None:
    site.publish("flood", "Hospital evacuated as Malva floods Tarn", *FLOOD)
    house.enrol(topic_for(site, zone="Europe/Oslo"))
    house.round()
    house.clock.now = START + timedelta(hours=1, minutes=10)
    house.round()
    house.clock.now = START + timedelta(hours=4, minutes=40)
    house.round()
    house.clock.now = START + timedelta(days=1)
    house.post.mails.clear()
    house.round()
    (digest,) = [mail for mail in house.post.mails if "digest" in mail.subject.lower()]
    said = " ".join(digest.text.split())
    # An hour and ten minutes are no pause, and what is not over yet is told by the next digest.
    assert "No feed was polled between Mon 2 Mar, 14:10 and 17:40. " in said
