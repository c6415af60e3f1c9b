"""Quiet hours and digest periods: wall-clock times of a topic's zone as instants, across changes of the clock.

A wall time that the clock skips in spring comes with the first moment after the gap; one that it shows twice in autumn
counts when it comes first (PEP 495, ``fold=0``). Each day thus has each time exactly once.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from schemas.topic import DigestTimes, QuietHours, Topic, Weekday

_DAY = timedelta(days=1)
_WEEKDAYS = tuple(Weekday)


def instant(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """The instant, in UTC, at which the clocks of ``zone`` show ``wall`` on ``day``, or first show a later time."""
    local = datetime.combine(day, wall.replace(tzinfo=None, fold=0), tzinfo=zone)
    found = local.astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return found
    # Where the clock shows no such time, the two folds reckon with what held before the gap and after it (PEP 495).
    return _end_of_gap(local.replace(fold=1).astimezone(UTC), found, zone)


def _end_of_gap(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The instant between ``before`` and ``after``, to the second, at which the clocks of ``zone`` were moved."""
    offset = before.astimezone(zone).utcoffset()
    first, last = int(before.timestamp()), int(after.timestamp())
    while last - first > 1:
        middle = (first + last) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == offset:
            first = middle
        else:
            last = middle
    return datetime.fromtimestamp(last, UTC)


def quiet_until(quiet: QuietHours | None, zone: ZoneInfo, now: datetime) -> datetime | None:
    """When the quiet hours that hold at ``now`` end; None where none hold.

    Hours whose ``start`` is their ``end`` are none at all.
    """
    if quiet is None or quiet.start == quiet.end:
        return None
    until = None
    while (end := _end_of_quiet(quiet, zone, until or now)) is not None:
        # Where the clock is moved, one night's hours may run into the next.
        until = end
    return until


def _end_of_quiet(quiet: QuietHours, zone: ZoneInfo, now: datetime) -> datetime | None:
    today = now.astimezone(zone).date()
    for first in (today - _DAY, today):
        last = first if quiet.start < quiet.end else first + _DAY
        if instant(first, quiet.start, zone) <= now < (end := instant(last, quiet.end, zone)):
            return end
    return None


def next_day(zone: ZoneInfo, now: datetime) -> datetime:
    """The next midnight of ``zone``, in UTC."""
    return instant(now.astimezone(zone).date() + _DAY, time(0), zone)


def _moments_back(times: DigestTimes, zone: ZoneInfo, now: datetime) -> Iterator[datetime]:
    """The digest times up to ``now``, latest first; it ends only where there are none at all."""
    if not times.at or not times.days:
        return
    weekdays = {_WEEKDAYS.index(name) for name in times.days}
    day, later = now.astimezone(zone).date() + _DAY, now + _DAY
    while day > date(1970, 1, 1):
        if day.weekday() in weekdays:
            for found in sorted((instant(day, wall, zone) for wall in times.at), reverse=True):
                # Times within one gap come at the same moment, be they of two days.
                if found <= now and found != later:
                    yield found
                    later = found
        day -= _DAY


def period_of(topic: Topic, now: datetime) -> tuple[datetime, datetime] | None:
    """The last complete period of the topic's digest, from one digest time to the next, in UTC.

    None where the topic has no digest.
    """
    if topic.digest is None:
        return None
    moments = _moments_back(topic.digest, topic.tzinfo, now)
    end, start = next(moments, None), next(moments, None)
    return (start, end) if start and end else None


def due_period(topic: Topic, last_end: datetime | None, now: datetime) -> tuple[datetime, datetime] | None:
    """The period a digest is to be sent for at ``now``; None where none is due.

    ``last_end`` is the end of the last digest's period, at which the new one starts: periods leave no gap and never
    overlap, and after an outage one digest covers all that was missed. Where there was no digest yet, the period is
    the last complete one.
    """
    latest = period_of(topic, now)
    if latest is None or last_end is None:
        return latest
    return (last_end.astimezone(UTC), latest[1]) if latest[1] > last_end else None
