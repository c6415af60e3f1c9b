"""An article → the terms that stories are compared by.

A term is a stemmed word, reduced to an index into one table, the same on every machine. For each the article keeps how
often it stands in the text, how often in the title and the first words, whether in the title (of an untitled article,
the very first words), and whether it looks like a name or a number.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.group import tokens
from pipeline.group.tokens import CAPITAL, PLAIN, Words

NAME, NUMBER = 1, 2
_LEAD = 80
_HEADLINE = 15
_MOST_TERMS = 256
_LONGEST = 20_000
"""Words that are looked at, so that no count outgrows its field."""
_ZERO = np.zeros(1, dtype=np.int64)
_ONCE, _OPENING, _TITLE, _PLAIN = 1, 1 << 16, 1 << 32, 1 << 48
_FIELD = (1 << 16) - 1
_PLACE = 16
_PLACES = np.arange(_LONGEST, dtype=np.int64)

Terms = NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """``ids`` are sorted and distinct; ``counts`` holds of each how often it stands in the text, how often in title and
    opening, its kind, and whether it stands in the title, eight bits each from the lowest up; ``length`` is in words;
    ``masses`` are those of `likeness.masses`.
    """

    ids: Terms
    counts: NDArray[np.uint32]
    length: int
    masses: NDArray[np.float32]


def kinds(counts: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """What terms look like: `NAME`, `NUMBER` or, for 0, neither."""
    kind: NDArray[np.uint32] = counts >> np.uint32(16) & np.uint32(3)
    return kind


def count_terms(words: Words) -> tuple[Terms, NDArray[np.uint32], NDArray[np.int64]]:
    """The terms of an article, their counts, and for each the place of the word that first is it."""
    ids, shapes = words.terms[:_LONGEST], words.shapes[:_LONGEST]
    count = len(ids)
    if not count:
        return ids, np.zeros(0, dtype=np.uint32), np.zeros(0, dtype=np.int64)
    # Each term and its place in one number: sorting them is faster than finding the order.
    keys = ids.astype(np.int64)
    keys <<= _PLACE
    keys += _PLACES[:count]
    keys.sort()
    order = keys & _FIELD
    ranked = keys >> _PLACE
    starts = np.concatenate((_ZERO, (ranked[1:] != ranked[:-1]).nonzero()[0] + 1))
    distinct, first = ranked.take(starts).astype(np.int32), order.take(starts)
    # Titles are often written with capitals throughout and so don't tell a name.
    untitled = words.of_title if 2 * words.of_title <= count else 0
    tally = np.full(count, _ONCE, dtype=np.int64)
    tally[: words.of_title + _LEAD] += _OPENING
    tally[: words.of_title or _HEADLINE] += _TITLE
    tally[untitled:] += (shapes[untitled:] == PLAIN) * np.int64(_PLAIN)
    sums = np.add.reduceat(tally.take(order), starts)
    often = np.minimum(sums & _FIELD, 255)
    opening = np.minimum(sums >> 16 & _FIELD, 255)
    shape = shapes[first]
    kind = np.where(shape == tokens.NUMBER, NUMBER, (sums < _PLAIN) & (shape == CAPITAL))
    counts = (often | opening << 8 | kind << 16 | ((sums >> 32 & _FIELD) > 0).astype(np.int64) << 24).astype(np.uint32)
    if len(distinct) > _MOST_TERMS:
        kept = np.sort(np.lexsort((distinct, -often, opening == 0))[:_MOST_TERMS])
        distinct, counts, first = distinct[kept], counts[kept], first[kept]
    return distinct, counts, first
