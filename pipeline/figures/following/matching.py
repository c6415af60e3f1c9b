"""How likely a figure is the next mention of a series: traits of the pair, weighed.

Nothing here is certain by itself: the same noun may count another group, another verb may tell of the same event. So
each pair of a figure and a series is described by a few numbers between −1 and 1 (``traits_of_pair``), which are added
up with the weights of ``weights.toml``. Above 0 the pair is more likely one figure than two.
"""

from __future__ import annotations

import math
from collections.abc import Sequence, Set

from pipeline.figures.following import concepts
from pipeline.figures.following.attributions import speak_as_one
from pipeline.figures.following.candidates import Candidates
from pipeline.figures.following.opposed import opposes
from pipeline.figures.following.profiles import (
    SHARED_TRAITS,
    Profile,
)
from pipeline.figures.following.windows import differ

_FEW = 3.0
"""Added to counts before they are compared: from 2 to 6 is no great leap, from 200 to 600 is one."""
_OVERTAKEN = 0.6
"""How far a value is still rounded that a later one has overtaken."""
_COMMON = 0.15
"""Words rarer than this tell nothing: nearly every series of the topic has them."""
_APART = ("other noun", "clashing noun", "other unit", "no unit")
_WORDY = (
    "words",
    "names",
    "close words",
    "close names",
    "other names",
    "words of a measure",
)


class Seen:
    """A figure, made ready to be compared with the series of its topic."""

    def __init__(self, figure: Profile, candidates: Candidates) -> None:
        self.figure = figure
        self.words = candidates.telling(figure.words)
        self.names = candidates.telling(figure.names)
        self.about = candidates.telling(dict.fromkeys(figure.about, 1.0))
        self.known_names = candidates.speak_of(figure.perhaps_about)
        self.close_words = {word for word in figure.close_words if candidates.rare(word) > _COMMON}
        self.close_names = {name for name in figure.close_names if candidates.rare(name) > _COMMON}


def traits_of_pair(seen: Seen, known: Profile, *, takers: Sequence[Profile] = (), alike: int = 1) -> dict[str, float]:
    """What speaks for and against one figure, each between −1 and 1 (left out where nothing is known).

    ``takers`` are figures of the same article that have the very number of the series: they leave it less likely that
    another is meant, unless the text sets the two against each other. ``alike`` is how many series of the topic count
    or measure the same as this one.
    """
    figure = seen.figure
    traits = {"base": 1.0}
    _of_prominence(traits, figure, known)
    _of_words(traits, seen, known)
    _of_what(traits, figure, known, alike)
    _of_scope(traits, figure, known)
    _of_periods(traits, figure, known)
    _of_speakers(traits, figure, known)
    _of_value(traits, figure, known)
    if opposes(figure.cues, known.values, known.figures):
        _of_opposed(traits)
    elif takers:
        _of_takers(traits, figure, known, takers)
    if known.articles == figure.articles:
        # The words of one sentence stand around all its numbers: they tell less than those of another article.
        for name in _WORDY:
            if name in traits:
                traits[f"{name}, same article"] = traits.pop(name)
        traits["same article"] = 1.0
    return traits


def _of_prominence(traits: dict[str, float], figure: Profile, known: Profile) -> None:
    """What an article told first is what the next one comes back to first."""
    if "lead" in figure.mark.traits and known.leads:
        traits["both lead"] = 1.0


def _of_words(traits: dict[str, float], seen: Seen, known: Profile) -> None:
    words = seen.words.share(known.words)
    shared = min(len(seen.close_words & known.close_words), 3) / 3
    traits["words"] = words
    traits["close words"] = shared
    traits["names"] = seen.names.share(known.names)
    if seen.close_names:
        if not seen.close_names.isdisjoint(known.close_names):
            traits["close names"] = 1.0
        elif known.close_names and seen.close_names.isdisjoint(known.names):
            traits["other names"] = 1.0
    if seen.figure.units:
        traits["words of a measure"] = words
    if seen.figure.about and known.about:
        if seen.figure.perhaps_about.isdisjoint(known.perhaps_about):
            traits["about others" if seen.known_names else "about none"] = 1.0
        else:
            traits["about the same"] = seen.about.share(dict.fromkeys(known.about, 1.0))


