"""Which numerals of short lines are figures, and which are ages, ranks, names, scores, times …"""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.figures.claims import is_claim
from tests.figures.reading.helpers import figures

_LINES = (Path(__file__).parent / "numerals.txt").read_text(encoding="utf-8").split("\n\n", 1)[1].splitlines()
Value = float | tuple[float, float]


def _value(word: str) -> Value:
    low, dash, high = word.partition("-")
    return (float(low), float(high)) if dash else float(word)


@pytest.mark.parametrize("line", _LINES)
def test_what_is_a_figure_and_what_is_not(line: str) -> None:
    text, _, values = line.partition(" ||")
    found: list[Value] = [
        f.value if f.value is not None else (f.low or 0.0, f.high or 0.0) for f in figures(text) if is_claim(f)
    ]
    assert sorted(map(str, found)) == sorted(str(_value(word)) for word in values.split())
