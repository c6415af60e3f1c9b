"""Numbers, claims and times as people read them."""

from __future__ import annotations

import unicodedata
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.tell import words
from schemas.figure import Modifier, Scope, ScopeKind, Value
from tests.tell.examples import figure


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0, "0"),
        (-0.0, "0"),
        (10_000_000_000_001.0, "10,000,000,000,001"),
        (7, "7"),
        (1605, "1,605"),
        (12.5, "12.5"),
        (0.1, "0.1"),
        (2 / 3, "two thirds"),
        (5 / 12, "5 in 12"),
        (-5, "-5"),
        (999_999, "999,999"),
        (1_000_000, "1 million"),
        (2_700_000_000, "2.7 billion"),
        (1_234_567, "1,234,567"),
        (1_230_000, "1.23 million"),
        (3e12, "3 trillion"),
        (1e18, "1e+18"),
        (float("inf"), "an unknown number"),
    ],
)
def test_a_number_is_grouped_and_scaled_only_where_nothing_is_lost(value: float, said: str) -> None:
    assert words.number(value) == said


@given(st.floats(min_value=-1e14, max_value=1e14).map(lambda value: round(value, 3)))
def test_a_number_can_be_read_back(value: float) -> None:
    scales = {"million": 1e6, "billion": 1e9, "trillion": 1e12}
    digits, _, scale = words.number(value).partition(" ")
    assert float(digits.replace(",", "")) * scales.get(scale, 1) == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (2.7e9, "USD", "$2.7 billion"),
        (2.7e9, "$", "$2.7 billion"),
        (-4, "EUR", "-€4"),
        (3e6, "CHF", "CHF 3 million"),
        (12.5, "%", "12.5%"),
        (1, "pp", "1 percentage point"),
        (2, "percentage points", "2 percentage points"),
        (50, "basis points", "50 basis points"),
        (1, "basis points", "1 basis point"),
        (1, "‰", "1‰"),
        (310, "km", "310 km"),
        (840, "metre", "840 metres"),
        (1, "metre", "1 metre"),
        (4e6, "hryvnia", "4 million hryvnias"),
        (3, "foot", "3 feet"),
        (2, "yuan", "2 yuan"),
        (2, "Swiss franc", "2 Swiss francs"),
        (3, "km/h", "3 km/h"),
        ((20, 30), None, "20–30"),
        ((20, 20), None, "20"),
        ((2e6, 3e6), "USD", "$2–3 million"),
        ((900_000, 2e6), None, "900,000 to 2 million"),
        ((-5, 3), "°C", "-5 to 3 °C"),
        ((10, 15), "%", "10–15%"),
        (3, "km\r\nBcc:", "3 km Bcc:"),
    ],
)
def test_an_amount_has_its_unit_where_english_puts_it(value: Value, unit: str | None, said: str) -> None:
    assert words.amount(value, unit) == said


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"value": 19500, "modifier": Modifier.AT_LEAST, "counted": "children", "action": "deported"},
         "at least 19,500 children deported"),
        ({"value": 1605, "modifier": Modifier.ONLY, "counted": "children", "action": "returned"},
         "only 1,605 children returned"),
        ({"value": 31, "modifier": Modifier.MORE_THAN, "action": "killed"}, "more than 31 people killed"),
        ({"value": 9, "modifier": Modifier.FEWER_THAN}, "fewer than 9 people rescued"),
        ({"value": 100, "modifier": Modifier.UP_TO}, "up to 100 people rescued"),
        ({"value": 90, "modifier": Modifier.NEARLY}, "nearly 90 people rescued"),
        ({"value": None, "low": 20, "high": 30, "modifier": Modifier.RANGE}, "20–30 people rescued"),
        ({"value": None, "low": 24, "high": 99, "modifier": Modifier.VAGUE, "surface": "Dozens of"},
         "dozens (24–99) people rescued"),
        ({"value": 1, "counted": "children", "action": "returned"}, "1 child returned"),
        ({"value": 1, "counted": "young girls", "action": "returned"}, "1 young girl returned"),
        ({"value": 8, "scope": Scope(kind=ScopeKind.INCREMENT)}, "8 more people rescued"),
        ({"value": 8, "scope": Scope(window="last 24 hours")}, "8 people rescued, last 24 hours"),
        ({"value": 3.1, "unit": "%", "counted": "inflation", "action": None}, "3.1% inflation"),
        ({"value": 40, "unit": "%", "counted": "houses", "action": "destroyed"}, "40% of houses destroyed"),
        ({"value": 5, "unit": "%", "counted": "growth", "action": None, "scope": Scope(kind=ScopeKind.FORECAST)},
         "5% growth (forecast)"),
        ({"value": 2 / 3, "surface": "Two-thirds", "counted": "homes", "action": "damaged"},
         "two-thirds of homes damaged"),
        ({"value": 2e6, "unit": "USD", "counted": "budget", "action": None, "scope": Scope(kind=ScopeKind.INCREMENT)},
         "$2 million budget (increase)"),
        ({"value": 12, "counted": None, "action": None}, "12"),
        ({"value": 12, "counted": "rescued people"}, "12 rescued people"),
        ({"value": 12, "counted": "wounded people", "action": "injured"}, "12 people injured"),
        ({"value": 12, "counted": "dead civilians", "action": "identified"}, "12 dead civilians identified"),
        ({"value": 12, "counted": "dead or wounded people", "action": "killed"}, "12 dead or wounded people"),
        ({"value": 15, "counted": "deaths", "action": "killed"}, "15 deaths"),
        ({"value": 1, "counted": "death", "action": "killed"}, "1 death"),
        ({"value": 412, "counted": "cases of cholera", "action": "infected"}, "412 cases of cholera"),
        ({"value": 1, "counted": "members of the crew", "action": "killed"}, "1 member of the crew killed"),
        ({"value": 71, "counted": "arrests", "action": "arrested"}, "71 arrests"),
        ({"value": 9, "counted": "confirmed Ebola cases", "action": "infected"}, "9 confirmed Ebola cases"),
        ({"value": 9, "counted": "cholera cases", "action": "confirmed"}, "9 cholera cases confirmed"),
        ({"value": 3, "counted": "infections", "action": "infected"}, "3 infections"),
        ({"value": 3, "counted": "signatures", "action": "signed"}, "3 signatures signed"),
        ({"value": 8, "scope": Scope(window="June.")}, "8 people rescued, June"),
        ({"value": 12, "counted": "children", "action": "returned_home"}, "12 children returned home"),
    ],
)  # fmt: skip
def test_a_claim_says_the_value_as_it_is_meant(changes: dict[str, Any], said: str) -> None:
    assert words.claim_words(figure(**changes)) == said


