"""How well the labelled sets are read; a floor only ever rises."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.figures import score_sequences, score_set

FLOORS = json.loads((Path(__file__).parent / "floors.json").read_text(encoding="utf-8"))

pytestmark = pytest.mark.shared


def test_quantities_of_news_sentences(shared: Path) -> None:
    scores, _, _ = score_set(shared / "data" / "figures", "newsquant")
    for measure, floor in FLOORS["newsquant"].items():
        assert scores[measure]["f1"] >= floor, (measure, scores[measure])


def test_casualties_of_conflict_reports(shared: Path) -> None:
    scores, _, _ = score_set(shared / "data" / "figures", "muc4")
    for measure, floor in FLOORS["muc4"].items():
        assert scores[measure] >= floor, (measure, scores)


def test_probes_of_known_failures(shared: Path) -> None:
    scores, _, _ = score_set(shared / "data" / "figures", "probes")
    assert scores["right"] >= FLOORS["probes"]["right"], scores["wrong"]


def test_update_sequences(shared: Path) -> None:
    # The labels are older than the reading of magnitudes: the one that they call no figure counts as read in excess.
    scores, _, _ = score_sequences(shared / "data" / "figures")
    floors = FLOORS["sequences"]
    assert scores["figure"][2] >= floors["figure_f1"], scores
    assert scores["modifier_acc"] >= floors["modifier_accuracy"], scores
    assert int(scores["negatives_read_as_figures"].split("/")[0]) <= floors["negatives_at_most"], scores
