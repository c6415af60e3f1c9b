"""The sides of a vote that are told by name: "98 for, 99 against"."""

from __future__ import annotations

from pipeline.figures.reading.events import Event
from pipeline.figures.reading.tokens import Sentence

_FOR_AND_AGAINST = {"for": "voted for", "against": "voted against"}


def side_of(sentence: Sentence, noun_end: int) -> Event | None:
    """The side of "98 for, 99 against"."""
    low, after = sentence.lower(noun_end), sentence.lower(noun_end + 1)
    if low in _FOR_AND_AGAINST and after in {"", ",", ".", ";", "and", ")"}:
        return Event(_FOR_AND_AGAINST[low], noun_end, noun_end + 1, "verb", low)
    return None