@pytest.mark.parametrize(
    ("many", "one"),
    [("bodies", "body"), ("boxes", "box"), ("buses", "buse"), ("crossings", "crossing"), ("class", "class"),
     ("police officers", "police officer"), ("People", "person"), ("aircraft", "aircraft"), ("virus", "virus")],
)  # fmt: skip
def test_one_of_many(many: str, one: str) -> None:
    assert words.singular(many) == one


def test_a_line_is_cut_at_a_word_and_says_so() -> None:
    assert words.one_line("The river takes the lower town, they say", 32) == "The river takes the lower town…"


@given(st.text(max_size=300), st.integers(min_value=2, max_value=120))
def test_a_line_of_a_page_is_one_bounded_line_without_controls(text: str, limit: int) -> None:
    line = words.one_line(text, limit)
    assert len(line) <= limit
    assert not any(unicodedata.category(char) in ("Cc", "Zl", "Zp", "Cs") for char in line)
    assert not any(char in line for char in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")


@given(st.text(max_size=200))
def test_a_slug_is_safe_in_a_file_name(text: str) -> None:
    name = words.slug(text)
    assert 0 < len(name) <= 60
    assert set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")


def test_a_slug_keeps_numbers_whole() -> None:
    assert words.slug("[harlow-flood] 1,605 people (was 1,366) — ../../etc") == "harlow-flood-1605-people-was-1366-etc"


def test_the_number_of_a_quote_is_found_as_a_whole_number() -> None:
    quote = words.quoted("In 2058, or 1,058 days on, 58 people were home.", "58")
    assert (quote.before, quote.number, quote.after) == ("In 2058, or 1,058 days on, ", "58", " people were home.")


def test_a_quote_without_its_number_is_shown_unmarked() -> None:
    assert words.quoted("Nobody counted.", "58") == words.Quote("", "", "Nobody counted.")


@given(st.text(max_size=900), st.text(max_size=900))
def test_a_long_quote_is_cut_around_its_number(before: str, after: str) -> None:
    quote = words.quoted(f"{before} 58 {after}", "58", limit=200)
    assert len(str(quote)) <= 200
    assert "58" in str(quote)


def test_times_are_those_of_the_zone() -> None:
    kyiv, when = ZoneInfo("Europe/Kyiv"), datetime(2026, 11, 21, 22, 5, tzinfo=UTC)
    assert words.moment(when, kyiv) == "Sun 22 Nov 2026, 00:05"
    assert words.day(date(2026, 11, 2)) == "2 Nov 2026"
    start, end = datetime(2026, 11, 21, 5, tzinfo=UTC), datetime(2026, 11, 22, 5, tzinfo=UTC)
    assert words.period(start, end, kyiv) == "Sat 21 Nov 07:00 – Sun 22 Nov 07:00 Europe/Kyiv"


def test_counts_and_lists() -> None:
    assert words.count(1, "story", "stories") == "1 story"
    assert words.count(1204, "article") == "1,204 articles"
    assert [words.listed(list("abc")[:n]) for n in range(4)] == ["", "a", "a and b", "a, b and c"]
