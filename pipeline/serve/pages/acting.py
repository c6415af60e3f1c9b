"""What people decide in the window: about a series, a figure, a development; and the list of it all, to be undone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from pipeline.errors import DecisionError
from pipeline.serve.section import Section, acts, shows
from pipeline.serve.shell import SAID, found_or_404, local, page, reading, see_other, who, window_of
from pipeline.serve.views.common import zone_of
from pipeline.steps.deciding.arranged import Arranged, history
from pipeline.steps.deciding.decide import decide, label_of, standing, topic_of, undo
from pipeline.tell.decided import WRONG_WORDS, choice_words, decision_words, subject_words
from pipeline.tell.words import one_line
from schemas.decision import Act, Choice, Decision, Subject, SubjectKind
from schemas.figure import Wrong

if TYPE_CHECKING:
    from pipeline.record import Transaction

_SHOWN = 200
"""Decisions that the list shows, the latest."""
_WEEK = timedelta(weeks=1)
_NOUNS = {
    SubjectKind.SERIES: "series",
    SubjectKind.THREAD: "development",
    SubjectKind.FIGURE: "figure",
    SubjectKind.RULE: "rule",
}

SAID |= {"decided": "Done. It takes effect now.", "undone": "Undone."}


@dataclass(frozen=True)
class Way:
    """One thing that can be decided: the value of its button, and what the button says."""

    name: str
    words: str


@dataclass(frozen=True)
class Acting:
    """What can be decided about one thing, and what was: by whom and when."""

    subject: Subject
    ways: tuple[Way, ...]
    held: tuple[tuple[str, str], ...]
    """Ids of decisions that hold, and what they are in words."""

    @classmethod
    def of(cls, tx: Transaction, subject: Subject, now: datetime, zone: ZoneInfo) -> Acting:
        held = [one for one in standing(tx, subject, now) if subject.topic in (None, one.subject.topic)]
        return cls(subject, tuple(_ways(subject, held)), tuple((one.id, decision_words(one, zone)) for one in held))


def _ways(subject: Subject, held: list[Decision]) -> list[Way]:
    done = {one.choice.act for one in held}
    if subject.kind is SubjectKind.FIGURE:
        return [Way(f"wrong-{what.value}", words.capitalize()) for what, words in WRONG_WORDS.items()]
    noun = _NOUNS[subject.kind]
    if Act.MUTE in done:
        ways = [Way("unmute", f"Resume alerts about this {noun}")]
    else:
        ways = [Way("mute", f"Mute this {noun}"), Way("snooze", "Snooze it for a week")]
    if subject.kind is SubjectKind.SERIES:
        ways.append(
            Way("unfollow", "Stop always mailing this") if Act.FOLLOW in done else Way("follow", "Always mail me this")
        )
    return ways


def _choice(name: str, now: datetime) -> Choice:
    """What a button decides. Raises HTTPException where there is no such button."""
    if name == "snooze":
        return Choice(act=Act.MUTE, until=now + _WEEK)
    act, _, what = name.partition("-")
    try:
        return Choice(act=Act(act), wrong=Wrong(what) if what else None)
    except (ValueError, ValidationError):
        raise HTTPException(422, "There is no such choice.") from None


def _subject(kind: str, identity: str, topic: str = "") -> Subject:
    """What is decided about; ``topic`` counts for a rule, of which each topic has its own."""
    try:
        found = SubjectKind(kind)
        return Subject(kind=found, id=identity, topic=topic if topic and found is SubjectKind.RULE else None)
    except (ValueError, ValidationError):
        raise HTTPException(404, "There is nothing of that kind to decide about.") from None


def _one(request: Request) -> Response:
    """What can be decided about one thing."""
    asked = request.query_params.get("topic", "")
    subject = _subject(request.path_params["kind"], request.path_params["id"], asked)
    with reading(request) as tx:
        label = found_or_404(label_of(tx, subject) or None, _NOUNS.get(subject.kind, "thing"))
        name = topic_of(tx, subject)
        topic = tx.topics.get(name) if name else None
        if subject.kind is SubjectKind.RULE:
            topic = found_or_404(topic, "topic")
            label = f"{topic.heading}: {label}"
        zone = topic.tzinfo if topic else ZoneInfo("UTC")
        shown = Acting.of(tx, subject, window_of(request).now, zone)
        figure = tx.figures.get(subject.id) if subject.kind is SubjectKind.FIGURE else None
    return page(
        request,
        "decide.html.j2",
        title=label,
        zone=zone,
        noun=_NOUNS[subject.kind],
        heading=one_line(label, 240),
        quote=one_line(figure.figure.quote, 480) if figure else "",
        outlet=one_line(figure.outlet, 60) if figure else "",
        shown=shown,
    )


def _decide(request: Request, fields: Mapping[str, str]) -> Response:
    """Decide what a button says, and go back to where it stood."""
    window = window_of(request)
    subject = _subject(fields.get("kind", ""), fields.get("id", ""), fields.get("topic", ""))
    try:
        decide(window.services, subject, _choice(fields.get("choice", ""), window.now), by=who(request))
    except DecisionError as error:
        raise HTTPException(409, _sentence(error)) from error
    return see_other(local(fields.get("next", ""), "/decisions"), said="decided")


def _undo(request: Request, fields: Mapping[str, str]) -> Response:
    """Take a decision back, and go back to where the button stood."""
    try:
        undo(window_of(request).services, fields.get("decision", ""), by=who(request))
    except DecisionError as error:
        raise HTTPException(409, _sentence(error)) from error
    return see_other(local(fields.get("next", ""), "/decisions"), said="undone")


def _sentence(error: DecisionError) -> str:
    return f"{error.what[:1].upper()}{error.what[1:]}" + (f" ({error.why})" if error.why else "") + "."


def _all(request: Request) -> Response:
    """What people decided, the latest first."""
    undone = request.query_params.get("undone") == "yes"
    with reading(request) as tx:
        found = history(tx, undone=undone, limit=_SHOWN)
        zone = zone_of(tx.topics.all())
    rows = []
    for one in found:
        if isinstance(one, Arranged):
            rows.append({"one": one, "about": one.about, "what": one.what, "undo": "", "undone": ""})
            continue
        taken_back = f"undone by {one.undone.by}" if one.undone else ""
        about, what = subject_words(one.subject, one.label), choice_words(one, zone)
        rows.append({"one": one, "about": about, "what": what, "undo": one.id, "undone": taken_back})
    return page(request, "decisions.html.j2", title="Decisions", zone=zone, rows=rows, undone=undone, shown=_SHOWN)


SECTION = Section(
    routes=(
        shows("/decisions", _all),
        acts("/decisions", _decide),
        acts("/decisions/undo", _undo),
        shows("/decisions/{kind}/{id}", _one),
    ),
    nav=("Decisions", "/decisions"),
)
