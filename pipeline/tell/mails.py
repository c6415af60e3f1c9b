"""An alert mail: the figure first, then everything that vouches for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.tell.acting import acts_of_alerts
from pipeline.tell.briefs import DevelopmentPart, DevelopmentView, by_importance, first_to_last
from pipeline.tell.feeds import compose_feeds
from pipeline.tell.frame import Frame, message, messages
from pipeline.tell.languages import frame_of
from pipeline.tell.outbox import by_urgency
from pipeline.tell.pages import BUDGET, html_page, link, text_page
from pipeline.tell.sender import Sender
from pipeline.tell.views import (
    FigureView,
    Item,
    Line,
    StoryView,
    beside_figures,
    by_worth,
    distinct,
    headline,
    items_in_full,
    items_in_lines,
    outlet_name,
    outlets_words,
)
from pipeline.tell.words import one_line
from schemas.alert import Alert, AlertKind, DevelopmentNews, Mail
from schemas.message import Bundle, BundleKind
from schemas.topic import Topic

__all__ = ["Sender", "compose_alert"]

_SUBJECT = 160
_TELLS = {
    AlertKind.NEW_FIGURE: message("new figures"),
    AlertKind.CHANGED_FIGURE: message("changed figures"),
    AlertKind.CONTRADICTION: message("contradictions"),
    AlertKind.CORRECTION: message("corrections"),
    AlertKind.NEW_STORY: message("new developments"),
}
_COUNTED = {
    AlertKind.CORRECTION: messages("{n} correction", "{n} corrections"),
    AlertKind.CONTRADICTION: messages("{n} contradiction", "{n} contradictions"),
    AlertKind.CHANGED_FIGURE: messages("{n} changed figure", "{n} changed figures"),
    AlertKind.NEW_FIGURE: messages("{n} new figure", "{n} new figures"),
    AlertKind.NEW_STORY: messages("{n} new development", "{n} new developments"),
}


@dataclass(frozen=True)
class _Bounds:
    """How much of a bundle is shown: figures in full, figures in a line, stories in a line, reports of the story,
    figures of a brief, and, in a summary, developments with theirs."""

    figures: int
    lines: int
    stories: int
    reports: int
    brief: int
    parts: int


_BOUNDS = (
    _Bounds(8, 40, 20, 8, 6, 20),
    _Bounds(4, 20, 10, 6, 6, 10),
    _Bounds(2, 10, 5, 4, 4, 5),
    _Bounds(1, 4, 2, 2, 2, 2),
)


def compose_alert(topic: Topic, bundle: Bundle, *, sender: Sender, frame: Frame | None = None) -> Mail:
    """The mail that tells ``bundle``; the same alerts give the same mail, in whichever order they come.

    ``frame`` is what it is told in; that of the topic's language and zone if left out.

    Its HTML stays below `pages.BUDGET`: what a huge bundle has too much of is told in lines, then counted.
    """
    if bundle.kind is BundleKind.FEEDS:
        return compose_feeds(topic, bundle, sender=sender, frame=frame)
    alerts = by_urgency(bundle.alerts)
    frame, opening = frame or frame_of(topic), f"[{topic.name}] "
    subject = one_line(opening + _subject(alerts, bundle.kind, _SUBJECT - len(opening), frame), _SUBJECT)
    acts = acts_of_alerts(topic, alerts, sender.links)
    for bounds in _BOUNDS:
        values = _values(topic, bundle, alerts, bounds, sender, frame) | {"subject": subject, "acts": acts}
        values |= sender.stopping(topic, acts.stop)
        html = html_page("alert.html.j2", frame, **values)
        if len(html.encode()) < BUDGET:
            break
    return Mail(
        message_id=sender.message_id(bundle.id),
        recipients=topic.addresses,
        subject=subject,
        text=text_page("alert.txt.j2", frame, **values),
        html=html,
        headers=sender.headers(
            topic, thread=sender.message_id(bundle.thread) if bundle.thread else None, stop=acts.stop
        ),
        alerts=tuple(alert.id for alert in alerts),
    )


def _subject(alerts: Sequence[Alert], kind: BundleKind, room: int, frame: Frame) -> str:
    """What happened, in ``room`` characters where the worthiest figure can be said in what the rest leaves of it."""
    if kind is BundleKind.SUMMARY:
        return frame.say("Summary: {words}", words=_summed_up(alerts, room - 50, frame))
    told = distinct(alert.figure for alert in alerts if alert.figure is not None)
    stories = [alert.story_news for alert in alerts if alert.story_news is not None]
    if not told:
        claim = one_line(stories[0].headline, 110) or frame.say("untitled")
        return _reported(claim, 0, outlets_words(stories[0].outlets, frame), frame)
    outlet = told[0].statement.article.outlet
    others = len(_outlets(alerts) - {outlet})
    outlets = outlet_name(outlet, frame) + (f" + {others}" if others else "")
    behind = _reported("", len(told) - 1, outlets, frame)
    return _reported(headline(told[0], room - len(behind), credit=True, frame=frame), len(told) - 1, outlets, frame)


def _reported(claim: str, more: int, outlets: str, frame: Frame) -> str:
    """ "58 people were rescued and 3 more figures — Nordwire"."""
    if not more:
        return frame.say("{claim} — {outlets}", claim=claim, outlets=outlets)
    return frame.counted(
        "{claim} and {n} more figure — {outlets}",
        "{claim} and {n} more figures — {outlets}",
        more,
        claim=claim,
        outlets=outlets,
    )


def _summed_up(alerts: Sequence[Alert], room: int, frame: Frame) -> str:
    """ "58 people rescued (was at least 41), 3 more figures and 2 new developments"; the worthiest figure is named.

    Where the alerts are told under their developments, what holds in the first of these, and how many more there are.
    """
    parts, rest = by_importance(alerts), _told_alone(alerts)
    told = distinct(alert.figure for alert in rest if alert.figure is not None)
    stories = sum(alert.story_news is not None for alert in rest)
    figures = len(by_worth(told))
    if parts:
        words, others, figures_named = [_first_of(parts[0], room, frame)], len(parts) - 1 + stories, 0
    else:
        words = [headline(told[0], room, credit=True, frame=frame)] if told else []
        others, figures_named = 0, 1
    if others:
        words.append(frame.counted("{n} more development", "{n} more developments", others))
    if figures > figures_named:
        words.append(frame.counted("{n} more figure", "{n} more figures", figures - figures_named))
    if stories and not parts:
        words.append(frame.counted(*_COUNTED[AlertKind.NEW_STORY], stories))
    return frame.listed(words)


def _first_of(news: DevelopmentNews, room: int, frame: Frame) -> str:
    """What holds first of all in a development, with who says so where the wording does not."""
    if not news.figures:
        return one_line(news.headline, min(room, 110)) or frame.say("untitled")
    line = news.figures[0]
    return first_to_last(line.figure, one_line(line.credit, 40), room, frame)


def _told_alone(alerts: Sequence[Alert]) -> list[Alert]:
    """The alerts that are not told under a development."""
    return [alert for alert in alerts if alert.thread is None]


def _outlets(alerts: Sequence[Alert]) -> set[str]:
    """The outlets that report what the alerts tell of."""
    stating = {alert.figure.statement.article.outlet for alert in alerts if alert.figure}
    return stating.union(*(alert.story_news.outlets for alert in alerts if alert.story_news))


def _counts(alerts: Sequence[Alert], frame: Frame) -> str:
    found = [alert.kind for alert in alerts]
    return frame.listed([frame.counted(*words, found.count(kind)) for kind, words in _COUNTED.items() if kind in found])


@dataclass(frozen=True)
class _Parts:
    """The developments of a summary: those shown with their figures, those in a line, and how many are left out.

    ``heading`` counts all of it: "3 developments", with what is told beside them; empty where a mail is no summary.
    """

    heading: str = ""
    shown: tuple[DevelopmentPart, ...] = ()
    in_passing: tuple[DevelopmentPart, ...] = ()
    more: int = 0

    @classmethod
    def of(cls, alerts: Sequence[Alert], frame: Frame, bounds: _Bounds) -> _Parts:
        found, beside = by_importance(alerts), _counts(_told_alone(alerts), frame)
        full, short = found[: bounds.parts], found[bounds.parts : bounds.parts + bounds.stories]
        # Of few developments more is told than of many.
        figures = max(bounds.brief // 2, bounds.lines // max(len(full), 1))
        counts = [frame.counted("{n} development", "{n} developments", len(found))] if found else []
        return cls(
            heading=frame.listed([*counts, beside] if beside else counts),
            shown=tuple(DevelopmentPart.of(news, frame, figures) for news in full),
            in_passing=tuple(DevelopmentPart.of(news, frame, 0) for news in short),
            more=len(found) - len(full) - len(short),
        )


def _values(
    topic: Topic, bundle: Bundle, alerts: Sequence[Alert], bounds: _Bounds, sender: Sender, frame: Frame
) -> dict[str, object]:
    summary = bundle.kind is BundleKind.SUMMARY
    alone = _told_alone(alerts)
    told = [alert.figure for alert in alone if alert.figure is not None]
    in_full = [] if summary else told[: bounds.figures]
    stories = [
        beside_figures(alert.story_news, in_full, frame, bounds.reports)
        for alert in alone
        if alert.story_news is not None
    ]
    courses = by_worth(told[len(in_full) :])
    items = items_in_full(in_full, frame)
    lines = items_in_lines(courses[: bounds.lines], frame)
    parts = _Parts.of(alerts, frame, bounds) if summary else _Parts()
    development = None if summary else next((one.development for one in alerts if one.development is not None), None)
    return {
        "topic": topic,
        "heading": one_line(topic.heading, 120),
        "zone": frame.zone.key,
        "items": items,
        "stories": [] if summary else stories[:1],
        "lines": lines,
        "more": len(courses) - len(courses[: bounds.lines]),
        "development": development and DevelopmentView.of(development, told, stories, frame, bounds.brief),
        "parts": parts,
        "stories_in_short": stories[: bounds.stories] if summary else [],
        "more_stories": max(len(stories) - bounds.stories, 0) if summary else 0,
        "counts": _counts(alerts, frame),
        "preheader": _preheader(items, stories, lines, parts.shown, frame),
        "why": _why(topic, alerts, frame),
        "found": frame.moment(min(alert.created for alert in alerts)),
        "public_url": link(sender.public_url or ""),
    }


def _preheader(
    items: Sequence[Item[FigureView]],
    stories: Sequence[StoryView],
    lines: Sequence[Item[Line]],
    parts: Sequence[DevelopmentPart],
    frame: Frame,
) -> str:
    """What a mail program shows beside the subject."""
    if parts:
        return one_line(" · ".join(part.rows[0].claim if part.rows else part.headline for part in parts[:3]), 140)
    if items:
        quote, outlet = items[0].figures[0][1], items[0].source.outlet
        return one_line(frame.say("“{quote}” — {outlet}", quote=quote, outlet=outlet), 140)
    if lines:
        return one_line(" · ".join(item.figures[0][0].text for item in lines[:3]), 140)
    return one_line(stories[0].lead or stories[0].headline, 140)


def _why(topic: Topic, alerts: Sequence[Alert], frame: Frame) -> str:
    kinds = [alert.kind for alert in alerts]
    told = frame.listed([frame.say(words) for kind, words in _TELLS.items() if kind in kinds])
    values = {"heading": one_line(topic.heading, 120), "name": topic.name, "told": told}
    if not topic.alerts.counted:
        return frame.say("The topic “{heading}” ({name}) sends alerts about {told}.", **values)
    counted = one_line(frame.listed(list(topic.alerts.counted)), 160)
    return frame.say(
        "The topic “{heading}” ({name}) sends alerts about {told}; of figures, only about those that count {counted}.",
        **values,
        counted=counted,
    )
