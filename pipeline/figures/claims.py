"""Which of the figures that were read are claims to follow."""

from __future__ import annotations

from schemas.figure import Figure

_SPANS_OF_TIME = frozenset({"second", "minute", "hour", "day", "week", "month", "year", "decade", "century"})

_ONE = frozenset({"one", "a", "an"})


def is_claim(figure: Figure) -> bool:
    """Whether a figure may change and is worth following.

    A length of time to which nothing is done ("after three months of talks", "in the 24 hours before") sets the scene
    of other figures; followed by itself it would only raise alarms that nobody wants. So would a "one" of the same kind
    ("46 children from one orphanage", "of concern to more than one nation").
    """
    sets_the_scene = figure.unit in _SPANS_OF_TIME or (figure.value == 1 and figure.surface.lower() in _ONE)
    return not (sets_the_scene and figure.action is None)
