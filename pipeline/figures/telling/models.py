"""The weights of telling, and from which probability on something is said."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources

from pipeline.figures.worth.model import Trees, worth_model
from schemas.figure import Tell
from schemas.topic import Tells


@dataclass(frozen=True)
class Models:
    """``worth`` weighs a figure; ``same`` whether two count the same, ``told`` whether the first says nothing new
    beside the second, ``moved`` whether it is its next state."""

    worth: Trees
    same: Trees
    told: Trees
    moved: Trees

    @staticmethod
    @cache
    def shipped() -> Models:
        """The weights that come with the program."""
        return Models(worth=worth_model(), same=_read("same"), told=_read("told"), moved=_read("moved"))


def _read(name: str) -> Trees:
    return Trees.from_json(resources.files(__package__).joinpath(f"{name}.json").read_text(encoding="utf-8"))


URGENT = 0.75
"""From which worth on a desk is mailed that wants only what it must not miss."""


@dataclass(frozen=True)
class Limits:
    """From which worth on a figure is mailed, told in a digest, remembered; and how sure the rest must be.

    Chosen on labelled streams, each left out in turn (``python -m benchmarks.desk``).
    """

    now: float = 0.5
    digest: float = 0.3
    remembered: float = 0.25
    told: float = 0.5
    told_loosely: float = 0.5
    """The same where the value is not equal to the one told, but follows from it."""
    moved: float = 0.5
    beside: float = -1.4
    """In log-odds: a chance of one in five that both are of one series."""

    @classmethod
    def of(cls, tells: Tells) -> Limits:
        """The limits of a topic that wants less or more told at once."""
        if tells is Tells.URGENT:
            return cls(now=URGENT)
        return cls(now=0.0, digest=0.0, remembered=0.0) if tells is Tells.EVERYTHING else cls()

    def tier(self, worth: float) -> Tell:
        """How a figure of this worth reaches the desk."""
        return Tell.NOW if worth >= self.now else Tell.DIGEST if worth >= self.digest else Tell.NONE
