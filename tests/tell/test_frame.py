"""The frame of a mail in several languages: messages, plurals, dates, numbers, units."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from babel import Locale
from babel.localedata import locale_identifiers

from pipeline.tell.frame import Frame
from pipeline.tell.languages import frame_in
from pipeline.tell.views import reports_words
from pipeline.tell.words import amount, value_in_short, value_words
from schemas.figure import Modifier, Value
from tests.tell.examples import figure

KYIV = ZoneInfo("Europe/Kyiv")
WHEN = datetime(2026, 3, 2, 7, 5, tzinfo=UTC)


def frame(language: str) -> Frame:
    return frame_in(language, KYIV)


@pytest.mark.parametrize(
    ("language", "moment", "weekday", "day"),
    [
        ("en", "Mon 2 Mar 2026, 09:05", "Mon 2 Mar", "2 Mar 2026"),
        ("de", "Mo., 2. März 2026, 09:05", "Mo., 2. März", "2. März 2026"),
        ("fr", "lun. 2 mars 2026, 09:05", "lun. 2 mars", "2 mars 2026"),
        ("es", "lun, 2 mar 2026, 9:05", "lun, 2 mar", "2 mar 2026"),
        (
            "uk",
            "пн, 2 бер. 2026\N{NARROW NO-BREAK SPACE}р., 09:05",
            "пн, 2 бер.",
            "2 бер. 2026\N{NARROW NO-BREAK SPACE}р.",
        ),
        (
            "ru",
            "пн, 2 мар. 2026\N{NARROW NO-BREAK SPACE}г., 09:05",
            "пн, 2 мар.",
            "2 мар. 2026\N{NARROW NO-BREAK SPACE}г.",
        ),
        ("pt", "seg., 2 de mar. de 2026, 09:05", "seg., 2 de mar.", "2 de mar. de 2026"),
    ],
)
def test_times_are_the_readers(language: str, moment: str, weekday: str, day: str) -> None:
    told = frame(language)
    assert told.moment(WHEN) == moment
    assert told.weekday(WHEN.date()) == weekday
    assert told.day(WHEN.date()) == day


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("de", ["1 Bericht", "2 Berichte, davon 1 Kopie", "5 Kopien", "1.204 Berichte"]),
        ("fr", ["1 article", "2 articles, dont 1 copie", "5 copies", "1\N{NARROW NO-BREAK SPACE}204 articles"]),
        ("uk", ["1 публікація", "2 публікації, з них 1 копія", "5 копій", "1\N{NO-BREAK SPACE}204 публікації"]),
        ("ru", ["1 публикация", "2 публикации, из них 1 копия", "5 копий", "1\N{NO-BREAK SPACE}204 публикации"]),
    ],
)
def test_counts_take_the_form_of_their_number(language: str, words: list[str]) -> None:
    told = frame(language)
    assert [reports_words(*one, told) for one in ((1, 0), (2, 1), (5, 5), (1204, 0))] == words


def test_ukrainian_has_three_plurals() -> None:
    found: dict[str, list[int]] = {}
    for n in (1, 2, 4, 5, 11, 12, 14, 20, 21, 22, 25, 101, 111, 112):
        said = frame("uk").counted("{n} new figure", "{n} new figures", n)
        found.setdefault(said.partition(" ")[2], []).append(n)
    assert found == {
        "нова цифра": [1, 21, 101],
        "нові цифри": [2, 4, 22],
        "нових цифр": [5, 11, 12, 14, 20, 25, 111, 112],
    }


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (2.7e9, "USD", {"de": "2,7 Milliarden $", "fr": "2,7 milliards $US", "uk": "2,7 млрд USD"}),
        (1e6, None, {"de": "1 Million", "es": "1 millón", "uk": "1 млн", "ru": "1 миллион"}),
        (5e6, None, {"uk": "5 млн", "ru": "5 миллионов", "fr": "5 millions"}),
        (1.5e6, None, {"fr": "1,5 million", "de": "1,5 Millionen"}),
        (
            1.2e6,
            "hectare",
            {"fr": "1,2 million d’hectares", "es": "1,2 millones de hectáreas", "de": "1,2 Millionen Hektar"},
        ),
        (5e6, "rupee", {"fr": "5 millions de roupies", "de": "5 Millionen Rupien", "uk": "5 млн рупій"}),
        (5e6, "barrel", {"fr": "5 millions de barils", "ru": "5 миллионов баррелей"}),
        (12.5, "%", {"de": "12,5 %", "uk": "12,5%", "fr": "12,5 %"}),
        ((2, 3), "km", {"de": "2–3 km", "ru": "2–3 км"}),
        (22, "tonne", {"uk": "22 метричні тонни", "ru": "22 тонны", "de": "22 Tonnen"}),
        (1.5, "percentage points", {"fr": "1,5 point de pourcentage", "ru": "1,5 п. п."}),
        (2 / 3, None, {"de": "2/3", "en": "two thirds"}),
        (3, "widgets", {"de": "3 widgets"}),
        ((-5, 2), None, {"de": "-5 bis 2", "en": "-5 to 2"}),
    ],
)
def test_values_have_the_readers_digits_and_units(value: Value, unit: str | None, words: dict[str, str]) -> None:
    for language, said in words.items():
        plain = amount(value, unit, frame(language)).replace("\N{NO-BREAK SPACE}", " ")
        assert plain.replace("\N{NARROW NO-BREAK SPACE}", " ") == said


def test_what_an_article_worded_is_quoted() -> None:
    some = figure(None, low=24, high=99, surface="dozens of", modifier=Modifier.VAGUE)
    assert value_words(some, frame("de")) == "„dozens“ (24–99)"
    assert value_in_short(some, frame("uk")) == "«dozens»"
    assert value_words(some) == "dozens (24–99)"
    assert value_words(figure(41, modifier=Modifier.AT_LEAST), frame("es")) == "al menos 41"


def test_where_there_is_no_translation_words_are_english_and_numbers_are_not() -> None:
    told = frame("pt")
    assert told.counted("{n} report", "{n} reports", 1204) == "1.204 reports"
    assert told.listed(["a", "b", "c"]) == "a, b and c"
    assert amount(2.5e9, "USD", told) == "$2,5 billion"


def test_a_language_of_unknown_dates_or_written_to_the_left_is_told_in_english() -> None:
    assert frame("xx") == frame("ar") == frame("en")


def test_every_language_has_dates_and_numbers_and_none_gets_those_of_another() -> None:
    # Some names stand in tables of Babel's that locales share.
    for language in (one for one in locale_identifiers() if "_" not in one):
        told = frame(language)
        assert all((told.moment(WHEN), told.period(WHEN, WHEN), told.day(WHEN.date()), amount(12.5, "%", told)))
        assert Locale.parse(language).days["stand-alone"]["abbreviated"][0]
    days = [date(2026, 3, 2 + n) for n in range(7)]
    assert [frame("ru").weekday(one)[:2] for one in days] == ["пн", "вт", "ср", "чт", "пт", "сб", "вс"]


def test_a_frame_is_a_value() -> None:
    assert frame("de") == frame("de")
    assert frame("de").at(ZoneInfo("UTC")) != frame("de")
    assert frame("de").at(KYIV).say("Reports") == "Berichte"
