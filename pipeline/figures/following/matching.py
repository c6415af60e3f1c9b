"""How likely a figure is the next mention of a series: traits of the pair, weighed.

Nothing here is certain by itself: the same noun may count another group, another verb may tell of the same event. So
each pair of a figure and a series is described by a few numbers between −1 and 1 (``traits_of_pair``), which ``score``
adds up with the weights of ``WEIGHTS``. Above 0 the pair is more likely one figure than two.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.figures.following import concepts, intervals
from pipeline.figures.following.attributions import speak_as_one
from pipeline.figures.following.windows import differ
from schemas.figure import Claim, Marks, Modifier, Scope

_CLOSE = 0.5
"""The least weight of a word that stands close to its number."""
_WORDY = ("words", "names", "close words", "other names", "words of a measure", "close words of a measure")
_COMMON = 0.15
"""Words rarer than this tell nothing: nearly every series of the topic has them."""

_STANDING = 3
"""The latest claims of a series; those before have been overtaken."""
_REMEMBERED = 10
"""Claims of a series that a figure is compared with: the first and the latest."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A figure to be placed: its claim, what it measures, and the scope it was read with."""

    claim: Claim
    unit: str | None
    scope: Scope

    @property
    def marks(self) -> Marks:
        return self.claim.marks or Marks()


@dataclass(frozen=True, slots=True)
class Known:
    """What a series is compared by."""

    unit: str | None
    scope: Scope
    claims: tuple[Claim, ...]

    @property
    def remembered(self) -> tuple[Claim, ...]:
        """The first claim and the latest."""
        return self.claims if len(self.claims) <= _REMEMBERED else (self.claims[0], *self.claims[1 - _REMEMBERED :])


def rarity(all_known: Iterable[Known]) -> Mapping[str, float]:
    """How much a word tells in this topic: near 0 where every series has it, 1 where it is new."""
    counts: dict[str, int] = {}
    total = 0
    for known in all_known:
        total += 1
        for key in {k for claim in known.remembered if claim.marks for k in (*claim.marks.words, *claim.marks.names)}:
            counts[key] = counts.get(key, 0) + 1
    return {
        key: math.log((total + 1.5) / (count + 0.5)) / math.log((total + 1.5) / 0.5) for key, count in counts.items()
    }


def likeness(figure: Candidate, claims: Iterable[Claim]) -> float:
    """How much the words around a figure are those around one of ``claims``, 0 to 1."""
    return _overlap(figure.marks.words, [claim.marks.words for claim in claims if claim.marks], {})


def measured(known: Known) -> str | None:
    """What a series measures or counts: its unit, or the class of its noun."""
    return known.unit or next((c.marks.nouns[0] for c in known.remembered if c.marks and c.marks.nouns), None)


def traits_of_pair(
    figure: Candidate,
    known: Known,
    rare: Mapping[str, float],
    article: Sequence[Candidate] = (),
    alike: int = 1,
) -> dict[str, float]:
    """What speaks for and against one figure, each between −1 and 1 (0 where nothing is known).

    ``article`` are all the figures of its article: one of them that has the very number of the series leaves it less
    likely that another is meant, unless the text sets the two against each other. ``alike`` is how many series of the
    topic count or measure the same as this one.
    """
    claims = known.remembered
    marks = [claim.marks for claim in claims if claim.marks] or [Marks()]
    mine = figure.marks
    traits = {"base": 1.0}
    traits |= _of_words(mine, marks, rare, measured=figure.unit is not None)
    traits |= _of_what(figure, mine, known, marks, alike)
    traits |= _of_scope(mine, marks)
    traits |= _of_value(figure.claim, known.claims, mine)
    traits |= _of_siblings(figure, known.claims, article)
    if all(claim.article == figure.claim.article for claim in claims):
        # The words of one sentence stand around all its numbers: they tell less than those of another article.
        traits |= {f"{name}, same article": traits.pop(name) for name in _WORDY if name in traits}
        traits["same article"] = 1.0
    return traits


def _of_siblings(figure: Candidate, claims: Sequence[Claim], article: Sequence[Candidate]) -> dict[str, float]:
    said = figure.claim
    if any(intervals.equal(claim, said) for claim in claims):
        return {}
    takers = [
        other
        for other in article
        if other is not figure
        and not intervals.equal(other.claim, said)
        and any(intervals.equal(c, other.claim) for c in claims)
        if other.claim.figure not in {claim.figure for claim in claims}
    ]
    if not takers:
        return {}
    taken = max(information(other.claim) for other in takers)
    cues = {cue for other in (figure, *takers) for cue in other.marks.cues}
    traits = {"taken": taken}
    of_takers = {cue for other in takers for cue in other.marks.cues}
    if "moved" in of_takers:
        traits["taken, but moved from"] = taken
    elif "compared" in of_takers:
        windows = {other.marks.window for other in takers if other.marks.window}
        traits["taken, compared"] = taken
        traits["taken, of another period"] = float(bool(windows) and figure.marks.window not in windows)
    elif of_takers & {"quoted", "denied"}:
        traits["taken, but quoted"] = taken
    elif cues & {"history", "dispute"}:
        traits["taken, but tied"] = taken
    return traits


