"""What decisions of people mean: who is told what, from which moment, until when."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from pipeline.tell.words import moment, one_line
from schemas.alert import Alert, AlertKind, AlertState
from schemas.decision import Act, Decision, Mails, Said, Subject, SubjectKind
from schemas.figure import Figure, FigureInArticle, Wrong

RULE_WORDS = {
    AlertKind.NEW_FIGURE: "new figures",
    AlertKind.CHANGED_FIGURE: "changed figures",
    AlertKind.CONTRADICTION: "contradictions",
    AlertKind.CORRECTION: "corrections",
    AlertKind.NEW_STORY: "new developments",
    AlertKind.FEED_HEALTH: "feed problems",
}
"""What each rule tells of."""

MAIL_WORDS = {Mails.ALERTS: "alerts", Mails.DIGESTS: "digests", Mails.BOTH: "all mails"}

WRONG_WORDS = {
    Wrong.NUMBER: "not this number",
    Wrong.THING: "not this thing",
    Wrong.SERIES: "not this series",
    Wrong.WORTH: "not worth a mail",
}
"""The choices of who finds a figure wrong."""

_Key = tuple[SubjectKind, str]


class Decided:
    """What people decided, as it stands at ``now``: of several decisions about one thing the latest holds.

    ``decisions`` come in the order they were made; those that were undone are left out.
    """

    def __init__(self, decisions: Iterable[Decision], now: datetime) -> None:
        self._now = now
        self._about: dict[_Key, list[Decision]] = {}
        for decision in decisions:
            if decision.undone is None:
                self._about.setdefault((decision.subject.kind, decision.subject.id), []).append(decision)

    def mute(self, kind: SubjectKind, ids: Iterable[str], topic: str) -> Decision | None:
        """The decision that mutes one of ``ids`` in a topic now; None where nobody did, or its moment has passed."""
        found = (self._latest(kind, id, topic, (Act.MUTE, Act.UNMUTE)) for id in ids)
        return next((one for one in found if one is not None and self._mutes(one)), None)

    def follow(self, ids: Iterable[str], topic: str) -> Decision | None:
        """The decision that has one of these series told at once, whatever its worth."""
        found = (self._latest(SubjectKind.SERIES, id, topic, (Act.FOLLOW, Act.UNFOLLOW)) for id in ids)
        return next((one for one in found if one is not None and one.choice.act is Act.FOLLOW), None)

    def mutes(self, kind: SubjectKind) -> list[Decision]:
        """Every decision that mutes something of a kind now."""
        found = {
            decision.id: decision
            for (of, id), some in self._about.items()
            if of is kind
            for topic in {one.subject.topic or "" for one in some}
            if (decision := self._latest(kind, id, topic, (Act.MUTE, Act.UNMUTE))) and self._mutes(decision)
        }
        return list(found.values())

    def silences(
        self, topic: str, *, series: Collection[str] = (), threads: Collection[str] = (), rule: AlertKind | None = None
    ) -> Decision | None:
        """The decision for which nothing is told of what is of these series and threads and follows from this rule."""
        return (
            self.mute(SubjectKind.SERIES, series, topic)
            or self.mute(SubjectKind.THREAD, threads, topic)
            or (self.mute(SubjectKind.RULE, [rule.value], topic) if rule else None)
        )

    def wants(self, recipient: str, topic: str, mails: Mails) -> bool:
        """Whether a recipient of a topic still wants its alerts, or its digests."""
        acts = (Act.STOP, Act.RESUME)
        about = self._about.get((SubjectKind.RECIPIENT, recipient), [])
        of_these = [
            one
            for one in about
            if one.subject.topic == topic and one.choice.act in acts and one.choice.mails in (mails, Mails.BOTH)
        ]
        return not of_these or of_these[-1].choice.act is Act.RESUME

    def _latest(self, kind: SubjectKind, id: str, topic: str, acts: Collection[Act]) -> Decision | None:
        about = self._about.get((kind, id), [])
        return next(
            (one for one in reversed(about) if one.choice.act in acts and one.subject.topic in (None, topic)), None
        )

    def _mutes(self, decision: Decision) -> bool:
        until = decision.choice.until
        return decision.choice.act is Act.MUTE and (until is None or self._now < until)


class FoundWrong:
    """What people found wrong with figures, to be known again in other revisions and in copies of their articles."""

    def __init__(self, decisions: Iterable[Decision]) -> None:
        self._by_article: dict[str, dict[str, Decision]] = {}
        for decision in decisions:
            if decision.said is not None and decision.undone is None:
                for article in {decision.said.article, decision.said.original}:
                    self._by_article.setdefault(article, {})[decision.id] = decision

    def of(self, figures: Sequence[FigureInArticle], original: str | None) -> dict[str, Decision]:
        """The latest decision on each of the ``figures`` that was found wrong, by the figure's id.

        They are those of one revision of one article, all of them; ``original`` is the id of the article that it is a
        copy of.
        """
        found: dict[str, Decision] = {}
        for family in {figures[0].article, original} - {None} if figures else ():
            for decision in self._by_article.get(family or "", {}).values():
                for one in figures:
                    if _is_said(decision.said, one, figures) and _is_later(decision, found.get(one.id)):
                        found[one.id] = decision
        return found


def place_of(figure: FigureInArticle, figures: Iterable[FigureInArticle]) -> int:
    """Which of the numbers of one spelling in one sentence a figure is, from 0; ``figures`` are all of its revision."""
    alike = sorted(one.figure.span for one in figures if _spelt(one.figure) == _spelt(figure.figure))
    return alike.index(figure.figure.span)


def _spelt(figure: Figure) -> tuple[str, str]:
    """A number and its sentence, whatever the spaces."""
    return " ".join(figure.quote.split()), figure.surface


def _is_said(said: Said | None, figure: FigureInArticle, figures: Sequence[FigureInArticle]) -> bool:
    if said is None or (" ".join(said.quote.split()), said.surface) != _spelt(figure.figure):
        return False
    return place_of(figure, figures) == said.nth


def _is_later(decision: Decision, other: Decision | None) -> bool:
    return other is None or decision.decided >= other.decided


def silenced(alert: Alert, decision: Decision, zone: ZoneInfo) -> Alert:
    """A waiting alert as it is once a person wants nothing told of it."""
    reason = one_line(decision_words(decision, zone), 300)
    return alert.model_copy(update={"state": AlertState.SILENCED, "decision": decision.id, "reason": reason})


def decision_words(decision: Decision, zone: ZoneInfo) -> str:
    """What was decided, by whom and when: "muted until Mon 9 Mar 2026, 12:00 by Anna, Mon 2 Mar 2026, 12:00"."""
    return f"{choice_words(decision, zone)} by {decision.by}, {moment(decision.decided, zone)}"


def choice_words(decision: Decision, zone: ZoneInfo) -> str:
    """What was decided: "muted until Mon 9 Mar 2026, 12:00", "found wrong (not this number)"."""
    choice = decision.choice
    match choice.act:
        case Act.MUTE:
            return f"muted until {moment(choice.until, zone)}" if choice.until else "muted"
        case Act.WRONG:
            assert choice.wrong is not None
            return f"found wrong ({WRONG_WORDS[choice.wrong]})"
        case Act.STOP:
            assert choice.mails is not None
            return f"{MAIL_WORDS[choice.mails]} stopped"
        case Act.RESUME:
            assert choice.mails is not None
            return f"{MAIL_WORDS[choice.mails]} resumed"
        case Act.UNMUTE:
            return "unmuted"
        case Act.FOLLOW:
            return "always mailed"
        case Act.UNFOLLOW:
            return "no longer always mailed"


def subject_words(subject: Subject, label: str) -> str:
    """What a decision is about: "series “children returned”", "rule “contradictions” of kids"."""
    match subject.kind:
        case SubjectKind.RULE:
            return f"{RULE_WORDS[AlertKind(subject.id)]} of {subject.topic}"
        case SubjectKind.RECIPIENT:
            return f"{subject.id}, {subject.topic}"
        case SubjectKind.THREAD:
            return f"development “{one_line(label, 120) or subject.id}”"
        case _:
            return f"{subject.kind.value} “{one_line(label, 120) or subject.id}”"
