"""What the window asks: the newest of everything, a page at a time, and counts within a span. Nothing here grows with
the record: each query goes down an index and stops.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVarTuple

from sqlalchemy import JSON, ColumnElement, Connection, Select, func, select, tuple_, type_coerce

from pipeline.record.alerts import alerts
from pipeline.record.articles import Articles, article_topics, articles
from pipeline.record.base import batches, from_document
from pipeline.record.counters import Counter, counters
from pipeline.record.digests import digests
from pipeline.record.entries import Entries, entries
from pipeline.record.feeds import feed_topics, feeds
from pipeline.record.figures import series
from pipeline.record.messages import messages
from pipeline.record.stories import developments, stories, story_moves, story_topics
from pipeline.record.told import told
from schemas.alert import Alert, AlertState, Digest
from schemas.article import Article
from schemas.feed import Entry, Feed, Health
from schemas.figure import Series, ToldFigure
from schemas.message import Message
from schemas.story import StoryMove

MOST_COUNTED = 1000
"""Of what waits, at most so much is counted."""

_Columns = TypeVarTuple("_Columns")

Place = tuple[datetime, str]
"""Where a page ends: the moment and the id of its last row. The next page begins behind it."""


@dataclass(frozen=True)
class Waiting:
    """How much waits in the outbox for a topic, and when the first of it is due."""

    alerts: int
    due: datetime


@dataclass(frozen=True)
class NamedSeries:
    """A series by its name, and the figure that holds in it now."""

    id: str
    label: str
    current: str | None


class Looking:
    """The newest of each noun, as one transaction sees it."""

    def __init__(self, connection: Connection, articles: Articles, entries: Entries) -> None:
        self._connection = connection
        self._articles = articles
        self._entries = entries

    def developments(
        self, topic: str | None, limit: int, before: Place | None = None
    ) -> tuple[list[str], Place | None]:
        """The developments (threads, and stories of none) of the stories that were seen last, and where to go on.

        At most ``limit``, fewer where many of the stories are of one; None: there is nothing further. Whoever goes on
        comes upon a development again that has an older story there.
        """
        of = func.coalesce(stories.c.thread, stories.c.id)
        order: tuple[ColumnElement[Any], ColumnElement[Any]]
        if topic is None:
            order = (stories.c.last_seen, stories.c.id)
            query: Select[Any, Any, Any] = select(*order, of)
        else:
            order = (story_topics.c.last_seen, story_topics.c.story)
            query = select(*order, of).join(stories, stories.c.id == story_topics.c.story)
            query = query.where(story_topics.c.topic == topic)
        most = limit * 3
        found: dict[str, None] = {}
        rows = self._connection.execute(_page(query, order, before, most)).all()
        for number, (seen, story, development) in enumerate(rows, 1):
            found[str(development)] = None
            if len(found) == limit or number == most:
                return list(found), (seen, story)
        return list(found), None

    def version(self) -> int:
        """The last version that anything has; the same as long as nothing but entries changes."""
        query = select(counters.c.value).where(counters.c.name == Counter.CHANGED.value)
        return self._connection.scalar(query) or 0

    def development_version(self, development: str) -> int | None:
        """The version at which what a development tells changed last."""
        return self._connection.scalar(select(developments.c.changed).where(developments.c.id == development))

    def moves(self, story: str, limit: int) -> list[tuple[datetime, StoryMove]]:
        """The latest moves of articles to or from a story, the latest first."""
        found: dict[int, tuple[datetime, StoryMove]] = {}
        for side in (story_moves.c.from_story, story_moves.c.to_story):
            rows = self._connection.execute(
                select(story_moves.c.id, story_moves.c.at, story_moves.c.document)
                .where(side == story)
                .order_by(story_moves.c.id.desc())
                .limit(limit)
            )
            found |= {id: (at, from_document(StoryMove, document, f"move {id}")) for id, at, document in rows}
        return [found[id] for id in sorted(found, reverse=True)[:limit]]

    def articles(
        self, limit: int, *, topic: str | None = None, story: str | None = None, before: int | None = None
    ) -> list[Article]:
        """Articles, the last to arrive first, from below the order of arrival ``before``; with their texts."""
        query, order = select(articles.c.id), articles.c.seq
        if topic is not None:
            query, order = select(article_topics.c.article).where(article_topics.c.topic == topic), article_topics.c.seq
        elif story is not None:
            query = query.where(articles.c.story == story)
        if before is not None:
            query = query.where(order < before)
        ids = list(self._connection.scalars(query.order_by(order.desc()).limit(limit)))
        found = self._articles.get_many(ids)
        return [found[id] for id in ids]

    def arrived_before(self, moment: datetime) -> int:
        """The order of arrival of the last article that was there at ``moment``."""
        query = select(articles.c.seq).where(articles.c.first_seen <= moment)
        return self._connection.scalar(query.order_by(articles.c.first_seen.desc()).limit(1)) or 0

    def told(self, topic: str, limit: int) -> list[tuple[int, ToldFigure]]:
        """The figures that telling remembers of a topic, the last to arrive first, each with its order of arrival."""
        rows = self._connection.execute(
            select(told.c.seq, told.c.figure, told.c.document)
            .where(told.c.topic == topic)
            .order_by(told.c.seq.desc(), told.c.start)
            .limit(limit)
        )
        return [(seq, from_document(ToldFigure, document, f"what was told of {id}")) for seq, id, document in rows]

    def series(self, topic: str, limit: int, before: Place | None = None) -> list[tuple[Place, Series]]:
        """The series of a topic of which something was stated last, the latest first."""
        query = select(series.c.last, series.c.opened, series.c.id, series.c.document).where(series.c.topic == topic)
        rows = self._connection.execute(_page(query, (series.c.last, series.c.id), before, limit))
        return [
            ((last or opened, id), from_document(Series, document, f"series {id}"))
            for last, opened, id, document in rows
        ]

    def named_series(self, topic: str, limit: int) -> list[NamedSeries]:
        """As `series`, without reading their claims, which takes long, and without those merged into others."""
        said = type_coerce(series.c.document, JSON)
        query = select(
            series.c.id,
            said["label"].as_string().label("label"),
            said["current"].as_string().label("current"),
            said["merged_into"].as_string().label("merged_into"),
        ).where(series.c.topic == topic)
        rows = self._connection.execute(_page(query, (series.c.last, series.c.id), None, limit))
        return [NamedSeries(row.id, row.label, row.current) for row in rows if row.merged_into is None]

    def waiting(self) -> dict[str, Waiting]:
        """What waits in the outbox, by topic."""
        some = (
            select(alerts.c.topic, alerts.c.due)
            .where(alerts.c.state == AlertState.WAITING.value)
            .order_by(alerts.c.due)
            .limit(MOST_COUNTED)
            .subquery()
        )
        found: dict[str, list[datetime]] = {}
        for topic, due in self._connection.execute(select(some)):
            found.setdefault(topic, []).append(due)
        return {topic: Waiting(len(due), min(due)) for topic, due in found.items()}

    def alerts_waiting(self, limit: int, topic: str | None = None) -> list[Alert]:
        """The alerts that wait, those due first at the head."""
        query = select(alerts.c.id, alerts.c.document).where(alerts.c.state == AlertState.WAITING.value)
        if topic is not None:
            query = query.where(alerts.c.topic == topic)
        rows = self._connection.execute(query.order_by(alerts.c.due, alerts.c.id).limit(limit))
        return [from_document(Alert, document, f"alert {id}") for id, document in rows]

    def alerts(self, limit: int, *, topic: str | None = None, before: Place | None = None) -> list[tuple[Place, Alert]]:
        """Alerts, told or not, the latest first."""
        query = select(alerts.c.created, alerts.c.id, alerts.c.document)
        if topic is not None:
            query = query.where(alerts.c.topic == topic)
        rows = self._connection.execute(_page(query, (alerts.c.created, alerts.c.id), before, limit))
        return [((created, id), from_document(Alert, document, f"alert {id}")) for created, id, document in rows]

    def messages(self, topic: str, since: datetime, until: datetime) -> list[Message]:
        """The messages of a topic that were bound within a span, `MOST_COUNTED` at most."""
        query = select(messages.c.id, messages.c.document).where(messages.c.topic == topic)
        query = query.where(messages.c.bound >= since, messages.c.bound <= until).order_by(messages.c.bound)
        rows = self._connection.execute(query.limit(MOST_COUNTED))
        return [from_document(Message, document, f"message {id}") for id, document in rows]

    def digests(
        self, limit: int, *, topic: str | None = None, before: Place | None = None
    ) -> list[tuple[Place, Digest]]:
        """Digests, that of the latest period first."""
        query = select(digests.c.end, digests.c.id, digests.c.document)
        if topic is not None:
            query = query.where(digests.c.topic == topic)
        rows = self._connection.execute(_page(query, (digests.c.end, digests.c.id), before, limit))
        return [((end, id), from_document(Digest, document, f"digest {id}")) for end, id, document in rows]

    def feeds(
        self, limit: int, *, topic: str | None = None, healths: Iterable[Health] = (), after: str = ""
    ) -> list[Feed]:
        """Feeds by id, those behind ``after``; of ``healths`` alone, if any are given."""
        query = select(feeds.c.id, feeds.c.document).where(feeds.c.id > after).order_by(feeds.c.id).limit(limit)
        if topic is not None:
            query = query.join(feed_topics, feed_topics.c.feed == feeds.c.id).where(feed_topics.c.topic == topic)
        if wanted := [one.value for one in healths]:
            query = query.where(feeds.c.health.in_(wanted))
        return [from_document(Feed, document, f"feed {id}") for id, document in self._connection.execute(query)]

    def feeds_by_health(self, topic: str | None = None) -> dict[Health, int]:
        """How many feeds are how well."""
        query = select(feeds.c.health, func.count()).group_by(feeds.c.health)
        if topic is not None:
            query = query.join(feed_topics, feed_topics.c.feed == feeds.c.id).where(feed_topics.c.topic == topic)
        return {Health(health): number for health, number in self._connection.execute(query)}

    def entries(
        self,
        limit: int,
        *,
        status: str | None = None,
        feed: str | None = None,
        since: datetime,
        before: Place | None = None,
    ) -> list[tuple[Place, Entry]]:
        """Entries first seen at ``since`` or later, the last to come in first."""
        query = select(entries.c.first_seen, entries.c.id).where(entries.c.first_seen >= since)
        if feed is not None:
            query = query.where(entries.c.feed == feed)
        if status is not None:
            query = query.where(entries.c.status == status)
        rows = self._connection.execute(_page(query, (entries.c.first_seen, entries.c.id), before, limit)).all()
        found = self._entries.get_many(row.id for row in rows)
        return [((row.first_seen, row.id), found[row.id]) for row in rows]

    def entry_counts(self, since: datetime, feed: str | None = None) -> dict[str, int]:
        """How many entries that were first seen at ``since`` or later wait, are read, or ended in which outcome."""
        # Grouped by the bare column, SQLite walks through all entries in its order instead of those of the span.
        status = entries.c.status.concat("")
        query = select(status, func.count()).where(entries.c.first_seen >= since).group_by(status)
        if feed is not None:
            query = query.where(entries.c.feed == feed)
        return {status: number for status, number in self._connection.execute(query)}  # noqa: C416

    def entries_by_day(self, feed: str, since: datetime) -> dict[date, dict[str, int]]:
        """How many entries a feed brought on each day (UTC) from ``since`` on, by what became of them."""
        found: dict[date, dict[str, int]] = {}
        for seen, status in self._connection.execute(
            select(entries.c.first_seen, entries.c.status).where(entries.c.feed == feed, entries.c.first_seen >= since)
        ):
            day = found.setdefault(seen.date(), {})
            day[status] = day.get(status, 0) + 1
        return found

    def topics_of(self, ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """The topics of the stories that articles are in, by article, sorted; articles in no story have none."""
        found: dict[str, list[str]] = {}
        query = select(articles.c.id, story_topics.c.topic).join(story_topics, story_topics.c.story == articles.c.story)
        for some in batches(ids):
            for id, topic in self._connection.execute(query.where(articles.c.id.in_(some))):
                found.setdefault(id, []).append(topic)
        return {id: tuple(sorted(topics)) for id, topics in found.items()}

    def copies_of(self, article: str, limit: int) -> list[Article]:
        """The copies of an article, the first to arrive first."""
        query = select(articles.c.id).where(articles.c.copy_of == article).order_by(articles.c.seq).limit(limit)
        ids = list(self._connection.scalars(query))
        found = self._articles.get_many(ids)
        return [found[id] for id in ids]

    def copies(self, ids: Iterable[str]) -> dict[str, int]:
        """How many copies of each of a few articles there are, where there are any."""
        query = select(articles.c.copy_of, func.count()).where(articles.c.copy_of.in_(list(ids)))
        return {str(id): number for id, number in self._connection.execute(query.group_by(articles.c.copy_of))}


def _page(
    query: Select[*_Columns], order: tuple[ColumnElement[Any], ColumnElement[Any]], before: Place | None, limit: int
) -> Select[*_Columns]:
    """A page of ``query`` in falling order, from behind ``before``."""
    when, id = order
    if before is not None:
        moment, last = before
        query = query.where(when <= moment, tuple_(when, id) < tuple_(moment, last))
    return query.order_by(when.desc(), id.desc()).limit(limit)
