from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.collect.dates import feed_date
from pipeline.dates import Hints, Refused, WrittenDate, day_first_of, read_date

NOON = "2024-07-01T12:00:00+00:00"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Mon, 01 Jul 2024 12:00:00 GMT", NOON),
        ("Mon, 01 Jul 2024 14:00:00 +0200", NOON),
        ("Mon, 01 Jul 2024 14:00:00 +0200 (CEST)", NOON),
        ("Mon, 01 Jul 2024 05:00:00 PDT", NOON),
        ("Mon, 01 Jul 2024 04:00:00 PST", NOON),
        ("Mon, 01 Jul 2024 07:00:00 EST", NOON),
        ("Mon, 01 Jul 2024 14:00:00 CEST", NOON),
        ("Mon, 01 Jul 2024 15:00:00 MSK", NOON),
        ("Mon, 01 Jul 2024 21:00:00 JST", NOON),
        ("Mon, 01 Jul 2024 17:30:00 IST", NOON),
        ("Mon, 01 Jul 2024 15:00:00 GMT+3", NOON),
        ("Mon, 01 Jul 2024 12:00:00", NOON),
        ("Mon, 1 Jul 2024 12:00", NOON),
        ("1 Jul 24 12:00:00 GMT", NOON),
        ("2024-07-01T12:00:00Z", NOON),
        ("2024-07-01T12:00:00.1234567Z", "2024-07-01T12:00:00.123456+00:00"),
        ("2024-07-01T08:00:00-0400", NOON),
        ("2024-07-01 14:00:00 +02:00", NOON),
        ("2024-07-01 07:00:00 EST", NOON),
        ("2024-07-01", "2024-07-01T00:00:00+00:00"),
        ("20240701", "2024-07-01T00:00:00+00:00"),
        ("1719835200", NOON),
        ("1719835200000", NOON),
        ("Lun, 01 juil. 2024 14:00:00 +0200", NOON),
        ("Mo, 01 Juli 2024 12:00:00 GMT", NOON),
        ("1 de julio de 2024 12:00", NOON),
        ("Пн, 1 июля 2024 15:00:00 MSK", NOON),
        ("01.07.2024 12:00", NOON),
        ("07/13/2024 12:00 PM", "2024-07-13T12:00:00+00:00"),
        ("Monday, July 1, 2024 12:00 PM", NOON),
        ("\n  Mon, 01 Jul 2024\n 12:00:00 GMT ", NOON),
    ],
)
def test_a_date_is_read_as_the_moment_it_means(written: str, meant: str) -> None:
    assert feed_date(written) == datetime.fromisoformat(meant)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "   ",
        "yesterday",
        "soon",
        "2024-13-45",
        "Thu, 31 Nov 2024 10:00:00 GMT",
        "07/01/2024",
        "12:30",
        "July 2024",
        "1970-01-01T00:00:00Z",
        "0001-01-01T00:00:00Z",
        "0",
        "Mon, 01 Jul 99999 12:00:00 GMT",
        "9" * 70,
        "x" * 10000,
    ],
)
def test_what_is_no_date_or_a_doubtful_one_is_none(written: str) -> None:
    assert feed_date(written) is None


def test_no_date_is_none() -> None:
    assert feed_date(None) is None


SPELLINGS = [
    line.rpartition(" => ")[::2]
    for line in Path(__file__).with_name("spellings.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]


@pytest.mark.parametrize(("written", "meant"), SPELLINGS)
def test_a_spelling_means_its_moment_or_none(written: str, meant: str) -> None:
    expected = None if meant == "-" else datetime.fromisoformat(meant).replace(tzinfo=UTC)
    assert feed_date(written) == expected


def test_a_month_of_two_meanings_is_that_of_the_language() -> None:
    for language, month in (("pl", 11), ("hr", 10)):
        read = read_date("5 listopada 2024", Hints(language=language))
        assert isinstance(read, WrittenDate)
        assert read.at == datetime(2024, month, 5)  # noqa: DTZ001 - it names no zone


def test_what_was_not_written_is_not_made_up() -> None:
    day, local = read_date("23 Sep 2024"), read_date("23 Sep 2024 14:30")
    assert (day, local) == (
        WrittenDate(datetime(2024, 9, 23), timed=False),  # noqa: DTZ001
        WrittenDate(datetime(2024, 9, 23, 14, 30), timed=True),  # noqa: DTZ001
    )


@pytest.mark.parametrize(
    ("written", "why", "doubtful"),
    [
        ("soon", "it is not a date", False),
        ("July 2024", "it names no day that can be told", False),
        ("07/01/2024", "it may mean more than one day", True),
        ("Mon, 07/01/2025", "its weekday is that of none of the days it may mean", True),
        ("31 Nov 2024", "the calendar has no such day", True),
        ("1 Jul 2024 14:30 AM", "14 o'clock is no hour before noon", True),
        ("1 Jul 2024 25:00", "no day has a time of 25:00:00", True),
        ("1 Jul 2024 12:00 QQT", "it holds 'QQT', which isn't understood", True),
        ("1 Jul 2024 12:00 +2500", "its offset +2500 is that of no place", True),
        ("1403/07/02", "its year 1403 is that of no news, or of another calendar", False),
        ("2024070112", "it may be a Unix time or year, month, day and hour", True),
    ],
)
def test_what_is_refused_is_refused_in_words(written: str, why: str, doubtful: bool) -> None:
    assert read_date(written) == Refused(why, doubtful)


def test_the_order_of_a_writer_is_that_of_the_dates_without_a_doubt() -> None:
    assert day_first_of(["01/02/2024", "25/02/2024"]) is True
    assert day_first_of(["01/02/2024", "02/25/2024"]) is False
    assert day_first_of(["01/02/2024", "05/05/2024", "2024-02-25", "nonsense", "x" * 999]) is None
    assert day_first_of(["25/02/2024", "02/25/2024"]) is None


@given(st.text(max_size=60) | st.from_regex(r"[A-Z][a-z]{2}, \d{1,5} \w{3,5} \d{2,6} \d\d:\d\d( [+-]?\w{1,5})?"))
def test_no_text_breaks_it(text: str) -> None:
    moment = feed_date(text)
    assert moment is None or moment.tzinfo is UTC


@given(st.integers(86400 * 400, 4_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)))
def test_iso_dates_come_back(moment: datetime) -> None:
    assert feed_date(moment.isoformat()) == moment
