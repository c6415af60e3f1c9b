"""Which of several figures a reader wants to see first."""

from __future__ import annotations

from math import log10

from pipeline.tell.words import value_of
from schemas.figure import Figure, ScopeKind

_SPANS = frozenset({"second", "minute", "hour", "day", "week", "month", "year", "decade"})
_GREATEST = 6


def weight(figure: Figure) -> float:
    """How much a figure says: of what, doing what, by whose word, and how many; spans of time say little.

    A heuristic for order alone; nothing is left out by it.
    """
    value = value_of(figure)
    size = max(abs(end) for end in value) if isinstance(value, tuple) else abs(value)
    points = 2.0 * bool(figure.action) + 2.0 * bool(figure.counted or figure.unit) + bool(figure.attribution)
    points += min(log10(size + 1), _GREATEST) / 2
    if figure.scope.kind is not ScopeKind.ACTUAL:
        points -= 1
    what = (figure.unit or figure.counted or "").lower().removesuffix("s")
    return points - 4 if what in _SPANS else points
