"""Where the links of mails lead: what would be decided, and a form that decides it. To look does nothing.

A link proves by itself who may, so these pages ask for no login, and their forms bring no token of a visit. A mail
program unsubscribes its reader by asking here itself (RFC 8058).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pipeline.errors import DecidedBefore, DecisionError
from pipeline.serve.section import Section, form_fields, shows
from pipeline.serve.shell import page, reading, window_of
from pipeline.steps.deciding.decide import decide, decided_by, label_of, standing, stopped, undo
from pipeline.steps.transport import signer_of
from pipeline.tell.decided import MAIL_WORDS, RULE_WORDS, WRONG_WORDS, choice_words, decision_words, subject_words
from pipeline.tell.links import PATH, STOP_PATH, Link, LinkRefused, figure_of, offers, recipient_of, stop_of, use_of
from pipeline.tell.words import moment, one_line
from schemas.alert import AlertKind
from schemas.decision import Act, Choice, Decision, Mails, Subject, SubjectKind
from schemas.figure import Wrong

_MEANS = {
    Wrong.NUMBER: "The sentence gives a different number, or none.",
    Wrong.THING: "The number is right; something else is counted.",
    Wrong.SERIES: "It is right, but belongs to another series.",
    Wrong.WORTH: "It is right, but belongs in the digest at most.",
}
_ONE_CLICK = "List-Unsubscribe"


@dataclass(frozen=True)
class Way:
    """One thing that can be decided, as the form shows it."""

    name: str
    words: str
    means: str
    subject: Subject
    choice: Choice


def _ways(link: Link, labels: Mapping[Subject, str], now: datetime, zone: ZoneInfo) -> list[Way]:
    """What a link offers, each thing that is still there."""
    found = []
    for offer in offers(link):
        label = labels.get(offer.subject, "")
        if label:
            choice = offer.choice(now)
            what = _named(offer.subject, label)
            words = f"Snooze {what} for a week" if offer.lasts else f"Mute {what}"
            until = f"Left out of alerts and digests until {moment(choice.until, zone)}." if choice.until else ""
            means = until or "Left out of alerts and digests from now on."
            found.append(Way(offer.name, words, means, offer.subject, choice))
    figure = figure_of(link)
    if figure is not None and labels.get(figure):
        for what, words in WRONG_WORDS.items():
            choice = Choice(act=Act.WRONG, wrong=what)
            found.append(Way(f"wrong-{what.value}", f"{words[:1].upper()}{words[1:]}", _MEANS[what], figure, choice))
    return found


def _named(subject: Subject, label: str) -> str:
    if subject.kind is SubjectKind.RULE:
        return f"all {RULE_WORDS[AlertKind(subject.id)]} of this topic"
    return "this development" if subject.kind is SubjectKind.THREAD else f"this series, “{one_line(label, 80)}”"


def _asked(ways: Sequence[Way], wanted: str) -> str:
    """The name of the way that a link in a mail asks for; what is wrong only its reader can say."""
    return next((way.name for way in ways if wanted and wanted != "wrong" and way.name.startswith(f"{wanted}-")), "")


def _read(request: Request) -> tuple[str, Link]:
    window, token = window_of(request), request.path_params["token"]
    return token, signer_of(window.services.settings).read(token, window.now)


def _refused(request: Request, error: LinkRefused | DecisionError, status: int) -> Response:
    said = f"{error.what[:1].upper()}{error.what[1:]}" + (f": {error.why}" if error.why else "") + "."
    hint = f"{error.hint[:1].upper()}{error.hint[1:]}." if error.hint else ""
    title = "Nothing was changed"
    return page(request, "trouble.html.j2", title=title, status=status, said_of=said, hint=hint, bare=True)


def _show(request: Request) -> Response:
    """What would be decided, and the form."""
    try:
        _, link = _read(request)
    except LinkRefused as error:
        return _refused(request, error, 403)
    return _form(request, link)


def _form(
    request: Request, link: Link, *, trouble: str = "", done: Decision | None = None, status: int = 200
) -> Response:
    now = window_of(request).now
    figure, wanted = figure_of(link), request.query_params.get("do", "")
    with reading(request) as tx:
        topic = tx.topics.get(link.topic)
        zone = topic.tzinfo if topic else ZoneInfo("UTC")
        subjects = [offer.subject for offer in offers(link)] + ([figure] if figure else [])
        labels = {subject: label_of(tx, subject) for subject in subjects} if topic else {}
        held = [(subject_words(one.subject, one.label), one) for s in labels for one in standing(tx, s, now)]
        read = tx.figures.get(link.figure) if link.figure else None
    ways = _ways(link, labels, now, zone)
    if not ways:
        gone = DecisionError("what this link refers to no longer exists", hint="use a link from a newer mail")
        return _refused(request, gone, 410)
    return page(
        request,
        "links.html.j2",
        title="Decide",
        zone=zone,
        status=status,
        bare=True,
        heading=one_line((figure and labels.get(figure)) or labels[ways[0].subject], 240),
        quote=one_line(read.figure.quote, 480) if read else "",
        outlet=one_line(read.outlet, 60) if read else "",
        mutes=[way for way in ways if way.choice.act is Act.MUTE],
        wrongs=[way for way in ways if way.choice.act is Act.WRONG],
        asked=_asked(ways, wanted),
        wrong_first=wanted == "wrong",
        held=[f"{words}: {decision_words(one, zone)}" for words, one in held],
        trouble=trouble,
        done=f"{subject_words(done.subject, done.label)}: {choice_words(done, zone)}." if done else "",
        undo=done.id if done else "",
    )


def _act(request: Request, fields: Mapping[str, str]) -> Response:
    """Decide what the form says."""
    try:
        token, link = _read(request)
    except LinkRefused as error:
        return _refused(request, error, 403)
    window, by = window_of(request), _by(link)
    name = fields.get("choice", "")
    labels = {subject: "?" for subject in (*(offer.subject for offer in offers(link)), figure_of(link)) if subject}
    way = next((one for one in _ways(link, labels, window.now, ZoneInfo("UTC")) if one.name == name), None)
    if way is None:
        return _form(request, link, trouble="Choose one of these.", status=422)
    try:
        done = decide(window.services, way.subject, way.choice, by=by, key=use_of(token, name))
    except DecidedBefore as error:
        return _refused(request, error, 409)
    except DecisionError as error:
        return _refused(request, error, 410)
    return _form(request, link, done=done)


def _undo(request: Request, fields: Mapping[str, str]) -> Response:
    """Take back what this very link decided."""
    try:
        token, link = _read(request)
        window = window_of(request)
        names = [offer.name for offer in offers(link)] + [f"wrong-{what.value}" for what in Wrong]
        if fields.get("decision") not in {decided_by(use_of(token, name)) for name in names}:
            raise DecisionError("this decision was not made with this link", hint="whoever runs Tallywire can undo it")
        undone = undo(window.services, fields["decision"], by=_by(link))
    except LinkRefused as error:
        return _refused(request, error, 403)
    except DecisionError as error:
        return _refused(request, error, 409)
    said = f"Undone: {subject_words(undone.subject, undone.label)} is as it was."
    return page(request, "trouble.html.j2", title="Undone", status=200, said_of=said, hint="", bare=True)


def _by(link: Link) -> str:
    return f"a link in a mail to {link.recipient}"


def _show_stop(request: Request) -> Response:
    """Which mails would be stopped, and the form."""
    try:
        _, link = _read(request)
    except LinkRefused as error:
        return _refused(request, error, 403)
    return _stop_page(request, link)


def _stop_page(request: Request, link: Link, *, done: bool = False) -> Response:
    with reading(request) as tx:
        topic = tx.topics.get(link.topic)
        gone = stopped(tx, link.topic, link.recipient, window_of(request).now) if topic else Mails.BOTH
    return page(
        request,
        "stop.html.j2",
        title="Mails stopped" if done else "Stop these mails",
        bare=True,
        zone=topic.tzinfo if topic else ZoneInfo("UTC"),
        heading=one_line(topic.heading, 120) if topic else link.topic,
        recipient=link.recipient,
        stopped=MAIL_WORDS[gone] if gone else "",
        all_stopped=gone is Mails.BOTH,
        mails=[(one.value, MAIL_WORDS[one]) for one in (Mails.BOTH, Mails.ALERTS, Mails.DIGESTS)],
        done=done,
    )


def _stop(request: Request, fields: Mapping[str, str]) -> Response:
    """Stop mails: those that the form names, or all of the topic's, where a mail program asks by itself."""
    try:
        _, link = _read(request)
    except LinkRefused as error:
        return _refused(request, error, 403)
    window, wanted = window_of(request), fields.get("mails", "")
    if fields.get(_ONE_CLICK) == "One-Click":
        wanted = Mails.BOTH.value
    if wanted not in set(Mails):
        return _stop_page(request, link)
    with reading(request) as tx:
        gone = stopped(tx, link.topic, link.recipient, window.now)
    # Mail programs ask more than once; what is stopped stays so, without another decision.
    if gone not in (Mails(wanted), Mails.BOTH):
        try:
            decide(window.services, recipient_of(link), stop_of(Mails(wanted)), by=_by(link))
        except DecisionError as error:
            return _refused(request, error, 410)
    return _stop_page(request, link, done=True)


def _takes(path: str, action: object) -> Route:
    """A form that its link alone vouches for."""

    async def handler(request: Request) -> Response:
        fields = await form_fields(request)
        return await run_in_threadpool(action, request, fields)  # type: ignore[arg-type]

    return Route(path, handler, methods=["POST"])


SECTION = Section(
    routes=(
        shows(PATH + "{token}", _show),
        _takes(PATH + "{token}", _act),
        _takes(PATH + "{token}/undo", _undo),
        shows(STOP_PATH + "{token}", _show_stop),
        _takes(STOP_PATH + "{token}", _stop),
    ),
    open=(PATH, STOP_PATH),
)
