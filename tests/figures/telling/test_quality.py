"""How well desks are served, held to floors that never go down.

The weights know these streams, so the scores are higher than those of a topic they have not seen; that table is made by
``python -m benchmarks.desk``. What these floors notice is code or weights that got worse. What is mailed is fitted on
streams of corpora too, which these topics pay for with some precision here, and gain from where they are left out.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from benchmarks.desk import scored
from benchmarks.desk_data import given, scorer
from pipeline.figures.telling import Models

FLOORS = {"precision": 0.78, "recall": 0.83, "f1": 0.80, "verdict": 0.73, "label": 0.78, "right": 0.48}
MOST_MAILS = 1.55
"""Figures mailed an article."""


@pytest.mark.shared
def test_desks_are_mailed_what_they_want_in_the_right_words(shared: Path) -> None:
    folder = shared / "data/desk"
    score = scorer(folder)
    parts: list[dict[str, Any]] = [scored(stream, score, Models.shipped()) for stream in given(folder)]
    total = score.total(parts)
    assert {name: total[name] for name, floor in FLOORS.items() if total[name] < floor} == {}
    assert total["mailed"] / total["articles"] <= MOST_MAILS
