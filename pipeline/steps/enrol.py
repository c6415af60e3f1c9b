"""Topics and their feeds enter the record."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.record import Record
from pipeline.urls import canonical
from schemas.base import stable_id
from schemas.feed import Feed
from schemas.topic import FeedRef, Topic


def feed_id(url: str) -> str:
    """The id of the feed at ``url``; two spellings of one address are one feed."""
    return stable_id("feed", canonical(url))


def enrol(record: Record, topics: Iterable[Topic]) -> None:
    """Put topics into the record as their files now stand, with the feeds they name.

    A feed that a topic no longer names is no longer polled for it; a feed added by hand stays.
    """
    with record.begin() as tx:
        for topic in topics:
            before = tx.topics.get(topic.name)
            tx.topics.put(topic)
            named = {feed_id(ref.url) for ref in topic.feeds}
            for ref in before.feeds if before else ():
                dropped = tx.feeds.get(feed_id(ref.url))
                if dropped and dropped.id not in named:
                    remaining = tuple(name for name in dropped.topics if name != topic.name)
                    tx.feeds.put(dropped.model_copy(update={"topics": remaining}))
            for ref in topic.feeds:
                tx.feeds.put(joined(tx.feeds.get(feed_id(ref.url)), ref, topic.name))


def joined(known: Feed | None, ref: FeedRef, topic: str) -> Feed:
    """The feed of ``ref`` with ``topic`` among those that asked for it, its polling state kept."""
    feed = known or Feed(id=feed_id(ref.url), url=ref.url)
    update: dict[str, object] = {"topics": tuple(sorted({*feed.topics, topic}))}
    if ref.title:
        update["title"] = ref.title
    if ref.every is not None:
        update["min_interval"] = ref.every.total_seconds()
    return feed.model_copy(update=update)
