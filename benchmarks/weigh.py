"""How the weights of following are found: the labelled sequences as choices, each of one series or none.

    python -m benchmarks.weigh [SHARED] [--write] [--unseen]

Every figure of a sequence chooses among the series known so far and a new one. Its traits with each
(``pipeline.figures.following.matching``) enter a conditional logit model (McFadden, 1974), fitted by Newton's method
with a Gaussian prior: traits that the sequences show too seldom stay near what reason says (``PRIOR``). Figures are
taken as they are read and as they are labelled, whole and with parts left out, so that the weights neither trust
reading too much nor too little; and each sequence is taken alone and with others as one topic, so that they serve
narrow topics and wide ones. Whether a claim opposes what is known is fitted the same way, as a choice of yes or no.
The ``check`` half of the test sequences is never fitted, only scored. ``--write`` replaces ``weights.toml``.
``--unseen`` tells what to expect of news of another kind: each domain that was looked at by the weights of all others
(two minutes).
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.updates import HERE, Item, Sequence_, blended, given, published, read, same, sets
from pipeline.figures.following import follower, matching, verdicts
from pipeline.figures.following.assigning import takers_of
from pipeline.figures.following.candidates import Candidates
from pipeline.figures.following.context import marks_of_article
from pipeline.figures.following.profiles import Profile, value_key
from schemas.figure import Claim, Figure, FigureInArticle, VerdictKind

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
    "lower, of a measure": 0.5,
    "equal, same sentence": -2.0,
    "lower, disputed": 0.7,
    "lower, of what dwindles": 1.0,
    "both lead": 0.5,
    "to": 0.0,
    "to, close": 1.0,
    "to, close, untied": -0.7,
    "stray action": -0.1,
    "fairly close, untied": -0.5,
    "update, close, untied": -1.0,
    "odd action": 0.0,
    "about the same": 0.5,
    "about others": -1.0,
    "about none": -0.3,
    "now, close, untied": -0.7,
    "equal, about others": -1.0,
    "equal, nothing else": -1.0,
    "equal, small, nothing else": -1.0,
    "update, close": 2.0,
    "dispute": 1.0,
    "dispute, far": 0.5,
    "dispute before": 0.3,
    "stated, bare": 0.3,
    "stated, bare, leads": 0.5,
    "other speaker, tied": 0.7,
    "moved from it": 3.0,
    "set against it": 3.0,
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
    "names": 0.5,
    "other names": -1.0,
    "other place": -3.0,
    "other place, one story": -1.5,
    "contrast": -2.0,
    "one part": -1.0,
    "one more": -1.0,
    **dict.fromkeys(["both kind:planned", "both kind:needed", "both kind:capacity", "both kind:majority"], 0.7),
    **dict.fromkeys(["one kind:planned", "one kind:needed", "one kind:capacity", "one kind:majority"], -1.2),
    "both kind:remaining": 0.5,
    "one kind:remaining": -0.3,
    "one per:": -0.7,
    "moved to": 0.3,
    "moved to, tied": 0.7,
    "now": 0.0,
    "now, close": 0.7,
    "definite, equal": 0.3,
    "definite, equal, same article": 2.5,
    "definite, not equal": 0.0,
    "same side": 3.0,
    "other side": -3.0,
    "other pollster": -4.5,
    "other speaker, same article": 1.5,
    "other window": -1.0,
    "other window of a flow": -1.0,
    "other rolling window": -1.5,
    "other month": -1.5,
    "total against period of a flow": -0.7,
    "other year": -4.5,
    "taken": -1.0,
    "taken, but tied": 1.0,
    "taken, but quoted": 2.0,
    "taken, but moved from": 1.5,
    "taken, but set against": 1.0,
    "taken, of another kind": -1.0,
    "taken, of another period": -2.0,
}
STRENGTH = 8.0
"""How firmly a weight is held to its prior: the inverse of its variance."""
FIRM = {
    "one kind:planned": 20.0,
    "other place": 40.0,
    "other year": 40.0,
    "other pollster": 40.0,
    "other side": 40.0,
    "base": 0.1,
}
"""Other strengths. Each sequence is about one event, so they show little of topics with events in many places."""

SIGNS = {
    **dict.fromkeys(["about the same", "close", "same speaker", "related noun", "lower, of a measure"], 1.0),
    **dict.fromkeys(["one of the", "one whole", "one rest", "total against period", "far"], -1.0),
    **dict.fromkeys(["words, same article", "close words, same article"], 0.0),
}
"""What a trait can only speak for (1) or against (−1), beside those whose prior says so."""
CLASH_PRIOR = {
    "base": -1.0,
    "other speaker": 1.0,
    "no speaker": -2.0,
    "same day": 0.5,
    "days later": -0.5,
    "long after": -1.5,
    "update": -1.0,
    "dispute": 1.5,
    "dispute before": 0.7,
    "stated": 0.5,
    "set against it": 1.5,
    "beside it": 0.5,
    "beside it, of another": 1.0,
    "moved from it": -3.0,
    "same outlet": -0.3,
    "other outlet": 0.3,
}
CROSS = 10.0
"""How firmly a weight of two traits together is held."""


@dataclass(frozen=True)
class Reason:
    """What is known of the weights of a question before anything is fitted."""

    prior: Mapping[str, float]
    signs: Mapping[str, float] = field(default_factory=dict)
    firm: Mapping[str, float] = field(default_factory=dict)

    def sign(self, name: str) -> float:
        """1 for a trait that can only speak for it, −1 for one that can only speak against it, else 0."""
        return self.signs.get(name, 0.0 if name == "base" else float(np.sign(self.prior.get(name, 0.0))))


REASONS = {"same": Reason(PRIOR, SIGNS, FIRM), "clash": Reason(CLASH_PRIOR)}

Traits = dict[str, float]
Choice = list[tuple[bool, Traits]]
"""The series a figure may belong to: whether it does, and the traits of the pair."""


def choices(
    sequences: Sequence[Sequence_], figures_of: Callable[[Sequence_, Item], list[Figure]]
) -> tuple[list[Choice], list[Choice]]:
    """The choices of all figures, each among the series as they are labelled up to it.

    And, of those that tell something else than was known of their series, whether they oppose it.
    """
    found: list[Choice] = []
    clashes: list[Choice] = []
    for sequence in sequences:
        series: dict[str, list[Claim]] = {}
        known = Candidates()
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
            marks = marks_of_article(figures, item["text"])
            claims = [follower.claim_of(one, noted) for one, noted in zip(figures, marks, strict=True)]
            profiles = [Profile((claim,)) for one, claim in zip(figures, claims, strict=True)]
            by_value: dict[str, list[Profile]] = {}
            for profile in profiles:
                by_value.setdefault(value_key(profile.claim), []).append(profile)
            for one, claim, profile in zip(figures, claims, profiles, strict=True):
                key = _key_of(one.figure, item) or f"unlabelled {one.id}"
                seen = matching.Seen(profile, known)
                choice = []
                for id in known.shortlist(profile):
                    other = known[id]
                    takers = takers_of(other, by_value)
                    traits = matching.traits_of_pair(seen, other, takers=takers, alike=known.alike(other))
                    choice.append((id == key, traits))
                if choice:
                    found.append(choice)
                said = series.setdefault(key, [])
                label = _label_of(one.figure, item)
                kind = VerdictKind(label["verdict"]) if label else VerdictKind.REPEATED
                if said and kind in (VerdictKind.CHANGED, VerdictKind.CONTRADICTION):
                    both = zip(claims, figures, strict=True)
                    beside = [c for c, it in both if c is not claim and _key_of(it.figure, item) == key]
                    if traits := verdicts.traits_of_clash(said, claim, beside):
                        clashes.append([(kind is VerdictKind.CONTRADICTION, traits)])
                said.append(claim.model_copy(update={"kind": kind if said else VerdictKind.NEW}))
                known.put(key, said[0].published, Profile(tuple(said)))
    return found, clashes


def poorer(
    figures_of: Callable[[Sequence_, Item], list[Figure]], share: float
) -> Callable[[Sequence_, Item], list[Figure]]:
    """The same figures, of which so large a share lacks its action, and half as many their noun, or who says so."""

    def read_poorly(sequence: Sequence_, item: Item) -> list[Figure]:
        made = []
        for i, figure in enumerate(figures_of(sequence, item)):
            dice = random.Random(f"{sequence['id']} {item['n']} {i}")
            lost = {"action": share, "counted": share / 2, "attribution": share / 2}
            made.append(figure.model_copy(update={name: None for name, p in lost.items() if dice.random() < p}))
        return made

    return read_poorly


WAYS: dict[str, tuple[Callable[[Sequence[Sequence_]], Sequence[Sequence_]], Callable[..., list[Figure]]]] = {
    "read": (list, read),
    "given": (list, given),
    "read, poorer": (list, poorer(read, 0.3)),
    "given, poorer": (list, poorer(given, 0.5)),
    "read, blended": (blended, read),
    "given, blended": (partial(blended, several=4), poorer(given, 0.4)),
}
"""What the weights are fitted on: each sequence alone, and several as one topic; all that is known, and less."""


def _key_of(figure: Figure, item: Item) -> str | None:
    label = _label_of(figure, item)
    return str(label["key"]) if label else None


def _label_of(figure: Figure, item: Item) -> dict[str, Any] | None:
    for label in item["figures"]:
        start, end = label["span"]
        if figure.span[0] < end and start < figure.span[1]:
            mine = [figure.low, figure.high] if figure.value is None else figure.value
            if same(mine, label["value"]):
                return dict(label)
    return None


def fit(data: Sequence[Choice], reason: Reason, strength: float = STRENGTH) -> dict[str, float]:
    """The weights under which the choices made are likeliest, held to what reason says.

    A weight whose sign is against reason is set to 0, and the others fitted again: it only says what these very
    sequences have in common.
    """
    names = sorted({*reason.prior, *(name for choice in data for _, traits in choice for name in traits)})
    signs = np.array([reason.sign(name) for name in names])
    table = _Table(data, names)
    free = np.ones(len(names), dtype=bool)
    while True:
        weights = _newton(table, free, reason, strength)
        against = free & (weights * signs < 0)
        if not against.any():
            return dict(zip(names, weights.tolist(), strict=True))
        free &= ~against


class _Table:
    """All choices as one matrix: a row for each series, a column for each trait, and where each choice begins."""

    def __init__(self, data: Sequence[Choice], names: Sequence[str]) -> None:
        at = {name: n for n, name in enumerate(names)}
        rows = [(chosen, traits) for choice in data for chosen, traits in choice]
        self.names = names
        self.traits = np.zeros((len(rows), len(names)))
        for n, (_, traits) in enumerate(rows):
            self.traits[n, [at[name] for name in traits]] = list(traits.values())
        self.chosen = np.array([float(chosen) for chosen, _ in rows])
        sizes = np.array([len(choice) for choice in data])
        self.begins = np.concatenate([[0], np.cumsum(sizes)[:-1]])
        self.choice = np.repeat(np.arange(len(data)), sizes)

    def likely(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """How likely each series is chosen; what is left of 1 is for none."""
        utility = self.traits @ weights
        top = np.maximum(np.maximum.reduceat(utility, self.begins), 0.0)
        odds = np.exp(utility - top[self.choice])
        total = np.add.reduceat(odds, self.begins) + np.exp(-top)
        return np.asarray(odds / total[self.choice])


def _newton(table: _Table, free: NDArray[np.bool_], reason: Reason, strength: float) -> NDArray[np.float64]:
    prior = np.array([reason.prior.get(name, 0.0) for name in table.names])
    held = np.array([reason.firm.get(name, CROSS if "," in name else strength) for name in table.names])
    weights = np.where(free, prior, 0.0)
    at = np.flatnonzero(free)
    x = table.traits[:, at]
    for _ in range(15):
        likely = table.likely(weights)
        slope = held[at] * (weights - prior)[at] + x.T @ (likely - table.chosen)
        weighed = x * likely[:, None]
        means = np.add.reduceat(weighed, table.begins)
        step = np.linalg.solve(np.diag(held[at]) + x.T @ weighed - means.T @ means, slope)
        weights[at] -= step
        if np.abs(step).max() < 1e-4:
            break
    return weights


def right(data: Sequence[Choice], weights: Mapping[str, float]) -> float:
    """The percentage of figures that would choose what is labelled."""
    hits = 0
    for choice in data:
        points = [sum(weights.get(name, 0.0) * x for name, x in traits.items()) for _, traits in choice]
        best = max(range(len(points)), key=points.__getitem__)
        hits += choice[best][0] if points[best] > 0 else not any(chosen for chosen, _ in choice)
    return 100 * hits / len(data)


def unseen(sequences: Sequence[Sequence_], others: Sequence[Choice], reason: Reason) -> dict[str, float]:
    """The percentage of right choices, by way, in domains that the weights were not fitted on.

    Each domain of ``sequences`` in turn is left out of the fit; ``others`` are choices that every fit is made on.
    """
    by_domain: dict[str, list[Sequence_]] = {}
    for sequence in sequences:
        by_domain.setdefault(sequence["domain"], []).append(sequence)
    found = {
        domain: {how: choices(list(shape(some)), figures_of)[0] for how, (shape, figures_of) in WAYS.items()}
        for domain, some in by_domain.items()
    }
    hits = dict.fromkeys(WAYS, 0.0)
    for left_out, ways in found.items():
        rest = [c for domain, some in found.items() if domain != left_out for both in some.values() for c in both]
        weights = fit([*others, *rest], reason)
        for how, data in ways.items():
            hits[how] += right(data, weights) * len(data) if data else 0.0
    return {how: hits[how] / sum(len(ways[how]) for ways in found.values()) for how in WAYS}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shared", nargs="?", type=Path, default=HERE.parent / "shared")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--unseen", action="store_true")
    arguments = parser.parse_args()
    data = {
        (name, how): choices(list(shape(sequences)), figures_of)
        for name, sequences in sets(arguments.shared).items()
        for how, (shape, figures_of) in WAYS.items()
    }
    weights = {
        question: fit(
            [c for (name, _), both in data.items() if name != "check" for c in both[n] * TIMES.get(name, 1)], reason
        )
        for n, (question, reason) in enumerate(REASONS.items())
    }
    for (name, how), both in data.items():
        told = [f"{what} {right(both[n], weights[what]):.1f} % of {len(both[n])}" for n, what in enumerate(weights)]
        print(f"{name:7} {how:16}", ", ".join(told))
    if arguments.unseen:
        others = [choice for (name, _), (same_, _) in data.items() if name == "shared" for choice in same_]
        looked_at = [one for name, some in sets(arguments.shared).items() if name in OPEN for one in some]
        for how, share in unseen(looked_at, others, REASONS["same"]).items():
            print(f"unseen  {how:16} same {share:.1f} %")
    if arguments.write:
        target = Path(matching.__file__).with_name("weights.toml")
        tables = (_table_of(question, table) for question, table in weights.items())
        target.write_text(HEAD + "".join(tables), encoding="utf-8")


TIMES = {"shared": 5}
"""How often a choice of a set counts: those that two readers agreed on are few, and the surest."""
OPEN = ("dev", "opened")
"""The sets of ours that were looked at."""
LEAST = 0.05
"""Weights closer to 0 are left out."""
HEAD = "# How much each trait speaks for yes, in log-odds. Written by benchmarks/weigh.py.\n"


def _table_of(question: str, table: Mapping[str, float]) -> str:
    lines = [
        f'"{name}" = {weight:.2f}'
        for name, weight in sorted(table.items(), key=lambda item: -item[1])
        if abs(weight) >= 0.05
    ]
    return f"\n[{question}]\n" + "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
