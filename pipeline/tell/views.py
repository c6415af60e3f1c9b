"""What a mail shows, in words: the form in which templates get it, for text and HTML alike.

Nothing here adds a word or a number to what the record gave; whatever came from a page is one bounded line without
controls.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from pipeline.tell.courses import Course, courses, moves, worth
from pipeline.tell.frame import ENGLISH, Frame, message
from pipeline.tell.pages import link
from pipeline.tell.rules import ALERT_KINDS
from pipeline.tell.words import (
    CLAIM,
    Quote,
    amount,
    headline_of,
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
    AlertKind.NEW_FIGURE: message("New figure"),
    AlertKind.CHANGED_FIGURE: message("Changed figure"),
    AlertKind.CONTRADICTION: message("Contradiction"),
    AlertKind.CORRECTION: message("Correction"),
    AlertKind.NEW_STORY: message("New development"),
}
_OPPOSED, _EARLIER = message("Against it"), message("Before")
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
    def of(cls, article: ArticleRef, frame: Frame) -> Source:
        return cls(
            title=one_line(article.title, 160) or frame.say("untitled"),
            outlet=outlet_name(article.outlet, frame),
            url=link(article.url),
            published=frame.moment(article.published),
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
    known: tuple[str, ...]
    """Who says so and for which day, as far as the text says it."""

    @classmethod
    def of(cls, statement: Statement, frame: Frame, quote: int = _SHORT_QUOTE) -> Row:
        figure = statement.figure
        attribution = one_line(said_by(figure) or figure.attribution or "", 120)
        as_of = frame.day(figure.as_of) if figure.as_of else ""
        return cls(
            value=value_words(figure, frame),
            claim=headline_of(figure),
            source=Source.of(statement.article, frame),
            attribution=attribution,
            as_of=as_of,
            quote=quoted(figure.quote, figure.surface, limit=quote),
            known=tuple(one for one in (attribution, as_of and frame.say("as of: {day}", day=as_of)) if one),
        )


def rows_against(news: FigureNews, frame: Frame) -> tuple[Row, ...]:
    """What a figure is held against; without the sentence where it is the figure's own."""
    sentence = news.statement.figure.quote
    rows = ((one.figure.quote, Row.of(one, frame)) for one in news.against[:_AGAINST])
    return tuple(replace(row, quote=None) if quote == sentence else row for quote, row in rows)


@dataclass(frozen=True)
class Earlier:
    """What was told before and may concern the same, in a line."""

    claim: str
    when: str
    outlet: str
    url: str | None

    @classmethod
    def of(cls, statement: Statement, frame: Frame) -> Earlier:
        return cls(
            claim=headline_of(statement.figure),
            when=frame.day(statement.article.published.astimezone(frame.zone).date()),
            outlet=outlet_name(statement.article.outlet, frame),
            url=link(statement.article.url),
        )


@dataclass(frozen=True)
class FigureView:
    """A figure's news with everything that vouches for it."""

    id: str
    kind: AlertKind
    tag: str
    claim: str
    whole: bool
    """Whether the claim is its whole sentence: quoted as the heading, it is not quoted again below."""
    was: str
    followed: str
    row: Row
    title_of_against: str
    against: tuple[Row, ...]
    before: tuple[Earlier, ...]

    @classmethod
    def of(cls, news: FigureNews, frame: Frame) -> FigureView:
        row = Row.of(news.statement, frame, _LONG_QUOTE)
        kind = ALERT_KINDS[news.verdict]
        # Of what is new no move is claimed, whatever it was compared with.
        against = () if news.verdict is VerdictKind.NEW else news.against[:_AGAINST]
        shown = {news.statement.figure_id, *(one.figure_id for one in against)}
        before = {one.figure_id: one for one in (*news.against, *news.before) if one.figure_id not in shown}
        claim = headline_of(news.statement.figure)
        return cls(
            id=news.statement.figure_id,
            kind=kind,
            tag=frame.say(TAGS[kind]),
            claim=claim,
            whole=claim.rstrip(".") == one_line(news.statement.figure.quote, CLAIM).rstrip("."),
            was=_beside(news, frame),
            followed=one_line(news.followed or "", 80),
            row=row,
            title_of_against=frame.say(_OPPOSED if kind is AlertKind.CONTRADICTION else _EARLIER),
            against=rows_against(news, frame) if against else (),
            before=tuple(Earlier.of(statement, frame) for statement in [*before.values()][:_BEFORE]),
        )


@dataclass(frozen=True)
class Line:
    """A figure's news, or all the steps of one figure, in a line; ``id`` is that of the last."""

    id: str
    text: str
    detail: str

    @classmethod
    def of(cls, course: Course, frame: Frame) -> Line:
        last = course[-1]
        called = [one_line(last.followed, 80)] if last.followed else []
        row = Row.of(last.statement, frame)
        return cls(
            id=last.statement.figure_id, text=course_words(course, frame), detail=" · ".join([*called, *row.known])
        )


