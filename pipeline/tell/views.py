"""What a mail shows, in words: the form in which templates get it, for text and HTML alike.

Nothing here adds a word or a number to what the record gave; whatever came from a page is one bounded line without
controls.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo

from pipeline.tell.courses import Course, courses, moves, worth
from pipeline.tell.pages import link
from pipeline.tell.words import (
    CLAIM,
    Quote,
    amount,
    count,
    day,
    headline_of,
    moment,
    one_line,
    quoted,
    said_by,
    value_in_short,
    value_of,
    value_words,
)
from schemas.alert import AlertKind, ArticleRef, FigureNews, Statement, StoryNews
from schemas.figure import Value, VerdictKind

TAGS = {
    AlertKind.NEW_FIGURE: "New figure",
    AlertKind.CHANGED_FIGURE: "Changed figure",
    AlertKind.CONTRADICTION: "Contradiction",
    AlertKind.CORRECTION: "Correction",
    AlertKind.NEW_STORY: "New development",
}
_KINDS = {
    VerdictKind.NEW: AlertKind.NEW_FIGURE,
    VerdictKind.CHANGED: AlertKind.CHANGED_FIGURE,
    VerdictKind.CONTRADICTION: AlertKind.CONTRADICTION,
    VerdictKind.CORRECTION: AlertKind.CORRECTION,
}
View = TypeVar("View")
_REPORTS = 8
_LONG_QUOTE, _SHORT_QUOTE = 480, 240
_AGAINST, _BEFORE = 4, 3
_LEAST_CLAIM = 48
"""Characters of a wording that stay, however long what stands behind it is."""


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
    """One statement with all that vouches for it."""

    value: str
    claim: str
    source: Source
    attribution: str
    """Who says so, if the text names one."""
    as_of: str
    """The day it holds for, if the text states one."""
    quote: Quote | None

    @classmethod
    def of(cls, statement: Statement, zone: ZoneInfo, quote: int = _SHORT_QUOTE) -> Row:
        figure = statement.figure
        return cls(
            value=value_words(figure),
            claim=headline_of(figure),
            source=Source.of(statement.article, zone),
            attribution=one_line(said_by(statement.figure) or statement.figure.attribution or "", 120),
            as_of=day(statement.figure.as_of) if statement.figure.as_of else "",
            quote=quoted(figure.quote, figure.surface, limit=quote),
        )

    @property
    def known(self) -> list[str]:
        """Who says so and for which day, as far as the text says it."""
        return [*([self.attribution] if self.attribution else []), *([f"as of: {self.as_of}"] if self.as_of else [])]


def rows_against(news: FigureNews, zone: ZoneInfo) -> tuple[Row, ...]:
    """What a figure is held against; without the sentence where it is the figure's own."""
    sentence = news.statement.figure.quote
    rows = ((one.figure.quote, Row.of(one, zone)) for one in news.against[:_AGAINST])
    return tuple(replace(row, quote=None) if quote == sentence else row for quote, row in rows)


@dataclass(frozen=True)
class Earlier:
    """What was told before and may concern the same, in a line."""

    claim: str
    when: str
    outlet: str
    url: str | None

    @classmethod
    def of(cls, statement: Statement, zone: ZoneInfo) -> Earlier:
        return cls(
            claim=headline_of(statement.figure),
            when=day(statement.article.published.astimezone(zone).date()),
            outlet=outlet_name(statement.article.outlet),
            url=link(statement.article.url),
        )


@dataclass(frozen=True)
class FigureView:
    """A figure's news with everything that vouches for it."""

    kind: AlertKind
    tag: str
    claim: str
    was: str
    followed: str
    row: Row
    against: tuple[Row, ...]
    before: tuple[Earlier, ...]

    @classmethod
    def of(cls, news: FigureNews, zone: ZoneInfo) -> FigureView:
        row = Row.of(news.statement, zone, _LONG_QUOTE)
        kind = _KINDS[news.verdict]
        # Of what is new no move is claimed, whatever it was compared with.
        against = () if news.verdict is VerdictKind.NEW else news.against[:_AGAINST]
        shown = {news.statement.figure_id, *(one.figure_id for one in against)}
        before = {one.figure_id: one for one in (*news.against, *news.before) if one.figure_id not in shown}
        return cls(
            kind=kind,
            tag=TAGS[kind],
            claim=headline_of(news.statement.figure),
            was=_beside(news, zone),
            followed=one_line(news.followed or "", 80),
            row=row,
            against=rows_against(news, zone) if against else (),
            before=tuple(Earlier.of(statement, zone) for statement in [*before.values()][:_BEFORE]),
        )

    @property
    def title_of_against(self) -> str:
        return "Against it" if self.kind is AlertKind.CONTRADICTION else "Before"


