"""The pictures of a digest."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from pipeline.tell import charts
from schemas.alert import CoverageDay
from schemas.figure import Value
from tests.tell.examples import NOW

TEMPLATES = Path(charts.__file__).parent / "templates"


def size_of(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    return int.from_bytes(png[16:20], "big"), int.from_bytes(png[20:24], "big")


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    channels = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_pictures_have_twice_the_pixels_they_are_shown_with() -> None:
    days = [CoverageDay(day=date(2026, 3, 1) + timedelta(days=n), reports=n, copies=n // 2) for n in range(14)]
    assert size_of(charts.coverage_chart(days)) == tuple(2 * n for n in charts.COVERAGE_SIZE)
    history: list[Value] = [3, (4, 6), 9]
    spark = charts.sparkline([(NOW + timedelta(hours=n), value) for n, value in enumerate(history)])
    assert size_of(spark) == tuple(2 * n for n in charts.SPARK_SIZE)


def test_the_same_data_draw_the_same_picture() -> None:
    days = [CoverageDay(day=date(2026, 3, 1), reports=3, copies=1)]
    assert charts.coverage_chart(days) == charts.coverage_chart(days)
    more = [CoverageDay(day=date(2026, 3, 1), reports=3, copies=3)]
    assert charts.coverage_chart(days) != charts.coverage_chart(more)


@pytest.mark.parametrize("count", [1, 2, 120])
def test_any_number_of_days_can_be_drawn(count: int) -> None:
    days = [CoverageDay(day=date(2026, 1, 1) + timedelta(days=n), reports=10**6, copies=0) for n in range(count)]
    assert len(charts.coverage_chart(days)) < 60_000


def test_values_that_stay_or_come_at_once_can_be_drawn() -> None:
    assert charts.sparkline([(NOW, 5), (NOW, 5)])
    assert charts.sparkline([(NOW, -1e14), (NOW + timedelta(days=900), 1e14)])


@pytest.mark.parametrize("colour", [charts._REPORTS, charts._COPIES, charts._INK])
def test_pictures_read_on_white_and_on_the_dark_card(colour: str) -> None:
    dark = re.search(r"\.card \{ background-color: (#\w{6})", (TEMPLATES / "screen.css").read_text())
    assert dark
    assert contrast(colour, "#ffffff") >= 3
    assert contrast(colour, dark[1]) >= 3


def test_the_legend_has_the_colours_of_the_bars() -> None:
    style = (TEMPLATES / "style.css").read_text()
    assert f".reports {{ color: {charts._REPORTS}; }}" in style
    assert f".copies {{ color: {charts._COPIES}; }}" in style


def test_text_has_enough_contrast_in_light_and_dark() -> None:
    light = (TEMPLATES / "style.css").read_text()
    dark = (TEMPLATES / "screen.css").read_text()
    for colour in set(re.findall(r"[^-]color: (#\w{6})", light)) - {"#eef0f3", charts._REPORTS, charts._COPIES}:
        assert contrast(colour, "#ffffff") >= 4.5, colour
    for colour in set(re.findall(r"[^-]color: (#\w{6})", dark)) - {"#14171b"}:
        assert contrast(colour, "#1e2227") >= 4.5, colour


def test_matplotlib_is_loaded_only_to_draw() -> None:
    code = "import sys, pipeline.tell.digest, pipeline.tell.mails; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
