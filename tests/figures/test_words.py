"""Figures in words."""

from __future__ import annotations

import pytest

from pipeline.figures.words import label_of, label_words, number_words, value_words
from schemas.figure import Figure, Modifier, Scope

M = Modifier


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (1605, "1,605"),
        (2_700_000_000, "2.7 billion"),
        (1_234_567, "1,234,567"),
        (0.5, "0.5"),
        (4.25, "4.25"),
        (float("inf"), "any number"),
        (float("nan"), "none"),
    ],
)
def test_numbers_are_written_as_news_writes_them(number: float, words: str) -> None:
    assert number_words(number) == words


@pytest.mark.parametrize(
    ("value", "low", "high", "modifier", "unit", "words"),
    [
        (19_500, None, None, M.AT_LEAST, None, "at least 19,500"),
        (None, 20, 30, M.RANGE, None, "20–30"),
        (None, 24, 99, M.VAGUE, None, "dozens"),
        (None, 20_000, 99_999, M.VAGUE, None, "tens of thousands"),
        (None, 1e6, 1e7, M.VAGUE, "USD", "millions of USD"),
        (2_700_000_000, None, None, M.EXACT, "USD", "$2.7 billion"),
        (39.8, None, None, M.NEARLY, "%", "nearly 39.8 %"),
        (2 / 3, None, None, M.ABOUT, None, "about two thirds"),
        (0.7, None, None, M.EXACT, None, "0.7"),
        (None, None, None, M.EXACT, None, "unknown"),
        (None, 8, None, M.EXACT, "km", "8 km"),
    ],
)
def test_values_carry_modifier_and_unit(
    value: float | None, low: float | None, high: float | None, modifier: Modifier, unit: str | None, words: str
) -> None:
    assert value_words(value, low, high, modifier, unit) == words


@pytest.mark.parametrize(
    ("counted", "action", "words"),
    [
        ("children", "returned", "children returned"),
        ("civilian deaths", "killed", "civilian deaths"),
        ("votes", "voted", "votes"),
        ("wounded people", "injured", "people injured"),
        ("dead miners", "killed", "miners killed"),
        ("dead or wounded miners", "killed", "dead or wounded miners"),
        ("dead miners", "identified", "dead miners identified"),
        (None, "killed", "number killed"),
    ],
)
def test_a_label_says_nothing_twice(counted: str | None, action: str, words: str) -> None:
    assert label_words(counted, action, None, Scope()) == words


def test_a_label_says_what_is_counted_what_happened_and_where() -> None:
    figure = Figure(
        span=(0, 5),
        surface="1,605",
        quote="1,605 children returned to Ordan",
        value=1605,
        counted="children",
        action="returned",
        scope=Scope(place="Ordan", window="since March"),
    )
    assert label_of(figure) == "children returned, Ordan, since March"
