"""The period a number covers, resolved against the day of its article (Wednesday, 4 March 2026)."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.figures.following.windows import days_of, differ, windows

DAY = date(2026, 3, 4)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("608 people landed on Tuesday.", "2026-03-03"),
        ("That compares with 93 the day before.", "2026-03-03"),
        ("Eight returned in the past 24 hours.", "1d:2026-03-04"),
        ("There were 1,410 cases in the week to 1 March.", "7d:2026-03-01"),
        ("May's rate was 3.1 percent.", "2026-05"),
        ("It earned $118m in the second quarter of 2025.", "2025-Q2"),
        ("A slide killed 31 miners in 1977.", "1977"),
        ("Since February 2022 some 19,500 were deported.", "total"),
        ("Two more deaths brought the total to 63.", "total"),
        ("Prices rose in December.", "2025-12"),
    ],
)
def test_a_phrase_names_a_window(sentence: str, expected: str) -> None:
    assert [found.window for found in windows(sentence, DAY)] == [expected]


@pytest.mark.parametrize("sentence", ["The army may attack.", "He will march on.", "They had 2,019 goats."])
def test_words_that_only_look_like_months_and_years_name_none(sentence: str) -> None:
    assert windows(sentence, DAY) == []


def test_the_day_someone_spoke_is_weak() -> None:
    (found,) = windows("The minister said on Tuesday that 58 people died.", DAY)
    assert found.weak


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2026-03-02", "2026-03-03"),
        ("2026-05", "2026-06"),
        ("2025", "2026"),
        ("2026-Q1", "2026-Q2"),
        ("7d:2026-04-05", "7d:2026-04-12"),
    ],
)
def test_other_periods_differ(one: str, other: str) -> None:
    assert differ(one, other)
    assert differ(other, one)


@pytest.mark.parametrize(
    ("one", "other"), [("total", "2026-03-02"), ("1d:2026-03-04", "1d:2026-03-04"), ("2026-03-04", "1d:2026-03-04")]
)
def test_a_running_total_and_overlapping_days_do_not_differ(one: str, other: str) -> None:
    assert not differ(one, other)


names = st.sampled_from(
    ["total", "2026", "2026-05", "2026-Q3", "2026-05-17", "7d:2026-05-17", "1d:2026-05-17", "nonsense"]
)


@given(names, names)
def test_differing_is_mutual_and_nothing_differs_from_itself(one: str, other: str) -> None:
    assert differ(one, other) == differ(other, one)
    assert not differ(one, one)


@given(st.text(max_size=12))
def test_no_text_breaks_a_window(text: str) -> None:
    days_of(text)
    windows(text, DAY)
