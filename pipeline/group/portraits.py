"""Articles → a portrait of what they are about, by which developments are recognised over days.

Stories are told apart by how rare a word is among the open articles; in a topic about one war that leaves out the very
words that make its stories one development. Here a word counts by how rare it is in general.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from functools import cache, lru_cache
from itertools import chain, islice

import numpy as np
from numpy.typing import NDArray

from pipeline.group.features import NAME, NUMBER, count_terms
from pipeline.group.likeness import Frequencies
from pipeline.group.tokens import read_words
from schemas.article import Reading
from schemas.story import Portrait

Whole = NDArray[np.int64]

_TERMS = 64
"""Terms of an article that are kept: the weightiest."""
_OPENING = 48
_WRITTEN = 12
_MOST = 192
"""Terms of several articles that are kept."""
UNIT = 1000
"""The length of an article's portrait: its terms are whole numbers, so that adding up is exact."""
_HELD = 1 << 40
"""What a term counts in a sum beside its weight: it is there as long as a portrait has it, though it weighs nothing."""
_WEIGHT = _HELD - 1
_LATELY = 1_000
"""Portraits that are kept, some 12 KB each: a story that grows is portrayed by articles that were portrayed before."""
_IN_TITLE = 1.5
_A_NUMBER = 0.3
"""A number tells little of what an article is about: the next report has another."""
_RARE = 1.0
"""Opening words rarer than this, the logarithm of one in so many articles, are looked for in other reports."""


def portrait_of(reading: Reading) -> Portrait:
    """The portrait of one article: its weightiest terms, of unit length."""
    return _portrait(reading.title, reading.text, reading.published)


@lru_cache(maxsize=_LATELY)
def _portrait(title: str, text: str, published: datetime) -> Portrait:
    words = read_words(title, text)
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
        first=published,
        last=published,
    )


def together(portraits: Iterable[Portrait]) -> Portrait:
    """One portrait of several. Raises ``ValueError`` where there are none."""
    found = list(portraits)
    if len(found) == 1:
        return found[0]
    ways: dict[int, set[str]] = {}
    for one in found:
        for term, word in one.written.items():
            ways.setdefault(term, set()).add(word)
    terms = _weightiest(*_summed([one.terms for one in found]))
    opening = _weightiest(*_summed([one.opening for one in found]))
    return _whole(found, terms, opening, {term for one in found for term in one.names}, ways)


def _summed(many: Sequence[Mapping[int, int]]) -> tuple[Whole, Whole]:
    """Every term of several portraits, and what it weighs in all of them."""
    size = sum(map(len, many))
    terms = np.fromiter(chain.from_iterable(many), np.int64, size)
    weights = np.fromiter(chain.from_iterable(one.values() for one in many), np.int64, size)
    order = np.argsort(terms)
    terms = terms.take(order)
    starts = np.concatenate((np.arange(min(1, size)), np.flatnonzero(terms[1:] != terms[:-1]) + 1))
    return terms.take(starts), np.add.reduceat(weights.take(order), starts) if size else weights


def _whole(
    found: Sequence[Portrait],
    terms: dict[int, int],
    opening: dict[int, int],
    names: AbstractSet[int],
    ways: Mapping[int, Iterable[str]],
) -> Portrait:
    """The portrait of several, from the terms that are kept, those that any of them has as names, and how each term is
    written: of several ways the first in order."""
    written = islice((term for term in terms if term in ways), _WRITTEN)
    return Portrait(
        terms=terms,
        names=tuple(sorted(names & terms.keys())),
        opening=opening,
        written={term: min(ways[term]) for term in written},
        reports=sum(one.reports for one in found),
        first=min(one.first for one in found),
        last=max(one.last for one in found),
    )


class Gathered:
    """Portraits added up, for whoever asks again and again for `together` of much the same ones."""

    def __init__(self) -> None:
        self._added: dict[str, Portrait] = {}
        self._terms: dict[int, int] = {}
        self._opening: dict[int, int] = {}
        self._names: dict[int, int] = {}
        self._written: dict[int, dict[str, int]] = {}
        """Of each term that is among the weightiest of a portrait, how it is written there, and in how many."""

    def portrait(self, portraits: Mapping[str, Portrait]) -> Portrait:
        """One portrait of these, named at will. Raises ``ValueError`` where there are none."""
        found = list(portraits.values())
        if len(found) == 1:
            return found[0]
        for name in [name for name, one in self._added.items() if portraits.get(name) is not one]:
            self._count(self._added.pop(name), -1)
        for name, one in portraits.items():
            if name not in self._added:
                self._added[name] = one
                self._count(one, 1)
        terms, opening = (
            _weightiest(
                np.fromiter(sums, np.int64, len(sums)), np.fromiter(sums.values(), np.int64, len(sums)) & _WEIGHT
            )
            for sums in (self._terms, self._opening)
        )
        return _whole(found, terms, opening, self._names.keys(), self._written)

    def _count(self, one: Portrait, by: int) -> None:
        for sums, more in ((self._terms, one.terms), (self._opening, one.opening)):
            for term, weight in more.items():
                total = sums.get(term, 0) + by * (weight + _HELD)
                if total:
                    sums[term] = total
                else:
                    del sums[term]
        names = self._names
        for term in one.names:
            total = names.get(term, 0) + by
            if total:
                names[term] = total
            else:
                del names[term]
        for term, word in one.written.items():
            ways = self._written.setdefault(term, {})
            if total := ways.get(word, 0) + by:
                ways[word] = total
            elif len(ways) > 1:
                del ways[word]
            else:
                del self._written[term]


def _weightiest(terms: Whole, weights: Whole) -> dict[int, int]:
    """The `_MOST` of some terms that weigh most, of equals the lower ones, the weightiest first."""
    if len(weights) > _MOST:
        least = np.partition(weights, len(weights) - _MOST)[len(weights) - _MOST]
        high = (weights >= least).nonzero()[0]
        terms, weights = terms.take(high), weights.take(high)
    order = np.lexsort((terms, -weights))[:_MOST]
    return dict(zip(terms.take(order).tolist(), weights.take(order).tolist(), strict=True))


@cache
def _in_general() -> Frequencies:
    return Frequencies()
