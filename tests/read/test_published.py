"""Which of the dates on a page is that of its publication."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipeline.read.calendars import gregorian, persian
from pipeline.read.dates import dates_in, parse_date
from schemas.article import MetadataSource
from tests.read.pages import NOW, article, read

S = MetadataSource
DATED = "https://valleypost.example/2026/02/20/dam"
PLAIN = "https://valleypost.example/dam"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2026-03-01 5:42 PM", "2026-03-01T17:42:00"),
        ("2026-03-01T17:42:00 Europe/Berlin", "2026-03-01T16:42:00+00:00"),
        ("20260301T174200+0100", "2026-03-01T16:42:00+00:00"),
        ("Sun Mar 01 2026 17:42:00 GMT+0100 (Central European Standard Time)", "2026-03-01T16:42:00+00:00"),
        ("2569-03-01T10:00:00+07:00", "2026-03-01T03:00:00+00:00"),
        ("۱۴۰۴/۱۲/۱۰ - ۱۷:۴۲", "2026-03-01T17:42:00"),
    ],
)
def test_moments_as_pages_write_them(text: str, wanted: str) -> None:
    moment = parse_date(text)
    assert moment is not None
    assert moment.timed
    assert moment.at == datetime.fromisoformat(wanted)


@pytest.mark.parametrize(
    ("day", "wanted"),
    [
        # Nowruz of leap years and the day before, as published by the calendar centre of Tehran University
        ((1399, 1, 1), "2020-03-20"),
        ((1403, 12, 30), "2025-03-20"),
        ((1404, 1, 1), "2025-03-21"),
        ((1404, 12, 10), "2026-03-01"),
    ],
)
def test_persian_days(day: tuple[int, int, int], wanted: str) -> None:
    assert persian(*day).isoformat() == wanted


def test_what_is_no_day_of_another_calendar_stays() -> None:
    with pytest.raises(ValueError, match="no day"):
        persian(1404, 12, 31)
    assert gregorian("1404/13/01") == "1404/13/01"
    assert gregorian("Room 1404, 2026-03-01") == "Room 1404, 2026-03-01"
    assert gregorian("10 اسفند 1404") == "2026-03-01"


@pytest.mark.parametrize(
    ("line", "days"),
    [
        ("Posted by Konstantin 21.10.2019", ["2019-10-21"]),
        ("Aktualisiert: 14.03.2026 - veröffentlicht: 13.03.2026", ["2026-03-14", "2026-03-13"]),
        ("渡辺洋介2025年1月13日 21時37分", ["2025-01-13"]),
        ("© 2026 Valley Post", []),
        ("Two hurt", []),
    ],
)
def test_dates_within_lines(line: str, days: list[str]) -> None:
    assert [moment.at.date().isoformat() for moment in dates_in(line)] == days


COMMENT = '<div class="comments"><p>Beat Frei <time datetime="2026-03-02T09:00:00Z">2 March</time></p></div>'


@pytest.mark.parametrize(
    ("before", "after", "url", "wanted", "source"),
    [
        ("<p>Aktualisiert 2.3.2026, 9:15 | veröffentlicht 1.3.2026, 8:00</p>", "", PLAIN, "2026-03-01T08:00", S.PAGE),
        ('<abbr title="2026-03-01T00:23:00-04:00">12:23 AM</abbr>', "", PLAIN, "2026-03-01T04:23", S.PAGE),
        ("<p>Sunday March 1, 2026 10:05 am PST by Ines Odermatt</p>", COMMENT, PLAIN, "2026-03-01T18:05", S.PAGE),
        ("", COMMENT, DATED, "2026-02-20T00:00", S.URL),
        ('<time datetime="2009-05-01">1 May 2009</time>', "", DATED, "2026-02-20T00:00", S.URL),
        ("", "<p>© 2026 Valley Post. All rights reserved.</p>", PLAIN, f"{NOW:%Y-%m-%dT%H:%M}", S.ARRIVAL),
        # the only day that the page shows; one of several may be anything's
        ("", "<p>Stand: 1. März 2026</p>", PLAIN, "2026-03-01T00:00", S.PAGE),
        ("", "<p>Stand: 1. März 2026</p><p>Archiv 2. Mai 2020</p>", PLAIN, f"{NOW:%Y-%m-%dT%H:%M}", S.ARRIVAL),
    ],
)  # fmt: skip
def test_dates_at_the_head_of_an_article(before: str, after: str, url: str, wanted: str, source: S) -> None:
    reading = read(article(before=before, after=after), url=url)
    at = datetime.fromisoformat(wanted).replace(tzinfo=UTC)
    assert (reading.published, reading.sources["published"]) == (at, source)


def test_a_time_marked_as_the_date_of_publication_counts_before_what_is_shown() -> None:
    shown = '<time datetime="2026-02-20T10:00Z">20 February</time>'
    marked = '<time pubdate datetime="2026-02-20T08:00Z">20 February</time>'
    reading = read(article(before=shown + marked), url=PLAIN)
    assert (reading.published.hour, reading.sources["published"]) == (8, S.MICRODATA)


@pytest.mark.parametrize(
    ("before", "zone"),
    [
        ('<time pubdate datetime="2026-03-01T20:53:24-04:00">1 March</time>', -240),
        ('<time pubdate datetime="2026-03-02T00:53:24Z">2 March</time>', None),
        (
            '<meta property="article:published_time" content="2026-03-02T00:53:24Z">'
            '<time datetime="2026-03-01T20:53:24-04:00">1 March</time>',
            -240,
        ),
        (
            '<meta property="article:published_time" content="2026-03-02T00:53:24Z">'
            '<time datetime="2026-03-01T21:53:24-04:00">an hour later</time>',
            None,
        ),
    ],
)
def test_the_zone_of_a_date_is_that_in_which_the_page_writes_it(before: str, zone: int | None) -> None:
    reading = read(article(before=before), url=PLAIN)
    assert (reading.published, reading.zone) == (datetime(2026, 3, 2, 0, 53, 24, tzinfo=UTC), zone)


def test_a_time_without_a_zone_is_in_that_of_the_country_of_its_site() -> None:
    reading = read(article(before="<p>1.3.2026, 8:00</p>"), url="https://talbote.example.ch/damm")
    assert (reading.published, reading.zone) == (datetime(2026, 3, 1, 7, tzinfo=UTC), 60)
