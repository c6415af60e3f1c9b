"""The outbox: alerts until they are told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Index,
    Named,
    Row,
    Table,
    TypedColumns,
    bindparam,
    func,
    or_,
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
    Index(None, "created", "id"),
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
        self,
        topic: str | None = None,
        state: AlertState | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        *,
        latest: int | None = None,
    ) -> list[Alert]:
        """Alerts created at ``since`` or later and before ``until``, oldest first: all, or the ``latest`` so many."""
        query = select(alerts).where(*_asked(topic, state, since, until))
        if latest is None:
            return [_alert(row) for row in self._connection.execute(query.order_by(alerts.c.created, alerts.c.id))]
        query = query.order_by(alerts.c.created.desc(), alerts.c.id.desc()).limit(latest)
        return [_alert(row) for row in self._connection.execute(query)][::-1]

    def count(
        self,
        topic: str | None = None,
        state: AlertState | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> int:
        """How many alerts `find` gives without a limit."""
        query = select(func.count()).select_from(alerts).where(*_asked(topic, state, since, until))
        return self._connection.execute(query).scalar_one()

    def ahead(self, moment: datetime) -> list[Alert]:
        """Alerts that are made, due or sent only after ``moment``."""
        query = select(alerts).where(or_(alerts.c.created > moment, alerts.c.due > moment, alerts.c.sent > moment))
        return [_alert(row) for row in self._connection.execute(query.order_by(alerts.c.created, alerts.c.id))]

    def latest(
        self, topic: str, before: tuple[datetime, str] | None = None, limit: int = 50
    ) -> list[tuple[int, Alert]]:
        """At most ``limit`` alerts of ``topic``, the latest first, each with the version it is at.

        ``before`` is the moment and the id of the alert after which to go on.
        """
        query = select(alerts).where(alerts.c.topic == topic)
        if before is not None:
            moment, id = before
            query = query.where(alerts.c.created <= moment, or_(alerts.c.created < moment, alerts.c.id < id))
        query = query.order_by(alerts.c.created.desc(), alerts.c.id.desc()).limit(limit)
        return [(row.changed, _alert(row)) for row in self._connection.execute(query)]

    def has_begun(self, topic: str) -> bool:
        """Whether ``topic`` ever had an alert to mail, sent or not."""
        mailed = [state.value for state in (AlertState.WAITING, AlertState.SENT, AlertState.FAILED)]
        query = select(alerts.c.id).where(alerts.c.topic == topic, alerts.c.state.in_(mailed)).limit(1)
        return self._connection.execute(query).first() is not None

    def changed_since(self, version: int, limit: int) -> list[tuple[int, Alert]]:
        """At most ``limit`` alerts that changed after ``version``, each with the version it is at, in that order."""
        rows = self._connection.execute(
            select(alerts).where(alerts.c.changed > version).order_by(alerts.c.changed).limit(limit)
        )
        return [(row.changed, _alert(row)) for row in rows]


def _asked(
    topic: str | None, state: AlertState | None, since: datetime | None, until: datetime | None
) -> list[ColumnElement[bool]]:
    asked: list[ColumnElement[bool]] = []
    if topic is not None:
        asked.append(alerts.c.topic == topic)
    if state is not None:
        asked.append(alerts.c.state == state.value)
    if since is not None:
        asked.append(alerts.c.created >= since)
    if until is not None:
        asked.append(alerts.c.created < until)
    return asked


def _alert(row: Row[*tuple[Any, ...]]) -> Alert:
    return from_document(Alert, row.document, f"alert {row.id}")
