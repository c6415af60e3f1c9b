"""Articles → a portrait of what they are about, by which developments are recognised over days.

Stories are told apart by how rare a word is among the open articles; in a topic about one war that leaves out the very
words that make its stories one development. Here a word counts by how rare it is in general.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable
from functools import cache

import numpy as np

from pipeline.group.features import NAME, NUMBER, count_terms
from pipeline.group.likeness import Frequencies
from pipeline.group.tokens import read_words
from schemas.article import Reading
from schemas.story import Portrait

_TERMS = 64
"""Terms of an article that are kept: the weightiest."""
_OPENING = 48
_WRITTEN = 12
_MOST = 192
"""Terms of several articles that are kept."""
UNIT = 1000
"""The length of an article's portrait: its terms are whole numbers, so that adding up is exact."""
_IN_TITLE = 1.5
_A_NUMBER = 0.3
"""A number tells little of what an article is about: the next report has another."""
_RARE = 1.0
"""Opening words rarer than this, the logarithm of one in so many articles, are looked for in other reports."""


def portrait_of(reading: Reading) -> Portrait:
    """The portrait of one article: its weightiest terms, of unit length."""
    words = read_words(reading.title, reading.text)
    ids, counts, first = count_terms(words)
    fields = counts.astype("<u4", copy=False).view(np.uint8).reshape(-1, 4)
    often, opening, kind, in_title = fields.T
    rarity = _in_general().rarity(ids)
    weights = rarity * (1 + np.log(np.maximum(often, 1)))
    weights[in_title > 0] *= _IN_TITLE
    weights[kind == NUMBER] *= _A_NUMBER
    top = np.argsort(-weights, kind="stable")[:_TERMS]
    length = float(np.sqrt((weights[top] ** 2).sum())) or 1.0
    opens = [n for n in np.argsort(-rarity, kind="stable").tolist() if opening[n] > 0 and rarity[n] > _RARE][:_OPENING]
    return Portrait(
        terms={int(ids[n]): round(UNIT * float(weights[n]) / length) for n in top},
        names=tuple(sorted(int(ids[n]) for n in top if kind[n] == NAME)),
        opening={int(ids[n]): round(UNIT * float(rarity[n])) for n in opens},
        written={int(ids[n]): words.surfaces[first[n]] for n in top[:_WRITTEN]},
        first=reading.published,
        last=reading.published,
    )


def together(portraits: Iterable[Portrait]) -> Portrait:
    """One portrait of several. Raises ``ValueError`` where there are none."""
    found = list(portraits)
    if len(found) == 1:
        return found[0]
    terms, opening = Counter[int](), Counter[int]()
    written: dict[int, str] = {}
    for one in found:
        terms.update(one.terms)
        opening.update(one.opening)
        for term, word in one.written.items():
            written[term] = min(word, written.get(term, word))
    kept = dict(heapq.nsmallest(_MOST, terms.items(), key=_weightiest))
    return Portrait(
        terms=kept,
        names=tuple(sorted({term for one in found for term in one.names} & kept.keys())),
        opening=dict(heapq.nsmallest(_MOST, opening.items(), key=_weightiest)),
        written={term: written[term] for term in [term for term in kept if term in written][:_WRITTEN]},
        reports=sum(one.reports for one in found),
        first=min(one.first for one in found),
        last=max(one.last for one in found),
    )


@cache
def _in_general() -> Frequencies:
    return Frequencies()


def _weightiest(entry: tuple[int, int]) -> tuple[int, int]:
    return -entry[1], entry[0]
