"""An article → the terms that stories are compared by.

A term is a stemmed word, reduced to an index into one table, the same on every machine. For each the article keeps how
often it stands in the text, whether in the title or the first words, and whether it looks like a name or a number.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.group import tokens
from pipeline.group.tokens import CAPITAL, PLAIN, Words

NAME, NUMBER = 1, 2
_LEAD = 80
_MOST_TERMS = 256

Terms = NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """``ids`` are sorted and distinct; ``counts`` holds of each how often it stands in the text, how often in title and
    opening, and its kind, eight bits each from the lowest up; ``length`` is in words; ``masses`` are those of
    `likeness.masses`.
    """

    ids: Terms
    counts: NDArray[np.uint32]
    length: int
    masses: NDArray[np.float32]


def count_terms(words: Words) -> tuple[Terms, NDArray[np.uint32], NDArray[np.int64]]:
    """The terms of an article, their counts, and for each the place of the word that first is it."""
    ids, shapes = words.terms, words.shapes
    count = len(ids)
    order = np.argsort(ids, kind="stable")
    ranked = ids[order]
    starts = np.flatnonzero(np.concatenate(([count > 0], ranked[1:] != ranked[:-1])))
    if not count:
        return ids, np.zeros(0, dtype=np.uint32), order
    distinct, first = ranked[starts], order[starts]
    # Titles are often written with capitals throughout and so don't tell a name.
    untitled = words.of_title if 2 * words.of_title <= count else 0
    tally = np.zeros((count, 3), dtype=np.int64)
    tally[:, 0] = 1
    tally[: words.of_title + _LEAD, 1] = 1
    tally[untitled:, 2] = shapes[untitled:] == PLAIN
    sums = np.minimum(np.add.reduceat(tally[order], starts, axis=0), 255)
    shape = shapes[first]
    kind = np.where(shape == tokens.NUMBER, NUMBER, np.where((sums[:, 2] == 0) & (shape == CAPITAL), NAME, 0))
    counts = (sums[:, 0] | sums[:, 1] << 8 | kind << 16).astype(np.uint32)
    if len(distinct) > _MOST_TERMS:
        kept = np.sort(np.lexsort((distinct, -sums[:, 0], sums[:, 1] == 0))[:_MOST_TERMS])
        distinct, counts, first = distinct[kept], counts[kept], first[kept]
    return distinct, counts, first
