"""Two articles → the probability that they report one event.

A pair is measured by how much of their words, openings and numbers they share, weighted by how rare each is; by how
much of the smaller is in the larger, and of the title, the opening and the names of either in the other; and by how
near they are in time beside what else is open. The probability comes from a logistic regression over these and over how
close each of the two is to others: what is close in a quiet corner is far in a crowded one. Its weights and the
background frequencies are data beside this module, made by ``benchmarks/train_group.py`` and readable as they are.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import accumulate
from math import log1p

import numpy as np
from numpy.typing import NDArray

from pipeline.group.features import NAME, NUMBER, Features, Terms
from pipeline.group.tokens import TABLE, term

Floats = NDArray[np.float32]

WORDS, OPENING, NUMBERS, COVER, IN_TITLE, IN_OPENING, NAMED = range(7)
WAYS = 7
"""The ways in which a term counts; of each the article has a mass."""
ALIKE = slice(0, 4)
PARTS = slice(4, 7)
"""Of the ways: those in which two articles are alike, and the parts of one that are looked for in the other."""
LOW, HIGH = slice(4, 10, 2), slice(5, 10, 2)
NAMES_HIGH = 9
CROWD = slice(10, 12)
TIMING = slice(12, 15)
_SHARE, _DAYS, _THINNED = range(12, 15)
MEASURES = 15
"""What is measured of a pair: four ways in which they are alike; how much of the title, the opening and the names of
either is in the other, the lower and the higher of each; how much less alike in words and openings the `_CROWD`th
article is that the later one of the pair was measured against; and the three that `timing` gives."""

_ALIKE = (
    "words", "opening", "numbers", "cover", "words_root", "opening_root",
    "title_low", "title_high", "lead_low", "lead_high", "names_low", "names_high",
    "timing", "days",
    "foreign", "foreign_names", "foreign_numbers", "foreign_words",
)  # fmt: skip
ARRIVING = (*_ALIKE, "words_to_crowd", "opening_to_crowd", "bias")
SETTLED = (
    *_ALIKE,
    "words_to_best_low", "words_to_best_high", "words_to_third_low", "words_to_third_high",
    "opening_to_best_low", "opening_to_best_high", "opening_to_third_low", "opening_to_third_high",
    "bias",
)  # fmt: skip
"""What the two regressions see of a pair, in the order of their columns."""

TIMES = slice(12, 14)
"""Those of them that tell of time."""
_OWN = len(_ALIKE)
"""Where those begin that only one of the two sees."""

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
_LITTLE = np.float32(1e-6)
_PRESUMED = np.array([0, 0, 0.15, 0, *6 * [0.3]], dtype=np.float32)[:, None] * _LITTLE
"""What is shared of next to nothing: so much are two articles taken to be alike in numbers, and a title, an opening or
names to be in the other article, where there are none."""
_FAR = 30.0
_BUSY = 5.0


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
        np.array([held[name].get(column, 0.0) for column in columns], dtype=np.float32)
        for name, columns in (("arriving", ARRIVING), ("settled", SETTLED))
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
        """One row of the `MEASURES` for each of ``others``, but for their `TIMING`; ``weighed`` is what `weigh` gives
        for ``one``."""
        out = np.zeros((len(others), MEASURES), dtype=np.float32)
        if not others or not len(one.ids):
            return out
        place = self._place
        place[one.ids] = self._count[: len(one.ids)]
        found = place[np.concatenate([other.ids for other in others])]
        place[one.ids] = 0
        sums = np.zeros((WAYS + 3, len(others)), dtype=np.float32)
        shared = found.nonzero()[0]
        if len(shared):
            counts = np.concatenate([other.counts for other in others]).take(shared)
            at = found.take(shared)
            at -= 1
            terms = np.empty((WAYS + 3, len(shared)), dtype=np.float32)
            weighed.take(at, axis=1, out=terms[:WAYS])
            its = ways(counts)
            its *= terms[COVER]
            terms[:COVER] *= its[:COVER]
            terms[WAYS:] = its[PARTS]
            ends = shared.searchsorted(list(accumulate([len(other.ids) for other in others])))
            starts = np.concatenate((_ZERO, ends[:-1]))
            having = (ends > starts).nonzero()[0]
            sums[:, having] = np.add.reduceat(terms, starts.take(having), axis=1)
        whole = np.concatenate([other.masses for other in others]).reshape(-1, WAYS).T
        own = one.masses[:, None]
        scale = np.empty((WAYS + 3, len(others)), dtype=np.float32)
        np.multiply(whole[ALIKE], own[ALIKE], out=scale[ALIKE])
        np.minimum(whole[COVER], own[COVER], out=scale[COVER])
        scale[PARTS] = own[PARTS]
        scale[WAYS:] = whole[PARTS]
        scale += _LITTLE
        sums += _PRESUMED
        sums /= scale
        out.T[ALIKE] = sums[ALIKE]
        np.minimum(sums[PARTS], sums[WAYS:], out=out.T[LOW])
        np.maximum(sums[PARTS], sums[WAYS:], out=out.T[HIGH])
        np.minimum(out, np.float32(1), out=out)
        closeness = out[:, :2]
        if len(others) >= _CROWD:
            crowd = np.maximum(np.partition(closeness, len(others) - _CROWD, axis=0)[len(others) - _CROWD], _EMPTY)
        else:
            crowd = np.full(2, _EMPTY)
        out[:, CROWD] = np.log((closeness + _BLUR) / (crowd + _BLUR))
        return out


def masses(weighed: Floats) -> Floats:
    """The masses that an article's terms make in each way, by which what is shared is divided. They stay as they were
    when it came, so that comparing costs no more than the terms that are shared."""
    found: Floats = weighed.sum(axis=1)
    found[:COVER] = np.sqrt(np.einsum("ij,ij->i", weighed[:COVER], weighed[:COVER]))
    return found


def weigh(rarity: Floats, counts: NDArray[np.uint32]) -> Floats:
    """What each term weighs in each way: as a word, in the opening, as a number, by itself, and as one of the title, of
    the opening and of the names."""
    out = ways(counts)
    out *= rarity
    return out


def ways(counts: NDArray[np.uint32]) -> Floats:
    """How much each term counts in each way, before how rare it is."""
    out = np.empty((WAYS, len(counts)), dtype=np.float32)
    fields = counts.astype("<u4", copy=False).view(np.uint8).reshape(-1, 4)
    opening, kind = fields[:, 1], fields[:, 2]
    _LOGARITHM.take(fields[:, 0], out=out[WORDS])
    _ROOT.take(opening, out=out[OPENING])
    np.equal(kind, NUMBER, out=out[NUMBERS])
    out[COVER] = 1
    out[IN_TITLE] = fields[:, 3]
    np.greater(opening, 0, out=out[IN_OPENING])
    np.equal(kind, NAME, out=out[NAMED])
    return out


_LOGARITHM = (1 + np.log(np.maximum(np.arange(256), 1))).astype(np.float32)
_ROOT = np.sqrt(np.arange(256)).astype(np.float32)


def timing(days: Sequence[float], near: Sequence[int], open_articles: int) -> list[tuple[float, float, float]]:
    """The `TIMING` of pairs that are so many days apart, where so many of the open articles are as near in time.

    The first is the logarithm of the share of articles that are as near. The second is the root of the days. The third
    is the same, but less in a stream of few articles, where it is no coincidence that two that are far apart are alike.
    """
    whole = log1p(open_articles)
    busy = min(1.0, whole / _BUSY)
    roots = [min(apart, _FAR) ** 0.5 for apart in days]
    return [(log1p(as_near) - whole, root, busy * root) for as_near, root in zip(near, roots, strict=True)]


def describe(measures: Floats, foreign: Floats | None, best: tuple[Floats, Floats] | None = None) -> Floats:
    """The columns of `ARRIVING` for pairs, or given ``best``, the `CLOSEST` likenesses of either end, of `SETTLED`:
    from their measures, and 1 where their languages differ."""
    out = np.zeros((len(measures), len(ARRIVING if best is None else SETTLED)), dtype=np.float32)
    out[:, :4] = measures[:, ALIKE]
    np.sqrt(measures[:, :2], out=out[:, 4:6])
    out[:, 6:12] = measures[:, 4:10]
    out[:, TIMES.start] = measures[:, _SHARE]
    # Looking back, a stream of few articles is mostly a topic that has just begun, where all are somewhat alike.
    out[:, TIMES.start + 1] = measures[:, _THINNED if best is None else _DAYS]
    if foreign is not None and foreign.any():
        out[:, 14] = foreign
        np.multiply(measures[:, [NAMES_HIGH, NUMBERS, WORDS]], foreign[:, None], out=out[:, 15:18])
    if best is None:
        out[:, _OWN : _OWN + 2] = measures[:, CROWD]
    else:
        # Both ends at once: pairs × ends × (words, opening).
        corners = np.stack(best, axis=1)
        likeness = measures[:, None, :2]
        for rank in (0, CLOSEST - 1):
            closest = np.maximum(corners[:, :, :, rank], _QUIET[:, rank])
            ratios = likeness / (_SOFT + (np.maximum(closest, likeness) if rank == 0 else closest))
            low, high = ratios.min(axis=1), ratios.max(axis=1)
            for field in (WORDS, OPENING):
                at = _OWN + 4 * field + (0 if rank == 0 else 2)
                out[:, at] = low[:, field]
                out[:, at + 1] = high[:, field]
    out[:, -1] = 1
    return out


def probability(description: Floats, weights: Floats) -> Floats:
    """The probability that each pair reports one event."""
    # Not a matrix product: its last digits depend on how many pairs are looked at together.
    logits = np.maximum((description * weights).sum(axis=1, dtype=np.float64), -30)
    found: Floats = (1 / (1 + np.exp(-logits))).round(4).astype(np.float32)
    return found
