"""Tell each recipient what is due: alerts, and the digests whose time has come."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pipeline.record import Transaction
from pipeline.steps.judging.developments import OPEN_FOR
from pipeline.steps.known.briefs import Briefs
from pipeline.steps.known.decided import DecidedNow
from pipeline.steps.known.news import begun_note, story_of
from pipeline.steps.known.threads import development_of
from pipeline.steps.services import Services
from pipeline.steps.telling.digests import DigestsDue
from pipeline.steps.telling.lanes import Lanes
from pipeline.steps.telling.messages import Round, Sent, TellReport, settle
from pipeline.steps.telling.summaries import summed_up
from pipeline.tell.channels import Channel
from pipeline.tell.delivery import Mailer, sitting
from pipeline.tell.outbox import Heard, Plan, Waiting, open_to, plan, why_waiting
from pipeline.tell.sender import Sender
from schemas.alert import Alert, AlertState, BriefLine
from schemas.base import stable_id
from schemas.message import Bundle, BundleKind, Message, MessageState
from schemas.topic import Recipient, Topic

_TOPICS_AT_ONCE = 8
"""Topics whose messages go out side by side. Nobody else can tell of them meanwhile."""


def tell(
    services: Services,
    mailer: Mailer,
    sender: Sender,
    *,
    channels: Mapping[str, Channel] | None = None,
    topics: Collection[str] | None = None,
    digests: bool = True,
    wait: float = 60.0,
    stop: Callable[[], bool] = lambda: False,
) -> TellReport:
    """Send the alerts that are due, and ``digests`` whose time has come, until ``stop`` between two messages.

    ``channels`` are those of the settings, by name. What is left of digests begun before is sent in any case. Alerts,
    and a digest with its period, are bound to a message to each recipient before it is sent, and the message is marked
    afterwards. A process that dies in between sends the very same message again, with the same Message-ID, and never
    the same news in another. Mails and each channel go side by side: a slow one holds up no other (see `Lanes`). Of
    two processes that tell of a topic the second waits for the first; raises RecordBusy if that takes longer than
    ``wait`` seconds.
    """
    report, lanes = TellReport(), Lanes(stop)
    with services.record.read() as tx:
        wanted = [topic for topic in tx.topics.all() if topics is None or topic.name in topics]
    with sitting(mailer) as mailer:
        for first in range(0, len(wanted), _TOPICS_AT_ONCE):
            if stop():
                break
            some = wanted[first : first + _TOPICS_AT_ONCE]
            with services.record.telling(*(topic.name for topic in some), wait=wait):
                _tell_topics(
                    [Round.of(services, mailer, sender, channels, topic, report, lanes) for topic in some],
                    digests=digests,
                    stop=stop,
                )
    return report


def _tell_topics(turns: Sequence[Round], *, digests: bool, stop: Callable[[], bool]) -> None:
    """Bind what is due of each topic, and send all of it side by side."""
    errands: list[Sent] = []
    begun: list[DigestsDue] = []
    for turn in turns:
        errands += turn.errands(_bound_alerts(turn))
        if not stop():
            begun.append(DigestsDue.of(turn, begin=digests))
            errands += begun[-1].errands
    turns[0].lanes.send(errands)
    for due in begun:
        due.settle()


def topics_to_tell(services: Services) -> list[str]:
    """The names of the topics that have something to send or to settle now. Nothing is bound or sent."""
    now = services.clock()
    with services.record.read() as tx:
        begun = {one.topic for one in tx.digests.due(now)} | {one.topic for one in tx.messages.due(now)}
        due = {alert.topic for alert in tx.alerts.due(now)}
        decided = DecidedNow(tx, now)
        topics = [decided.as_wanted(one) for one in tx.topics.all() if one.name in begun | due]
        return [one.name for one in topics if one.name in begun or _has_work(tx, one, now)]


def waiting_for(tx: Transaction, topic: Topic, now: datetime) -> dict[str, Waiting]:
    """What each alert of ``topic`` that waits in the outbox waits for, by its id; of several recipients, the first."""
    found: list[tuple[str, Waiting]] = []
    for message in tx.messages.find(topic.name, state=MessageState.WAITING):
        why = f"try {message.attempts} failed" if message.attempts else "the next run"
        found += [
            (alert, Waiting(until=message.due if message.attempts else None, why=why)) for alert in message.alerts
        ]
    for prospect in _Outlook.of(tx, topic, now).prospects:
        found += prospect.why.items()
    found.sort(key=lambda one: one[1].until or now, reverse=True)
    return dict(found)


def next_mail(services: Services, topic: Topic) -> datetime | None:
    """When a message of ``topic`` may be due next; ``None`` while nothing waits. Nothing is bound or sent."""
    with services.record.read() as tx:
        plans = _Outlook.of(tx, topic, services.clock()).plans
    return min((planned.wait for _, planned in plans if planned.wait), default=None)


def _has_work(tx: Transaction, topic: Topic, now: datetime) -> bool:
    outlook = _Outlook.of(tx, topic, now)
    return bool(outlook.unwanted) or any(one.bundles or one.to_digest for _, one in outlook.plans)


@dataclass(frozen=True)
class _Prospect:
    """What is open to a recipient: their topic, the alerts they have yet to be told of, and what a plan must know."""

    recipient: Recipient
    own: Topic
    open: list[Alert]
    sent_today: int
    now: datetime
    heard: Heard

    @property
    def plan(self) -> Plan:
        return plan(self.own, self.open, sent_today=self.sent_today, now=self.now, heard=self.heard)

    @property
    def why(self) -> dict[str, Waiting]:
        return why_waiting(self.own, self.open, sent_today=self.sent_today, now=self.now, heard=self.heard)


@dataclass
class _Outlook:
    """What to do with the waiting alerts of a topic: what is open to each, and what nobody has to be told of."""

    prospects: list[_Prospect]
    unwanted: list[Alert]

    @classmethod
    def of(cls, tx: Transaction, topic: Topic, now: datetime) -> _Outlook:
        waiting = tx.alerts.find(topic=topic.name, state=AlertState.WAITING)
        messages = tx.messages.that_may_tell(topic.name, waiting)
        under_way = {alert for one in messages if one.state is MessageState.WAITING for alert in one.alerts}
        threads = _threads(tx, waiting)
        prospects = []
        for recipient in topic.recipients:
            own, open_ = topic.for_recipient(recipient), open_to(recipient, waiting, messages)
            midnight = now.astimezone(own.tzinfo).replace(hour=0, minute=0, second=0, microsecond=0)
            sent_today = tx.messages.sent_since(topic.name, recipient.to, midnight)
            heard = _heard(tx, topic, recipient, threads)
            prospects.append(_Prospect(recipient, own, open_, sent_today, now, heard))
        wanted = {alert.id for one in prospects for alert in one.open}
        return cls(prospects, [one for one in waiting if one.id not in wanted | under_way])

    @property
    def plans(self) -> list[tuple[Recipient, Plan]]:
        return [(one.recipient, one.plan) for one in self.prospects]


def _bound_alerts(turn: Round) -> list[Message]:
    """Bind the alerts that are due to messages; gives those to send, and what is left of earlier ones."""
    topic, now = turn.topic, turn.services.clock()
    with turn.services.record.begin() as tx:
        tx.hold_versions()
        if tx.notes.get(begun_note(topic.name)) is None:
            tx.notes.set(begun_note(topic.name), now.isoformat())
        outlook = _Outlook.of(tx, topic, now)
        plans = outlook.plans
        if any(bundle.thread or bundle.threads for _, planned in plans for bundle in planned.bundles):
            _forget_conversations(tx, topic.name, now)
        briefs, decided = Briefs(tx), DecidedNow(tx, now)
        touched = {alert.id for alert in outlook.unwanted}
        for recipient, planned in plans:
            left = tuple(alert.id for alert in planned.to_digest)
            if left:
                tx.messages.put(_left_to_digest(topic, recipient, left, now))
            for bundle in planned.bundles:
                bound = _without_muted(tx, decided, _bound(tx, briefs, recipient, bundle, now))
                tx.messages.put(_message(recipient, bound, turn.sender, now))
            touched |= {*left, *(alert.id for bundle in planned.bundles for alert in bundle.alerts)}
            turn.report.left.update(left)
        turn.report.left.update(settle(tx, topic, sorted(touched)))
        return [one for one in tx.messages.due(now, topic.name) if one.digest is None]


def _message(recipient: Recipient, bundle: Bundle, sender: Sender, now: datetime) -> Message:
    return Message(
        id=stable_id("message", bundle.topic, recipient.to, bundle.id),
        topic=bundle.topic,
        recipient=recipient.to,
        message_id=sender.message_id(bundle.id),
        alerts=tuple(alert.id for alert in bundle.alerts),
        bundle=bundle,
        bound=now,
        due=now,
    )


def _left_to_digest(topic: Topic, recipient: Recipient, alerts: tuple[str, ...], now: datetime) -> Message:
    """What passed the recipient's limit of the day: no message, but a note that there will be none."""
    return Message(
        id=stable_id("left", topic.name, recipient.to, *sorted(alerts)),
        topic=topic.name,
        recipient=recipient.to,
        message_id="",
        alerts=alerts,
        bound=now,
        due=now,
        state=MessageState.DIGEST,
    )


