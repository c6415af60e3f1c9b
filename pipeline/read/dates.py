"""When something was published, out of the many ways in which pages write it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from zoneinfo import ZoneInfo

from pipeline.dates import NO_HINTS, Hints, Refused, read_date
from pipeline.read.calendars import gregorian

EARLIEST = 1990
LATEST_AHEAD = timedelta(days=2)
"""A date further ahead of the clock than any time zone explains is no publication date."""

_FARTHEST = timedelta(hours=14)
"""How far any zone lies from UTC."""
LONGEST = 120
LONGEST_LINE = 160
"""Characters; a longer line is a sentence, whose dates are those of what it tells."""
_MOST_NUMBERS = 4
_PARTS = re.compile(r"\s+[|·•–—/-]\s+|[|·•\n]|\s+(?:by|von|par|por)\s+|\s*[:：]\s+")
_IN_PATH = re.compile(r"[/_-]((?:19|20)\d{2})(?:([/_-])(\d{1,2})\2(\d{1,2})|(\d{2})(\d{2}))(?=[/_.-]|$)")


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time as far as it was written: ``at`` is naive where no zone was given, midnight where no time was."""

    at: datetime
    timed: bool

    @property
    def zoned(self) -> bool:
        return self.at.tzinfo is not None


def hints_of(host: str, language: str | None = None) -> Hints:
    """What the address and the language of a page tell about the dates on it."""
    territory = host.rpartition(".")[2].lower()
    return Hints(country={"uk": "gb"}.get(territory, territory) if len(territory) == 2 else "", language=language or "")


def parse_date(text: str, hints: Hints = NO_HINTS) -> Moment | None:
    """The moment that a value on a page names; None where it names none, or more than one.

    See `pipeline.dates`; days of the Thai and Persian calendars are read as well.
    """
    text = text.strip()[:LONGEST]
    found = read_date(gregorian(text), hints)
    if isinstance(found, Refused):
        return None
    return _sane(Moment(found.at.replace(microsecond=0), found.timed))


def dates_in(line: str, hints: Hints = NO_HINTS) -> list[Moment]:
    """The dates in a line that says more: "Posted by Ada Frei 21.10.2019", "13 March - updated 14 March 2026"."""
    if not any(character.isdigit() for character in line) or len(line) > LONGEST_LINE:
        return []
    if whole := parse_date(line, hints):
        return [whole]
    found: list[Moment] = []
    for part in _PARTS.split(line):
        tokens = part.split()
        numbered = [number for number, token in enumerate(tokens) if any(map(str.isdigit, token))]
        if not numbered:
            continue
        windows = ((start, end) for start in _starts(numbered[0]) for end in _ends(numbered, len(tokens)))
        moments = (parse_date(" ".join(tokens[start:end]), hints) for start, end in windows if end > start)
        if best := next((moment for moment in moments if moment), None):
            found.append(best)
    return found


def _starts(first: int) -> Iterator[int]:
    """Where a date may begin: a weekday, a month and what stands between may come before its first number."""
    yield from range(max(0, first - 2), first + 1)


def _ends(numbered: list[int], count: int) -> Iterator[int]:
    """Where it may end: after the last number and two words (PM, a zone), and ever earlier."""
    for last in reversed(numbered[-_MOST_NUMBERS:]):
        for after in (3, 2, 1):
            if last + after <= count:
                yield last + after


def _sane(moment: Moment) -> Moment | None:
    return moment if EARLIEST <= moment.at.year < 2200 else None


def date_in_path(url: str) -> Moment | None:
    """The day that the path of an address names, such as ``/2026/03/01/``."""
    found = _IN_PATH.search(url.partition("://")[2].partition("?")[0])
    if not found:
        return None
    year, month, day = int(found[1]), int(found[3] or found[5]), int(found[4] or found[6])
    try:
        return _sane(Moment(datetime(year, month, day), False))  # noqa: DTZ001
    except ValueError:
        return None


@cache
def zone_of_host(host: str) -> ZoneInfo | None:
    """The time zone of a host under a country's domain, if the country has but one; CLDR's territory zones by Babel."""
    from babel.core import get_global

    territory = host.rpartition(".")[2].upper()
    zones = get_global("territory_zones").get({"UK": "GB"}.get(territory, territory), [])
    # CLDR lists the enclaves of these three beside the zone in which nearly everyone of them lives.
    main = {"DE": "Europe/Berlin", "UA": "Europe/Kiev", "CN": "Asia/Shanghai"}.get(territory)
    name = main or (zones[0] if len(zones) == 1 else None)
    try:
        return ZoneInfo(name) if name else None
    except (ValueError, OSError):
        return None


def settle(moment: Moment, peers: list[Moment], feed: datetime | None, host: str) -> tuple[datetime, str]:
    """``moment`` in UTC, and a note where its zone had to be inferred.

    A naive time is that of another candidate with the same wall clock and a zone; or the feed's, if the two differ by a
    whole number of quarter hours within a day, as two zones do; or local to the country of the host; or UTC.
    """
    at = moment.at
    if moment.zoned:
        return at.astimezone(UTC), ""
    if not moment.timed:
        return at.replace(tzinfo=UTC), "the page gives the day of publication only"
    for peer in peers:
        if peer.zoned and peer.timed and abs(peer.at.replace(tzinfo=None) - at) < timedelta(minutes=1):
            return peer.at.astimezone(UTC), ""
    assumed = at.replace(tzinfo=UTC)
    if feed is not None:
        apart = abs((feed - assumed).total_seconds())
        if apart <= 14 * 3600 and min(apart % 900, 900 - apart % 900) < 60:
            return feed, ""
    zone = zone_of_host(host)
    if zone is not None:
        return at.replace(tzinfo=zone).astimezone(UTC), f"the page gives no time zone; taken for {zone.key}"
    return assumed, "the page gives no time zone; taken for UTC"


def as_written(at: datetime, moment: Moment, peers: Iterable[Moment]) -> datetime:
    """``at`` in the zone in which the page wrote it, so that its day is the outlet's; UTC where no zone shows.

    ``moment`` is what ``at`` was settled from. Where it is in UTC, another date of the page that names the same instant
    may tell the zone: many pages give one form for machines and one for readers.
    """
    for one in (moment, *peers):
        if not one.timed or (one is not moment and not one.zoned):
            continue
        ahead = one.at.replace(tzinfo=UTC) - at
        same = abs(one.at - at) < timedelta(minutes=1) if one.zoned else True
        offset = timedelta(minutes=round(ahead.total_seconds() / 60))
        if same and offset and abs(offset) <= _FARTHEST:
            return at.astimezone(timezone(offset))
    return at
