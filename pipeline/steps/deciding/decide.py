"""What people decide about what they are told: one way for the command line, links in mails and the window.

`decide` keeps one decision and all that follows from it in one transaction, `undo` takes it back, `listed` and
`standing` say what was decided. What may be decided about what is `schemas.decision.ACTS`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from pipeline.errors import DecidedBefore, DecisionError
from pipeline.steps.known.decided import DecidedNow
from pipeline.steps.known.news import figure_news
from pipeline.steps.known.threads import development_of
from pipeline.steps.known.wrong import take_back, take_effect, with_figure
from pipeline.steps.services import Services
from pipeline.tell.decided import RULE_WORDS, Decided, decision_words, silenced
from pipeline.tell.rules import alert_kind
from pipeline.tell.words import headline_of
from schemas.alert import Alert, AlertKind, AlertState
from schemas.base import stable_id
from schemas.decision import ACTS, Act, Choice, Decision, Mails, Subject, SubjectKind, Undone
from schemas.figure import Verdict

if TYPE_CHECKING:
    from pipeline.record import Transaction

STILL_NEWS = timedelta(days=1)
"""How old an alert may be that is told after all, once what silenced it is undone."""
_WAIT = 60.0
"""Seconds to wait for the judge."""


def decide(services: Services, subject: Subject, choice: Choice, *, by: str, key: str | None = None) -> Decision:
    """Keep what a person decided, with all that follows from it, in one transaction.

    ``by`` is who decided, as people are told: a name, "the command line", "a link in a mail to X". ``key`` names the
    act itself where it must not happen twice, such as the use of a link.

    Raises DecisionError where there is no such thing or it can't be decided about so, and DecidedBefore where ``key``
    was used before.
    """
    now = services.clock()
    with _writing(services, subject) as tx:
        decision = _drawn_up(tx, subject, choice, by=by, key=key, now=now)
        _keep(tx, decision)
        if subject.kind is SubjectKind.FIGURE:
            take_effect(tx, decision)
        _silence_waiting(tx, decision, now)
    return decision


def undo(services: Services, identity: str, *, by: str) -> Decision:
    """Take a decision back, with all that followed from it; what it silenced and is still news waits again.

    Raises DecisionError where there is no such decision, or it was taken back before.
    """
    now = services.clock()
    with services.record.read() as tx:
        decision = tx.decisions.get(identity)
    if decision is None:
        raise DecisionError(f"there is no decision {identity[:80]!r}", hint="`tallywire decisions list` lists them")
    with _writing(services, decision.subject) as tx:
        decision = tx.decisions.get(identity) or decision
        if decision.undone is not None:
            raise DecisionError(
                "the decision was undone before", where=identity, why=f"by {decision.undone.by}, {decision.undone.at}"
            )
        undone = decision.model_copy(update={"undone": Undone(by=by, at=now)})
        tx.decisions.put(undone)
        if undone.subject.kind is SubjectKind.FIGURE:
            take_back(tx, undone)
            _tell_anew(tx, undone)
        _wake(tx, undone, now)
    return undone


@contextmanager
def _writing(services: Services, subject: Subject) -> Iterator[Transaction]:
    """A transaction; where series change with it, in the turn of the judge, who follows them."""
    turn = services.record.judging(_WAIT) if subject.kind is SubjectKind.FIGURE else nullcontext()
    with turn, services.record.begin() as tx:
        yield tx


def decided_by(key: str) -> str:
    """The id of what is decided with a ``key``."""
    return stable_id("decision", key)


def listed(
    tx: Transaction, *, topic: str | None = None, undone: bool = False, limit: int | None = None
) -> list[Decision]:
    """What people decided, the latest first; ``topic`` leaves out what concerns other topics alone.

    At most ``limit``, where no topic is given.
    """
    found = tx.decisions.find(undone=undone, latest=limit if topic is None else None)
    return [one for one in reversed(found) if topic is None or one.subject.topic in (None, topic)]


def standing(tx: Transaction, subject: Subject, now: datetime) -> list[Decision]:
    """What holds of one subject now, the latest first: what was not undone, overruled or over."""
    of_subject = tx.decisions.find([subject.kind], subject.id)
    found: dict[tuple[str, str | None], Decision] = {}
    for decision in of_subject:
        found[_aspect(decision.choice), decision.subject.topic] = decision
    holding = (one for one in found.values() if one.choice.act not in _ENDS)
    return [one for one in reversed(list(holding)) if one.choice.until is None or now < one.choice.until]


def stopped(tx: Transaction, topic: str, recipient: str, now: datetime) -> Mails | None:
    """Which of a topic's mails a recipient stopped; None: none."""
    decided = Decided(tx.decisions.find([SubjectKind.RECIPIENT], recipient), now)
    gone = [mails for mails in (Mails.ALERTS, Mails.DIGESTS) if not decided.wants(recipient, topic, mails)]
    return None if not gone else gone[0] if len(gone) == 1 else Mails.BOTH


