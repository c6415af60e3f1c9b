"""How much a fact matters among those that the reports of a story state.

What several reporters thought worth writing, and wrote early, matters more than how it reads; a vague word tells less
than a number. A fact of one report alone gains nothing by being all that its story has. The weights of
``importance.json`` are fitted by ``python -m benchmarks.briefs`` on stories whose briefs an editor wrote.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from functools import cache
from importlib import resources

from pipeline.figures.briefs.fuse import Fact, tellings
from schemas.figure import Modifier

_EARLY = 400
"""Characters of a text within which a number stands in its first two or three sentences."""
_SUREST = 1e-4
"""Worths are taken to be no closer to 0 and 1 than this, so that their log-odds stay finite."""


def importance(fact: Fact, reports: int) -> float:
    """How likely an editor would put a fact of a story of so many ``reports`` into its brief, in log-odds."""
    weights = _weights()
    return weights["always"] + math.fsum(weights[name] * value for name, value in cues_of(fact, reports).items())


def cues_of(fact: Fact, reports: int) -> dict[str, float]:
    """What speaks for a fact: its worth in log-odds, what share of the other reports
    tells it again, how many tell it early; and against it, a vague word."""
    worth = min(max(fact.worth, _SUREST), 1 - _SUREST)
    early = [voice for voice in fact.voices if voice.mention.figure.span[0] < _EARLY]
    return {
        "worth": math.log(worth / (1 - worth)),
        "told again": (fact.tellings - 1) / max(reports - 1, 1),
        "early": math.log1p(tellings(early)),
        "vague": float(fact.best.mention.figure.modifier is Modifier.VAGUE),
    }


@cache
def _weights() -> Mapping[str, float]:
    read: dict[str, float] = json.loads(resources.files(__package__).joinpath("importance.json").read_text("utf-8"))
    return read
