"""A brief in words: for each figure who states it, what else is said, and what was."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from pipeline.tell.frame import ENGLISH, Frame, message, messages
from pipeline.tell.pages import link
from pipeline.tell.views import (
    Source,
    StoryView,
    in_steps,
    outlet_name,
    outlet_names,
    reports_words,
    says_value,
    was_words,
)
from pipeline.tell.words import amount, one_line, value_of
from schemas.alert import Alert, BriefLine, DevelopmentNews, FigureNews
from schemas.brief import BriefFigure, BriefValue

_NAMED = 4
"""Outlets that are named; of more, how many others there are is said."""
_SHOWN = 3
"""Values of the past that are shown."""
_LONGEST = 400
"""Characters of who says so: a speaker is what a page says it is."""
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
    def of(cls, line: BriefLine, frame: Frame = ENGLISH) -> BriefRow:
        figure = line.figure
        return cls(
            claim=one_line(figure.headline, 200),
            url=link(line.source.url),
            outlet=outlet_name(line.source.outlet, frame),
            states=one_line(_source(figure, frame), _LONGEST),
            otherwise=tuple(one_line(one, _LONGEST) for one in _otherwise(figure, frame)),
            before=one_line(_before(figure, frame), _LONGEST),
        )

    @classmethod
    def summed_up(cls, line: BriefLine, frame: Frame) -> BriefRow:
        """The row with what was in its line: from the first value to the last."""
        return replace(cls.of(line, frame), claim=first_to_last(line.figure, frame=frame), before="")


@dataclass(frozen=True)
class DevelopmentPart:
    """A development in a summary: what holds now, one line a figure from first to last."""

    thread: str
    headline: str
    url: str | None
    counts: str
    since: str
    rows: tuple[BriefRow, ...]
    more: int

    @classmethod
    def of(cls, news: DevelopmentNews, frame: Frame, figures: int) -> DevelopmentPart:
        """With so many ``figures``; the others are counted."""
        told = _once(news.figures)
        shown = told[:figures]
        return cls(
            thread=news.thread,
            headline=one_line(news.headline, 200) or frame.say("untitled"),
            url=link(news.lead_article.url) if news.lead_article else None,
            counts=_counts(news, frame),
            since=frame.moment(news.first_seen),
            rows=tuple(BriefRow.summed_up(line, frame) for line in shown),
            more=len(told) - len(shown) + news.beyond,
        )


def by_importance(alerts: Iterable[Alert]) -> list[DevelopmentNews]:
    """The developments that the alerts of a summary are told under, those with the most important figures first."""
    found = [alert.development for alert in alerts if alert.thread is not None and alert.development is not None]
    return sorted(found, key=lambda news: (not news.figures, *(-line.figure.importance for line in news.figures[:1])))


@dataclass(frozen=True)
class DevelopmentView:
    """What else holds of the development that a mail tells of, and what else was reported since the last one."""

    thread: str
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
        frame: Frame,
        figures: int,
    ) -> DevelopmentView:
        """Without what the mail says above: the figures ``told`` and their articles, and the reports of ``stories``."""
        above = list(stories)
        rows = [
            BriefRow.of(line, frame) for line in _once(news.figures) if not any(_says(one, line.figure) for one in told)
        ]
        shown = {link(one.statement.article.url) for one in told}
        shown |= {report.url for story in above for report in (*story.reports, story.lead_source) if report}
        latest = [Source.of(report, frame) for report in news.latest if link(report.url) not in shown]
        return cls(
            thread=news.thread,
            # Of what begins with this mail the headline stands above.
            headline="" if above else one_line(news.headline, 200),
            counts=_counts(news, frame),
            since=frame.moment(news.first_seen),
            rows=tuple(rows[:figures]),
            latest=tuple(latest),
            more=news.more,
        )


def _once(lines: Sequence[BriefLine]) -> list[BriefLine]:
    """The lines without those in words that stand above: one sentence may hold several figures."""
    found: dict[str, BriefLine] = {}
    for line in lines:
        found.setdefault(line.figure.headline, line)
    return list(found.values())


def _counts(news: DevelopmentNews, frame: Frame) -> str:
    reports = reports_words(news.reports + news.copies, news.copies, frame)
    return f"{reports} · {outlet_names(news.outlets, 4, frame)}"


def _says(told: FigureNews, figure: BriefFigure) -> bool:
    """Whether a figure that a mail tells is the one of a brief, in its own words or another report's."""
    said = told.statement
    if (said.article.id, said.figure.quote) == (figure.article, figure.quote):
        return True
    return said.article.id in figure.articles and value_of(said.figure) == value_of(figure)


