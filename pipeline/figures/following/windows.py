"""The period a number covers, resolved against the day of its article.

A window is one of

- ``2026-06-14`` a day, ``2026-06`` a month, ``2026-Q2`` a quarter, ``2026`` a year
- ``7d:2026-06-14`` so many days up to one
- ``total`` a running total ("since February", "so far", "this year")
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

_DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_MONTHS = [date(2000, month, 1).strftime("%B").lower() for month in range(1, 13)]
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4}
_UNITS = {"hour": 1, "day": 1, "week": 7, "month": 30, "year": 365}
_SMALL = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "ten": 10, "fourteen": 14}
_SAID = r"(?:said|says|told|announced|reported|published|showed|confirmed|ruled|parliament)"

_DAY = "|".join(_DAYS)
_MONTH = "|".join(_MONTHS)
_PATTERNS = re.compile(
    rf"""(?ix)\b(?:
      (?P<ago>the\ day\ before|a\ day\ earlier|yesterday)
    | (?P<rolling>(?:the\ )?(?:last|past|previous)\ (?P<n>\d+|\w+)[ -](?P<unit>hour|day|week|month|year)s?)
    | (?P<rolled>(?:the\ )?(?:last|past|previous)\ (?P<runit>week|month|quarter|year))
    | (?P<weekto>(?:in\ )?the\ week\ (?:to|ending)\ (?P<wd>\d{{1,2}})\ (?P<wm>{_MONTH}))
    | (?P<overnight>overnight|last\ night)
    | (?P<since>since\ (?!then)|so\ far|to\ date|in\ (?:all|total)|this\ year|toll|the\ total
        |(?:t[ao]k(?:es?|ing)|took|br(?:ings?|inging|ought)|pushing|put(?:ting)?)\ (?:the\ )?[\w' -]{{0,24}}?total
        |in\ the\ year\ to)
    | (?P<quarter>(?P<q>first|second|third|fourth|1st|2nd|3rd|4th)[ -]quarter(?:\ (?:of\ )?(?P<qy>(?:19|20)\d\d))?)
    | (?P<dm>(?P<d>\d{{1,2}})\ (?P<m>{_MONTH})(?:\ (?P<y>(?:19|20)\d\d))?)
    | (?P<md>(?P<m2>{_MONTH})\ (?P<d2>\d{{1,2}})(?!\d)(?:,?\ (?P<y2>(?:19|20)\d\d))?)
    | (?P<monthyear>(?P<mname>{_MONTH})(?:'s|’s)?(?:\ (?P<my>(?:19|20)\d\d))?)
    | (?P<weekday>(?P<wday>{_DAY}))
    | (?P<today>today)
    | (?P<year>(?:in|of|for|the|during)\ (?:the\ (?:whole\ )?(?:of\ )?)?(?P<yr>(?:19|20)\d\d))
    )\b"""
)
_BEFORE_REPORT = re.compile(rf"(?i)\b{_SAID}\s(?:\w+\s){{0,2}}(?:late\s|early\s)?(?:on\s)?$")
_AFTER_REPORT = re.compile(rf"(?i)^\s(?:that|{_SAID})\b")
_SINCE = re.compile(r"(?i)\bsince\s(?:\w+\s){0,4}$")
_BY = re.compile(r"(?i)\b(?:by|until|as of|from)\s(?:\w+\s)?$")


@dataclass(frozen=True, slots=True)
class Found:
    """A window that the characters ``start`` … ``end`` name; weak where it may only say who spoke when."""

    start: int
    end: int
    window: str
    weak: bool = False


def windows(sentence: str, day: date) -> list[Found]:
    """All windows that ``sentence``, published on ``day``, names, in its order."""
    found: list[Found] = []
    for match in _PATTERNS.finditer(sentence):
        head = sentence[: match.start()]
        if match["since"] is None and _SINCE.search(head):
            continue
        window = _resolve(match, day)
        if window is None:
            continue
        dated = match.lastgroup is not None and _is_day(window)
        if dated and _BY.search(head):
            continue
        weak = dated and bool(_BEFORE_REPORT.search(head) or _AFTER_REPORT.search(sentence[match.end() :]))
        found.append(Found(match.start(), match.end(), window, weak))
    return found


def _is_day(window: str) -> bool:
    return len(window) == 10 and window[4] == "-"


def _resolve(match: re.Match[str], day: date) -> str | None:
    if match["since"]:
        return "total"
    if match["ago"]:
        return (day - timedelta(days=1)).isoformat()
    if match["today"]:
        return day.isoformat()
    if match["overnight"]:
        return f"1d:{day.isoformat()}"
    if match["rolling"]:
        count = int(match["n"]) if match["n"].isdigit() else _SMALL.get(match["n"].lower(), 1)
        unit = match["unit"].lower()
        days = max(1, count // 24) if unit == "hour" else count * _UNITS[unit]
        return f"{days}d:{day.isoformat()}" if days < 4000 else None
    if match["rolled"]:
        unit = match["runit"].lower()
        if unit == "week":
            return f"7d:{day.isoformat()}"
        if unit == "month":
            return _month_before(day)
        return str(day.year - 1) if unit == "year" else None
    if match["weekto"]:
        ends = _date(day, match["wd"], match["wm"], None)
        return f"7d:{ends.isoformat()}" if ends else None
    if match["quarter"]:
        number = _ORDINALS[match["q"].lower()]
        year = int(match["qy"]) if match["qy"] else (day.year if (day.month - 1) // 3 + 1 >= number else day.year - 1)
        return f"{year}-Q{number}"
    if match["dm"]:
        exact = _date(day, match["d"], match["m"], match["y"])
        return exact.isoformat() if exact else None
    if match["md"]:
        exact = _date(day, match["d2"], match["m2"], match["y2"])
        return exact.isoformat() if exact else None
    if match["monthyear"]:
        return _month(match, day)
    if match["weekday"]:
        back = (day.weekday() - _DAYS.index(match["wday"].lower())) % 7
        return (day - timedelta(days=back)).isoformat()
    return match["yr"]


def _month(match: re.Match[str], day: date) -> str | None:
    if not match["mname"][0].isupper():
        return None
    number = _MONTHS.index(match["mname"].lower()) + 1
    if match["my"]:
        return f"{match['my']}-{number:02}"
    year = day.year
    if number - day.month > 6:
        year -= 1
    elif day.month - number > 9:
        year += 1
    return f"{year}-{number:02}"


def _month_before(day: date) -> str:
    last = day.replace(day=1) - timedelta(days=1)
    return f"{last.year}-{last.month:02}"


def _date(day: date, number: str, month: str, year: str | None) -> date | None:
    try:
        found = date(int(year or day.year), _MONTHS.index(month.lower()) + 1, int(number))
    except ValueError:
        return None
    return (
        found.replace(year=found.year - 1)
        if not year and found > day + timedelta(days=60) and found.day < 29
        else found
    )


def days_of(window: str) -> tuple[date, date] | None:
    """The first and last day of a window; ``None`` for a running total."""
    try:
        if _is_day(window):
            only = date.fromisoformat(window)
            return only, only
        if "d:" in window:
            count, _, last = window.partition("d:")
            end = date.fromisoformat(last)
            return end - timedelta(days=int(count)), end
        if "-Q" in window:
            year, quarter = int(window[:4]), int(window[-1])
            return date(year, 3 * quarter - 2, 1), _last_day(year, 3 * quarter)
        if len(window) == 7:
            year, month = int(window[:4]), int(window[5:])
            return date(year, month, 1), _last_day(year, month)
        if len(window) == 4:
            return date(int(window), 1, 1), date(int(window), 12, 31)
    except (ValueError, OverflowError):
        pass
    return None


def _last_day(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def differ(one: str, other: str) -> bool:
    """Whether two windows are different periods: two days, two months, a year and the running total of a later one."""
    if one == other or "total" in (one, other):
        return False
    first, second = days_of(one), days_of(other)
    if first is None or second is None:
        return False
    if _span(one) != _span(other) and (
        first[0] <= second[0] <= second[1] <= first[1] or second[0] <= first[0] <= first[1] <= second[1]
    ):
        return len(one) == 4 or len(other) == 4 or _span(one) > 40 or _span(other) > 40
    if "d:" in one and "d:" in other:
        return abs((first[1] - second[1]).days) > 2 or _span(one) != _span(other)
    return first[1] < second[0] or second[1] < first[0]


def _span(window: str) -> int:
    ends = days_of(window)
    return (ends[1] - ends[0]).days if ends else 0
