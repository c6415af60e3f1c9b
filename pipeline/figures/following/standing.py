"""Which numbers of an article's revision before still stand in the next: what stands was not taken back. Pure.

A live blog grows at its head and keeps what it said below. Its older count is no mistake that the newer one corrects;
only a number that has gone from the text was replaced.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from schemas.figure import Figure, FigureInArticle

_WORD = re.compile(r"\w+")
_SPACE = re.compile(r"[^\S\n]+")
_ENDS = frozenset(".!?…。！？।؟;\n")
"""What a sentence may come after. What is quoted comes after none of these: “the article said: 19 people died”."""

_CLOSING = "\"'”’»)]"

_ALIKE = 0.8
"""Share of the words of two sentences that is the same where one is the other, edited. A sentence that tells of an
earlier one (“an earlier version said …”) shares half of its words at most."""


def still_standing(before: Iterable[FigureInArticle], after: Sequence[FigureInArticle], text: str) -> frozenset[str]:
    """The ids of those of ``before`` that ``text``, the next revision, in which ``after`` was read, still states."""
    there = _plain(text)
    return frozenset(
        one.id
        for one in before
        if _stands_in(there, _plain(one.figure.quote).strip())
        or any(_is_edited(one.figure, other.figure) for other in after)
    )


def _plain(text: str) -> str:
    return _SPACE.sub(" ", unicodedata.normalize("NFKC", text)).casefold()


def _stands_in(text: str, sentence: str) -> bool:
    """Whether a sentence is there as a sentence of its own."""
    at = text.find(sentence) if sentence else -1
    while at >= 0:
        head = text[:at].rstrip(" ")
        if not head or head[-1] in _ENDS or head.rstrip(_CLOSING)[-1:] in _ENDS:
            return True
        at = text.find(sentence, at + 1)
    return False


def _is_edited(one: Figure, other: Figure) -> bool:
    """Whether two figures of the same value are said in one sentence, but for a few words."""
    if (one.value, one.low, one.high, one.unit) != (other.value, other.low, other.high, other.unit):
        return False
    words, others = (frozenset(_WORD.findall(_plain(figure.quote))) for figure in (one, other))
    return len(words & others) >= _ALIKE * len(words | others)
