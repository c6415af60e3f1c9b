"""The topics of a deployment."""

from __future__ import annotations

from sqlalchemy import Column, Connection, Named, Table, TypedColumns, delete, select

from pipeline.record.base import Document, Words, from_document, metadata, put_rows, to_document
from schemas.topic import Topic


class _Topics(TypedColumns):
    name: Named[str] = Column(Words, primary_key=True)
    document: Named[str] = Column(Document, nullable=False)


topics = Table("topics", metadata, _Topics)


class Topics:
    """The topics as one transaction sees them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, topic: Topic) -> None:
        """Keep ``topic``, in place of the one of that name."""
        put_rows(self._connection, topics, [{"name": topic.name, "document": to_document(topic)}])

    def get(self, name: str) -> Topic | None:
        document = self._connection.execute(select(topics.c.document).where(topics.c.name == name)).scalar()
        return None if document is None else from_document(Topic, document, f"topic {name}")

    def all(self) -> list[Topic]:
        """Every topic, by name."""
        rows = self._connection.execute(select(topics.c.name, topics.c.document).order_by(topics.c.name))
        return [from_document(Topic, document, f"topic {name}") for name, document in rows]

    def remove(self, name: str) -> bool:
        """Forget the topic; what was found for it stays. Whether there was one."""
        return self._connection.execute(delete(topics).where(topics.c.name == name)).rowcount > 0