def _overlap(one: Mapping[str, float], others: Sequence[Mapping[str, float]], rare: Mapping[str, float]) -> float:
    """The cosine of two weighted word lists, the best over ``others``."""
    best = 0.0
    mine = {k: w * rare.get(k, 1.0) for k, w in one.items()}
    length = math.sqrt(sum(w * w for w in mine.values()))
    for other in others:
        theirs = {k: w * rare.get(k, 1.0) for k, w in other.items()}
        norm = length * math.sqrt(sum(w * w for w in theirs.values()))
        if norm:
            best = max(best, sum(w * theirs[k] for k, w in mine.items() if k in theirs) / norm)
    return best


def _of_words(mine: Marks, marks: Sequence[Marks], rare: Mapping[str, float], *, measured: bool) -> dict[str, float]:
    words = _overlap(mine.words, [m.words for m in marks], rare)
    names = _overlap(mine.names, [m.names for m in marks], rare)
    close = {k for k, w in mine.words.items() if w >= _CLOSE and rare.get(k, 1.0) > _COMMON}
    shared = max(len(close & {k for k, w in m.words.items() if w >= _CLOSE}) for m in marks)
    near = {k for k, w in mine.names.items() if w >= _CLOSE and rare.get(k, 1.0) > _COMMON}
    theirs = [{k for k, w in m.names.items() if w >= _CLOSE and rare.get(k, 1.0) > _COMMON} for m in marks]
    apart = (
        bool(near) and any(theirs) and not any(near & t for t in theirs) and not any(near & set(m.names) for m in marks)
    )
    traits = {"words": words, "names": names, "close words": min(shared, 3) / 3, "other names": float(apart)}
    if measured:
        traits |= {"words of a measure": words, "close words of a measure": min(shared, 3) / 3}
    return traits


def _of_what(figure: Candidate, mine: Marks, known: Known, marks: Sequence[Marks], alike: int) -> dict[str, float]:
    traits: dict[str, float] = {}
    if figure.unit != known.unit:
        traits["other unit" if figure.unit and known.unit else "no unit"] = 1.0
    elif figure.unit:
        traits["same unit"] = 1.0
    action, noun = _compare_actions(mine, marks), _compare_nouns(mine, marks)
    if noun in ("same", "near") or (figure.unit and figure.unit == known.unit):
        traits["only one alike"] = 1.0 / max(1, alike)
    traits[f"{action} action"] = traits[f"{noun} noun"] = 1.0
    traits[f"{noun} noun, {action} action"] = 1.0
    traits["shared action"] = max(_shared(mine, m) for m in marks)
    if noun != "same":
        heads = {m.nouns[0] for m in marks if m.nouns}
        near = [mine.words.get(head, 0.0) for head in heads]
        near += [m.words.get(mine.nouns[0], 0.0) for m in marks] if mine.nouns else []
        traits["noun nearby"] = max(near, default=0.0)
    return traits


def _shared(mine: Marks, other: Marks) -> float:
    """How near to their numbers the nearest action stands that two claims share."""
    both = set(mine.actions) & set(other.actions)
    return max((min(mine.words.get(a, 0.0), other.words.get(a, 0.0)) for a in both), default=0.0)


def _compare_actions(mine: Marks, marks: Sequence[Marks]) -> str:
    first = {m.actions[0] for m in marks if m.actions}
    if not mine.actions or not first:
        return "no"
    if mine.actions[0] in first:
        return "same"
    every = {a for m in marks for a in m.actions}
    return "near" if mine.actions[0] in every or set(mine.actions) & first else "other"


def _compare_nouns(mine: Marks, marks: Sequence[Marks]) -> str:
    heads = [m.nouns[0] for m in marks if m.nouns]
    if not mine.nouns or not heads:
        return "no"
    if mine.nouns[0] in heads:
        return "same"
    nouns = {n for m in marks for n in m.nouns}
    if mine.nouns[0] in nouns or set(mine.nouns) & set(heads):
        return "near"
    if any(concepts.are_related(mine.nouns[0], head) for head in heads):
        return "related"
    return "clashing" if all(concepts.clash(mine.nouns[0], head) for head in heads) else "other"


