"""Articles to follow, read by the real reading."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from pipeline.figures.following import Followed, Follower
from pipeline.figures.reading import read_figures
from schemas.figure import FigureInArticle, Verdict


def at(day: int, hour: int = 9) -> datetime:
    """A moment of March 2026; the 2nd is a Monday."""
    return datetime(2026, 3, day, hour, tzinfo=UTC)


def figures_in(
    text: str, published: datetime, *, outlet: str = "Wire", article: str | None = None, revision: int = 0
) -> list[FigureInArticle]:
    """The figures of an article whose id is made of its outlet and time, unless given."""
    name = article or f"{outlet}-{published:%d%H}"
    return [
        FigureInArticle(
            id=f"{name}/{revision}/{i}",
            article=name,
            revision=revision,
            outlet=outlet,
            published=published,
            figure=figure,
        )
        for i, figure in enumerate(read_figures(text, language="en", published=published).figures)
    ]


def tell(
    follower: Follower,
    text: str,
    published: datetime,
    *,
    outlet: str = "Wire",
    article: str | None = None,
    revision: int = 0,
    replaces: Sequence[str] = (),
) -> Followed:
    """Read and follow one article."""
    figures = figures_in(text, published, outlet=outlet, article=article, revision=revision)
    return follower.follow(figures, text=text, replaces=replaces)


def kinds(verdicts: Sequence[Verdict]) -> list[str]:
    """The kinds of verdicts, in order."""
    return [verdict.kind.value for verdict in verdicts]
