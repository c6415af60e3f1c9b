"""What two mentions have in common: whether they count the same, and how their values stand to each other.

``likeness`` compares what they are figures of, without looking at the values; ``standing`` compares values, days and
speakers. Both name numbers between 0 and 1 for the weights of ``told.json``, ``same.json`` and ``states.json``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence, Set
from enum import StrEnum

from pipeline.figures.following import concepts, intervals, windows
from pipeline.figures.following.attributions import speak_as_one
from pipeline.figures.telling.mention import Mention
from pipeline.figures.worth.rarities import UNIT, Rarities
from schemas.figure import Claim

_ROUNDED = 0.06
"""Values further apart (natural logarithm of their ratio) are no roundings of one another, however few their digits."""
_NEARLY, _NEXT_TO_NOTHING = 0.07, 1e-6
"""Values that lie further apart than this share of one, and so much, are neither the same nor roundings."""
_BESIDE = 0.3
"""Weight of a name that stands close enough to a number to tell where it was counted."""


class Standing(StrEnum):
    """How a value stands to one told before."""

    EQUAL = "equal"
    ROUNDED = "rounded"
    IMPLIED = "implied"
    OVERLAPS = "overlaps"
    VAGUELY_LESS = "vaguely less"
    VAGUELY_MORE = "vaguely more"
    MORE = "more"
    LESS = "less"


SAYS_THE_SAME = frozenset({Standing.EQUAL, Standing.ROUNDED})
"""Standings in which a value is the known one, exactly or rounded."""

MAY_BE_TOLD = SAYS_THE_SAME | {Standing.IMPLIED, Standing.OVERLAPS, Standing.VAGUELY_LESS}
"""Standings in which a value may say nothing that is not known."""


def standing(known: Claim, said: Claim) -> Standing:
    """How the value of ``said`` stands to that of ``known``."""
    if intervals.equal(known, said):
        return Standing.EQUAL
    if known.value is None or said.value is None:
        return _vaguely(known, said)
    before, after = known.value, said.value
    if _is_rounding(before, after) or _is_rounding(after, before):
        return Standing.ROUNDED
    if intervals.entails(known, said):
        return Standing.IMPLIED
    return Standing.MORE if after > before else Standing.LESS


def says_the_same(known: Claim, said: Claim) -> bool:
    """Whether the `standing` of ``said`` to ``known`` is one of `SAYS_THE_SAME`, told without looking further."""
    if intervals.equal(known, said):
        return True
    if known.value is None or said.value is None:
        return False
    return _is_rounding(known.value, said.value) or _is_rounding(said.value, known.value)


def may_say_the_same(said: Mention) -> Callable[[float | None], bool]:
    """Says of values, None for ranges, whether a claim of one may be one of `says_the_same`: most are far off."""
    value = said.claim.value
    if value is None:
        return lambda known: known is None
    reach = _NEARLY * abs(value) + _NEXT_TO_NOTHING
    return lambda known: known is not None and abs(known - value) <= reach


def _is_rounding(exact: float, rounded: float) -> bool:
    """Whether one value is the other with fewer digits: 200,000 for 199,400, but not $550m for $562m."""
    if exact <= 0 or rounded <= 0 or abs(math.log(exact / rounded)) > _ROUNDED:
        return False
    digits = len(f"{rounded:.6g}".partition("e")[0].replace(".", "").strip("0"))
    return float(f"{exact:.{digits}g}") == rounded


def _vaguely(known: Claim, said: Claim) -> Standing:
    low, high = known.low or 0.0, math.inf if known.high is None else known.high
    least, most = said.low or 0.0, math.inf if said.high is None else said.high
    if max(low, least) <= min(high, most):
        return Standing.OVERLAPS
    return Standing.VAGUELY_LESS if most < low else Standing.VAGUELY_MORE


def nouns_agree(one: Mention, other: Mention) -> float:
    """How well what is counted agrees: 1 the same, 0 something else, 0.5 where one of them leaves it open."""
    mine, theirs = one.marks.nouns, other.marks.nouns
    known = _heads_agree(mine, theirs)
    if known is not None:
        return known
    if concepts.are_related(mine[0], theirs[0]):
        return 0.8
    return 0.6 if concepts.may_be_people(mine[0], theirs[0]) else 0.0


def actions_agree(one: Mention, other: Mention) -> float:
    """How well what happened agrees, as `nouns_agree` has it."""
    mine, theirs = one.marks.actions, other.marks.actions
    known = _heads_agree(mine, theirs)
    if known is not None:
        return known
    return 0.8 if concepts.are_kin(mine[0], theirs[0]) else 0.0


def _heads_agree(mine: Sequence[str], theirs: Sequence[str]) -> float | None:
    """How well two lists of classes agree, the governing one first; ``None`` where they share no head."""
    if not mine or not theirs:
        return 0.5
    if mine[0] == theirs[0]:
        return 1.0
    return 0.9 if mine[0] in theirs or theirs[0] in mine else None


def closeness(one: Mention, other: Mention) -> float:
    """A quick guess of how likely two mentions are of one series, to choose which are compared in full."""
    return closenesses(one, [other])[0]


def closenesses(one: Mention, others: Sequence[Mention]) -> list[float]:
    """The `closeness` of one mention to each of many; what counts the same thing alike is looked at once."""
    size, log = one.size, math.log
    agreed: dict[tuple[tuple[str, ...], tuple[str, ...]], float] = {}
    found = []
    for other in others:
        agree = agreed.get(other.heads)
        if agree is None:
            agree = agreed[other.heads] = nouns_agree(one, other) + actions_agree(one, other)
        found.append(agree - 0.3 * abs(log(size / other.size)))
    return found


def likeness(
    one: Mention, other: Mention, rarity: Callable[[str], float] | Rarities, nearness: float | None = None
) -> dict[str, float]:
    """What ``one`` has in common with ``other`` beside their values; ``rarity`` says how telling a word is, 0 to 1,
    ``nearness`` how much their articles share (``None``: unknown). Who compares many gives the same `Rarities`."""
    if not isinstance(rarity, Rarities):
        rarity = Rarities(rarity)
    noun, action = nouns_agree(one, other), actions_agree(one, other)
    made = {
        f"noun {noun:.1f}": 1.0,
        f"action {action:.1f}": 1.0,
        "words": _jaccard(one.words, other.words, rarity),
        "marked words": _shared(one.marks.words, other.marks.words),
        "names": _overlap(one.names, other.names),
    }
    if one.figure.unit or noun >= 0.9:
        made["all the same"] = float(action >= 0.9)
    for name, mine, theirs in (
        ("phrase", one.phrase, other.phrase),
        ("arguments", one.arguments, other.arguments),
        ("wording", one.wording, other.wording),
    ):
        if mine and theirs:
            both, first, second = rarity.weigh(mine & theirs), rarity.weight(mine), rarity.weight(theirs)
            made[f"{name}, of both"] = _ratio(both, first + second - both)
            made[f"{name}, of the shorter"] = _ratio(both, min(first, second))
        else:
            made[f"no {name}"] = 1.0
    _of_clauses(made, one, other)
    _of_kinds(made, one, other)
    _of_events(made, one, other, rarity)
    if nearness is not None:
        made["articles"] = nearness
    return made


def _of_events(made: dict[str, float], one: Mention, other: Mention, rarity: Rarities) -> None:
    """Whether both are of one event: the names beside the number, those of the article, the days they cover."""
    made["names beside"] = _shared(one.marks.names, other.marks.names)
    mine, theirs = _rarest(one, rarity), _rarest(other, rarity)
    if mine and theirs:
        made[
            "rarest name: same" if mine in other.marks.names or theirs in one.marks.names else "rarest name: other"
        ] = 1.0
    elif mine or theirs:
        made["rarest name: one"] = 1.0
    if one.about and other.about:
        made["about"] = _jaccard(one.about, other.about, rarity)
    first, second = one.marks.window, other.marks.window
    if first and second:
        made["periods differ"] = float(windows.differ(first, second))
        days, others = windows.days_of(first), windows.days_of(second)
        if days and others:
            made["days between periods"] = min(math.log1p(abs((days[1] - others[1]).days)), 4.0) / 4
    made["days meant apart"] = min(math.log1p(abs((one.claim.as_of - other.claim.as_of).days)), 4.0) / 4


def _rarest(one: Mention, rarity: Rarities) -> str | None:
    """The most telling of the names close to a number."""
    near = [name for name, weight in one.marks.names.items() if weight >= _BESIDE]
    return max(near, key=lambda name: (rarity.of(name), name), default=None)


def _of_clauses(made: dict[str, float], one: Mention, other: Mention) -> None:
    mine, theirs = one.figure.clause, other.figure.clause
    if mine is None or theirs is None:
        return
    if mine.verb and theirs.verb:
        made["same verb"] = float(mine.verb == theirs.verb)
    for name, first, second in (("proper", mine.proper, theirs.proper), ("named", mine.names, theirs.names)):
        if first or second:
            both = bool(first) and bool(second)
            how = "same" if set(first) & set(second) else "clash" if both else "one"
            made[f"{name}: {how}"] = 1.0


def _of_kinds(made: dict[str, float], one: Mention, other: Mention) -> None:
    """Totals and episodes, feared and counted, places, groups, periods, days, speakers."""
    for name, first, second in (
        ("total", one.is_total, other.is_total),
        ("day", one.names_a_day, other.names_a_day),
        ("feared", one.is_feared, other.is_feared),
        ("since", one.says_since, other.says_since),
    ):
        made[f"{name}: {int(first)}{int(second)}"] = 1.0
    if one.weekdays and other.weekdays:
        made["same weekday" if one.weekdays & other.weekdays else "other weekday"] = 1.0
    if one.names_a_day and not one.is_total:
        made["an episode"] = 1.0
    made[f"speakers: {_speakers(one, other)}"] = 1.0
    for name, first_, second_ in (
        ("place", one.figure.scope.place, other.figure.scope.place),
        ("as of", one.figure.as_of, other.figure.as_of),
        ("period", one.marks.window, other.marks.window),
    ):
        if first_ and second_:
            made[f"{name}: {'same' if first_ == second_ else 'other'}"] = 1.0
        elif first_ or second_:
            made[f"{name}: one"] = 1.0
    if not one.is_total and not other.is_total:
        made["same day meant" if one.claim.as_of == other.claim.as_of else "other day meant"] = 1.0
    made["one of a group"] = float(bool(one.figure.scope.group) != bool(other.figure.scope.group))
    made["other kind"] = float(one.figure.scope.kind != other.figure.scope.kind)
    for trait in ("more", "part", "rest"):
        made[f"one {trait}"] = float((trait in one.traits) != (trait in other.traits))
    made["one of a kind"] = float(one.kinds != other.kinds)
    made["one past"] = float(one.is_past != other.is_past)


def _speakers(one: Mention, other: Mention) -> str:
    mine, theirs = one.figure.attribution, other.figure.attribution
    if not mine or not theirs:
        return "one" if mine or theirs else "none"
    return "same" if speak_as_one(mine, theirs) else "other"


def value_cues(one: Mention, other: Mention) -> dict[str, float]:
    """How the value of ``one`` stands to that of ``other``, which was told before; when, and where."""
    how = standing(other.claim, one.claim)
    apart = abs(math.log(one.size / other.size))
    digits = min(len(f"{one.size:.6g}".replace(".", "").strip("0")), 3) / 3
    days = abs((one.source.published - other.source.published).total_seconds()) / 86400
    same_article = one.source.article == other.source.article
    made = {
        f"value: {how.value}": 1.0,
        "ratio": min(apart, 3.0),
        "close": max(0.0, 1 - apart / math.log(1.6)),
        "far": float(apart > math.log(4)),
        "large": min(max(math.log10(one.size), 0.0), 7.0) / 7,
        "digits": digits,
        "days": min(math.log1p(days), 4.0) / 4,
        "within a day": float(days < 1),
        "long ago": float(days > 21),
        "same article": float(same_article),
        "same sentence": float(one.figure.quote == other.figure.quote),
        "same outlet": float(not same_article and one.source.outlet == other.source.outlet),
        "tells of a move": float(one.tells_of_a_move),
        "same modifier": float(one.figure.modifier is other.figure.modifier),
    }
    if how is Standing.EQUAL:
        made |= {
            "equal digits": digits,
            "equal, large": float(one.size >= 100),
            "equal, small": float(one.size < 10),
            "equal, days": made["days"],
        }
    return made


def _ratio(some: int, of: int) -> float:
    return (some / UNIT) / (of / UNIT) if some else 0.0


def _jaccard(one: Set[str], other: Set[str], rarity: Rarities) -> float:
    both = rarity.weigh(one & other)
    return _ratio(both, rarity.weight(one) + rarity.weight(other) - both)


def _overlap(one: Set[str], other: Set[str]) -> float:
    """The share of the fewer names that both have; 0.3 where one has none, which says little."""
    return len(one & other) / min(len(one), len(other)) if one and other else 0.3


def _shared(one: dict[str, float], other: dict[str, float]) -> float:
    common = math.fsum(min(one[word], other[word]) for word in one.keys() & other.keys())
    return common / max(1.0, min(sum(one.values()), sum(other.values())))