def _of_what(traits: dict[str, float], figure: Profile, known: Profile, alike: int) -> None:
    same_unit = not figure.units.isdisjoint(known.units)
    if figure.units and known.units:
        if not same_unit:
            traits["other unit"] = 1.0
    elif figure.units or known.units:
        traits["no unit" if figure.units or figure.nouns else "unit left open"] = 1.0
    mine = figure.mark
    action, noun = _compare_actions(figure, known), _compare_nouns(figure, known)
    if noun in ("same", "near") or same_unit:
        traits["only one alike"] = 1.0 / max(1, alike)
    traits[f"{action} action"] = traits[f"{noun} noun"] = 1.0
    if noun == "same" or action == "same":
        traits[f"{noun} noun, {action} action"] = 1.0
    if both := figure.actions & known.actions:
        traits["shared action"] = max(min(mine.words.get(a, 0.0), known.words.get(a, 0.0)) for a in both)
    if noun != "same":
        near = [mine.words.get(head, 0.0) for head in known.heads]
        if mine.nouns:
            near.append(known.words.get(mine.nouns[0], 0.0))
        traits["noun nearby"] = max(near, default=0.0)


def _compare_actions(figure: Profile, known: Profile) -> str:
    mine = figure.mark.actions
    if not mine or not known.first_actions:
        return "no"
    if mine[0] in known.first_actions:
        return "same"
    if mine[0] in known.actions or not figure.actions.isdisjoint(known.first_actions):
        return "near"
    if any(concepts.are_kin(mine[0], other) for other in known.first_actions):
        return "kin"
    # A verb that no list knows says what happens in this sentence, and little of what is counted.
    listed = concepts.listed_actions()
    if "heard" in figure.mark.traits or known.is_heard:
        return "stray"
    return "odd" if mine[0] not in listed or known.first_actions.isdisjoint(listed) else "other"


def _compare_nouns(figure: Profile, known: Profile) -> str:
    mine = figure.mark.nouns
    if not mine or not known.heads:
        return "no"
    head, mine_traits = mine[0], figure.mark.traits
    if head in known.heads:
        return "same"
    if head in known.nouns or not figure.nouns.isdisjoint(known.heads):
        return "near"
    if any(concepts.are_related(head, other) for other in known.heads):
        return "related"
    events = "event" in mine_traits or known.are_events
    if events and "person" in mine_traits and known.are_persons:
        # "31 arrests" are of people, whoever they are; but children's returns are none of soldiers.
        return "other" if any(concepts.clash(head, other) for other in known.heads) else "related"
    if all(concepts.clash(head, other) for other in known.heads):
        return "clashing"
    return "unsure" if any(concepts.may_be_people(head, other) for other in known.heads) else "other"


def _of_scope(traits: dict[str, float], figure: Profile, known: Profile) -> None:
    if figure.axes and any(
        poles.isdisjoint(known.axes[axis]) for axis, poles in figure.axes.items() if axis in known.axes
    ):
        traits["contrast"] = 1.0
    if figure.places and known.places and figure.places.isdisjoint(known.places):
        mine, theirs = ({place[6:] for place in places} for places in (figure.places, known.places))
        told = not (mine.isdisjoint(known.perhaps_about) and theirs.isdisjoint(figure.perhaps_about))
        # Where one story names both, the place of a sentence may frame it rather than part two figures.
        traits["other place, one story" if told else "other place"] = 1.0
    own, shares = figure.shares, known.shares
    if own or shares:
        for name in SHARED_TRAITS:
            if (name in own) != (name in shares):
                traits[f"one {name}"] = 1.0 if name in own else shares[name]
    if figure.sides and known.sides:
        apart = any(_apart(one, other) for one in figure.sides for other in known.sides)
        traits["other side" if apart else "same side"] = 1.0
    for kind in figure.kinds & known.kinds:
        traits[f"both {kind}"] = 1.0
    for kind in figure.kinds ^ known.kinds:
        if kind in figure.kinds or kind in known.only_kinds:
            traits["one per:" if kind.startswith("per:") else f"one {kind}"] = 1.0