@dataclass(frozen=True)
class Line:
    """A figure's news, or all the steps of one figure, in a line."""

    text: str
    detail: str

    @classmethod
    def of(cls, course: Course, zone: ZoneInfo) -> Line:
        last = course[-1]
        called = [one_line(last.followed, 80)] if last.followed else []
        row = Row.of(last.statement, zone)
        return cls(text=course_words(course), detail=" · ".join([*called, *row.known]))


@dataclass(frozen=True)
class Item(Generic[View]):
    """An article with the figures it states, the worthiest first.

    Figures of one sentence stand together, the first of them with the sentence, in which all of them are marked.
    """

    source: Source
    figures: tuple[tuple[View, Quote | None], ...]


def items_in_full(news: Iterable[FigureNews], zone: ZoneInfo) -> list[Item[FigureView]]:
    """The news, which comes in order of worth, by article."""
    return [
        Item(source, tuple((FigureView.of(course[-1], zone), quote) for course, quote in found))
        for source, found in _by_article([(one,) for one in news], zone, _LONG_QUOTE)
    ]


def items_in_lines(told: Iterable[Course], zone: ZoneInfo) -> list[Item[Line]]:
    """The same in short; a course stands with the article that states its last step."""
    return [
        Item(source, tuple((Line.of(course, zone), quote) for course, quote in found))
        for source, found in _by_article(told, zone, _SHORT_QUOTE)
    ]


def by_worth(news: Iterable[FigureNews]) -> list[Course]:
    """Courses, the worthiest first."""
    return sorted(courses(news), key=lambda course: -worth(course))


def distinct(news: Iterable[FigureNews]) -> list[FigureNews]:
    """The news without what says the same of the same sentence: "two bridges 40 metres long" is said once."""
    told: dict[tuple[str, str, str], FigureNews] = {}
    for one in news:
        told.setdefault((one.statement.article.id, one.statement.figure.quote, headline(one)), one)
    return [*told.values()]


def _by_article(
    told: Iterable[Course], zone: ZoneInfo, limit: int
) -> list[tuple[Source, list[tuple[Course, Quote | None]]]]:
    articles: dict[tuple[str, str], dict[str, list[Course]]] = {}
    for course in told:
        last = course[-1].statement
        sentences = articles.setdefault((last.article.id, last.article.url), {})
        sentences.setdefault(last.figure.quote, []).append(course)
    found = []
    for sentences in articles.values():
        shown: list[tuple[Course, Quote | None]] = []
        for sentence, some in sentences.items():
            numbers = sorted((one[-1].statement.figure for one in some), key=lambda figure: figure.span)
            quote = quoted(sentence, *(figure.surface for figure in numbers), limit=limit)
            # Two numbers of one clause ("two bridges 40 metres long") are said once.
            alike: dict[str, Course] = {}
            for one in some:
                alike.setdefault(course_words(one), one)
            shown += [(one, None if place else quote) for place, one in enumerate(alike.values())]
        found.append((Source.of(shown[0][0][-1].statement.article, zone), shown))
    return found


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
    told_above: bool = False

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


def beside_figures(story: StoryNews, told: Iterable[FigureNews], zone: ZoneInfo, reports: int) -> StoryView:
    """A story below figures of its articles: neither a sentence nor an article that is shown with them comes again."""
    shown = [one.statement for one in told]
    articles = {one.article.id for one in shown}
    others = tuple(article for article in story.reports if article.id not in articles)
    full = StoryView.of(story, zone, reports)
    quoted_above = any(one_line(one.figure.quote, 400) == full.lead for one in shown)
    if full.lead and story.lead_article and not quoted_above:
        # It is named with the sentence.
        others = tuple(article for article in others if article.id != story.lead_article.id)
    view = StoryView.of(story.model_copy(update={"reports": others}), zone, reports)
    return replace(
        full,
        lead="" if quoted_above else full.lead,
        reports=view.reports,
        more=view.more,
        told_above=len(others) < len(story.reports),
    )


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
    return reports_words(len(story.reports) + story.more + story.copies, story.copies)


