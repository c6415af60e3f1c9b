"""What a mail shows, in words: the form in which templates get it, for text and HTML alike.

Nothing here adds a number to what the record gave; whatever came from a page is one bounded line without controls.
"""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from pipeline.tell.pages import link
from pipeline.tell.words import (
    Quote,
    amount,
    claim_words,
    count,
    day,
    moment,
    one_line,
    quoted,
    sentence_case,
    value_of,
    value_words,
)
from schemas.alert import Alert, AlertKind, ArticleRef, FigureNews, Statement, StoryNews
from schemas.figure import Value, VerdictKind

TAGS = {
    AlertKind.NEW_FIGURE: "New figure",
    AlertKind.CHANGED_FIGURE: "Changed figure",
    AlertKind.CONTRADICTION: "Contradiction",
    AlertKind.CORRECTION: "Correction",
    AlertKind.NEW_STORY: "New story",
}
_REPORTS = 8
_LONG_QUOTE, _SHORT_QUOTE = 480, 240


@dataclass(frozen=True)
class Source:
    """An article as a mail names it."""

    title: str
    outlet: str
    url: str | None
    published: str

    @classmethod
    def of(cls, article: ArticleRef, zone: ZoneInfo) -> Source:
        return cls(
            title=one_line(article.title, 160) or "untitled",
            outlet=outlet_name(article.outlet),
            url=link(article.url),
            published=moment(article.published, zone),
        )


@dataclass(frozen=True)
class Row:
    """One statement in a table of what is said: ``role`` says how it stands to the news."""

    role: str
    value: str
    claim: str
    source: Source
    attribution: str
    as_of: str
    quote: Quote

    @classmethod
    def of(cls, statement: Statement, zone: ZoneInfo, role: str = "") -> Row:
        figure = statement.figure
        return cls(
            role=role,
            value=value_words(figure),
            claim=sentence_case(claim_words(figure)),
            source=Source.of(statement.article, zone),
            attribution=_attribution(statement),
            as_of=_as_of(statement, zone),
            quote=quoted(figure.quote, figure.surface, _SHORT_QUOTE if role else _LONG_QUOTE),
        )


@dataclass(frozen=True)
class FigureView:
    """A figure's news with everything that vouches for it."""

    kind: AlertKind
    tag: str
    claim: str
    headline: str
    was: str
    label: str
    row: Row
    others: tuple[Row, ...]
    reason: str

    @classmethod
    def of(cls, kind: AlertKind, news: FigureNews, zone: ZoneInfo, also: tuple[Statement, ...] = ()) -> FigureView:
        """``also`` are other statements of the same series that the mail tells of."""
        role = "against" if news.verdict is VerdictKind.CONTRADICTION else "before"
        others = [
            *(Row.of(statement, zone, role) for statement in news.against[:8]),
            *(Row.of(statement, zone, "also") for statement in also[:8]),
        ]
        return cls(
            kind=kind,
            tag=TAGS[kind],
            claim=sentence_case(claim_words(news.statement.figure)),
            headline=headline(news),
            was=_was_since(news, zone),
            label=one_line(news.label, 120),
            row=Row.of(news.statement, zone),
            others=tuple(others),
            reason=one_line(news.reason, 240),
        )


@dataclass(frozen=True)
class StoryView:
    """A story with its reports."""

    id: str
    headline: str
    url: str | None
    lead: str
    lead_source: Source | None
    outlets: str
    counts: str
    first_seen: str
    reports: tuple[Source, ...]
    more: int

    @classmethod
    def of(cls, story: StoryNews, zone: ZoneInfo, reports: int = _REPORTS) -> StoryView:
        lead = story.lead_article or (story.reports[0] if story.reports else None)
        return cls(
            id=story.id,
            headline=one_line(story.headline, 200) or "untitled",
            url=link(lead.url) if lead else None,
            lead=one_line(story.lead, 400),
            lead_source=Source.of(lead, zone) if lead else None,
            outlets=outlet_names(story.outlets, 6),
            counts=report_counts(story),
            first_seen=moment(story.first_seen, zone),
            reports=tuple(Source.of(article, zone) for article in story.reports[:reports]),
            more=max(len(story.reports) - reports, 0) + story.more,
        )


