"""Where the series of a topic are looked up by what they have in common with a figure."""

from __future__ import annotations

import heapq
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pipeline.figures.following.profiles import Profile, value_key

_SHORTLIST = 12
"""Series that a figure is compared with in earnest, of all those of its topic."""
_VALUE, _NOUN, _ACTION, _UNIT, _WORD = 4.0, 2.0, 1.5, 1.0, 1.0
"""What the same value, noun, action, unit or word speaks for a series at first sight."""


@dataclass(frozen=True, slots=True)
class Telling:
    """The words of a figure, each weighed by how near it stands and how rare it is in the topic, and their sum."""

    words: tuple[tuple[str, float, float], ...]
    sum: float

    def share(self, known: Mapping[str, float]) -> float:
        """How much of it is found among the words of a series, 0 to 1."""
        if not self.sum:
            return 0.0
        found = 0.0
        for key, weight, rare in self.words:
            there = known.get(key)
            if there is not None:
                found += rare * (there if there < weight else weight)
        return found / self.sum


class Candidates:
    """The series of one topic by their values, nouns, actions, units and words; kept up to date one by one.

    A word tells the less the more series have it (the inverse document frequency of retrieval, Spärck Jones 1972).
    """

    def __init__(self, profiles: Iterable[tuple[str, Profile]] = ()) -> None:
        self._profiles: dict[str, Profile] = {}
        self._order: dict[str, int] = {}
        self._where: dict[str, set[str]] = {}
        self._heard: Counter[str] = Counter()
        self._alike: Counter[str | None] = Counter()
        self._next = 0
        for id, profile in profiles:
            self.put(id, profile)

    def __len__(self) -> int:
        return len(self._profiles)

    def __contains__(self, id: str) -> bool:
        return id in self._profiles

    def __getitem__(self, id: str) -> Profile:
        return self._profiles[id]

    def put(self, id: str, profile: Profile) -> None:
        """Know a series, in place of what was known under its id."""
        self.drop(id)
        if id not in self._order:
            self._order[id] = self._next
            self._next += 1
        self._profiles[id] = profile
        for key in _keys(profile):
            self._where.setdefault(key, set()).add(id)
        self._heard.update(profile.words.keys())
        self._heard.update(profile.names.keys())
        self._alike[profile.what] += 1

    def drop(self, id: str) -> None:
        """Forget a series."""
        profile = self._profiles.pop(id, None)
        if profile is None:
            return
        for key in _keys(profile):
            self._where[key].discard(id)
        self._heard.subtract(profile.words.keys())
        self._heard.subtract(profile.names.keys())
        self._alike[profile.what] -= 1

    def alike(self, profile: Profile) -> int:
        """How many series of the topic count or measure the same."""
        return self._alike[profile.what]

    def rare(self, key: str) -> float:
        """How much a word tells in this topic: near 0 where every series has it, 1 where it is new."""
        total = len(self._profiles) + 1.5
        return 1.0 - math.log(2 * self._heard.get(key, 0) + 1) / math.log(2 * total)

    def telling(self, words: Mapping[str, float]) -> Telling:
        """``words``, weighed for comparison with series of this topic."""
        weighed = tuple((key, weight, self.rare(key)) for key, weight in words.items())
        return Telling(weighed, math.fsum(weight * rare for _, weight, rare in weighed))

    def speak_of(self, names: Iterable[str]) -> bool:
        """Whether an article about any series of the topic has one of these names."""
        return any(self._where.get(f"@ {name}") for name in names)

    def shortlist(self, figure: Profile) -> list[str]:
        """The ids of the series that have most in common with a figure at first sight, in the order they were known."""
        if len(self._profiles) <= _SHORTLIST:
            return sorted(self._profiles, key=self._order.__getitem__)
        points: dict[str, float] = {}
        for key, weight in _sought(figure):
            ids = self._where.get(key)
            if ids:
                worth = weight * math.log(1 + len(self._profiles) / len(ids))
                for id in ids:
                    points[id] = points.get(id, 0.0) + worth
        order = self._order
        first = heapq.nlargest(_SHORTLIST, [(worth, order[id], id) for id, worth in points.items()])
        return [id for _, id in sorted(entry[1:] for entry in first)]


def _keys(profile: Profile) -> set[str]:
    keys = {f"={value}" for value in profile.values}
    keys |= {f"n {noun}" for noun in profile.heads}
    keys |= {f"a {action}" for action in profile.actions}
    keys |= profile.close_words
    keys |= profile.close_names
    keys |= {f"u {unit}" for unit in profile.units}
    keys |= {f"@ {name}" for name in profile.about}
    return keys


def _sought(figure: Profile) -> list[tuple[str, float]]:
    sought = [(f"={value_key(figure.claim)}", _VALUE)]
    sought += [(f"u {unit}", _UNIT) for unit in figure.units]
    sought += [(f"n {noun}", _NOUN) for noun in figure.nouns]
    sought += [(f"a {action}", _ACTION) for action in figure.actions]
    sought += [(word, _WORD) for word in figure.close_words | figure.close_names]
    return sought
