"""An alert mail: the figure first, then everything that vouches for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from pipeline.tell.briefs import DevelopmentPart, DevelopmentView, by_importance, first_to_last
from pipeline.tell.feeds import compose_feeds
from pipeline.tell.outbox import Bundle, BundleKind, by_urgency
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
from pipeline.tell.words import count, listed, moment, one_line
from schemas.alert import Alert, AlertKind, DevelopmentNews, Mail
from schemas.topic import Topic

__all__ = ["Sender", "compose_alert"]

_SUBJECT = 160
_TELLS = {
    AlertKind.NEW_FIGURE: "new figures",
    AlertKind.CHANGED_FIGURE: "changed figures",
    AlertKind.CONTRADICTION: "contradictions",
    AlertKind.CORRECTION: "corrections",
    AlertKind.NEW_STORY: "new developments",
}
_COUNTED = {
    AlertKind.CORRECTION: ("correction", "corrections"),
    AlertKind.CONTRADICTION: ("contradiction", "contradictions"),
    AlertKind.CHANGED_FIGURE: ("changed figure", "changed figures"),
    AlertKind.NEW_FIGURE: ("new figure", "new figures"),
    AlertKind.NEW_STORY: ("new development", "new developments"),
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


def compose_alert(topic: Topic, bundle: Bundle, *, sender: Sender) -> Mail:
    """The mail that tells ``bundle``; the same alerts give the same mail, in whichever order they come.

    Its HTML stays below `pages.BUDGET`: what a huge bundle has too much of is told in lines, then counted.
    """
    if bundle.kind is BundleKind.FEEDS:
        return compose_feeds(topic, bundle, sender=sender)
    alerts = by_urgency(bundle.alerts)
    opening = f"[{topic.name}] "
    subject = one_line(opening + _subject(alerts, bundle.kind, _SUBJECT - len(opening)), _SUBJECT)
    for bounds in _BOUNDS:
        values = _values(topic, bundle, alerts, bounds, sender) | {"subject": subject}
        html = html_page("alert.html.j2", **values)
        if len(html.encode()) < BUDGET:
            break
    return Mail(
        message_id=sender.message_id(bundle.id),
        recipients=topic.recipients,
        subject=subject,
        text=text_page("alert.txt.j2", **values),
        html=html,
        headers=sender.headers(topic, thread=sender.message_id(bundle.thread) if bundle.thread else None),
        alerts=tuple(alert.id for alert in alerts),
    )


def _subject(alerts: Sequence[Alert], kind: BundleKind, room: int) -> str:
    """What happened, in ``room`` characters where the worthiest figure can be said in what the rest leaves of it."""
    if kind is BundleKind.SUMMARY:
        return f"Summary: {_summed_up(alerts, room - 50)}"
    told = distinct(alert.figure for alert in alerts if alert.figure is not None)
    stories = [alert.story_news for alert in alerts if alert.story_news is not None]
    if not told:
        return f"{one_line(stories[0].headline, 110) or 'untitled'} — {outlets_words(stories[0].outlets)}"
    beside = f" and {count(len(told) - 1, 'more figure')}" if len(told) > 1 else ""
    outlet = told[0].statement.article.outlet
    others = len(_outlets(alerts) - {outlet})
    behind = f"{beside} — {outlet_name(outlet)}{f' + {others}' if others else ''}"
    return headline(told[0], room - len(behind), credit=True) + behind


def _summed_up(alerts: Sequence[Alert], room: int) -> str:
    """ "58 people rescued (was at least 41), 3 more figures and 2 new developments"; the worthiest figure is named.

    Where the alerts are told under their developments, what holds in the first of these, and how many more there are.
    """
    parts, rest = by_importance(alerts), _told_alone(alerts)
    told = distinct(alert.figure for alert in rest if alert.figure is not None)
    stories = sum(alert.story_news is not None for alert in rest)
    figures = len(by_worth(told))
    if parts:
        beside = [count(len(parts) - 1 + stories, "more development")] if len(parts) + stories > 1 else []
        beside += [count(figures, "more figure")] if figures else []
        return listed([_first_of(parts[0], room), *beside])
    words = [headline(told[0], room, credit=True)] if told else []
    words += [count(figures - 1, "more figure")] if figures > 1 else []
    words += [count(stories, "new development")] if stories else []
    return listed(words)


def _first_of(news: DevelopmentNews, room: int) -> str:
    """What holds first of all in a development, with who says so where the wording does not."""
    if not news.figures:
        return one_line(news.headline, min(room, 110)) or "untitled"
    line = news.figures[0]
    return first_to_last(line.figure, one_line(line.credit, 40), room)


def _told_alone(alerts: Sequence[Alert]) -> list[Alert]:
    """The alerts that are not told under a development."""
    return [alert for alert in alerts if alert.thread is None]


def _outlets(alerts: Sequence[Alert]) -> set[str]:
    """The outlets that report what the alerts tell of."""
    stating = {alert.figure.statement.article.outlet for alert in alerts if alert.figure}
    return stating.union(*(alert.story_news.outlets for alert in alerts if alert.story_news))


def _counts(alerts: Sequence[Alert]) -> str:
    found = [alert.kind for alert in alerts]
    return listed([count(found.count(kind), *words) for kind, words in _COUNTED.items() if kind in found])


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
    def of(cls, alerts: Sequence[Alert], zone: ZoneInfo, bounds: _Bounds) -> _Parts:
        found, beside = by_importance(alerts), _counts(_told_alone(alerts))
        full, short = found[: bounds.parts], found[bounds.parts : bounds.parts + bounds.stories]
        # Of few developments more is told than of many.
        figures = max(bounds.brief // 2, bounds.lines // max(len(full), 1))
        counts = [count(len(found), "development")] if found else []
        return cls(
            heading=listed([*counts, beside] if beside else counts),
            shown=tuple(DevelopmentPart.of(news, zone, figures) for news in full),
            in_passing=tuple(DevelopmentPart.of(news, zone, 0) for news in short),
            more=len(found) - len(full) - len(short),
        )


def _values(
    topic: Topic, bundle: Bundle, alerts: Sequence[Alert], bounds: _Bounds, sender: Sender
) -> dict[str, object]:
    zone = topic.tzinfo
    summary = bundle.kind is BundleKind.SUMMARY
    alone = _told_alone(alerts)
    told = [alert.figure for alert in alone if alert.figure is not None]
    in_full = [] if summary else told[: bounds.figures]
    stories = [
        beside_figures(alert.story_news, in_full, zone, bounds.reports)
        for alert in alone
        if alert.story_news is not None
    ]
    courses = by_worth(told[len(in_full) :])
    items = items_in_full(in_full, zone)
    lines = items_in_lines(courses[: bounds.lines], zone)
    parts = _Parts.of(alerts, zone, bounds) if summary else _Parts()
    development = None if summary else next((one.development for one in alerts if one.development is not None), None)
    return {
        "topic": topic,
        "heading": one_line(topic.heading, 120),
        "zone": zone.key,
        "items": items,
        "stories": [] if summary else stories[:1],
        "lines": lines,
        "more": len(courses) - len(courses[: bounds.lines]),
        "development": development and DevelopmentView.of(development, told, stories, zone, bounds.brief),
        "parts": parts,
        "stories_in_short": stories[: bounds.stories] if summary else [],
        "more_stories": max(len(stories) - bounds.stories, 0) if summary else 0,
        "counts": _counts(alerts),
        "preheader": _preheader(items, stories, lines, parts.shown),
        "why": _why(topic, alerts),
        "found": moment(min(alert.created for alert in alerts), zone),
        "public_url": link(sender.public_url or ""),
        "stop_url": sender.stop_url(topic),
        "stop_mailto": sender.stop_mailto(topic),
        "stop_address": sender.unsubscribe_mailto or sender.address,
    }


def _preheader(
    items: Sequence[Item[FigureView]],
    stories: Sequence[StoryView],
    lines: Sequence[Item[Line]],
    parts: Sequence[DevelopmentPart],
) -> str:
    """What a mail program shows beside the subject."""
    if parts:
        return one_line(" · ".join(part.rows[0].claim if part.rows else part.headline for part in parts[:3]), 140)
    if items:
        return one_line(f"“{items[0].figures[0][1]}” — {items[0].source.outlet}", 140)
    if lines:
        return one_line(" · ".join(item.figures[0][0].text for item in lines[:3]), 140)
    return one_line(stories[0].lead or stories[0].headline, 140)


def _why(topic: Topic, alerts: Sequence[Alert]) -> str:
    kinds = [alert.kind for alert in alerts]
    told = listed([words for kind, words in _TELLS.items() if kind in kinds])
    rules = topic.alerts
    only = f", of figures only those that count {listed(list(rules.counted))}" if rules.counted else ""
    return f"The topic “{one_line(topic.heading, 120)}” ({topic.name}) tells at once of {told}{one_line(only, 200)}."
