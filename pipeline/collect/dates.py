"""Dates as feeds write them: RFC 822 and ISO 8601 as they should be, and the many ways in which they are not."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from pipeline.dates import NO_HINTS, Hints, Refused, WrittenDate, day_first_of, read_date
from pipeline.urls import host_of

_UNKNOWN = 1970
"""A date of this year or before is what broken programs write for "unknown"."""


def feed_date(text: str | None, hints: Hints = NO_HINTS) -> datetime | None:
    """The moment that a feed's date means, in UTC; ``None`` where there is none or it can't be told.

    A date without a zone is taken as UTC, a day without a time as its first moment. A date of 1970 or before is what
    broken programs write for "unknown", and ``1/2/2024`` may be either of two days: both are ``None``.
    """
    read = read_feed_date(text, hints)
    return read.at if isinstance(read, WrittenDate) else None


def read_feed_date(text: str | None, hints: Hints = NO_HINTS) -> WrittenDate | Refused:
    """As `feed_date`, with what had to be assumed or why it can't be told."""
    read = read_date(text or "", hints)
    if isinstance(read, Refused):
        return read
    try:
        moment = (read.at if read.at.tzinfo else read.at.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError:
        return Refused("it is not a date", doubtful=False)
    if moment.year <= _UNKNOWN:
        return Refused(f"programs write the year {moment.year} when they don't know the date", doubtful=False)
    return WrittenDate(moment, read.timed, read.assumed)


def hints_of(url: str, language: str | None, dates: Iterable[str]) -> Hints:
    """What the address of a feed, its language and all of its ``dates`` tell of how it writes a date."""
    suffix = host_of(url).rpartition(".")[2]
    return Hints(suffix if len(suffix) == 2 else "", language or "", day_first_of(dates))