def _bound(tx: Transaction, briefs: Briefs, recipient: Recipient, bundle: Bundle, now: datetime) -> Bundle:
    """The bundle with what its message says of developments, which is kept with it: sent again, it says the same."""
    first, *others = bundle.alerts
    if bundle.kind is BundleKind.SUMMARY:
        bound = summed_up(briefs, bundle)
    elif bundle.thread is not None:
        told = tx.notes.get(told_note(bundle.topic, recipient.to, bundle.thread))
        news = briefs.news(bundle.thread, datetime.fromisoformat(told) if told else None)
        tx.notes.set(told_note(bundle.topic, recipient.to, bundle.thread), now.isoformat())
        bound = bundle.model_copy(update={"alerts": (first.model_copy(update={"development": news}), *others)})
    else:
        return bundle
    for alert in bound.alerts:
        if alert.thread is not None:
            tx.notes.set(told_note(bundle.topic, recipient.to, alert.thread), now.isoformat())
    return bound


def _without_muted(tx: Transaction, decided: DecidedNow, bundle: Bundle) -> Bundle:
    """The bundle whose developments say nothing of series that a person muted."""

    def is_told(line: BriefLine) -> bool:
        verdicts = tx.figures.verdicts_of(line.figure.figure)
        series = [one.series for one in verdicts if one.topic == bundle.topic]
        return not any(decided.silences(bundle.topic, series=one) for one in series)

    def told(alert: Alert) -> Alert:
        news = alert.development
        if news is None:
            return alert
        figures = tuple(filter(is_told, news.figures))
        return alert.model_copy(update={"development": news.model_copy(update={"figures": figures})})

    return bundle.model_copy(update={"alerts": tuple(map(told, bundle.alerts))})


