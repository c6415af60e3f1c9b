"""Whole rounds over a real local site: what comes in, and what becomes of it."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.errors import DeliveryError, DeliveryRefused
from pipeline.runner import Watcher
from pipeline.steps.services import Services
from schemas.alert import AlertKind, AlertState
from schemas.article import Article
from schemas.feed import Entry, Health, Outcome
from schemas.figure import VerdictKind
from schemas.search import Query
from schemas.topic import Topic
from tests.steps.conftest import START, House, Site

FLOOD = (
    "The river Malva burst its banks on Sunday night and flooded the old town of Tarn, the mayor said.",
    "At least 40 people were evacuated from the hospital by boat, according to the fire brigade.",
    "Residents spoke of water rising within minutes, of cars carried through the market and of a long night on roofs.",
    "The governor promised help and asked people to stay away from the bridges until engineers have looked at them.",
)
OTHER_WORDS = (
    "Rescuers in small boats took patients out of Tarn's hospital after the Malva flooded its ground floor.",
    "Forty people had been brought to safety by Monday morning, the fire brigade of the town reported.",
    "The flood came at night, when the river rose above the quay in the old quarter. Bridges remain closed.",
)


def topic_for(*sites: Site, **fields: object) -> Topic:
    return Topic.model_validate(
        {
            "name": "floods",
            "match": {"any": ["flood*"]},
            "feeds": [site.feed_url for site in sites],
            "recipients": ["desk@newsroom.example"],
            "alerts": {"bundle": "0s"},
        }
        | fields
    )


def outcomes(services: Services) -> dict[str, Entry]:
    with services.record.read() as tx:
        return {entry.announcement.url.rsplit("/", 1)[1]: entry for entry in tx.entries.find()}


def article(services: Services, url: str) -> Article:
    with services.record.read() as tx:
        found = tx.articles.by_url(url)
    assert found is not None
    return found


def test_an_announced_article_is_read_searchable_and_told(house: House, site: Site) -> None:
    site.publish("flood-in-tarn", "Hospital evacuated as Malva floods Tarn", *FLOOD)
    house.enrol(topic_for(site))
    done = house.round()
    assert done.judged.ended == {Outcome.INDEXED: 1}
    (hit,) = house.services.index.search(Query(text="hospital flood")).hits
    assert hit.document.url == site.url("flood-in-tarn")
    (mail,) = house.post.mails
    assert "40" in mail.text
    assert "evacuated from the hospital by boat" in mail.text
    assert site.url("flood-in-tarn") in mail.text


def test_two_reports_of_one_event_are_one_story_and_no_copies(house: House, site: Site, other_site: Site) -> None:
    site.publish("one", "Hospital evacuated as Malva floods Tarn", *FLOOD)
    other_site.publish("two", "Boats bring patients out of flooded Tarn hospital", *OTHER_WORDS)
    house.enrol(topic_for(site, other_site))
    house.round()
    one, two = article(house.services, site.url("one")), article(house.services, other_site.url("two"))
    assert one.story == two.story
    assert one.copy_link is None
    assert two.copy_link is None
    with house.services.record.read() as tx:
        (story,) = tx.stories.find()
    assert len(story.articles) == 2
    assert set(story.outlets) == {"nordwire", "southpost"}


def test_a_copy_is_kept_under_its_original_and_tells_nothing_twice(house: House, site: Site, other_site: Site) -> None:
    site.publish("original", "Hospital evacuated as Malva floods Tarn", *FLOOD)
    house.enrol(topic_for(site, other_site))
    house.round()
    told = len(house.post.mails)
    house.clock.forward(hours=1)
    other_site.publish("copy", "Malva floods Tarn", *FLOOD)
    done = house.round()
    assert done.judged.ended == {Outcome.COPY: 1}
    copy = article(house.services, other_site.url("copy"))
    assert copy.copy_of == article(house.services, site.url("original")).id
    assert copy.story == article(house.services, site.url("original")).story
    assert len(house.post.mails) == told
    assert house.services.index.search(Query(text="hospital", copies=False)).total == 1
    assert house.services.index.search(Query(text="hospital")).total == 2


def test_of_two_that_come_together_the_earlier_published_is_the_original(
    house: House, site: Site, other_site: Site
) -> None:
    site.publish("copy", "Malva floods Tarn", *FLOOD, published=START - timedelta(hours=1))
    other_site.publish("original", "Hospital evacuated", *FLOOD, published=START - timedelta(hours=3))
    house.enrol(topic_for(site, other_site))
    house.round()
    original = article(house.services, other_site.url("original"))
    assert article(house.services, site.url("copy")).copy_of == original.id


def test_a_copy_with_another_number_still_delivers_it(house: House, site: Site, other_site: Site) -> None:
    site.publish("original", "Hospital evacuated as Malva floods Tarn", *FLOOD)
    house.enrol(topic_for(site, other_site))
    house.round()
    house.clock.forward(hours=5)
    changed = (FLOOD[0], FLOOD[1].replace("At least 40", "At least 65"), *FLOOD[2:])
    other_site.publish("copy", "Malva floods Tarn", *changed, published=START + timedelta(hours=4))
    done = house.round()
    assert done.judged.ended == {Outcome.COPY: 1}
    assert done.judged.verdicts[VerdictKind.CHANGED] + done.judged.verdicts[VerdictKind.CONTRADICTION] == 1
    assert "65" in house.post.mails[-1].subject


def test_every_page_ends_in_the_outcome_that_fits_it(house: House, site: Site) -> None:
    house.robots = "User-agent: *\nDisallow: /nordwire/private-flood"
    site.publish("good-flood", "Hospital evacuated as Malva floods Tarn", *FLOOD)
    site.publish("cup-final", "Tarn win the cup", "Tarn won the cup on Sunday, and the town sang until morning. " * 5)
    site.publish("closed-flood", "Flood", "x", status=403)
    site.publish("gone-flood", "Flood", "x", status=410)
    site.publish("pdf-flood", "Flood", "x", body=b"%PDF-1.7 ...", content_type="application/pdf")
    site.publish("huge-flood", "Flood", "x", body=b"<html>" + b"x" * 11_000_000)
    site.publish("private-flood", "Flood", "x")
    house.enrol(topic_for(site))
    house.round()
    ended = {slug: entry.outcome for slug, entry in outcomes(house.services).items()}
    assert ended == {
        "good-flood": Outcome.INDEXED,
        "cup-final": Outcome.OFF_TOPIC,
        "closed-flood": Outcome.BLOCKED,
        "gone-flood": Outcome.GONE,
        "pdf-flood": Outcome.NOT_HTML,
        "huge-flood": Outcome.TOO_LARGE,
        "private-flood": Outcome.ROBOTS,
    }
    assert all(entry.reason for slug, entry in outcomes(house.services).items() if slug != "good-flood")
    assert "private-flood" not in site.asked


def test_counts_in_equal_counts_out(house: House, site: Site) -> None:
    for number in range(9):
        site.publish(f"n{number}", f"Flood {number}", *FLOOD, status=(200, 403, 500)[number % 3])
    house.enrol(topic_for(site))
    house.round()
    with house.services.record.read() as tx:
        counts = tx.entries.counts()
    assert sum(counts.values()) == 9
    assert counts["waiting"] == 3
    assert counts["blocked"] == 3
    assert counts["indexed"] + counts["copy"] == 3


def test_a_page_in_trouble_is_tried_again_and_read_when_it_is_back(house: House, site: Site) -> None:
    site.publish("flood", "Flood in Tarn", *FLOOD, status=503)
    house.enrol(topic_for(site))
    assert house.round().read.again == 1
    site.items[0].status = 200
    house.clock.forward(seconds=30)
    assert house.round().judged.judged == 0
    house.clock.forward(minutes=1)
    assert house.round().judged.ended == {Outcome.INDEXED: 1}


def test_a_page_that_stays_in_trouble_is_given_up_with_the_reason(house: House, site: Site) -> None:
    site.publish("flood", "Flood in Tarn", *FLOOD, status=503)
    house.enrol(topic_for(site))
    for _ in range(5):
        house.round()
        house.clock.forward(days=1)
    entry = outcomes(house.services)["flood"]
    assert entry.outcome is Outcome.FAILED
    assert "503" in entry.reason
    assert "5 times" in entry.reason


def test_a_missing_page_is_tried_once_more_before_it_is_gone(house: House, site: Site) -> None:
    site.publish("flood", "Flood in Tarn", *FLOOD, status=404)
    house.enrol(topic_for(site))
    assert house.round().read.again == 1
    house.clock.forward(hours=1)
    assert house.round().read.ended == {Outcome.GONE: 1}


def test_a_revised_page_is_a_new_revision_of_the_same_article(house: House, site: Site) -> None:
    site.publish("flood", "Hospital evacuated as Malva floods Tarn", *FLOOD)
    house.enrol(topic_for(site))
    house.round()
    house.clock.forward(hours=2)
    site.publish(
        "flood", "More patients evacuated as Malva floods Tarn", FLOOD[0], FLOOD[1].replace("40", "52"), *FLOOD[2:]
    )
    done = house.round()
    revised = article(house.services, site.url("flood"))
    assert done.judged.ended == {Outcome.INDEXED: 1}
    assert revised.revision == 2
    assert "52 people" in revised.reading.text
    with house.services.record.read() as tx:
        assert [revision.number for revision in tx.articles.revisions(revised.id)] == [1, 2]
        assert len(tx.stories.find()) == 1
    assert house.services.index.search(Query(text="hospital")).total == 1
    assert "52" in house.post.mails[-1].subject


def test_an_item_announced_again_with_nothing_new_is_known(house: House, site: Site) -> None:
    site.publish("flood", "Hospital evacuated as Malva floods Tarn", *FLOOD)
    house.enrol(topic_for(site))
    house.round()
    house.clock.forward(hours=2)
    site.items[0].summary = "The same page under another summary."
    done = house.round()
    assert done.judged.ended == {Outcome.KNOWN: 1}
    assert article(house.services, site.url("flood")).revision == 1


def test_a_date_that_alone_has_changed_is_no_news(house: House, site: Site) -> None:
    site.publish("flood", "Hospital evacuated as Malva floods Tarn", *FLOOD)
    house.enrol(topic_for(site))
    house.round()
    house.clock.forward(hours=2)
    site.items[0].published = START + timedelta(hours=1)
    done = house.round()
    # It is asked for, since much is updated under the same words; but nothing has changed.
    assert (done.polled.new, done.judged.ended) == (1, {Outcome.KNOWN: 1})
    assert done.told.mails == []


def test_a_feed_in_trouble_is_told_and_polled_again(house: House, site: Site) -> None:
    site.feed_status = 500
    house.enrol(topic_for(site))
    done = house.round()
    assert [url for url, _ in done.polled.failed] == [site.feed_url]
    site.feed_status = 200
    site.publish("flood", "Hospital evacuated as Malva floods Tarn", *FLOOD)
    house.clock.forward(days=1)
    assert house.round(every_feed=False).judged.ended == {Outcome.INDEXED: 1}
    with house.services.record.read() as tx:
        assert tx.feeds.all()[0].state.health is Health.OK


def test_an_unchanged_feed_answers_304_and_brings_nothing(house: House, site: Site) -> None:
    site.publish("flood", "Hospital evacuated as Malva floods Tarn", *FLOOD)
    house.enrol(topic_for(site))
    house.round()
    house.clock.forward(hours=1)
    assert house.round().polled.unchanged == 1
    with house.services.record.read() as tx:
        assert tx.feeds.all()[0].state.status == 304
    assert site.asked.count("flood") == 1


def test_a_feed_of_two_topics_serves_both_and_its_page_is_fetched_once(house: House, site: Site) -> None:
    site.publish("flood", "Hospital evacuated as Malva floods Tarn", *FLOOD)
    house.enrol(topic_for(site), topic_for(site, name="hospitals", match={"any": ["hospital"]}))
    house.round()
    assert article(house.services, site.url("flood")).on_topics == ("floods", "hospitals")
    assert site.asked.count("flood") == 1


def test_a_topic_without_recipients_leaves_its_alerts_to_the_digest(house: House, site: Site) -> None:
    site.publish("flood", "Hospital evacuated as Malva floods Tarn", *FLOOD)
    house.enrol(topic_for(site, recipients=[]))
    house.round()
    assert house.post.mails == []
    with house.services.record.read() as tx:
        assert {alert.state for alert in tx.alerts.find()} == {AlertState.DIGEST}


def test_only_what_the_cap_kept_from_a_mail_is_said_to_have_passed_it(house: House, site: Site) -> None:
    site.publish("flood", "Hospital evacuated as Malva floods Tarn", *FLOOD)
    nobody = topic_for(site, name="nobody", recipients=[], digest={"at": ["18:00"], "empty": True})
    capped = topic_for(site, digest={"at": ["18:00"]}, alerts={"bundle": "0s", "daily_cap": 1})
    house.enrol(nobody, capped)
    house.round()
    house.clock.forward(hours=1)
    site.publish("cup", "Flood of goals in the cup", "A flood of 7 goals sent 20,000 supporters home, the club said.")
    house.round()
    house.clock.forward(hours=6)
    pages = [Path(page).read_text() for page in house.round().told.digests]
    held = [re.findall(r"(\d+) alerts? exceeded the daily", page) for page in pages]
    with house.services.record.read() as tx:
        kept = [alert for alert in tx.alerts.find("floods", AlertState.DIGEST) if alert.held_back]
        assert not any(alert.held_back for alert in tx.alerts.find("nobody"))
    assert kept
    assert held == [[str(len(kept))], []]


def test_a_mail_that_is_not_taken_is_sent_later_as_the_very_same_mail(house: House, site: Site) -> None:
    site.publish("flood", "Hospital evacuated as Malva floods Tarn", *FLOOD)
    house.enrol(topic_for(site))
    house.post.failures = [DeliveryError("the server is busy")]
    assert house.round().told.troubles
    with house.services.record.read() as tx:
        waiting = tx.alerts.find()
    assert {alert.state for alert in waiting} == {AlertState.WAITING}
    house.clock.forward(minutes=5)
    house.round()
    (mail,) = house.post.mails
    assert {alert.message_id for alert in waiting} == {mail.message_id}
    with house.services.record.read() as tx:
        assert {alert.state for alert in tx.alerts.find()} == {AlertState.SENT}


def test_a_mail_that_is_refused_is_given_up_and_says_why(house: House, site: Site) -> None:
    site.publish("flood", "Hospital evacuated as Malva floods Tarn", *FLOOD)
    house.enrol(topic_for(site))
    house.post.failures = [DeliveryRefused("no such mailbox")]
    house.round()
    with house.services.record.read() as tx:
        alerts = tx.alerts.find()
    assert {alert.state for alert in alerts} == {AlertState.FAILED}
    assert all("no such mailbox" in (alert.error or "") for alert in alerts)


def test_a_process_that_dies_after_sending_sends_the_same_mail_again_and_no_other(house: House, site: Site) -> None:
    site.publish("flood", "Hospital evacuated as Malva floods Tarn", *FLOOD)
    house.enrol(topic_for(site))

    house.post.after_sending = KeyboardInterrupt
    with pytest.raises(KeyboardInterrupt):
        house.round()
    house.post.after_sending = None
    other = OTHER_WORDS[1].replace("Forty", "Ninety")
    site.publish("more", "Boats bring patients out of flooded Tarn hospital", OTHER_WORDS[0], other, OTHER_WORDS[2])
    house.clock.forward(minutes=30)
    house.round()
    first, again, *rest = house.post.mails
    assert first.message_id == again.message_id
    assert first.text == again.text
    assert all(mail.message_id != first.message_id for mail in rest)


def test_a_backlog_is_told_as_one_summary(house: House, site: Site) -> None:
    places = ["Arn", "Bel", "Cor", "Dun", "Esk", "Fal", "Gar", "Hul"]
    for number, place in enumerate(places):
        site.publish(
            f"flood-{place}",
            f"Flood reaches {place}",
            f"Water stood in the streets of {place} on Monday after the flood, the mayor of {place} said.",
            f"Some {300 + number * 37} houses in {place} were damaged and {20 + number * 3} families evacuated.",
            f"In {place} the schools stay closed; the {place} bridge will be inspected by an engineer this week.",
        )
    house.enrol(topic_for(site))
    done = house.round()
    assert sum(done.judged.alerts.values()) > 8
    assert len(house.post.mails) == 1


def test_a_digest_goes_out_at_its_time_and_once(house: House, site: Site) -> None:
    site.publish("flood", "Hospital evacuated as Malva floods Tarn", *FLOOD)
    house.enrol(topic_for(site, digest={"at": ["18:00"]}, alerts={"figures": [], "stories": False}))
    house.round()
    assert house.post.mails == []
    house.clock.forward(hours=6, minutes=1)
    done = house.round()
    assert len(done.told.digests) == 1
    (mail,) = house.post.mails
    assert "Hospital evacuated as Malva floods Tarn" in mail.text
    house.clock.forward(minutes=10)
    assert house.round().told.digests == []
    house.clock.forward(days=1)
    assert house.round().told.digests == []  # nothing came in, and an empty digest was not asked for


def test_the_first_digest_begins_with_a_report_that_came_before_anything_was_told(house: House, site: Site) -> None:
    site.publish("flood", "Hospital evacuated as Malva floods Tarn", *FLOOD)
    house.enrol(topic_for(site, digest={"at": ["18:00"]}))
    house.round(watcher=Watcher(judged=lambda entry: house.clock.forward(minutes=2)))
    house.clock.forward(hours=6)
    house.round()
    (digest,) = [mail for mail in house.post.mails if "Digest" in mail.subject]
    assert "Mon 2 Mar 12:00 – Mon 2 Mar 18:00" in digest.text
    assert "From 1 report." in digest.text
    assert "40 people were evacuated" in digest.text


def test_late_news_is_news(house: House, site: Site) -> None:
    house.enrol(topic_for(site))
    house.round()
    house.clock.forward(days=3)
    site.publish("late", "Hospital evacuated as Malva floods Tarn", *FLOOD, published=START - timedelta(days=2))
    done = house.round()
    assert done.judged.alerts[AlertKind.NEW_STORY] == 1
    assert len(house.post.mails) == 1


def test_the_first_mail_of_a_topic_does_not_wait_for_its_bundle_and_others_do(
    house: House, site: Site, other_site: Site
) -> None:
    house.enrol(topic_for(site, other_site, alerts={"bundle": "10m", "pause": "0s"}))
    house.round()
    site.publish("flood", "Hospital evacuated as Malva floods Tarn", *FLOOD)
    house.round()
    assert len(house.post.mails) == 1
    house.clock.forward(minutes=30)
    other_site.publish("later", "Flood kills nine in Ostrel", "A flood killed nine people in Ostrel, the police said.")
    house.round()
    assert len(house.post.mails) == 1
    house.clock.forward(minutes=10)
    house.round()
    assert len(house.post.mails) == 2
