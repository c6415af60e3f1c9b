"""Two articles → the probability that they report one event.

A pair is measured five ways: how much of their words, openings, names and numbers they share, weighted by how rare each
is, and how much of the smaller is in the larger. The probability comes from a logistic regression over these, over how
far apart they were published and how long they are, and over how close each of the two is to the articles most like it:
what is close in a quiet corner is far in a crowded one. Its weights and the background frequencies are data beside this
module, made by ``benchmarks/train_group.py`` and readable as they are.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from pipeline.group.features import NAME, NUMBER, Features, Terms
from pipeline.group.tokens import TABLE, term

Floats = NDArray[np.float32]

WORDS, OPENING, NAMES, NUMBERS, COVER = range(5)
MEASURES = 5

DESCRIPTION = (
    "words", "opening", "names", "numbers", "cover", "words_root", "opening_root",
    "shorter", "longer", "words_shorter", "weeks", "weeks_root",
    "words_to_best_low", "words_to_best_high", "words_to_third_low", "words_to_third_high",
    "opening_to_best_low", "opening_to_best_high", "opening_to_third_low", "opening_to_third_high",
    "foreign", "foreign_names", "foreign_numbers", "foreign_words", "bias",
)  # fmt: skip
"""What the regression sees of a pair, in the order of its columns."""

CLOSEST = 3
"""So many of an article's highest likenesses tell how crowded its corner is."""
_QUIET = np.array([[0.0, 0.12, 0.12], [0.0, 0.10, 0.10]], dtype=np.float32)
"""What the second and third closest article of any stream are like, for as long as the window has fewer."""
_SOFT = np.float32(0.05)
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
        np.array([held[name][column] for column in DESCRIPTION], dtype=np.float32) for name in ("arriving", "settled")
    )
    return Model(arriving, settled, held["join"], held["link"])


@cache
def background() -> tuple[Floats, float, frozenset[int]]:
    """How many of the background's articles hold each term, how many articles count for it, and the terms that one in
    ten articles of any news holds."""
    held = json.loads(files("pipeline.group").joinpath("background.json").read_text("utf-8"))
    table = np.zeros(TABLE, dtype=np.float32)
    for permille, stems in held["permille"].items():
        for stemmed in stems.split():
            table[term(stemmed)] = int(permille) / 1000 * held["weight"]
    everyday = frozenset(np.flatnonzero(table > 0.1 * held["weight"]).tolist())
    return table, float(held["weight"]), everyday


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

    def measure(self, one: Features, weights: Floats, others: Sequence[Features]) -> Floats:
        """One row of the five measures for each of ``others``; ``weights`` are what the terms of ``one`` weigh."""
        out = np.zeros((len(others), MEASURES), dtype=np.float32)
        if not others or not len(one.ids):
            return out
        ids = np.concatenate([other.ids for other in others])
        self._place[one.ids] = np.arange(1, len(one.ids) + 1, dtype=np.uint16)
        place = self._place[ids]
        self._place[one.ids] = 0
        shared = np.flatnonzero(place)
        place = place[shared].astype(np.int64) - 1
        owner = np.repeat(np.arange(len(others)), [len(other.ids) for other in others])[shared]
        matched = weigh(weights[COVER, place], np.concatenate([other.counts for other in others])[shared])
        matched[:COVER] *= weights[:COVER, place]
        cells = owner * MEASURES + np.arange(MEASURES)[:, None]
        dots = np.bincount(cells.ravel(), weights=matched.ravel(), minlength=out.size).reshape(out.shape)
        whole = np.stack([other.masses for other in others])
        scale = whole * one.masses
        scale[:, COVER] = np.minimum(whole[:, COVER], one.masses[COVER])
        np.divide(dots, scale + np.float32(1e-9), out=out, casting="unsafe")
        return np.minimum(out, np.float32(1))


def masses(weights: Floats) -> Floats:
    """The five lengths that an article's terms make, by which its likenesses are divided. They stay as they were when
    it came, so that comparing costs no more than the terms that are shared."""
    lengths: Floats = np.sqrt((weights * weights).sum(axis=1))
    lengths[COVER] = weights[COVER].sum()
    return lengths


def weigh(rarity: Floats, counts: NDArray[np.uint32]) -> Floats:
    """What each term weighs as a word, in the opening, as a name, as a number and by itself."""
    out = np.empty((MEASURES, len(rarity)), dtype=np.float32)
    kind = counts >> 16
    np.multiply(_LOGARITHM[counts & 255], rarity, out=out[WORDS])
    np.multiply(_ROOT[counts >> 8 & 255], rarity, out=out[OPENING])
    np.multiply(kind == NAME, rarity, out=out[NAMES])
    np.multiply(kind == NUMBER, rarity, out=out[NUMBERS])
    out[COVER] = rarity
    return out


_LOGARITHM = (1 + np.log(np.maximum(np.arange(256), 1))).astype(np.float32)
_ROOT = np.sqrt(np.arange(256)).astype(np.float32)


def describe(
    measures: Floats, best: tuple[Floats, Floats] | None, lengths: tuple[Floats, Floats], days: Floats, foreign: Floats
) -> Floats:
    """The columns of `DESCRIPTION` for pairs: their five measures, and of both ends the `CLOSEST` likenesses and the
    logarithm of the length in words; how many days apart they are, and 1 where their languages differ. Without ``best``
    the columns that tell of it are zero."""
    words = measures[:, WORDS]
    shorter, longer = np.minimum(*lengths), np.maximum(*lengths)
    weeks = np.minimum(days, np.float32(_FAR)) / np.float32(7)
    out = np.zeros((len(words), len(DESCRIPTION)), dtype=np.float32)
    out[:, :MEASURES] = measures
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
    if foreign.any():
        out[:, 20] = foreign
        np.multiply(measures[:, [NAMES, NUMBERS, WORDS]], foreign[:, None], out=out[:, 21:24])
    out[:, 24] = 1
    return out


def probability(description: Floats, weights: Floats) -> Floats:
    """The probability that each pair reports one event."""
    # Not a matrix product: its last digits depend on how many pairs are looked at together.
    logits = np.clip((description * weights).sum(axis=1, dtype=np.float64), -30, 30)
    found: Floats = np.round(1 / (1 + np.exp(-logits)), 5).astype(np.float32)
    return found
