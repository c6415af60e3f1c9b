"""What a clock that ran ahead left in the record is brought back, or it would silence feeds and topics until that day.

A machine without a battery, a suspended one or a mistyped date: one round is enough to put the next poll of each feed,
the begin of the next digest and the pauses of developments a month away, and to let what came in then pass for the
latest news until that day (`arrivals`). So each round keeps its time, and one that finds a later time than its own
there brings back every moment that can't lie so far ahead.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from pipeline.collect.manners import ROBOTS_LAST
from pipeline.record import Record, Transaction
from pipeline.record.notes import CLOCK, MEMORY
from pipeline.steps.known.arrivals import at_most, bring_back_arrivals, came_ahead
from schemas.alert import AlertState, DigestState

SKEW = timedelta(minutes=5)
"""How far the clocks of two machines of one deployment may lie apart."""

PAUSE = timedelta(minutes=90)
"""Rounds further apart are told of: feeds may have had news, and dropped it again, that nobody saw. Longer than an
hour, for who has the rounds started hourly misses nothing."""

_PAUSED = "paused:"
"""How the keys of notes begin that hold when there was no round: since the moment in the key."""

_PAUSES_KEPT = timedelta(days=90)
"""Longer than any digest's period."""

_RETRY, _LEASE = timedelta(days=1), timedelta(hours=1)
"""The longest that an entry waits for its next try (a host may want a day's pause), and is leased."""

_RESEND = timedelta(hours=3)
"""The longest pause between two tries of a mail."""

_TOLD = (":told", ":end", ":begun")
"""How the keys of notes end that hold when something was told, ended or begun."""

_log = logging.getLogger(__name__)


def keep_time(record: Record, now: datetime) -> int:
    """Keep the time of this round; gives how many things an earlier one had put too far ahead, and are brought back."""
    with record.read() as tx:
        last = last_round(tx)
    if last is not None and timedelta(0) <= now - last < SKEW:
        return 0
    with record.begin() as tx:
        # What an older version left ahead has no such note any more.
        wrong = last is None or last > now + SKEW or came_ahead(tx, now + SKEW) > 0
        healed = _bring_back(tx, now) if wrong else 0
        tx.notes.set(CLOCK, now.isoformat())
        if last is not None and now - last > PAUSE:
            _note_pause(tx, last, now)
    if healed and last is not None:
        _log.warning("the clock of an earlier round was ahead: %s moments were brought back", healed)
    return healed


def pauses(tx: Transaction, start: datetime, end: datetime) -> tuple[tuple[datetime, datetime], ...]:
    """The spans without any round that ended from ``start`` up to, but not including, ``end``; the earliest first."""
    found = (
        (datetime.fromisoformat(key.removeprefix(_PAUSED)), datetime.fromisoformat(until))
        for key, until in tx.notes.all(_PAUSED).items()
    )
    return tuple(sorted((began, until) for began, until in found if start <= until < end))


def _note_pause(tx: Transaction, began: datetime, until: datetime) -> None:
    for key, ended in tx.notes.all(_PAUSED).items():
        if datetime.fromisoformat(ended) < until - _PAUSES_KEPT:
            tx.notes.set(key, None)
    tx.notes.set(f"{_PAUSED}{began.isoformat()}", until.isoformat())


def last_round(tx: Transaction) -> datetime | None:
    """When the last round was, by its own clock; None: before there were such notes."""
    kept = tx.notes.get(CLOCK)
    return None if kept is None else datetime.fromisoformat(kept)


def _bring_back(tx: Transaction, now: datetime) -> int:
    """Bring back what lies further ahead than it can; gives how many things that were."""
    latest = now + SKEW
    tx.hold_versions()
    healed = tx.entries.bring_forward(now, retry_by=latest + _RETRY, lease_by=latest + _LEASE)
    if arrived := bring_back_arrivals(tx, now, latest):
        healed += arrived
        tx.notes.set(MEMORY, now.isoformat())
    feeds = [
        feed
        for feed in tx.feeds.all()
        if _is_after(latest, feed.state.last_poll) or _is_after(latest + timedelta(days=8), feed.state.next_poll)
    ]
    tx.feeds.put_many(feed.model_copy(update={"state": at_most(feed.state, now)}) for feed in feeds)
    hosts, robots = tx.hosts.ahead(latest, latest + ROBOTS_LAST)
    for host in hosts:
        tx.hosts.put(at_most(host, now), now)
    for one in robots:
        tx.hosts.put_robots(at_most(one, now), now)
    visits = tx.visits.ahead(latest)
    tx.visits.put(at_most(visit, now) for visit in visits)
    kept = ((key, datetime.fromisoformat(value)) for key, value in tx.notes.all().items() if key.endswith(_TOLD))
    notes = [key for key, moment in kept if moment > latest]
    for key in notes:
        tx.notes.set(key, now.isoformat())
    return healed + len(feeds) + len(hosts) + len(robots) + len(visits) + len(notes) + _mails(tx, now, latest)


def _mails(tx: Transaction, now: datetime, latest: datetime) -> int:
    """Bring back when alerts, digests and messages are due, and were sent: what was sent counts against its day."""
    alerts = [
        alert
        for alert in tx.alerts.ahead(latest)
        if _is_after(latest, alert.created)
        or _is_after(latest, alert.sent)
        or (alert.state is AlertState.WAITING and _is_after(latest + _RESEND + _bundle(tx, alert.topic), alert.due))
    ]
    for alert in alerts:
        sent = min(alert.sent, now) if alert.sent else None
        moments = {"created": min(alert.created, now), "due": min(alert.due, now), "sent": sent}
        tx.alerts.put(alert.model_copy(update=moments))
    digests = [digest for digest in tx.digests.find(state=DigestState.WAITING) if digest.due > latest + _RESEND]
    for digest in digests:
        tx.digests.put(digest.model_copy(update={"due": now}))
    messages = [
        message
        for message in tx.messages.ahead(latest)
        if _is_after(latest, message.bound) or _is_after(latest, message.sent) or message.due > latest + _RESEND
    ]
    for message in messages:
        sent = min(message.sent, now) if message.sent else None
        moments = {"bound": min(message.bound, now), "due": min(message.due, now), "sent": sent}
        tx.messages.put(message.model_copy(update=moments))
    return len(alerts) + len(digests) + len(messages)


def _bundle(tx: Transaction, name: str) -> timedelta:
    topic = tx.topics.get(name)
    return topic.alerts.bundle if topic else timedelta(0)


def _is_after(latest: datetime, moment: datetime | None) -> bool:
    return moment is not None and moment > latest
