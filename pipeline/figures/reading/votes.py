"""The numbers of a vote: "98 for, 99 against", "by 98 votes to 74", "voted 98 to 74"."""

from __future__ import annotations

from pipeline.figures.reading.claims import Draft
from pipeline.figures.reading.events import Event
from pipeline.figures.reading.numbers import number_words
from pipeline.figures.reading.tokens import Kind, Sentence

_FOR_AND_AGAINST = {"for": "voted for", "against": "voted against"}


def side_of(sentence: Sentence, noun_end: int) -> Event | None:
    """The side of "98 for, 99 against"."""
    low, after = sentence.lower(noun_end), sentence.lower(noun_end + 1)
    if low in _FOR_AND_AGAINST and after in {"", ",", ".", ";", "and", ")"}:
        return Event(_FOR_AND_AGAINST[low], noun_end, noun_end + 1, "verb", low)
    return None


def is_tally(sentence: Sentence, draft: Draft, before: Draft) -> bool:
    """Whether a number is the lower one of a vote: "by 98 votes to 74", "voted 98 to 74"."""
    if draft.noun is not None or sentence.lower(draft.opens - 1) != "to":
        return False
    if before.noun is None:
        return before.last == draft.opens - 1 and is_voted(sentence, before)
    return before.noun.head == "votes" and before.noun.last == draft.opens - 1


def is_voted(sentence: Sentence, draft: Draft) -> bool:
    """Whether a number is the higher one of a vote: "voted 98 to 74"."""
    if (sentence.lower(draft.opens - 1), sentence.lower(draft.last)) != ("voted", "to"):
        return False
    other, numbers = draft.last + 1, number_words("en")
    low = sentence.lower(other)
    digits = other < len(sentence.tokens) and sentence.tokens[other].kind is Kind.NUMBER
    return digits or low in numbers.small or low in numbers.tens