def _apart(one: str, other: str) -> bool:
    """Whether losses are those of two sides: one's own and its enemy's, or one's own and another's own."""
    first, second = one.split(" of ", 1), other.split(" of ", 1)
    return (first[0] == second[0]) != (first[1] == second[1])


def _of_periods(traits: dict[str, float], figure: Profile, known: Profile) -> None:
    mine, windows = figure.mark, known.windows
    if mine.window and windows:
        flow = not concepts.flows().isdisjoint(figure.actions)
        if mine.window in windows:
            pass
        elif all(differ(mine.window, window) for window in windows):
            traits["other window"] = 1.0
            if flow:
                traits["other window of a flow"] = 1.0
            if _is_month(mine.window) and all(_is_month(window) for window in windows):
                traits["other month"] = 1.0
            if "d:" in mine.window and any("d:" in window for window in windows):
                traits["other rolling window"] = 1.0
        elif mine.window == "total" or "total" in windows:
            traits["total against period"] = 1.0
            if flow:
                traits["total against period of a flow"] = 1.0
    year = {mine.window} if mine.window and len(mine.window) == 4 else set()
    if (year or windows) and year != {window for window in windows if len(window) == 4}:
        traits["other year"] = 1.0


def _is_month(window: str) -> bool:
    """Whether a window is a month or a quarter: what is published for each has a series of its own."""
    return len(window) == 7 and window[4] == "-"


def _of_value(traits: dict[str, float], figure: Profile, known: Profile) -> None:
    cues = figure.cues
    if figure.standing <= known.values:
        tells = figure.tells
        traits["equal"] = tells
        traits["equal, small"] = 1.0 - tells
        if figure.nouns and figure.nouns.isdisjoint(known.nouns):
            traits["equal, small, other noun"] = 1.0 - tells
        if traits["close words"] == 0.0 and not traits.get("shared action"):
            traits["equal, nothing else"] = 1.0
            traits["equal, small, nothing else"] = 1.0 - tells
        if "the" in figure.mark.traits:
            traits["definite, equal"] = 1.0
            if known.articles == figure.articles:
                traits["definite, equal, same article"] = 1.0
        if known.articles == figure.articles and not figure.sentences.isdisjoint(known.sentences):
            traits["equal, same sentence"] = 1.0
        if "about others" in traits or "about none" in traits:
            traits["equal, about others"] = 1.0
        if "history" in cues:
            traits["equal history"] = 1.0
        return
    if rounded := max([_rounds(figure, known, n) for n in range(len(known.spans))]):
        traits["rounded"] = rounded
        return
    size = figure.sizes[-1]
    ratio = min([_leap(size, other, figure.units) for other in known.sizes])
    traits["close"] = max(0.0, 1 - ratio / math.log(1.5))
    traits["fairly close"] = max(0.0, 1 - ratio / math.log(4))
    untied = (
        bool(traits.keys() & {"other noun", "clashing noun", "other unit", "no unit"}) and not traits["close words"]
    )
    if untied:
        traits["fairly close, untied"] = traits["fairly close"]
    traits["far"] = min(1.0, max(0.0, (ratio - math.log(4)) / math.log(25)))
    traits["very far"] = float(ratio > math.log(50))
    if size < min(known.sizes):
        traits["lower"] = 1.0
        if cues & {"dispute", "dispute before"} or traits.get("other speaker"):
            traits["lower, disputed"] = 1.0
        if not known.first_actions.isdisjoint(concepts.dwindling()) or "kind:remaining" in figure.kinds & known.kinds:
            traits["lower, of what dwindles"] = 1.0
        if "fall" in cues:
            traits["lower, falling"] = 1.0
        if figure.units:
            traits["lower, of a measure"] = 1.0
    if "update" in cues:
        traits["update"] = 1.0
        traits["update, close"] = max(0.0, 1 - ratio / math.log(8))
        if untied:
            traits["update, close, untied"] = traits["update, close"]
    if "now" in cues:
        traits["now"] = 1.0
        traits["now, close"] = max(0.0, 1 - ratio / math.log(8))
        if untied:
            traits["now, close, untied"] = traits["now, close"]
    if "to" in cues and known.articles != figure.articles:
        traits["to"] = 1.0
        traits["to, close"] = max(0.0, 1 - ratio / math.log(8))
        if untied:
            traits["to, close, untied"] = traits["to, close"]
    if "moved to" in cues:
        traits["moved to"] = 1.0
        if not untied:
            traits["moved to, tied"] = 1.0
    if "the" in figure.mark.traits:
        traits["definite, not equal"] = 1.0
    if any(cue.startswith("from:") and cue[5:] in known.values for cue in cues):
        traits["moved from it"] = 1.0
    if "dispute" in cues:
        traits["dispute"] = 1.0
        traits["dispute, far"] = traits["far"]
    elif "dispute before" in cues:
        traits["dispute before"] = 1.0
    if "stated" in cues and not figure.units and not (figure.mark.nouns and figure.mark.actions):
        traits["stated, bare"] = 1.0
        if known.leads:
            traits["stated, bare, leads"] = 1.0
    if traits.get("other speaker") and not untied:
        traits["other speaker, tied"] = max(0.0, 1 - ratio / math.log(8))
    if "history" in cues:
        traits["history, not equal"] = 1.0


