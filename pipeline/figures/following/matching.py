"""How likely a figure is the next mention of a series: traits of the pair, weighed.

Nothing here is certain by itself: the same noun may count another group, another verb may tell of the same event. So
each pair of a figure and a series is described by a few numbers between −1 and 1 (``traits_of_pair``), which ``score``
adds up with the weights of ``weights.toml``. Above 0 the pair is more likely one figure than two.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources

from pipeline.figures.following import concepts, intervals
from pipeline.figures.following.attributions import speak_as_one
from pipeline.figures.following.profiles import (
    SHARED_TRAITS,
    STANDING,
    Likeness,
    Profile,
    information,
    value_key,
)
from pipeline.figures.following.windows import differ
from schemas.figure import Claim, Marks, Modifier

_FEW = 3.0
"""Added to counts before they are compared: from 2 to 6 is no great leap, from 200 to 600 is one."""
_WORDY = (
    "words",
    "names",
    "close words",
    "close names",
    "other names",
    "words of a measure",
    "close words of a measure",
)


@cache
def weights() -> Mapping[str, float]:
    """The weight of each trait, in log-odds."""
    text = resources.files(__package__).joinpath("weights.toml").read_text(encoding="utf-8")
    return {name: float(weight) for name, weight in tomllib.loads(text)["weights"].items()}


def score(traits: Mapping[str, float]) -> float:
    """The evidence for one figure, in log-odds: above 0 the pair is more likely one figure than two."""
    table = weights()
    return math.fsum(table.get(name, 0.0) * value for name, value in traits.items())


def traits_of_pair(
    figure: Profile, known: Profile, likeness: Likeness, *, takers: Sequence[Profile] = (), alike: int = 1
) -> dict[str, float]:
    """What speaks for and against one figure, each between −1 and 1 (left out where nothing is known).

    ``takers`` are figures of the same article that have the very number of the series: they leave it less likely that
    another is meant, unless the text sets the two against each other. ``alike`` is how many series of the topic count
    or measure the same as this one.
    """
    traits = {"base": 1.0}
    traits |= _of_words(figure, known, likeness)
    traits |= _of_what(figure, known, alike)
    traits |= _of_scope(figure, known)
    traits |= _of_periods(figure.mark, known)
    traits |= _of_value(figure, known)
    traits |= _of_speakers(figure, known)
    traits |= _of_takers(figure, known, takers)
    if known.articles == figure.articles:
        # The words of one sentence stand around all its numbers: they tell less than those of another article.
        traits |= {f"{name}, same article": traits.pop(name) for name in _WORDY if name in traits}
        traits["same article"] = 1.0
    return traits


def _of_words(figure: Profile, known: Profile, likeness: Likeness) -> dict[str, float]:
    words, names = likeness.words(figure, known), likeness.names(figure, known)
    close = {word for word in figure.close_words[-1] if likeness.tells(word)}
    shared = max(len(close & theirs) for theirs in known.close_words)
    near = {name for name in figure.close_names[-1] if likeness.tells(name)}
    theirs = [{name for name in names_ if likeness.tells(name)} for names_ in known.close_names]
    apart = bool(near) and any(theirs) and not any(near & set(m.names) for m in known.marks)
    traits = {"words": words, "names": names, "close words": min(shared, 3) / 3, "other names": float(apart)}
    traits["close names"] = float(any(near & theirs_ for theirs_ in theirs))
    if figure.unit is not None:
        traits |= {"words of a measure": words, "close words of a measure": min(shared, 3) / 3}
    return traits


def _of_what(figure: Profile, known: Profile, alike: int) -> dict[str, float]:
    traits: dict[str, float] = {}
    if figure.unit != known.unit:
        named = figure.unit or figure.nouns
        traits["other unit" if figure.unit and known.unit else "no unit" if named else "unit left open"] = 1.0
    elif figure.unit:
        traits["same unit"] = 1.0
    mine = figure.mark
    action, noun = _compare_actions(mine, known), _compare_nouns(mine, known)
    if noun in ("same", "near") or (figure.unit and figure.unit == known.unit):
        traits["only one alike"] = 1.0 / max(1, alike)
    traits[f"{action} action"] = traits[f"{noun} noun"] = 1.0
    traits[f"{noun} noun, {action} action"] = 1.0
    traits["shared action"] = max(_shared(mine, m) for m in known.marks)
    if noun != "same":
        near = [mine.words.get(head, 0.0) for head in known.heads]
        near += [m.words.get(mine.nouns[0], 0.0) for m in known.marks] if mine.nouns else []
        traits["noun nearby"] = max(near, default=0.0)
    return traits


def _shared(mine: Marks, other: Marks) -> float:
    """How near to their numbers the nearest action stands that two claims share."""
    both = set(mine.actions) & set(other.actions)
    return max((min(mine.words.get(a, 0.0), other.words.get(a, 0.0)) for a in both), default=0.0)


def _compare_actions(mine: Marks, known: Profile) -> str:
    if not mine.actions or not known.first_actions:
        return "no"
    if mine.actions[0] in known.first_actions:
        return "same"
    if mine.actions[0] in known.actions or set(mine.actions) & known.first_actions:
        return "near"
    return "kin" if any(concepts.are_kin(mine.actions[0], other) for other in known.first_actions) else "other"


def _compare_nouns(mine: Marks, known: Profile) -> str:
    if not mine.nouns or not known.heads:
        return "no"
    head = mine.nouns[0]
    if head in known.heads:
        return "same"
    if head in known.nouns or set(mine.nouns) & known.heads:
        return "near"
    if any(concepts.are_related(head, other) for other in known.heads):
        return "related"
    if all(concepts.clash(head, other) for other in known.heads):
        return "clashing"
    return "unsure" if any(concepts.may_be_people(head, other) for other in known.heads) else "other"


def _of_scope(figure: Profile, known: Profile) -> dict[str, float]:
    traits: dict[str, float] = {}
    if any(figure.axes[axis].isdisjoint(known.axes[axis]) for axis in figure.axes.keys() & known.axes.keys()):
        traits["contrast"] = 1.0
    if figure.places and known.places:
        traits["same place" if figure.places & known.places else "other place"] = 1.0
    for name in SHARED_TRAITS:
        has, had = name in figure.mark.traits, known.shares.get(name, 0.0)
        if has and had:
            traits[f"both {name}"] = 1.0
        elif has != bool(had):
            traits[f"one {name}"] = 1.0 if has else had
    sides = [(one, other) for one in figure.sides for other in known.sides]
    if sides:
        traits["other side" if any(_apart(one, other) for one, other in sides) else "same side"] = 1.0
    if figure.kinds & known.kinds:
        traits["same kind"] = 1.0
    elif figure.kinds or known.only_kinds:
        traits["other kind"] = 1.0
    return traits


def _apart(one: str, other: str) -> bool:
    """Whether losses are those of two sides: one's own and its enemy's, or one's own and another's own."""
    first, second = one.split(" of ", 1), other.split(" of ", 1)
    return (first[0] == second[0]) != (first[1] == second[1])


def _of_periods(mine: Marks, known: Profile) -> dict[str, float]:
    traits: dict[str, float] = {}
    flow = bool(set(mine.actions[:1]) & concepts.flows())
    windows = known.windows
    if mine.window and windows:
        if mine.window in windows:
            traits["same window"] = 1.0
        elif all(differ(mine.window, window) for window in windows):
            traits["other window"] = 1.0
            if flow:
                traits["other window of a flow"] = 1.0
            if "d:" in mine.window and any("d:" in window for window in windows):
                traits["other rolling window"] = 1.0
        elif "total" in {mine.window, *windows}:
            traits["total against period"] = 1.0
            if flow:
                traits["total against period of a flow"] = 1.0
    year = {mine.window} if mine.window and len(mine.window) == 4 else set()
    if year != {window for window in windows if len(window) == 4}:
        traits["other year"] = 1.0
    return traits


def _of_value(figure: Profile, known: Profile) -> dict[str, float]:
    said, cues = figure.claim, figure.mark.cues
    traits: dict[str, float] = {}
    if value_key(said) in known.values:
        tells = information(said)
        traits["equal"] = tells
        traits["equal, small"] = 1.0 - tells
        if figure.nouns and not figure.nouns & known.nouns:
            traits["equal, small, other noun"] = 1.0 - tells
        if "history" in cues:
            traits["equal history"] = 1.0
        return traits
    if rounded := max(_rounds(claim, said) for claim in known.claims[-STANDING:]):
        return {"rounded": rounded}
    size = figure.sizes[-1]
    pad = _FEW if figure.unit is None else 0.0
    ratio = min(_ratio(size + pad, other + pad) for other in known.sizes)
    traits["close"] = max(0.0, 1 - ratio / math.log(1.5))
    traits["fairly close"] = max(0.0, 1 - ratio / math.log(4))
    traits["far"] = min(1.0, max(0.0, (ratio - math.log(4)) / math.log(25)))
    traits["very far"] = float(ratio > math.log(50))
    if size < min(known.sizes):
        traits["lower"] = 1.0
        if "fall" in cues:
            traits["lower, falling"] = 1.0
    if "update" in cues:
        traits["update"] = 1.0
        traits["update, close"] = max(0.0, 1 - ratio / math.log(8))
    if any(cue.startswith("from:") and cue[5:] in known.values for cue in cues):
        traits["moved from it"] = 1.0
    if "dispute" in cues:
        traits["dispute"] = 1.0
    if "history" in cues:
        traits["history, not equal"] = 1.0
    return traits


def _of_speakers(figure: Profile, known: Profile) -> dict[str, float]:
    said = figure.claim.attribution
    if not said or not known.speakers:
        return {}
    if any(speak_as_one(other, said) for other in known.speakers):
        return {"same speaker": 1.0}
    traits = {"other speaker": 1.0}
    if known.articles == figure.articles:
        traits["other speaker, same article"] = 1.0
    if figure.is_poll and known.is_poll:
        traits["other pollster"] = 1.0
    return traits


def _of_takers(figure: Profile, known: Profile, takers: Sequence[Profile]) -> dict[str, float]:
    said = value_key(figure.claim)
    others = [other for other in takers if other is not figure and value_key(other.claim) != said]
    if not others or said in known.values:
        return {}
    taken = max(information(other.claim) for other in others)
    cues = {cue for other in others for cue in other.mark.cues}
    traits = {"taken": taken}
    if "moved" in cues:
        traits["taken, but moved from"] = taken
    elif "compared" in cues:
        windows = {other.mark.window for other in others if other.mark.window}
        traits["taken, compared"] = taken
        traits["taken, of another period"] = float(bool(windows) and figure.mark.window not in windows)
    elif cues & {"quoted", "denied"}:
        traits["taken, but quoted"] = taken
    elif (cues | set(figure.mark.cues)) & {"history", "dispute"}:
        traits["taken, but tied"] = taken
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
