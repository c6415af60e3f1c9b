"""How the weights of following are found: the labelled sequences as choices, each of one series or none.

    python -m benchmarks.weigh [SHARED] [--write]

Every figure of a sequence chooses among the series known so far and a new one. Its traits with each
(``pipeline.figures.following.matching``) enter a conditional logit model (McFadden, 1974), fitted by Newton's method
with a Gaussian prior: traits that the sequences show too seldom stay near what reason says (``PRIOR``). Figures are
taken both as they are read and as they are labelled, so that the weights neither trust reading too much nor too
little. The ``check`` half of the test sequences is never fitted, only scored. ``--write`` replaces ``weights.toml``.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.updates import HERE, Item, Sequence_, given, published, read, same, sets
from pipeline.figures.following import follower, matching
from pipeline.figures.following.context import marks_of, spots
from pipeline.figures.following.profiles import Likeness, Profile, rarity, value_key
from schemas.figure import Claim, Figure, FigureInArticle

PRIOR = {
    "base": -1.5,
    "equal": 4.0,
    "equal, small": 2.0,
    "equal, small, other noun": -1.5,
    "rounded": 2.0,
    "fairly close": 0.7,
    "far": -2.0,
    "very far": -1.0,
    "lower": -0.5,
    "lower, falling": 0.7,
    "update, close": 2.0,
    "dispute": 1.0,
    "moved from it": 3.0,
    "close names": 0.7,
    "kin action": 0.2,
    "history, not equal": -1.0,
    "same noun": 0.7,
    "same action": 0.7,
    "same noun, same action": 1.0,
    "other noun": -0.7,
    "other action": -0.5,
    "clashing noun": -2.0,
    "shared action": 1.0,
    "noun nearby": 0.5,
    "only one alike": 0.7,
    "other unit": -3.0,
    "no unit": -1.5,
    "unit left open": -0.7,
    "words": 1.0,
    "close words": 1.0,
    "words of a measure": 0.7,
    "close words of a measure": 0.7,
    "names": 0.5,
    "other names": -1.0,
    "same place": 0.5,
    "other place": -3.0,
    "contrast": -2.0,
    "one part": -1.0,
    "one more": -1.0,
    "one other": 0.3,
    "same kind": 0.7,
    "other kind": -0.7,
    "same side": 3.0,
    "other side": -3.0,
    "other pollster": -3.0,
    "other speaker, same article": 1.5,
    "same window": 0.3,
    "other window": -1.0,
    "other window of a flow": -1.0,
    "other rolling window": -1.5,
    "total against period of a flow": -0.7,
    "other year": -4.5,
    "taken": -1.0,
    "taken, but tied": 1.0,
    "taken, but quoted": 2.0,
    "taken, but moved from": 1.5,
    "taken, of another period": -2.0,
}
STRENGTH = 2.0
"""How firmly a weight is held to its prior: the inverse of its variance."""
FIRM = {"other place": 20.0, "other year": 20.0, "base": 0.1}
"""Other strengths. Each sequence is about one event, so they show little of topics with events in many places."""

Traits = dict[str, float]
Choice = list[tuple[bool, Traits]]
"""The series a figure may belong to: whether it does, and the traits of the pair."""


def choices(sequences: Sequence[Sequence_], figures_of: Callable[[Sequence_, Item], list[Figure]]) -> list[Choice]:
    """The choices of all figures, each among the series as they are labelled up to it."""
    found: list[Choice] = []
    for sequence in sequences:
        series: dict[str, tuple[str | None, list[Claim]]] = {}
        for item in sequence["items"]:
            name = f"{sequence['id']}/{item['n']}"
            figures = [
                FigureInArticle(
                    id=f"{name}/{i}",
                    article=name,
                    revision=0,
                    outlet=item["source"],
                    published=published(item),
                    figure=figure,
                )
                for i, figure in enumerate(figures_of(sequence, item))
            ]
            claims = [
                follower.claim_of(one, marks_of(one, spot))
                for one, spot in zip(figures, spots(figures, item["text"]), strict=True)
            ]
            profiles = [Profile(one.figure.unit, (claim,)) for one, claim in zip(figures, claims, strict=True)]
            for one, claim, profile in zip(figures, claims, profiles, strict=True):
                key = _key_of(one.figure, item) or f"unlabelled {one.id}"
                known = {k: Profile(unit, tuple(said)) for k, (unit, said) in series.items()}
                likeness = Likeness(rarity(known.values()))
                alike = Counter(other.what for other in known.values())
                choice = []
                for k, other in known.items():
                    takers = [
                        p for p in profiles if value_key(p.claim) in other.values and not p.figures <= other.figures
                    ]
                    traits = matching.traits_of_pair(profile, other, likeness, takers=takers, alike=alike[other.what])
                    choice.append((k == key, traits))
                if choice:
                    found.append(choice)
                series.setdefault(key, (one.figure.unit, []))[1].append(claim)
    return found


def _key_of(figure: Figure, item: Item) -> str | None:
    for label in item["figures"]:
        start, end = label["span"]
        if figure.span[0] < end and start < figure.span[1]:
            mine = [figure.low, figure.high] if figure.value is None else figure.value
            if same(mine, label["value"]):
                return str(label["key"])
    return None


def fit(data: Sequence[Choice], strength: float = STRENGTH) -> dict[str, float]:
    """The weights under which the choices made are likeliest, held to ``PRIOR``."""
    names = sorted({name for choice in data for _, traits in choice for name in traits})
    prior = np.array([PRIOR.get(name, 0.0) for name in names])
    held = np.array([FIRM.get(name, strength) for name in names])
    tables = [_table(choice, names) for choice in data]
    weights = prior.copy()
    for _ in range(30):
        slope, bend = held * (weights - prior), np.diag(held)
        for table, chosen in tables:
            utility = table @ weights
            top = max(float(utility.max()), 0.0)
            odds = np.exp(utility - top)
            likely = odds / (odds.sum() + np.exp(-top))
            slope = slope + table.T @ (likely - chosen)
            mean = table.T @ likely
            bend = bend + (table * likely[:, None]).T @ table - np.outer(mean, mean)
        weights = weights - np.linalg.solve(bend, slope)
    return dict(zip(names, weights.tolist(), strict=True))


def _table(choice: Choice, names: Sequence[str]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    table = np.array([[traits.get(name, 0.0) for name in names] for _, traits in choice])
    return table, np.array([float(chosen) for chosen, _ in choice])


def right(data: Sequence[Choice], weights: Mapping[str, float]) -> float:
    """The percentage of figures that would choose what is labelled."""
    hits = 0
    for choice in data:
        points = [sum(weights.get(name, 0.0) * x for name, x in traits.items()) for _, traits in choice]
        best = max(range(len(points)), key=points.__getitem__)
        hits += choice[best][0] if points[best] > 0 else not any(chosen for chosen, _ in choice)
    return 100 * hits / len(data)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", nargs="?", type=Path, default=HERE.parent / "shared")
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    data = {
        (name, how): choices(sequences, figures_of)
        for name, sequences in sets(arguments.shared).items()
        for how, figures_of in (("read", read), ("given", given))
    }
    weights = fit([choice for (name, _), found in data.items() if name != "check" for choice in found])
    for (name, how), found in data.items():
        print(f"{name:7} {how:6} {right(found, weights):.1f} % of {len(found)} choices right")
    if arguments.write:
        lines = [f'"{name}" = {weight:.2f}' for name, weight in sorted(weights.items(), key=lambda item: -item[1])]
        target = Path(matching.__file__).with_name("weights.toml")
        head = target.read_text(encoding="utf-8").split("[weights]")[0]
        target.write_text(f"{head}[weights]\n" + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
