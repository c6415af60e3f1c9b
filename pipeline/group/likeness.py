"""Two articles → the probability that they report one event.

A pair is measured six ways: how much of their words, openings, names, numbers and titles they share, weighted by how
rare each is, and how much of the smaller is in the larger. The probability comes from a logistic regression over these,
over how far apart they were published and how long they are, and over how close each of the two is to others: what is
close in a quiet corner is far in a crowded one. Its weights and the background frequencies are data beside this
module, made by ``benchmarks/train_group.py`` and readable as they are.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from pipeline.group.features import NAME, NUMBER, Features, Terms
from pipeline.group.tokens import TABLE, term

Floats = NDArray[np.float32]

WORDS, OPENING, NAMES, NUMBERS, COVER, TITLE = range(6)
LENGTHS = 6
CROWD = slice(6, 8)
MEASURES = 8
"""What is measured of a pair: six ways in which they are alike, and how much less alike in words and openings the
`_CROWD`th article is that the later one of the pair was measured against."""

DESCRIPTION = (
    "words", "opening", "names", "numbers", "cover", "words_root", "opening_root",
    "shorter", "longer", "words_shorter", "weeks", "weeks_root",
    "words_to_best_low", "words_to_best_high", "words_to_third_low", "words_to_third_high",
    "opening_to_best_low", "opening_to_best_high", "opening_to_third_low", "opening_to_third_high",
    "foreign", "foreign_names", "foreign_numbers", "foreign_words",
    "title", "title_root", "words_to_crowd", "opening_to_crowd", "bias",
)  # fmt: skip
"""What the regression sees of a pair, in the order of its columns."""

CLOSEST = 3
"""So many of an article's highest likenesses tell how crowded its corner is."""
_QUIET = np.array([[0.0, 0.12, 0.12], [0.0, 0.10, 0.10]], dtype=np.float32)
"""What the second and third closest article of any stream are like, for as long as the window has fewer."""
_ZERO = np.zeros(1, dtype=np.int64)
_SOFT = np.float32(0.05)
_CROWD = 12
_EMPTY = np.float32(0.05)
"""How alike the `_CROWD`th article is taken to be where there are fewer."""
_BLUR = np.float32(0.03)
_FAR = 30.0


@dataclass(frozen=True, slots=True)
class Model:
    """Two regressions: for an article that has just come and knows only what came before, and for looking back."""

    arriving: Floats
    settled: Floats
    join: float
    """The probability from which an arriving article joins a story."""
    link: float
    """The mean probability from which two parts are one story when the window is grouped again."""


@cache
def shipped_model() -> Model:
    """The weights that come with Tallywire."""
    held = json.loads(files("pipeline.group").joinpath("weights.json").read_text("utf-8"))
    arriving, settled = (
        np.array([held[name].get(column, 0.0) for column in DESCRIPTION], dtype=np.float32)
        for name in ("arriving", "settled")
    )
    return Model(arriving, settled, held["join"], held["link"])


@cache
def background() -> tuple[Floats, float, NDArray[np.bool_]]:
    """How many of the background's articles hold each term, how many articles count for it, and of each term
    whether one in ten articles of any news holds it."""
    held = json.loads(files("pipeline.group").joinpath("background.json").read_text("utf-8"))
    table = np.zeros(TABLE, dtype=np.float32)
    for permille, stems in held["permille"].items():
        for stemmed in stems.split():
            table[term(stemmed)] = int(permille) / 1000 * held["weight"]
    return table, float(held["weight"]), table > 0.1 * held["weight"]


class Frequencies:
    """How rare a term is: how many articles of the background and of the window hold it."""

    def __init__(self) -> None:
        table, self._articles, self.everyday = background()
        # One table for both: the background's counts are multiples of a half, so that adding and taking away is exact.
        self._held = table + np.float32(0.5)

    def add(self, features: Features) -> None:
        self._held[features.ids] += 1
        self._articles += 1

    def remove(self, features: Features) -> None:
        self._held[features.ids] -= 1
        self._articles -= 1

    def rarity(self, ids: Terms) -> Floats:
        """The logarithm of the inverse of the share of articles with each term."""
        rarity: Floats = np.maximum(np.log(np.float32(self._articles + 1) / self._held[ids]), np.float32(0))
        return rarity


