"""Digests from when they are bound to their Message-ID: who still waits for one, and what became of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, ColumnElement, Connection, Index, Named, Table, TypedColumns, func, select

from pipeline.record.base import Document, Moment, Words, from_document, metadata, put_rows, to_document
from schemas.alert import Digest, DigestState


class _Digests(TypedColumns):
    id: Named[str] = Column(Words, primary_key=True)
    topic: Named[str] = Column(Words, nullable=False)
    end: Named[datetime] = Column(Moment, nullable=False)
    state: Named[str] = Column(Words, nullable=False)
    due: Named[datetime] = Column(Moment, nullable=False)
    document: Named[str] = Column(Document, nullable=False)


digests = Table(
    "digests",
    metadata,
    _Digests,
    Index(None, "state", "due"),
    Index(None, "topic", "end"),
    Index(None, "end", "id"),
)


class Digests:
    """The digests as one transaction sees them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, digest: Digest) -> None:
        """Keep ``digest``, in place of the one of that id."""
        row = {
            "id": digest.id,
            "topic": digest.topic,
            "end": digest.end,
            "state": digest.state.value,
            "due": digest.due,
            "document": to_document(digest),
        }
        put_rows(self._connection, digests, [row])

    def get(self, id: str) -> Digest | None:
        document = self._connection.execute(select(digests.c.document).where(digests.c.id == id)).scalar()
        return None if document is None else from_document(Digest, document, f"digest {id}")

    def due(self, now: datetime, topic: str | None = None) -> list[Digest]:
        """The waiting digests whose time has come, that of the earliest period first."""
        query = (
            select(digests.c.id, digests.c.document)
            .where(digests.c.state == DigestState.WAITING.value, digests.c.due <= now)
            .order_by(digests.c.end, digests.c.id)
        )
        if topic is not None:
            query = query.where(digests.c.topic == topic)
        return [from_document(Digest, document, f"digest {id}") for id, document in self._connection.execute(query)]

    def find(
        self, topic: str | None = None, state: DigestState | None = None, *, latest: int | None = None
    ) -> list[Digest]:
        """Digests, that of the earliest period first: all, or so many of the ``latest``."""
        query = select(digests.c.id, digests.c.document).where(*_asked(topic, state))
        query = query.order_by(digests.c.end.desc(), digests.c.id.desc()).limit(latest)
        found = [from_document(Digest, document, f"digest {id}") for id, document in self._connection.execute(query)]
        return found[::-1]

    def count(self, topic: str | None = None, state: DigestState | None = None) -> int:
        """How many digests `find` gives without a limit."""
        query = select(func.count()).select_from(digests).where(*_asked(topic, state))
        return self._connection.execute(query).scalar_one()


def _asked(topic: str | None, state: DigestState | None) -> list[ColumnElement[bool]]:
    asked: list[ColumnElement[bool]] = []
    if topic is not None:
        asked.append(digests.c.topic == topic)
    if state is not None:
        asked.append(digests.c.state == state.value)
    return asked