_ENDS = (Act.UNMUTE, Act.UNFOLLOW, Act.RESUME)
"""Acts that end what another began, and leave nothing to show."""
_ASPECTS = {Act.UNMUTE: Act.MUTE, Act.UNFOLLOW: Act.FOLLOW, Act.RESUME: Act.STOP}


def _aspect(choice: Choice) -> str:
    """What of a subject a choice decides; of two on one aspect the later holds."""
    act = _ASPECTS.get(choice.act, choice.act)
    return f"{act.value} {choice.mails.value}" if choice.mails else act.value


def label_of(tx: Transaction, subject: Subject) -> str:
    """What people call a subject; empty where there is none of that id."""
    match subject.kind:
        case SubjectKind.SERIES:
            series = tx.figures.get_series(subject.id)
            return series.label if series else ""
        case SubjectKind.THREAD:
            thread = development_of(tx, subject.id)
            return thread.face.headline if thread else ""
        case SubjectKind.FIGURE:
            figure = tx.figures.get(subject.id)
            return headline_of(figure.figure) if figure else ""
        case SubjectKind.RULE:
            return RULE_WORDS[AlertKind(subject.id)]
        case SubjectKind.RECIPIENT:
            return subject.id


def topic_of(tx: Transaction, subject: Subject) -> str | None:
    """The topic that a subject is of; None where it is of none or may be of several."""
    if subject.topic is None and subject.kind is SubjectKind.SERIES:
        series = tx.figures.get_series(subject.id)
        return series.topic if series else None
    if subject.topic is None and subject.kind is SubjectKind.FIGURE:
        topics = {verdict.topic for verdict in tx.figures.verdicts_of(subject.id)}
        return topics.pop() if len(topics) == 1 else None
    return subject.topic


def _drawn_up(
    tx: Transaction, subject: Subject, choice: Choice, *, by: str, key: str | None, now: datetime
) -> Decision:
    """The decision with what it has to know of its subject. Raises as `decide` does."""
    if choice.act not in ACTS[subject.kind]:
        raise DecisionError(
            f"{choice.act.value!r} does not apply to this {subject.kind.value}",
            hint=f"choose one of these: {', '.join(act.value for act in ACTS[subject.kind])}",
        )
    if choice.until is not None and choice.until <= now:
        raise DecisionError("the decision would end before it begins", hint="give a time in the future")
    identity = stable_id(
        "decision", key or f"{now.isoformat()} {by}", subject.model_dump_json(), choice.model_dump_json()
    )
    subject = _of_its_topic(tx, subject)
    thread = development_of(tx, subject.id) if subject.kind is SubjectKind.THREAD else None
    decision = Decision(
        id=identity if key is None else decided_by(key),
        subject=subject,
        choice=choice,
        label=label_of(tx, subject),
        opening=thread.opening if thread else None,
        by=by,
        decided=now,
    )
    return with_figure(tx, decision) if subject.kind is SubjectKind.FIGURE else decision


def _of_its_topic(tx: Transaction, subject: Subject) -> Subject:
    """The subject with the topic in which it is followed. Raises DecisionError where there is no such thing."""
    topic = subject.topic
    if topic is not None and tx.topics.get(topic) is None:
        raise DecisionError(f"there is no topic {topic!r}", hint="`tallywire topics list` lists them")
    if not label_of(tx, subject):
        noun = {SubjectKind.SERIES: "figures", SubjectKind.THREAD: "threads", SubjectKind.FIGURE: "figures"}
        raise DecisionError(
            f"there is no {subject.kind.value} {subject.id[:80]!r}",
            hint=f"`tallywire {noun.get(subject.kind, 'topics')} list` names them",
        )
    own = topic_of(tx, subject.model_copy(update={"topic": None})) or topic
    if topic not in (None, own):
        raise DecisionError(f"{subject.kind.value} {subject.id!r} is followed in {own}, not in {topic}")
    return subject.model_copy(update={"topic": own})


