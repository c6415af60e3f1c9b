"""Which feeds are ill enough to tell of, and when one trouble ends and another begins."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.tell.health import LONG, WAIT, feed_news, health_alerts, is_worth_telling
from schemas.feed import Feed, FeedState, Health, Illness
from tests.tell.examples import NOW, topic

HOUR = timedelta(hours=1)


def feed(health: Health = Health.SILENT, *, topics: tuple[str, ...] = ("harlow-flood",), **state: Any) -> Feed:
    began = NOW - 3 * 24 * HOUR
    values = {
        "health": health,
        "last_poll": NOW,
        "last_new": began,
        "last_success": NOW,
        "illness": Illness(since=began),
    }
    return Feed(id="feed-a", url="https://a.example/feed", topics=topics, state=FeedState(**(values | state)))


def failing(*, since: datetime, failures: int = 8, health: Health = Health.FAILING, **state: Any) -> Feed:
    return feed(health, last_success=since, failures=failures, **state)


def told(*feeds: Feed, **rules: Any) -> list[str]:
    return [alert.id for alert in health_alerts(topic(alerts=rules), feeds, now=NOW)]


@pytest.mark.parametrize(
    ("ill", "worth"),
    [
        (feed(Health.OK), False),
        (feed(Health.SILENT), True),
        (failing(since=NOW - HOUR, failures=3, health=Health.GONE), True),
        (failing(since=NOW - LONG), True),
        (failing(since=NOW - LONG + timedelta(seconds=1)), False),
        (failing(since=NOW - 4 * LONG, failures=2), False),
    ],
    ids=["well", "silent", "gone", "failing for long", "failing for a while", "failing after we slept"],
)
def test_what_is_worth_telling(ill: Feed, worth: bool) -> None:
    news = feed_news(ill)
    assert news is not None
    assert is_worth_telling(news) is worth
    assert bool(told(ill)) is worth


def test_a_feed_that_never_answered_has_failed_since_it_was_first_asked() -> None:
    first = NOW - LONG - HOUR
    never = feed(Health.FAILING, last_success=None, last_new=None, failures=8, illness=Illness(since=first))
    assert told(never)
    news = feed_news(never)
    assert news is not None
    assert (news.since, news.last_success) == (first, None)


def test_a_silence_is_counted_from_the_last_item_and_a_failure_from_the_last_good_answer() -> None:
    silent, down = feed_news(feed()), feed_news(failing(since=NOW - LONG))
    assert silent is not None
    assert down is not None
    assert silent.since == silent.last_new
    assert down.since == NOW - LONG


def test_a_trouble_has_one_alert_whatever_it_is_called_meanwhile() -> None:
    states = (feed(), failing(since=NOW - LONG), failing(since=NOW - LONG, health=Health.GONE))
    assert len({one for state in states for one in told(state)}) == 1


def test_another_trouble_is_another_alert_and_so_is_another_topic() -> None:
    again = feed(illness=Illness(since=NOW - HOUR))
    assert told(feed()) != told(again)
    (other,) = health_alerts(topic(name="other"), [feed(topics=("other",))], now=NOW)
    assert other.id not in told(feed())


def test_only_topics_that_asked_for_the_feed_and_want_to_know_are_told() -> None:
    assert told(feed(topics=("elsewhere",))) == []
    assert told(feed(), feeds=False) == []


def test_an_alert_waits_for_others_at_least_as_long_as_the_topic_says() -> None:
    (alert,) = health_alerts(topic(), [feed()], now=NOW)
    assert alert.due == NOW + WAIT
    (patient,) = health_alerts(topic(alerts={"bundle": "2h"}), [feed()], now=NOW)
    assert patient.due == NOW + 2 * HOUR


def test_the_longest_silence_before_is_told_where_it_says_something() -> None:
    arrivals = tuple(NOW - n * HOUR for n in (90, 84, 80))
    assert feed_news(feed(arrivals=arrivals)).longest_gap == 6 * 3600  # type: ignore[union-attr]
    assert feed_news(feed(arrivals=arrivals[:2])).longest_gap is None  # type: ignore[union-attr]


@given(st.sampled_from([Health.SILENT, Health.GONE, Health.FAILING]), st.none() | st.just(NOW - HOUR))
def test_what_was_ill_before_troubles_were_remembered_can_be_told_of(health: Health, answered: datetime | None) -> None:
    news = feed_news(feed(health, illness=None, last_success=answered, last_new=answered))
    assert news is not None
    assert news.since == news.illness
