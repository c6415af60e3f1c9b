"""A brief in words: for each figure who states it, what else is said, and what was."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from pipeline.tell.pages import link
from pipeline.tell.views import Source, StoryView, outlet_name, outlet_names, reports_words, says_value
from pipeline.tell.words import amount, count, listed, moment, one_line, value_of
from schemas.alert import Alert, BriefLine, DevelopmentNews, FigureNews
from schemas.brief import BriefFigure, BriefValue

_NAMED = 4
"""Outlets that are named; of more, how many others there are is said."""
_SHOWN = 3
"""Values of the past that are shown."""
_LEAST = 48
"""Characters of a headline that stay, however long what stands around it is."""


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

    @classmethod
    def summed_up(cls, line: BriefLine) -> BriefRow:
        """The row with what was in its line: from the first value to the last."""
        return replace(cls.of(line), claim=first_to_last(line.figure), before="")


@dataclass(frozen=True)
class DevelopmentPart:
    """A development in a summary: what holds now, one line a figure from first to last."""

    headline: str
    url: str | None
    counts: str
    since: str
    rows: tuple[BriefRow, ...]
    more: int

    @classmethod
    def of(cls, news: DevelopmentNews, zone: ZoneInfo, figures: int) -> DevelopmentPart:
        """With so many ``figures``; the others are counted."""
        shown = news.figures[:figures]
        return cls(
            headline=one_line(news.headline, 200) or "untitled",
            url=link(news.lead_article.url) if news.lead_article else None,
            counts=_counts(news),
            since=moment(news.first_seen, zone),
            rows=tuple(map(BriefRow.summed_up, shown)),
            more=len(news.figures) - len(shown) + news.beyond,
        )


def by_importance(alerts: Iterable[Alert]) -> list[DevelopmentNews]:
    """The developments that the alerts of a summary are told under, those with the most important figures first."""
    found = [alert.development for alert in alerts if alert.thread is not None and alert.development is not None]
    return sorted(found, key=lambda news: (not news.figures, *(-line.figure.importance for line in news.figures[:1])))


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
            counts=_counts(news),
            since=moment(news.first_seen, zone),
            rows=tuple(rows[:figures]),
            latest=tuple(latest),
            more=news.more,
        )


def _counts(news: DevelopmentNews) -> str:
    return f"{reports_words(news.reports + news.copies, news.copies)} · {outlet_names(news.outlets, 4)}"


def _says(told: FigureNews, figure: BriefFigure) -> bool:
    """Whether a figure that a mail tells is the one of a brief, in its own words or another report's."""
    said = told.statement
    if (said.article.id, said.figure.quote) == (figure.article, figure.quote):
        return True
    return said.article.id in figure.articles and value_of(said.figure) == value_of(figure)


def first_to_last(figure: BriefFigure, credit: str = "", limit: int = 200) -> str:
    """A figure with the first of the values it replaced: "From 4 to 14 in 2 steps: 14 people were killed".

    ``credit`` says who says so: "14 people were killed (the police; was 4)".
    """
    beside = [credit] if credit else []
    steps = ""
    if figure.before:
        first = value_of(figure.before[-1])
        began = amount(first, figure.unit)
        if len(figure.before) > 1:
            now, moves = amount(value_of(figure), figure.unit), count(len(figure.before), "step")
            steps = f"From {began} to {now} in {moves}: "
        elif not says_value(figure.headline, first):
            beside.append(f"was {began}")
    behind = f" ({'; '.join(beside)})" if beside else ""
    return steps + one_line(figure.headline, max(limit - len(steps) - len(behind), _LEAST)) + behind


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
    if len(figure.outlets) > figure.witnesses:
        texts = "one text" if figure.witnesses == 1 else f"{figure.witnesses} texts"
        return f"{len(figure.outlets)} outlets with {texts} between them: {outlets}{spoken}"
    if figure.witnesses == 1:
        return f"one outlet so far: {outlets}{spoken}"
    return f"{figure.witnesses} outlets: {outlets}{spoken}"


def _said(one: BriefValue, unit: str | None) -> str:
    return f"{amount(value_of(one), unit)} ({one.speaker or _outlets(one.outlets)})"


def _outlets(outlets: tuple[str, ...]) -> str:
    if len(outlets) <= _NAMED:
        return listed(list(outlets))
    return listed([*outlets[: _NAMED - 1], f"{len(outlets) - _NAMED + 1} others"])
