"""Which events of a sentence are told as done, or to be done, rather than asked for, refused or only threatened.

"A lawyer wants arrest warrants for four officials" arrests nobody; "refused to release 12 prisoners" frees none.
"""

from __future__ import annotations

from functools import cache

from pipeline.figures.reading.events import Event
from pipeline.figures.reading.lexicon import wordset
from pipeline.figures.reading.tokens import Sentence
from pipeline.figures.reading.verbs import forms_of

_WANTED = wordset(
    "warrant warrants threat threats attempt attempts request requests plot plots demand demands plea pleas"
)
"""Nouns of what has not been done: "arrest warrants", "a death threat"."""
_WANTING = (
    "ask urge demand refuse threaten allow permit warn fail decline seek try attempt request beg advise"
    " encourage forbid tell"
)
_BREAKS = frozenset(',;:—–()“”"') | wordset("and but while who which that when after before as because")
_REACH = 7
"""Tokens between a verb of wanting and the verb of what is wanted: "asked a court in the capital to arrest"."""


@cache
def _wanting() -> frozenset[str]:
    return frozenset(form for verb in _WANTING.split() for form in forms_of(verb).all) | {"unable", "afraid", "free"}


def is_fact(sentence: Sentence, event: Event) -> bool:
    """Whether an event is told as done, or at least as sure to come."""
    if sentence.language != "en":
        return True
    if sentence.lower(event.last) in _WANTED:
        return False
    if sentence.lower(event.first - 1) == "to":
        for k in range(event.first - 2, max(-1, event.first - 2 - _REACH), -1):
            low = sentence.lower(k)
            if low in _wanting():
                return False
            if low in _BREAKS:
                break
    return not _is_after_preposition(sentence, event)


def _is_after_preposition(sentence: Sentence, event: Event) -> bool:
    """Whether a form on -ing only names something: "insured against flooding"."""
    before = sentence.lower(event.first - 1)
    naming = event.word.endswith("ing") and event.strength == "verb" and before in _NAMING
    return naming and not sentence.is_word(event.last)


_NAMING = wordset("against from despite without amid during through")
