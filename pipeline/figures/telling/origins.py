"""The earlier values that a figure may have moved from, and what speaks for and against each.

Told figures that state one value are one origin, whoever stated them and on whatever track they lie: "1,600 killed" of
five reports is one place to come from. What the other origins are tells most: a value that lies between two of a rising
row of counts, and was told last of them, is the one before; one that later counts have passed is not.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.figures.following.intervals import stated
from pipeline.figures.telling import pairs
from pipeline.figures.telling.memory import Known
from pipeline.figures.telling.mention import Mention
from pipeline.figures.worth.model import probability_of

MOST = 4
"""Origins that are weighed: the likeliest to be of one series with the figure."""
_UNLIKE = -9.0
"""Log-odds of being of one series where there is nothing to compare with."""
_LIKELY = 0.15
"""Probability of being of one series from which an origin counts among those that may have come last."""
_LASTING = frozenset({"perfect", "present", "progressive"})
"""Tenses in which counts that go on are told: so many "have been killed", or "are" in camps."""
_TENSES = ("perfect", "pluperfect", "past", "present", "modal")

Compared = tuple[Known, Mapping[str, float], float]
"""A told figure, how alike it is, and the log-odds that both are of one series."""


@dataclass(eq=False)
class Origin:
    """The told figures that state one value; ``known`` is the one most like the figure in question."""

    known: Known
    same: float
    said: list[Compared] = field(default_factory=list)
    place: int = 0
    """When it was told last among all that are compared, in their order."""
    cues: dict[str, float] = field(default_factory=dict)

    @property
    def likely(self) -> float:
        """How likely it is of one series with the figure."""
        return probability_of(self.same)

    @property
    def size(self) -> float:
        return self.known.mention.size


def origins_of(said: Mention, compared: Sequence[Compared], worth: float) -> list[Origin]:
    """The likeliest origins of a figure of this worth, the likeliest to be of its series first."""
    saying = [pairs.says_the_same(entry[0].mention.claim, said.claim) for entry in compared]
    found = _grouped(compared, saying)
    order = {id(entry[0]): n for n, entry in enumerate(sorted(compared, key=lambda entry: entry[0].number))}
    for origin in found:
        origin.place = max(order[id(entry[0])] for entry in origin.said)
    known = max((entry[2] for entry, says in zip(compared, saying, strict=True) if says), default=_UNLIKE)
    shared = _of_figure(said, worth) | {"compared": float(len(compared)), "its value known": known}
    for rank, origin in enumerate(found[:MOST]):
        origin.cues = shared | _of_origin(said, origin, len(compared)) | _among(said, origin, found, rank)
        origin.cues["ahead of its value"] = origin.same - known
    return found[:MOST]


def _grouped(compared: Sequence[Compared], saying: Sequence[bool]) -> list[Origin]:
    """What states one value, together; no value of which one statement is ``saying`` the same as the figure."""
    by_value: dict[object, list[Compared]] = {}
    said_again: set[object] = set()
    for entry, says in zip(compared, saying, strict=True):
        value = stated(entry[0].mention.claim)
        by_value.setdefault(value, []).append(entry)
        if says:
            said_again.add(value)
    found = []
    for stating, entries in by_value.items():
        if stating not in said_again:
            best = max(entries, key=lambda entry: entry[2])
            found.append(Origin(best[0], best[2], entries))
    return sorted(found, key=lambda origin: -origin.same)


def _lasts(one: Mention) -> float:
    """How much speaks for a count that goes on, rather than of one day."""
    return float(one.tense in _LASTING) + float(one.is_total) - float(one.names_a_day)


def _is_vague(one: Mention) -> float:
    return float(one.figure.value is None)


def _of_figure(said: Mention, worth: float) -> dict[str, float]:
    return {f"tense: {tense}": float(said.tense == tense) for tense in _TENSES} | {
        "worth": worth,
        "tells of a move": float(said.tells_of_a_move),
        "total": float(said.is_total),
        "feared": float(said.is_feared),
        "since": float(said.says_since),
        "names a day": float(said.names_a_day),
        "says what it was": float(said.figure.earlier is not None),
        "vague": _is_vague(said),
        "lasts": _lasts(said),
    }


def _of_origin(said: Mention, origin: Origin, compared: int) -> dict[str, float]:
    mentions = [entry[0].mention for entry in origin.said]
    latest = max(mention.source.published for mention in mentions)
    days = max(0.0, (said.source.published - latest).total_seconds() / 86400)
    scores = [same for *_, same in origin.said]
    ratio = math.log(said.size / origin.size)
    return {
        "same": origin.same,
        "mean same": math.fsum(scores) / len(scores),
        "sum of same": math.fsum(map(probability_of, scores)),
        "mentions": float(min(len(scores), 8)),
        "told late": origin.place / max(1, compared),
        "days since": math.log1p(days),
        "its worth": max(entry[0].telling.worth for entry in origin.said),
        "its size": math.log10(origin.size),
        "ratio": ratio,
        "how far": abs(ratio),
        "rises": float(ratio > 0),
        "within a factor of two": float(abs(ratio) < math.log(2)),
        "it is vague": _is_vague(origin.known.mention),
        "it lasts": _lasts(origin.known.mention),
        "one of it lasts": max(map(_lasts, mentions)),
        "one of it in perfect": float(any(mention.tense == "perfect" for mention in mentions)),
    }


def _among(said: Mention, origin: Origin, found: Sequence[Origin], rank: int) -> dict[str, float]:
    """What the other origins say of one: which came later, which lie between, which lead up to it."""
    others = [other for other in found if other is not origin]
    low, high = sorted((origin.size, said.size))
    rises = origin.size < said.size

    def sum_of(fits: Callable[[Origin], bool]) -> float:
        return math.fsum(other.likely for other in others if fits(other))

    second = found[1].same if len(found) > 1 else _UNLIKE
    likely = [other.place for other in found if other.likely > _LIKELY]
    return {
        "rank": float(rank),
        "behind the likeliest": origin.same - found[0].same,
        "before the next": origin.same - (found[0].same if rank else second),
        "later ones": sum_of(lambda other: other.place > origin.place),
        "earlier ones": sum_of(lambda other: other.place < origin.place),
        "between": sum_of(lambda other: low < other.size < high),
        "above both": sum_of(lambda other: other.size > high),
        "below both": sum_of(lambda other: other.size < low),
        "leading up": sum_of(lambda other: other.place < origin.place and (other.size < origin.size) == rises),
        "leading away": sum_of(lambda other: other.place < origin.place and (other.size < origin.size) != rises),
        "share": origin.likely / (math.fsum(other.likely for other in found) + 0.05),
        "the latest likely": float(origin.place == max(likely, default=0)),
    }
