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
from schemas.figure import Modifier, Scope, ScopeKind, Value, Wording
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
        (6.4, "magnitude", "magnitude 6.4"),
        (840, "metre", "840 metres"),
        (1, "metre", "1 metre"),
        (4e6, "hryvnia", "4 million hryvnias"),
        (3, "foot", "3 feet"),
        (2, "yuan", "2 yuan"),
        (250_000, "rupee", "250,000 rupees"),
        (4e6, "Taiwan dollar", "4 million Taiwan dollars"),
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
        ({"value": 19500, "modifier": Modifier.AT_LEAST}, "at least 19,500"),
        ({"value": 1605, "modifier": Modifier.ONLY}, "only 1,605"),
        ({"value": 31, "modifier": Modifier.MORE_THAN}, "more than 31"),
        ({"value": 9, "modifier": Modifier.FEWER_THAN}, "fewer than 9"),
        ({"value": 100, "modifier": Modifier.UP_TO}, "up to 100"),
        ({"value": 90, "modifier": Modifier.NEARLY}, "nearly 90"),
        ({"value": None, "low": 20, "high": 30, "modifier": Modifier.RANGE}, "20–30"),
        ({"value": None, "low": 24, "high": 99, "modifier": Modifier.VAGUE, "surface": "Dozens of"}, "dozens (24–99)"),
        ({"value": 40, "unit": "%"}, "40%"),
        ({"value": 2 / 3, "surface": "Two-thirds"}, "two-thirds"),
        ({"value": 0.7, "surface": "seven in 10"}, "seven in 10"),
    ],
)  # fmt: skip
def test_a_value_is_said_as_it_is_meant(changes: dict[str, Any], said: str) -> None:
    assert words.value_words(figure(**changes)) == said


def test_a_vague_number_stands_in_brackets_without_what_it_may_be() -> None:
    vague = figure(None, low=24, high=99, modifier=Modifier.VAGUE, surface="Dozens of")
    assert words.value_in_short(vague) == "dozens"
    assert words.value_in_short(figure(58, modifier=Modifier.ABOUT)) == "about 58"


@pytest.mark.parametrize(
    ("wording", "said"),
    [
        ("at least 19,500 children were deported", "At least 19,500 children were deported"),
        ("[the boats] saved 58 people", "[The boats] saved 58 people"),
        ("… two-thirds of the homes stand empty …", "… two-thirds of the homes stand empty …"),
        ("двое детей погибли", "Двое детей погибли"),
        ("12 were flown to the U.S.", "12 were flown to the U.S."),
    ],
)
def test_a_figure_is_said_in_the_words_of_its_sentence(wording: str, said: str) -> None:
    read = {"value": 8, "counted": "goats", "action": "bought", "scope": Scope(kind=ScopeKind.FORECAST, window="June")}
    assert words.headline_of(figure(**read, wording=Wording(text=wording, cut=False))) == said


def test_a_figure_without_a_wording_is_said_by_its_sentence_cut_at_words_around_the_number() -> None:
    short = figure(58, quote="The boats saved 58 people.")
    assert words.headline_of(short) == "The boats saved 58 people"
    long = figure(58, quote=f"{'Whatever the weather was like, ' * 8}the boats saved 58 people{', and more' * 40}.")
    said = words.claim_words(long)
    assert said.startswith("…")
    assert said.endswith("…")
    assert "the boats saved 58 people, and more" in said
    assert len(said) <= words.CLAIM


@given(st.text(max_size=600), st.text(max_size=600), st.integers(min_value=40, max_value=160))
def test_a_wording_is_one_bounded_line_that_keeps_its_number(before: str, after: str, limit: int) -> None:
    said = words.claim_words(figure(58, quote="x", wording=Wording(text=f"{before} 58 {after}", cut=False)), limit)
    assert len(said) <= limit
    assert "58" in said
    assert not any(unicodedata.category(char) in ("Cc", "Zl", "Zp", "Cs") for char in said)


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
    assert quote.pieces == (("In 2058, or 1,058 days on, ", False), ("58", True), (" people were home.", False))


def test_all_numbers_of_a_quote_are_marked_in_their_order() -> None:
    quote = words.quoted("Of 14 boats 3 sank, and 14 people drowned.", "14", "3", "14")
    assert [text for text, marked in quote.pieces if marked] == ["14", "3", "14"]
    assert str(quote) == "Of 14 boats 3 sank, and 14 people drowned."


def test_a_quote_without_its_number_is_shown_unmarked() -> None:
    assert words.quoted("Nobody counted.", "58") == words.Quote((("Nobody counted.", False),))


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


def test_a_heading_credits_who_says_so_where_the_wording_does_not() -> None:
    said = figure(12, wording=Wording(text="12 people were killed", cut=False, speaker="the police"), surface="12")
    assert words.credited(said) == "12 people were killed (the police)"
    told = figure(12, wording=Wording(text="police say 12 people were killed", cut=False), surface="12")
    assert words.credited(told) == "Police say 12 people were killed"
