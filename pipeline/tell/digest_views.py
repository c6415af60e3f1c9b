"""What a digest shows, in words: developments with their figures, in the form in which templates get them."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pipeline.tell.charts import SPARK_SIZE, sparkline
from pipeline.tell.frame import Frame, message
from pipeline.tell.pages import link
from pipeline.tell.views import (
    Row,
    Source,
    headline,
    outlet_names,
    report_counts,
    rows_against,
    says_value,
    steps_words,
    values_words,
    was_words,
    with_copies,
)
from pipeline.tell.words import amount, headline_of, one_line, value_in_short
from schemas.alert import ArticleRef, DigestData, FigureNews, InlineImage, SeriesNews, Statement, StoryNews
from schemas.figure import VerdictKind

_TAGS = {
    VerdictKind.CHANGED: ("changed_figure", message("Changed")),
    VerdictKind.CORRECTION: ("correction", message("Corrected")),
    VerdictKind.CONTRADICTION: ("contradiction", message("Contradiction")),
}
_NEW = ("new_figure", message("New"))
_HISTORY = 12
_CURVES = 12
"""Changed figures that get a curve, the worthiest: each is a picture that travels with the mail."""


@dataclass(frozen=True)
class Bounds:
    """How much of each part is shown: developments with figures, figures of each, developments without any, and figures
    of no development. What is beyond is counted."""

    developments: int
    figures: int
    quiet: int
    others: int


@dataclass(frozen=True)
class Picture:
    """A picture and what it says; ``source`` is how the HTML calls it."""

    source: str
    alt: str
    width: int
    height: int


class Album:
    """The pictures of one digest, drawn once, named for a mail or written into a page."""

    def __init__(self, identity: str, *, inline: bool) -> None:
        self._identity, self._inline = identity, inline
        self._drawn: dict[str, InlineImage] = {}

    @property
    def images(self) -> tuple[InlineImage, ...]:
        return tuple(self._drawn.values())

    def add(self, name: str, draw: Callable[[], bytes], alt: str, size: tuple[int, int]) -> Picture:
        cid = f"{name}.{self._identity}"
        if cid not in self._drawn:
            self._drawn[cid] = InlineImage(cid=cid, png=draw(), alt=alt)
        image = self._drawn[cid]
        data = f"data:image/png;base64,{b64encode(image.png).decode('ascii')}"
        return Picture(data if self._inline else f"cid:{cid}", alt, *size)


@dataclass(frozen=True)
class Told:
    """A figure to tell, with the name of its curve, if it gets one."""

    news: SeriesNews | FigureNews
    curve: str = ""

    @property
    def statement(self) -> Statement:
        return self.news.current if isinstance(self.news, SeriesNews) else self.news.statement

    @property
    def rank(self) -> tuple[float, bool]:
        """The less, the earlier it is told: by worth, and of one worth what is just new last."""
        return (-self.news.worth, self.news.verdict is VerdictKind.NEW)


@dataclass(frozen=True)
class Arranged:
    """A digest's figures under their developments."""

    with_figures: tuple[tuple[StoryNews, tuple[Told, ...]], ...]
    quiet: tuple[StoryNews, ...]
    others: tuple[Told, ...]


def arranged(data: DigestData) -> Arranged:
    """Developments with figures, the one with the worthiest first; those without; and figures of none of them.

    Of each, changed figures come first, then contradictions, then new ones.
    """
    stories = {story.thread or story.id: story for story in data.stories}
    by_article = {report.id: name for name, story in stories.items() for report in _articles_of(story)}
    figures: dict[str, list[Told]] = {}
    others: list[Told] = []
    for told in _all_told(data):
        # A digest that was bound before there were developments names none.
        name = told.news.thread or by_article.get(told.statement.article.id, "")
        (figures.setdefault(name, []) if name in stories else others).append(told)
    order = sorted(figures, key=lambda name: min(told.rank for told in figures[name]))
    quiet = [story for name, story in stories.items() if name not in figures]
    return Arranged(
        with_figures=tuple((stories[name], tuple(figures[name])) for name in order),
        quiet=tuple(sorted(quiet, key=lambda story: (-len(story.reports) - story.more, -story.copies))),
        others=tuple(others),
    )


def _all_told(data: DigestData) -> list[Told]:
    changed = sorted(data.changed, key=lambda news: -news.worth)
    contradictions = sorted(data.contradictions, key=lambda news: -news.worth)
    new = sorted(data.new, key=lambda news: -news.worth)
    return [
        *(Told(news, f"series{n}" if n < _CURVES else "") for n, news in enumerate(changed)),
        *(Told(news) for news in contradictions),
        *(Told(news) for news in new),
    ]


def _articles_of(story: StoryNews) -> list[ArticleRef]:
    return [*story.reports, story.lead_article] if story.lead_article else [*story.reports]


@dataclass(frozen=True)
class FigureLine:
    """A figure in a line, its steps in one, and what vouches for it; ``kind`` is its class in the style sheet."""

    id: str
    kind: str
    tag: str
    headline: str
    followed: str
    row: Row
    against: tuple[Row, ...] = ()
    history: str = ""
    curve: Picture | None = None

    @classmethod
    def of(cls, told: Told, frame: Frame, album: Album) -> FigureLine:
        news = told.news
        kind, tag = _TAGS.get(news.verdict, _NEW)
        row, followed, id = Row.of(told.statement, frame), one_line(news.followed or "", 80), told.statement.figure_id
        if isinstance(news, FigureNews):
            return cls(id, kind, frame.say(tag), headline(news, frame=frame), followed, row, rows_against(news, frame))
        was = _was(news, frame)
        return cls(
            id=id,
            kind=kind,
            tag=frame.say(tag),
            headline=_course(news, was, frame),
            followed=followed,
            row=row,
            # The line itself says from what to what a single step went.
            history=_history(news, frame) if not was or len(news.history) > 2 else "",
            curve=_curve(news, told.curve, frame, album) if told.curve else None,
        )


