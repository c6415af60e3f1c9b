"""Where the series of a topic are looked up by what they have in common with a figure."""

from __future__ import annotations

import math
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic_core import from_json, to_json

from pipeline.figures.following.profiles import Profile, value_key

_SHORTLIST = 12
"""Series that a figure is compared with in earnest, of all those of its topic."""
_FORM = "1 "
"""What `FoundBy` as text begins with: the number of its form."""
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


class FoundBy(NamedTuple):
    """What a series is found by: its keys, its words and names, and what it counts or measures."""

    keys: frozenset[str]
    words: tuple[str, ...]
    what: str | None

    @classmethod
    def of(cls, profile: Profile) -> FoundBy:
        return cls(frozenset(_keys(profile)), (*profile.words, *profile.names), profile.what)

    @classmethod
    def from_text(cls, text: str | None) -> FoundBy | None:
        """What `to_text` wrote; None for what another version wrote."""
        if text is None or not text.startswith(_FORM):
            return None
        keys, words, what = from_json(text[len(_FORM) :])
        return cls(frozenset(keys), tuple(words), what)

    def to_text(self) -> str:
        return _FORM + to_json((sorted(self.keys), self.words, self.what)).decode()


NOTHING = FoundBy(frozenset(), (), None)
"""What a series without claims is found by."""


class Candidates:
    """The series of one topic by their values, nouns, actions, units and words; kept up to date one by one.

    A word tells the less the more series have it (the inverse document frequency of retrieval, Spärck Jones 1972).
    """

    def __init__(
        self,
        profiles: Iterable[tuple[str, Profile]] = (),
        load: Callable[[Sequence[str]], Iterable[tuple[str, Profile]]] = lambda ids: (),
    ) -> None:
        """``load`` gives the profiles of series of which only what they are found by is known."""
        self._load = load
        self._profiles: dict[str, Profile] = {}
        self._found_by: dict[str, FoundBy] = {}
        self._order: dict[str, int] = {}
        self._ids: list[str] = []
        """The series in the order in which they were first known."""
        self._where: dict[str, array[int]] = {}
        """By key: the places in that order of the series that have it."""
        self._heard: Counter[str] = Counter()
        self._alike: Counter[str | None] = Counter()
        for id, profile in profiles:
            self.put(id, profile)

    def __len__(self) -> int:
        return len(self._found_by)

    def __contains__(self, id: str) -> bool:
        return id in self._found_by

    def __getitem__(self, id: str) -> Profile:
        if id not in self._profiles:
            self._profiles.update(self._load([id]))
        return self._profiles[id]

    def found_by(self, id: str) -> FoundBy:
        """What a series is found by; nothing, for one that is not here."""
        return self._found_by.get(id, NOTHING)

    def put(self, id: str, profile: Profile) -> None:
        """Know a series, in place of what was known under its id."""
        self.know(id, FoundBy.of(profile))
        self._profiles[id] = profile

    def know(self, id: str, found_by: FoundBy) -> None:
        """Let a series be found, in place of what it was found by before; its profile is loaded when it is wanted."""
        if id not in self._order:
            self._order[id] = len(self._ids)
            self._ids.append(id)
        before = self._found_by.get(id, NOTHING)
        self._move(id, before.keys, found_by.keys)
        if id in self._found_by:
            self._count(before, -1)
        self._found_by[id] = found_by
        self._count(found_by, 1)
        self._profiles.pop(id, None)

    def drop(self, id: str) -> None:
        """Forget a series."""
        found_by = self._found_by.pop(id, None)
        self._profiles.pop(id, None)
        if found_by is not None:
            self._move(id, found_by.keys, frozenset())
            self._count(found_by, -1)

    def ease(self, ids: Iterable[str]) -> None:
        """Let go of profiles that can be loaded again."""
        for id in ids:
            self._profiles.pop(id, None)

    def _move(self, id: str, before: frozenset[str], after: frozenset[str]) -> None:
        """Let a series be found under other keys than before; most stay as they are."""
        place = self._order[id]
        for key in before - after:
            self._where[key].remove(place)
            if not self._where[key]:
                del self._where[key]
        for key in after - before:
            held = self._where.get(key)
            if held is None:
                self._where[key] = array("i", (place,))
            else:
                held.append(place)

    def _count(self, found_by: FoundBy, by: int) -> None:
        if by > 0:
            self._heard.update(found_by.words)
        else:
            self._heard.subtract(found_by.words)
        self._alike[found_by.what] += by

    def alike(self, profile: Profile) -> int:
        """How many series of the topic count or measure the same."""
        return self._alike[profile.what]

    def rare(self, key: str) -> float:
        """How much a word tells in this topic: near 0 where every series has it, 1 where it is new."""
        total = len(self._found_by) + 1.5
        return 1.0 - math.log(2 * self._heard.get(key, 0) + 1) / math.log(2 * total)

    def telling(self, words: Mapping[str, float]) -> Telling:
        """``words``, weighed for comparison with series of this topic."""
        weighed = tuple((key, weight, self.rare(key)) for key, weight in words.items())
        return Telling(weighed, math.fsum(weight * rare for _, weight, rare in weighed))

    def speak_of(self, names: Iterable[str]) -> bool:
        """Whether an article about any series of the topic has one of these names."""
        return any(f"@ {name}" in self._where for name in names)

    def shortlist(self, figure: Profile) -> list[str]:
        """The ids of the series that have most in common with a figure at first sight, in the order they were known."""
        found = self._shortlist(figure)
        if lacking := [id for id in found if id not in self._profiles]:
            self._profiles.update(self._load(lacking))
        return found

    def _shortlist(self, figure: Profile) -> list[str]:
        if len(self._found_by) <= _SHORTLIST:
            return sorted(self._found_by, key=self._order.__getitem__)
        places = array("i")
        sizes: list[int] = []
        worths: list[float] = []
        for key, weight in _sought(figure):
            held = self._where.get(key)
            if held:
                places.extend(held)
                sizes.append(len(held))
                worths.append(weight * math.log(1 + len(self._found_by) / len(held)))
        if not sizes:
            return []
        found = np.frombuffer(places, dtype=np.intc)
        points = np.bincount(found, weights=np.repeat(worths, sizes)).astype(np.float64, copy=False)
        return [self._ids[place] for place in _highest(points)]


def _highest(points: NDArray[np.float64]) -> list[int]:
    """The places of the most points, in ascending order; of equals the latest. What has none is never among them."""
    found = points.nonzero()[0]
    if len(found) > _SHORTLIST:
        gained = points.take(found)
        least = np.partition(gained, len(gained) - _SHORTLIST)[len(gained) - _SHORTLIST]
        above, level = found[gained > least], found[gained == least]
        found = np.sort(np.concatenate((above, level[len(above) - _SHORTLIST :])))
    highest: list[int] = found.tolist()
    return highest


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
    # In one order, or sums would differ in the last digit from process to process.
    sought += [(f"u {unit}", _UNIT) for unit in sorted(figure.units)]
    sought += [(f"n {noun}", _NOUN) for noun in sorted(figure.nouns)]
    sought += [(f"a {action}", _ACTION) for action in sorted(figure.actions)]
    sought += [(word, _WORD) for word in sorted(figure.close_words | figure.close_names)]
    return sought
