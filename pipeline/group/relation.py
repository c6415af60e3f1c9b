"""Two portraits → the probability that they are of one development.

A logistic regression over what the two share; its weights are data beside this module, made by
``benchmarks/threads.py`` from labelled streams of news.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property
from importlib.resources import files
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from pipeline.group.portraits import UNIT, Whole
from pipeline.group.tokens import TABLE
from schemas.story import Portrait

Floats = NDArray[np.float64]

COLUMNS = ("cosine", "mean", "core", "core_back", "names", "opening", "days", "fewer", "more", "rare", "bias")
_CORE = 12
_TELLING = 0.2
"""A term that weighs so much of the weightiest one is one of those that a portrait is about."""
_NONE = np.zeros(0, dtype=np.int64)
_ZERO = np.zeros(1, dtype=np.int64)


class Sight:
    """A portrait with what is asked of it again and again."""

    def __init__(self, portrait: Portrait) -> None:
        self.terms = portrait.terms
        self.opening = portrait.opening
        self.written = portrait.written
        self.reports = portrait.reports
        self.first: datetime = portrait.first
        self.last: datetime = portrait.last
        self._names = portrait.names

    @cached_property
    def ids(self) -> Whole:
        """Its terms, in the order of `weights`."""
        return np.fromiter(self.terms, np.int64, len(self.terms))

    @cached_property
    def weights(self) -> Whole:
        return np.fromiter(self.terms.values(), np.int64, len(self.terms))

    @cached_property
    def length(self) -> float:
        return math.sqrt(int((self.weights * self.weights).sum())) or 1.0

    @cached_property
    def ranked(self) -> Whole:
        """The terms, the weightiest first."""
        return self.ids.take(np.lexsort((self.ids, -self.weights)))

    @cached_property
    def core(self) -> tuple[int, ...]:
        """The weightiest terms."""
        return tuple(self.ranked[:_CORE].tolist())

    @cached_property
    def core_names(self) -> tuple[int, ...]:
        names = set(self._names)
        return tuple(term for term in self.core if term in names)

    @cached_property
    def opening_whole(self) -> int:
        return sum(self.opening.values())

    @cached_property
    def telling(self) -> float:
        return _TELLING * self.terms[self.core[0]] if self.core else 0.0


class Held:
    """How rare terms are among the threads that are open at one moment: the logarithm of one in so many.

    ``squares`` gives the squares of that for terms.
    """

    def __init__(self, squares: Callable[[Whole], Floats]) -> None:
        self.squares = squares
        self._lengths: dict[Sight, float] = {}

    def length(self, sight: Sight) -> float:
        """The square of the length of a portrait whose terms count as they are rare."""
        made = self._lengths.get(sight)
        if made is None:
            weighed = sight.weights * sight.weights * self.squares(sight.ids)
            made = self._lengths[sight] = math.fsum(weighed.tolist())
        return made


class Comparer:
    """Compares one portrait with several at once.

    Sums are of whole numbers or exact, so that they are the same whichever portraits are looked at together.
    """

    def __init__(self) -> None:
        self._place = np.zeros(TABLE, dtype=np.uint16)
        """For each term its place among those of the one, from 1; 0 for those it has not."""

    def cosines(self, one: Sight, others: Sequence[Sight]) -> list[float]:
        """The cosine of a portrait and each of several others."""
        dots = self._shared(one, others).dots()
        return [dot / (one.length * other.length) for dot, other in zip(dots, others, strict=True)]

    def relations(self, one: Sight, others: Sequence[Sight], held: Held) -> list[list[float]]:
        """What a portrait has in common with each of several others, in the order of `COLUMNS`."""
        shared = self._shared(one, others)
        found = []
        for other, dot, rare in zip(others, shared.dots(), shared.rare_dots(held), strict=True):
            small, large = sorted((one, other), key=_order)
            found.append(_columns(small, large, dot, _rare(held.length(one) * held.length(other), rare)))
        return found

    def _shared(self, one: Sight, others: Sequence[Sight]) -> _Shared:
        ids = np.concatenate([_NONE, *(other.ids for other in others)])
        weights = np.concatenate([_NONE, *(other.weights for other in others)])
        self._place[one.ids] = np.arange(1, 1 + len(one.ids), dtype=np.uint16)
        at = self._place.take(ids)
        self._place[one.ids] = 0
        shared = at.nonzero()[0]
        products = weights.take(shared) * one.weights.take(at.take(shared) - np.uint16(1))
        ends = np.searchsorted(shared, np.cumsum([0, *(len(other.terms) for other in others)]))
        return _Shared(ids.take(shared), products, ends)


@dataclass(frozen=True, slots=True)
class _Shared:
    """The terms that a portrait shares with each of several others, what they weigh in both, and where those of each
    begin and end."""

    terms: Whole
    products: Whole
    ends: Whole

    def dots(self) -> list[int]:
        sums = np.concatenate((_ZERO, np.cumsum(self.products)))
        dots: list[int] = np.diff(sums.take(self.ends)).tolist()
        return dots

    def rare_dots(self, held: Held) -> list[float]:
        """The same where what every open thread speaks of counts less."""
        products = (self.products * held.squares(self.terms)).tolist()
        return [math.fsum(products[start:end]) for start, end in pairwise(self.ends.tolist())]


def relation(one: Sight, other: Sight, rarity: Callable[[int], float]) -> list[float]:
    """What two portraits have in common, in the order of `COLUMNS`.

    ``rarity`` says how rare a term is among the threads that are open.
    """
    held = Held(lambda terms: np.array([rarity(term) ** 2 for term in terms.tolist()], np.float64))
    return Comparer().relations(one, [other], held)[0]


def _order(sight: Sight) -> tuple[int, datetime, datetime, tuple[int, ...]]:
    return sight.reports, sight.last, sight.first, sight.core


def _columns(small: Sight, large: Sight, dot: int, rare: float) -> list[float]:
    return [
        dot / (small.length * large.length),
        # Portraits of single articles are of unit length: this is how alike they are in the mean.
        dot / (UNIT**2 * small.reports * large.reports),
        _share(large, small),
        _share(small, large),
        sum(large.terms.get(term, 0) > large.telling for term in small.core_names) / (len(small.core_names) + 0.5),
        _opening(small, large),
        math.log1p(_days_apart(small, large)),
        math.log(small.reports),
        math.log(large.reports),
        rare,
        1.0,
    ]


def _rare(lengths: float, dot: float) -> float:
    """The cosine where what every open thread speaks of counts less."""
    return dot / math.sqrt(lengths) if lengths else 0.0


def _share(of: Sight, among: Sight) -> float:
    """How much of the core of one is anywhere in the other."""
    whole = sum(of.terms[term] for term in of.core)
    return sum(of.terms[term] for term in of.core if term in among.terms) / whole if whole else 0.0


def _opening(small: Sight, large: Sight) -> float:
    if not small.opening_whole:
        return 0.0
    return sum([weight for term, weight in small.opening.items() if term in large.terms]) / small.opening_whole


def _days_apart(one: Sight, other: Sight) -> float:
    return max(0.0, (max(one.first, other.first) - min(one.last, other.last)).total_seconds() / 86400)


@dataclass(frozen=True)
class ThreadModel:
    """The weights of `COLUMNS`, and the probability from which two portraits are of one thread."""

    weights: tuple[float, ...]
    join: float

    def probability(self, columns: list[float]) -> float:
        logit = math.fsum(weight * value for weight, value in zip(self.weights, columns, strict=True))
        return 1 / (1 + math.exp(-max(min(logit, 30.0), -30.0)))


@cache
def shipped_model() -> ThreadModel:
    """The weights that come with Tallywire."""
    held = json.loads(files("pipeline.group").joinpath("threads.json").read_text("utf-8"))
    return ThreadModel(tuple(held["weights"][column] for column in COLUMNS), held["join"])
