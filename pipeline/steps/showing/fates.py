"""What became of alerts, recipient by recipient, in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from pipeline.tell.wants import wants_alert
from pipeline.tell.words import count, one_line, short_moment
from schemas.alert import Alert, AlertState
from schemas.message import Message, MessageState

if TYPE_CHECKING:
    from pipeline.record import Transaction


def fates(tx: Transaction, alerts: Sequence[Alert]) -> dict[str, dict[str, str]]:
    """For each alert, by its id, what became of it by recipient: of those who have a message or wait for one."""
    found: dict[str, dict[str, str]] = {alert.id: {} for alert in alerts}
    for topic in {alert.topic for alert in alerts}:
        of_topic = [alert for alert in alerts if alert.topic == topic]
        for message in tx.messages.that_may_tell(topic, of_topic):
            for alert in found.keys() & set(message.alerts):
                found[alert][message.recipient] = fate(message)
        watched = tx.topics.get(topic)
        for waiting in (alert for alert in of_topic if alert.state is AlertState.WAITING):
            for recipient in watched.recipients if watched else ():
                if wants_alert(recipient, waiting):
                    found[waiting.id].setdefault(recipient.to, "not yet told")
    return found


def fate(message: Message, zone: ZoneInfo | None = None) -> str:
    """Where a message is, and what kept it there: "sent 2026-03-02 12:00 UTC", "given up after 12 tries: 450 busy".

    Given the ``zone`` that all of a page is in, times are of it and do not name it: "sent Mon 2 Mar 13:00".
    """
    tries = f"after {count(message.attempts, 'try', 'tries')}: {one_line(message.error, 200)}" if message.error else ""
    match message.state:
        case MessageState.SENT:
            return f"sent {_moment(message.sent, zone)}"
        case MessageState.WAITING:
            return f"due {_moment(message.due, zone)}" + (f" {tries}" if tries else "")
        case MessageState.FAILED:
            return f"given up {tries}"
        case MessageState.DIGEST:
            return "left to the digest: daily limit reached"
        case MessageState.DROPPED:
            return "dropped: no recipient wants it any more"


def _moment(when: datetime | None, zone: ZoneInfo | None) -> str:
    if when is None:
        return ""
    return short_moment(when, zone) if zone else f"{when:%Y-%m-%d %H:%M} UTC"