def _axes(traits: Iterable[str]) -> dict[str, set[str]]:
    axes: dict[str, set[str]] = {}
    for trait in traits:
        axis, _, pole = trait.partition(":")
        if pole and axis not in {"kind", "per", "place"}:
            axes.setdefault(axis, set()).add(pole)
    return axes


def _sides(marks: Marks) -> set[str]:
    return {trait for trait in marks.traits if trait.startswith(("own of ", "enemy of "))}


def _places(marks: Marks) -> set[str]:
    return {trait for trait in marks.traits if trait.startswith("place:")}


def _apart(one: str, other: str) -> bool:
    """Whether losses are those of two sides: one's own and its enemy's, or one's own and another's own."""
    first, second = one.split(" of ", 1), other.split(" of ", 1)
    return (first[0] == second[0]) != (first[1] == second[1])


def _of_scope(mine: Marks, marks: Sequence[Marks]) -> dict[str, float]:
    traits: dict[str, float] = {}
    latest = marks[-4:]
    own, theirs = _axes(mine.traits), _axes(t for m in marks for t in m.traits)
    if any(own[axis].isdisjoint(theirs[axis]) for axis in own.keys() & theirs.keys()):
        traits["contrast"] = 1.0
    here, there = _places(mine), set().union(*(_places(m) for m in marks))
    if here and there:
        traits["same place" if here & there else "other place"] = 1.0
    for name in ("part", "of the", "more", "whole", "rest", "other"):
        has, had = name in mine.traits, sum(name in m.traits for m in marks) / len(marks)
        if has and had:
            traits[f"both {name}"] = 1.0
        elif has != bool(had):
            traits[f"one {name}"] = 1.0 if has else had
    if any(_apart(a, b) for a in _sides(mine) for m in marks for b in _sides(m)):
        traits["other side"] = 1.0
    elif any(True for a in _sides(mine) for m in marks for b in _sides(m)):
        traits["same side"] = 1.0
    kinds = {t for t in mine.traits if t.startswith(("kind:", "per:"))}
    known = {t for m in marks for t in m.traits if t.startswith(("kind:", "per:"))}
    if kinds & known:
        traits["same kind"] = 1.0
    elif kinds or all(any(t.startswith(("kind:", "per:")) for t in m.traits) for m in marks):
        traits["other kind"] = 1.0
    windows = [m.window for m in latest if m.window]
    flow = bool(set(mine.actions[:1]) & concepts.flows())
    if mine.window and windows:
        if mine.window in windows:
            traits["same window"] = 1.0
        elif all(differ(mine.window, w) for w in windows):
            traits["other window"] = 1.0
            if flow:
                traits["other window of a flow"] = 1.0
            if "d:" in mine.window and any("d:" in w for w in windows):
                traits["other rolling window"] = 1.0
        elif "total" in {mine.window, *windows}:
            traits["total against period"] = 1.0
            if flow:
                traits["total against period of a flow"] = 1.0
    past = {w for w in (mine.window,) if w and len(w) == 4}
    if past != {w for w in windows if len(w) == 4}:
        traits["other year"] = 1.0
    return traits


def _of_value(said: Claim, claims: Sequence[Claim], mine: Marks) -> dict[str, float]:
    traits: dict[str, float] = {}
    size = intervals.size(intervals.of_claim(said))
    history = "history" in mine.cues
    if any(intervals.equal(claim, said) for claim in claims):
        tells = information(said)
        traits["equal"] = tells
        traits["equal, small"] = 1.0 - tells
        if mine.nouns and not any(set(mine.nouns) & set(c.marks.nouns) for c in claims if c.marks):
            traits["equal, small, other noun"] = 1.0 - tells
        if history:
            traits["equal history"] = 1.0
    elif any(_rounds(claim, said) for claim in claims[-_STANDING:]):
        traits["rounded"] = max(_rounds(claim, said) for claim in claims[-_STANDING:])
    else:
        sizes = [intervals.size(intervals.of_claim(claim)) for claim in claims]
        ratio = min((_ratio(size, other) for other in sizes), default=0.0)
        traits["close"] = max(0.0, 1 - ratio / math.log(1.5))
        traits["fairly close"] = max(0.0, 1 - ratio / math.log(4))
        traits["far"] = min(1.0, max(0.0, (ratio - math.log(4)) / math.log(25)))
        traits["very far"] = float(ratio > math.log(50))
        if size < min(sizes, default=size):
            traits["lower"] = 1.0
            if "fall" in mine.cues:
                traits["lower, falling"] = 1.0
        if "update" in mine.cues:
            traits["update"] = 1.0
            traits["update, close"] = traits["fairly close"]
        if "dispute" in mine.cues:
            traits["dispute"] = 1.0
        if history:
            traits["history, not equal"] = 1.0
    if any(speak_as_one(claim.attribution, said.attribution) for claim in claims):
        traits["same speaker"] = 1.0
    elif any(claim.attribution for claim in claims) and said.attribution:
        traits["other speaker"] = 1.0
        if "poll" in mine.traits and any(claim.marks and "poll" in claim.marks.traits for claim in claims):
            traits["other pollster"] = 1.0
    return traits


