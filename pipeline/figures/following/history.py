"""The claims a series keeps: its history, bounded."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.figures.following.profiles import REMEMBERED
from pipeline.figures.following.verdicts import main_line
from pipeline.figures.words import label_words
from schemas.figure import Claim, Figure, Series, VerdictKind

MOST_CLAIMS = 200
"""Claims a series keeps. Beyond, the oldest mere repetition goes first; the first claim and what holds now never do."""


def bounded(claims: Sequence[Claim], keep: str | None = None) -> tuple[Claim, ...]:
    """At most ``MOST_CLAIMS`` of ``claims``, in their order; the claim of the figure ``keep`` is among them."""
    surplus = len(claims) - MOST_CLAIMS
    if surplus <= 0:
        return tuple(claims)
    idle = [i for i, c in enumerate(claims) if i and c.kind is VerdictKind.REPEATED and c.figure != keep]
    other = [i for i, c in enumerate(claims) if i and c.kind is not VerdictKind.REPEATED and c.figure != keep]
    gone = set([*idle, *other][:surplus])
    return tuple(claim for i, claim in enumerate(claims) if i not in gone)


def _unmarked(claims: Sequence[Claim]) -> Sequence[Claim]:
    """``claims`` about to be followed by one more, without the marks of the one that is compared no longer."""
    fading = len(claims) + 1 - REMEMBERED
    if fading < 1 or claims[fading].marks is None:
        return claims
    return (*claims[:fading], claims[fading].model_copy(update={"marks": None}), *claims[fading + 1 :])


def with_claim(series: Series, claim: Claim, figure: Figure, *, holds_now: bool) -> Series:
    """``series`` with one more claim, current if it holds now; what the series left open is filled in from it."""
    current = claim.figure if holds_now or series.current is None else series.current
    counted, action = series.counted or figure.counted, series.action or figure.action
    update: dict[str, object] = {
        "claims": bounded((*_unmarked(series.claims), claim), current),
        "current": current,
        "counted": counted,
        "action": action,
    }
    if series.label == label_words(series.counted, series.action, series.unit, series.scope):
        update["label"] = label_words(counted, action, series.unit, series.scope)
    return series.model_copy(update=update)


def without_claims(series: Series, left: Sequence[Claim]) -> Series:
    """``series`` with only the claims ``left``."""
    held = {claim.figure for claim in left}
    current = series.current if series.current in held else None
    if current is None and left:
        current = (main_line(left) or left)[-1].figure
    return series.model_copy(update={"claims": tuple(left), "current": current})
