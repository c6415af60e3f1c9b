"""How a reader's words are understood, what is fresh, and what is marked."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.index.excerpts import EXCERPT, excerpt, find_runs, mark, read_marks
from pipeline.index.words import FRESH_HALF_LIFE, FRESH_SHARE, MAX_TERMS, Term, freshness, joined, may_miss, understand


def test_a_query_is_words_phrases_beginnings_and_what_must_not_be_there() -> None:
    assert understand('floods "in Norden" evacu* -drill').terms == (
        Term("floods"),
        Term("in Norden", phrase=True),
        Term("evacu", prefix=True),
        Term("drill", negated=True),
    )


def test_a_word_said_twice_is_one() -> None:
    assert understand("flood flood -flood").terms == (Term("flood"), Term("flood", negated=True))


def test_signs_alone_are_no_words() -> None:
    assert understand('- -- "" * ?! "…"').terms == ()


@given(st.text(max_size=3000))
def test_whatever_is_typed_is_bounded_and_readable(text: str) -> None:
    words = understand(text)
    assert len(words.terms) <= MAX_TERMS
    assert all(term.words == " ".join(term.words.split()) and '"' not in term.words for term in words.terms)


@pytest.mark.parametrize(("words", "missing"), [(1, 0), (3, 0), (4, 1), (7, 1), (8, 2)])
def test_one_of_four_may_be_missing(words: int, missing: int) -> None:
    assert may_miss(words) == missing


def test_freshness_halves_towards_its_floor() -> None:
    days = FRESH_HALF_LIFE / timedelta(days=1)
    assert freshness(0) == freshness(-5) == 1
    assert freshness(days) == pytest.approx(1 - FRESH_SHARE / 2)
    assert freshness(days * 100) == pytest.approx(1 - FRESH_SHARE)


@given(st.text(alphabet="IRS.с Ш1a-", max_size=40))
def test_joining_keeps_every_place(text: str) -> None:
    assert len(joined(text)) == len(text)
    assert joined(joined(text)) == joined(text)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("I.R.S.", "IRS   "),
        ("U.S.-led", "US  -led"),
        ("example.org", "example.org"),
        ("J. K.", "J. K."),
        ("1.2", "1.2"),
    ],
)
def test_only_single_letters_are_joined(text: str, same: str) -> None:
    assert joined(text) == same


@given(st.lists(st.tuples(st.text("ab ", max_size=5), st.text("xy", min_size=1, max_size=3)), max_size=5))
def test_marks_are_read_where_they_were_set(parts: list[tuple[str, str]]) -> None:
    marked = "".join(f"{before}<{found}>" for before, found in parts)
    text = marked.replace("<", "").replace(">", "")
    spans = read_marks(marked, "<", ">")
    assert [text[a:b] for a, b in spans] == [found for _, found in parts]
    assert mark(text, spans).replace("⟦", "<").replace("⟧", ">") == marked


def test_an_excerpt_is_where_most_of_the_words_are() -> None:
    text = "A flood. " + "Reporters spoke to crews. " * 20 + "The flood took Norden by night. " + "More follows. " * 20
    shown = excerpt(text, find_runs(text, ["flood", "norden"]))
    assert "The ⟦flood⟧ took ⟦Norden⟧ by night." in shown
    assert shown.startswith("…")
    assert shown.endswith("…")


@given(st.text("flod x\n", max_size=600))
def test_an_excerpt_is_short_and_holds_a_mark(text: str) -> None:
    spans = find_runs(text, ["fl"])
    shown = excerpt(text, spans)
    assert ("⟦" in shown) == bool(spans)
    assert len(shown.replace("⟦", "").replace("⟧", "").strip("…")) <= EXCERPT


def test_a_word_longer_than_an_excerpt_is_shown_whole() -> None:
    assert excerpt("x" * 500, [(0, 500)]) == "⟦" + "x" * 500 + "⟧"
