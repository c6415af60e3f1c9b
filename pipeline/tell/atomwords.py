"""What the Atom feeds of a topic say of an alert and of a development. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from zoneinfo import ZoneInfo

from pipeline.tell.atom import AtomEntry
from pipeline.tell.briefs import figure_lines
from pipeline.tell.feeds import FeedView
from pipeline.tell.frame import ENGLISH
from pipeline.tell.views import headline, outlet_name, outlet_names, report_counts, reports_words
from pipeline.tell.words import one_line
from schemas.alert import Alert, AlertState, ArticleRef, FeedNews, FigureNews, StoryNews
from schemas.brief import Brief

_FIGURES = 8
"""Figures of a development that its entry tells; its page has all."""

Ids = Callable[[str, str], str]
"""Gives the lasting id of an entry: for its kind and its id in the record."""


def is_told(alert: Alert) -> bool:
    """Whether an alert goes into the feed: what is or was to be mailed at once, also beyond the day's limit."""
    if alert.state is AlertState.SILENCED:
        return False
    return alert.state is not AlertState.DIGEST or alert.held_back or alert.backlog


def alert_entry(alert: Alert, ids: Ids, zone: ZoneInfo) -> AtomEntry:
    """An alert as an entry: what its mail would have for a subject, and the sentence or report behind it."""
    title, text, article = _alert(alert, zone)
    return AtomEntry(
        id=ids("alert", alert.id),
        title=title,
        updated=alert.created,
        published=alert.created,
        link=article.url if article else alert.feed.url if alert.feed else None,
        text=text,
        authors=(outlet_name(article.outlet),) if article else (),
        category=alert.kind.value,
    )


def development_entry(brief: Brief, reports: int, copies: int, address: str | None, ids: Ids) -> AtomEntry:
    """A development as an entry that is new again with each report: what holds now, and who says so."""
    lines = [reports_words(reports + copies, copies) + f": {outlet_names(brief.outlets, 8)}"]
    lines += [brief.lead] if brief.lead else []
    for figure in brief.figures[:_FIGURES]:
        lines += [f"• {one_line(figure.headline, 200)}", *(f"  {line}" for line in figure_lines(figure))]
    return AtomEntry(
        id=ids("development", brief.id),
        title=brief.headline,
        updated=brief.last_seen,
        published=brief.first_seen,
        link=address,
        text="\n".join(lines),
    )


def _alert(alert: Alert, zone: ZoneInfo) -> tuple[str, str, ArticleRef | None]:
    if alert.figure is not None:
        return _figure(alert.figure)
    if alert.story_news is not None:
        return _story(alert.story_news)
    if alert.feed is not None:
        return _feed(alert.feed, zone)
    return alert.kind.value.replace("_", " "), "", None


def _figure(news: FigureNews) -> tuple[str, str, ArticleRef]:
    said = news.statement
    against = [f"{outlet_name(one.article.outlet)}: “{one_line(one.figure.quote, 400)}”" for one in news.against]
    lines = [f"“{one_line(said.figure.quote, 480)}”", _source(said.article), *against]
    return headline(news, credit=True), "\n".join(lines), said.article


def _story(news: StoryNews) -> tuple[str, str, ArticleRef | None]:
    lead = news.lead_article or next(iter(news.reports), None)
    lines: Iterable[str] = (news.lead, f"{report_counts(news)}: {outlet_names(news.outlets, 8)}")
    return news.headline, "\n".join(line for line in lines if line), lead


def _feed(news: FeedNews, zone: ZoneInfo) -> tuple[str, str, None]:
    view = FeedView.of(news, ENGLISH.at(zone))
    facts = [f"{name}: {value}" for name, value in view.facts]
    return view.headline, "\n".join([view.since, *facts]), None


def _source(article: ArticleRef) -> str:
    return f"{outlet_name(article.outlet)}: {one_line(article.title, 200)}"
