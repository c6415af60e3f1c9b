"""Two portraits → the probability that they are of one development.

A logistic regression over what the two share; its weights are data beside this module, made by
``benchmarks/threads.py`` from labelled streams of news.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property
from importlib.resources import files

from pipeline.group.portraits import UNIT
from schemas.story import Portrait

COLUMNS = ("cosine", "mean", "core", "core_back", "names", "opening", "days", "fewer", "more", "rare", "bias")
_CORE = 12
_TELLING = 0.2
"""A term that weighs so much of the weightiest one is one of those that a portrait is about."""


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
    def length(self) -> float:
        return math.sqrt(sum(weight * weight for weight in self.terms.values())) or 1.0

    @cached_property
    def core(self) -> tuple[int, ...]:
        """The weightiest terms."""
        return tuple(sorted(self.terms, key=lambda term: (-self.terms[term], term))[:_CORE])

    @cached_property
    def core_names(self) -> tuple[int, ...]:
        names = set(self._names)
        return tuple(term for term in self.core if term in names)

    @cached_property
    def telling(self) -> float:
        return _TELLING * self.terms[self.core[0]] if self.core else 0.0

    def dot(self, other: Sight) -> float:
        mine, theirs = self.terms, other.terms
        return float(sum([mine[term] * theirs[term] for term in mine.keys() & theirs.keys()]))

    def cosine(self, other: Sight) -> float:
        return self.dot(other) / (self.length * other.length)


class _Squares(dict[int, float]):
    """The squares of what a function gives for each term."""

    def __init__(self, rarity: Callable[[int], float]) -> None:
        super().__init__()
        self._rarity = rarity

    def __missing__(self, term: int) -> float:
        made = self[term] = self._rarity(term) ** 2
        return made


class Held:
    """How rare terms are among the threads that are open at one moment: the logarithm of one in so many."""

    def __init__(self, rarity: Callable[[int], float]) -> None:
        self._squares = _Squares(rarity)
        self._lengths: dict[Sight, float] = {}

    def squares(self, terms: Iterable[int]) -> list[float]:
        return list(map(self._squares.__getitem__, terms))

    def length(self, sight: Sight) -> float:
        """The square of the length of a portrait whose terms count as they are rare."""
        made = self._lengths.get(sight)
        if made is None:
            rare = self.squares(sight.terms)
            weighed = [weight * weight * one for weight, one in zip(sight.terms.values(), rare, strict=True)]
            made = self._lengths[sight] = math.fsum(weighed)
        return made


def relation(one: Sight, other: Sight, held: Callable[[int], float] | Held) -> list[float]:
    """What two portraits have in common, in the order of `COLUMNS`.

    ``held`` says how rare a term is among the threads that are open; who compares many gives the same `Held`.
    """
    if not isinstance(held, Held):
        held = Held(held)
    small, large = sorted((one, other), key=lambda sight: (sight.reports, sight.last, sight.first, sight.core))
    dot = small.dot(large)
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
        _rare(small, large, held),
        1.0,
    ]


def _share(of: Sight, among: Sight) -> float:
    """How much of the core of one is anywhere in the other."""
    whole = sum(of.terms[term] for term in of.core)
    return sum(of.terms[term] for term in of.core if term in among.terms) / whole if whole else 0.0


def _opening(small: Sight, large: Sight) -> float:
    whole = sum(small.opening.values())
    return sum(weight for term, weight in small.opening.items() if term in large.terms) / whole if whole else 0.0


def _days_apart(one: Sight, other: Sight) -> float:
    return max(0.0, (max(one.first, other.first) - min(one.last, other.last)).total_seconds() / 86400)


def _rare(one: Sight, other: Sight, held: Held) -> float:
    """The cosine where what every open thread speaks of counts less."""
    both = list(one.terms.keys() & other.terms.keys())
    shared = math.fsum(
        [one.terms[term] * other.terms[term] * rare for term, rare in zip(both, held.squares(both), strict=True)]
    )
    lengths = held.length(one) * held.length(other)
    return shared / math.sqrt(lengths) if lengths else 0.0


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
