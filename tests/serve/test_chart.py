"""Charts: what is drawn where, by claims alone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from pipeline.serve.chart import OTHERS, SHAPES, Chart, chart_of, time_ticks, value_ticks
from schemas.figure import Claim, Modifier, VerdictKind

BEGIN = datetime(2026, 3, 1, 6, tzinfo=UTC)
KYIV = ZoneInfo("Europe/Kyiv")


def claim(value: float | None, hours: float = 0, **more: Any) -> Claim:
    given = {
        "figure": f"figure-{value}-{hours}",
        "article": "article-a",
        "outlet": "Nordwire",
        "attribution": None,
        "published": BEGIN + timedelta(hours=hours),
        "as_of": date(2026, 3, 1),
        "low": value,
        "high": value,
        "value": value,
        "modifier": Modifier.EXACT,
        "kind": VerdictKind.NEW,
    }
    return Claim(**given | more)


def drawn(*claims: Claim, current: str | None = None) -> Chart:
    chart = chart_of(claims, label="people killed", unit=None, current=current, zone=KYIV)
    assert chart is not None
    return chart


def test_nothing_that_can_be_drawn_is_no_chart() -> None:
    assert chart_of([], label="x", unit=None, current=None, zone=KYIV) is None
    assert chart_of([claim(None)], label="x", unit=None, current=None, zone=KYIV) is None
    assert chart_of([claim(float("inf"))], label="x", unit=None, current=None, zone=KYIV) is None


def test_the_line_steps_from_one_value_that_held_to_the_next() -> None:
    now = claim(58, 30, kind=VerdictKind.CHANGED)
    chart = drawn(claim(41), claim(20, 12, kind=VerdictKind.CONTRADICTION), now, current=now.figure)
    drawing = chart.drawings[0]
    first, against, last = drawing.marks
    assert drawing.line == f"M{first.x} {first.y}H{last.x}V{last.y}H{drawing.right}"
    assert (first.against, against.against, last.current) == (False, True, True)
    assert first.y > last.y, "more is higher"


def test_what_came_later_and_does_not_hold_is_no_step() -> None:
    now = claim(58, 10)
    chart = drawn(now, claim(41, 20, kind=VerdictKind.CHANGED), current=now.figure)
    assert "V" not in chart.drawings[0].line


def test_a_range_is_a_bar_and_a_bound_has_a_stem_to_its_open_side() -> None:
    some = claim(None, low=24, high=99, modifier=Modifier.VAGUE)
    least, most = claim(50, 1, modifier=Modifier.AT_LEAST), claim(60, 2, modifier=Modifier.UP_TO)
    vague, low, high = drawn(some, least, most).drawings[0].marks
    assert vague.bar is not None
    assert vague.bar[0] > vague.y > vague.bar[1]
    assert low.bar is high.bar is None
    assert low.stem is not None
    assert high.stem is not None
    assert low.stem < low.y
    assert high.stem > high.y
    assert low.words.startswith("at least 50: Nordwire, ")


def test_each_voice_has_a_look_of_its_own_and_the_quiet_ones_share_one() -> None:
    claims = [claim(n + 1, n, attribution=f"speaker {n % 9}") for n in range(30)]
    chart = drawn(*claims)
    assert len(chart.voices) == len(SHAPES)
    assert chart.voices[-1].name == OTHERS
    assert len({(voice.shape, voice.tone) for voice in chart.voices}) == len(SHAPES)
    assert sum(voice.claims for voice in chart.voices) == 30
    assert len(chart.drawings[0].marks) == 30


def test_it_says_in_words_what_it_shows() -> None:
    now = claim(58, 30, kind=VerdictKind.CHANGED, attribution="the mayor")
    words = drawn(claim(41), now, current=now.figure).description
    assert words == (
        "2 claims from Sun 1 Mar 2026, 08:00 to Mon 2 Mar 2026, 14:00, between 41 and 58, by Nordwire and the mayor. "
        "The current value is 58 (the mayor). The table below lists every claim."
    )


def test_round_numbers_stand_at_the_axis() -> None:
    assert value_ticks(41, 58, most=6) == [35.0, 40.0, 45.0, 50.0, 55.0, 60.0]
    assert value_ticks(3, 100, most=6)[0] == 0.0
    assert value_ticks(1240, 1622, most=6) == [1200.0, 1300.0, 1400.0, 1500.0, 1600.0, 1700.0]
    assert value_ticks(0.2, 0.25, most=6) == [0.18, 0.2, 0.22, 0.24, 0.26]


@given(
    st.floats(-1e15, 1e15, allow_nan=False).filter(lambda x: x == 0 or abs(x) > 1e-6),
    st.floats(0, 1e15, allow_nan=False).filter(lambda x: x == 0 or x > 1e-6),
)
def test_the_axis_holds_every_value(low: float, more: float) -> None:
    ticks = value_ticks(low, low + more, most=6)
    assert 2 <= len(ticks) <= 12
    assert ticks == sorted(set(ticks))
    assert ticks[0] <= low + 1e-9 * abs(low)
    assert ticks[-1] >= (low + more) - 1e-9 * abs(low + more)


def test_times_are_round_by_the_clock_of_the_zone() -> None:
    day = time_ticks(BEGIN, BEGIN + timedelta(hours=24), KYIV, most=6)
    assert [label for _, label in day] == ["1 Mar 12:00", "18:00", "2 Mar", "06:00"]
    month = time_ticks(BEGIN, BEGIN + timedelta(days=40), KYIV, most=6)
    assert [label for _, label in month] == ["8 Mar", "15 Mar", "22 Mar", "29 Mar", "5 Apr"]
    years = time_ticks(BEGIN, BEGIN + timedelta(days=1500), KYIV, most=6)
    assert all("20" in label for _, label in years)
    assert 2 <= len(years) <= 7


@given(st.integers(1, 10_000_000), st.integers(2, 9))
def test_there_are_never_more_times_than_fit(minutes: int, most: int) -> None:
    ticks = time_ticks(BEGIN, BEGIN + timedelta(minutes=minutes), KYIV, most=most)
    assert len(ticks) <= most + 1
    assert all(BEGIN <= at <= BEGIN + timedelta(minutes=minutes) for at, _ in ticks)


@given(
    st.lists(
        st.tuples(
            st.floats(-1e12, 1e12, allow_nan=False),
            st.integers(0, 5000),
            st.sampled_from(Modifier),
            st.sampled_from(VerdictKind),
        ),
        min_size=1,
        max_size=40,
    )
)
def test_every_mark_lies_within_its_drawing(some: list[tuple[float, int, Modifier, VerdictKind]]) -> None:
    claims = [
        claim(value, hours, modifier=modifier, kind=kind, figure=f"f{n}", low=value - 1, high=value + 1)
        for n, (value, hours, modifier, kind) in enumerate(some)
    ]
    for drawing in drawn(*claims).drawings:
        assert len(drawing.marks) == len(claims)
        for mark in drawing.marks:
            assert drawing.left <= mark.x <= drawing.right
            assert drawing.top - 0.1 <= mark.y <= drawing.bottom + 0.1
