"""What people decided about what they are told. Nothing is ever dropped; what was undone says so."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Column, Connection, Index, Named, Table, TypedColumns, select, update

from pipeline.record.base import (
    SERIAL,
    Document,
    Moment,
    Words,
    batches,
    from_document,
    metadata,
    to_document,
)
from schemas.decision import Decision, SubjectKind


class _Decisions(TypedColumns):
    number: Named[int] = Column(SERIAL, primary_key=True)
    id: Named[str] = Column(Words, nullable=False, unique=True)
    kind: Named[str] = Column(Words, nullable=False)
    subject: Named[str] = Column(Words, nullable=False)
    topic: Named[str | None] = Column(Words)
    article: Named[str | None] = Column(Words, index=True)
    original: Named[str | None] = Column(Words, index=True)
    undone: Named[datetime | None] = Column(Moment)
    document: Named[str] = Column(Document, nullable=False)


decisions = Table("decisions", metadata, _Decisions, Index(None, "kind", "subject"))


class DecisionsKept:
    """What people decided, as one transaction sees it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, decision: Decision) -> bool:
        """Keep a decision; ``False``, and nothing changes, if one of that id is there, undone or not."""
        if self.get(decision.id) is not None:
            return False
        row = {
            "id": decision.id,
            "kind": decision.subject.kind.value,
            "subject": decision.subject.id,
            "topic": decision.subject.topic,
            "article": decision.said.article if decision.said else None,
            "original": decision.said.original if decision.said else None,
            "undone": decision.undone.at if decision.undone else None,
            "document": to_document(decision),
        }
        self._connection.execute(decisions.insert(), row)
        return True

    def put(self, decision: Decision) -> None:
        """Keep what became of a decision that is there: it was undone."""
        undone = decision.undone.at if decision.undone else None
        self._connection.execute(
            update(decisions).where(decisions.c.id == decision.id).values(undone=undone, document=to_document(decision))
        )

    def get(self, id: str) -> Decision | None:
        document = self._connection.execute(select(decisions.c.document).where(decisions.c.id == id)).scalar()
        return None if document is None else from_document(Decision, document, f"decision {id}")

    def find(
        self,
        kinds: Iterable[SubjectKind] = (),
        subject: str | None = None,
        *,
        undone: bool = False,
        latest: int | None = None,
    ) -> list[Decision]:
        """Decisions in the order they were made: of ``kinds`` and about ``subject``, where these are given.

        ``undone`` gives those that were taken back as well; ``latest`` the last so many alone.
        """
        query = select(decisions.c.id, decisions.c.document).order_by(decisions.c.number.desc())
        if wanted := [kind.value for kind in kinds]:
            query = query.where(decisions.c.kind.in_(wanted))
        if subject is not None:
            query = query.where(decisions.c.subject == subject)
        if not undone:
            query = query.where(decisions.c.undone.is_(None))
        rows = self._connection.execute(query.limit(latest)).all()
        return [from_document(Decision, document, f"decision {id}") for id, document in reversed(rows)]

    def has_any(self, kind: SubjectKind) -> bool:
        """Whether anything was ever decided about things of a kind."""
        query = select(decisions.c.number).where(decisions.c.kind == kind.value).limit(1)
        return self._connection.execute(query).first() is not None

    def after(self, number: int, limit: int) -> list[tuple[int, Decision]]:
        """At most ``limit`` decisions after the one of that number, undone or not, each with its number, in order."""
        rows = self._connection.execute(
            select(decisions.c.number, decisions.c.id, decisions.c.document)
            .where(decisions.c.number > number)
            .order_by(decisions.c.number)
            .limit(limit)
        )
        return [(found, from_document(Decision, document, f"decision {id}")) for found, id, document in rows]

    def of_articles(self, articles: Iterable[str]) -> list[Decision]:
        """What was found wrong in articles by id, and not taken back, in the order it was decided."""
        return self._wrong_in(articles, decisions.c.article)

    def of_family(self, articles: Iterable[str]) -> list[Decision]:
        """The same, and what was found wrong in copies of these articles."""
        return self._wrong_in(articles, decisions.c.article, decisions.c.original)

    def _wrong_in(self, articles: Iterable[str], *columns: Column[str | None]) -> list[Decision]:
        found = {
            number: from_document(Decision, document, f"decision {id}")
            for some in batches(articles)
            for column in columns
            for number, id, document in self._connection.execute(
                select(decisions.c.number, decisions.c.id, decisions.c.document).where(
                    column.in_(some), decisions.c.undone.is_(None)
                )
            )
        }
        return [found[number] for number in sorted(found)]
