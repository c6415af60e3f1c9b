"""Which feeds are ill enough to tell of: those that fell silent, are gone, or have failed for long.

A trouble is told once for each topic that asked for the feed, from its first sign until all is well again: an alert's
id is made of topic, feed and when the trouble began, and a silent feed that then fails is still the same ill feed. What
comes back and falls ill again is told again. That it is back is a line of the next digest: nobody has to act on it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise

from schemas.alert import Alert, AlertKind, FeedNews
from schemas.base import stable_id
from schemas.feed import Feed, Health
from schemas.topic import Topic

LONG = timedelta(hours=18)
"""A feed that fails is told of when it has not answered well for so long …

Failing feeds are asked less and less often, in the end at about 11, 21 and 42 hours: a night's outage is none of
anyone's business, and whoever waits for a whole day hears of it on the second."""

TRIES = 3
"""… and at so many polls in a row, so that a machine that was asleep for days does not take its own absence for
theirs."""

GAP_KNOWN_FROM = 3
"""Arrivals from which on the longest gap between them says something."""

WAIT = timedelta(hours=1)
"""An alert waits at least so long for others: feeds of one site, or of a line that is down, fall ill one by one."""


def feed_news(feed: Feed) -> FeedNews | None:
    """What there is to say of a feed that is, or was, not well; None for one that never was."""
    state = feed.state
    quiet = state.last_new if state.health is Health.SILENT else state.last_success
    # A feed that was ill before illnesses were remembered shows when it began at its next poll.
    began = state.illness.since if state.illness else None if state.health is Health.OK else quiet or state.last_poll
    if began is None:
        return None
    gaps = [later - earlier for earlier, later in pairwise(state.arrivals)]
    known = len(state.arrivals) >= GAP_KNOWN_FROM
    return FeedNews(
        id=feed.id,
        url=feed.url,
        title=feed.title,
        site_url=feed.site_url,
        health=state.health,
        since=quiet or began,
        illness=began,
        until=state.illness.until if state.illness else None,
        polled=state.last_poll,
        last_new=state.last_new,
        last_success=state.last_success,
        failures=state.failures,
        status=state.status,
        error=state.error,
        longest_gap=max(gaps).total_seconds() if known else None,
    )


def is_worth_telling(news: FeedNews) -> bool:
    """Whether someone should look after the feed: it is silent or gone, or has failed for long."""
    if news.health is Health.FAILING:
        return news.polled is not None and news.polled - news.since >= LONG and news.failures >= TRIES
    return news.health in (Health.SILENT, Health.GONE)


def health_alerts(topic: Topic, feeds: Iterable[Feed], *, now: datetime) -> tuple[Alert, ...]:
    """The alerts of those of ``feeds`` that ``topic`` asked for and that are ill enough; none if it wants none."""
    asked = [feed for feed in feeds if topic.name in feed.topics] if topic.alerts.feeds else []
    ill = [news for feed in asked if (news := feed_news(feed)) is not None and is_worth_telling(news)]
    return tuple(
        Alert(
            id=health_alert_id(topic.name, news.id, news.illness),
            topic=topic.name,
            kind=AlertKind.FEED_HEALTH,
            feed=news,
            created=now,
            due=now + max(WAIT, topic.alerts.bundle),
        )
        for news in ill
    )


def health_alert_id(topic: str, feed: str, began: datetime) -> str:
    """The id of the alert that tells a topic of a feed's trouble, by when the trouble began."""
    return stable_id("alert", topic, AlertKind.FEED_HEALTH, feed, began.isoformat())
