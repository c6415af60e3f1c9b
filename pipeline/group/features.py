"""An article → the terms that stories are compared by.

A term is a stemmed word, reduced to an index into one table, the same on every machine. For each the article keeps how
often it stands in the text, whether in the title or the first words, and whether it looks like a name or a number.
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
_MOST_TERMS = 256
_CACHE_LIMIT = 300_000
_UPPER, _DIGIT = 1 << 32, 1 << 33

Terms = NDArray[np.int32]
_LOW = np.uint32(255)


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """``ids`` are sorted and distinct; ``counts`` holds of each how often it stands in the text, how often in title and
    opening, and its kind, eight bits each from the lowest up; ``length`` is in words."""

    ids: Terms
    counts: NDArray[np.uint32]
    length: int

    @property
    def body(self) -> NDArray[np.uint32]:
        return self.counts & _LOW


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


def features(title: str, text: str) -> tuple[Features, dict[int, str]]:
    """The features of an article, and how its terms are written; title and text have passed `tokens.normalise`."""
    of_title, of_text = words(title), words(text)
    tokens = of_title + of_text
    codes = np.fromiter(map(_codes.__getitem__, tokens), dtype=np.int64, count=len(tokens))
    ids = (codes & (TABLE - 1)).astype(np.int32)
    surfaces = dict(zip(reversed(ids.tolist()), reversed(tokens), strict=True))
    order = np.argsort(ids, kind="stable")
    ranked = ids[order]
    starts = np.flatnonzero(np.concatenate(([len(ids) > 0], ranked[1:] != ranked[:-1])))
    if not len(starts):
        return Features(ids, np.zeros(0, dtype=np.uint32), 0), {}
    distinct = ranked[starts]
    # Titles are often written with capitals throughout and so don't tell a name.
    start = len(of_title) if len(of_text) >= len(of_title) else 0
    plain = (codes < _UPPER) & (np.arange(len(ids)) >= start)
    sums = np.add.reduceat(np.stack((np.ones_like(order), order < len(of_title) + _LEAD, plain[order])), starts, axis=1)
    first = codes[order[starts]]
    kind = np.where(first & _DIGIT, NUMBER, np.where((sums[2] == 0) & (first & _UPPER > 0), NAME, 0))
    sums = np.minimum(sums, 255)
    counts = (sums[0] | sums[1] << 8 | kind << 16).astype(np.uint32)
    if len(distinct) > _MOST_TERMS:
        kept = np.sort(np.lexsort((distinct, -sums[0], sums[1] == 0))[:_MOST_TERMS])
        distinct, counts = distinct[kept], counts[kept]
    return Features(distinct, counts, len(tokens)), surfaces
