"""Which of the figures that were read are claims to follow."""

from __future__ import annotations

from schemas.figure import Figure

_SPANS_OF_TIME = frozenset({"second", "minute", "hour", "day", "night", "week", "month", "year", "decade", "century"})

_MEASURING = frozenset({"waiting", "delayed"})
"""What is itself measured in time."""
_ONE = frozenset({"one", "a", "an"})


def is_claim(figure: Figure) -> bool:
    """Whether a figure may change and is worth following.

    A length of time sets the scene of other figures ("after three months of talks", "cut off for two days"), unless it
    is what is measured ("waited 52 minutes"); followed by itself it would only raise alarms that nobody wants. So would
    a "one" to which nothing is done ("46 children from one orphanage", "of concern to more than one nation").
    """
    if figure.unit in _SPANS_OF_TIME:
        return figure.action in _MEASURING
    return not (figure.value == 1 and figure.surface.lower() in _ONE and figure.action is None)
