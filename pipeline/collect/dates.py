"""Dates as feeds write them: RFC 822 and ISO 8601 as they should be, and the many ways in which they are not."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from functools import cache

_LONGEST = 80
_ZONE_OFFSETS: dict[str, float] = {
    # feedparser takes every name outside of RFC 822 for UTC. Of the names that mean several zones the one with most
    # news feeds is taken: BST is Britain's summer, IST India's time, CST and AST America's.
    **dict.fromkeys(("UTC", "GMT", "UT", "Z", "WET"), 0),
    **{"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "AKST": -9, "AKDT": -8},
    **{"HST": -10, "AST": -4, "ADT": -3, "NST": -3.5, "NDT": -2.5, "BRT": -3, "ART": -3, "CLT": -4},
    **{"BST": 1, "WEST": 1, "CET": 1, "MEZ": 1, "WAT": 1, "CEST": 2, "MESZ": 2, "EET": 2, "CAT": 2, "SAST": 2},
    **{"EEST": 3, "MSK": 3, "EAT": 3, "TRT": 3, "GST": 4, "PKT": 5, "IST": 5.5, "NPT": 5.75, "WIB": 7, "ICT": 7},
    **{"SGT": 8, "HKT": 8, "PHT": 8, "AWST": 8, "JST": 9, "KST": 9, "ACST": 9.5, "AEST": 10, "AEDT": 11},
    **{"NZST": 12, "NZDT": 13},
}
_ZONE = re.compile(
    r"(?:\s|(?<=\d))\(?"
    r"(?:(?:GMT|UTC)\s*(?P<sign>[+-])(?P<hours>\d{1,2})(?::?(?P<minutes>\d\d))?|(?P<name>[A-Z]{1,5}))"
    r"\)?$"
)
_ISO = re.compile(r"(\d{4}-\d\d-\d\d)[T ]*(.*)", re.IGNORECASE)
_NUMERIC = re.compile(r"(\d{1,2})([/.])(\d{1,2})\2(\d{4})\b(.*)")
_NAMED = re.compile(
    r"(?P<day>\d{1,2})\.?\s+(?:de\s+|d')?(?P<month>[^\W\d_]{2,12})\.?,?\s+(?:de\s+)?(?P<year>\d{4})(?!\d)"
    r"(?:\D{1,6}(?P<hour>\d{1,2})[:h](?P<minute>\d\d)(?::(?P<second>\d\d))?)?(?P<rest>.*)"
)
_LOCALES = "de fr es it pt nl pl ru uk tr sv da nb fi cs sk ro hu el bg hr id".split()  # noqa: SIM905


def feed_date(text: str | None) -> datetime | None:
    """The moment that a feed's date means, in UTC; ``None`` where there is none or it can't be made out.

    A date without a zone is taken as UTC, a day without a time as its first moment. A date of 1970 or before is what
    broken programs write for "unknown", and ``1/2/2024`` may be either of two days: both are ``None``.
    """
    cleaned = " ".join((text or "").split())
    if not cleaned or len(cleaned) > _LONGEST:
        return None
    try:
        moment = _from_timestamp(cleaned) if cleaned.isdecimal() else _from_words(cleaned)
        if moment is None:
            return None
        moment = moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, OverflowError, TypeError, IndexError, AttributeError):
        return None
    return moment if moment.year > 1970 else None


def _from_timestamp(digits: str) -> datetime | None:
    if not digits.isascii():
        return None
    if len(digits) in (9, 10):
        return datetime.fromtimestamp(int(digits), UTC)
    if len(digits) == 13:
        return datetime.fromtimestamp(int(digits) / 1000, UTC)
    return datetime.strptime(digits, "%Y%m%d").replace(tzinfo=UTC) if len(digits) == 8 else None


def _from_words(text: str) -> datetime | None:
    text, zone = _split_zone(text)
    moment: datetime | None
    if iso := _ISO.match(text):
        moment = _from_iso(*iso.groups())
    elif numeric := _NUMERIC.match(text):
        moment = _from_numbers(numeric)
    else:
        moment = _from_names(text)
    if moment is not None and moment.tzinfo is None and zone is not None:
        moment = moment.replace(tzinfo=zone)
    return moment


def _split_zone(text: str) -> tuple[str, timezone | None]:
    """The text without a zone it ends in, and that zone; an offset such as +0200 is left for the parsers."""
    found = _ZONE.search(text)
    if not found:
        return text, None
    if found["name"]:
        offset = _ZONE_OFFSETS.get(found["name"])
        if offset is None:
            return text, None
        if re.search(r"[+-]\d\d:?\d\d$", text[: found.start()]):  # "+0200 (CEST)": the number is the exact one
            return text[: found.start()], None
    else:
        offset = (int(found["hours"]) + int(found["minutes"] or 0) / 60) * (-1 if found["sign"] == "-" else 1)
    return text[: found.start()].strip(), timezone(timedelta(hours=offset))


def _from_iso(day: str, time: str) -> datetime:
    time = time.strip().replace(" ", "").replace(",", ".")
    if not time:
        return datetime.fromisoformat(day)
    time = re.sub(r"\.(\d{1,6})\d*", lambda fraction: "." + fraction[1].ljust(6, "0"), time)
    return datetime.fromisoformat(f"{day}T{time.upper()}")


def _from_numbers(found: re.Match[str]) -> datetime | None:
    first, mark, second, year, rest = found.groups()
    day, month = int(first), int(second)
    if mark == "/" and day != month and day <= 12:
        if month <= 12:
            return None
        day, month = month, day
    time = re.match(r"\D{0,4}(\d{1,2}):(\d\d)(?::(\d\d))?\s*([AaPp][Mm])?", rest)
    moment = datetime(int(year), month, day)  # noqa: DTZ001 - the caller knows the zone
    if not time:
        return moment
    hour = int(time[1])
    if time[4]:
        hour = hour % 12 + (12 if time[4].lower() == "pm" else 0)
    return moment.replace(hour=hour, minute=int(time[2]), second=int(time[3] or 0))


def _from_names(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        pass
    else:
        # "-0000" says that the offset is unknown (RFC 5322); a year of two digits would have been stretched.
        return moment if moment.year > 1000 else None
    named = _NAMED.search(text)
    if named and (month := _month_names().get(named["month"].lower())):
        moment = datetime(int(named["year"]), month, int(named["day"]))  # noqa: DTZ001 - the caller knows the zone
        if named["hour"]:
            moment = moment.replace(
                hour=int(named["hour"]), minute=int(named["minute"]), second=int(named["second"] or 0)
            )
        if offset := re.search(r"([+-])(\d\d):?(\d\d)$", named["rest"]):
            minutes = int(offset[2]) * 60 + int(offset[3])
            moment = moment.replace(tzinfo=timezone(timedelta(minutes=-minutes if offset[1] == "-" else minutes)))
        return moment
    return _from_anything(text)


def _from_anything(text: str) -> datetime | None:
    from dateutil import parser

    if not re.search(r"\b(?:19|20)\d\d\b", text) or not text.isascii():
        return None
    # Whatever the text leaves out is filled from two defaults; where the day differs, the text didn't say one.
    one, two = (
        parser.parse(text, default=datetime(1972, 1, day), ignoretz=True)  # noqa: DTZ001 - the caller knows the zone
        for day in (1, 2)
    )
    return one if one == two else None


@cache
def _month_names() -> dict[str, int]:
    """Names and short names of months in the languages of many feeds, without those that differ between languages."""
    from babel.dates import get_month_names

    numbers: defaultdict[str, set[int]] = defaultdict(set)
    for locale in _LOCALES:
        for width in ("wide", "abbreviated"):
            for context in ("format", "stand-alone"):
                for number, name in get_month_names(width, context, locale).items():
                    numbers[name.lower().rstrip(".")].add(number)
    return {name: months.pop() for name, months in numbers.items() if len(months) == 1}