class Comparer:
    """Measures one article against many at once."""

    def __init__(self) -> None:
        self._place = np.zeros(TABLE, dtype=np.uint16)
        """For each term its place among the article's own, from 1; 0 for those it has not."""
        self._count = np.arange(1, 1025, dtype=np.uint16)

    def measure(self, one: Features, weighed: Floats, others: Sequence[Features]) -> Floats:
        """One row of the `MEASURES` for each of ``others``; ``weighed`` is what `weigh` gives for ``one``."""
        out = np.zeros((len(others), MEASURES), dtype=np.float32)
        if not others or not len(one.ids):
            return out
        place = self._place
        place[one.ids] = self._count[: len(one.ids)]
        found = place[np.concatenate([other.ids for other in others])]
        place[one.ids] = 0
        shared = found.nonzero()[0]
        if len(shared):
            counts = np.concatenate([other.counts for other in others]).take(shared)
            at = found.take(shared)
            at -= 1
            products = (weighed * weighed[COVER]).take(at, axis=1)
            alike = ways(counts)
            products *= alike
            products[COVER] = weighed[COVER].take(at)
            ends = shared.searchsorted(list(accumulate([len(other.ids) for other in others])))
            starts = np.concatenate((_ZERO, ends[:-1]))
            having = (ends > starts).nonzero()[0]
            out[having, :LENGTHS] = np.add.reduceat(products, starts.take(having), axis=1).T
        whole = np.concatenate([other.masses for other in others]).reshape(-1, LENGTHS)
        scale = whole * one.masses
        np.minimum(whole[:, COVER], one.masses[COVER], out=scale[:, COVER])
        out[:, :LENGTHS] /= scale + np.float32(1e-9)
        np.minimum(out, np.float32(1), out=out)
        closeness = out[:, :2]
        if len(others) >= _CROWD:
            crowd = np.maximum(np.partition(closeness, len(others) - _CROWD, axis=0)[len(others) - _CROWD], _EMPTY)
        else:
            crowd = np.full(2, _EMPTY)
        out[:, CROWD] = np.log((closeness + _BLUR) / (crowd + _BLUR))
        return out


def masses(weighed: Floats) -> Floats:
    """The six lengths that an article's terms make, by which its likenesses are divided. They stay as they were when
    it came, so that comparing costs no more than the terms that are shared."""
    lengths: Floats = np.sqrt(np.einsum("ij,ij->i", weighed, weighed))
    lengths[COVER] = weighed[COVER].sum()
    return lengths


def weigh(rarity: Floats, counts: NDArray[np.uint32]) -> Floats:
    """What each term weighs as a word, in the opening, as a name, as a number, by itself and in the title."""
    out = ways(counts)
    out *= rarity
    return out


def ways(counts: NDArray[np.uint32]) -> Floats:
    """How much each term counts in each of the six ways, before how rare it is."""
    out = np.empty((LENGTHS, len(counts)), dtype=np.float32)
    fields = counts.astype("<u4", copy=False).view(np.uint8).reshape(-1, 4)
    kind = fields[:, 2]
    _LOGARITHM.take(fields[:, 0], out=out[WORDS])
    _ROOT.take(fields[:, 1], out=out[OPENING])
    np.equal(kind, NAME, out=out[NAMES])
    np.equal(kind, NUMBER, out=out[NUMBERS])
    out[COVER] = 1
    out[TITLE] = fields[:, 3]
    return out


_LOGARITHM = (1 + np.log(np.maximum(np.arange(256), 1))).astype(np.float32)
_ROOT = np.sqrt(np.arange(256)).astype(np.float32)


def describe(
    measures: Floats,
    best: tuple[Floats, Floats] | None,
    lengths: tuple[Floats, Floats],
    days: Floats,
    foreign: Floats | None,
) -> Floats:
    """The columns of `DESCRIPTION` for pairs: their measures, and of both ends the `CLOSEST` likenesses and the
    logarithm of the length in words; how many days apart they are, and 1 where their languages differ. Without ``best``
    or ``foreign`` the columns that tell of it are zero."""
    words = measures[:, WORDS]
    shorter, longer = np.minimum(*lengths), np.maximum(*lengths)
    weeks = np.minimum(days, np.float32(_FAR)) / np.float32(7)
    out = np.zeros((len(words), len(DESCRIPTION)), dtype=np.float32)
    out[:, :5] = measures[:, :5]
    np.sqrt(measures[:, :2], out=out[:, 5:7])
    out[:, 7] = shorter
    out[:, 8] = longer
    np.multiply(words, shorter, out=out[:, 9])
    out[:, 10] = weeks
    np.sqrt(weeks, out=out[:, 11])
    if best is not None:
        # Both ends at once: pairs × ends × (words, opening).
        corners = np.stack(best, axis=1)
        likeness = measures[:, None, :2]
        for rank in (0, CLOSEST - 1):
            closest = np.maximum(corners[:, :, :, rank], _QUIET[:, rank])
            ratios = likeness / (_SOFT + (np.maximum(closest, likeness) if rank == 0 else closest))
            low, high = ratios.min(axis=1), ratios.max(axis=1)
            for field in (WORDS, OPENING):
                at = 12 + 4 * field + (0 if rank == 0 else 2)
                out[:, at] = low[:, field]
                out[:, at + 1] = high[:, field]
    if foreign is not None and foreign.any():
        out[:, 20] = foreign
        np.multiply(measures[:, [NAMES, NUMBERS, WORDS]], foreign[:, None], out=out[:, 21:24])
    out[:, 24] = measures[:, TITLE]
    np.sqrt(measures[:, TITLE], out=out[:, 25])
    out[:, 26:28] = measures[:, CROWD]
    out[:, 28] = 1
    return out


def probability(description: Floats, weights: Floats) -> Floats:
    """The probability that each pair reports one event."""
    # Not a matrix product: its last digits depend on how many pairs are looked at together.
    logits = np.maximum((description * weights).sum(axis=1, dtype=np.float64), -30)
    found: Floats = (1 / (1 + np.exp(-logits))).round(4).astype(np.float32)
    return found
