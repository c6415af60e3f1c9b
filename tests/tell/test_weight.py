"""The figure that says most comes first."""

from __future__ import annotations

from typing import Any

from pipeline.tell.weight import weight
from schemas.figure import Figure, Scope, ScopeKind


def figure(value: float, **fields: Any) -> Figure:
    return Figure(span=(0, 1), surface="1", quote="1", value=value, **fields)


def test_what_was_done_to_whom_by_whose_word_goes_before_a_bare_count() -> None:
    told = figure(19500, counted="children", action="deported", attribution="the government")
    assert weight(told) > weight(figure(5, counted="children")) > weight(figure(17))


def test_many_go_before_few_of_the_same() -> None:
    assert weight(figure(1605, counted="children")) > weight(figure(8, counted="children"))


def test_a_span_of_time_comes_last() -> None:
    assert weight(figure(24, unit="hours")) < weight(figure(2, counted="boats"))
    assert weight(figure(3, counted="months", attribution="the mayor")) < weight(figure(2, counted="boats"))


def test_what_is_goes_before_what_is_expected() -> None:
    expected = figure(40, counted="people", scope=Scope(kind=ScopeKind.FORECAST))
    assert weight(figure(40, counted="people")) > weight(expected)


def test_ranges_and_endless_numbers_have_a_weight() -> None:
    assert weight(Figure(span=(0, 1), surface="1", quote="1", low=20, high=30)) > 0
    assert weight(figure(1e300)) < 10
