"""Feeds that are not well, polled over days: who is told, when, and that nobody is told twice."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pipeline.errors import DeliveryError
from pipeline.settings import Settings
from pipeline.steps.services import open_services
from pipeline.steps.showing.explain import explain
from pipeline.steps.showing.export import alert_row
from pipeline.steps.trying.rehearse import rehearse
from pipeline.steps.upkeep import upkeep
from schemas.alert import Alert, AlertKind, AlertState
from schemas.feed import Health
from schemas.topic import Topic
from tests.postgres import postgres_server, postgres_url
from tests.steps.conftest import START, House, Site

__all__ = ["postgres_server", "postgres_url"]

CALM = ("The handball players of Eskholm beat the favourites from Wrenfield in the final, their coach said.",)


def topic_for(*sites: Site, name: str = "floods", **fields: object) -> Topic:
    return Topic.model_validate(
        {
            "name": name,
            "match": {"any": ["flood*"]},
            "feeds": [site.feed_url for site in sites],
            "recipients": ["desk@newsroom.example"],
            "digest": None,
        }
        | fields
    )


def outbox(house: House, topic: str = "floods") -> list[Alert]:
    with house.services.record.read() as tx:
        return [alert for alert in tx.alerts.find(topic=topic) if alert.kind is AlertKind.FEED_HEALTH]


def hours(house: House, count: int, every: int = 1) -> None:
    """Rounds for so many hours, polling what is due."""
    for _ in range(0, count, every):
        house.clock.forward(hours=every)
        house.round(every_feed=False)


@pytest.fixture
def watched(house: House, site: Site) -> House:
    """A feed that has brought one item, polled once."""
    site.publish("cup", "Handball cup goes to Eskholm", *CALM)
    house.enrol(topic_for(site))
    house.round()
    return house


def test_a_feed_that_fails_for_long_is_told_once(watched: House, site: Site) -> None:
    site.feed_status = 503
    hours(watched, 16)
    assert outbox(watched) == []
    hours(watched, 14)
    (alert,) = outbox(watched)
    assert alert.state is AlertState.SENT
    assert alert.feed is not None
    assert (alert.feed.health, alert.feed.since, alert.feed.status) == (Health.FAILING, START, 503)
    (mail,) = watched.post.mails
    assert "has not answered" in mail.subject
    assert "the site reports an error (HTTP 503)" in mail.text
    site.feed_status = 404
    hours(watched, 24 * 6, every=3)
    assert len(outbox(watched)) == 1
    assert len(watched.post.mails) == 1


def test_what_comes_back_and_falls_ill_again_is_told_again(watched: House, site: Site) -> None:
    for _ in range(2):
        site.feed_status = 410
        hours(watched, 3)
        site.feed_status = 200
        hours(watched, 26)
    assert [alert.state for alert in outbox(watched)] == [AlertState.SENT, AlertState.SENT]
    assert len({mail.message_id for mail in watched.post.mails}) == len(watched.post.mails) == 2


def test_a_feed_that_was_lively_and_brings_nothing_for_days_is_silent(watched: House, site: Site) -> None:
    for n in range(4):
        watched.clock.forward(hours=2)
        site.publish(f"cup-{n}", f"Handball cup, day {n}", *CALM)
        watched.round()
    last = watched.clock.now
    hours(watched, 60, every=6)
    (alert,) = outbox(watched)
    assert alert.feed is not None
    assert (alert.feed.health, alert.feed.since, alert.feed.longest_gap) == (Health.SILENT, last, 7200)
    assert "nothing new since" in watched.post.mails[-1].text
    assert "never silent for more than 2 hours" in watched.post.mails[-1].text


def test_every_topic_that_asked_for_the_feed_is_told_and_no_other(house: House, site: Site, other_site: Site) -> None:
    house.enrol(
        topic_for(site),
        topic_for(site, name="fires", alerts={"feeds": False}),
        topic_for(site, name="storms"),
        topic_for(other_site, name="elsewhere"),
    )
    site.feed_status = 410
    house.round()
    assert {name: len(outbox(house, name)) for name in ("floods", "fires", "storms", "elsewhere")} == {
        "floods": 1,
        "fires": 0,
        "storms": 1,
        "elsewhere": 0,
    }


def test_feeds_that_fall_ill_within_an_hour_are_one_mail(house: House, site: Site, other_site: Site) -> None:
    house.enrol(topic_for(site, other_site))
    site.feed_status = 410
    house.round()
    house.clock.forward(minutes=40)
    other_site.feed_status = 410
    house.round()
    hours(house, 1)
    (mail,) = house.post.mails
    assert "2 feeds with problems" in mail.subject
    assert len(mail.alerts) == 2


def test_a_process_that_dies_after_sending_sends_the_same_mail_again_and_no_other(watched: House, site: Site) -> None:
    site.feed_status = 410
    hours(watched, 1)
    watched.post.after_sending = KeyboardInterrupt
    with pytest.raises(KeyboardInterrupt):
        hours(watched, 1)
    watched.post.after_sending = None
    restarted = open_services(watched.services.settings, clock=watched.clock)
    again = House(restarted, watched.clock, watched.post)
    hours(again, 30, every=6)
    restarted.close()
    assert len(watched.post.mails) == 2
    assert len({mail.message_id for mail in watched.post.mails}) == 1


def test_an_alert_still_waiting_when_the_feed_is_back_is_left_to_the_digest(house: House, site: Site) -> None:
    house.enrol(topic_for(site, digest={"at": ["07:00"]}))
    house.round()
    site.feed_status = 410
    hours(house, 1)
    site.feed_status = 200
    house.round()
    (alert,) = outbox(house)
    assert alert.state is AlertState.DIGEST
    site.publish("flood", "Flood in Tarn", "The river flooded the old town of Tarn on Sunday night, the mayor said.")
    hours(house, 24, every=4)
    assert not any(alert.id in mail.alerts for mail in house.post.mails)
    (digest,) = [mail for mail in house.post.mails if "Digest" in mail.subject]
    assert "All feeds answer. Working again: nordwire." in digest.text
    assert "exceeded the daily" not in digest.text


def test_a_mail_that_was_bound_goes_out_even_though_the_feed_is_back(watched: House, site: Site) -> None:
    site.feed_status = 410
    hours(watched, 1)
    watched.post.failures = [DeliveryError("away")]
    hours(watched, 1)
    site.feed_status = 200
    watched.round()
    watched.clock.forward(hours=1)
    watched.round()
    assert [alert.state for alert in outbox(watched)] == [AlertState.SENT]
    assert len(watched.post.mails) == 1


@pytest.mark.postgres
def test_a_record_in_postgresql_tells_upkeeps_and_recovers_alike(house: House, site: Site, postgres_url: str) -> None:
    settings = house.services.settings
    deployed = Settings(
        _env_file=None,
        home=settings.home,
        database_url=postgres_url,
        smtp_url=None,
        allowed_hosts=settings.allowed_hosts,
        host_delay=0.0,
        workers=0,
    )
    services = open_services(deployed, clock=house.clock)
    there = House(services, house.clock, house.post)
    there.enrol(topic_for(site))
    site.feed_status = 410
    hours(there, 3)
    assert [alert.state for alert in outbox(there)] == [AlertState.SENT]
    assert upkeep(services).feeds[Health.GONE] == 1
    site.feed_status = 200
    hours(there, 24, every=12)
    site.feed_status = 410
    there.clock.forward(hours=12)
    there.round()
    site.feed_status = 200
    there.round()
    assert [alert.state for alert in outbox(there)] == [AlertState.SENT, AlertState.DIGEST]
    assert len(there.post.mails) == 1
    services.close()


def test_a_topic_that_asks_for_an_ill_feed_later_is_told_at_the_next_poll(watched: House, site: Site) -> None:
    site.feed_status = 410
    hours(watched, 1)
    watched.enrol(topic_for(site), topic_for(site, name="storms"))
    watched.round()
    assert len(outbox(watched)) == len(outbox(watched, "storms")) == 1


def test_a_feed_alert_is_listed_explained_and_rehearsed(watched: House, site: Site) -> None:
    site.feed_status = 410
    hours(watched, 1)
    (alert,) = outbox(watched)
    row = alert_row(alert)
    assert alert.feed is not None
    assert (row.kind, row.url, row.feed, row.health) == ("feed_health", site.feed_url, alert.feed.id, "gone")
    with watched.services.record.read() as tx:
        lines = explain(tx, alert.id)
        topic = tx.topics.get("floods")
        assert topic is not None
        now = watched.clock()
        rehearsed = rehearse(tx, topic, since=None, until=None, now=now)
        past = rehearse(tx, topic, since=None, until=now - timedelta(hours=1), now=now)
    assert lines is not None
    assert any("gone since 2026-03-02 12:00 UTC: the site says it is gone for good" in line for line in lines)
    assert [one.id for one in rehearsed] == [alert.id]
    assert past == []


def test_a_feed_of_our_own_network_that_failed_once_is_asked_again_in_a_minute(house: House, site: Site) -> None:
    house.enrol(topic_for(site, feeds=[{"url": site.feed_url, "every": "1m"}]))
    site.feed_status = 500
    house.round(every_feed=False)
    site.feed_status = 200
    site.publish("calm", "Eskholm win", *CALM)
    house.clock.forward(seconds=61)
    assert house.round(every_feed=False).polled.new == 1
