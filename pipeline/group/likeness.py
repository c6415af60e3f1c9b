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
def background() -> tuple[Floats, float]:
    """How many of the background's articles hold each term, and how many articles count for it."""
    held = json.loads(files("pipeline.group").joinpath("background.json").read_text("utf-8"))
    table = np.zeros(TABLE, dtype=np.float32)
    for permille, stems in held["permille"].items():
        for stemmed in stems.split():
            table[term(stemmed)] = int(permille) / 1000 * held["weight"]
    return table, float(held["weight"])


class Frequencies:
    """How rare a term is: how many articles of the background and of the window hold it."""

    def __init__(self) -> None:
        self._background, self._weight = background()
        self._terms = np.zeros(TABLE, dtype=np.int32)
        self._articles = 0

    def add(self, features: Features) -> None:
        self._terms[features.ids] += 1
        self._articles += 1

    def remove(self, features: Features) -> None:
        self._terms[features.ids] -= 1
        self._articles -= 1

    def held_by(self, ids: Terms) -> NDArray[np.int32]:
        """How many articles of the window hold each term."""
        held: NDArray[np.int32] = self._terms[ids]
        return held

    def everyday(self, ids: Terms) -> NDArray[np.bool_]:
        """Which terms stand in one in ten articles of any news."""
        everyday: NDArray[np.bool_] = self._background[ids] > 0.1 * self._weight
        return everyday

    def rarity(self, ids: Terms) -> Floats:
        """The logarithm of the inverse of the share of articles with each term."""
        held = self._background[ids] + self._terms[ids] + np.float32(0.5)
        rarity: Floats = np.maximum(np.log(np.float32(self._weight + self._articles + 1) / held), np.float32(0))
        return rarity


class Comparer:
    """Measures one article against many at once."""

    def __init__(self) -> None:
        self._place = np.zeros(TABLE, dtype=np.int32)
        """For each term its place among the article's own, from 1; 0 for those it has not."""

    def measure(self, one: Features, rarity: Floats, others: Sequence[Features]) -> Floats:
        """One row of the five measures for each of ``others``; ``rarity`` is that of the terms of ``one``."""
        out = np.zeros((len(others), MEASURES), dtype=np.float32)
        if not others or not len(one.ids):
            return out
        ids = np.concatenate([other.ids for other in others])
        self._place[one.ids] = np.arange(1, len(one.ids) + 1, dtype=np.int32)
        place = self._place[ids]
        self._place[one.ids] = 0
        shared = np.flatnonzero(place)
        place = place[shared] - 1
        owner = np.repeat(np.arange(len(others)), [len(other.ids) for other in others])[shared]
        theirs = _weigh(rarity[place], np.concatenate([other.counts for other in others])[shared])
        own = _weigh(rarity, one.counts)
        own[COVER] = 1
        matched = theirs * own[:, place]
        whole = np.stack([other.masses for other in others])
        for column in range(MEASURES):
            out[:, column] = np.bincount(owner, weights=matched[column], minlength=len(others))
        out[:, COVER] /= np.minimum(whole[:, COVER], one.masses[COVER]) + np.float32(1e-9)
        out[:, :COVER] /= whole[:, :COVER] * one.masses[:COVER] + np.float32(1e-9)
        return np.minimum(out, np.float32(1))


def masses(counts: NDArray[np.uint32], rarity: Floats) -> Floats:
    """The five lengths that an article's terms make, by which its likenesses are divided. They stay as they were when
    it came, so that comparing costs no more than the terms that are shared."""
    weights = _weigh(rarity, counts)
    lengths: Floats = np.sqrt((weights * weights).sum(axis=1))
    lengths[COVER] = weights[COVER].sum()
    return lengths


def _weigh(rarity: Floats, counts: NDArray[np.uint32]) -> Floats:
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
    measures: Floats, best: tuple[Floats, Floats], lengths: tuple[Floats, Floats], days: Floats, foreign: Floats
) -> Floats:
    """The columns of `DESCRIPTION` for pairs: their five measures, and of both ends the `CLOSEST` likenesses and the
    logarithm of the length in words; how many days apart they are, and 1 where their languages differ."""
    words, opening, names, numbers, cover = measures.T
    shorter, longer = np.minimum(*lengths), np.maximum(*lengths)
    weeks = np.minimum(days, np.float32(_FAR)) / np.float32(7)
    columns = [
        words, opening, names, numbers, cover, np.sqrt(words), np.sqrt(opening),
        shorter, longer, words * shorter, weeks, np.sqrt(weeks),
    ]  # fmt: skip
    for field, value in ((WORDS, words), (OPENING, opening)):
        for rank in (0, CLOSEST - 1):
            ratios = [
                value / (_SOFT + np.maximum(np.maximum(end[:, field, rank], _QUIET[field, rank]), value * (rank == 0)))
                for end in best
            ]
            columns += [np.minimum(*ratios), np.maximum(*ratios)]
    columns += [foreign, foreign * names, foreign * numbers, foreign * words, np.ones_like(words)]
    return np.stack(columns, axis=1)


def probability(description: Floats, weights: Floats) -> Floats:
    """The probability that each pair reports one event."""
    # Not a matrix product: its last digits depend on how many pairs are looked at together.
    logits = np.clip((description * weights).sum(axis=1, dtype=np.float64), -30, 30)
    found: Floats = np.round(1 / (1 + np.exp(-logits)), 5).astype(np.float32)
    return found