def _rounds(known: Claim, said: Claim) -> float:
    """How likely ``said`` is meant as a rounding of ``known``, or as a bound close to it, or the reverse; 0 to 1."""
    if not (intervals.entails(known, said) or intervals.entails(said, known)):
        return 0.0
    if Modifier.VAGUE in (known.modifier, said.modifier):
        return 0.7
    one, other = intervals.size(intervals.of_claim(known)), intervals.size(intervals.of_claim(said))
    return max(0.0, 1 - _ratio(one, other) / math.log(1.15))


def _ratio(one: float, other: float) -> float:
    """The logarithm of how many times the larger is larger; 0 for equal sizes."""
    if intervals.same(one, other):
        return 0.0
    if one * other <= 0:
        return math.log(100)
    return abs(math.log(abs(one) / abs(other)))


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


WEIGHTS: Mapping[str, float] = {
    "equal": 5.1,
    "rounded": 3.1,
    "equal, small": 2.8,
    "update, close": 2.8,
    "taken, but moved from": 1.9,
    "taken, but quoted": 1.9,
    "dispute": 1.6,
    "taken, but tied": 1.5,
    "same side": 1.4,
    "lower, falling": 1.0,
    "only one alike": 0.8,
    "shared action": 0.8,
    "fairly close": 0.8,
    "words of a measure": 0.7,
    "close words": 0.7,
    "close words of a measure": 0.6,
    "other speaker": 0.6,
    "one other": 0.6,
    "names": 0.5,
    "same kind": 0.5,
    "same unit": 0.5,
    "equal history": 0.4,
    "same noun, no action": 0.4,
    "no action": 0.3,
    "other noun, same action": 0.3,
    "clashing noun, no action": 0.3,
    "same action": 0.3,
    "same noun, same action": 0.3,
    "related noun, near action": 0.3,
    "related noun": 0.2,
    "other noun, near action": 0.2,
    "words": 0.2,
    "same noun": 0.2,
    "noun nearby": 0.2,
    "no noun, other action": 0.2,
    "same noun, other action": 0.2,
    "both part": 0.1,
    "related noun, same action": 0.1,
    "one whole": 0.1,
    "near action": -0.1,
    "close words of a measure, same article": -0.1,
    "clashing noun, same action": -0.1,
    "no noun, no action": -0.1,
    "words of a measure, same article": -0.1,
    "related noun, other action": -0.1,
    "same speaker": -0.1,
    "both more": -0.1,
    "update": -0.2,
    "no noun": -0.2,
    "same window": -0.2,
    "close": -0.3,
    "no noun, near action": -0.3,
    "other noun, no action": -0.3,
    "one of the": -0.3,
    "one rest": -0.3,
    "same noun, near action": -0.3,
    "other action": -0.4,
    "both whole": -0.4,
    "names, same article": -0.4,
    "taken, compared": -0.4,
    "total against period": -0.4,
    "other noun": -0.5,
    "other kind": -0.6,
    "other window of a flow": -0.7,
    "close words, same article": -0.8,
    "words, same article": -0.8,
    "total against period of a flow": -0.9,
    "other place": -0.9,
    "other window": -1.0,
    "history, not equal": -1.1,
    "equal, small, other noun": -1.1,
    "very far": -1.2,
    "one more": -1.4,
    "taken": -1.4,
    "same article": -1.6,
    "one part": -1.6,
    "base": -1.6,
    "lower": -1.6,
    "other rolling window": -1.7,
    "contrast": -1.8,
    "clashing noun": -1.8,
    "other year": -1.9,
    "taken, of another period": -2.1,
    "other unit": -2.2,
    "no unit": -2.3,
    "other side": -3.1,
    "other pollster": -3.1,
    "far": -3.3,
}


def score(traits: Mapping[str, float]) -> float:
    """The evidence for one figure, in log-odds: above 0 the pair is more likely one figure than two."""
    return sum(WEIGHTS.get(name, 0.0) * value for name, value in traits.items())
