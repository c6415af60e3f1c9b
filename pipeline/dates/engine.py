"""A date as it is written → the moment it means, or why that can't be told."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache

from pipeline.dates import zones
from pipeline.dates.clock import NoTime, TimeOfDay, time_in
from pipeline.dates.days import MARK, NoDay, day_in_numbers, day_in_words, one_day, weekdays_in, words_of
from pipeline.dates.words import weekdays_named
from pipeline.dates.zones import UnknownZone, Zone

LONGEST = 120
"""Characters; the longest date that a browser writes, with the name of its zone in words, has 80."""

_EARLIEST, _LATEST = 1900, 2200
_MOST_WORDS = 5
_COMPACT_TIME = re.compile(r"((?:19|20)\d{6})(\d\d)(\d\d)(\d\d)?$")
_SECONDS = re.compile(r"(\d+)(?:\.(\d{1,9}))?$")
# Digits of a Unix time from 1973 to 2286, and how many of it make a second: s, ms, µs, ns.
_UNIX = {9: 1, 10: 1, 13: 1_000, 16: 1_000_000, 19: 1_000_000_000}
_HIDDEN = re.compile("[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-") | dict.fromkeys("’‘ʼ`´", "'"))
_APACHE = re.compile(r"(?<=\d{4}):(?=\d\d:\d\d:\d\d)")
_COMMENT = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
_OF_DAY = re.compile(MARK + r"\s*([+-]\d\d:\d\d)$")
"""XML Schema gives days a zone too: ``2024-09-23+02:00``."""
_YEAR_THEN_ZONE = re.compile(r"\s*(\d{4})\s+(\S.*)$")
_O_CLOCK = re.compile(r"(?:uhr|h|hs|hrs|hours|uur|г|года|р|року|น)\b\.?", re.IGNORECASE)
_RFC = re.compile(
    r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?(?P<day>\d\d?) "
    r"(?P<month>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) (?P<year>\d{4}) "
    r"(?P<clock>\d\d:\d\d:\d\d) (?P<zone>GMT|UTC|Z|(?P<offset>[+-]\d{4}))"
)
_ISO = re.compile(
    r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)(?:[T ](?P<clock>\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?) ?"
    r"(?P<zone>Z|(?P<offset>[+-]\d\d(?::?\d\d)?))?)?"
)
_MONTHS = {name: number for number, name in enumerate("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), 1)}  # noqa: SIM905


@dataclass(frozen=True, slots=True)
class Hints:
    """What is known of who wrote a date: ``country`` (ISO 3166, from the address) and ``language`` (ISO 639), both in
    lower case, and whether the day comes before the month in other dates of the same writer.
    """

    country: str = ""
    language: str = ""
    day_first: bool | None = None


NO_HINTS = Hints()


@dataclass(frozen=True, slots=True)
class WrittenDate:
    """A moment as far as it was written: ``at`` is naive where no zone was given, midnight where no time was.

    ``assumed`` says what was taken for granted, in words that go on from "a date".
    """

    at: datetime
    timed: bool
    assumed: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """No date, and why not, in words; ``doubtful`` where it is one, but of two meanings."""

    why: str
    doubtful: bool = True


_NONE = Refused("it is not a date", doubtful=False)


@lru_cache(maxsize=4096)
def read_date(text: str, hints: Hints = NO_HINTS) -> WrittenDate | Refused:
    """The moment that ``text`` means.

    Reads RFC 822 to 5322, RFC 850, asctime, ISO 8601 with RFC 9557, Unix times, and what programs and people write
    instead: names of months in sixty languages, AM and PM, zones by name, offset or place. What could be read in two
    ways is refused, and so is whatever holds a number or a zone that isn't understood.
    """
    if len(text) > LONGEST * 2:
        return _NONE
    text = " ".join(text.split())
    try:
        if plain := _RFC.fullmatch(text):
            return _from_plain(plain, _MONTHS[plain["month"]])
        if plain := _ISO.fullmatch(text):
            return _from_plain(plain, int(plain["month"]))
        text = _cleaned(text)
        if not text or len(text) > LONGEST:
            return _NONE
        if digits := _SECONDS.match(text):
            return _from_digits(digits[1], digits[2] or "")
        return _from_parts(text, hints)
    except (NoDay, NoTime, UnknownZone) as error:
        return Refused(str(error))
    except (ValueError, OverflowError):
        return _NONE


def _from_plain(found: re.Match[str], month: int) -> WrittenDate | Refused:
    """What nearly all dates are, RFC 5322 and ISO 8601 to the letter, without the pains that the others take."""
    zone = None
    if found["offset"]:
        digits = found["offset"][1:].replace(":", "")
        zone = zones.offset(found["offset"][0], digits[:2], digits[2:])
    elif found["zone"]:
        zone = Zone(UTC)
    try:
        day = date(int(found["year"]), month, int(found["day"]))
    except ValueError:
        raise NoDay("the calendar has no such day") from None
    return _written(day, time_in(found["clock"])[1] if found["clock"] else None, zone)


def _cleaned(text: str) -> str:
    text = _HIDDEN.sub("", unicodedata.normalize("NFKC", text)).translate(_DASHES)
    if not text.isascii():
        text = "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in text)
    return " ".join(_APACHE.sub(" ", text).split())


def _from_digits(digits: str, fraction: str) -> WrittenDate | Refused:
    if len(digits) == 8 and not fraction:
        (day,) = day_in_numbers(digits)[1] or (None,)
        return _written(day, None, None) if day else _NONE
    compact = _COMPACT_TIME.match(digits)
    days = day_in_numbers(compact[1])[1] if compact and not fraction else {}
    if days and len(digits) in (12, 14):
        assert compact
        _, clock, _ = time_in(f"{compact[2]}:{compact[3]}:{compact[4] or '00'}")
        return _written(next(iter(days)), clock, None)
    unit = _UNIX.get(len(digits))
    if unit is None:
        return _NONE
    if len(digits) == 10 and _is_hour(digits):
        return Refused("it may be a Unix time or year, month, day and hour")
    seconds, rest = divmod(int(digits), unit)
    micro = rest * 1_000_000 // unit if unit > 1 else int(fraction.ljust(6, "0")[:6])
    return WrittenDate(datetime.fromtimestamp(seconds, UTC) + timedelta(microseconds=micro), True)


def _is_hour(digits: str) -> bool:
    """Whether ten digits may be YYYYMMDDHH; as a Unix time that would be one of 2033."""
    try:
        datetime.strptime(digits, "%Y%m%d%H").replace(tzinfo=UTC)
    except ValueError:
        return False
    return digits.startswith("20")


def _from_parts(text: str, hints: Hints) -> WrittenDate | Refused:
    comments = [comment.strip() for comment in _COMMENT.findall(text)]
    text, days = day_in_numbers(_COMMENT.sub(" ", text))
    before, clock, after, zone = _time_and_zone(text, hints)
    words, following = words_of(before), words_of(after)
    if not days:
        days, joined = day_in_words([*words, *following], hints.language)
        if not days:
            return _no_day(text, clock)
        cut = joined.index(MARK) + 1
        # What follows the time must be understood unless the day follows it too.
        split = len(words) - (len(words) + len(following) - len(joined))
        words, following = (joined, []) if cut > split else (joined[:split], joined[split:])
    elif MARK in following:
        words, following = [*words, *following], []
    zone, left = _zone_of(comments, words, zone, hints)
    left = [word for word in left if word != MARK]
    if following or len(left) > _MOST_WORDS or any(_is_unknown(word) for word in left):
        unknown = (following or [word for word in left if _is_unknown(word)] or left)[0]
        return Refused(f"it holds {unknown[:20]!a}, which isn't understood")
    weekdays = weekdays_in(left, hints.language) or next(
        (days_ for one in comments if (days_ := weekdays_named(one))), frozenset()
    )
    return _written(one_day(days, weekdays, hints.day_first), clock, zone)


def _no_day(text: str, clock: TimeOfDay | None) -> Refused:
    if clock is None and not re.search(r"\d", text):
        return _NONE
    return Refused("it names no day that can be told", doubtful=False)


def _time_and_zone(text: str, hints: Hints) -> tuple[str, TimeOfDay | None, str, Zone | None]:
    """What stands before the time, the time, what stands after it and after its zone, and that zone."""
    mark = text.find(MARK)
    if mark >= 0 and (of_day := _OF_DAY.match(text, mark)):
        return text[: mark + 1], None, "", _leading_zone(of_day[1], hints)[1]
    head, rest = (text[: mark + 1], text[mark + 1 :]) if mark >= 0 else ("", text)
    basic = time_in(rest.lstrip(), after_day=True) if mark >= 0 and re.match(r"\s*T", rest, re.I) else None
    before, clock, after = (head, *basic[1:]) if basic and not basic[0].strip("Tt ") else time_in(text)
    if clock is None:
        ended = re.match(r"(.*(?:\d|\x00))(?:\s*(Z|[A-Z]{2,5})|\s([+-]\d\d:?\d\d))$", text)
        if ended is None:
            return text, None, "", None
        before, after = ended[1], ended[2] or ended[3]
    after, zone = _leading_zone(after, hints)
    if zone is None and (year := _YEAR_THEN_ZONE.match(after)):  # as git and Ruby put them
        rest, zone = _leading_zone(year[2], hints)
        after = f"{year[1]} {rest}"
    return before, clock, after, zone


def _leading_zone(text: str, hints: Hints) -> tuple[str, Zone | None]:
    """``text``, which follows a time, without the zone it begins with, and that zone. A number outweighs a name."""
    by_number = by_name = None
    while text := text.lstrip(" ,"):
        if found := zones.OFFSET.match(text):
            if by_number:
                raise UnknownZone("it names more than one zone")
            by_number = zones.offset(found["sign"], found["hours"], found["minutes"])
            _agree(by_name, by_number)
        elif found := zones.PLACE.match(text):
            by_name = zones.place(found[0])
        elif found := _O_CLOCK.match(text):
            pass
        elif (found := zones.NAME.match(text)) and zones.is_name(found[0]):
            if by_name is not None:
                raise UnknownZone("it names more than one zone")
            by_name = Zone(UTC) if by_number else zones.named(found[0], hints.country, hints.language)
            if found[0].upper() == "Z" and by_number:
                raise UnknownZone("it names more than one zone")
        else:
            break
        text = text[found.end() :]
    return text, by_number or by_name


def _agree(by_name: Zone | None, by_number: Zone) -> None:
    """A number after a name says more of it, as in ``EST -0500``, or another thing, and then nobody knows which."""
    if by_name is not None and isinstance(by_name.info, timezone) and by_name.info != by_number.info:
        raise UnknownZone("it names more than one zone")


def _zone_of(comments: list[str], words: list[str], zone: Zone | None, hints: Hints) -> tuple[Zone | None, list[str]]:
    """The zone of a date, which may stand in a comment or before the time, and ``words`` without it."""
    for comment in comments:
        if zone is not None or not comment or weekdays_named(comment):
            continue
        rest, found = _leading_zone(comment, hints)
        info = zones.long_name(comment) if found is None else None
        if info is None and (found is None or rest):
            raise UnknownZone(f"it names the zone {comment[:30]!a}, which isn't known")
        zone = found or (Zone(info) if info else None)
    for word in words:
        if zone is None and len(word) > 1 and word.isupper() and zones.is_name(word) and not weekdays_named(word):
            zone = zones.named(word, hints.country, hints.language)
            words = [other for other in words if other != word]
    return zone, words


def _is_unknown(word: str) -> bool:
    """Whether a word beside the parts of a date may change its meaning: a number, or what looks like a zone's name."""
    if any(char.isdigit() for char in word):
        return True
    return word.isascii() and word.isupper() and 1 < len(word) <= 5 and not weekdays_named(word)


def _written(day: date, clock: TimeOfDay | None, zone: Zone | None) -> WrittenDate | Refused:
    if not _EARLIEST <= day.year < _LATEST:
        return Refused(f"its year {day.year} is that of no news, or of another calendar", doubtful=False)
    at = datetime.combine(day, time(0), zone.info if zone else None)
    if clock is not None:
        at += timedelta(microseconds=clock.microseconds)
    return WrittenDate(at, clock is not None, zone.assumed if zone else "")
