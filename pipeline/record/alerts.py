"""The outbox: alerts until they are told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Index,
    Named,
    Row,
    Table,
    TypedColumns,
    bindparam,
    distinct,
    func,
    select,
)

from pipeline.record.base import Document, Moment, Words, from_document, metadata, put_rows, to_document
from pipeline.record.counters import Counter, Counters
from schemas.alert import Alert, AlertState


class _Alerts(TypedColumns):
    id: Named[str] = Column(Words, primary_key=True)
    changed: Named[int] = Column(BigInteger, nullable=False, unique=True)
    topic: Named[str] = Column(Words, nullable=False)
    state: Named[str] = Column(Words, nullable=False)
    due: Named[datetime] = Column(Moment, nullable=False)
    created: Named[datetime] = Column(Moment, nullable=False)
    sent: Named[datetime | None] = Column(Moment)
    message_id: Named[str | None] = Column(Words)
    document: Named[str] = Column(Document, nullable=False)


alerts = Table(
    "alerts",
    metadata,
    _Alerts,
    Index(None, "state", "due"),
    Index(None, "topic", "created"),
    Index(None, "topic", "sent"),
)


_KNOWN = select(alerts.c.id).where(alerts.c.id == bindparam("wanted"))


class Alerts:
    """The outbox as one transaction sees it."""

    def __init__(self, connection: Connection, counters: Counters) -> None:
        self._connection = connection
        self._counters = counters

    def add(self, alert: Alert) -> bool:
        """Put ``alert`` into the outbox; ``False``, and nothing changes, if one of that id was ever there."""
        self._counters.hold(Counter.CHANGED)
        if self._connection.execute(_KNOWN, {"wanted": alert.id}).first():
            return False
        self.put(alert)
        return True

    def put(self, alert: Alert) -> None:
        """Keep ``alert``, in place of the one of that id."""
        row = {
            "id": alert.id,
            "changed": self._counters.next(Counter.CHANGED),
            "topic": alert.topic,
            "state": alert.state.value,
            "due": alert.due,
            "created": alert.created,
            "sent": alert.sent,
            "message_id": alert.message_id,
            "document": to_document(alert),
        }
        put_rows(self._connection, alerts, [row])

    def get(self, id: str) -> Alert | None:
        document = self._connection.execute(select(alerts.c.document).where(alerts.c.id == id)).scalar()
        return None if document is None else from_document(Alert, document, f"alert {id}")

    def due(self, now: datetime, topic: str | None = None) -> list[Alert]:
        """The waiting alerts whose time has come, those due longest first."""
        query = (
            select(alerts)
            .where(alerts.c.state == AlertState.WAITING.value, alerts.c.due <= now)
            .order_by(alerts.c.due, alerts.c.created, alerts.c.id)
        )
        if topic is not None:
            query = query.where(alerts.c.topic == topic)
        return [_alert(row) for row in self._connection.execute(query)]

    def find(
        self, topic: str | None = None, state: AlertState | None = None, since: datetime | None = None
    ) -> list[Alert]:
        """Alerts created at ``since`` or later, oldest first."""
        query = select(alerts).order_by(alerts.c.created, alerts.c.id)
        if topic is not None:
            query = query.where(alerts.c.topic == topic)
        if state is not None:
            query = query.where(alerts.c.state == state.value)
        if since is not None:
            query = query.where(alerts.c.created >= since)
        return [_alert(row) for row in self._connection.execute(query)]

    def sent_since(self, topic: str, moment: datetime) -> int:
        """How many mails told alerts of ``topic`` at ``moment`` or later."""
        return self._connection.execute(
            select(func.count(distinct(alerts.c.message_id))).where(alerts.c.topic == topic, alerts.c.sent >= moment)
        ).scalar_one()

    def changed_since(self, version: int, limit: int) -> list[tuple[int, Alert]]:
        """At most ``limit`` alerts that changed after ``version``, each with the version it is at, in that order."""
        rows = self._connection.execute(
            select(alerts).where(alerts.c.changed > version).order_by(alerts.c.changed).limit(limit)
        )
        return [(row.changed, _alert(row)) for row in rows]


def _alert(row: Row[*tuple[Any, ...]]) -> Alert:
    return from_document(Alert, row.document, f"alert {row.id}")
