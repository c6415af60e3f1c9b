"""Boosted trees as data: their score, and what each cue added to it.

The trees are fitted by gradient boosting on the logistic loss (Friedman, "Greedy function approximation", Annals of
Statistics 29, 2001). What a cue added to a score is summed along the paths taken: the change of the expected value at
each node that asks for it (Saabas, "Interpreting random forests", 2014).
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from itertools import repeat
from typing import Any

import numpy as np


def probability_of(score: float) -> float:
    """Log-odds as a probability; never quite 0 or 1."""
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, score))))


_AT_ONCE = 256
"""Rows that go down the trees together: with 200 trees their places fill 400 kB, which the cache of a core holds."""


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


@dataclass(frozen=True)
class _Nodes:
    """The nodes of several trees in one row, so that many rows of values go down all of them at once.

    ``below`` has two places a node: where a value above its limit leads, then any other. A leaf leads to itself.
    ``roots`` are those of the deepest trees first, of which so many are ``deeper`` than each level; ``order`` brings
    them back into the order of the trees, in which alone they add up to the same last digit.
    """

    cue: np.ndarray
    limit: np.ndarray
    below: np.ndarray
    value: np.ndarray
    roots: np.ndarray
    deeper: tuple[int, ...]
    order: np.ndarray

    @classmethod
    def of(cls, trees: Sequence[Tree]) -> _Nodes:
        firsts = np.cumsum([0, *(len(tree.cue) for tree in trees)])[:-1]
        below = [
            [first + n] * 2 if asked < 0 else [first + tree.right[n], first + tree.left[n]]
            for first, tree in zip(firsts.tolist(), trees, strict=True)
            for n, asked in enumerate(tree.cue)
        ]
        levels = np.array([_levels(tree) for tree in trees])
        deepest = np.argsort(-levels, kind="stable")
        return cls(
            cue=np.array([max(asked, 0) for tree in trees for asked in tree.cue], dtype=np.intp),
            limit=np.array([limit for tree in trees for limit in tree.limit], dtype=float),
            below=np.array(below, dtype=np.intp).ravel(),
            value=np.array([value for tree in trees for value in tree.value], dtype=float),
            roots=firsts[deepest].astype(np.intp),
            deeper=tuple(int((levels > level).sum()) for level in range(levels.max())),
            order=np.argsort(deepest),
        )


def _levels(tree: Tree) -> int:
    """How many questions it takes at most to come from the root of a tree to a leaf."""
    deep, level = 0, [0]
    while level := [below for n in level if tree.cue[n] >= 0 for below in (tree.left[n], tree.right[n])]:
        deep += 1
    return deep


class Trees:
    """A sum of trees that gives the log-odds of yes."""

    def __init__(self, names: Sequence[str], base: float, trees: Sequence[Tree]) -> None:
        self.names = tuple(names)
        self.base = base
        self.trees = tuple(trees)

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
        found: list[float] = []
        for start in range(0, len(many), _AT_ONCE):
            found += self._scores([self._values(cues) for cues in many[start : start + _AT_ONCE]])
        return found

    def _scores(self, rows: Sequence[Sequence[float]]) -> list[float]:
        nodes = self._nodes
        cells = np.array(rows)
        begin = np.arange(0, cells.size, cells.shape[1])[:, None]
        cells, at = cells.ravel(), np.tile(nodes.roots, (len(rows), 1))
        for deeper in nodes.deeper:
            # Of trees of so many levels, those that go deeper come first.
            here = at[:, :deeper]
            left = cells.take(begin + nodes.cue.take(here)) <= nodes.limit.take(here)
            at[:, :deeper] = nodes.below.take(2 * here + left)
        total: list[float] = (self.base + nodes.value.take(at[:, nodes.order]).sum(axis=1)).tolist()
        return total

    @cached_property
    def _nodes(self) -> _Nodes:
        return _Nodes.of(self.trees)

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
        """The cues that the trees ask for, by their index; one that is not there is 0."""
        return list(map(cues.get, self.names, repeat(0.0)))


@cache
def worth_model() -> Trees:
    """The shipped weights of worth."""
    return Trees.from_json(resources.files(__package__).joinpath("worth.json").read_text(encoding="utf-8"))
