"""Learn which of the values told before a figure comes from, if any: the weights of ``moved.json``.

Few hundred figures move in all labelled streams. From those, weights in a sum find as many moves on topics left out as
boosted trees or random forests do, and they can be read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType

import numpy as np
from scipy.optimize import minimize
from sklearn.feature_extraction import DictVectorizer

from benchmarks.desk_data import Interval, LabelledStream, value_of
from pipeline.figures.telling import Models, Teller
from pipeline.figures.telling.choice import FURTHEST, Choice
from pipeline.figures.telling.mention import Mention
from pipeline.figures.telling.origins import Compared, Origin
from pipeline.figures.worth import Stream

PENALTY = 20.0
"""Of the squared weights."""
NEVER = Choice((), (), (), (), -9.0)
"""What says of nothing that it moved."""


class Asking(Teller):
    """Tells a stream with nothing told before, and keeps which origins each figure was asked of."""

    def __init__(self, title: str, models: Models) -> None:
        super().__init__(title, Stream(), models=models)
        self.options: dict[str, list[Origin]] = {}

    def origins(self, said: Mention, compared: Sequence[Compared], worth: float) -> list[Origin]:
        """As a teller has them, and kept."""
        found = self.options[said.id] = super().origins(said, compared, worth)
        return found


@dataclass(frozen=True)
class Question:
    """The values that a figure may have moved from, and which of them it did, if any."""

    options: list[Mapping[str, float]]
    answer: int | None


def question_of(options: Sequence[Origin], before: Interval | None, score: ModuleType) -> Question:
    """What a choice is asked of a figure that moved from the value ``before``, or from none that was told."""
    values = [value_of(origin.known.mention.source) for origin in options]
    answer = next((n for n, value in enumerate(values) if before is not None and score.same(before, value)), None)
    return Question([origin.cues for origin in options], answer)


def questions_of(stream: LabelledStream, models: Models, score: ModuleType) -> list[Question]:
    """What readers answered of a stream that was labelled for moves alone."""
    teller = Asking(stream.title, models)
    for item in stream.items:
        teller.tell(item.id, item.text, item.figures, item.marks)
    asked = ((teller.options.get(id), before) for id, before in stream.moves.items())
    return [question_of(options, before, score) for options, before in asked if options]


def fit_choice(questions: Sequence[Question]) -> Choice:
    """The weights of a conditional logit, by L-BFGS on its penalised likelihood."""
    maker = DictVectorizer(sparse=False)
    rows = maker.fit_transform([cues for question in questions for cues in question.options])
    mean, scale = rows.mean(0), rows.std(0) + 1e-6
    rows = np.clip((rows - mean) / scale, -FURTHEST, FURTHEST)
    many = [len(question.options) for question in questions]
    starts = np.cumsum([0, *many])[:-1]
    whose = np.repeat(np.arange(len(many)), many)
    chosen = np.zeros(len(rows))
    chosen[[start + q.answer for start, q in zip(starts, questions, strict=True) if q.answer is not None]] = 1.0

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        utility = rows @ weights[:-1] + weights[-1]
        highest = np.maximum(np.maximum.reduceat(utility, starts), 0.0)
        share = np.exp(utility - highest[whose])
        whole = np.add.reduceat(share, starts) + np.exp(-highest)
        short = chosen - share / whole[whose]
        missed = float((highest + np.log(whole)).sum() - (chosen * utility).sum())
        slope = np.append(PENALTY * weights[:-1] - rows.T @ short, -short.sum())
        return missed + PENALTY / 2 * float(weights[:-1] @ weights[:-1]), slope

    found = minimize(loss, np.zeros(rows.shape[1] + 1), jac=True, method="L-BFGS-B", options={"maxiter": 500}).x
    parts = (mean, scale, found[:-1])
    return Choice(
        tuple(maker.get_feature_names_out()),
        *(tuple(float(f"{x:.6g}") for x in part) for part in parts),
        float(found[-1]),
    )
