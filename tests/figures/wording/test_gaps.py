"""What a reader may take wrongly where words were left out. The sentences are invented."""

from __future__ import annotations

import pytest

from pipeline.figures.annotate import Parse, parser_for
from pipeline.figures.wording.gaps import (
    across,
    acts_for_another,
    ends_within,
    lost_claim,
    lost_completion,
    lost_matter,
    lost_rates,
    opens_within,
    subject_alone,
)

parser = parser_for("en")
pytestmark = pytest.mark.skipif(parser is None, reason="no parser of English is installed")


def without(sentence: str, *left_out: str) -> tuple[Parse, set[int]]:
    """The parse of a sentence, and which of its words are kept where these parts are left out."""
    assert parser is not None
    [parse] = parser.parse([sentence])
    assert parse is not None
    gone = [(start := sentence.index(part), start + len(part)) for part in left_out]
    kept = {
        i
        for i, word in enumerate(parse.words)
        if word.dep != "punct" and not any(start <= word.start < end for start, end in gone)
    }
    return parse, kept


def test_what_may_belong_to_a_joined_thing_that_was_left_out() -> None:
    sentence = "Police found 40 boats and 12 ferries on Monday."
    assert across(*without(sentence, "and 12 ferries"))["over a joined one"] == 1
    assert not any(across(*without(sentence)).values())


def test_what_may_belong_to_a_thing_or_a_verb_that_was_left_out() -> None:
    thing = "The storm broke 40 windows of the new school on Monday."
    assert across(*without(thing, "of the new school"))["over a noun"] == 1
    verb = "The firm shut 12 mills, which had lost money, on Monday."
    assert across(*without(verb, "which had lost money"))["over a verb"] == 1


def test_a_verb_whose_subject_was_left_out_seems_to_be_of_the_noun_before_it() -> None:
    sentence = "Organisers of the fair, led by the singer Ana Ruiz, said it raised $57 million for the school."
    assert acts_for_another(*without(sentence, "Organisers of the fair, led by the singer ")) == 1
    assert acts_for_another(*without(sentence, "led by the singer Ana Ruiz, ")) == 0


def test_a_subject_of_which_nothing_is_said() -> None:
    sentence = "Doctors claim that 60 patients in the valley who fell ill could lose their sight."
    assert subject_alone(*without(sentence, "who fell ill could lose their sight"))
    assert not subject_alone(*without(sentence, "who fell ill "))
    assert not subject_alone(*without(sentence, "Doctors claim that ", "who fell ill could lose their sight"))


def test_a_wording_that_begins_in_the_middle_of_a_phrase() -> None:
    sentence = "Men loyal to the governor burned 40 farms in the valley."
    assert opens_within(*without(sentence, "Men loyal to "))
    assert not opens_within(*without(sentence))


def test_a_verb_without_what_completes_it() -> None:
    sentence = "No more than 300 nurses had taken to the streets."
    parse, kept = without(sentence, "to the streets")
    assert lost_completion(parse, kept, set(range(len(parse.words)))) == 1
    assert lost_completion(parse, set(range(len(parse.words))), set(range(len(parse.words)))) == 0


def test_a_sum_without_what_it_is_a_sum_of() -> None:
    sentence = "The audit found $40 million in losses."
    parse, kept = without(sentence, "in losses")
    number = {i for i, word in enumerate(parse.words) if word.text in ("$", "40", "million")}
    assert lost_matter(parse, kept, number)
    assert not lost_matter(parse, set(range(len(parse.words))), number)


def test_a_rate_that_was_left_out() -> None:
    parse, kept = without("The cap keeps 4,000 gallons a day from the river.", "a day")
    number = next(i for i, word in enumerate(parse.words) if word.text == "gallons")
    assert lost_rates(parse, kept, number) == 1
    assert lost_rates(parse, set(range(len(parse.words))), number) == 0


def test_a_wording_that_ends_before_the_noun_it_narrows() -> None:
    sentence = "Ana Ruiz gave $200 for the logo contest."
    assert ends_within(*without(sentence, "contest"))
    assert not ends_within(*without(sentence))


def test_a_thing_without_the_verb_that_says_what_became_of_it() -> None:
    sentence = "The mayor called for 300 tents before the winter."
    parse, kept = without(sentence, "The mayor called for ")
    path = [i for i, word in enumerate(parse.words) if word.text in ("300", "tents", "for", "called")][::-1]
    assert lost_claim(parse, kept, path)
    assert not lost_claim(parse, set(range(len(parse.words))), path)
