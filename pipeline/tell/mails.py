"""An alert mail: the figure first, then everything that vouches for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.tell.feeds import compose_feeds
from pipeline.tell.outbox import Bundle, BundleKind, by_urgency
from pipeline.tell.pages import BUDGET, html_page, link, text_page
from pipeline.tell.sender import Sender
from pipeline.tell.views import Brief, FigureView, StoryView, headline, outlet_name, outlets_words
from pipeline.tell.words import count, listed, moment, one_line, sentence_case
from schemas.alert import Alert, AlertKind, FigureNews, Mail, Statement
from schemas.figure import VerdictKind
from schemas.topic import Topic

__all__ = ["Sender", "compose_alert"]

_SUBJECT = 160
_TELLS = {
    AlertKind.NEW_FIGURE: "new figures",
    AlertKind.CHANGED_FIGURE: "changed figures",
    AlertKind.CONTRADICTION: "contradictions",
    AlertKind.CORRECTION: "corrections",
    AlertKind.NEW_STORY: "new stories",
}
_COUNTED = {
    AlertKind.CORRECTION: ("correction", "corrections"),
    AlertKind.CONTRADICTION: ("contradiction", "contradictions"),
    AlertKind.CHANGED_FIGURE: ("changed figure", "changed figures"),
    AlertKind.NEW_FIGURE: ("new figure", "new figures"),
    AlertKind.NEW_STORY: ("new story", "new stories"),
}


@dataclass(frozen=True)
class _Bounds:
    """How much of a bundle is shown: figures in full, alerts in a line, reports of the story."""

    figures: int
    lines: int
    reports: int


_BOUNDS = (_Bounds(8, 40, 8), _Bounds(4, 20, 6), _Bounds(2, 10, 4), _Bounds(1, 4, 2))


def compose_alert(topic: Topic, bundle: Bundle, *, sender: Sender) -> Mail:
    """The mail that tells ``bundle``; the same alerts give the same mail, in whichever order they come.

    Its HTML stays below `pages.BUDGET`: what a huge bundle has too much of is told in lines, then counted.
    """
    if bundle.kind is BundleKind.FEEDS:
        return compose_feeds(topic, bundle, sender=sender)
    alerts = by_urgency(bundle.alerts)
    subject = one_line(f"[{topic.name}] {_subject(alerts, bundle.kind)}", _SUBJECT)
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
        headers=sender.headers(topic, thread=sender.message_id(bundle.story) if bundle.story else None),
        alerts=tuple(alert.id for alert in alerts),
    )


def _subject(alerts: Sequence[Alert], kind: BundleKind) -> str:
    if kind is BundleKind.SUMMARY:
        return f"Summary: {_counts(alerts)}"
    first = alerts[0]
    if first.figure is None:
        story = first.story_news
        assert story is not None
        return f"{one_line(story.headline, 110) or 'untitled'} — {outlets_words(story.outlets)}"
    news = first.figure
    more = len({alert.figure.series for alert in alerts if alert.figure} - {news.series})
    claim = one_line(headline(news), 100)
    beside = f" and {count(more, 'more figure')}" if more else ""
    outlet = outlet_name(news.statement.article.outlet)
    if news.verdict is VerdictKind.CONTRADICTION and news.against:
        return f"{claim} {outlet_name(news.against[0].article.outlet)} against {outlet}{beside and f',{beside}'}"
    claim += beside
    others = len(_outlets(alerts) - {news.statement.article.outlet})
    return f"{claim} — {outlet} + {others}" if others else f"{claim} — {outlet}"


def _outlets(alerts: Sequence[Alert]) -> set[str]:
    """The outlets that report what the alerts tell of."""
    stating = {alert.figure.statement.article.outlet for alert in alerts if alert.figure}
    return stating.union(*(alert.story_news.outlets for alert in alerts if alert.story_news))


def _counts(alerts: Sequence[Alert]) -> str:
    found = [alert.kind for alert in alerts]
    return listed([count(found.count(kind), *words) for kind, words in _COUNTED.items() if kind in found])


def _values(
    topic: Topic, bundle: Bundle, alerts: Sequence[Alert], bounds: _Bounds, sender: Sender
) -> dict[str, object]:
    zone = topic.tzinfo
    told = [alert for alert in alerts if alert.figure is not None]
    summary = bundle.kind is BundleKind.SUMMARY
    in_full = [] if summary else told[: bounds.figures]
    stories = [] if summary else [alert.story_news for alert in alerts if alert.story_news is not None][:1]
    rest = [alert for alert in alerts if alert not in in_full and (summary or alert in told)]
    statements = [alert.figure.statement for alert in told if alert.figure]
    figures = [
        FigureView.of(alert.kind, alert.figure, zone, _also(alert.figure, told, statements))
        for alert in in_full
        if alert.figure
    ]
    views = [StoryView.of(story, zone, bounds.reports) for story in stories]
    shown = rest[: bounds.lines]
    lines = [
        (sentence_case(several), [Brief.of(alert, zone) for alert in shown if alert.kind is kind])
        for kind, (_, several) in _COUNTED.items()
        if any(alert.kind is kind for alert in shown)
    ]
    return {
        "topic": topic,
        "heading": one_line(topic.heading, 120),
        "zone": zone.key,
        "figures": figures,
        "stories": views,
        "lines": lines,
        "more": len(rest) - len(shown),
        "counts": _counts(alerts),
        "summary": summary,
        "preheader": _preheader(figures, views, lines),
        "why": _why(topic, alerts),
        "found": moment(min(alert.created for alert in alerts), zone),
        "public_url": link(sender.public_url or ""),
        "stop_url": sender.stop_url(topic),
        "stop_mailto": sender.stop_mailto(topic),
        "stop_address": sender.unsubscribe_mailto or sender.address,
    }


def _also(news: FigureNews, told: Sequence[Alert], statements: Sequence[Statement]) -> tuple[Statement, ...]:
    """What the other alerts of the mail say in the same series."""
    shown = {news.statement.figure_id, *(statement.figure_id for statement in news.against)}
    same = {alert.figure.statement.figure_id for alert in told if alert.figure and alert.figure.series == news.series}
    return tuple(one for one in statements if one.figure_id in same - shown)


def _preheader(
    figures: Sequence[FigureView], stories: Sequence[StoryView], lines: Sequence[tuple[str, Sequence[Brief]]]
) -> str:
    """What a mail program shows beside the subject."""
    if figures:
        return one_line(f"“{figures[0].row.quote}” — {figures[0].row.source.outlet}", 140)
    if stories and stories[0].lead:
        return one_line(stories[0].lead, 140)
    return one_line(" · ".join(brief.text for _, briefs in lines for brief in briefs[:3]), 140)


def _why(topic: Topic, alerts: Sequence[Alert]) -> str:
    kinds = [alert.kind for alert in alerts]
    told = listed([words for kind, words in _TELLS.items() if kind in kinds])
    rules = topic.alerts
    only = f", of figures only those that count {listed(list(rules.counted))}" if rules.counted else ""
    return f"The topic “{one_line(topic.heading, 120)}” ({topic.name}) tells at once of {told}{one_line(only, 200)}."