def _keep(tx: Transaction, decision: Decision) -> None:
    if tx.decisions.add(decision):
        return
    before = tx.decisions.get(decision.id)
    assert before is not None
    zone = _zone(tx, before.subject.topic)
    raise DecidedBefore(
        "this was decided before",
        why=f"{decision_words(before, zone)}" + (", and undone since" if before.undone else ""),
    )


def _zone(tx: Transaction, topic: str | None) -> ZoneInfo:
    """The zone of a topic; UTC where a decision is of none."""
    found = tx.topics.get(topic) if topic else None
    return found.tzinfo if found else ZoneInfo("UTC")


def _silence_waiting(tx: Transaction, decision: Decision, now: datetime) -> None:
    """Take what waits in the outbox, and is not to be told any more, out of it."""
    waiting = tx.alerts.find(topic=decision.subject.topic, state=AlertState.WAITING)
    if decision.choice.act is Act.MUTE:
        _heed(tx, waiting, now)
    elif decision.choice.act is Act.WRONG:
        for alert in waiting:
            if alert.figure is not None and alert.figure.statement.figure_id in decision.figures:
                tx.alerts.put(silenced(alert, decision, _zone(tx, alert.topic)))
        _tell_anew(tx, decision)


def _tell_anew(tx: Transaction, decision: Decision) -> None:
    """Let what waits say what can be said, now that figures it was held against are wrong, or are not any more."""
    wrong = set(decision.figures)
    for alert in tx.alerts.find(state=AlertState.WAITING):
        verdict = _verdict_of(tx, alert)
        # What is bound to a mail may have been sent, and says the same if it is sent again.
        if verdict is None or verdict.telling is None or alert.message_id is not None:
            continue
        if not wrong.isdisjoint((verdict.telling.of, *verdict.telling.before)):
            _renew(tx, alert, verdict)


def _verdict_of(tx: Transaction, alert: Alert) -> Verdict | None:
    """The verdict of an alert's figure in the alert's topic."""
    verdicts = tx.figures.verdicts_of(alert.figure.statement.figure_id) if alert.figure else []
    return next((one for one in verdicts if one.topic == alert.topic), None)


def _renew(tx: Transaction, alert: Alert, verdict: Verdict) -> None:
    """Let a waiting alert say what the record says now of its figure."""
    figure, series = tx.figures.get(verdict.figure), tx.figures.get_series(verdict.series)
    article = tx.articles.get(figure.article) if figure else None
    if alert.figure is None or figure is None or series is None or article is None:
        return
    told_so = {"tell": alert.figure.tell, "followed": alert.figure.followed, "wrong": alert.figure.wrong}
    news = figure_news(tx, article, figure, verdict, series).model_copy(update=told_so)
    tx.alerts.put(alert.model_copy(update={"figure": news, "kind": alert_kind(news.verdict) or alert.kind}))


def _wake(tx: Transaction, decision: Decision, now: datetime) -> None:
    """Put alerts that a decision silenced back into the outbox, unless another decision silences them too.

    What is old is no news any more, and what was bound to a mail that went out since may have gone out with it.
    """
    topic, since = decision.subject.topic, now - STILL_NEWS
    silent = tx.alerts.find(topic=topic, state=AlertState.SILENCED, since=since)
    gone_out = {one.message_id for one in tx.alerts.find(topic=topic, state=AlertState.SENT, since=since)} - {None}
    awake = [
        alert.model_copy(update={"state": AlertState.WAITING, "decision": None, "reason": ""})
        for alert in silent
        if alert.decision == decision.id and alert.message_id not in gone_out
    ]
    for alert in awake:
        tx.alerts.put(alert)
    _heed(tx, awake, now)


def _heed(tx: Transaction, waiting: Sequence[Alert], now: datetime) -> None:
    """Silence waiting alerts, where what people decided has it so."""
    decided = DecidedNow(tx, now)
    topics = {topic.name: topic for topic in tx.topics.all()}
    for alert in waiting:
        if alert.topic in topics and (heeded := decided.heeded(alert, topics[alert.topic])) != alert:
            tx.alerts.put(heeded)
