"""A choice among options, or none."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.figures.telling.choice import FURTHEST, Choice

FITTED = Choice(names=("near", "late"), mean=(0.0, 1.0), scale=(1.0, 2.0), weight=(2.0, 0.5), base=-1.0)
NUMBERS = st.floats(-1e9, 1e9)


def test_the_share_of_an_option_is_that_of_its_exponential() -> None:
    near, far = FITTED.probabilities([{"near": 1.0, "late": 1.0}, {"near": 0.0, "late": 3.0}])
    whole = 1 + math.exp(2.0 - 1.0) + math.exp(0.5 - 1.0)
    assert near == pytest.approx(math.exp(1.0) / whole)
    assert far == pytest.approx(math.exp(-0.5) / whole)


def test_of_two_options_as_good_neither_is_sure() -> None:
    good = {"near": 3.0, "late": 1.0}
    assert FITTED.probabilities([good])[0] > 0.95
    assert max(FITTED.probabilities([good, good])) < 0.5


def test_one_odd_value_counts_no_more_than_a_far_one() -> None:
    assert FITTED.probabilities([{"near": 1e12}]) == FITTED.probabilities([{"near": FURTHEST}])


def test_nothing_to_choose_from() -> None:
    assert FITTED.probabilities([]) == []


def test_what_is_written_is_read_again() -> None:
    assert Choice.from_json(FITTED.as_json()) == FITTED


@given(st.lists(st.dictionaries(st.sampled_from(["near", "late", "unknown"]), NUMBERS), max_size=6))
def test_probabilities_leave_something_for_none(options: list[dict[str, float]]) -> None:
    found = FITTED.probabilities(options)
    assert all(0.0 <= share <= 1.0 for share in found)
    assert math.fsum(found) <= 1.0 + 1e-9