def first_to_last(figure: BriefFigure, credit: str = "", limit: int = 200, frame: Frame = ENGLISH) -> str:
    """A figure with the first of the values it replaced: "From 4 to 14 in 2 steps: 14 people were killed".

    ``credit`` says who says so: "14 people were killed (the police; was 4)".
    """
    beside = [credit] if credit else []
    steps = len(figure.before)
    began = amount(value_of(figure.before[-1]), figure.unit, frame) if steps else ""
    if steps == 1 and not says_value(figure.headline, value_of(figure.before[0])):
        beside.append(was_words(began, frame))
    behind = f" ({'; '.join(beside)})" if beside else ""
    values = {"began": began, "now": amount(value_of(figure), figure.unit, frame)}
    room = limit - len(behind) - (len(in_steps(steps, frame, **values, claim="")) if steps > 1 else 0)
    claim = one_line(figure.headline, max(room, _LEAST))
    return (in_steps(steps, frame, **values, claim=claim) if steps > 1 else claim) + behind


def figure_lines(figure: BriefFigure) -> list[str]:
    """What stands below a figure's headline: who says it, who says otherwise, what it was before. In English."""
    lines = [_source(figure, ENGLISH), *_otherwise(figure, ENGLISH)]
    return [*lines, before] if (before := _before(figure, ENGLISH)) else lines


def rivals_of(figure: BriefFigure, frame: Frame = ENGLISH) -> list[str]:
    """What is stated beside a figure and can't hold with it, and who says so."""
    return [_said(one, figure.unit, frame) for one in figure.rivals]


def before_of(figure: BriefFigure, frame: Frame = ENGLISH) -> str:
    """The values that a figure replaced, oldest first: "2 (Nordwire), then 3 (Nordwire)"; empty where there is none."""
    values = [_said(one, figure.unit, frame) for one in reversed(figure.before[:_SHOWN])]
    words = values[0] if values else ""
    for value in values[1:]:
        words = frame.say("{before}, then {value}", before=words, value=value)
    return words


def _otherwise(figure: BriefFigure, frame: Frame) -> tuple[str, ...]:
    return tuple(frame.say("otherwise: {rival}", rival=rival) for rival in rivals_of(figure, frame))


def _before(figure: BriefFigure, frame: Frame) -> str:
    said = before_of(figure, frame)
    return frame.say("before: {values}", values=said) if said else ""


_ONE, _ONE_CITING = message("one outlet so far: {outlets}"), message("one outlet so far: {outlets}, citing {speaker}")
_SEVERAL = messages("{n} outlet: {outlets}", "{n} outlets: {outlets}")
_SEVERAL_CITING = messages("{n} outlet: {outlets}, citing {speaker}", "{n} outlets: {outlets}, citing {speaker}")
_BETWEEN = messages("{count}, all with the same text: {outlets}", "{count}, with {n} different texts: {outlets}")
_BETWEEN_CITING = messages(
    "{count}, all with the same text: {outlets}, citing {speaker}",
    "{count}, with {n} different texts: {outlets}, citing {speaker}",
)
_ALL_CITING = messages("{n} outlet, citing {speaker}: {outlets}", "{n} outlets, all citing {speaker}: {outlets}")


def _source(figure: BriefFigure, frame: Frame) -> str:
    """Who states a figure: how many outlets, with how many texts between them, and whom they cite."""
    texts, speaker = figure.texts or figure.witnesses, figure.speaker
    values = {"outlets": _outlets(figure.outlets, frame), "speaker": speaker}
    if len(figure.outlets) > texts:
        outlets = frame.counted("{n} outlet", "{n} outlets", len(figure.outlets))
        return frame.counted(*(_BETWEEN_CITING if speaker else _BETWEEN), texts, count=outlets, **values)
    if texts == 1:
        return frame.say(_ONE_CITING if speaker else _ONE, **values)
    if figure.witnesses == 1:
        values["speaker"] = speaker or frame.say("one speaker")
        if texts == 2:
            return frame.say("2 outlets, both citing {speaker}: {outlets}", **values)
        return frame.counted(*_ALL_CITING, texts, **values)
    return frame.counted(*(_SEVERAL_CITING if speaker else _SEVERAL), texts, **values)


def _said(one: BriefValue, unit: str | None, frame: Frame) -> str:
    return f"{amount(value_of(one), unit, frame)} ({who_says(one, frame)})"


def who_says(one: BriefValue, frame: Frame = ENGLISH) -> str:
    """Who states a value: the speaker whom its best sentence names, or else the outlets."""
    return one.speaker or _outlets(one.outlets, frame)


def _outlets(outlets: tuple[str, ...], frame: Frame) -> str:
    if len(outlets) <= _NAMED:
        return frame.listed(list(outlets))
    named = list(outlets[: _NAMED - 1])
    beyond = len(outlets) - len(named)
    return frame.listed([*named, frame.counted("{n} other", "{n} others", beyond)])
