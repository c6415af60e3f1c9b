"""What a series, or a figure about to be placed, is compared by: everything worked out once from its claims."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from pipeline.figures.following import intervals
from schemas.figure import Claim, Marks, Modifier

CLOSE = 0.5
"""The least weight of a word that stands close to its number."""
COMMON = 0.15
"""Words rarer than this tell nothing: nearly every series of the topic has them."""
_HEARD = 0.3
"""The least weight of a word that counts for how common it is."""
STANDING = 3
"""The latest claims of a series; those before have been overtaken."""
SHARED_TRAITS = ("part", "of the", "more", "whole", "rest", "other")
"""Traits that a series has to a degree: the share of its claims that have it."""
_REMEMBERED = 10
"""Claims of a series that words are compared with: the first and the latest."""
_SHORTLIST = 40
"""Series that a figure is compared with in earnest, of all those of its topic."""


class Profile:
    """The claims of one series, or the one claim of a figure."""

    def __init__(self, unit: str | None, claims: Sequence[Claim]) -> None:
        self.unit = unit
        self.claims = claims
        remembered = claims if len(claims) <= _REMEMBERED else (claims[0], *claims[1 - _REMEMBERED :])
        self.marks: list[Marks] = [claim.marks for claim in remembered if claim.marks] or [Marks()]
        self.heads = {m.nouns[0] for m in self.marks if m.nouns}
        self.nouns = {noun for m in self.marks for noun in m.nouns}
        self.first_actions = {m.actions[0] for m in self.marks if m.actions}
        self.actions = {action for m in self.marks for action in m.actions}
        self.close_words = [{k for k, w in m.words.items() if w >= CLOSE} for m in self.marks]
        self.close_names = [{k for k, w in m.names.items() if w >= CLOSE} for m in self.marks]
        self.keys = {k for m in self.marks for near in (m.words, m.names) for k, w in near.items() if w >= _HEARD}
        self.values = {value_key(claim) for claim in claims}
        self.sizes = [intervals.size(intervals.of_claim(claim)) for claim in claims[-STANDING:]]
        self.articles = {claim.article for claim in claims}
        self.figures = {claim.figure for claim in claims}
        self.speakers = {claim.attribution for claim in claims if claim.attribution}

    @property
    def claim(self) -> Claim:
        """The latest claim: of a figure, its only one."""
        return self.claims[-1]

    @property
    def mark(self) -> Marks:
        """The marks of the latest claim."""
        return self.marks[-1]

    @cached_property
    def axes(self) -> dict[str, set[str]]:
        """The poles near its numbers, by axis of contrast."""
        axes: dict[str, set[str]] = {}
        for trait in {t for m in self.marks for t in m.traits}:
            axis, _, pole = trait.partition(":")
            if pole and axis not in {"kind", "per", "place"}:
                axes.setdefault(axis, set()).add(pole)
        return axes

    @cached_property
    def places(self) -> set[str]:
        """The names of the places its figures were said of."""
        return {t for m in self.marks for t in m.traits if t.startswith("place:")}

    @cached_property
    def sides(self) -> set[str]:
        """Whose losses it tells."""
        return {t for m in self.marks for t in m.traits if t.startswith(("own of ", "enemy of "))}

    @cached_property
    def kinds(self) -> set[str]:
        """What sets its numbers apart from plain ones: planned, needed, per day."""
        return {t for m in self.marks for t in m.traits if t.startswith(("kind:", "per:"))}

    @cached_property
    def only_kinds(self) -> bool:
        """Whether none of its numbers is a plain one."""
        return all(any(t.startswith(("kind:", "per:")) for t in m.traits) for m in self.marks)

    @cached_property
    def shares(self) -> dict[str, float]:
        """The share of its claims that have each of ``SHARED_TRAITS``."""
        counts = Counter(t for m in self.marks for t in m.traits if t in SHARED_TRAITS)
        return {trait: count / len(self.marks) for trait, count in counts.items()}

    @cached_property
    def windows(self) -> list[str]:
        """The periods of its latest claims."""
        return [m.window for m in self.marks[-4:] if m.window]

    @cached_property
    def is_poll(self) -> bool:
        """Whether a poll says it."""
        return any("poll" in m.traits for m in self.marks)

    @cached_property
    def what(self) -> str | None:
        """What it measures or counts: its unit, or the class of its noun."""
        return self.unit or next((m.nouns[0] for m in self.marks if m.nouns), None)

    @cached_property
    def near(self) -> set[str]:
        """All words and names close to its numbers."""
        return set().union(*self.close_words, *self.close_names)


def value_key(claim: Claim) -> str:
    """The same for claims that state the same number, or the same two ends."""
    return intervals.value_key(claim.value, claim.low, claim.high)


def information(claim: Claim) -> float:
    """How unlikely it is that another figure has the same number, 0 to 1: "2" may count anything, "1,605" may not."""
    if claim.value is None:
        return 0.8 if claim.modifier is Modifier.RANGE else 0.3
    digits = f"{abs(claim.value):.8g}".replace(".", "").strip("0")
    if len(digits) >= 3:
        return 1.0
    if len(digits) == 2:
        return 0.75 if abs(claim.value) < 100 else 0.9
    return 0.25 if abs(claim.value) < 20 else 0.6


def rarity(profiles: Iterable[Profile]) -> dict[str, float]:
    """How much a word tells in this topic: near 0 where every series has it, 1 where it is new."""
    counts: Counter[str] = Counter()
    total = 0
    for profile in profiles:
        total += 1
        counts.update(profile.keys)
    scale = math.log((total + 1.5) / 0.5)
    return {key: math.log((total + 1.5) / (count + 0.5)) / scale for key, count in counts.items()}


def shortlist(figure: Profile, profiles: Mapping[str, Profile]) -> list[str]:
    """The ids of the profiles that have most in common with a figure at first sight, in the order given."""
    if len(profiles) <= _SHORTLIST:
        return list(profiles)
    value = value_key(figure.claim)
    points = {
        id: 4 * (value in other.values)
        + 2 * bool(figure.nouns & other.heads)
        + 2 * bool(figure.actions & other.actions)
        + (figure.unit is not None and figure.unit == other.unit)
        - 2 * (figure.unit != other.unit)
        + min(4, len(figure.near & other.near))
        for id, other in profiles.items()
    }
    first = set(sorted(points, key=lambda id: -points[id])[:_SHORTLIST])
    return [id for id in profiles if id in first]


Vectors = list[tuple[dict[str, float], float]]


class Likeness:
    """Cosines between the words around numbers, each word counting by how rare it is in the topic."""

    def __init__(self, rare: Mapping[str, float]) -> None:
        self.rare = rare
        self._words: dict[Profile, Vectors] = {}
        self._names: dict[Profile, Vectors] = {}

    def words(self, one: Profile, other: Profile) -> float:
        """How alike the words are, 0 to 1: the best of the other's claims."""
        return _best(self._vectors(self._words, one, "words")[-1], self._vectors(self._words, other, "words"))

    def names(self, one: Profile, other: Profile) -> float:
        """How alike the proper names are, 0 to 1."""
        return _best(self._vectors(self._names, one, "names")[-1], self._vectors(self._names, other, "names"))

    def tells(self, key: str) -> bool:
        """Whether a word is not one that nearly every series has."""
        return self.rare.get(key, 1.0) > COMMON

    def _vectors(self, kept: dict[Profile, Vectors], profile: Profile, which: str) -> Vectors:
        found = kept.get(profile)
        if found is None:
            weighed = [{k: w * self.rare.get(k, 1.0) for k, w in getattr(m, which).items()} for m in profile.marks]
            found = kept[profile] = [(v, math.sqrt(sum(w * w for w in v.values()))) for v in weighed]
        return found


def _best(mine: tuple[dict[str, float], float], others: Vectors) -> float:
    vector, length = mine
    best = 0.0
    for other, norm in others:
        if length and norm:
            shared = vector.keys() & other.keys()
            best = max(best, math.fsum(vector[key] * other[key] for key in shared) / (length * norm))
    return best
