"""What monitoring asks: how much waits and since when, and when anything moved last.

Nothing here grows with the record: each query goes down an index over what waits or what is recent, and stops.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, or_, select

from pipeline.record.alerts import alerts
from pipeline.record.base import from_document
from pipeline.record.entries import READ, WAITING, entries
from pipeline.record.messages import messages
from schemas.alert import AlertState
from schemas.message import Message, MessageState

MOST_COUNTED = 100_000
"""Of what waits, at most so much is counted: a backlog that no alert rule needs to tell from a larger one."""
_RESENT_WITHIN = timedelta(days=1)
"""A message is due at most so long before it is sent: tries lie three hours apart at most, rounds rarely a day."""


@dataclass(frozen=True)
class Inbox:
    """Entries without an outcome: ``due`` to be read now, ``postponed`` to a later try, ``read`` and not judged.

    ``since`` is when the first of those that nothing postpones came in.
    """

    due: int
    postponed: int
    read: int
    since: datetime | None


@dataclass(frozen=True)
class Outbox:
    """Alerts that wait for a message, and messages that wait for their channel; each with the first one's moment."""

    alerts: int
    alerts_since: datetime | None
    messages: int
    messages_since: datetime | None
    failed: int
    """Messages that were given up, of those last due since a moment."""


class Measuring:
    """Numbers of the record, as one transaction sees them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def inbox(self, now: datetime) -> Inbox:
        """What waits in the inbox at ``now``."""
        postponed = entries.c.retry_at > now
        some = select(postponed.label("postponed")).where(entries.c.status == WAITING).limit(MOST_COUNTED).subquery()
        counted: dict[bool, int] = {}
        for later, number in self._connection.execute(
            select(some.c.postponed, func.count()).group_by(some.c.postponed)
        ):
            counted[bool(later)] = counted.get(bool(later), 0) + number
        read = select(entries.c.id).where(entries.c.status == READ).limit(MOST_COUNTED).subquery()
        # In the order of arrival, which an index has; of one poll all came in at one moment.
        first = select(entries.c.first_seen).order_by(entries.c.seq).limit(1)
        oldest = (
            self._connection.scalar(
                first.where(entries.c.status == WAITING, or_(entries.c.retry_at.is_(None), entries.c.retry_at <= now))
            ),
            self._connection.scalar(first.where(entries.c.status == READ)),
        )
        return Inbox(
            due=counted.get(False, 0),
            postponed=counted.get(True, 0),
            read=self._connection.scalar(select(func.count()).select_from(read)) or 0,
            since=min((moment for moment in oldest if moment is not None), default=None),
        )

    def outbox(self, since: datetime) -> Outbox:
        """What waits in the outbox, and what was given up of what was last due at ``since`` or later."""
        waits, bound = AlertState.WAITING.value, MessageState.WAITING.value
        some = select(alerts.c.created).where(alerts.c.state == waits).limit(MOST_COUNTED).subquery()
        number, first = self._connection.execute(select(func.count(), func.min(some.c.created))).one()
        other = select(messages.c.bound).where(messages.c.state == bound).limit(MOST_COUNTED).subquery()
        unsent, earliest = self._connection.execute(select(func.count(), func.min(other.c.bound))).one()
        failed = select(func.count()).where(messages.c.state == MessageState.FAILED.value, messages.c.due >= since)
        return Outbox(number, first, unsent, earliest, self._connection.scalar(failed) or 0)

    def sent_since(self, moment: datetime) -> list[Message]:
        """The messages that were sent after ``moment``, in the order in which they were."""
        rows = self._connection.execute(
            select(messages.c.id, messages.c.document)
            .where(
                messages.c.state == MessageState.SENT.value,
                messages.c.due > moment - _RESENT_WITHIN,
                messages.c.sent > moment,
            )
            .order_by(messages.c.sent, messages.c.id)
            .limit(MOST_COUNTED)
        )
        return [from_document(Message, document, f"message {id}") for id, document in rows]

    def last_lease(self) -> datetime | None:
        """The latest end of the leases that are held: someone was at work a lease before."""
        # As a range, for SQLite goes through all entries to find those of which a column is not null.
        held = entries.c.lease_owner > ""
        return self._connection.scalar(select(func.max(entries.c.lease_until)).where(held))

    def last_ended(self) -> datetime | None:
        """When the entry ended that changed last; None if that one did not end."""
        return self._connection.scalar(select(entries.c.ended).order_by(entries.c.changed.desc()).limit(1))

    def entry_version(self) -> int:
        """The version of the entry that changed last."""
        return self._connection.scalar(select(func.max(entries.c.changed))) or 0
