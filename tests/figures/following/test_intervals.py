"""What a claim allows, and what follows from what."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.figures.following.intervals import Interval, allowed, entails, excludes, rounding
from schemas.figure import Claim, Modifier, VerdictKind

M = Modifier


def claim(value: float | tuple[float, float], modifier: Modifier = M.EXACT) -> Claim:
    number, low, high = (None, *value) if isinstance(value, tuple) else (value, None, None)
    interval = allowed(modifier, number, low, high)
    return Claim(
        figure="f",
        article="a",
        outlet="o",
        attribution=None,
        published=datetime(2026, 3, 1, tzinfo=UTC),
        as_of=date(2026, 3, 1),
        low=interval.low if math.isfinite(interval.low) else None,
        high=interval.high if math.isfinite(interval.high) else None,
        value=number,
        modifier=modifier,
        kind=VerdictKind.NEW,
    )


@pytest.mark.parametrize(
    ("value", "reach"), [(450, 5), (1_600, 50), (480_000, 5_000), (39.8, 0.05), (8_000, 400), (20, 1), (0, 0)]
)
def test_about_reaches_half_of_the_last_significant_digit_but_five_percent_at_most(value: float, reach: float) -> None:
    assert rounding(value) == pytest.approx(reach)


@pytest.mark.parametrize(
    ("known", "said"),
    [
        (claim(1_605), claim(1_605)),
        (claim(1_605), claim(1_600, M.MORE_THAN)),
        (claim(449), claim(450, M.NEARLY)),
        (claim(8_300), claim(8_000, M.ABOUT)),
        (claim(31), claim((24, 99), M.VAGUE)),
        (claim(25), claim((20, 30), M.RANGE)),
        (claim(58.3), claim(60, M.FEWER_THAN)),
        (claim(19_500, M.AT_LEAST), claim(19_500, M.MORE_THAN)),
        (claim(45, M.AT_LEAST), claim(41, M.AT_LEAST)),
        (claim((24, 99), M.VAGUE), claim((24, 99), M.VAGUE)),
    ],
)
def test_roundings_and_weaker_bounds_tell_nothing_new(known: Claim, said: Claim) -> None:
    assert entails(known, said)


@pytest.mark.parametrize(
    ("known", "said"),
    [
        (claim((24, 99), M.VAGUE), claim(31)),
        (claim(200, M.MORE_THAN), claim(214)),
        (claim(41, M.AT_LEAST), claim(45, M.AT_LEAST)),
        (claim(449), claim(455, M.NEARLY)),
        (claim(41), claim(58)),
    ],
)
def test_what_is_more_exact_or_stronger_is_news(known: Claim, said: Claim) -> None:
    assert not entails(known, said)


def test_bounds_that_can_both_hold_do_not_exclude_each_other() -> None:
    assert not excludes(claim(41, M.AT_LEAST), claim(58))
    assert excludes(claim(90, M.MORE_THAN), claim(14))
    assert excludes(claim(31), claim(5, M.UP_TO))


ends = st.floats(-1e9, 1e9) | st.sampled_from([-math.inf, math.inf])
interval = st.tuples(ends, ends).map(lambda pair: Interval(min(pair), max(pair)))
values = st.floats(0, 1e12, allow_nan=False)
modifiers = st.sampled_from([m for m in Modifier if m not in (M.RANGE, M.VAGUE)])


@given(interval, interval)
def test_meeting_is_mutual_and_follows_from_holding(one: Interval, other: Interval) -> None:
    assert one.meets(other) == other.meets(one)
    if one.holds(other):
        assert one.meets(other)


@given(interval, interval, interval)
def test_holding_passes_on(one: Interval, other: Interval, third: Interval) -> None:
    assert one.holds(one)
    gaps = [abs(a - b) for a in (one.low, other.low, third.low) for b in (other.low, third.low) if a != b]
    gaps += [abs(a - b) for a in (one.high, other.high, third.high) for b in (other.high, third.high) if a != b]
    if one.holds(other) and other.holds(third) and min(gaps, default=1) > 1e4:
        assert one.holds(third)


@given(modifiers, values)
def test_every_modifier_allows_the_value_it_stands_before(modifier: Modifier, value: float) -> None:
    assert allowed(modifier, value, None, None).holds(Interval(value, value))


@given(modifiers, modifiers, values, values)
def test_no_claim_both_follows_from_another_and_excludes_it(a: Modifier, b: Modifier, x: float, y: float) -> None:
    known, said = claim(x, a), claim(y, b)
    if entails(known, said):
        assert not excludes(known, said)
