"""A text → the sample of its word sequences that copies are found by.

FracMinHash (Irber et al. 2022, "Lightweight compositional analysis of metagenomes with FracMinHash and minimum
metagenome covers"): every sequence of four words is hashed and one in two kept by its hash alone, so that two texts
keep the same of what they share and the share of the smaller that is found in the other can be estimated, however much
longer the other is. MinHash can't: it estimates overlap against the union, where an excerpt looks unlike its source.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from pipeline.group.tokens import Words

Hashes = NDArray[np.uint64]
Sharing = NDArray[np.bool_]

_SPACED, _SPACELESS = 4, 6
_LARGEST = 4096


@dataclass(frozen=True, slots=True, eq=False)
class Sketch:
    """What is kept of a text.

    ``hashes`` are sorted and distinct; ``quoted`` says which of them stand wholly inside quotation marks, ``head``
    which begin in the first third; ``words`` is the length of the text; ``whole`` is a hash of its words in order.
    """

    hashes: Hashes
    quoted: NDArray[np.bool_]
    head: NDArray[np.bool_]
    words: int
    whole: int


_SPREAD = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_ZERO = np.zeros(1, dtype=np.int64)
_30, _27, _31, _1 = (np.uint64(bits) for bits in (30, 27, 31, 1))


def _mix(value: Hashes) -> Hashes:
    """The finaliser of SplitMix64: every bit of the result depends on every bit of the value."""
    value = value ^ (value >> _30)
    value *= _FIRST
    value ^= value >> _27
    value *= _SECOND
    value ^= value >> _31
    return value


def _whole(hashed: Hashes) -> int:
    """A hash of the words and their order."""
    return int.from_bytes(blake2b(hashed.astype("<u8", copy=False).tobytes(), digest_size=8).digest(), "little")


def sketch(words: Words) -> Sketch:
    """The sketch of an article's text."""
    size = _SPACELESS if words.spaceless else _SPACED
    hashed = words.hashes[words.of_title :]
    inside = words.quoted
    count = len(hashed)
    sequences = max(0, count - size + 1)
    rolled = hashed[:sequences].copy()
    for offset in range(1, size):
        rolled *= _SPREAD
        rolled += hashed[offset : offset + sequences]
    mixed = _mix(rolled)
    places = ((mixed & _1) == 0).nonzero()[0]
    values = mixed.take(places)
    order = values.argsort()
    chosen, first = values.take(order), places.take(order)
    new = chosen[1:] != chosen[:-1]
    if not new.all():
        starts = np.concatenate((_ZERO, new.nonzero()[0] + 1))
        chosen, first = chosen.take(starts), np.minimum.reduceat(first, starts)
    quoted = np.zeros(len(chosen), dtype=np.bool_)
    if inside is not None and sequences:
        runs = np.concatenate(([0], np.cumsum(inside)))
        quoted = (runs[size:] - runs[:-size] == size)[first]
    head = 3 * first < sequences
    return Sketch(chosen[:_LARGEST], quoted[:_LARGEST], head[:_LARGEST], count, _whole(hashed))


def shared(one: Sketch, other: Sketch) -> tuple[Sketch, Sketch, Sharing, Sharing]:
    """Both sketches, cut to the range of hashes that both cover, and for each which of its hashes the other has."""
    if len(one.hashes) == _LARGEST or len(other.hashes) == _LARGEST:
        ceiling = min(s.hashes[-1] for s in (one, other) if len(s.hashes) == _LARGEST)
        one, other = _below(one, ceiling), _below(other, ceiling)
    places = np.searchsorted(other.hashes, one.hashes)
    places[places == len(other.hashes)] = 0
    in_other = other.hashes[places] == one.hashes if len(other.hashes) else np.zeros(len(one.hashes), dtype=np.bool_)
    in_one = np.zeros(len(other.hashes), dtype=np.bool_)
    in_one[places[in_other]] = True
    return one, other, in_other, in_one


def _below(whole: Sketch, ceiling: np.uint64) -> Sketch:
    end = int(np.searchsorted(whole.hashes, ceiling, side="right"))
    return Sketch(whole.hashes[:end], whole.quoted[:end], whole.head[:end], whole.words, whole.whole)
