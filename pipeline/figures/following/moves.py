"""What a number has moved from by the text's own word: "to 13, from 14", "15 people, up from 12".

The former number is no state of its own, whether anybody told of it before or not: it belongs to the figure that it
moved to, and gets a cue that names that figure, ``former:FIGURE``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from pipeline.figures.following import intervals
from schemas.figure import Claim, Figure, FigureInArticle, Marks, Value

_CUE = "former:"
_FEW = 3.0
"""Added to counts before they are compared: from 2 to 6 is no great leap."""
_NEAR = math.log(1.6)
"""How far what a number moved from may be from what is known, as the logarithm of a ratio, and still go on from it."""


def moved(figures: Sequence[FigureInArticle], marks: Sequence[Marks]) -> list[Marks]:
    """The marks of all figures of an article, those of former numbers with the figure that they moved to."""
    made, read = list(marks), [one.figure for one in figures]
    for one in figures:
        former = _former_of(one.figure, read)
        if former is not None:
            made[former] = made[former].model_copy(update={"cues": (*made[former].cues, f"{_CUE}{one.id}")})
    return made


def _former_of(figure: Figure, others: Sequence[Figure]) -> int | None:
    """Which of the figures of an article is what ``figure`` has moved from: the nearest of its sentence."""
    if figure.earlier is None:
        return None
    found = [
        (abs(other.span[0] - figure.span[0]), j)
        for j, other in enumerate(others)
        if other is not figure and other.quote == figure.quote and _value_of(other) == figure.earlier
    ]
    return min(found)[1] if found else None


def _value_of(figure: Figure) -> Value | None:
    if figure.value is not None:
        return figure.value
    return (figure.low, figure.high) if figure.low is not None and figure.high is not None else None


def _middle(value: Value) -> float:
    return float(value) if isinstance(value, float | int) else sum(value) / 2


def is_former(claim: Claim, of: Claim | None = None) -> bool:
    """Whether a claim is only what another moved from: what ``of`` did, if one is given."""
    cues = claim.marks.cues if claim.marks else ()
    if of is not None:
        return f"{_CUE}{of.figure}" in cues
    return any(cue.startswith(_CUE) for cue in cues)


def goes_on(earlier: Value | None, known: Claim) -> bool:
    """Whether a number that moved from ``earlier`` may have moved on from ``known``, having passed the one unseen."""
    if earlier is None:
        return False
    was = _middle(earlier)
    held = intervals.size(intervals.of_claim(known))
    if min(was, held) < 0:
        return False
    return abs(math.log((was + _FEW) / (held + _FEW))) <= _NEAR


def start_of(earlier: Value | None, known: Claim, said: Claim) -> Value:
    """From which value a change is told: from what was known, but by the text's own word where that went the other way.

    After 9 a toll that "rose from 12 to 15" is up from 9; one "revised to 13, from 14" is no rise from 9.
    """
    stated = intervals.stated(known)
    if earlier is None:
        return stated
    was = _middle(earlier)
    now, held = (intervals.size(intervals.of_claim(claim)) for claim in (said, known))
    return stated if (now - was) * (now - held) > 0 else earlier
