"""Names of months, weekdays and halves of the day in the languages of many outlets (CLDR, by Babel)."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import Literal

from pipeline.text import fold

# A month of the Levant has another name than one of Egypt or the Maghreb, hence several kinds of Arabic.
_LOCALES = """
    en en_GB en_CA de de_AT fr fr_CA es es_MX it pt pt_PT ca gl eu nl af sv da nb nn is fi et lv lt pl cs sk sl hr bs
    sr sr_Latn mk bg ru uk be ro hu sq el tr az kk uz ka hy ar ar_SY ar_MA ar_DZ fa he hi bn ta te ur ne th vi id ms
    fil sw ko ja zh
"""
_CONTEXTS: tuple[Literal["format", "stand-alone"], ...] = ("format", "stand-alone")
# Halves of the day that are also little words between the parts of a date ("1 de julio"; "ni"), so that they tell
# nothing: Hungarian's de. and du., and what is a single letter outside of Arabic.
_NO_HALVES = frozenset({"hu", "sw", "eu", "az", "sl"})
_MORE_MONTHS = {
    **{"mrz": 3, "maerz": 3, "jaen": 1, "jaenner": 1, "setiembre": 9},
    **{"सितम्बर": 9, "अक्तूबर": 10, "नवम्बर": 11, "दिसम्बर": 12},
}
"""What CLDR lacks: Java's older German, umlauts written out, September in Peru, other spellings of Hindi."""

_HALVES = {"am": 0, "pm": 12, "上午": 0, "早上": 0, "清晨": 0, "凌晨": 0, "下午": 12, "晚上": 12, "傍晚": 12}


def key(word: str) -> str:
    """``word`` as the tables hold it: without case, accents, points and the blanks of ``a. m.``"""
    return fold(word).replace(".", "").replace(" ", "").strip("'")


def months_named(word: str, language: str = "") -> frozenset[int]:
    """The months, 1 to 12, that ``word`` may mean; in ``language`` alone, where it means one there.

    ``listopad`` is November in Polish and Czech, and October in Croatian. Longer beginnings of a name count as well
    (``Sept``, ``juill``), but never where a whole name fits.
    """
    name = key(word).removeprefix("d'")
    # Feeds are written by programs, most of which know English alone, whatever the language of the outlet.
    if found := _table("months", ("en", "en_GB")).get(name):
        return found
    if language and (own := _own("months", language).get(name)):
        return own
    if found := _months().get(name):
        return found
    if name.startswith("ב") and (found := _months().get(name[1:])):  # Hebrew writes "in July" as one word
        return found
    if len(name) < (4 if name.isascii() else 3):  # Russian сен for сент.
        return frozenset()
    return frozenset().union(*_beginning_with(name))


def weekdays_named(word: str, language: str = "") -> frozenset[int]:
    """The days of the week that ``word`` may mean; in ``language`` alone, where it means one there. Monday is 0."""
    name = key(word)
    found = _table("weekdays", ("en", "en_GB")).get(name) or _own("weekdays", language).get(name)
    return found or _weekdays().get(name, frozenset())


def half_named(word: str) -> int | None:
    """The hours that the half of the day named ``word`` begins at, 0 or 12; None where it names none."""
    name = key(word)
    return {"am": 0, "pm": 12}.get(name) if name in ("am", "pm") else _halves().get(name)


@cache
def thai_months() -> frozenset[str]:
    """Names of months that stand beside a year of the Buddhist era."""
    return frozenset(_own("months", "th"))


def _names(locale: str, kind: str) -> Iterator[tuple[int, str]]:
    from babel.dates import get_day_names, get_month_names

    for context in _CONTEXTS:
        if kind == "months":
            yield from get_month_names("wide", context, locale).items()
            yield from get_month_names("abbreviated", context, locale).items()
        else:
            yield from get_day_names("wide", context, locale).items()
            yield from get_day_names("abbreviated", context, locale).items()
            yield from get_day_names("short", context, locale).items()


@cache
def _table(kind: str, locales: tuple[str, ...]) -> dict[str, frozenset[int]]:
    numbers: defaultdict[str, set[int]] = defaultdict(set)
    for locale in locales:
        for number, name in _names(locale, kind):
            numbers[key(name)].add(number)
    # A "name" that is a number ("7", "7월") is no name, and is read as numbers are.
    return {name: frozenset(found) for name, found in numbers.items() if name and not any(map(str.isdigit, name))}


@cache
def _months() -> dict[str, frozenset[int]]:
    return _table("months", tuple(_LOCALES.split())) | {
        name: frozenset({month}) for name, month in _MORE_MONTHS.items()
    }


@cache
def _sorted_months() -> list[str]:
    return sorted(_months())


def _beginning_with(start: str) -> Iterator[frozenset[int]]:
    """The months of the names that begin with ``start``, which stand together where names are sorted."""
    listed = _sorted_months()
    for name in islice(listed, bisect_left(listed, start), None):
        if not name.startswith(start):
            return
        yield _months()[name]


@cache
def _own(kind: str, language: str) -> dict[str, frozenset[int]]:
    """The names of one language; to load those of all takes most of a second, and most feeds say which they need."""
    from babel.core import Locale, UnknownLocaleError

    try:
        Locale.parse(language)
    except (UnknownLocaleError, ValueError):
        return {}
    return _table(kind, (language,))


@cache
def _weekdays() -> dict[str, frozenset[int]]:
    return _table("weekdays", tuple(_LOCALES.split()))


@cache
def _halves() -> dict[str, int]:
    from babel.dates import get_period_names

    halves: dict[str, int] = {}
    for locale in _LOCALES.split():
        if locale in _NO_HALVES:
            continue
        for width in ("wide", "abbreviated"):
            names = get_period_names(width, "format", locale)
            for name, hours in (("am", 0), ("pm", 12)):
                if name in names:
                    halves.setdefault(key(names[name]), hours)
    return halves | _HALVES
