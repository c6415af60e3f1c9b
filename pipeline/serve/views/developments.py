"""A development: what holds now, who says otherwise, what changed when; its stories, reports and history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING

from pipeline.serve.views.common import TAGS, DevelopmentLine, ReportLine, series_of
from pipeline.steps.known.threads import Development, closed
from pipeline.steps.showing.explain import joins_of, why_in_thread
from pipeline.tell.briefs import BriefRow, who_says
from pipeline.tell.views import outlet_name, reports_words
from pipeline.tell.words import amount, day, headline_of, one_line, value_of
from schemas.alert import BriefLine, DevelopmentNews
from schemas.article import Article
from schemas.brief import BriefFigure, BriefValue
from schemas.figure import VerdictKind
from schemas.story import MoveKind, Story, StoryMove

if TYPE_CHECKING:
    from pipeline.record import Transaction

STORIES, _REPORTS, _STEPS = 12, 8, 40
_CHANGES = 30
_READ = 20
_MOVES = (VerdictKind.CHANGED, VerdictKind.CONTRADICTION, VerdictKind.CORRECTION)


@dataclass(frozen=True)
class Stated:
    """One value with who states it."""

    value: str
    who: str
    as_of: str
    since: datetime | None
    article: str | None
    outlets: int

    @classmethod
    def of(cls, one: BriefValue, unit: str | None) -> Stated:
        return cls(
            value=amount(value_of(one), unit),
            who=one_line(who_says(one), 120),
            as_of=day(one.as_of) if one.as_of else "",
            since=one.since,
            article=one.articles[0] if one.articles else None,
            outlets=len(one.outlets),
        )


@dataclass(frozen=True)
class Holds:
    """A figure of the brief: what holds, beside it what can't hold with it, below it what was."""

    row: BriefRow
    now: Stated
    quote: str
    article: str
    credit: str
    sure: bool
    rivals: tuple[Stated, ...]
    before: tuple[Stated, ...]
    series: str | None

    @classmethod
    def of(cls, line: BriefLine, series: Mapping[str, str]) -> Holds:
        figure = line.figure
        return cls(
            row=BriefRow.of(line),
            now=Stated.of(figure, figure.unit),
            quote=one_line(figure.quote, 480),
            article=figure.article,
            credit=one_line(line.credit, 80),
            sure=figure.sure,
            rivals=tuple(Stated.of(one, figure.unit) for one in figure.rivals),
            before=tuple(Stated.of(one, figure.unit) for one in figure.before),
            series=series.get(figure.figure),
        )


@dataclass(frozen=True)
class Change:
    """That something came to be stated: a value that replaced another, or a story that began."""

    when: datetime
    tag: str
    words: str
    who: str
    link: str
    was: str = ""
    kind: str = ""


@dataclass(frozen=True)
class StoryPart:
    """A story of the development with its latest reports."""

    id: str
    headline: str
    counts: str
    first_seen: datetime
    last_seen: datetime
    why: str
    reports: tuple[ReportLine, ...]
    copies: Mapping[str, int]
    more: int


@dataclass(frozen=True)
class MoveLine:
    when: datetime
    article: str
    words: str
    reason: str


@dataclass(frozen=True)
class DevelopmentPage:
    line: DevelopmentLine
    topics: tuple[str, ...]
    first_seen: datetime
    lead: str
    holds: tuple[Holds, ...]
    beyond: int
    changes: tuple[Change, ...]
    stories: tuple[StoryPart, ...]
    more_stories: int
    closed: str
    history: tuple[MoveLine, ...]


def development_page(
    tx: Transaction, development: Development, news: DevelopmentNews, since: datetime | None, skip: int
) -> DevelopmentPage:
    """A development as it stands, with its brief; of many stories those from the ``skip``-th latest on."""
    series = series_of(tx, None, [line.figure.figure for line in news.figures])
    latest = sorted(development.stories, key=lambda story: (story.last_seen, story.id), reverse=True)
    shown = latest[skip : skip + STORIES]
    joins = joins_of(tx, [*latest[:STORIES], *shown])
    holds = tuple(Holds.of(line, series) for line in news.figures)
    return DevelopmentPage(
        line=DevelopmentLine.of(development, since),
        topics=development.topics,
        first_seen=development.first_seen,
        lead=one_line(development.face.lead, 400),
        holds=holds,
        beyond=news.beyond,
        changes=tuple(_changes(tx, news.figures, series, latest)),
        stories=tuple(
            _story(tx, story, why_in_thread(joins[story.id]) if story.id in joins else "") for story in shown
        ),
        more_stories=max(len(latest) - skip - len(shown), 0),
        closed=closed(development, joins) if latest[0].thread else "",
        history=tuple(_history(tx, shown)),
    )


