"""An article → the terms that stories are compared by.

A term is a stemmed word, reduced to an index into one table, the same on every machine. For each the article keeps how
often it stands in the text, whether in the title or the first words, and whether it looks like a name or a number. Word
pairs are kept as a sample.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from pipeline.group.tokens import words

TABLE = 1 << 21
"""Size of the table of terms. Two terms in one place are rare enough not to matter."""
NAME, NUMBER = 1, 2
_LEAD = 80
_MOST_TERMS = 400
_MOST_PAIRS = 400
_KEYWORDS = 24
_CACHE_LIMIT = 300_000
_UPPER, _DIGIT = 1 << 32, 1 << 33

Terms = NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """``ids`` are sorted and distinct; ``body``, ``lead`` and ``kind`` belong to them; ``pairs`` are sorted."""

    ids: Terms
    body: NDArray[np.uint8]
    lead: NDArray[np.uint8]
    kind: NDArray[np.uint8]
    pairs: Terms
    length: int
    surfaces: dict[int, str]
    """How the terms of title and lead, the names and the numbers are written, for people."""


def stem(word: str) -> str:
    """A lower-case word without its possessive and, beyond six letters, without its ending.

    Crude, but the same for every language with endings, and it brings *deported*, *deportation* and *deporting*
    together.
    """
    if word.endswith(("'s", "’s")):
        word = word[:-2]
    if len(word) > 6 and not word.isdigit():
        return word[:6]
    if len(word) > 3 and word[-1] == "s" and word[-2] != "s":
        return word[:-1]
    return word


def term(stemmed: str) -> int:
    """The place of a stemmed word in the table."""
    digest = blake2b(stemmed.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little") % TABLE


class _Codes(dict[str, int]):
    """A written word → its term, with whether it begins with a capital or a digit."""

    def __missing__(self, word: str) -> int:
        if len(self) >= _CACHE_LIMIT:
            self.clear()
        code = term(stem(word.lower()))
        if word[0].isdigit():
            code |= _DIGIT
        elif word[0].isupper():
            code |= _UPPER
        self[word] = code
        return code


_codes = _Codes()


def features(title: str, text: str) -> Features:
    """The features of an article; title and text have passed `tokens.normalise`."""
    of_title, of_text = words(title), words(text)
    tokens = of_title + of_text
    codes = np.fromiter(map(_codes.__getitem__, tokens), dtype=np.int64, count=len(tokens))
    ids = (codes & (TABLE - 1)).astype(np.int32)
    distinct, first, inverse, counts = np.unique(ids, return_index=True, return_inverse=True, return_counts=True)
    body = np.minimum(counts, 255).astype(np.uint8)
    lead_end = len(of_title) + _LEAD
    lead = np.minimum(np.bincount(inverse[:lead_end], minlength=len(distinct)), 255).astype(np.uint8)
    start = len(of_title) if len(of_text) >= len(of_title) else 0
    plain = np.bincount(inverse[start:], weights=(codes[start:] < _UPPER), minlength=len(distinct))
    kind = np.where(codes[first] & _DIGIT, NUMBER, np.where((plain == 0) & (codes[first] & _UPPER > 0), NAME, 0))
    pairs = _pairs(ids)
    surfaces = {int(distinct[n]): tokens[int(first[n])] for n in np.flatnonzero((lead > 0) | (kind > 0))}
    if len(distinct) > _MOST_TERMS:
        kept = np.sort(np.lexsort((distinct, -counts, -(lead > 0).astype(np.int8)))[:_MOST_TERMS])
        distinct, body, lead, kind = distinct[kept], body[kept], lead[kept], kind[kept]
    return Features(distinct, body, lead, kind.astype(np.uint8), pairs, len(tokens), surfaces)


def _pairs(ids: Terms) -> Terms:
    """One in two of the neighbouring pairs of terms, chosen by hash alone."""
    mixed = (ids[:-1].astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)) ^ (
        ids[1:].astype(np.uint64) * np.uint64(0xC2B2AE3D27D4EB4F)
    )
    mixed = (mixed ^ (mixed >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(32)
    kept = np.unique((mixed[(mixed & np.uint64(1)) == 0] >> np.uint64(8)) % np.uint64(TABLE)).astype(np.int32)
    return kept[:_MOST_PAIRS]
