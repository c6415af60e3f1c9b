"""What a series, or a figure about to be placed, is compared by: everything worked out once from its claims."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import chain

from pipeline.figures.following import intervals
from schemas.figure import Claim, Marks, Modifier

CLOSE = 0.5
"""The least weight of a word that stands close to its number."""
HEARD = 0.3
"""The least weight of a word that counts at all."""
STANDING = 3
"""The latest claims of a series; those before have been overtaken."""
SHARED_TRAITS = ("part", "of the", "more", "whole", "rest")
"""Traits that a series has to a degree: the share of its claims that have it."""
REMEMBERED = 8
"""Claims of a series that words are compared with: the first and the latest. The others need no marks."""
_VALUES = 60
"""Latest claims of a series whose values it is recognised by."""
_OFTEN = 0.3
"""The share of the claims that must have a noun or an action for it to be one of the series."""
_ONCE = 0.7
"""What is left of the weight of a word that only one of three or more claims has."""


class Profile:
    """The claims of one series, or the one claim of a figure."""

    def __init__(self, claims: Sequence[Claim]) -> None:
        self.claims = claims
        remembered = claims if len(claims) <= REMEMBERED else (claims[0], *claims[1 - REMEMBERED :])
        self.marks: list[Marks] = [claim.marks for claim in remembered if claim.marks] or [Marks()]
        self.units = {t[5:] for m in self.marks for t in m.traits if t.startswith("unit:")}
        self.heads = _often(m.nouns[:1] for m in self.marks)
        self.nouns = _often(m.nouns for m in self.marks)
        self.first_actions = _often(m.actions[:1] for m in self.marks)
        self.actions = _often(m.actions for m in self.marks)
        self.words = _gathered([m.words for m in self.marks])
        self.names = _gathered([m.names for m in self.marks])
        self.close_words = {k for k, w in self.words.items() if w >= CLOSE}
        self.close_names = {k for k, w in self.names.items() if w >= CLOSE}
        self.about = {name for m in self.marks for name in m.about if name[0] != "?"}
        self.perhaps_about = self.about | {name[1:] for m in self.marks for name in m.about if name[0] == "?"}
        self.values = {value_key(claim) for claim in claims[-_VALUES:]}
        if len(claims) > _VALUES:
            self.values.add(value_key(claims[0]))
        self.standing = {value_key(claim) for claim in claims[-STANDING:]}
        self.spans = [intervals.of_claim(claim) for claim in claims[-STANDING:]]
        self.sizes = [intervals.size(span) for span in self.spans]
        self.vague = [claim.modifier is Modifier.VAGUE for claim in claims[-STANDING:]]
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
    def tells(self) -> float:
        """How unlikely it is that another figure has the same number as the latest claim."""
        return information(self.claim)

    @cached_property
    def cues(self) -> frozenset[str]:
        """The cues of the latest claim."""
        return frozenset(self.mark.cues)

    @cached_property
    def axes(self) -> dict[str, set[str]]:
        """The poles near its numbers, by axis of contrast."""
        axes: dict[str, set[str]] = {}
        for trait in {t for m in self.marks for t in m.traits}:
            axis, _, pole = trait.partition(":")
            if pole and axis not in {"kind", "per", "place", "unit", "sentence"}:
                axes.setdefault(axis, set()).add(pole)
        return axes

    @cached_property
    def places(self) -> set[str]:
        """The names of the places its figures were said of."""
        return {t for m in self.marks for t in m.traits if t.startswith("place:")}

    @cached_property
    def leads(self) -> bool:
        """Whether one of its numbers was the first of its article."""
        return any("lead" in m.traits for m in self.marks)

    @cached_property
    def are_persons(self) -> bool:
        """Whether people are counted."""
        return any("person" in m.traits for m in self.marks)

    @cached_property
    def are_events(self) -> bool:
        """Whether they are counted by what happened to them: arrests, deaths."""
        return any("event" in m.traits for m in self.marks)

    @cached_property
    def is_heard(self) -> bool:
        """Whether what happened to it was only heard around its numbers, and never read."""
        return all("heard" in m.traits for m in self.marks if m.actions)

    @cached_property
    def sentences(self) -> set[str]:
        """The sentences its figures stand in, as marks of equality."""
        return {m.traits[-1] for m in self.marks if m.traits}

    @cached_property
    def sides(self) -> set[str]:
        """Whose losses it tells."""
        return {t for m in self.marks for t in m.traits if t.startswith(("own of ", "enemy of "))}

    @cached_property
    def kinds(self) -> set[str]:
        """What sets its numbers apart from plain ones: planned, needed, per day."""
        return {t for m in self.marks for t in m.traits if t.startswith(("kind:", "per:"))}

    @cached_property
    def only_kinds(self) -> set[str]:
        """Of these, those that all of its numbers have."""
        return {kind for kind in self.kinds if all(kind in m.traits for m in self.marks)}

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
        return min(self.units) if self.units else next((m.nouns[0] for m in self.marks if m.nouns), None)


def _often(many: Iterable[Sequence[str]]) -> set[str]:
    """What enough of the claims have; those that have none of it say nothing."""
    said = [few for few in many if few]
    counts = Counter(chain.from_iterable(said))
    least = _OFTEN * len(said)
    return {key for key, count in counts.items() if count >= least}


def _gathered(many: Sequence[dict[str, float]]) -> dict[str, float]:
    """The words of all claims, each with the most weight it has; what one claim alone has counts less."""
    if len(many) == 1:
        return {key: weight for key, weight in many[0].items() if weight >= HEARD}
    most: dict[str, float] = {}
    counts: Counter[str] = Counter()
    for words in many:
        for key, weight in words.items():
            if weight >= HEARD:
                counts[key] += 1
                if weight > most.get(key, 0.0):
                    most[key] = weight
    if len(many) < 3:
        return most
    return {key: weight if counts[key] > 1 else weight * _ONCE for key, weight in most.items()}


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
