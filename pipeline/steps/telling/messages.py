"""Messages on their way: sent when they are due, each apart from the others, and marked by what became of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from pipeline.errors import DeliveryError, DeliveryRefused
from pipeline.record import Transaction
from pipeline.steps.known.decided import DecidedNow
from pipeline.steps.services import Services
from pipeline.steps.telling.lanes import Lanes
from pipeline.tell.channels import Channel, Post, no_such_channel
from pipeline.tell.delivery import Mailer, NotAsked
from pipeline.tell.digest import compose_digest
from pipeline.tell.mails import compose_alert
from pipeline.tell.outbox import after_failure, settled
from pipeline.tell.sender import Sender
from pipeline.tell.wants import wants_alert, wants_digest
from schemas.alert import AlertState, DigestData
from schemas.message import Message, MessageState
from schemas.topic import Recipient, Topic, is_channel


@dataclass
class TellReport:
    """What was told: the subjects of the messages that were sent, the alerts in them, digests, and what failed."""

    mails: list[str] = field(default_factory=list)
    told: set[str] = field(default_factory=set)
    left: set[str] = field(default_factory=set)
    digests: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)

    @property
    def alerts(self) -> int:
        """How many alerts somebody was told of."""
        return len(self.told)

    @property
    def to_digest(self) -> int:
        """How many alerts were left to the digest for somebody."""
        return len(self.left)


@dataclass
class Round:
    """One round of telling of a topic: by what messages go out, and what came of it so far.

    A channel that did not take one message is asked for no other in the same round: it may take long to fail. Rounds
    of several topics that share ``lanes`` share that, too.
    """

    services: Services
    mailer: Mailer
    sender: Sender
    channels: Mapping[str, Channel]
    topic: Topic
    report: TellReport
    lanes: Lanes

    @classmethod
    def of(
        cls,
        services: Services,
        mailer: Mailer,
        sender: Sender,
        channels: Mapping[str, Channel] | None,
        topic: Topic,
        report: TellReport,
        lanes: Lanes | None = None,
    ) -> Round:
        """A round for ``topic`` as its recipients want it now."""
        with services.record.read() as tx:
            wanted = DecidedNow(tx, services.clock()).as_wanted(topic)
        return cls(services, mailer, sender, channels or {}, wanted, report, lanes or Lanes())

    def errands(
        self, messages: Iterable[Message], digest: DigestData | None = None, *, kept: bool = True
    ) -> list[Sent]:
        """``messages`` to be sent, in the order of the topic's recipients; ``digest`` is what those that are a digest
        say. Of those that are not ``kept`` nothing is noted, and what fails is not tried again."""
        places = {recipient.to: place for place, recipient in enumerate(self.topic.recipients)}
        return [
            Sent(self, message, digest, kept)
            for message in sorted(messages, key=lambda one: places.get(one.recipient, -1))
        ]

    def still_told(self, message: Message) -> Message:
        """The message without the alerts that a person silenced since it was bound; it stays the one it is."""
        if message.bundle is None:
            return message
        with self.services.record.read() as tx:
            found = [tx.alerts.get(identity) for identity in message.alerts]
        silent = {one.id for one in found if one is not None and one.state is AlertState.SILENCED}
        if not silent:
            return message
        kept = tuple(alert for alert in message.bundle.alerts if alert.id not in silent)
        # The development is told with the first alert, whichever that is now.
        news = next((alert.development for alert in message.bundle.alerts if alert.development is not None), None)
        if kept and not any(alert.thread for alert in kept):
            kept = (kept[0].model_copy(update={"development": news}), *kept[1:])
        return message.model_copy(update={"bundle": message.bundle.model_copy(update={"alerts": kept})})

    def wanted(self, message: Message) -> Recipient | None:
        """Who wants the message; None if nobody does any more."""
        recipient = next((one for one in self.topic.recipients if one.to == message.recipient), None)
        nothing_left = message.bundle is not None and not message.bundle.alerts
        return None if recipient is None or nothing_left or not _wanted(recipient, message) else recipient

    def post(self, topic: Topic, message: Message, digest: DigestData | None) -> Post:
        """The message in words, as its recipient reads it."""
        if message.bundle is not None:
            mail = compose_alert(topic, message.bundle, sender=self.sender)
        else:
            assert digest is not None, "what is no digest has a bundle"
            digest = digest.model_copy(update={"held_back": message.held_back})
            mail = compose_digest(topic, digest, sender=self.sender)
        bound = mail.model_copy(update={"message_id": message.message_id})
        return Post(id=message.id, bound=message.bound, topic=topic, mail=bound, bundle=message.bundle, digest=digest)

    def carry(self, post: Post, now: datetime) -> None:
        (recipient,) = post.topic.recipients
        if not is_channel(recipient.to):
            self.mailer.send(post.mail, date=now)
        elif (channel := self.channels.get(recipient.to)) is not None:
            channel.post(post, date=now)
        else:
            raise no_such_channel(recipient.to, post.topic)

    def keep(self, message: Message) -> None:
        """Note what became of a message, and of its alerts."""
        with self.services.record.begin() as tx:
            tx.hold_versions()
            tx.messages.put(message)
            settle(tx, self.topic, message.alerts)

    def failed(self, message: Message, subject: str, error: DeliveryError, now: datetime) -> Message:
        """A message by what it failed for, which is reported."""
        tried = after_failure(message.attempts, now, refused=isinstance(error, DeliveryRefused))
        told = f"{subject} (to {message.recipient}): {error}"
        if not tried.given_up:
            self.report.troubles.append(told)
            return message.model_copy(update={"attempts": tried.attempts, "due": tried.due, "error": str(error)})
        hint = (
            f"\n  → `tallywire digest retry {message.digest}` sends it again once the problem is fixed"
            if message.digest
            else ""
        )
        self.report.troubles.append(f"{told}\n  it won't be tried again{hint}")
        return _ended(message, MessageState.FAILED, attempts=tried.attempts, error=str(error))


@dataclass
class Sent:
    """A message of a round on its way; see `Errand`."""

    turn: Round
    message: Message
    digest: DigestData | None = None
    kept: bool = True
    began: datetime = field(init=False)
    subject: str = ""

    @property
    def way(self) -> Hashable:
        by = self.turn.channels.get(self.message.recipient) if self.bounded else self.turn.mailer
        return id(by) if by is not None else self.message.recipient

    @property
    def bounded(self) -> bool:
        return is_channel(self.message.recipient)

    def prepare(self) -> Callable[[], None] | None:
        turn = self.turn
        # What was decided while others went out is heeded.
        self.message = turn.still_told(self.message)
        recipient = turn.wanted(self.message)
        if recipient is None:
            self._note(_dropped(self.message))
            return None
        post = turn.post(turn.topic.for_recipient(recipient), self.message, self.digest)
        self.began, self.subject = turn.services.clock(), post.mail.subject
        return lambda: turn.carry(post, self.began)

    def ended(self, error: DeliveryError | None) -> bool:
        turn, report = self.turn, self.turn.report
        if error is None:
            report.mails.append(self.subject)
            report.told.update(self.message.alerts)
            self._note(_ended(self.message, MessageState.SENT, sent=self.began, error=None))
        elif isinstance(error, NotAsked):
            self._note(self.message.model_copy(update={"error": str(error)}))
        else:
            self._note(turn.failed(self.message, self.subject, error, self.began))
        return error is None or not self.bounded

    def _note(self, message: Message) -> None:
        if self.kept:
            self.turn.keep(message)


def settle(tx: Transaction, topic: Topic, alerts: Collection[str]) -> list[str]:
    """Bring waiting alerts to where their messages are; gives the ids of those that were left to the digest."""
    found = (tx.alerts.get(identity) for identity in alerts)
    waiting = [alert for alert in found if alert is not None and alert.state is AlertState.WAITING]
    if not waiting:
        return []
    messages = tx.messages.that_may_tell(topic.name, waiting)
    left = []
    for alert in waiting:
        now = settled(alert, topic, messages)
        if now != alert:
            tx.alerts.put(now)
        if now.state is AlertState.DIGEST:
            left.append(alert.id)
    return left


def _wanted(recipient: Recipient, message: Message) -> bool:
    if message.bundle is None:
        return wants_digest(recipient)
    return any(wants_alert(recipient, alert) for alert in message.bundle.alerts)


def _dropped(message: Message) -> Message:
    return _ended(message, MessageState.DROPPED, error="no recipient wants it any more")


def _ended(message: Message, state: MessageState, **update: object) -> Message:
    return message.model_copy(update={"state": state, "bundle": None, **update})
