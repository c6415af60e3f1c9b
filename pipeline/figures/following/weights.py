"""The weights of ``weights.toml``: how much each trait speaks for one answer, in log-odds."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources


@cache
def weights(question: str) -> Mapping[str, float]:
    """The weight of each trait for a ``question``: ``same`` series, or ``clash`` of two claims."""
    text = resources.files(__package__).joinpath("weights.toml").read_text(encoding="utf-8")
    return {name: float(weight) for name, weight in tomllib.loads(text)[question].items()}


def score(traits: Mapping[str, float], question: str) -> float:
    """The evidence for yes, in log-odds: above 0 it is likelier than no."""
    table = weights(question)
    return sum([table[name] * value for name, value in traits.items() if name in table])
