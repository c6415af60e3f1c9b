"""A figure over time, as a chart: which lines, marks and ticks there are and where. Pure; a template draws it.

A step line for what holds, a mark for each claim by who says so, ranges as bars, claims that are open to one side ("at
least") with a stem to that side. Ticks lie on round numbers (1, 2 or 5 times a power of ten) and round times.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

from pipeline.tell.words import amount, count, listed, moment, one_line
from schemas.figure import Claim, Modifier, VerdictKind

SHAPES = ("circle", "square", "diamond", "up", "down", "cross")
OTHERS = "others"
_HOLDS = (VerdictKind.NEW, VerdictKind.CHANGED, VerdictKind.CORRECTION)
_OPEN_UP = (Modifier.AT_LEAST, Modifier.MORE_THAN)
_OPEN_DOWN = (Modifier.UP_TO, Modifier.FEWER_THAN, Modifier.NEARLY)
_STEM, _EDGE, _LABEL = 16, 8, 100
"""Pixels of the stem of a bound, between the marks and the axis, and of the label of a time."""
_NAMED = 6
_LETTER = 6.4
"""Pixels that a digit of a label takes at 11 px."""
_FROM_ZERO = 0.35
"""Where the smallest value is less than this share of the largest, the axis begins at zero."""
_ROOM = 0.08
_ALIKE = 1e-6
"""Of values that differ by less than this share, ticks between them would be the same number."""
_HOURS = (1, 2, 3, 6, 12)
_DAYS = (1, 2, 3, 7, 14)
_MONTHS = (1, 2, 3, 6, 12)


@dataclass(frozen=True)
class Size:
    """Pixels of a drawing; text is not scaled, so a small screen gets a drawing of its own."""

    name: str
    width: int
    height: int


WIDE, THIN = Size("wide", 720, 300), Size("thin", 330, 260)


@dataclass(frozen=True)
class Tick:
    at: float
    label: str


@dataclass(frozen=True)
class Mark:
    """A claim. ``bar`` are the ends of a range, ``stem`` the open end of a bound."""

    x: float
    y: float
    shape: str
    tone: int
    against: bool
    current: bool
    words: str
    bar: tuple[float, float] | None = None
    stem: float | None = None


@dataclass(frozen=True)
class Voice:
    """Source, as the legend shows it."""

    name: str
    shape: str
    tone: int
    claims: int


@dataclass(frozen=True)
class Drawing:
    """All lengths are pixels from the upper left."""

    size: Size
    left: float
    right: float
    top: float
    bottom: float
    line: str
    marks: tuple[Mark, ...]
    values: tuple[Tick, ...]
    times: tuple[Tick, ...]


@dataclass(frozen=True)
class Chart:
    """The drawings of one series, for wide and for small screens, with what they say in words."""

    title: str
    description: str
    voices: tuple[Voice, ...]
    drawings: tuple[Drawing, ...]


@dataclass(frozen=True)
class Point:
    """A claim on the chart: ``low`` and ``high`` differ for a range."""

    claim: Claim
    voice: str
    low: float
    high: float

    @property
    def middle(self) -> float:
        return (self.low + self.high) / 2


def chart_of(
    claims: Iterable[Claim], *, label: str, unit: str | None, current: str | None, zone: ZoneInfo
) -> Chart | None:
    """The chart of claims in any order; None where none of them has a value that can be drawn."""
    points = sorted(filter(None, map(_point, claims)), key=lambda point: (point.claim.published, point.claim.figure))
    if not points:
        return None
    voices = _voices(points)
    looks = {voice.name: voice for voice in voices}
    told = _Told(unit, current, zone)
    words = [told.words(point) for point in points]
    return Chart(
        title=one_line(label, 120),
        description=_description(points, told),
        voices=voices,
        drawings=tuple(_drawing(points, words, looks, told, size) for size in (WIDE, THIN)),
    )


def _point(claim: Claim) -> Point | None:
    is_range = claim.value is None or claim.modifier in (Modifier.RANGE, Modifier.VAGUE)
    low, high = (claim.low, claim.high) if is_range else (claim.value, claim.value)
    if low is None or high is None:
        low = high = claim.value if claim.value is not None else low if low is not None else high
    if low is None or high is None or not (math.isfinite(low) and math.isfinite(high)):
        return None
    return Point(claim, one_line(claim.attribution or claim.outlet, 60) or "an unnamed outlet", low, high)


def _voices(points: Sequence[Point]) -> tuple[Voice, ...]:
    """Those who say most, each with a shape and a tone of its own; the rest together."""
    said: dict[str, int] = {}
    for point in points:
        said[point.voice] = said.get(point.voice, 0) + 1
    loudest = sorted(said, key=lambda name: -said[name])
    named = loudest[: len(SHAPES)] if len(loudest) <= len(SHAPES) else loudest[: len(SHAPES) - 1]
    voices = [Voice(name, SHAPES[n], n + 1, said[name]) for n, name in enumerate(named)]
    if rest := [name for name in loudest if name not in named]:
        voices.append(Voice(OTHERS, SHAPES[-1], len(SHAPES), sum(said[name] for name in rest)))
    return tuple(voices)


@dataclass(frozen=True)
class _Axes:
    """Where moments and values lie on a drawing."""

    begin: datetime
    end: datetime
    low: float
    high: float
    left: float
    right: float
    top: float
    bottom: float

    def x(self, when: datetime) -> float:
        share = (when - self.begin) / (self.end - self.begin)
        return round(self.left + _EDGE + (self.right - self.left - 2 * _EDGE) * share, 1)

    def y(self, value: float) -> float:
        return round(self.bottom - (self.bottom - self.top) * (value - self.low) / (self.high - self.low), 1)


@dataclass(frozen=True)
class _Told:
    """How the claims of a chart are told: in which unit and zone, and which of them holds."""

    unit: str | None
    current: str | None
    zone: ZoneInfo

    def said(self, point: Point) -> str:
        """ "at least 19,500", "20–30"."""
        words = amount((point.low, point.high) if point.low != point.high else point.low, self.unit)
        plain = point.claim.modifier in (Modifier.EXACT, Modifier.RANGE, Modifier.VAGUE)
        return words if plain else f"{point.claim.modifier.value.replace('_', ' ')} {words}"

    def at(self, point: Point) -> str:
        return moment(point.claim.published, self.zone)

    def words(self, point: Point) -> str:
        return f"{self.said(point)}: {point.voice}, {self.at(point)}"

    def holds(self, points: Sequence[Point]) -> Point | None:
        return next((point for point in points if point.claim.figure == self.current), None)


def _drawing(
    points: Sequence[Point], words: Sequence[str], looks: dict[str, Voice], told: _Told, size: Size
) -> Drawing:
    numbers = value_ticks(min(p.low for p in points), max(p.high for p in points), most=6)
    labels = [amount(number, told.unit) for number in numbers]
    begin, end = _span(points)
    axes = _Axes(
        begin=begin,
        end=end,
        low=numbers[0],
        high=numbers[-1],
        # A value of hundreds of digits leaves room for its mark.
        left=min(10 + _LETTER * max(map(len, labels)), size.width / 3),
        right=size.width - 12.0,
        top=12.0,
        bottom=size.height - 26.0,
    )
    times = time_ticks(begin, end, told.zone, most=int((axes.right - axes.left) // _LABEL))
    return Drawing(
        size=size,
        left=axes.left,
        right=axes.right,
        top=axes.top,
        bottom=axes.bottom,
        line=_line(points, told.holds(points), axes),
        marks=tuple(
            _mark(point, said, looks.get(point.voice) or looks[OTHERS], told, axes)
            for point, said in zip(points, words, strict=True)
        ),
        values=tuple(Tick(axes.y(number), label) for number, label in zip(numbers, labels, strict=True)),
        times=tuple(Tick(axes.x(at), label) for at, label in times),
    )


def _mark(point: Point, words: str, voice: Voice, told: _Told, axes: _Axes) -> Mark:
    claim, at = point.claim, axes.y(point.middle)
    stem = at - _STEM if claim.modifier in _OPEN_UP else at + _STEM if claim.modifier in _OPEN_DOWN else None
    return Mark(
        x=axes.x(claim.published),
        y=at,
        shape=voice.shape,
        tone=voice.tone,
        against=claim.kind is VerdictKind.CONTRADICTION,
        current=claim.figure == told.current,
        words=words,
        bar=(axes.y(point.low), axes.y(point.high)) if point.low != point.high else None,
        stem=stem,
    )


def _line(points: Sequence[Point], holds: Point | None, axes: _Axes) -> str:
    """The path of what held, from step to step, up to the edge."""
    steps = [point for point in points if point.claim.kind in _HOLDS]
    if holds is not None and (not steps or steps[-1] is not holds):
        # What came later and does not hold, as a count of days ago, is no step.
        steps = [point for point in steps if point.claim.published < holds.claim.published] + [holds]
    if not steps:
        return ""
    path = f"M{axes.x(steps[0].claim.published)} {axes.y(steps[0].middle)}"
    for point in steps[1:]:
        path += f"H{axes.x(point.claim.published)}V{axes.y(point.middle)}"
    return f"{path}H{axes.right}"


def _span(points: Sequence[Point]) -> tuple[datetime, datetime]:
    begin, end = points[0].claim.published, points[-1].claim.published
    least = timedelta(hours=12)
    if end - begin < least:
        middle = begin + (end - begin) / 2
        return middle - least / 2, middle + least / 2
    return begin, end


def value_ticks(low: float, high: float, *, most: int) -> list[float]:
    """Round numbers, at least two and not many more than ``most``, from below ``low`` to above ``high``."""
    if low >= 0 and low < high * _FROM_ZERO:
        low = 0.0
    elif high - low <= abs(high) * _ALIKE:
        low, high = low - abs(low) * 0.1 - 1, high + abs(high) * 0.1 + 1
        low = max(low, 0.0) if low + 1 >= 0 else low
    room = (high - low) * _ROOM
    below = low - room if low else 0.0
    rough = (high + room - below) / max(most - 1, 1)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough * 0.999)
    first = math.floor(below / step)
    last = max(math.ceil((high + room * 0.5) / step), first + 1)
    digits = max(0, -math.floor(math.log10(step)))
    return [round(n * step, digits) for n in range(first, last + 1)]


Unit = Literal["hour", "day", "month"]


def time_ticks(begin: datetime, end: datetime, zone: ZoneInfo, *, most: int) -> list[tuple[datetime, str]]:
    """Round times of ``zone`` within a span with their labels, no more than ``most``."""
    unit, step = _time_step(end - begin, max(most, 2))
    form = {"hour": "HH:mm", "day": "d MMM", "month": "MMM y"}[unit]
    at = _first_round(begin.astimezone(zone), unit, step)
    found: list[tuple[datetime, str]] = []
    day = None
    while at <= end and len(found) < 100:
        if at >= begin:
            shown = "d MMM" if unit == "hour" and at.hour == 0 else form
            if unit == "hour" and day is None and at.hour != 0:
                shown = "d MMM HH:mm"
            day = at.date()
            found.append((at, str(format_datetime(at, shown, tzinfo=zone, locale="en"))))
        at = _later(at, unit, step)
    return found


def _time_step(span: timedelta, most: int) -> tuple[Unit, int]:
    hours = span.total_seconds() / 3600
    for step in _HOURS:
        if hours / step <= most:
            return "hour", step
    for step in _DAYS:
        if hours / 24 / step <= most:
            return "day", step
    months = hours / 24 / 30
    return "month", next((step for step in _MONTHS if months / step <= most), 12 * math.ceil(months / 12 / most))


def _first_round(moment: datetime, unit: Unit, step: int) -> datetime:
    at = moment.replace(minute=0, second=0, microsecond=0)
    if unit == "hour":
        return at.replace(hour=at.hour - at.hour % step)
    at = at.replace(hour=0)
    return at if unit == "day" else at.replace(day=1, month=at.month - (at.month - 1) % min(step, 12))


def _later(at: datetime, unit: Unit, step: int) -> datetime:
    """The next round time by the wall clock of its zone."""
    if unit == "month":
        years, month = divmod(at.month - 1 + step, 12)
        return at.replace(year=at.year + years, month=month + 1)
    return at + (timedelta(hours=step) if unit == "hour" else timedelta(days=step))


def _description(points: Sequence[Point], told: _Told) -> str:
    """The chart in words, for those who don't see it."""
    voices = listed(list(dict.fromkeys(point.voice for point in points))[:_NAMED])
    low, high = min(p.low for p in points), max(p.high for p in points)
    words = (
        f"{count(len(points), 'claim')} from {told.at(points[0])} to {told.at(points[-1])}, between "
        f"{amount(low, told.unit)} and {amount(high, told.unit)}, by {voices}."
    )
    holds = told.holds(points)
    now = f" The current value is {told.said(holds)} ({holds.voice})." if holds else ""
    return f"{words}{now} The table below lists every claim."
