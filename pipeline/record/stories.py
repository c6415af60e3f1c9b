"""Stories, the moves of articles between them, and what people decided about them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, TypeVarTuple

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Index,
    Named,
    Row,
    Select,
    Table,
    TypedColumns,
    and_,
    bindparam,
    delete,
    func,
    or_,
    select,
)

from pipeline.record.base import (
    SERIAL,
    Document,
    Moment,
    Words,
    add_rows,
    batches,
    from_document,
    metadata,
    put_rows,
    to_document,
)
from pipeline.record.counters import Counter, Counters
from schemas.story import Story, StoryDecision, StoryMove


class _Stories(TypedColumns):
    id: Named[str] = Column(Words, primary_key=True)
    changed: Named[int] = Column(BigInteger, nullable=False, unique=True)
    last_seen: Named[datetime] = Column(Moment, nullable=False)
    thread: Named[str | None] = Column(Words, index=True)
    document: Named[str] = Column(Document, nullable=False)


class _StoryTopics(TypedColumns):
    story: Named[str] = Column(Words, ForeignKey("stories.id", ondelete="CASCADE"), primary_key=True)
    topic: Named[str] = Column(Words, primary_key=True)
    last_seen: Named[datetime | None] = Column(Moment)


class _RemovedStories(TypedColumns):
    id: Named[str] = Column(Words, primary_key=True)
    changed: Named[int] = Column(BigInteger, nullable=False, unique=True)


class _Developments(TypedColumns):
    id: Named[str] = Column(Words, primary_key=True)
    changed: Named[int] = Column(BigInteger, nullable=False, unique=True)


class _StoryMoves(TypedColumns):
    id: Named[int] = Column(SERIAL, primary_key=True)
    at: Named[datetime] = Column(Moment, nullable=False)
    article: Named[str] = Column(Words, nullable=False, index=True)
    from_story: Named[str | None] = Column(Words, index=True)
    to_story: Named[str] = Column(Words, nullable=False, index=True)
    document: Named[str] = Column(Document, nullable=False)


class _StoryDecisions(TypedColumns):
    id: Named[int] = Column(SERIAL, primary_key=True)
    document: Named[str] = Column(Document, nullable=False)


stories = Table("stories", metadata, _Stories, Index(None, "last_seen", "id"))
story_topics = Table(
    "story_topics", metadata, _StoryTopics, Index(None, "topic", "story"), Index(None, "topic", "last_seen", "story")
)
removed_stories = Table("removed_stories", metadata, _RemovedStories)
developments = Table("developments", metadata, _Developments)
"""The threads, and stories of none, that there are or were, each at the version at which what it tells changed last."""
story_moves = Table("story_moves", metadata, _StoryMoves)
story_decisions = Table("story_decisions", metadata, _StoryDecisions)


_BATCH = 500
_Columns = TypeVarTuple("_Columns")

# Made once: to make a statement takes longer than to run it.
_GET = select(stories.c.document).where(stories.c.id == bindparam("of"))
_OF_THREAD = select(stories).where(stories.c.thread == bindparam("of"))
_DROP_TOPICS = delete(story_topics).where(story_topics.c.story == bindparam("of"))
_DROP_REMOVAL = delete(removed_stories).where(removed_stories.c.id == bindparam("of"))
_DEVELOPMENT = func.coalesce(stories.c.thread, stories.c.id)
_DEVELOPMENTS_OF = select(stories.c.id, _DEVELOPMENT).where(stories.c.id.in_(bindparam("of", expanding=True)))
_DEVELOPMENT_OF = select(_DEVELOPMENT).where(stories.c.id == bindparam("of"))


class Stories:
    """The stories as one transaction sees them."""

    def __init__(self, connection: Connection, counters: Counters) -> None:
        self._connection = connection
        self._counters = counters

    def put(self, story: Story) -> None:
        """Keep ``story``, in place of the one of that id."""
        row = {
            "id": story.id,
            "changed": self._counters.next(Counter.CHANGED),
            "last_seen": story.last_seen,
            "thread": story.thread,
            "document": to_document(story),
        }
        before = self._connection.execute(_DEVELOPMENT_OF, {"of": story.id}).scalar()
        put_rows(self._connection, stories, [row])
        self._touch(before, story.development)
        self._connection.execute(_DROP_REMOVAL, {"of": story.id})
        self._connection.execute(_DROP_TOPICS, {"of": story.id})
        topics = [{"story": story.id, "topic": topic, "last_seen": story.last_seen} for topic in story.topics]
        add_rows(self._connection, story_topics, topics)

    def get(self, id: str) -> Story | None:
        document = self._connection.execute(_GET, {"of": id}).scalar()
        return None if document is None else from_document(Story, document, f"story {id}")

    def find(self, topic: str | None = None, since: datetime | None = None, limit: int | None = None) -> list[Story]:
        """Stories last seen at ``since`` or later, the newest first."""
        query, seen, id = _latest(select(stories), topic, since)
        return [_story(row) for row in self._connection.execute(query.order_by(seen.desc(), id.desc()).limit(limit))]

    def each(self, topic: str | None = None, since: datetime | None = None) -> Iterator[Story]:
        """What `find` gives, a batch at a time."""
        query, seen, id = _latest(select(stories), topic, since)
        query = query.order_by(seen.desc(), id.desc()).limit(_BATCH)
        rows = self._connection.execute(query).all()
        while rows:
            yield from map(_story, rows)
            last = rows[-1]
            further = or_(seen < last.last_seen, and_(seen == last.last_seen, id < last.id))
            rows = self._connection.execute(query.where(seen <= last.last_seen, further)).all()

    def count(self, topic: str | None = None, since: datetime | None = None) -> int:
        """How many stories `find` gives without a limit."""
        query, _, _ = _latest(select(func.count()).select_from(stories), topic, since)
        return self._connection.execute(query).scalar_one()

    def developments_of(self, ids: Iterable[str]) -> dict[str, str]:
        """The id of the development of each story of ``ids`` that there is."""
        found: dict[str, str] = {}
        for batch in batches(ids):
            rows = self._connection.execute(_DEVELOPMENTS_OF, {"of": batch}).all()
            found |= {id: development or id for id, development in rows}
        return found

    def latest_developments(
        self, topic: str, before: tuple[datetime, str] | None = None, limit: int = 50
    ) -> list[tuple[int, Story]]:
        """Of at most ``limit`` developments of ``topic``, the latest first, the story that was last seen.

        Each with the version at which what its development tells changed last. ``before`` is the moment and the id of
        the story after which to go on.
        """
        later, its_topic = stories.alias(), story_topics.alias()
        superseded = (
            select(later.c.id)
            .join(its_topic, (its_topic.c.story == later.c.id) & (its_topic.c.topic == topic))
            .where(
                later.c.thread == stories.c.thread,
                or_(
                    later.c.last_seen > stories.c.last_seen,
                    and_(later.c.last_seen == stories.c.last_seen, later.c.id > stories.c.id),
                ),
            )
        )
        query = (
            select(stories, func.coalesce(developments.c.changed, stories.c.changed).label("told"))
            .join(story_topics, story_topics.c.story == stories.c.id)
            .outerjoin(developments, developments.c.id == _DEVELOPMENT)
            .where(story_topics.c.topic == topic, ~superseded.exists())
        )
        if before is not None:
            moment, id = before
            query = query.where(stories.c.last_seen <= moment, or_(stories.c.last_seen < moment, stories.c.id < id))
        query = query.order_by(stories.c.last_seen.desc(), stories.c.id.desc()).limit(limit)
        return [(row.told, _story(row)) for row in self._connection.execute(query)]

    def of_thread(self, thread: str) -> list[Story]:
        """The stories of a thread, in the order in which they began."""
        found = [_story(row) for row in self._connection.execute(_OF_THREAD, {"of": thread})]
        return sorted(found, key=lambda story: (story.first_seen, story.id))

    def remove(self, id: str) -> bool:
        """Forget a story that was merged into another; whether there was one. `removed_since` tells the index."""
        changed = self._counters.next(Counter.CHANGED)
        before = self._connection.execute(_DEVELOPMENT_OF, {"of": id}).scalar()
        if not self._connection.execute(delete(stories).where(stories.c.id == id)).rowcount:
            return False
        put_rows(self._connection, removed_stories, [{"id": id, "changed": changed}])
        self._touch(before)
        return True

    def touch(self, id: str | None) -> None:
        """Count the development of a story as changed: a report of it says something else, though the story stays."""
        self._touch(self._connection.execute(_DEVELOPMENT_OF, {"of": id}).scalar())

    def developments_changed_since(self, version: int, limit: int) -> list[tuple[int, str]]:
        """At most ``limit`` developments that changed after ``version``, each with the version it is at, in that order.

        Each is the id of a thread, or of a story that is of none; what was merged into others has no story any more.
        """
        rows = self._connection.execute(
            select(developments.c.changed, developments.c.id)
            .where(developments.c.changed > version)
            .order_by(developments.c.changed)
            .limit(limit)
        )
        return [(changed, id) for changed, id in rows]

    def count_developments(self, topic: str | None = None, since: datetime | None = None) -> int:
        """How many developments there are, threads and stories of none: all, or those of the stories `find` gives."""
        query, _, _ = _latest(select(func.count(_DEVELOPMENT.distinct())).select_from(stories), topic, since)
        return self._connection.execute(query).scalar_one()

    def changed_since(self, version: int, limit: int) -> list[tuple[int, Story]]:
        """At most ``limit`` stories that changed after ``version``, each with the version it is at, in that order."""
        rows = self._connection.execute(
            select(stories).where(stories.c.changed > version).order_by(stories.c.changed).limit(limit)
        )
        return [(row.changed, _story(row)) for row in rows]

    def removed_since(self, version: int, limit: int) -> list[tuple[int, str]]:
        """At most ``limit`` ids of stories removed after ``version``, each with the version of that, in that order."""
        rows = self._connection.execute(
            select(removed_stories.c.changed, removed_stories.c.id)
            .where(removed_stories.c.changed > version)
            .order_by(removed_stories.c.changed)
            .limit(limit)
        )
        return [(changed, id) for changed, id in rows]

    def _touch(self, *ids: str | None) -> None:
        known = dict.fromkeys(id for id in ids if id is not None)
        rows = [{"id": id, "changed": self._counters.next(Counter.CHANGED)} for id in known]
        put_rows(self._connection, developments, rows)

    def log_moves(self, moves: Iterable[StoryMove], at: datetime) -> None:
        """Keep that articles changed their stories at ``at``."""
        rows = [
            {
                "at": at,
                "article": move.article,
                "from_story": move.from_story,
                "to_story": move.to_story,
                "document": to_document(move),
            }
            for move in moves
        ]
        if rows:
            self._connection.execute(story_moves.insert(), rows)

    def moves_of(self, id: str) -> list[tuple[datetime, StoryMove]]:
        """Every move of the article ``id``, or from or to the story ``id``, with its moment, oldest first."""
        rows = self._connection.execute(
            select(story_moves.c.at, story_moves.c.document)
            .where(or_(story_moves.c.article == id, story_moves.c.from_story == id, story_moves.c.to_story == id))
            .order_by(story_moves.c.id)
        )
        return [(at, from_document(StoryMove, document, f"move of {id}")) for at, document in rows]

    def moves(self) -> Iterator[tuple[datetime, StoryMove]]:
        """Every move with its moment, oldest first."""
        last = 0
        while batch := self.moves_after(last, _BATCH):
            yield from ((at, move) for _, at, move in batch)
            last = batch[-1][0]

    def moves_after(self, number: int, limit: int) -> list[tuple[int, datetime, StoryMove]]:
        """At most ``limit`` moves after the one of that number, each with its number and moment, in that order."""
        rows = self._connection.execute(
            select(story_moves).where(story_moves.c.id > number).order_by(story_moves.c.id).limit(limit)
        )
        return [(row.id, row.at, from_document(StoryMove, row.document, f"move {row.id}")) for row in rows]

    def decide(self, decision: StoryDecision) -> None:
        """Keep what a person decided."""
        self._connection.execute(story_decisions.insert(), {"document": to_document(decision)})

    def decisions(self, latest: int | None = None) -> list[StoryDecision]:
        """What people decided, in the order they did; of the ``latest`` alone, if given."""
        query = select(story_decisions.c.id, story_decisions.c.document).order_by(story_decisions.c.id.desc())
        rows = self._connection.execute(query.limit(latest)).all()
        return [from_document(StoryDecision, document, f"story decision {id}") for id, document in reversed(rows)]


def _latest(
    query: Select[*_Columns], topic: str | None, since: datetime | None
) -> tuple[Select[*_Columns], ColumnElement[Any], ColumnElement[str]]:
    """``query``, of stories of a topic last seen at ``since`` or later alone; with the columns of their order."""
    seen: ColumnElement[Any] = stories.c.last_seen
    id: ColumnElement[str] = stories.c.id
    if topic is not None:
        seen, id = story_topics.c.last_seen, story_topics.c.story
        query = query.join(story_topics, story_topics.c.story == stories.c.id).where(story_topics.c.topic == topic)
    return (query if since is None else query.where(seen >= since)), seen, id


def _story(row: Row[*tuple[Any, ...]]) -> Story:
    return from_document(Story, row.document, f"story {row.id}")
