"""Where sentences end, and where a full stop ends none."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.sentences import LONGEST, sentences


def split(text: str, language: str | None = "en") -> list[str]:
    return [text[a:b] for a, b in sentences(text, language)]


def test_plain_sentences_end_at_their_marks() -> None:
    assert split("It rained. Was it cold? Yes! Then we left…") == [
        "It rained.",
        "Was it cold?",
        "Yes!",
        "Then we left…",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Dr. Amal Reis met Mr. Oyelaran of Brandt & Co. in Jan. 2024.",
        "The U.S. Senate passed the bill at 5 p.m. on Monday.",
        "The price is 3.5 percent higher, i.e. a lot.",
        "J. R. Marten wrote it.",
        "She lives at No. 10 St. James Road.",
        "A sum of Rs. 250,000 is paid at once, and Tk. 40,000 later.",
    ],
)
def test_abbreviations_and_initials_end_no_sentence(text: str) -> None:
    assert split(text) == [text]


def test_bullets_begin_what_stands_behind_them() -> None:
    listed = "All plants shut *27 percent of refining affected *No damage so far • 12 hurt"
    assert split(listed) == ["All plants shut", "27 percent of refining affected", "No damage so far", "12 hurt"]
    for text in ("He was *very* tired and *so* was she.", "So 5 * 3 is 15."):
        assert split(text) == [text]


def test_an_abbreviation_before_a_plain_opener_ends_the_sentence() -> None:
    assert split("They left the U.S. The talks failed.") == ["They left the U.S.", "The talks failed."]


def test_a_quote_goes_with_its_sentence() -> None:
    assert split("“We counted twelve.” Then he left.") == ["“We counted twelve.”", "Then he left."]
    assert split("“Stop!” he said. They stopped.") == ["“Stop!” he said.", "They stopped."]


def test_german_numbered_dates_and_abbreviations() -> None:
    text = "Am 3. März waren es z. B. rund 12 Mio. Menschen. Danach weniger."
    assert split(text, "de") == ["Am 3. März waren es z. B. rund 12 Mio. Menschen.", "Danach weniger."]


def test_russian_abbreviations() -> None:
    assert split("В 2022 г. погибли 12 чел. в городе. Позже ещё 3.", "ru") == [
        "В 2022 г. погибли 12 чел. в городе.",
        "Позже ещё 3.",
    ]


def test_a_line_that_goes_on_is_one_sentence_and_a_paragraph_ends_one() -> None:
    assert split("The mayor said\nnobody was hurt.\n\nA headline without a stop\nNext one") == [
        "The mayor said\nnobody was hurt.",
        "A headline without a stop",
        "Next one",
    ]


def test_a_sentence_without_end_is_cut_at_a_space() -> None:
    spans = sentences("word " * 5_000)
    assert all(b - a <= 2 * LONGEST for a, b in spans)
    assert sum(b - a for a, b in spans) > 24_000


@given(st.text(max_size=400), st.sampled_from([None, "en", "de", "ru", "xx"]))
def test_spans_are_in_order_and_lose_only_white_space(text: str, language: str | None) -> None:
    spans = sentences(text, language)
    assert all(a < b for a, b in spans)
    assert all(first[1] <= second[0] for first, second in pairwise(spans))
    gaps = [text[a:b] for a, b in zip([0, *(b for _, b in spans)], [*(a for a, _ in spans), len(text)], strict=True)]
    assert all(not gap.strip() for gap in gaps)


@pytest.mark.parametrize("junk", ["." * 100_000, "!?" * 50_000, '."' * 50_000, "\n" * 100_000, " ." * 50_000])
def test_runs_of_marks_are_read_in_one_pass(junk: str) -> None:
    assert isinstance(sentences(junk + "a"), list)