def reports_words(total: int, copies: int) -> str:
    """ "14 reports, 9 of them copies"; of a single one whether it is a copy."""
    if total == copies:
        return count(total, "copy", "copies")
    words = count(total, "report")
    return f"{words}, {copies} of them {'a copy' if copies == 1 else 'copies'}" if copies else words


def headline(news: FigureNews, limit: int = CLAIM + 60, *, credit: bool = False) -> str:
    """What a figure's news comes to, in its own words: "[The boats] saved 58 people (was at least 41)".

    ``credit`` adds who says so, where the wording does not: "… (the mayor; was at least 41)".
    """
    figure = news.statement.figure
    speaker = said_by(figure) if credit else ""
    beside = [speaker] if speaker else []
    was = ""
    if news.verdict is VerdictKind.CONTRADICTION and news.against:
        beside.append(f"{_who(news.against[0])}: {value_in_short(news.against[0].figure)}")
    elif news.from_value is not None:
        was = _was(news)
    room = limit - len(f" ({'; '.join([*beside, was])})") if beside or was else limit
    claim = headline_of(figure, min(CLAIM, max(room, _LEAST_CLAIM)))
    moved = news.verdict is VerdictKind.CHANGED and news.from_value is not None
    if was and not (moved and says_value(claim, news.from_value)):
        beside.append(was)
    return f"{claim} ({'; '.join(beside)})" if beside else claim


def course_words(course: Course, limit: int = CLAIM + 60) -> str:
    """`headline` of a course, its steps in one: "From 4 to 14 in 3 steps: 14 people were killed by the flood"."""
    first, last = course[0], course[-1]
    if moves(course) < 2:
        return headline(last, limit)
    began = _before(first) if first.from_value is not None else value_in_short(first.statement.figure)
    return steps_words(last.statement, began, moves(course))


def steps_words(last: Statement, began: str, steps: int) -> str:
    """The end of several steps, with the value they began at."""
    return f"From {began} to {value_in_short(last.figure)} in {steps} steps: {headline_of(last.figure)}"


def says_value(claim: str, value: Value | None) -> bool:
    """Whether a claim names a value in digits itself: "1,622 have returned, up from 1,605"."""
    if value is None or isinstance(value, tuple):
        return False
    return re.search(rf"(?<![\w.,]){re.escape(amount(value))}(?![\w,.]*\d)", claim) is not None


def _who(statement: Statement) -> str:
    """Who says so: the source that the text names, or else the outlet."""
    return one_line(statement.figure.attribution or "", 40) or outlet_name(statement.article.outlet)


def _was(news: FigureNews) -> str:
    how = "corrected from" if news.verdict is VerdictKind.CORRECTION else "was"
    return f"{how} {_before(news)}"


def _before(news: FigureNews) -> str:
    """The value that was replaced as it was stated, if the news says by whom."""
    assert news.from_value is not None
    before = replaced(news)
    return value_in_short(before.figure) if before else amount(news.from_value, news.statement.figure.unit)


def replaced(news: FigureNews) -> Statement | None:
    """The statement of the value that this news says was replaced, if the news holds it."""
    return next((one for one in news.against if value_of(one.figure) == news.from_value), None)


def _beside(news: FigureNews, zone: ZoneInfo) -> str:
    """The line beneath a claim: what it was, or what stands against it; empty where it is just new."""
    if news.verdict is VerdictKind.CONTRADICTION and news.against:
        rival = news.against[0]
        who = dict.fromkeys((_who(rival), outlet_name(rival.article.outlet)))
        return f"against {value_words(rival.figure)} ({', '.join(who)})"
    if news.from_value is None:
        return ""
    since = f", first stated {moment(news.since, zone)}" if news.since else ""
    return f"{_was(news)}{since}"


def values_words(values: tuple[Value, ...], unit: str | None) -> str:
    """ "1,366 → 1,480 → 1,605"."""
    return " → ".join(amount(value, unit) for value in values)
