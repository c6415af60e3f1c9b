"""The day a figure holds for, where its sentence says so: "on Monday", "as of September 15", "the day before"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache

from pipeline.figures.reading.directions import Way, way_of
from pipeline.figures.reading.lexicon import load, wordset
from pipeline.figures.reading.tokens import Sentence

_TODAY = wordset("today tonight overnight heute hoy aujourd'hui oggi hoje сегодня сьогодні")
_YESTERDAY = wordset("yesterday gestern ayer hier ieri ontem вчера вчора")
_SHORT = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_SPARE = {"jänner": 1, "setiembre": 9}


@dataclass(frozen=True, slots=True)
class _Calendar:
    months: dict[str, int]
    days: dict[str, int]
    any_day: re.Pattern[str]
    words: frozenset[str]


def _months(language: str) -> dict[str, int]:
    names = load("words")["months"].get(language, "").split()
    regular = [name for name in names if name not in _SPARE][:12]
    return {name: number for number, name in enumerate(regular, 1)} | {n: _SPARE[n] for n in names if n in _SPARE}


def _weekdays(language: str) -> dict[str, int]:
    names = [name for name in load("words")["weekdays"].get(language, "").split() if name != "sonnabend"]
    return {name: number for number, name in enumerate(names[:7])}


@cache
def _calendar(language: str) -> _Calendar:
    months = _months("en") | _months(language) | {name: i for i, name in enumerate(_SHORT, 1)} | {"sept": 9}
    days = _weekdays("en") | _weekdays(language)
    month = "|".join(sorted(map(re.escape, months), key=len, reverse=True))
    day = "|".join(sorted(map(re.escape, days), key=len, reverse=True))
    relative = "|".join(map(re.escape, (*_TODAY, *_YESTERDAY)))
    year = r"(?:19|20)\d\d"
    return _Calendar(
        months,
        days,
        re.compile(
            r"(?i)(?<!\w)(?:(?P<iso>\d{4}-\d{2}-\d{2})\b"
            rf"|(?P<d1>\d{{1,2}})(?:st|nd|rd|th|er|\.)?\s(?:of\s|de\s)?(?P<m1>{month})\b\.?(?:,?\s(?:de\s)?(?P<y1>{year}))?"
            rf"|(?P<m2>{month})\.?\s(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\b(?![,.]\d)(?:,?\s(?P<y2>{year}))?"
            rf"|(?P<day>{day})\b|(?P<relative>{relative})\b)"
        ),
        frozenset([*months, *days, *_TODAY, *_YESTERDAY]),
    )


_DAY_BEFORE = re.compile(
    r"(?i)\s(?:the day before|a day earlier|the previous day|the day earlier|am vortag|la veille)\b"
)


_BEFORE_WORDS = wordset("before earlier previous vortag veille")
_BREAK = re.compile(r"\sthat\s|;|,?\s(?:while|whereas|but)\s")
"""Where a clause with a day of its own may begin: "said on Tuesday that 400 jobs would go by Friday"."""
_ISO = re.compile(r"\d-\d\d-\d")


def _made(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _resolve(
    match: re.Match[str], calendar: _Calendar, before: str, published: datetime | None, way: Way
) -> date | None:
    if match["iso"]:
        year, month, day = map(int, match["iso"].split("-"))
        return _made(year, month, day)
    if match["d1"] or match["d2"]:
        name = match["m1"] or match["m2"]
        if name == "may" or (name == "mar" and "." not in match.group()):
            return None
        day, stated = int(match["d1"] or match["d2"]), match["y1"] or match["y2"]
        if stated:
            return _made(int(stated), calendar.months[name.lower()], day)
        if published is None:
            return None
        found = _made(published.year, calendar.months[name.lower()], day)
        if found and found > published.date() + timedelta(days=45):
            return _made(published.year - 1, calendar.months[name.lower()], day)
        return found
    if published is None:
        return None
    today = published.date()
    if match["relative"]:
        return today - timedelta(days=1) if match["relative"].lower() in _YESTERDAY else today
    name = match["day"]
    if name.isascii() and len(name) <= 3 and not name[0].isupper():
        return None  # "sun", "sat", "mon"
    back = (today.weekday() - calendar.days[name.lower()]) % 7
    if way is Way.AHEAD:
        ahead = (7 - back) % 7
        return today + timedelta(days=7 if not ahead and before.endswith("next ") else ahead)
    if before.endswith("last ") and back == 0:
        back = 7
    return today - timedelta(days=back)


@dataclass(frozen=True, slots=True)
class Days:
    """The days a sentence names with their places, and where it says "the day before"."""

    named: tuple[tuple[int, int, date], ...] = ()
    day_before: tuple[int, ...] = ()
    today: date | None = None
    breaks: tuple[int, ...] = ()

    def _is_to_come(self, start: int, end: int, day: date, at: int) -> bool:
        if self.today is None or day <= self.today or not self.breaks:
            return False
        return not any(min(end, at) <= place <= max(start, at) for place in self.breaks)

    def nearest(self, at: int) -> date | None:
        """The day that the number ending at character ``at`` holds for: the nearest.

        A day to come of its own clause goes before the day on which somebody said so.
        """
        near = [
            (not self._is_to_come(start, end, day, at), start - at if start >= at else at - end + 3, day)
            for start, end, day in self.named
        ]
        found = min(near)[2] if near else None
        if at in self.day_before and (found or self.today):
            return (found or self.today or date.min) - timedelta(days=1)
        return found


_OWNING = (
    *load("words")["weekdays"]["en"].split()[:7],
    *load("words")["months"]["en"].split()[:12],
    *_TODAY,
    *_YESTERDAY,
)
"""Words of a day that may own something: "Monday's"."""


def days_in(sentence: Sentence, published: datetime | None) -> Days:
    """The days that a sentence names.

    Weekdays are counted from ``published``, back or ahead as their clause tells; days that open a span of time ("since
    March 3") are not the day a figure holds for.
    """
    calendar = _calendar(sentence.language)
    text, start, end = sentence.text, sentence.start, sentence.end
    told = not _BEFORE_WORDS.isdisjoint(sentence.words)
    before_at = tuple(match.start() for match in _DAY_BEFORE.finditer(text, start, end)) if told else ()
    today = published.date() if published else None
    plain = sentence.language == "en" and not _ISO.search(text, start, end)
    if plain and calendar.words.isdisjoint(sentence.words) and not any(f"{w}'s" in sentence.words for w in _OWNING):
        return Days((), before_at, today)
    named: list[tuple[int, int, date]] = []
    opened: int | None = None
    for match in calendar.any_day.finditer(text, start, end):
        before = text[max(start, match.start() - 16) : match.start()].lower()
        way = way_of(sentence, match.start(), match.end())
        if opened is not None and text[opened : match.start()] == ", ":
            way = Way.START  # "since Friday, March 18"
        opened = match.end() if way is Way.START else None
        if way is not Way.START and (found := _resolve(match, calendar, before, published, way)):
            named.append((match.start(), match.end(), found))
    breaks = tuple(match.start() for match in _BREAK.finditer(text, start, end)) if len(named) > 1 else ()
    return Days(tuple(named), before_at, today, breaks)
