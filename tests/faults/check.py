"""What must hold once all work is done, whatever happened before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing

from sqlalchemy import create_engine, text

from pipeline.record import Record
from pipeline.record.connect import read_url
from pipeline.settings import Settings
from pipeline.steps.keeping.findings import Finding, check_index
from pipeline.steps.services import open_services
from pipeline.tell.wants import wants_alert, wants_digest
from schemas.alert import AlertState, DigestState
from schemas.message import Message, MessageState
from schemas.topic import Topic
from tests.faults.newsroom import Newsroom

_BROKEN_OFF = "archive: "
"""How a warning begins of a file whose last record a killed process left incomplete."""


def check(
    settings: Settings,
    room: Newsroom,
    topic: Topic,
    deep: Sequence[Finding],
    *,
    again: bool,
    refused: bool,
    jumped: bool,
) -> Iterator[str]:
    """What does not hold, in words.

    ``deep`` is what `doctor --deep` found. ``again``: a mail may have come twice, the very same, for its process died
    or the server fell silent. ``refused``: one may have been given up, for the server refused it for good. ``jumped``:
    the clock was wrong, and judging the archive again need not give the same.
    """
    with Record(settings.record_url) as record, record.read() as tx:
        entries = list(tx.entries.find())
        alerts, messages, digests = tx.alerts.find(), tx.messages.find(), tx.digests.find()
    urls = Counter(entry.announcement.url for entry in entries)
    for url in sorted(room.announced ^ urls.keys()):
        yield f"{url} is {'no entry' if url in room.announced else 'an entry that nobody announced'}"
    yield from (f"{url} came in {number} times" for url, number in urls.items() if number > 1)
    yield from (f"{entry.id} has no outcome" for entry in entries if entry.outcome is None)
    if leased := _leased(settings.record_url):
        yield f"{leased} entries are leased"
    yield from (f"{one.id} is {one.state}" for one in alerts if one.state in (AlertState.WAITING, AlertState.SILENCED))
    lost = (MessageState.WAITING,) if refused else (MessageState.WAITING, MessageState.FAILED)
    yield from (f"{one.id} is {one.state}: {one.error}" for one in messages if one.state in lost)
    yield from (f"{one.id} is {one.state}" for one in digests if one.state is DigestState.WAITING)
    if not refused and not any(one.state is AlertState.SENT for one in alerts):
        yield "nobody was told anything"
    for recipient in topic.recipients:
        his = [one for one in messages if one.recipient == recipient.to]
        told = {alert for one in his for alert in one.alerts}
        for alert in alerts:
            if wants_alert(recipient, alert) and alert.state is AlertState.SENT and alert.id not in told:
                yield f"{recipient.to} was not told of {alert.id}"
        if wants_digest(recipient):
            of = {one.digest for one in his}
            yield from (f"{recipient.to} has not got {one.id}" for one in digests if one.id not in of)
    yield from _mails(room, messages, again=again)
    yield from _index(settings)
    yield from _deep(deep, jumped=jumped)


def _mails(room: Newsroom, messages: list[Message], *, again: bool) -> Iterator[str]:
    """What the server took against what the record says was sent."""
    known = {(one.recipient, one.message_id) for one in messages}
    sent = {(one.recipient, one.message_id) for one in messages if one.state is MessageState.SENT}
    taken = Counter((one.recipient, one.identity) for one in room.post.taken)
    yield from (f"{who} never got {identity}" for who, identity in sorted(sent - taken.keys()))
    # One that was taken unheard, and refused when it came again, is given up in the record.
    yield from (f"{who} got {identity}, which nobody sent" for who, identity in sorted(taken.keys() - known))
    words: dict[tuple[str, str], str] = {}
    for one in room.post.taken:
        if words.setdefault((one.recipient, one.identity), one.words) != one.words:
            yield f"{one.recipient} got {one.identity} in two wordings"
    if not again:
        yield from (f"{who} got {identity} {number} times" for (who, identity), number in taken.items() if number > 1)


def _index(settings: Settings) -> Iterator[str]:
    """What the index lacks of the record, or has too much."""
    with closing(open_services(settings)) as services:
        for one in check_index(services):
            if one.behind or one.lacks or one.surplus or one.refused:
                yield f"the index of {one.kind} is not as the record is: {one!r}"


def _deep(found: Sequence[Finding], *, jumped: bool) -> Iterator[str]:
    """What of the findings of `doctor --deep` may not be, or is missing."""
    for one in found:
        # What was put too far ahead is brought back in the record, and stays as it was in the archive.
        excused = one.what.startswith(_BROKEN_OFF) or (jumped and " judged again" in one.what)
        if one.level == "problem" or (one.level == "warning" and not excused):
            yield f"doctor --deep: {one.what}"
    for place in ("entries:", "articles:", "outbox:", "index:", "the archive has the pages of all"):
        if not any(one.what.startswith(place) for one in found):
            yield f"doctor --deep says nothing of {place}"


def _leased(record: str) -> int:
    engine = create_engine(read_url(record))
    try:
        with engine.connect() as connection:
            return connection.scalar(text("SELECT count(*) FROM entries WHERE lease_owner IS NOT NULL")) or 0
    finally:
        engine.dispose()
