"""Days of the Thai and Persian calendars, as days of the Gregorian one."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta

# Years that no Gregorian date of news has: the Solar Hijri calendar is 621 or 622 years behind, the Buddhist 543 ahead.
_PERSIAN_YEARS = range(1370, 1480)
_BUDDHIST_YEARS = range(2533, 2643)
_BUDDHIST_AHEAD = 543
_NUMBERS = re.compile(r"(?<!\d)(1[34]\d\d|2[56]\d\d)([/.-])(\d{1,2})\2(\d{1,2})(?!\d)")
_DAY_FIRST = re.compile(r"(?<!\d)(\d{1,2})([/.-])(\d{1,2})\2(1[34]\d\d|2[56]\d\d)(?!\d)")
_MONTHS = "فروردین اردیبهشت خرداد تیر مرداد شهریور مهر آبان آذر دی بهمن اسفند".split()  # noqa: SIM905
_NAMED = re.compile(rf"(?<!\d)(\d{{1,2}})\s+({'|'.join(_MONTHS)})\s*(?:ماه)?[\s،,]+(1[34]\d\d)(?!\d)")
_LONG_MONTHS, _LONG, _SHORT = 6, 31, 30
_ORIGIN, _ORIGIN_YEAR = date(1600, 3, 20), 979
"""1 Farvardin 979, from which whole cycles of 33 years, 8 of them leap years, are counted."""


def persian(year: int, month: int, day: int) -> date:
    """The Gregorian day of a Persian one, by the 33-year cycle of leap years, which holds from 1343 to 1502.

    Raises ValueError where there is no such day.
    """
    if not (1 <= month <= 12 and 1 <= day <= (_LONG if month <= _LONG_MONTHS else _SHORT)):
        raise ValueError(f"the Persian calendar has no day {year}-{month}-{day}")
    cycles, years = divmod(year - _ORIGIN_YEAR, 33)
    days = (year - _ORIGIN_YEAR) * 365 + cycles * 8 + (years + 3) // 4
    days += (month - 1) * _SHORT + min(month - 1, _LONG_MONTHS) + day - 1
    return _ORIGIN + timedelta(days=days)


def _converted(year: int, month: int, day: int) -> date | None:
    try:
        if year in _PERSIAN_YEARS:
            return persian(year, month, day)
        return date(year - _BUDDHIST_AHEAD, month, day) if year in _BUDDHIST_YEARS else None
    except ValueError:
        return None


def gregorian(text: str) -> str:
    """``text`` with its Thai or Persian day, if it names one, as ``YYYY-MM-DD``; as it was if it doesn't."""
    if not text.isascii():
        text = "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in text)
        text = text.replace("ي", "ی").replace("ك", "ک")
    for pattern, order in ((_NUMBERS, (1, 3, 4)), (_DAY_FIRST, (4, 3, 1)), (_NAMED, (3, 2, 1))):
        found = pattern.search(text)
        if found:
            year, month, day = (found[number] for number in order)
            number = _MONTHS.index(month) + 1 if month in _MONTHS else int(month)
            if at := _converted(int(year), number, int(day)):
                return f"{text[: found.start()]}{at:%Y-%m-%d}{text[found.end() :]}"
    return text
