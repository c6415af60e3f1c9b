"""Tell the topics of feeds that are not well: alerts in the outbox, in the transaction that saves the feeds' states."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from pipeline.steps.known.decided import DecidedNow
from pipeline.tell.health import feed_news, health_alert_id, health_alerts
from schemas.alert import Alert, AlertState, FeedNews
from schemas.feed import Feed, Health
from schemas.topic import Topic

if TYPE_CHECKING:
    from pipeline.record import Transaction


def tell_of_feeds(tx: Transaction, polled: Sequence[Feed], now: datetime) -> list[Alert]:
    """Put into the outbox what the feeds, as they were just polled, give to tell; gives the alerts that are new.

    What was told of a trouble, or waits to be, is not told again while it lasts. An alert that still waits for its mail
    when the feed is well again is left to the digest. Call it in the transaction that saves the feeds, before anything
    that counts entries.
    """
    back = [feed for feed in polled if _just_recovered(feed)]
    ill = [feed for feed in polled if feed.state.health is not Health.OK]
    if any(_told(tx, feed, feed.topics) for feed in back):
        # Whoever sends binds an alert to its mail under the same lock; what is read from here on is how it stays.
        tx.hold_versions()
        for alert in (alert for feed in back for alert in _told(tx, feed, feed.topics)):
            if alert.state is AlertState.WAITING:
                # What is on its way to some recipients stays so; nobody else is told.
                update = {"over": True} if alert.message_id else {"state": AlertState.DIGEST}
                tx.alerts.put(alert.model_copy(update=update))
    if not ill:
        return []
    topics = {name: tx.topics.get(name) for name in sorted({name for feed in ill for name in feed.topics})}
    decided = DecidedNow(tx, now)
    found = [
        decided.heeded(alert, topic)
        for topic in topics.values()
        if topic is not None
        for alert in health_alerts(topic, ill, now=now)
    ]
    # Asked first, since adding takes a lock that a feed which merely stays ill is not worth.
    return [alert for alert in found if tx.alerts.get(alert.id) is None and tx.alerts.add(alert)]


def feeds_of_digest(
    tx: Transaction, topic: Topic, start: datetime, end: datetime
) -> tuple[tuple[FeedNews, ...], tuple[FeedNews, ...]]:
    """The topic's feeds that are not well, and those that were told of and came back in the period."""
    feeds = tx.feeds.all(topic=topic.name)
    ill = [feed for feed in feeds if feed.state.health is not Health.OK]
    back = [feed for feed in feeds if _recovered_in(feed, start, end) and _told(tx, feed, [topic.name])]
    return _news(ill), _news(back)


def _news(feeds: Iterable[Feed]) -> tuple[FeedNews, ...]:
    return tuple(news for feed in feeds if (news := feed_news(feed)) is not None)


def _told(tx: Transaction, feed: Feed, topics: Iterable[str]) -> list[Alert]:
    """What the topics were told, or wait to be told, of the feed's last trouble."""
    if feed.state.illness is None:
        return []
    began = feed.state.illness.since
    found = (tx.alerts.get(health_alert_id(topic, feed.id, began)) for topic in topics)
    return [alert for alert in found if alert is not None]


def _just_recovered(feed: Feed) -> bool:
    illness = feed.state.illness
    return illness is not None and illness.until is not None and illness.until == feed.state.last_poll


def _recovered_in(feed: Feed, start: datetime, end: datetime) -> bool:
    illness = feed.state.illness
    return illness is not None and illness.until is not None and start <= illness.until < end
