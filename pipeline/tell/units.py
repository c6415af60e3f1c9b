"""Units where another language than English puts them, by CLDR; those that it does not name stay as they are."""

from __future__ import annotations

import math
from functools import cache
from typing import Literal

from babel import Locale
from babel.numbers import format_decimal, get_currency_name, get_currency_symbol, list_currencies
from babel.units import format_unit

from pipeline.tell.frame import Frame, messages

_POINTS = {
    "percentage points": messages("{number} percentage point", "{number} percentage points"),
    "basis points": messages("{number} basis point", "{number} basis points"),
}
_NAMES = {"rupee": messages("rupee", "rupees")}
"""Of which country rupees are, "Rs." does not tell."""
_MONEY = {
    "yuan": "CNY",
    "Swiss franc": "CHF",
    "hryvnia": "UAH",
    "rouble": "RUB",
    "Australian dollar": "AUD",
    "Canadian dollar": "CAD",
    "New Zealand dollar": "NZD",
    "Taiwan dollar": "TWD",
    "taka": "BDT",
    "ringgit": "MYR",
    "naira": "NGN",
    "Kenyan shilling": "KES",
    "won": "KRW",
    "shekel": "ILS",
    "lira": "TRY",
    "real": "BRL",
    "Mexican peso": "MXN",
    "zloty": "PLN",
    "Swedish krona": "SEK",
    "Norwegian krone": "NOK",
    "Danish krone": "DKK",
    "koruna": "CZK",
    "forint": "HUF",
    "rand": "ZAR",
    "rupiah": "IDR",
}
"""Currencies that go by their name, by their codes."""
_MEASURES = {
    "km": "length-kilometer",
    "metre": "length-meter",
    "metres": "length-meter",
    "mile": "length-mile",
    "foot": "length-foot",
    "inch": "length-inch",
    "square metre": "area-square-meter",
    "square kilometre": "area-square-kilometer",
    "square mile": "area-square-mile",
    "cubic metre": "volume-cubic-meter",
    "hectare": "area-hectare",
    "acre": "area-acre",
    "tonne": "mass-tonne",
    "ton": "mass-ton",
    "litre": "volume-liter",
    "gallon": "volume-gallon",
    "barrel": "volume-barrel",
    "mph": "speed-mile-per-hour",
    "km/h": "speed-kilometer-per-hour",
    "degrees Celsius": "temperature-celsius",
    "degrees Fahrenheit": "temperature-fahrenheit",
    "degree": "angle-degree",
    "megawatt": "power-megawatt",
    "gigawatt": "power-gigawatt",
    "second": "duration-second",
    "minute": "duration-minute",
    "hour": "duration-hour",
    "day": "duration-day",
    "week": "duration-week",
    "month": "duration-month",
    "year": "duration-year",
    "decade": "duration-decade",
    "century": "duration-century",
}
"""Units as reading names them (`figures/reading/lexicon/units.toml`), by what CLDR calls them."""
_BRIEF = ("km", "km/h", "degrees Celsius", "degrees Fahrenheit")
"""Those of which signs are read more easily than words."""
_SPACE = "\N{NO-BREAK SPACE}"


@cache
def _currencies() -> frozenset[str]:
    return frozenset(list_currencies())


def unit_behind(digits: str, unit: str, value: float, frame: Frame) -> str:
    """A number, already in words, with its unit; ``value`` is the number, whose plural the unit takes."""
    if not math.isfinite(value):
        return f"{digits} {unit}"
    if unit == "%":
        return _percent(digits, frame)
    if unit == "‰":
        return f"{digits}{_SPACE}‰"
    if unit == "magnitude":
        return frame.say("magnitude {number}", number=digits)
    if unit in _POINTS:
        return frame.wording_of(*_POINTS[unit], value).format(number=digits)
    if unit in _currencies():
        return _with_symbol(digits, get_currency_symbol(unit, locale=frame.locale), frame)
    if unit in _NAMES:
        return _behind(digits, frame.wording_of(*_NAMES[unit], value), " ", frame)
    if unit in _MONEY:
        name = get_currency_name(_MONEY[unit], count=_counted(value), locale=frame.locale)
        return _behind(digits, name, " ", frame)
    return _measured(digits, unit, value, frame) if unit in _MEASURES else f"{digits} {unit}"


def _counted(value: float) -> float:
    """The number as plurals take it: 5.0 has another than 5."""
    return abs(int(value) if float(value).is_integer() else value)


def _percent(digits: str, frame: Frame) -> str:
    before, _, behind = Locale.parse(frame.locale).percent_formats[None].pattern.partition("#,##0")
    return f"{before}{digits}{behind}"


def _with_symbol(digits: str, symbol: str, frame: Frame) -> str:
    pattern = Locale.parse(frame.locale).currency_formats["standard"].pattern
    return f"{symbol}{_SPACE}{digits}" if pattern.startswith("¤") else f"{digits}{_SPACE}{symbol}"


def _measured(digits: str, unit: str, value: float, frame: Frame) -> str:
    # The number that CLDR's words come with is exchanged for the one at hand, which may have a scale or be a range.
    number = _counted(value)
    length: Literal["short", "long"] = "short" if unit in _BRIEF else "long"
    marked = str(format_decimal(number, locale=frame.locale))
    words = str(format_unit(number, _MEASURES[unit], length=length, locale=frame.locale))
    before, _, behind = words.partition(marked)
    if before:
        return f"{before}{digits}{behind}"
    name = behind.lstrip()
    return _behind(digits, name, behind.removesuffix(name), frame)


def _behind(digits: str, name: str, space: str, frame: Frame) -> str:
    """A number with the name of a unit: "2,5 tonnes", "2,5 millions de tonnes", "2,5 millions d’hectares"."""
    if not digits[-1:].isalpha():
        return f"{digits}{space}{name}"
    if name[:1].casefold() in "aeiouhéèâ":
        return frame.say_as(
            "millions of a unit that begins with a vowel or h", "{number} {unit}", number=digits, unit=name
        )
    return frame.say_as("millions of a unit", "{number} {unit}", number=digits, unit=name)
