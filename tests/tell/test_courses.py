"""Which figures are steps of one, and which only stand beside each other."""

from __future__ import annotations

from datetime import timedelta

from pipeline.tell.courses import courses, moves, worth
from schemas.alert import FigureNews, Statement
from schemas.figure import VerdictKind
from tests.tell.examples import NOW, news, statement


def told(value: float, hours: float) -> Statement:
    return statement(value, f"Outlet {value:g}", published=NOW + timedelta(hours=hours))


def changed(
    value: float, hours: float, before: float, *, series: str = "series-rescued", worth: float = 1.0
) -> FigureNews:
    return news(VerdictKind.CHANGED, series=series, of=told(value, hours), from_value=before, worth=worth)


def values(*some: FigureNews) -> list[list[float | None]]:
    return [[one.statement.figure.value for one in course] for course in courses(some)]


def test_what_moved_from_what_was_told_is_one_course_in_whichever_order_it_comes() -> None:
    first, second, third = news(of=told(4, 0)), changed(9, 1, 4), changed(14, 2, 9)
    assert values(third, first, second) == [[4, 9, 14]]
    (course,) = courses([third, first, second])
    assert moves(course) == 2


def test_a_move_from_before_the_period_counts() -> None:
    (course,) = courses([changed(9, 1, 4, worth=0.2), changed(14, 2, 9, worth=0.7)])
    assert moves(course) == 2
    assert worth(course) == 0.7


def test_no_move_is_made_of_numbers_that_only_stand_in_one_series() -> None:
    assert values(news(of=told(4, 0)), news(of=told(14, 1))) == [[4], [14]]
    assert values(news(of=told(4, 0)), changed(14, 1, 8)) == [[4], [14]]


def test_a_move_from_a_figure_of_another_series_is_found_by_the_figure() -> None:
    first = news(series="series-a", of=told(4, 0))
    second = changed(9, 1, 4, series="series-b")
    assert values(first, second) == [[4], [9]]
    assert values(first, second.model_copy(update={"against": (first.statement,)})) == [[4, 9]]


def test_a_number_in_another_unit_is_no_step() -> None:
    metres = news(VerdictKind.CHANGED, of=statement(9, "Metres", unit="metres"), from_value=4)
    assert values(news(of=told(4, -9)), metres) == [[4], [9]]


def test_a_contradiction_is_no_step() -> None:
    rival = news(VerdictKind.CONTRADICTION, of=told(9, 1), against=(told(4, 0),))
    assert values(news(of=told(4, 0)), rival, changed(14, 2, 9)) == [[4], [9], [14]]
