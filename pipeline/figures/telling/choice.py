"""A fitted choice among several, or none: conditional logit.

Each option has cues; their weighed sum is its utility, that of none is 0, and the probability of an option is its share
of the exponentials (McFadden, "Conditional logit analysis of qualitative choice behavior", 1974). So options speak
against each other: of two that are as good neither is sure.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

FURTHEST = 4.0
"""Standard deviations beyond which a cue counts no more: one odd value is to decide nothing alone."""


@dataclass(frozen=True)
class Choice:
    """The weights of a choice: for each cue its name, mean, scale and weight; ``base`` counts for every option."""

    names: Sequence[str]
    mean: Sequence[float]
    scale: Sequence[float]
    weight: Sequence[float]
    base: float

    @classmethod
    def from_json(cls, text: str) -> Choice:
        """Read what `as_json` wrote."""
        data: Mapping[str, Any] = json.loads(text)
        names, mean, scale, weight = zip(*data["cues"], strict=True)
        return cls(names, mean, scale, weight, data["base"])

    def as_json(self) -> str:
        """The weights as text, one cue a line."""
        rows = zip(self.names, self.mean, self.scale, self.weight, strict=True)
        lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
        return f'{{"base":{json.dumps(self.base)},\n"cues":[\n{lines}\n]}}\n'

    def probabilities(self, options: Sequence[Mapping[str, float]]) -> list[float]:
        """How likely each option is the one; what is missing to 1 is how likely none is."""
        utilities = [self._utility(cues) for cues in options]
        highest = max([0.0, *utilities])
        shares = [math.exp(utility - highest) for utility in utilities]
        whole = math.fsum([math.exp(-highest), *shares])
        return [share / whole for share in shares]

    def _utility(self, cues: Mapping[str, float]) -> float:
        return self.base + math.fsum(
            weight * max(-FURTHEST, min(FURTHEST, (cues.get(name, 0.0) - mean) / scale))
            for name, mean, scale, weight in zip(self.names, self.mean, self.scale, self.weight, strict=True)
        )