@dataclass(frozen=True)
class Item(Generic[View]):
    """An article with the figures it states, the worthiest first.

    Figures of one sentence stand together, the first of them with the sentence, in which all of them are marked.
    """

    source: Source
    figures: tuple[tuple[View, Quote | None], ...]


def items_in_full(news: Iterable[FigureNews], frame: Frame) -> list[Item[FigureView]]:
    """The news, which comes in order of worth, by article."""
    return [
        Item(source, tuple((FigureView.of(course[-1], frame), quote) for course, quote in found))
        for source, found in _by_article([(one,) for one in news], frame, _LONG_QUOTE)
    ]


def items_in_lines(told: Iterable[Course], frame: Frame) -> list[Item[Line]]:
    """The same in short; a course stands with the article that states its last step."""
    return [
        Item(source, tuple((Line.of(course, frame), quote) for course, quote in found))
        for source, found in _by_article(told, frame, _SHORT_QUOTE)
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
    told: Iterable[Course], frame: Frame, limit: int
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
                alike.setdefault(course_words(one, frame), one)
            shown += [(one, None if place else quote) for place, one in enumerate(alike.values())]
        found.append((Source.of(shown[0][0][-1].statement.article, frame), shown))
    return found


@dataclass(frozen=True)
class StoryView:
    """A story with its reports."""

    id: str
    thread: str | None
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
    def of(cls, story: StoryNews, frame: Frame, reports: int = _REPORTS) -> StoryView:
        lead = story.lead_article or (story.reports[0] if story.reports else None)
        return cls(
            id=story.id,
            thread=story.thread,
            headline=one_line(story.headline, 200) or frame.say("untitled"),
            url=link(lead.url) if lead else None,
            lead=one_line(story.lead, 400),
            lead_source=Source.of(lead, frame) if lead else None,
            outlets=outlet_names(story.outlets, 6, frame),
            counts=report_counts(story, frame),
            first_seen=frame.moment(story.first_seen),
            reports=tuple(Source.of(article, frame) for article in story.reports[:reports]),
            more=max(len(story.reports) - reports, 0) + story.more,
        )


def beside_figures(story: StoryNews, told: Iterable[FigureNews], frame: Frame, reports: int) -> StoryView:
    """A story below figures of its articles: neither a sentence nor an article that is shown with them comes again."""
    shown = [one.statement for one in told]
    articles = {one.article.id for one in shown}
    others = tuple(article for article in story.reports if article.id not in articles)
    full = StoryView.of(story, frame, reports)
    quoted_above = any(one_line(one.figure.quote, 400) == full.lead for one in shown)
    if full.lead and story.lead_article and not quoted_above:
        # It is named with the sentence.
        others = tuple(article for article in others if article.id != story.lead_article.id)
    view = StoryView.of(story.model_copy(update={"reports": others}), frame, reports)
    return replace(
        full,
        lead="" if quoted_above else full.lead,
        reports=view.reports,
        more=view.more,
        told_above=len(others) < len(story.reports),
    )


def outlet_name(outlet: str, frame: Frame = ENGLISH) -> str:
    return one_line(outlet, 40) or frame.say("an unnamed outlet")


def outlet_names(outlets: tuple[str, ...], limit: int, frame: Frame = ENGLISH) -> str:
    """ "Nordwire, Daily Ledger and 3 more"."""
    names, beyond = ", ".join(outlet_name(outlet, frame) for outlet in outlets[:limit]), len(outlets) - limit
    if beyond <= 0:
        return names
    return frame.counted("{outlets} and {n} more", "{outlets} and {n} more", beyond, outlets=names)


def outlets_words(outlets: tuple[str, ...], frame: Frame) -> str:
    """The only outlet by name, several by number."""
    several = len(outlets)
    return outlet_name(outlets[0], frame) if several == 1 else frame.counted("{n} outlet", "{n} outlets", several)


def report_counts(story: StoryNews, frame: Frame = ENGLISH) -> str:
    """ "14 reports, 9 of them copies"."""
    return reports_words(len(story.reports) + story.more + story.copies, story.copies, frame)


def reports_words(total: int, copies: int, frame: Frame = ENGLISH) -> str:
    """ "14 reports, 9 of them copies"; of a single one whether it is a copy."""
    if total == copies:
        return frame.counted("{n} copy", "{n} copies", total)
    return with_copies(frame.counted("{n} report", "{n} reports", total), copies, frame)


def with_copies(reports: str, copies: int, frame: Frame) -> str:
    """A count of reports, with how many of them are copies: "14 reports, 9 of them copies"."""
    if not copies:
        return reports
    return frame.counted("{reports}, {n} of them a copy", "{reports}, {n} of them copies", copies, reports=reports)


def headline(news: FigureNews, limit: int = CLAIM + 60, *, credit: bool = False, frame: Frame = ENGLISH) -> str:
    """What a figure's news comes to, in its own words: "[The boats] saved 58 people (was at least 41)".

    ``credit`` adds who says so, where the wording does not: "… (the mayor; was at least 41)".
    """
    figure = news.statement.figure
    speaker = said_by(figure) if credit else ""
    beside = [speaker] if speaker else []
    was = ""
    if news.verdict is VerdictKind.CONTRADICTION and news.against:
        rival = news.against[0]
        value = value_in_short(rival.figure, frame)
        beside.append(frame.say("{who}: {value}", who=_who(rival, frame), value=value))
    elif news.from_value is not None:
        was = _was(news, frame)
    room = limit - len(f" ({'; '.join([*beside, was])})") if beside or was else limit
    claim = headline_of(figure, min(CLAIM, max(room, _LEAST_CLAIM)))
    moved = news.verdict is VerdictKind.CHANGED and news.from_value is not None
    if was and not (moved and says_value(claim, news.from_value)):
        beside.append(was)
    return f"{claim} ({'; '.join(beside)})" if beside else claim


def course_words(course: Course, frame: Frame, limit: int = CLAIM + 60) -> str:
    """`headline` of a course, its steps in one: "From 4 to 14 in 3 steps: 14 people were killed by the flood"."""
    first, last = course[0], course[-1]
    if moves(course) < 2:
        return headline(last, limit, frame=frame)
    of_first = first.from_value is not None
    began = _before(first, frame) if of_first else value_in_short(first.statement.figure, frame)
    return steps_words(last.statement, began, moves(course), frame)


def steps_words(last: Statement, began: str, steps: int, frame: Frame) -> str:
    """The end of several steps, with the value they began at."""
    values = {"began": began, "now": value_in_short(last.figure, frame), "claim": headline_of(last.figure)}
    return in_steps(steps, frame, **values)


def in_steps(steps: int, frame: Frame, **values: str) -> str:
    """ "From 4 to 14 in 3 steps: 14 people were killed by the flood"."""
    return frame.counted(
        "From {began} to {now} in {n} step: {claim}", "From {began} to {now} in {n} steps: {claim}", steps, **values
    )


def says_value(claim: str, value: Value | None) -> bool:
    """Whether a claim names a value in digits itself: "1,622 have returned, up from 1,605"."""
    if value is None or isinstance(value, tuple):
        return False
    return re.search(rf"(?<![\w.,]){re.escape(amount(value))}(?![\w,.]*\d)", claim) is not None


def _who(statement: Statement, frame: Frame) -> str:
    """Who says so: the source that the text names, or else the outlet."""
    return one_line(statement.figure.attribution or "", 40) or outlet_name(statement.article.outlet, frame)


def _was(news: FigureNews, frame: Frame) -> str:
    return was_words(_before(news, frame), frame, corrected=news.verdict is VerdictKind.CORRECTION)


def was_words(value: str, frame: Frame, *, corrected: bool = False) -> str:
    """ "was 41", "corrected from 41"."""
    if corrected:
        return frame.say("corrected from {value}", value=value)
    return frame.say("was {value}", value=value)


def _before(news: FigureNews, frame: Frame) -> str:
    """The value that was replaced as it was stated, if the news says by whom."""
    assert news.from_value is not None
    before = replaced(news)
    if before is not None:
        return value_in_short(before.figure, frame)
    return amount(news.from_value, news.statement.figure.unit, frame)


def replaced(news: FigureNews) -> Statement | None:
    """The statement of the value that this news says was replaced, if the news holds it."""
    return next((one for one in news.against if value_of(one.figure) == news.from_value), None)


def _beside(news: FigureNews, frame: Frame) -> str:
    """The line beneath a claim: what it was, or what stands against it; empty where it is just new."""
    if news.verdict is VerdictKind.CONTRADICTION and news.against:
        rival = news.against[0]
        who = dict.fromkeys((_who(rival, frame), outlet_name(rival.article.outlet, frame)))
        return frame.say("against {value} ({who})", value=value_words(rival.figure, frame), who=", ".join(who))
    if news.from_value is None:
        return ""
    was = _was(news, frame)
    return frame.say("{was}, first stated {day}", was=was, day=frame.moment(news.since)) if news.since else was


def values_words(values: tuple[Value, ...], unit: str | None, frame: Frame) -> str:
    """ "1,366 → 1,480 → 1,605"."""
    return " → ".join(amount(value, unit, frame) for value in values)
