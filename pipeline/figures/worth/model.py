"""Boosted trees as data: their score, and what each cue added to it.

The trees are fitted by gradient boosting on the logistic loss (Friedman, "Greedy function approximation", Annals of
Statistics 29, 2001). What a cue added to a score is summed along the paths taken: the change of the expected value at
each node that asks for it (Saabas, "Interpreting random forests", 2014).
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from typing import Any

import numpy as np


def probability_of(score: float) -> float:
    """Log-odds as a probability; never quite 0 or 1."""
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, score))))


@dataclass(frozen=True)
class Tree:
    """A tree in arrays, one entry a node; the root is first.

    ``cue`` is the index of the cue a node asks for (-1 in a leaf), ``limit`` what it may be at most to go ``left``,
    else ``right``; ``value`` is the expected score there, in log-odds.
    """

    cue: Sequence[int]
    limit: Sequence[float]
    left: Sequence[int]
    right: Sequence[int]
    value: Sequence[float]


class Trees:
    """A sum of trees that gives the log-odds of yes."""

    def __init__(self, names: Sequence[str], base: float, trees: Sequence[Tree]) -> None:
        self.names = tuple(names)
        self.base = base
        self.trees = tuple(trees)
        self._index = {name: n for n, name in enumerate(self.names)}

    @classmethod
    def from_json(cls, text: str) -> Trees:
        """Read what `as_json` wrote."""
        data: Mapping[str, Any] = json.loads(text)
        return cls(data["names"], data["base"], [Tree(*columns) for columns in data["trees"]])

    def as_json(self) -> str:
        """The trees as text, one tree a line."""
        rows = [[t.cue, t.limit, t.left, t.right, t.value] for t in self.trees]
        lines = ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows)
        head = f'{{"names":{json.dumps(self.names, ensure_ascii=False)},\n"base":{json.dumps(self.base)},\n'
        return f'{head}"trees":[\n{lines}\n]}}\n'

    def score(self, cues: Mapping[str, float]) -> float:
        """The log-odds of yes."""
        return self.scores([cues])[0]

    def scores(self, many: Sequence[Mapping[str, float]]) -> list[float]:
        """The log-odds of yes for each of several; all go down all trees at once, level by level."""
        if not self.trees or not many:
            return [self.base] * len(many)
        cue, limit, left, right, value = self._stacked
        cells = np.array([self._values(cues) for cues in many])
        rows, trees = np.arange(len(many))[:, None], np.arange(len(self.trees))[None, :]
        at = np.zeros((len(many), len(self.trees)), dtype=np.intp)
        asked = cue[trees, at]
        while (asked >= 0).any():
            # A leaf asks for nothing: it is its own left and right.
            goes_left = cells[rows, asked] <= limit[trees, at]
            at = np.where(goes_left, left[trees, at], right[trees, at])
            asked = cue[trees, at]
        total: list[float] = (self.base + value[trees, at].sum(axis=1)).tolist()
        return total

    @cached_property
    def _stacked(self) -> tuple[np.ndarray, ...]:
        """The trees as tables, a row a tree, filled up to the length of the longest."""
        longest = max(len(tree.cue) for tree in self.trees)

        def table(columns: Iterable[Sequence[float]], kind: type, filler: float) -> np.ndarray:
            return np.array([[*column, *[filler] * (longest - len(column))] for column in columns], dtype=kind)

        own = [[n if asked < 0 else -1 for n, asked in enumerate(tree.cue)] for tree in self.trees]
        left = [
            [s if s >= 0 else n for s, n in zip(o, t.left, strict=True)] for o, t in zip(own, self.trees, strict=True)
        ]
        right = [
            [s if s >= 0 else n for s, n in zip(o, t.right, strict=True)] for o, t in zip(own, self.trees, strict=True)
        ]
        return (
            table((tree.cue for tree in self.trees), np.intp, -1),
            table((tree.limit for tree in self.trees), float, 0.0),
            table(left, np.intp, 0),
            table(right, np.intp, 0),
            table((tree.value for tree in self.trees), float, 0.0),
        )

    def probability(self, cues: Mapping[str, float]) -> float:
        """The probability of yes."""
        return probability_of(self.score(cues))

    def contributions(self, cues: Mapping[str, float]) -> dict[str, float]:
        """What each cue added to the score, in log-odds; with what the trees expect of any it is the score."""
        values = self._values(cues)
        added: defaultdict[str, float] = defaultdict(float)
        for tree in self.trees:
            at, asked = 0, tree.cue[0]
            while asked >= 0:
                after = tree.left[at] if values[asked] <= tree.limit[at] else tree.right[at]
                added[self.names[asked]] += tree.value[after] - tree.value[at]
                at, asked = after, tree.cue[after]
        return dict(added)

    def _values(self, cues: Mapping[str, float]) -> list[float]:
        values = [0.0] * len(self.names)
        for name, value in cues.items():
            n = self._index.get(name)
            if n is not None:
                values[n] = value
        return values


@cache
def worth_model() -> Trees:
    """The shipped weights of worth."""
    return Trees.from_json(resources.files(__package__).joinpath("worth.json").read_text(encoding="utf-8"))
