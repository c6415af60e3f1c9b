"""One form of text for all rooms."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.text import fold, normalise, plain_text

ANY_TEXT = st.text(st.characters(codec=None, categories=None), max_size=60)
PIECES = [
    "a",
    "é",
    "e\u0301",
    " ",
    "\u00a0",
    "\n",
    "\r\n",
    "\u2028",
    "\u200b",
    "\u200c",
    "\u200d",
    "\u00ad",
    "می",
    "\x85",
]
PIECES += ["\x92", "İ", "ß", "ﬁ", "ё", "й", "\u0306", "\u0345", "ϒ", "Ⅷ", "\ud800", "가", "\u11a8", "<b>", "&amp;"]
TRICKY = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        ("a\u00a0b\t c", "a b c"),
        ("one\r\n\r\n  two \u2028three", "one\ntwo\nthree"),
        ("de\u00adpor\u200bted\ufeff", "deported"),
        ("\u202eevil\u202c", "evil"),
        ("cafe\u0301", "café"),
        ("It\x92s \x93here\x94\x85", "It’s “here”…"),
        ("„so“ – ‘that’", "„so“ – ‘that’"),
        ("می\u200cشود", "می\u200cشود"),
        ("no\u200cjoin", "nojoin"),
        ("1\u202f600 €", "1 600 €"),
        ("\ue001 Share", "Share"),
        ("", ""),
    ],
)
def test_normal_form(raw: str, wanted: str) -> None:
    assert normalise(raw) == wanted


@given(ANY_TEXT | TRICKY)
@example("e\u200d\u0301")
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
    assert unicodedata.is_normalized("NFC", once)
    assert once.encode("utf-8").decode("utf-8") == once
    assert "\n\n" not in once
    assert "  " not in once
    assert once == once.strip()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Świątek’s", "swiatek's"),
        ("STRASSE", "Straße"),
        ("İstanbul", "istanbul"),
        ("Søren Ærø", "soren aero"),
        ("Артём", "артем"),
        ("cease–fire", "cease-fire"),
        ("ＡＢＣ１２", "abc12"),
        ("مُحَمَّد", "محمد"),
        ("ﬁnance", "finance"),
    ],
)
def test_folds_alike(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("мой", "мои"), ("її", "іі"), ("cat", "car")])
def test_keeps_apart_what_differs_in_meaning(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@given(ANY_TEXT | TRICKY)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("html", "wanted"),
    [
        ("<p>One &amp; two</p><p>three<br>four</p>", "One & two\nthree\nfour"),
        ("Tom &amp;amp; Jerry", "Tom & Jerry"),
        ("a<script>alert(1)</script>b<style>p{}</style>", "ab"),
        ("5 < 6 and 7 > 3", "5 < 6 and 7 > 3"),
        ("no markup at all", "no markup at all"),
        ("<p>cut <b", "cut"),
        ("<div><svg><title>logo</title></svg>word</div>", "word"),
    ],
)
def test_words_of_a_fragment(html: str, wanted: str) -> None:
    assert plain_text(html) == wanted


@given(ANY_TEXT | TRICKY)
def test_any_fragment_has_plain_text_in_normal_form(html: str) -> None:
    text = plain_text("<p>" + html)
    assert normalise(text) == text


@pytest.mark.parametrize("bomb", ["<div>" * 100_000, "<!--" * 100_000, "<a " * 100_000, "<b><i>" * 50_000])
def test_a_bomb_of_markup_neither_recurses_nor_hides_what_stands_before_it(bomb: str) -> None:
    assert plain_text("<p>words</p>" + bomb) == "words"
