"""Where the series of a topic are looked up by what they have in common with a figure."""

from __future__ import annotations

import math
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic_core import from_json, to_json

from pipeline.figures.following.profiles import Profile, value_key

Places = NDArray[np.intp]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
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
        profiles: Iterable[tuple[str, datetime, Profile]] = (),
        load: Callable[[Sequence[str]], Iterable[tuple[str, Profile]]] = lambda ids: (),
    ) -> None:
        """``profiles`` are those of series, each with its id and when it was opened; ``load`` gives the profiles of
        series of which only what they are found by is known."""
        self._load = load
        self._profiles: dict[str, Profile] = {}
        self._found_by: dict[str, FoundBy] = {}
        self._place: dict[str, int] = {}
        self._ids: list[str] = []
        """The series by their places, in the order in which they came here."""
        self._opened = np.zeros(256, dtype=np.int64)
        """By place: when the series was opened, in microseconds."""
        self._where: dict[str, array[int]] = {}
        """By key: the places of the series that have it."""
        self._heard: Counter[str] = Counter()
        self._alike: Counter[str | None] = Counter()
        for id, opened, profile in profiles:
            self.put(id, opened, profile)

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

    def put(self, id: str, opened: datetime, profile: Profile) -> None:
        """Know a series, in place of what was known under its id."""
        self.know(id, opened, FoundBy.of(profile))
        self._profiles[id] = profile

    def know(self, id: str, opened: datetime, found_by: FoundBy) -> None:
        """Let a series be found, in place of what it was found by before; its profile is loaded when it is wanted."""
        if id not in self._place:
            self._place[id] = len(self._ids)
            self._ids.append(id)
            if len(self._ids) > len(self._opened):
                self._opened = np.concatenate((self._opened, np.zeros_like(self._opened)))
        self._opened[self._place[id]] = (opened - _EPOCH) // _MICROSECOND
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
        place = self._place[id]
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
        """The ids of the series that have most in common with a figure at first sight, in the order they were opened;
        of equals the latest.

        The order in which series came here makes no difference: one who reads them again decides as one who stayed.
        """
        found = self._shortlist(figure)
        if lacking := [id for id in found if id not in self._profiles]:
            self._profiles.update(self._load(lacking))
        return found

    def _shortlist(self, figure: Profile) -> list[str]:
        if len(self._found_by) <= _SHORTLIST:
            return sorted(self._found_by, key=self._rank)
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
        return sorted((self._ids[place] for place in self._highest(points)), key=self._rank)

    def _rank(self, id: str) -> tuple[int, str]:
        return int(self._opened[self._place[id]]), id

    def _highest(self, points: NDArray[np.float64]) -> list[int]:
        """The places of the most points, of equals those of the series opened last. What has none is never among
        them."""
        found = points.nonzero()[0]
        above, level = _most(found, points.take(found), _SHORTLIST)
        later, same = _most(level, self._opened.take(level), _SHORTLIST - len(above))
        last = sorted(same.tolist(), key=self._ids.__getitem__)[len(above) + len(later) - _SHORTLIST :]
        return [*above.tolist(), *later.tolist(), *last]


def _most(places: Places, values: NDArray[Any], count: int) -> tuple[Places, Places]:
    """The places of which the values are among the ``count`` highest, and those of equal values of which only some
    are."""
    if len(places) <= count:
        return places, places[:0]
    least = np.partition(values, len(values) - count)[len(values) - count]
    return places[values > least], places[values == least]


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
