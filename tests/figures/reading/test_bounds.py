"""Any text at all: no crash, spans that fit, time in proportion to the length."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.figures.reading import FiguresRead, read_figures
from tests.figures.reading.helpers import PUBLISHED, reasons

_PIECES = st.sampled_from(
    [
        "41", "1,605", "2.7bn", "$", "€3", "%", "percent", "twelve", "a hundred and", "dozens of", "half", "another",
        "between", "and", "to", "from", "-", "–", "(", ")", "killed", "children", "of", "the", "at least",
        ",", ".", "\n",
        "Monday", "March 2", "2026", "3-2", "No.", "year-old", "per", "people", "said", "“", "”", "'", "½", "1/2",
        "٣٤",         "тысяч", "millionen", "km", "fold", "one", "two", "point", "\u202e", "\x00",
    ]
)  # fmt: skip


def fits(text: str, read: FiguresRead) -> None:
    for figure in read.figures:
        first, last = figure.span
        assert text[first:last] == figure.surface != ""
        assert figure.quote in text
        assert figure.surface in figure.quote
    for numeral in read.rejected:
        assert text[slice(*numeral.span)] == numeral.surface != ""
        assert numeral.why


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200), st.sampled_from([None, "en", "de", "ru", "xx", ""]))
def test_any_text_is_read_and_spans_fit(text: str, language: str | None) -> None:
    fits(text, read_figures(text, language=language, published=PUBLISHED))


@settings(max_examples=150, deadline=None)
@given(st.lists(_PIECES, max_size=30), st.sampled_from([None, "en", "de", "fr", "uk"]), st.sampled_from([" ", ""]))
def test_any_mix_of_what_reading_knows_is_read_and_spans_fit(
    pieces: list[str], language: str | None, between: str
) -> None:
    text = between.join(pieces)
    fits(text, read_figures(text, title=text[:40], language=language, published=PUBLISHED))


@pytest.mark.parametrize(
    "text",
    [
        "killed 12 people and " * 500,
        "the " * 5_000 + "41 people were killed",
        "9" * 100_000,
        "1,2,3," * 20_000,
        "1.2.3." * 20_000,
        "12 345 " * 10_000,
        "$" * 50_000,
        "+44 20 " * 10_000,
        "March " * 10_000 + "12",
        "a" * 50_000 + " 12",
        "Aa " * 20_000 + "said 12",
        "said, " * 20_000 + "12",
        "twenty-" * 20_000,
        "one hundred and " * 5_000,
        "between 3 and " * 5_000,
        "(" * 20_000 + "12" + ")" * 20_000,
        "12 " + "of the " * 10_000,
        "“" * 20_000 + "12 dead",
        "\u202e12 قتيلا و34 جريحا " * 2_000,
        "12\n" * 2_000,
        "The Aa Bb Cc, a big group, put " * 3_000 + "12",
        "12 more of the boats that the big old navy " * 3_000,
        "by the count of the big " * 4_000 + "12",
        "the army raised its own great big long " * 3_000 + "toll to 12",
        "der Mann sagte, die Polizei meldete 12 " * 3_000,
    ],
)
def test_hostile_texts_are_read_in_one_pass(text: str) -> None:
    fits(text, read_figures(text, published=PUBLISHED))


def test_a_table_pasted_as_text_holds_no_figures() -> None:
    table = "Rank\tTeam\tW\tD\tL\tPts\n1\tNorth End\t12\t3\t4\t39\n2\tHarbour\t11\t5\t3\t38\n3\tVale\t9\t9\t1\t36\n"
    assert set(reasons(table).values()) == {"table"}


def test_a_page_of_stock_prices_holds_no_figures() -> None:
    page = "Alco 12.40 +0.35 12.61 12.02 1,204,300\nBern 7.15 -0.02 7.20 7.11 88,400\nCort 101.20 +1.10 99.80 12,000"
    assert set(reasons(page).values()) == {"table"}


def test_a_phone_list_holds_no_figures() -> None:
    listed = "Desk: +44 20 7946 0018\nNight desk: (020) 7946 0123\nHotline: 0800 555 0142\nUS office: 555-123-4567"
    assert set(reasons(listed).values()) <= {"phone", "table"}


def test_a_number_of_a_hundred_digits_is_no_count() -> None:
    assert set(reasons(f"The key is {'7' * 100}.").values()) == {"no number"}


def test_a_sentence_of_five_thousand_words_is_cut_but_read() -> None:
    text = "and so on " * 1_700 + "41 people were killed"
    assert [f.value for f in read_figures(text, language="en").figures] == [41]


def test_numbers_strung_together_are_no_number() -> None:
    assert set(reasons("The code 1,2,3 opens it.").values()) == {"no number"}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("The fund had a result of (£4,000).", 4000),
        ("It fell by −12 percent.", -12),
        ("The balance stood at -$3m.", -3e6),
        ("It was minus 8 degrees.", -8),
    ],
)
def test_negative_and_bracketed_values_keep_their_size(text: str, value: float) -> None:
    assert [f.value for f in read_figures(text, language="en").figures] == [value]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("٣٤٥ people fled.", 345),
        ("१२ people fled.", 12),
        ("½ of the homes burned.", 0.5),
        ("2½ million people fled.", 2.5e6),
    ],
)
def test_digits_and_fractions_of_unicode_count(text: str, value: float) -> None:
    assert [f.value for f in read_figures(text, language="en").figures] == [value]


@pytest.mark.parametrize("text", ["نزح 12,500 شخص من المدينة", "\u202bנהרגו 34 בני אדם\u202c", "12 قتيلا و34 جريحا"])
def test_text_from_right_to_left_is_read_and_spans_fit(text: str) -> None:
    read = read_figures(text, published=PUBLISHED)
    fits(text, read)
    assert read.figures


def test_prices_of_a_menu_are_no_figures() -> None:
    assert "table" in reasons("Add to cart 12.99\nSubscribe now for 4.99 a month").values()


def test_an_empty_text_holds_nothing() -> None:
    assert read_figures("") == FiguresRead()
