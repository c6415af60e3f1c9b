"""Figures that were told one upon the other: the steps by which one figure went from a value to another."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.tell.words import value_of
from schemas.alert import FigureNews
from schemas.figure import Value, VerdictKind

Course = tuple[FigureNews, ...]
"""One figure's news, oldest first; each but the first says what it moved from."""

_MOVES = (VerdictKind.CHANGED, VerdictKind.CORRECTION)


def courses(news: Iterable[FigureNews]) -> list[Course]:
    """The news as courses. What claims no move from another piece of it is a course of its own."""
    found: list[list[FigureNews]] = []
    by_figure: dict[str, list[FigureNews]] = {}
    by_value: dict[tuple[str, Value], list[FigureNews]] = {}
    told = sorted(news, key=lambda one: (one.statement.article.published, one.verdict is not VerdictKind.NEW))
    for one in told:
        course = _continued(one, by_figure, by_value)
        if course is None:
            course = []
            found.append(course)
        course.append(one)
        if one.verdict is not VerdictKind.CONTRADICTION:
            by_figure[one.statement.figure_id] = course
            by_value[one.series, value_of(one.statement.figure)] = course
    return [tuple(course) for course in found]


def _continued(
    one: FigureNews,
    by_figure: dict[str, list[FigureNews]],
    by_value: dict[tuple[str, Value], list[FigureNews]],
) -> list[FigureNews] | None:
    """The course whose value, in the same unit, this news says it moved from."""
    if one.verdict not in _MOVES or one.from_value is None:
        return None
    known = (by_figure[other.figure_id] for other in one.against if other.figure_id in by_figure)
    course = next(known, None) or by_value.get((one.series, one.from_value))
    same = course is not None and course[-1].statement.figure.unit == one.statement.figure.unit
    return course if same else None


def moves(course: Course) -> int:
    """How many moves a course tells."""
    return len(course) - (course[0].from_value is None)


def worth(course: Course) -> float:
    """That of the worthiest of its figures."""
    return max(one.worth for one in course)