def told_note(topic: str, recipient: str, thread: str) -> str:
    """The note that says when a message of a topic last told a recipient of a thread."""
    return f"{_told_notes(topic)}{recipient}{_OF_THREAD}{thread}{_TOLD}"


_OF_THREAD, _TOLD = ":thread:", ":told"


def _told_notes(topic: str) -> str:
    return f"topic:{topic}:to:"


def _forget_conversations(tx: Transaction, topic: str, now: datetime) -> None:
    """Forget when messages told of threads that are closed: no other can come. Those of one topic are thus no more than
    it tells of in the time that a thread is open."""
    since = now - OPEN_FOR
    for key, told in tx.notes.all(_told_notes(topic)).items():
        if datetime.fromisoformat(told) < since:
            development = development_of(tx, key.rpartition(_OF_THREAD)[2].removesuffix(_TOLD))
            if development is None or development.last_seen < since:
                tx.notes.set(key, None)


def _threads(tx: Transaction, waiting: Iterable[Alert]) -> dict[str, str]:
    """The threads of the stories that alerts are about."""
    threads: dict[str, str] = {}
    for alert in waiting:
        if alert.story is not None and alert.story not in threads:
            story = tx.stories.get(alert.story)
            if story is None and alert.figure is not None:
                # It was merged into another since.
                merged = story_of(tx, alert.figure)
                story = tx.stories.get(merged) if merged else None
            if story is not None:
                threads[alert.story] = story.development
    return threads


def _heard(tx: Transaction, topic: Topic, recipient: Recipient, threads: Mapping[str, str]) -> Heard:
    """The threads of stories, and when messages last told the recipient of them."""
    notes = {thread: tx.notes.get(told_note(topic.name, recipient.to, thread)) for thread in {*threads.values()}}
    return Heard(threads=threads, told={thread: datetime.fromisoformat(told) for thread, told in notes.items() if told})
