"""Quiet hours and digest periods, across changes of the clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.tell.schedule import due_period, instant, next_day, period_of, quiet_until
from schemas.topic import QuietHours, Topic
from tests.tell.examples import topic

KYIV = ZoneInfo("Europe/Kyiv")
ZONES = ["UTC", "Europe/Kyiv", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Casablanca"]


def kyiv(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=KYIV, fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("zone", "day", "wall", "comes"),
    [
        ("Europe/Kyiv", "2026-03-29", "03:00", "2026-03-29T04:00"),
        ("Europe/Kyiv", "2026-03-29", "03:30", "2026-03-29T04:00"),
        ("Europe/Kyiv", "2026-03-29", "04:00", "2026-03-29T04:00"),
        ("Africa/Cairo", "2026-04-24", "00:15", "2026-04-24T01:00"),
        ("Australia/Lord_Howe", "2026-10-04", "02:15", "2026-10-04T02:30"),
        ("America/Nuuk", "2026-03-28", "23:30", "2026-03-29T00:00"),
        ("Pacific/Apia", "2011-12-30", "07:00", "2011-12-31T00:00"),
    ],
)
def test_a_skipped_time_comes_with_the_first_moment_after_the_gap(zone: str, day: str, wall: str, comes: str) -> None:
    where = ZoneInfo(zone)
    found = instant(date.fromisoformat(day), time.fromisoformat(wall), where)
    assert found.tzinfo is UTC
    assert found.astimezone(where).replace(tzinfo=None) == datetime.fromisoformat(comes)


def test_a_digest_whose_time_the_clock_skips_is_due_right_after_the_gap_and_once() -> None:
    early, last = topic(digest={"at": ["03:15", "03:45"]}), kyiv("2026-03-28T03:45")
    assert due_period(early, last, kyiv("2026-03-29T02:59")) is None
    assert due_period(early, last, kyiv("2026-03-29T04:00")) == (last, kyiv("2026-03-29T04:00"))
    assert due_period(early, kyiv("2026-03-29T04:00"), kyiv("2026-03-29T05:00")) is None
    assert period_of(early, kyiv("2026-03-29T04:00")) == (last, kyiv("2026-03-29T04:00"))


def test_a_day_that_a_zone_leaves_out_makes_no_period_of_its_own() -> None:
    midnight = topic(zone="Pacific/Apia", digest={"at": ["00:00"]})
    apia = ZoneInfo("Pacific/Apia")
    now = datetime(2011, 12, 31, 12, tzinfo=apia)
    assert period_of(midnight, now) == (datetime(2011, 12, 29, tzinfo=apia), datetime(2011, 12, 31, tzinfo=apia))


def test_a_repeated_time_comes_first() -> None:
    assert instant(date(2026, 10, 25), time(3, 30), KYIV) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-11-21T21:59", None),
        ("2026-11-21T22:00", "2026-11-22T07:00"),
        ("2026-11-22T03:00", "2026-11-22T07:00"),
        ("2026-11-22T06:59", "2026-11-22T07:00"),
        ("2026-11-22T07:00", None),
    ],
)
def test_quiet_hours_over_midnight(now: str, until: str | None) -> None:
    quiet = QuietHours(start=time(22), end=time(7))
    assert quiet_until(quiet, KYIV, kyiv(now)) == (kyiv(until) if until else None)


def test_quiet_hours_within_a_day() -> None:
    quiet = QuietHours(start=time(12), end=time(14))
    assert quiet_until(quiet, KYIV, kyiv("2026-11-22T13:00")) == kyiv("2026-11-22T14:00")
    assert quiet_until(quiet, KYIV, kyiv("2026-11-22T11:00")) is None


def test_no_quiet_hours() -> None:
    assert quiet_until(None, KYIV, kyiv("2026-11-22T13:00")) is None
    assert quiet_until(QuietHours(start=time(7), end=time(7)), KYIV, kyiv("2026-11-22T07:00")) is None


def test_a_night_in_which_the_clock_goes_back_is_quiet_throughout() -> None:
    quiet = QuietHours(start=time(22), end=time(7))
    for fold in (0, 1):
        assert quiet_until(quiet, KYIV, kyiv("2026-10-25T03:30", fold)) == kyiv("2026-10-25T07:00")


walls = st.times().map(lambda wall: wall.replace(second=0, microsecond=0))
moments = st.integers(0, 3650 * 1440).map(lambda minutes: datetime(2020, 1, 2, tzinfo=UTC) + timedelta(minutes=minutes))


@given(walls, walls, st.sampled_from(ZONES), moments)
def test_quiet_hours_end_and_are_then_over(start: time, end: time, zone: str, now: datetime) -> None:
    quiet, where = QuietHours(start=start, end=end), ZoneInfo(zone)
    until = quiet_until(quiet, where, now)
    if until is not None:
        assert now < until
        assert quiet_until(quiet, where, until) is None


@given(st.sampled_from(ZONES), moments, walls)
def test_each_time_comes_on_its_day_and_in_order(zone: str, now: datetime, wall: time) -> None:
    where, day = ZoneInfo(zone), now.date()
    found = instant(day, wall, where)
    local = found.astimezone(where).replace(tzinfo=None)
    assert local.date() == day
    assert local >= datetime.combine(day, wall)
    assert instant(day, time(0), where) <= found <= instant(day, time(23, 59), where)


@given(st.sampled_from(ZONES), moments)
def test_the_next_day_begins_within_a_day_or_so(zone: str, now: datetime) -> None:
    begins = next_day(ZoneInfo(zone), now)
    assert now < begins <= now + timedelta(hours=25, minutes=30)
    assert begins.astimezone(ZoneInfo(zone)).date() > now.astimezone(ZoneInfo(zone)).date()


def test_the_last_complete_period() -> None:
    daily = topic(digest={"at": ["07:00"]})
    assert period_of(daily, kyiv("2026-11-22T06:59")) == (kyiv("2026-11-20T07:00"), kyiv("2026-11-21T07:00"))
    assert period_of(daily, kyiv("2026-11-22T07:00")) == (kyiv("2026-11-21T07:00"), kyiv("2026-11-22T07:00"))


def test_a_period_over_a_change_of_the_clock_is_an_hour_longer() -> None:
    start, end = period_of(topic(digest={"at": ["07:00"]}), kyiv("2026-10-25T12:00")) or (None, None)
    assert start is not None
    assert end is not None
    assert end - start == timedelta(hours=25)


def test_a_weekly_and_a_twice_daily_digest() -> None:
    weekly = topic(digest={"at": ["18:00"], "days": ["fri"]})
    assert period_of(weekly, kyiv("2026-11-22T12:00")) == (kyiv("2026-11-13T18:00"), kyiv("2026-11-20T18:00"))
    twice = topic(digest={"at": ["07:00", "19:00"], "days": ["mon", "tue", "wed", "thu", "fri"]})
    assert period_of(twice, kyiv("2026-11-23T08:00")) == (kyiv("2026-11-20T19:00"), kyiv("2026-11-23T07:00"))


def test_no_digest_has_no_period() -> None:
    assert period_of(topic(digest=None), kyiv("2026-11-22T12:00")) is None
    assert period_of(topic(digest={"at": []}), kyiv("2026-11-22T12:00")) is None
    assert period_of(topic(digest={"days": []}), kyiv("2026-11-22T12:00")) is None


def test_a_digest_is_due_once_a_period_and_covers_what_was_missed() -> None:
    daily, last = topic(digest={"at": ["07:00"]}), kyiv("2026-11-19T07:00")
    assert due_period(daily, last, kyiv("2026-11-20T06:59")) is None
    assert due_period(daily, last, kyiv("2026-11-22T10:00")) == (last, kyiv("2026-11-22T07:00"))
    assert due_period(daily, kyiv("2026-11-22T07:00"), kyiv("2026-11-22T10:00")) is None
    assert due_period(daily, None, kyiv("2026-11-22T10:00")) == period_of(daily, kyiv("2026-11-22T10:00"))


digests = st.builds(
    lambda zone, at, days: topic(zone=zone, digest={"at": at, "days": days}),
    st.sampled_from(ZONES),
    st.lists(walls, min_size=1, max_size=3),
    st.lists(st.sampled_from(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]), min_size=1, max_size=7),
)


@given(digests, moments, st.lists(st.integers(1, 60 * 40), max_size=12))
def test_periods_follow_one_another_without_gap_or_overlap(of: Topic, now: datetime, steps: list[int]) -> None:
    last: datetime | None = None
    for minutes in steps:
        now += timedelta(minutes=minutes)
        period = due_period(of, last, now)
        if period is None:
            continue
        start, end = period
        assert start < end <= now
        assert last is None or start == last
        last = end


@given(digests, moments)
def test_a_period_ends_at_one_of_the_wished_times(of: Topic, now: datetime) -> None:
    period = period_of(of, now)
    assert period is not None
    assert of.digest is not None
    for moment in period:
        local = moment.astimezone(of.tzinfo)
        days = [local.date(), local.date() - timedelta(days=1)]
        wished = {instant(day, wall, of.tzinfo) for day in days for wall in of.digest.at}
        assert moment in wished
