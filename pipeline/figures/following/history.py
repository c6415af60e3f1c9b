"""The claims a series keeps: its history, bounded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from schemas.figure import Claim, Series, VerdictKind

if TYPE_CHECKING:
    from pipeline.figures.following.verdicts import Judgement

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


def with_claim(series: Series, claim: Claim, judgement: Judgement) -> Series:
    """``series`` with one more claim, which is current if it holds now."""
    current = claim.figure if judgement.holds_now or series.current is None else series.current
    return series.model_copy(update={"claims": bounded((*series.claims, claim), current), "current": current})