def _changes(
    tx: Transaction, figures: Iterable[BriefLine], series: Mapping[str, str], stories: Sequence[Story]
) -> list[Change]:
    """What came to be stated and when, the latest first."""
    told = _told(tx, stories)
    known = {change.words for change in told}
    steps = [change for line in figures for change in _steps(line.figure, series.get(line.figure.figure))]
    begun = [
        Change(story.first_seen, "Begun", one_line(story.headline, 160) or "untitled", "a story", f"#{story.id}")
        for story in stories[:_CHANGES]
    ]
    found = [*told, *(step for step in steps if step.words not in known), *begun]
    return sorted(found, key=lambda change: change.when, reverse=True)[:_CHANGES]


def _told(tx: Transaction, stories: Iterable[Story]) -> list[Change]:
    """The moves that the latest reports told of, each against what was told before."""
    reports: list[Article] = []
    for story in stories:
        reports += tx.articles.of_story(story.id, latest=_READ, copies=False)
        if len(reports) >= _READ:
            break
    read = tx.figures.of_revisions({one.id: one.revision for one in reports[:_READ]})
    figures = {figure.id: figure for some in read.values() for figure in some}
    found = []
    for id, verdicts in tx.figures.verdicts_of_many(figures).items():
        moved = next((one for one in verdicts if one.telling is not None and one.telling.kind in _MOVES), None)
        if moved is not None and moved.telling is not None:
            figure, kind = figures[id].figure, moved.telling.kind
            before = moved.telling.from_value
            found.append(
                Change(
                    when=figures[id].published,
                    tag=TAGS[kind],
                    kind=kind.value,
                    words=headline_of(figure),
                    was=amount(before, figure.unit) if before is not None else "",
                    who=outlet_name(figures[id].outlet),
                    link=f"/figures/{moved.series}#{id}",
                )
            )
    return found


def _steps(figure: BriefFigure, series: str | None) -> list[Change]:
    """The steps of a figure that moved; what never did is no change."""
    values: list[BriefValue] = [*reversed(figure.before), figure]
    if len(values) < 2:
        return []
    link = f"/figures/{series}" if series else f"/articles/{figure.article}"
    return [
        Change(
            when=now.since,
            tag="Stated",
            words=one_line(figure.headline, 160) if now is figure else amount(value_of(now), figure.unit),
            was=amount(value_of(was), figure.unit),
            who=one_line(who_says(now), 120),
            link=link,
        )
        for was, now in pairwise(values)
        if now.since is not None
    ]


def _story(tx: Transaction, story: Story, why: str) -> StoryPart:
    reports = [ReportLine.of(article) for article in tx.looking.articles(_REPORTS, story=story.id)]
    total = len(story.articles) + len(story.copies)
    return StoryPart(
        id=story.id,
        headline=one_line(story.headline, 200) or "untitled",
        counts=reports_words(total, len(story.copies)),
        first_seen=story.first_seen,
        last_seen=story.last_seen,
        # Readers know threads as developments.
        why=one_line(why.replace("thread", "development"), 300),
        reports=tuple(reports),
        copies=tx.looking.copies(report.id for report in reports),
        more=max(total - len(reports), 0),
    )


def _history(tx: Transaction, stories: Iterable[Story]) -> list[MoveLine]:
    moves = {(when, move): None for story in stories for when, move in tx.looking.moves(story.id, _STEPS)}
    latest = sorted(moves, key=lambda found: (found[0], found[1].article), reverse=True)[:_STEPS]
    articles = tx.articles.get_many({move.article for _, move in latest})
    return [
        MoveLine(when, move.article, _moved(move, articles.get(move.article)), one_line(move.reason, 300))
        for when, move in latest
    ]


def _moved(move: StoryMove, article: Article | None) -> str:
    words = {
        MoveKind.JOIN: "came in",
        MoveKind.MOVE: "moved to a more similar story",
        MoveKind.SPLIT: "was split off",
        MoveKind.MERGE: "moved when its story was merged",
    }
    name = (
        f"“{one_line(article.reading.title, 100)}” ({outlet_name(article.reading.outlet)})" if article else "a report"
    )
    return f"{name} {words[move.kind]}"
