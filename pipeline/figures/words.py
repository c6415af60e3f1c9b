"""Figures in words, for lists and reasons: "at least 19,500 children", "20–30", "$2.7 billion"."""

from __future__ import annotations

import math

from pipeline.figures.reading.events import noun_action, word_action
from pipeline.figures.reading.lexicon import words
from pipeline.figures.reading.nouns import head_of
from pipeline.shares import share_words
from schemas.figure import Figure, Modifier, Scope

_BEFORE = {
    Modifier.AT_LEAST: "at least ",
    Modifier.MORE_THAN: "more than ",
    Modifier.UP_TO: "up to ",
    Modifier.FEWER_THAN: "fewer than ",
    Modifier.ABOUT: "about ",
    Modifier.NEARLY: "nearly ",
    Modifier.ONLY: "only ",
}
_VAGUE = {
    (20, 99): "dozens",
    (24, 99): "dozens",
    (40, 99): "scores",
    (200, 999): "hundreds",
    (1_000, 10_000): "thousands",
    (20_000, 99_999): "tens of thousands",
    (200_000, 999_999): "hundreds of thousands",
    (1_000_000, 10_000_000): "millions",
    (20_000_000, 99_999_999): "tens of millions",
    (200_000_000, 999_999_999): "hundreds of millions",
    (1_000_000_000, 10_000_000_000): "billions",
}
_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}
_SCALES = ((1e12, " trillion"), (1e9, " billion"), (1e6, " million"))


def number_words(number: float) -> str:
    """A number as news writes it: "1,605", "2.7 billion", "two thirds"."""
    if not math.isfinite(number):
        return "any number" if number > 0 else "none"
    if share := share_words(number):
        return share
    for scale, name in _SCALES:
        if abs(number) >= scale and abs(number) / scale < 1000 and round(number / scale, 3) * scale == number:
            return f"{number / scale:.3f}".rstrip("0").rstrip(".") + name
    if number == int(number) and abs(number) < 1e15:
        return f"{int(number):,}"
    return f"{number:,.4g}" if abs(number) < 1000 else f"{number:,.2f}"


def value_words(
    value: float | None, low: float | None, high: float | None, modifier: Modifier, unit: str | None = None
) -> str:
    """A value or range with its modifier and unit: "at least 19,500", "20–30", "dozens", "$2.7 billion", "4.25 %"."""
    if value is not None:
        return _BEFORE.get(modifier, "") + _with_unit(number_words(value), unit)
    if low is None or high is None:
        one = low if low is not None else high
        return "unknown" if one is None else _BEFORE.get(modifier, "") + _with_unit(number_words(one), unit)
    if modifier is Modifier.VAGUE and (low, high) in _VAGUE:
        return _VAGUE[(int(low), int(high))] + (f" of {unit}" if unit else "")
    return _with_unit(f"{number_words(low)}–{number_words(high)}", unit)


def _with_unit(number: str, unit: str | None) -> str:
    if not unit:
        return number
    if unit in _SIGNS:
        return _SIGNS[unit] + number
    return f"{number} {unit}"


def label_words(counted: str | None, action: str | None, unit: str | None, scope: Scope) -> str:
    """What a figure or a series is about, for people: "children returned, Ukraine, last 24 hours"."""
    what = _without_condition(counted, action) or unit or "number"
    head = head_of(what)
    said = action is not None and (action in what or noun_action(head, "en") == action or head[:4] == action[:4])
    said = said or _condition(what) == action
    if action and not said:  # not "deaths killed" nor "votes voted"
        what = f"{what} {action}"
    return f"{what}, {scope}" if str(scope) else what


def _condition(what: str) -> str | None:
    """The action that the adjective before people tells of: "injured" for "wounded people"."""
    first = what.partition(" ")[0].lower()
    return word_action(first, "en") if first in words("condition") else None


def _without_condition(counted: str | None, action: str | None) -> str | None:
    """ "wounded people" without the adjective where the action says it: "people injured"."""
    first, _, rest = (counted or "").partition(" ")
    said = rest and action and _condition(first) == action and rest.split()[0] not in {"and", "or"}
    return rest if said else counted


def label_of(figure: Figure) -> str:
    """What a figure is about, for people."""
    return label_words(figure.counted, figure.action, figure.unit, figure.scope)
