"""Briefs: what the reports of one story or thread say together, figure by figure."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from schemas.base import Model, Utc
from schemas.export import Row
from schemas.figure import FigureInArticle, Marks, Modifier


class Report(Model):
    """An article of a story as a brief needs it; ``worths`` and ``marks`` go with ``figures``, one for one."""

    id: str
    outlet: str
    published: Utc
    copy_of: str | None = Field(default=None, description="id of the article it repeats: no witness of its own")
    figures: tuple[FigureInArticle, ...] = ()
    marks: tuple[Marks, ...] = ()
    worths: tuple[float, ...] = Field(default=(), description="from 0 to 1, as telling judged each")


class BriefValue(Model):
    """A value that reports state, with who states it."""

    value: float | None = Field(default=None, description="the number stated; none for a range or a vague word")
    low: float | None = Field(default=None, description="lower end of a range, or of the values a vague word allows")
    high: float | None = Field(default=None, description="upper end of a range, or of the values a vague word allows")
    modifier: Modifier = Field(description="exact, at_least, about, vague … as in figures")
    figure: str = Field(description="id of the figure with the best sentence")
    articles: tuple[str, ...] = Field(description="ids of the articles that state it, also rounded; with copies")
    outlets: tuple[str, ...] = Field(description="names of their outlets")
    speaker: str | None = Field(default=None, description="the source, if the best sentence names it")
    as_of: date | None = Field(default=None, description="the day it holds for, if the best sentence gives it")
    since: Utc | None = Field(default=None, description="when the first of these articles was published")


class BriefFigure(BriefValue):
    """What holds of one thing counted: its value, how sure it is, what else is said of it and what was."""

    headline: str = Field(description="its wording in the best sentence")
    quote: str = Field(description="that sentence")
    article: str = Field(description="id of the article whose sentence it is")
    unit: str | None = Field(default=None, description="%, USD, km …, if it is measured")
    worth: float = Field(ge=0, le=1, description="how likely a desk wants to know it, by its best mention")
    importance: float = Field(
        default=0.0, description="its place in the brief, higher first: worth and how often it is stated, as log-odds"
    )
    texts: int | None = Field(
        default=None,
        description="outlets that state it, copies counted with what they repeat; none if an earlier version wrote it",
    )
    witnesses: int = Field(
        description="independent sources: each speaker counts once, however many outlets quote them, and so does each "
        "outlet that names no speaker"
    )
    sure: bool = Field(description="whether two witnesses state it, or one whose job is to count")
    rivals: tuple[BriefValue, ...] = Field(default=(), description="values that contradict it and are still stated")
    before: tuple[BriefValue, ...] = Field(default=(), description="values it replaced, latest first")


class Brief(Row):
    """What the reports of a story say together: its figures, those that matter most first."""

    id: str = Field(description="id of the story or the thread")
    topics: tuple[str, ...] = Field(default=(), description="topics that its articles are coverage of")
    headline: str = Field(description="the most central of its articles' titles")
    lead: str = Field(description="a sentence quoted from one of its articles")
    first_seen: Utc = Field(description="when its first article came in")
    last_seen: Utc = Field(description="when its last article came in")
    articles: tuple[str, ...] = Field(description="ids of all its articles, including copies")
    outlets: tuple[str, ...] = Field(description="outlets in order of arrival")
    figures: tuple[BriefFigure, ...] = Field(
        default=(),
        description="those that matter most first: value or low and high, headline, articles that state it, outlets, "
        "witnesses (independent speakers and outlets), sure (two of them, or an authority), rivals, before …",
    )