def _was(news: SeriesNews, frame: Frame) -> str:
    """The value that a figure came from, as it was stated if that is known."""
    if news.from_value is None:
        return ""
    if news.began:
        return value_in_short(news.began.figure, frame)
    return amount(news.from_value, news.current.figure.unit, frame)


def _course(news: SeriesNews, was: str, frame: Frame) -> str:
    """ "From 4 to 14 in 3 steps: 14 people were killed", "58 people had been rescued (was 41)"."""
    claim = headline_of(news.current.figure)
    if not was:
        return claim
    if news.steps > 1:
        return steps_words(news.current, was, news.steps, frame)
    corrected = news.verdict is VerdictKind.CORRECTION
    if not corrected and says_value(claim, news.from_value):
        return claim
    return f"{claim} ({was_words(was, frame, corrected=corrected)})"


def _history(news: SeriesNews, frame: Frame) -> str:
    values = tuple(value for _, value in news.history[-_HISTORY:])
    return values_words(values, news.current.figure.unit, frame) if len(values) > 1 else ""


def _curve(news: SeriesNews, name: str, frame: Frame, album: Album) -> Picture | None:
    recent, words = news.history[-_HISTORY:], _history(news, frame)
    # A correction holds from the same moment on as what it corrects: there is no time to draw.
    if not words or recent[0][0] == recent[-1][0]:
        return None
    first, last = frame.short_moment(recent[0][0]), frame.short_moment(recent[-1][0])
    alt = frame.say("{values}, {first} to {last}", values=words, first=first, last=last)
    return album.add(name, lambda: sparkline(recent), alt, SPARK_SIZE)


@dataclass(frozen=True)
class DigestDevelopment:
    """A development as a digest tells it; ``more`` says how many figures are beyond those shown."""

    thread: str | None
    headline: str
    url: str | None
    counts: str
    outlets: str
    since: str
    lead: str
    lead_source: Source | None
    figures: tuple[FigureLine, ...]
    more: str

    @classmethod
    def of(
        cls, story: StoryNews, told: Sequence[Told], data: DigestData, frame: Frame, album: Album, figures: int
    ) -> DigestDevelopment:
        article = story.lead_article or (story.reports[0] if story.reports else None)
        shown = told[:figures]
        lead = one_line(story.lead, 400) if _began(story, data) else ""
        if any(lead == one_line(one.statement.figure.quote, 400) for one in shown):
            lead = ""
        return cls(
            thread=story.thread,
            headline=one_line(story.headline, 200) or frame.say("untitled"),
            url=link(article.url) if article else None,
            counts=_counts(story, data, frame),
            outlets=outlet_names(story.outlets, 6, frame),
            since=_since(story.first_seen, data.end, frame),
            lead=lead,
            lead_source=Source.of(article, frame) if article else None,
            figures=lines(shown, frame, album),
            more=more_figures(len(told) - len(shown), frame),
        )


def more_figures(beyond: int, frame: Frame) -> str:
    """ "and 3 more figures"; empty where nothing is beyond what is shown."""
    return frame.counted("and {n} more figure", "and {n} more figures", beyond) if beyond > 0 else ""


def more_developments(beyond: int, frame: Frame) -> str:
    """ "and 3 more developments"; empty where nothing is beyond what is shown."""
    return frame.counted("and {n} more development", "and {n} more developments", beyond) if beyond > 0 else ""


def lines(told: Sequence[Told], frame: Frame, album: Album) -> tuple[FigureLine, ...]:
    """Figures in lines; of those that follow each other from one sentence only the first has it."""
    found: list[FigureLine] = []
    before: tuple[str, str] | None = None
    for one in told:
        line, said = FigureLine.of(one, frame, album), one.statement
        sentence = (said.article.id, said.figure.quote)
        if sentence == before and not line.against:
            line = replace(line, row=replace(line.row, quote=None))
        found.append(line)
        before = sentence
    return tuple(found)


def _began(story: StoryNews, data: DigestData) -> bool:
    return story.first_seen >= data.start


def _counts(story: StoryNews, data: DigestData, frame: Frame) -> str:
    """ "3 new reports, 2 of them copies, after 5 earlier"."""
    if _began(story, data):
        return frame.say("New development: {reports}", reports=report_counts(story, frame))
    if not story.earlier:
        return report_counts(story, frame)
    reports, copies = len(story.reports) + story.more, story.copies
    if not reports:
        words = frame.counted("{n} new copy", "{n} new copies", copies)
        return frame.counted(
            "{copies}, after {n} earlier report", "{copies}, after {n} earlier reports", story.earlier, copies=words
        )
    words = with_copies(frame.counted("{n} new report", "{n} new reports", reports + copies), copies, frame)
    return frame.counted("{reports}, after {n} earlier", "{reports}, after {n} earlier", story.earlier, reports=words)


def _since(first_seen: datetime, end: datetime, frame: Frame) -> str:
    """The day, with its year where that is another than the digest's."""
    began = first_seen.astimezone(frame.zone).date()
    this_year = began.year == end.astimezone(frame.zone).year
    return frame.weekday(began) if this_year else frame.day(began)
