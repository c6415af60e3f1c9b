"""The weights of telling, and from which probability on something is said."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources

from pipeline.figures.telling.choice import Choice
from pipeline.figures.worth.model import Trees, worth_model
from schemas.figure import Tell
from schemas.topic import Tells


@dataclass(frozen=True)
class Models:
    """``worth`` weighs a figure; ``same`` whether two count the same, ``told`` whether the first says nothing new
    beside the second, ``states`` whether two different values are states of one thing; ``moved`` which of the values
    told before a figure comes from, if any; ``mailed`` whether a desk wants it at once, all told."""

    worth: Trees
    same: Trees
    told: Trees
    states: Trees
    moved: Choice
    mailed: Trees

    @staticmethod
    @cache
    def shipped() -> Models:
        """The weights that come with the program."""
        return Models(
            worth=worth_model(),
            same=_read("same"),
            told=_read("told"),
            states=_read("states"),
            moved=Choice.from_json(_text("moved")),
            mailed=_read("mailed"),
        )


def _read(name: str) -> Trees:
    return Trees.from_json(_text(name))


def _text(name: str) -> str:
    return resources.files(__package__).joinpath(f"{name}.json").read_text(encoding="utf-8")


URGENT = 0.6
"""How likely a figure is wanted that is mailed to a desk which wants only what it must not miss."""


@dataclass(frozen=True)
class Limits:
    """How likely a desk must want a figure for a mail, what worth it takes for a digest and to be remembered, and how
    sure it must be that a figure was told before or is the next state of one.

    Chosen on labelled streams, each left out in turn (``python -m benchmarks.desk``).
    """

    now: float = 0.34
    digest: float = 0.3
    remembered: float = 0.25
    told: float = 0.5
    surely_told: float = 0.9
    """How sure it must be that a desk was mailed an equal value before, to keep from mailing what seems wanted."""
    moved: float = 0.5
    beside: float = -0.5
    """In log-odds: a chance of two in five that both are of one series."""

    @classmethod
    def of(cls, tells: Tells) -> Limits:
        """The limits of a topic that wants less or more told at once."""
        if tells is Tells.URGENT:
            return cls(now=URGENT)
        return cls(now=0.0, digest=0.0, remembered=0.0) if tells is Tells.EVERYTHING else cls()

    def tier(self, worth: float, wanted: float) -> Tell:
        """How a figure of this worth, wanted in a mail with this probability, reaches the desk."""
        if wanted >= self.now:
            return Tell.NOW
        return Tell.DIGEST if worth >= self.digest else Tell.NONE
