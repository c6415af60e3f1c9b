"""Two articles → the probability that they report one event.

Each pair is described by a few measures (how much of their words, openings, names, numbers and word pairs they share,
weighted by how rare each is; how far apart they were published; how long they are), which a logistic regression turns
into a probability. Its weights and the background frequencies are data beside this module, made by
``benchmarks/train_group.py`` and readable as they are.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from pipeline.group.features import NAME, NUMBER, TABLE, Features, Terms, term

Measures = NDArray[np.float64]

MEASURES = (
    "words", "opening", "names", "numbers", "pairs", "cover", "words_root", "opening_root", "pairs_root", "cover_root",
    "names_root", "words_short", "shorter", "longer", "days", "days_root", "other_language", "bias",
)  # fmt: skip
"""What is measured of a pair, in the order of the weights."""


@dataclass(frozen=True, slots=True)
class Model:
    weights: NDArray[np.float64]
    join: float
    """The probability from which an article joins a story."""
    link: float
    """The mean probability from which two parts are one story when the window is grouped again."""


@cache
def shipped_model() -> Model:
    """The weights that come with Tallywire."""
    held = json.loads(files("pipeline.group").joinpath("weights.json").read_text("utf-8"))
    return Model(np.array([held["weights"][name] for name in MEASURES]), held["join"], held["link"])


@cache
def background() -> tuple[NDArray[np.float32], float]:
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
        self._pairs = np.zeros(TABLE, dtype=np.int32)
        self._articles = 0

    def add(self, features: Features) -> None:
        self._terms[features.ids] += 1
        self._pairs[features.pairs] += 1
        self._articles += 1

    def remove(self, features: Features) -> None:
        self._terms[features.ids] -= 1
        self._pairs[features.pairs] -= 1
        self._articles -= 1

    def held_by(self, ids: Terms) -> NDArray[np.int32]:
        """How many articles of the window hold each term."""
        return self._terms[ids]

    def rarity(self, ids: Terms) -> NDArray[np.float32]:
        """The logarithm of the inverse of the share of articles with each term."""
        held = self._background[ids] + self._terms[ids] + np.float32(0.5)
        rarity: NDArray[np.float32] = np.maximum(np.log((self._weight + self._articles + 1) / held), np.float32(0))
        return rarity

    def pair_rarity(self, pairs: Terms) -> NDArray[np.float32]:
        held = self._pairs[pairs] + np.float32(0.5)
        rarity: NDArray[np.float32] = np.log((self._weight + self._articles + 1) / held)
        return rarity


class Comparer:
    """Measures one article against many at once."""

    def __init__(self, frequencies: Frequencies) -> None:
        self._rare = frequencies
        self._words = np.zeros(TABLE, dtype=np.float32)
        self._opening = np.zeros(TABLE, dtype=np.float32)
        self._names = np.zeros(TABLE, dtype=np.float32)
        self._numbers = np.zeros(TABLE, dtype=np.float32)
        self._pairs = np.zeros(TABLE, dtype=np.float32)

    def measure(
        self, one: Features, others: Sequence[Features], days: NDArray[np.float64], foreign: NDArray[np.bool_]
    ) -> Measures:
        """One row of `MEASURES` for each of ``others``; ``days`` apart, ``foreign`` if the languages differ."""
        out = np.empty((len(others), len(MEASURES)))
        if not others:
            return out
        sizes = np.array([len(other.ids) for other in others])
        starts = np.concatenate(([0], np.cumsum(sizes)[:-1]))
        ids = np.concatenate([other.ids for other in others])
        rare = self._rare.rarity(ids)
        mine = self._rare.rarity(one.ids)

        def cosine(
            table: NDArray[np.float32], own: NDArray[np.float32], their: NDArray[np.float32]
        ) -> NDArray[np.float64]:
            table[one.ids] = own
            found = table[ids]
            table[one.ids] = 0
            dots = _sums(found * their, starts, sizes)
            norms = np.sqrt(_sums(their * their, starts, sizes) * np.float64(own @ own)) + 1e-9
            return dots / norms

        def weighted(f: Features, rarity: NDArray[np.float32]) -> tuple[NDArray[np.float32], ...]:
            return (
                (1 + np.log(np.maximum(f.body, 1))) * rarity,
                np.sqrt(f.lead) * rarity,
                (f.kind == NAME) * rarity,
                (f.kind == NUMBER) * rarity,
            )

        body = np.concatenate([other.body for other in others])
        lead = np.concatenate([other.lead for other in others])
        kind = np.concatenate([other.kind for other in others])
        own = weighted(one, mine)
        their_words = (1 + np.log(body)) * rare
        words = cosine(self._words, own[0], their_words)
        opening = cosine(self._opening, own[1], np.sqrt(lead) * rare)
        names = cosine(self._names, own[2], (kind == NAME) * rare)
        numbers = cosine(self._numbers, own[3], (kind == NUMBER) * rare)
        self._words[one.ids] = 1
        here = self._words[ids]
        self._words[one.ids] = 0
        masses = _sums(rare, starts, sizes)
        cover = _sums(here * rare, starts, sizes) / (np.minimum(masses, mine.sum()) + 1e-9)

        pair_sizes = np.array([len(other.pairs) for other in others])
        pair_starts = np.concatenate(([0], np.cumsum(pair_sizes)[:-1]))
        all_pairs = np.concatenate([other.pairs for other in others])
        rare_pairs = self._rare.pair_rarity(all_pairs) ** 2
        own_pairs = self._rare.pair_rarity(one.pairs) ** 2
        self._pairs[one.pairs] = 1
        here = self._pairs[all_pairs]
        self._pairs[one.pairs] = 0
        pairs = _sums(here * rare_pairs, pair_starts, pair_sizes) / (
            np.sqrt(_sums(rare_pairs, pair_starts, pair_sizes) * own_pairs.sum()) + 1e-9
        )
        lengths = np.array([other.length for other in others], dtype=np.float64)
        shorter = np.log(np.maximum(np.minimum(lengths, one.length), 1)) / 5
        longer = np.log(np.maximum(np.maximum(lengths, one.length), 1)) / 5
        columns = (
            words, opening, names, numbers, pairs, cover, np.sqrt(words), np.sqrt(opening), np.sqrt(pairs),
            np.sqrt(np.maximum(cover, 0)), np.sqrt(names), words * shorter, shorter, longer, np.minimum(days, 30) / 7,
            np.sqrt(np.minimum(days, 30) / 7), foreign, np.ones(len(others)),
        )  # fmt: skip
        for at, column in enumerate(columns):
            out[:, at] = column
        return out


def _sums(values: NDArray[np.float32], starts: NDArray[np.int64], sizes: NDArray[np.int64]) -> NDArray[np.float64]:
    """The sum of each run of values; zero for an empty one."""
    padded = np.append(values, np.float32(0)).astype(np.float64)
    summed = np.add.reduceat(padded, starts)
    return np.where(sizes > 0, summed, 0.0)


def probability(measures: Measures, model: Model) -> NDArray[np.float32]:
    """The probability that each pair reports one event."""
    return (1 / (1 + np.exp(-np.clip(measures @ model.weights, -30, 30)))).astype(np.float32)
