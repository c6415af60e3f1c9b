"""What threads keep of stories, and what people decided about threads."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import BigInteger, Column, Connection, Named, Table, TypedColumns, delete, select

from pipeline.record.base import (
    SERIAL,
    Document,
    Moment,
    Words,
    batches,
    from_document,
    metadata,
    put_rows,
    to_document,
)
from pipeline.record.counters import Counter, Counters
from schemas.story import PortrayedStory, ThreadDecision


class _Portrayed(TypedColumns):
    story: Named[str] = Column(Words, primary_key=True)
    changed: Named[int] = Column(BigInteger, nullable=False, unique=True)
    last: Named[datetime] = Column(Moment, nullable=False)
    document: Named[str] = Column(Document, nullable=False)


class _ThreadDecisions(TypedColumns):
    id: Named[int] = Column(SERIAL, primary_key=True)
    document: Named[str] = Column(Document, nullable=False)


portrayed = Table("portrayed", metadata, _Portrayed)
thread_decisions = Table("thread_decisions", metadata, _ThreadDecisions)


class ThreadsKept:
    """What is remembered of threads, as one transaction sees it."""

    def __init__(self, connection: Connection, counters: Counters) -> None:
        self._connection = connection
        self._counters = counters

    def put(self, stories: Iterable[PortrayedStory]) -> None:
        """Remember stories, each as the one that changed last."""
        rows = [
            {
                "story": story.id,
                "changed": self._counters.next(Counter.CHANGED),
                "last": story.portrait.last,
                "document": to_document(story),
            }
            for story in stories
        ]
        put_rows(self._connection, portrayed, rows)

    def remembered(self, stories: Iterable[str] | None = None) -> list[PortrayedStory]:
        """The stories of open threads, in the order in which they changed; of ``stories`` alone, if they are given."""
        query = select(portrayed.c.story, portrayed.c.document).order_by(portrayed.c.changed)
        wanted = [None] if stories is None else batches(stories)
        rows = [
            row
            for some in wanted
            for row in self._connection.execute(query if some is None else query.where(portrayed.c.story.in_(some)))
        ]
        return [from_document(PortrayedStory, document, f"what threads keep of {id}") for id, document in rows]

    def still_open(self, stories: Iterable[str]) -> set[str]:
        """Those of ``stories`` that are remembered: their threads are open."""
        found: set[str] = set()
        for some in batches(stories):
            found |= set(self._connection.scalars(select(portrayed.c.story).where(portrayed.c.story.in_(some))))
        return found

    def forget(self, stories: Iterable[str]) -> None:
        """Let go of stories by id; they stay in the record."""
        for some in batches(stories):
            self._connection.execute(delete(portrayed).where(portrayed.c.story.in_(some)))

    def decide(self, decision: ThreadDecision) -> None:
        """Keep what a person decided."""
        self._connection.execute(thread_decisions.insert(), {"document": to_document(decision)})

    def decisions(self, latest: int | None = None) -> list[ThreadDecision]:
        """What people decided, in the order they did; of the ``latest`` alone, if given."""
        query = select(thread_decisions.c.id, thread_decisions.c.document).order_by(thread_decisions.c.id.desc())
        rows = self._connection.execute(query.limit(latest)).all()
        return [from_document(ThreadDecision, document, f"thread decision {id}") for id, document in reversed(rows)]
