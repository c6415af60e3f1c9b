"""Digests on their way: bound to their period, written as pages, and sent to each recipient."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from pipeline.errors import DeliveryError
from pipeline.record import Transaction
from pipeline.settings import Settings
from pipeline.steps.services import Services
from pipeline.steps.showing.digest import digest_data, held_back_of, still_told
from pipeline.steps.telling.messages import Round, Sent, TellReport
from pipeline.tell.channels import Channel
from pipeline.tell.delivery import Mailer
from pipeline.tell.digest import digest_id, digest_page, is_empty
from pipeline.tell.outbox import after_failure
from pipeline.tell.schedule import due_period
from pipeline.tell.sender import Sender
from pipeline.tell.wants import wants_digest
from schemas.alert import Digest, DigestData, DigestState
from schemas.base import stable_id
from schemas.message import Message, MessageState
from schemas.topic import DigestTimes, Recipient, Topic


def tell_digest(
    services: Services,
    mailer: Mailer,
    sender: Sender,
    topic: Topic,
    *,
    channels: Mapping[str, Channel] | None = None,
    wait: float = 60.0,
) -> TellReport:
    """Send the digest of ``topic`` if its time has come; its period begins where that of the last one ended.

    What is left of earlier ones, and due, goes out too. Raises RecordBusy as `tell` does.
    """
    report = TellReport()
    with services.record.telling(topic.name, wait=wait):
        turn = Round.of(services, mailer, sender, channels, topic, report)
        digests = DigestsDue.of(turn)
        turn.lanes.send(digests.errands)
        digests.settle()
    return report


def digest_again(
    services: Services,
    sender: Sender,
    topic: Topic,
    period: tuple[datetime, datetime],
    *,
    mailer: Mailer | None = None,
    channels: Mapping[str, Channel] | None = None,
) -> TellReport:
    """The digest of a period that is past, as the record tells it now: the page, and given a ``mailer`` messages too.

    What was sent regularly, and when the next one is due, stays as it is.
    """
    report = TellReport()
    with services.record.read() as tx:
        data = digest_data(tx, topic, *period, now=services.clock())
    if is_empty(data) and not (topic.digest and topic.digest.empty):
        return report
    try:
        _write_page(services, sender, topic, data, report)
    except DeliveryError as error:
        report.troubles.append(f"digest of {topic.heading}: {error}")
        return report
    if mailer is not None:
        send_once(Round.of(services, mailer, sender, channels, topic, report), data)
    return report


def send_once(turn: Round, data: DigestData) -> None:
    """Send a digest to all who take digests, here and now; nothing of it is kept, and nothing tried again."""
    digest = _digest(turn.topic, data, turn.sender, turn.services.clock())
    messages = [_message(digest, one, data.held_back) for one in turn.topic.recipients if wants_digest(one)]
    turn.lanes.send(turn.errands(messages, data, kept=False))


@dataclass
class DigestsDue:
    """The digests of a round that are bound and due, and their messages to be sent."""

    turn: Round
    digests: list[Digest] = field(default_factory=list)
    errands: list[Sent] = field(default_factory=list)

    @classmethod
    def of(cls, turn: Round, *, begin: bool = True) -> DigestsDue:
        """The digests that are due, with their pages written; ``begin`` binds the one whose time has come."""
        topic, now = turn.topic, turn.services.clock()
        if begin and topic.digest is not None:
            with turn.services.record.begin() as tx:
                _bind_digest(tx, turn.sender, topic, topic.digest, now)
        with turn.services.record.read() as tx:
            due = [
                digest.model_copy(update={"data": digest.data and still_told(tx, topic, digest.data, now)})
                for digest in tx.digests.due(now, topic.name)
            ]
        found = cls(turn)
        for digest in due:
            found._add(digest, now)
        return found

    def _add(self, digest: Digest, now: datetime) -> None:
        """Write the page of a digest, and have what is due of its messages sent."""
        assert digest.data is not None
        turn, record = self.turn, self.turn.services.record
        try:
            _write_page(turn.services, turn.sender, turn.topic, digest.data, turn.report, again=digest.attempts > 0)
        except DeliveryError as error:
            turn.report.troubles.append(f"digest of {turn.topic.heading}: {error}")
            tried = after_failure(digest.attempts, now, refused=False)
            state = DigestState.FAILED if tried.given_up else DigestState.WAITING
            update = {"attempts": tried.attempts, "error": str(error), "state": state, "due": tried.due}
            with record.begin() as tx:
                tx.digests.put(digest.model_copy(update=update))
            return
        with record.read() as tx:
            due = [one for one in tx.messages.due(now, turn.topic.name) if one.digest == digest.id]
        self.digests.append(digest)
        self.errands += turn.errands(due, digest.data)

    def settle(self) -> None:
        """Mark each digest by what became of its messages."""
        turn = self.turn
        for digest in self.digests:
            with turn.services.record.begin() as tx:
                messages = tx.messages.find(turn.topic.name, digests=[digest.id])
                tx.digests.put(_settled(digest, messages, turn.services.clock()))


def _bind_digest(tx: Transaction, sender: Sender, topic: Topic, times: DigestTimes, now: datetime) -> None:
    """Bind the digest whose time has come, if any, to its period, words and messages; the next begins at its end."""
    key, judged = f"digest:{topic.name}:end", f"digest:{topic.name}:entries"
    last = tx.notes.get(key)
    period = due_period(topic, datetime.fromisoformat(last) if last else _first_start(tx, topic, now), now)
    if period is None:
        return
    start, end = period
    # Read before anything else: what ends later is told in the next digest, whenever it was announced.
    reached, before = tx.entries.version(), tx.notes.get(judged)
    data = digest_data(tx, topic, start, end, after=int(before) if before else None, now=now)
    tx.notes.set(key, end.isoformat())
    tx.notes.set(judged, str(reached))
    if is_empty(data) and not times.empty:
        return
    bind(tx, topic, _digest(topic, data, sender, now))


def _digest(topic: Topic, data: DigestData, sender: Sender, now: datetime) -> Digest:
    identity = digest_id(data)
    return Digest(
        id=identity,
        topic=topic.name,
        start=data.start,
        end=data.end,
        message_id=sender.message_id(identity),
        data=data,
        due=now,
    )


def bind(tx: Transaction, topic: Topic, digest: Digest) -> None:
    """Keep a digest with a message to each recipient who takes digests."""
    assert digest.data is not None
    tx.digests.put(digest)
    for recipient in topic.recipients:
        if wants_digest(recipient):
            tx.messages.put(_message(digest, recipient, held_back_of(tx, topic, recipient.to, digest.data)))


def _message(digest: Digest, recipient: Recipient, held_back: int) -> Message:
    return Message(
        id=stable_id("message", digest.topic, recipient.to, digest.id),
        topic=digest.topic,
        recipient=recipient.to,
        message_id=digest.message_id,
        digest=digest.id,
        held_back=held_back,
        bound=digest.due,
        due=digest.due,
    )


def _first_start(tx: Transaction, topic: Topic, now: datetime) -> datetime:
    """Where the topic's first digest begins: when the topic was first seen here, or with its first report.

    That may be the earlier of the two, for reports come in before anything is told of them.
    """
    key = f"digest:{topic.name}:begun"
    begun = tx.notes.get(key)
    if begun is None:
        tx.notes.set(key, begun := now.isoformat())
    first = tx.articles.first_seen(topic.name)
    return min(datetime.fromisoformat(begun), first or now)


def _settled(digest: Digest, messages: list[Message], now: datetime) -> Digest:
    """A digest by what became of its messages; it waits while one of them does, and fails if one of them did."""
    open_ = [one for one in messages if one.state is MessageState.WAITING]
    failed = [one for one in messages if one.state is MessageState.FAILED]
    errors = "; ".join(f"{one.recipient}: {one.error}" for one in (*open_, *failed) if one.error)
    update: dict[str, object] = {
        "attempts": max((one.attempts for one in (*open_, *failed)), default=0),
        "error": errors or None,
        "recipients_left": tuple(one.recipient for one in (*open_, *failed)) or None,
    }
    if open_:
        update["due"] = min(one.due for one in open_)
    elif failed:
        update["state"] = DigestState.FAILED
    else:
        update |= {"state": DigestState.SENT, "sent": now, "data": None}
    return digest.model_copy(update=update)


def retried(tx: Transaction, topic: Topic, digest: Digest, now: datetime) -> None:
    """Put a digest that was given up back in line: the very same, due now, to those who have not got it.

    One of an older record, which does not hold any more what it said, says what the record tells of its period now.
    """
    for message in tx.messages.find(topic.name, state=MessageState.FAILED, digests=[digest.id]):
        tx.messages.put(message.model_copy(update={"state": MessageState.WAITING, "due": now, "attempts": 0}))
    data = digest.data or digest_data(tx, topic, digest.start, digest.end)
    again = {"state": DigestState.WAITING, "data": data, "due": now, "attempts": 0, "error": None}
    tx.digests.put(digest.model_copy(update=again))


def page_of_digest(settings: Settings, topic: str, end: datetime) -> Path:
    """Where the page of the digest is kept whose period ended then."""
    return settings.digest_path / f"{topic}-{end:%Y%m%dT%H%MZ}.html"


def _write_page(
    services: Services, sender: Sender, topic: Topic, data: DigestData, report: TellReport, *, again: bool = False
) -> None:
    """Write the page of a digest; ``again`` reports it only where it is not there yet.

    Raises DeliveryError where its folder can't be written to.
    """
    path = page_of_digest(services.settings, topic.name, data.end)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        told = again and path.exists()
        path.write_text(digest_page(topic, data, sender=sender), encoding="utf-8")
    except OSError as error:
        raise DeliveryError(
            "the digest page can't be written",
            where=str(path),
            why=error.strerror or str(error),
            hint="free some disk space and check the folder's permissions; it will be tried again",
        ) from error
    if not told:
        report.digests.append(str(path))
