"""Boosted trees fitted on examples: named cues and the answer, as telling and worth learn them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.feature_extraction import DictVectorizer

from pipeline.figures.worth import Trees
from pipeline.figures.worth.model import Tree

LEAST = 25
"""Examples that a cue must occur in, to be asked for."""
Cues = Mapping[str, float]


@dataclass(frozen=True)
class Example:
    """Cues, the answer, and how much it counts."""

    cues: Cues
    yes: bool
    weight: float


@dataclass(frozen=True)
class Table:
    """Examples as rows of numbers: ``names`` are the columns, ``stream`` tells whose each row is."""

    names: list[str]
    rows: np.ndarray
    yes: np.ndarray
    weight: np.ndarray
    stream: np.ndarray

    def but(self, unseen: Set[str]) -> np.ndarray:
        """Which rows are of none of these streams."""
        return ~np.isin(self.stream, list(unseen))


def table_of(examples: Iterable[tuple[str, Example]]) -> Table:
    """Examples of streams as rows; cues that occur in too few of them are left out."""
    found = list(examples)
    maker = DictVectorizer(sparse=False, dtype=np.float32)
    cells = maker.fit_transform([example.cues for _, example in found])
    often = (cells != 0).sum(0) >= LEAST
    return Table(
        names=[name for name, kept in zip(maker.get_feature_names_out(), often, strict=True) if kept],
        rows=cells[:, often],
        yes=np.array([example.yes for _, example in found]),
        weight=np.array([example.weight for _, example in found]),
        stream=np.array([name for name, _ in found]),
    )


@dataclass(frozen=True)
class Size:
    """How many trees, how large, how bold, and on what share of the cues each."""

    trees: int
    leaves: int
    rate: float = 0.05
    leaf: int = 20
    share: float = 0.3


SEEDS = (1, 2, 3)
"""Each question is answered by the mean of so many fits that differ by the cues each tree was shown: topics left out
gain half a point of F1 by it, and two fits differ less."""


class Mean:
    """Several fits of one question, and the mean of their log-odds."""

    def __init__(self, learners: Sequence[HistGradientBoostingClassifier]) -> None:
        self.learners = learners

    def decision_function(self, rows: np.ndarray) -> np.ndarray:
        """The log-odds of each row."""
        odds: np.ndarray = np.mean([learner.decision_function(rows) for learner in self.learners], axis=0)
        return odds


def learn(rows: np.ndarray, yes: np.ndarray, weight: np.ndarray, size: Size) -> Mean:
    """Fit trees to rows of cues, their answers and how much each counts."""

    def fitted(seed: int) -> HistGradientBoostingClassifier:
        learner = HistGradientBoostingClassifier(
            max_iter=size.trees,
            learning_rate=size.rate,
            max_leaf_nodes=size.leaves,
            l2_regularization=3,
            min_samples_leaf=size.leaf,
            max_features=size.share,
            random_state=seed,
        )
        return learner.fit(rows, yes, sample_weight=weight)

    return Mean([fitted(seed) for seed in SEEDS])


def as_trees(mean: Mean, names: Sequence[str]) -> Trees:
    """What scikit-learn fitted, as the program keeps it, with only the names of cues that are asked for."""
    trees = [_tree(stage[0].nodes) for learner in mean.learners for stage in learner._predictors]
    asked = sorted({cue for tree in trees for cue in tree.cue if cue >= 0})
    place = {cue: n for n, cue in enumerate(asked)} | {-1: -1}
    thin = [_shared(replace(t, cue=[place[cue] for cue in t.cue]), len(mean.learners)) for t in trees]
    base = np.mean([learner._baseline_prediction.ravel()[0] for learner in mean.learners])
    return Trees([names[cue] for cue in asked], round(float(base), 5), thin)


def _shared(tree: Tree, fits: int) -> Tree:
    """A tree of one fit of several, whose mean is their sum."""
    return replace(tree, value=[round(value / fits, 5) for value in tree.value])


def _tree(nodes: np.ndarray) -> Tree:
    """A tree in arrays; inner nodes get the mean of what lies below, weighed by examples."""
    values, is_leaf = nodes["value"].astype(float), nodes["is_leaf"].astype(bool)
    for at in range(len(nodes) - 1, -1, -1):
        if not is_leaf[at]:
            below = [nodes["left"][at], nodes["right"][at]]
            values[at] = np.average(values[below], weights=nodes["count"][below])
    return Tree(
        cue=[-1 if leaf else int(cue) for cue, leaf in zip(nodes["feature_idx"], is_leaf, strict=True)],
        limit=[0.0 if leaf else float(f"{x:.6g}") for x, leaf in zip(nodes["num_threshold"], is_leaf, strict=True)],
        left=[int(n) for n in nodes["left"]],
        right=[int(n) for n in nodes["right"]],
        value=[round(float(value), 5) for value in values],
    )