@dataclass(frozen=True)
class Brief:
    """An alert in few lines; a story has no quote."""

    text: str
    detail: str
    url: str | None
    quote: Quote | None

    @classmethod
    def of(cls, alert: Alert, zone: ZoneInfo) -> Brief:
        if alert.figure is not None:
            row = Row.of(alert.figure.statement, zone, "in short")
            detail = f"{row.source.outlet} · {row.attribution} · as of: {row.as_of}"
            if alert.kind is AlertKind.CONTRADICTION and alert.figure.against:
                detail = f"{outlet_name(alert.figure.against[0].article.outlet)} against {detail}"
            return cls(text=headline(alert.figure), detail=detail, url=row.source.url, quote=row.quote)
        assert alert.story_news is not None
        view = StoryView.of(alert.story_news, zone, 0)
        detail = f"{view.counts} · {view.outlets}" if view.outlets else view.counts
        return cls(text=view.headline, detail=detail, url=view.url, quote=None)


def outlet_name(outlet: str) -> str:
    return one_line(outlet, 40) or "an unnamed outlet"


def outlet_names(outlets: tuple[str, ...], limit: int) -> str:
    """ "Nordwire, Daily Ledger and 3 more"."""
    names = ", ".join(outlet_name(outlet) for outlet in outlets[:limit])
    return f"{names} and {len(outlets) - limit} more" if len(outlets) > limit else names


def outlets_words(outlets: tuple[str, ...]) -> str:
    """The only outlet by name, several by number."""
    return outlet_name(outlets[0]) if len(outlets) == 1 else count(len(outlets), "outlet")


def report_counts(story: StoryNews) -> str:
    """ "14 reports, 9 of them copies"."""
    total = len(story.reports) + story.more + story.copies
    words = count(total, "report")
    return f"{words}, {story.copies} of them {'a copy' if story.copies == 1 else 'copies'}" if story.copies else words


def headline(news: FigureNews) -> str:
    """What a figure's news comes to: "1,605 children returned (was 1,366)", "19,500 or 20,000 children deported?"."""
    figure = news.statement.figure
    if news.verdict is VerdictKind.CONTRADICTION and news.against:
        return sentence_case(f"{value_words(news.against[0].figure)} or {claim_words(figure)}?")
    claim = sentence_case(claim_words(figure))
    if news.from_value is None:
        return claim
    how = "corrected from" if news.verdict is VerdictKind.CORRECTION else "was"
    return f"{claim} ({how} {_before(news)})"


def _before(news: FigureNews) -> str:
    """The value that was replaced as it was stated, if the news says by whom."""
    assert news.from_value is not None
    stated = (one.figure for one in news.against if value_of(one.figure) == news.from_value)
    before = next(stated, None)
    return value_words(before) if before else amount(news.from_value, news.statement.figure.unit)


def _was_since(news: FigureNews, zone: ZoneInfo) -> str:
    if news.from_value is None:
        return ""
    how = "corrected from" if news.verdict is VerdictKind.CORRECTION else "was"
    since = f", first stated {moment(news.since, zone)}" if news.since else ""
    return f"{how} {_before(news)}{since}"


def values_words(values: tuple[Value, ...], unit: str | None) -> str:
    """ "1,366 → 1,480 → 1,605"."""
    return " → ".join(amount(value, unit) for value in values)


def _attribution(statement: Statement) -> str:
    return one_line(statement.figure.attribution or "", 120) or "no source named"


def _as_of(statement: Statement, zone: ZoneInfo) -> str:
    as_of = statement.figure.as_of
    return day(as_of) if as_of else f"not stated; published {moment(statement.article.published, zone)}"
