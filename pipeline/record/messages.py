"""Messages from when they are bound to their recipient: what waits, and what became of the rest."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from sqlalchemy import Column, Connection, Index, Named, Table, TypedColumns, func, or_, select

from pipeline.record.base import Document, Moment, Words, from_document, metadata, put_rows, to_document
from schemas.alert import Alert
from schemas.message import Message, MessageState


class _Messages(TypedColumns):
    id: Named[str] = Column(Words, primary_key=True)
    topic: Named[str] = Column(Words, nullable=False)
    recipient: Named[str] = Column(Words, nullable=False)
    digest: Named[str | None] = Column(Words)
    state: Named[str] = Column(Words, nullable=False)
    due: Named[datetime] = Column(Moment, nullable=False)
    bound: Named[datetime] = Column(Moment, nullable=False)
    sent: Named[datetime | None] = Column(Moment)
    document: Named[str] = Column(Document, nullable=False)


_APART = timedelta(days=1)
"""How much earlier than its alert a message may be bound, and more: who binds it may have another clock than who found
the alert, and a day's messages more are few."""

messages = Table(
    "messages",
    metadata,
    _Messages,
    Index(None, "state", "due"),
    Index(None, "topic", "bound"),
    Index(None, "topic", "recipient", "sent"),
    Index(None, "digest"),
)


class Messages:
    """The messages as one transaction sees them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, message: Message) -> None:
        """Keep ``message``, in place of the one of that id."""
        row = {
            "id": message.id,
            "topic": message.topic,
            "recipient": message.recipient,
            "digest": message.digest,
            "state": message.state.value,
            "due": message.due,
            "bound": message.bound,
            "sent": message.sent,
            "document": to_document(message),
        }
        put_rows(self._connection, messages, [row])

    def get(self, id: str) -> Message | None:
        document = self._connection.execute(select(messages.c.document).where(messages.c.id == id)).scalar()
        return None if document is None else from_document(Message, document, f"message {id}")

    def due(self, now: datetime, topic: str | None = None) -> list[Message]:
        """The waiting messages whose time has come, those due longest first."""
        query = (
            select(messages.c.id, messages.c.document)
            .where(messages.c.state == MessageState.WAITING.value, messages.c.due <= now)
            .order_by(messages.c.due, messages.c.bound, messages.c.id)
        )
        if topic is not None:
            query = query.where(messages.c.topic == topic)
        return self._read(self._connection.execute(query))

    def find(
        self,
        topic: str | None = None,
        *,
        state: MessageState | None = None,
        since: datetime | None = None,
        digests: Collection[str] | None = None,
    ) -> list[Message]:
        """Messages bound at ``since`` or later, the earliest first; of ``digests`` alone, if they are given."""
        query = select(messages.c.id, messages.c.document).order_by(messages.c.bound, messages.c.id)
        if topic is not None:
            query = query.where(messages.c.topic == topic)
        if state is not None:
            query = query.where(messages.c.state == state.value)
        if since is not None:
            query = query.where(messages.c.bound >= since)
        if digests is not None:
            query = query.where(messages.c.digest.in_(digests))
        return self._read(self._connection.execute(query))

    def that_may_tell(self, topic: str, alerts: Collection[Alert]) -> list[Message]:
        """The messages of a topic that may tell ``alerts``, and others; the earliest bound first."""
        if not alerts:
            return []
        return self.find(topic, since=min(alert.created for alert in alerts) - _APART)

    def ahead(self, moment: datetime) -> list[Message]:
        """Messages that are bound, due or sent only after ``moment``."""
        later = or_(messages.c.bound > moment, messages.c.due > moment, messages.c.sent > moment)
        return self._read(self._connection.execute(select(messages.c.id, messages.c.document).where(later)))

    def sent_since(self, topic: str, recipient: str, moment: datetime) -> int:
        """How many messages with alerts of ``topic`` the recipient got at ``moment`` or later."""
        return self._connection.execute(
            select(func.count())
            .select_from(messages)
            .where(
                messages.c.topic == topic,
                messages.c.recipient == recipient,
                messages.c.sent >= moment,
                messages.c.digest.is_(None),
            )
        ).scalar_one()

    def _read(self, rows: Iterable[tuple[str, str]]) -> list[Message]:
        return [from_document(Message, document, f"message {id}") for id, document in rows]