def _of_speakers(traits: dict[str, float], figure: Profile, known: Profile) -> None:
    said = figure.claim.attribution
    if not said or not known.speakers:
        return
    if any(speak_as_one(other, said) for other in known.speakers):
        traits["same speaker"] = 1.0
        return
    traits["other speaker"] = 1.0
    if known.articles == figure.articles:
        traits["other speaker, same article"] = 1.0
    if figure.is_poll and known.is_poll:
        traits["other pollster"] = 1.0


def _of_opposed(traits: dict[str, float]) -> None:
    """What opposes a number answers the same question, be it lower or higher, and need not say again of what kind."""
    traits["set against it"] = 1.0
    for name in [name for name in traits if name == "lower" or name.startswith("one kind:")]:
        del traits[name]


def _of_takers(traits: dict[str, float], figure: Profile, known: Profile, takers: Sequence[Profile]) -> None:
    others = [other for other in takers if other is not figure and other.standing != figure.standing]
    if not others or figure.standing <= known.values:
        return
    taken = max(other.tells for other in others)
    cues = {cue for other in others for cue in other.cues}
    traits["taken"] = taken
    if "moved" in cues:
        traits["taken, but moved from"] = taken
    elif "compared" in cues:
        windows = {other.mark.window for other in others if other.mark.window}
        traits["taken, compared"] = taken
        traits["taken, of another period"] = float(bool(windows) and figure.mark.window not in windows)
    elif all(other.kinds - figure.kinds for other in others):
        traits["taken, of another kind"] = taken
    elif cues & {"quoted", "denied"}:
        traits["taken, but quoted"] = taken
    elif "set against" in cues:
        traits["taken, but set against"] = taken
    elif (cues | figure.cues) & {"history", "dispute"}:
        traits["taken, but tied"] = taken


def _rounds(figure: Profile, known: Profile, n: int) -> float:
    """How likely a figure is meant as a rounding of a claim, or as a bound close to it, or the reverse; 0 to 1."""
    one, other = known.spans[n], figure.spans[-1]
    if not (other.holds(one) or one.holds(other)):
        return 0.0
    standing = 1.0 if known.sizes[n] == known.sizes[-1] else _OVERTAKEN
    if known.vague[n] or figure.vague[-1]:
        return 0.7 * standing
    return standing * max(0.0, 1 - _ratio(known.sizes[n], figure.sizes[-1]) / math.log(1.15))


def _leap(one: float, other: float, units: Set[str]) -> float:
    """How far apart two values are, as the logarithm of a ratio; shares of a whole may go from hardly any to all."""
    if "%" in units and 0 <= one <= 100 and 0 <= other <= 100:
        return min(_ratio(one, other), 4 * abs(one - other) / 100)
    pad = 0.0 if units else _FEW
    return _ratio(one + pad, other + pad)


def _ratio(one: float, other: float) -> float:
    """The logarithm of how many times the larger is larger; 0 for equal sizes."""
    if one == other:
        return 0.0
    if one * other <= 0:
        return math.log(100)
    return abs(math.log(abs(one) / abs(other)))
