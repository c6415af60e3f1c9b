"""Which day a text names: in numbers, by the name of a month, by the weekday where numbers leave two."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Iterator
from datetime import date

from pipeline.dates.words import key, months_named, thai_months, weekdays_named

MARK = "\x00"
"""Stands in a text where its day stood."""

Days = dict[date, str]
"""The days a text may mean, each with the order of day, month and year by which it is that one."""

DAY_FIRST, MONTH_FIRST, YEAR_FIRST = "day first", "month first", "year first"

_ERAS = {"令和": 2018, "平成": 1988, "民國": 1911, "民国": 1911}
_ERA = re.compile(r"(令和|平成|民國|民国)\s?(\d{1,3}|元)\s?年")
_COUNTED = re.compile(r"(?<!\d)(\d{4})\s?[年년]\s?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일号號]")
_VIETNAMESE = re.compile(r"(?<!\d)(\d{1,2})\s+(?:tháng|thg)\s+(\d{1,2})(?:,?\s+năm)?,?\s+(\d{4})(?!\d)", re.I)
_YEAR_FIRST = re.compile(r"(?<![\d.])(\d{4})\s?([-/.])\s?(\d{1,2})\s?\2\s?(\d{1,2})\.?(?![\d/]|-\d{3})")
_COMPACT = re.compile(r"(?<!\d)((?:19|20)\d\d)(\d\d)(\d\d)(?=T\d|\s|$)", re.I)
_WEEK = re.compile(r"(?<!\d)(\d{4})-?W(\d\d)-?([1-7])(?!\d)", re.I)
_ORDINAL_DAY = re.compile(r"^(\d{4})-(\d{3})(?!\d)")
_YEAR_LAST = re.compile(r"(?<![\d.])(\d{1,2})\s?([-/.])\s?(\d{1,2})\s?\2\s?(\d{4}|\d{2})(?![\d/-])")
_ORDINAL = re.compile(r"(?<![\d:.])(\d{1,2})(?:st|nd|rd|th|er|ère|re|o|a|°|-?го|-?е|η|ης|ος)(?=[\s,.]|$)", re.I)
_TOKEN = re.compile(r"\d+|[^\s\d,;|/()\[\]:+،、·•@_'-]+(?:-[^\s\d,;|/()\[\]:+-]+)*|\x00|'")
_EARLIEST_SHORT_YEAR = 20
"""The first two digits of ``24/12/25`` may be a year; before the 2020s nobody's news is new."""


class NoDay(ValueError):
    """The text names no day, or more than one it may mean."""


def day_in_numbers(text: str) -> tuple[str, Days]:
    """``text`` with a `MARK` in place of the day it names in numbers, and the days these may mean; none, if none."""
    text = _ERA.sub(lambda era: f"{_ERAS[era[1]] + (1 if era[2] == '元' else int(era[2]))}年", text)
    for form in (_COUNTED, _YEAR_FIRST, _COMPACT):
        if found := form.search(text):
            year, month, day = (int(found[at]) for at in ((1, 3, 4) if form is _YEAR_FIRST else (1, 2, 3)))
            return _marked(text, found), _valid([(year, month, day)])
    return _of_year(text) or _year_last(text) or (text, {})


def _of_year(text: str) -> tuple[str, Days] | None:
    """A day by the week or by its number in the year (ISO 8601), and the Vietnamese way."""
    if found := _WEEK.search(text):
        try:
            return _marked(text, found), {date.fromisocalendar(int(found[1]), int(found[2]), int(found[3])): YEAR_FIRST}
        except ValueError:
            raise NoDay("its year has no such week") from None
    if found := _VIETNAMESE.search(text):
        return _marked(text, found), _valid([(int(found[3]), int(found[2]), int(found[1]))])
    if found := _ORDINAL_DAY.search(text):
        year, number = int(found[1]), int(found[2])
        try:
            day = date.fromordinal(date(year, 1, 1).toordinal() + number - 1)
        except ValueError:
            day = date.min
        if day.year != year:
            raise NoDay("the calendar has no such day")
        return _marked(text, found), {day: YEAR_FIRST}
    return None


def _year_last(text: str) -> tuple[str, Days] | None:
    found = _YEAR_LAST.search(text)
    # Where there is a whole year beside it, 14.30.00 is a time.
    if not found or (len(found[4]) == 2 and re.search(r"(?<!\d)\d{4}(?!\d)", _outside(text, found))):
        return None
    first, second, last = int(found[1]), int(found[3]), found[4]
    year = int(last) if len(last) == 4 else full_year(last)
    by_day, by_month = ((year, second, first), DAY_FIRST), ((year, first, second), MONTH_FIRST)
    if found[2] == ".":
        # With points between, the day comes first wherever dates are written so (DIN 5008 and its like).
        readings = [by_month if second > 12 else by_day]
    else:
        readings = [by_day, by_month]
        if len(last) == 2 and first >= _EARLIEST_SHORT_YEAR:
            readings.append(((2000 + first, second, int(last)), YEAR_FIRST))
    return _marked(text, found), _valid_in_order(readings)


