"""A brief in words: for each figure who states it, what else is said, and what was."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from pipeline.tell.pages import link
from pipeline.tell.views import Source, StoryView, outlet_name, outlet_names, reports_words
from pipeline.tell.words import amount, listed, moment, one_line, value_of
from schemas.alert import BriefLine, DevelopmentNews, FigureNews
from schemas.brief import BriefFigure, BriefValue

_NAMED = 4
"""Outlets that are named; of more, how many others there are is said."""
_SHOWN = 3
"""Values of the past that are shown."""


@dataclass(frozen=True)
class BriefRow:
    """A figure of a brief: what holds, who states it, what else is said of it and what was."""

    claim: str
    url: str | None
    outlet: str
    states: str
    otherwise: tuple[str, ...]
    before: str

    @classmethod
    def of(cls, line: BriefLine) -> BriefRow:
        figure = line.figure
        return cls(
            claim=one_line(figure.headline, 200),
            url=link(line.source.url),
            outlet=outlet_name(line.source.outlet),
            states=_source(figure),
            otherwise=_otherwise(figure),
            before=_before(figure),
        )


@dataclass(frozen=True)
class DevelopmentView:
    """What else holds of the development that a mail tells of, and what else was reported since the last one."""

    headline: str
    counts: str
    since: str
    rows: tuple[BriefRow, ...]
    latest: tuple[Source, ...]
    more: int

    @classmethod
    def of(
        cls,
        news: DevelopmentNews,
        told: Sequence[FigureNews],
        stories: Iterable[StoryView],
        zone: ZoneInfo,
        figures: int,
    ) -> DevelopmentView:
        """Without what the mail says above: the figures ``told`` and their articles, and the reports of ``stories``."""
        above = list(stories)
        rows = [BriefRow.of(line) for line in news.figures if not any(_says(one, line.figure) for one in told)]
        shown = {link(one.statement.article.url) for one in told}
        shown |= {report.url for story in above for report in (*story.reports, story.lead_source) if report}
        latest = [Source.of(report, zone) for report in news.latest if link(report.url) not in shown]
        return cls(
            # Of what begins with this mail the headline stands above.
            headline="" if above else one_line(news.headline, 200),
            counts=f"{reports_words(news.reports + news.copies, news.copies)} · {outlet_names(news.outlets, 4)}",
            since=moment(news.first_seen, zone),
            rows=tuple(rows[:figures]),
            latest=tuple(latest),
            more=news.more,
        )


def _says(told: FigureNews, figure: BriefFigure) -> bool:
    """Whether a figure that a mail tells is the one of a brief, in its own words or another report's."""
    said = told.statement
    if (said.article.id, said.figure.quote) == (figure.article, figure.quote):
        return True
    return said.article.id in figure.articles and value_of(said.figure) == value_of(figure)


def figure_lines(figure: BriefFigure) -> list[str]:
    """What stands below a figure's headline: who says it, who says otherwise, what it was before."""
    lines = [_source(figure), *_otherwise(figure)]
    return [*lines, before] if (before := _before(figure)) else lines


def rivals_of(figure: BriefFigure) -> list[str]:
    """What is stated beside a figure and can't hold with it, and who says so."""
    return [_said(one, figure.unit) for one in figure.rivals]


def before_of(figure: BriefFigure) -> str:
    """The values that a figure replaced, oldest first: "2 (Nordwire), then 3 (Nordwire)"; empty where there is none."""
    return ", then ".join(_said(one, figure.unit) for one in reversed(figure.before[:_SHOWN]))


def _otherwise(figure: BriefFigure) -> tuple[str, ...]:
    return tuple(f"otherwise: {rival}" for rival in rivals_of(figure))


def _before(figure: BriefFigure) -> str:
    said = before_of(figure)
    return f"before: {said}" if said else ""


def _source(figure: BriefFigure) -> str:
    outlets = _outlets(figure.outlets)
    spoken = f", citing {figure.speaker}" if figure.speaker else ""
    if figure.witnesses == 1:
        return f"one outlet so far: {outlets}{spoken}"
    return f"{figure.witnesses} outlets: {outlets}{spoken}"


def _said(one: BriefValue, unit: str | None) -> str:
    return f"{amount(value_of(one), unit)} ({one.speaker or _outlets(one.outlets)})"


def _outlets(outlets: tuple[str, ...]) -> str:
    if len(outlets) <= _NAMED:
        return listed(list(outlets))
    return listed([*outlets[: _NAMED - 1], f"{len(outlets) - _NAMED + 1} others"])
