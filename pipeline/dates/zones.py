"""Zones of time as dates name them: offsets, abbreviations, and places such as Europe/Berlin."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo

_FURTHEST = 14 * 60
"""Minutes; no place is further from UTC (Kiribati)."""

# Hours from UTC. The American names are those of RFC 822 (section 5.1), the others have one meaning nearly everywhere.
_ONE_MEANING: dict[str, float] = {
    **dict.fromkeys(("UTC", "GMT", "UT", "UCT", "Z", "ZULU", "WET"), 0),
    **{"EDT": -4, "CDT": -5, "MDT": -6, "PDT": -7, "AKST": -9, "AKDT": -8, "HST": -10},
    **{"ADT": -3, "NST": -3.5, "NDT": -2.5, "BRT": -3, "BRST": -2, "ART": -3, "CLT": -4, "CLST": -3, "COT": -5},
    **{"PET": -5, "VET": -4, "BOT": -4, "UYT": -3, "WEST": 1, "CET": 1, "MEZ": 1, "WAT": 1, "CEST": 2, "MESZ": 2},
    **{"EET": 2, "CAT": 2, "SAST": 2, "IDT": 3, "EEST": 3, "MSK": 3, "МСК": 3, "MSD": 4, "EAT": 3, "TRT": 3, "SAMT": 4},
    **{"AZT": 4, "GET": 4, "GST": 4, "IRST": 3.5, "IRDT": 4.5, "AFT": 4.5, "PKT": 5, "UZT": 5, "YEKT": 5, "NPT": 5.75},
    **{"BDT": 6, "OMST": 6, "MMT": 6.5, "WIB": 7, "ICT": 7, "NOVT": 7, "KRAT": 7, "WITA": 8, "WIT": 9, "SGT": 8},
    **{"HKT": 8, "PHT": 8, "MYT": 8, "AWST": 8, "IRKT": 8, "ULAT": 8, "JST": 9, "KST": 9, "YAKT": 9, "ACST": 9.5},
    **{"ACDT": 10.5, "AEST": 10, "AEDT": 11, "VLAT": 10, "ChST": 10, "MAGT": 11, "PETT": 12, "NZST": 12, "NZDT": 13},
}
# What a name means by itself, and to a writer of a country or language. Where it means nothing by itself, it is refused
# of everyone else. Without such knowledge RFC 822 decides for its own names, and for IST and BST the country that has
# most of the feeds that write them: of these the caller is told.
_BY_WRITER: dict[str, tuple[float | None, dict[str, float]]] = {
    "CST": (-6, {"cn": 8, "tw": 8, "hk": 8, "mo": 8, "zh": 8, "cu": -5}),
    "EST": (-5, {"au": 10}),
    "MST": (-7, {"my": 8, "ms": 8, "mm": 6.5, "my-mm": 6.5}),
    "PST": (-8, {"ph": 8, "fil": 8, "tl": 8}),
    "AST": (-4, {**dict.fromkeys(("sa", "iq", "kw", "qa", "bh", "ye", "ar"), 3.0)}),
    "IST": (5.5, {"ie": 1, "ga": 1, "il": 2, "he": 2, "in": 5.5, "hi": 5.5, "lk": 5.5}),
    "BST": (1, {"bd": 6, "bn": 6}),
    "AMT": (None, {"am": 4, "hy": 4, "br": -4}),
    "SST": (None, {"sg": 8, "ws": -11, "as": -11}),
    "WST": (None, {"ws": 13, "au": 8}),
    "ECT": (None, {"ec": -5}),
    "ACT": (None, {"au": 9.5, "br": -5}),
    "PYT": (None, {}),
    "CCT": (None, {"cc": 6.5}),
    "LMT": (None, {}),
}
_ASSUMED = {"IST": "India's time", "BST": "British Summer Time"}
_PLACES = {
    # The halves of a year that "ET" leaves open are the calendar's to tell.
    "ET": "America/New_York",
    "CT": "America/Chicago",
    "MT": "America/Denver",
    "PT": "America/Los_Angeles",
    "AKT": "America/Anchorage",
}
OFFSET = re.compile(r"(?P<base>GMT|UTC|UT)?\s*(?P<sign>[+-])(?P<hours>\d{1,2})(?::?(?P<minutes>\d\d))?(?![\d:])", re.I)
PLACE = re.compile(r"Etc/GMT[+-]\d{1,2}(?!\d)|[A-Z][A-Za-z]+(?:/[A-Z][A-Za-z_]+(?:-[A-Z][a-z]+)*){1,2}(?![\w/])")
NAME = re.compile(r"[^\W\d_]{1,5}(?![\w'])")


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone that a date names; ``assumed`` says what was taken for granted, where its name means several."""

    info: tzinfo
    assumed: str = ""


class UnknownZone(ValueError):
    """A name that means no zone, or one nobody can tell."""


def offset(sign: str, hours: str, minutes: str | None) -> Zone:
    """The zone of an offset such as ``+02:00``. Raises `UnknownZone` where no place is as far from UTC."""
    total = int(hours) * 60 + int(minutes or 0)
    if total > _FURTHEST or int(minutes or 0) > 59:
        raise UnknownZone(f"its offset {sign}{hours}{minutes or ''} is that of no place")
    return Zone(timezone(timedelta(minutes=-total if sign == "-" else total)))


def place(name: str) -> Zone:
    """The zone of a place in the IANA database. Raises `UnknownZone` where there is none of the name."""
    try:
        return Zone(ZoneInfo(name))
    except (KeyError, ValueError, OSError):
        raise UnknownZone(f"it names the zone {name!a}, which isn't known") from None


def is_name(word: str) -> bool:
    """Whether ``word`` is the name of a zone, with one meaning or several."""
    name = _spelled(word)
    return name in _ONE_MEANING or name in _BY_WRITER or name in _PLACES


def named(word: str, country: str = "", language: str = "") -> Zone:
    """The zone that an abbreviation names, to a writer of ``country`` (ISO 3166) and ``language``.

    Raises `UnknownZone` where it means several and nothing tells which, or none; a single letter but Z is of the
    military, which RFC 822 got wrong and RFC 5322 (section 4.3) therefore takes for no zone at all.
    """
    name = _spelled(word)
    if (hours := _ONE_MEANING.get(name)) is not None:
        return Zone(timezone(timedelta(hours=hours)))
    if name in _PLACES:
        return place(_PLACES[name])
    alone, by_writer = _BY_WRITER.get(name, (None, {}))
    for writer in (country, language):
        if writer and writer in by_writer:
            return Zone(timezone(timedelta(hours=by_writer[writer])))
    if alone is not None:
        assumed = f"in {name}, taken for {_ASSUMED[name]}" if name in _ASSUMED else ""
        return Zone(timezone(timedelta(hours=alone)), assumed)
    several = "means several zones" if name in _BY_WRITER else "isn't known"
    raise UnknownZone(f"it names the zone {word[:12]!a}, which {several}")


@cache
def long_name(text: str) -> ZoneInfo | None:
    """The place whose zone Windows and .NET call ``text``, such as ``W. Europe Standard Time`` (CLDR, by Babel)."""
    from babel.core import get_global

    name = get_global("windows_zone_mapping").get(text)
    return ZoneInfo(name) if name else None


def _spelled(word: str) -> str:
    return word if word == "ChST" else word.upper()