def words_of(text: str) -> list[str]:
    """The words and numbers of ``text``, its `MARK` among them, without the endings of ordinal numbers."""
    return [token for token in _TOKEN.findall(_ORDINAL.sub(r"\1", text)) if token.strip(".'\"`-–*")]


def day_in_words(tokens: list[str], language: str) -> tuple[Days, list[str]]:
    """The days that ``tokens`` may name by the name of a month, and the tokens with a `MARK` in place of the day.

    The name stands beside the day, as in ``1 July 2024``, ``July 1, 2024`` and ``2024. július 1.``, perhaps with one
    short word between, as in ``1 de julio de 2024``.
    """
    found: dict[tuple[int, int], Days] = {}
    for at, token in enumerate(tokens):
        if token.isdigit() or not (months := months_named(token, language)):
            continue
        for numbers, span in _around(tokens, at):
            found[span] = _valid(_readings(numbers, months, token))
            break
    if not found:
        return {}, tokens
    (start, end), days = next(iter(found.items()))
    if any(other.keys() != days.keys() for other in found.values()):
        raise NoDay("it names more than one day")
    return days, [*tokens[:start], MARK, *tokens[end:]]


def _around(tokens: list[str], at: int) -> Iterator[tuple[tuple[str, str], tuple[int, int]]]:
    """Pairs of numbers around the month at ``at`` that may be day and year, with the span of tokens they take."""
    before, start = _number_before(tokens, at)
    after, end = _number_after(tokens, at)
    second, last = _number_after(tokens, end - 1) if after else ("", end)
    earlier, first = _number_before(tokens, start) if before else ("", start)
    if before and after and len(before) <= 2 and len(after) in (2, 4):
        yield (before, after), (start, end)
    if after and second and len(after) <= 2 and len(second) in (2, 4):
        yield (after, second), (at, last)
    if before and after and len(before) == 4 and len(after) <= 2:
        yield (after, before), (start, end)
    if before and earlier and len(before) <= 2 and len(earlier) == 4:
        yield (before, earlier), (first, at + 1)


def _number_before(tokens: list[str], at: int) -> tuple[str, int]:
    for back in (1, 2):
        if at - back < 0:
            break
        if tokens[at - back].isdigit():
            return tokens[at - back], at - back
        if not _is_little(tokens[at - back]):
            break
    return "", at


def _number_after(tokens: list[str], at: int) -> tuple[str, int]:
    for ahead in (1, 2):
        if at + ahead >= len(tokens):
            break
        if tokens[at + ahead].isdigit():
            return tokens[at + ahead], at + ahead + 1
        if not _is_little(tokens[at + ahead]):
            break
    return "", at + 1


def _is_little(word: str) -> bool:
    """Whether ``word`` may stand within a date, as de, of and gada do."""
    return len(word) <= 5 and not word.isupper() and not months_named(word)


def _readings(numbers: tuple[str, str], months: Iterable[int], name: str) -> list[tuple[int, int, int]]:
    day, year = numbers
    full = int(year) if len(year) == 4 else full_year(year)
    if full > 2400 and key(name) in thai_months():
        full -= 543
    return [(full, month, int(day)) for month in months]


def full_year(short: str) -> int:
    """The year of two digits, as RFC 5322 (section 4.3) takes it: up to 49 it is of this century."""
    return int(short) + (2000 if int(short) < 50 else 1900)


def _valid(readings: Iterable[tuple[int, int, int]]) -> Days:
    return _valid_in_order((reading, YEAR_FIRST) for reading in readings)


def _valid_in_order(readings: Iterable[tuple[tuple[int, int, int], str]]) -> Days:
    days: Days = {}
    for (year, month, day), order in readings:
        with contextlib.suppress(ValueError):
            days.setdefault(date(year, month, day), order)
    if not days:
        raise NoDay("the calendar has no such day")
    return days


def weekdays_in(words: list[str], language: str = "") -> frozenset[int]:
    """The weekdays that ``words`` name; a short word counts at their beginning alone, for many are other words too."""
    for at, word in enumerate(words):
        for phrase in (" ".join(words[at : at + 2]), word):
            days = weekdays_named(phrase, language)
            if days and (at == 0 or len(key(phrase)) > 2 or not phrase.isascii()):
                return days
    return frozenset()


def one_day(days: Days, weekdays: frozenset[int], day_first: bool | None) -> date:
    """The one of ``days`` that is meant. Raises `NoDay` where nothing tells.

    A weekday decides between days, but is not held against the only one: many a program writes the wrong weekday.
    """
    possible = list(days)
    if len(possible) > 1 and weekdays:
        possible = [day for day in possible if day.weekday() in weekdays]
        if not possible:
            raise NoDay("its weekday is that of none of the days it may mean")
    if len(possible) > 1 and day_first is not None:
        possible = [day for day in possible if days[day] == (DAY_FIRST if day_first else MONTH_FIRST)]
    if len(possible) != 1:
        raise NoDay("it may mean more than one day")
    return possible[0]


def _outside(text: str, found: re.Match[str]) -> str:
    return f"{text[: found.start()]} {text[found.end() :]}"


def _marked(text: str, found: re.Match[str]) -> str:
    return f"{text[: found.start()]} {MARK} {text[found.end() :]}"
