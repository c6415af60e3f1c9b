"""How many reports and copies there were each day: a chart, what it says, and the same as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.tell.charts import COVERAGE_SIZE, coverage_chart
from pipeline.tell.digest_views import Album, Picture
from pipeline.tell.frame import Frame
from schemas.alert import CoverageDay

_DAY, _REPORTS, _COPIES = 12, 7, 8
"""Characters of a column of the table in plain text, at least."""


@dataclass(frozen=True)
class Day:
    """A line of the table: the day in words, and its counts."""

    day: str
    reports: int
    copies: int


@dataclass(frozen=True)
class Coverage:
    """The picture with the table below it; the same table as plain text in ``lines``, headings first."""

    picture: Picture
    days: tuple[Day, ...]
    lines: tuple[str, ...]

    @classmethod
    def of(cls, days: Sequence[CoverageDay], album: Album, frame: Frame) -> Coverage | None:
        """None where nothing was reported on any of the days."""
        told = tuple(Day(frame.weekday(one.day), one.reports, one.copies) for one in days if one.reports or one.copies)
        if not told:
            return None
        picture = album.add("coverage", lambda: coverage_chart(days, frame), _alt(days, frame), COVERAGE_SIZE)
        return cls(picture, told, _lines(told, frame))


def _alt(days: Sequence[CoverageDay], frame: Frame) -> str:
    most = max(days, key=lambda one: one.reports + one.copies)
    return frame.say(
        "Bars: reports and copies a day, {first} to {last}; most on {day}, {reports} and {copies}",
        first=frame.weekday(days[0].day),
        last=frame.weekday(days[-1].day),
        day=frame.weekday(most.day),
        reports=frame.counted("{n} report", "{n} reports", most.reports),
        copies=frame.counted("{n} copy", "{n} copies", most.copies),
    )


def _lines(days: Sequence[Day], frame: Frame) -> tuple[str, ...]:
    day, reports, copies = frame.say("Day"), frame.say("Reports"), frame.say("Copies")
    first = max(_DAY, 2 + max(len(text) for text in (day, *(one.day for one in days))))
    second, third = max(_REPORTS, len(reports)), max(_COPIES, len(copies) + 2)
    rows = [(day, reports, copies), *((one.day, str(one.reports), str(one.copies)) for one in days)]
    return tuple(f"{name:<{first}}{some:>{second}}{others:>{third}}" for name, some, others in rows)
