"""Feeds, their polling state, and which of them are due."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Column, Connection, ForeignKey, Index, Named, Table, TypedColumns, delete, or_, select

from pipeline.record.base import (
    Document,
    Moment,
    Words,
    add_rows,
    batches,
    from_document,
    metadata,
    put_rows,
    to_document,
    url_key,
)
from schemas.feed import Feed


class _Feeds(TypedColumns):
    id: Named[str] = Column(Words, primary_key=True)
    url_key: Named[str] = Column(Words, nullable=False, index=True)
    next_poll: Named[datetime | None] = Column(Moment, index=True)
    health: Named[str] = Column(Words, nullable=False, server_default="ok")
    document: Named[str] = Column(Document, nullable=False)


class _FeedTopics(TypedColumns):
    feed: Named[str] = Column(Words, ForeignKey("feeds.id", ondelete="CASCADE"), primary_key=True)
    topic: Named[str] = Column(Words, primary_key=True)


_FOUND_BY_POLLING = ("state", "title", "site_url", "format")

feeds = Table("feeds", metadata, _Feeds, Index(None, "health", "id"))
feed_topics = Table("feed_topics", metadata, _FeedTopics, Index(None, "topic", "feed"))


class Feeds:
    """The feeds as one transaction sees them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, feed: Feed) -> None:
        """Keep ``feed`` and its state, in place of the one of that id."""
        self.put_many([feed])

    def put_many(self, many: Iterable[Feed]) -> None:
        """Keep each of ``many`` as `put` does."""
        for some in batches(many):
            rows = [
                {
                    "id": feed.id,
                    "url_key": url_key(feed.url),
                    "next_poll": feed.state.next_poll,
                    "health": feed.state.health.value,
                    "document": to_document(feed),
                }
                for feed in some
            ]
            links = [{"feed": feed.id, "topic": topic} for feed in some for topic in feed.topics]
            put_rows(self._connection, feeds, rows)
            self._connection.execute(delete(feed_topics).where(feed_topics.c.feed.in_([feed.id for feed in some])))
            add_rows(self._connection, feed_topics, links)

    def put_polled(self, many: Iterable[Feed]) -> None:
        """Keep what polling found of each of ``many``: state, title, site and format.

        Which topics ask for a feed, and how often, may have been changed since it was read; that stays as it is. A
        feed that was removed meanwhile stays removed.
        """
        polled = {feed.id: feed for feed in many}
        for some in batches(sorted(polled)):
            rows = self._connection.execute(
                select(feeds.c.id, feeds.c.document).where(feeds.c.id.in_(some)).order_by(feeds.c.id).with_for_update()
            ).all()
            known = [from_document(Feed, row.document, f"feed {row.id}") for row in rows]
            self.put_many(
                feed.model_copy(update={name: getattr(polled[feed.id], name) for name in _FOUND_BY_POLLING})
                for feed in known
            )

    def get(self, id: str, *, to_change: bool = False) -> Feed | None:
        """The feed of that id; ``to_change`` keeps others from changing it until the transaction ends."""
        query = select(feeds.c.document).where(feeds.c.id == id)
        document = self._connection.execute(query.with_for_update() if to_change else query).scalar()
        return None if document is None else from_document(Feed, document, f"feed {id}")

    def by_url(self, url: str) -> Feed | None:
        """The feed polled at ``url``."""
        row = self._connection.execute(
            select(feeds.c.id, feeds.c.document).where(feeds.c.url_key == url_key(url)).order_by(feeds.c.id)
        ).first()
        return None if row is None else from_document(Feed, row.document, f"feed {row.id}")

    def all(self, topic: str | None = None) -> list[Feed]:
        """Every feed, or those that ``topic`` asked for, by id."""
        query = select(feeds.c.id, feeds.c.document).order_by(feeds.c.id)
        if topic is not None:
            query = query.join(feed_topics, feed_topics.c.feed == feeds.c.id).where(feed_topics.c.topic == topic)
        return [from_document(Feed, document, f"feed {id}") for id, document in self._connection.execute(query)]

    def due(self, now: datetime, limit: int) -> list[Feed]:
        """At most ``limit`` feeds to be polled at ``now``: never polled ones first, then those that wait longest."""
        rows = self._connection.execute(
            select(feeds.c.id, feeds.c.document)
            .where(or_(feeds.c.next_poll.is_(None), feeds.c.next_poll <= now))
            .order_by(feeds.c.next_poll.asc().nulls_first(), feeds.c.id)
            .limit(limit)
        )
        return [from_document(Feed, document, f"feed {id}") for id, document in rows]

    def remove(self, id: str) -> bool:
        """Forget the feed; the entries it announced stay. Whether there was one."""
        return self._connection.execute(delete(feeds).where(feeds.c.id == id)).rowcount > 0
