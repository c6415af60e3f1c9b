"""When something was published, out of the many ways in which pages write it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from functools import cache
from zoneinfo import ZoneInfo

EARLIEST = 1990
LATEST_AHEAD = timedelta(days=2)
"""A date further ahead of the clock than any time zone explains is no publication date."""

_ISO = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})"
    r"(?:[T\s]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?(?:[T\s]*(Z|UTC|GMT|[+-]\d{1,2}:?\d{2}|[+-]\d{2})(?:\[[\w/]+\])?)?)?\s*",
    re.IGNORECASE,
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})?(Z)?)?")
_EPOCH = re.compile(r"\d{10}(?:\d{3})?")
_JAVA = re.compile(r"\w{3} (\w{3} \d{1,2}) (\d{1,2}:\d{2}:\d{2}) ([A-Z]{3,4}) (\d{4})")
_IN_PATH = re.compile(r"[/_-]((?:19|20)\d{2})(?:([/_-])(\d{1,2})\2(\d{1,2})|(\d{2})(\d{2}))(?=[/_.-]|$)")
# Hours from UTC of abbreviations that mean one thing to nearly everyone who writes them; IST and CST do not.
_HOURS = """
    UTC 0 GMT 0 Z 0 WET 0 WEST 1 BST 1 CET 1 MEZ 1 CEST 2 MESZ 2 SAST 2 EET 2 EEST 3 MSK 3 JST 9 KST 9 AEST 10 AEDT 11
    EST -5 EDT -4 CDT -5 MST -7 MDT -6 PST -8 PDT -7
"""
_ABBREVIATIONS = {name: int(hours) for name, hours in re.findall(r"([A-Z]+) (-?\d+)", _HOURS)}


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time as far as it was written: ``at`` is naive where no zone was given, midnight where no time was."""

    at: datetime
    timed: bool

    @property
    def zoned(self) -> bool:
        return self.at.tzinfo is not None


def _zone(text: str | None) -> timezone | None:
    if not text:
        return None
    if text.upper() in _ABBREVIATIONS:
        return timezone(timedelta(hours=_ABBREVIATIONS[text.upper()]))
    sign = -1 if text[0] == "-" else 1
    digits = text[1:].replace(":", "").zfill(2)
    hours, minutes = (int(digits), 0) if len(digits) == 2 else (int(digits[:-2]), int(digits[-2:]))
    return timezone(sign * timedelta(hours=hours, minutes=minutes)) if hours < 16 and minutes < 60 else None


def parse_date(text: str) -> Moment | None:
    """The moment that a metadata value names; None where it names none.

    Reads ISO 8601 and its near misses, RFC 2822, Unix seconds and milliseconds, Java's ``toString`` and, as a last
    resort, what dateutil makes of it. A day given as numbers without a year first is ambiguous and read only with the
    name of its month.
    """
    text = text.strip()[:80]
    try:
        if found := _ISO.fullmatch(text) or _ISO.match(text) or _COMPACT.fullmatch(text):
            year, month, day, hour, minute, second, zone = found.groups()
            at = datetime(
                int(year),
                int(month),
                int(day),
                int(hour or 0),
                int(minute or 0),
                min(59, int(second or 0)),
                tzinfo=_zone(zone),
            )
            return _sane(Moment(at, hour is not None))
        if _EPOCH.fullmatch(text):
            return _sane(Moment(datetime.fromtimestamp(int(text[:10]), UTC), True))
        if found := _JAVA.fullmatch(text):
            at = datetime.strptime(f"{found[1]} {found[4]} {found[2]}", "%b %d %Y %H:%M:%S")  # noqa: DTZ007
            return _sane(Moment(at.replace(tzinfo=_zone(found[3]) if found[3] in _ABBREVIATIONS else None), True))
        try:
            return _sane(Moment(parsedate_to_datetime(text), True))
        except ValueError:
            return _loosely(text)
    except (ValueError, OverflowError):
        return None


def _loosely(text: str) -> Moment | None:
    if not (re.search(r"[A-Za-z]{3}", text) and re.search(r"\b(?:19|20)\d{2}\b", text)):
        return None
    from dateutil.parser import ParserError, parse

    zones = {name: hours * 3600 for name, hours in _ABBREVIATIONS.items()}
    try:
        # Two defaults that differ in all fields tell what the text itself says.
        first = parse(text, default=datetime(2001, 1, 1), tzinfos=zones)  # noqa: DTZ001
        other = parse(text, default=datetime(2003, 2, 2, 1, 1), tzinfos=zones)  # noqa: DTZ001
    except (ParserError, ValueError, OverflowError, TypeError, AttributeError):
        return None
    return _sane(Moment(first, first.hour == other.hour)) if first.date() == other.date() else None


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
