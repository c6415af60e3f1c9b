"""How well figures are followed, held to floors that never go down (``floors.json``, F1 in percent).

*given*: the labelled numbers, nouns and actions are handed over, so that only following is measured. *read*: from the
text alone. *blended*: from the text, with several sequences at a time as one topic. The ``check`` half was never looked
at while rules were made; ``opened`` was not at first, and is now. Each is scored by the goes in which it was written
(``sequences/parts.toml``), so that sequences added later change no floor.
"""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from benchmarks.updates import WAYS, Sequence_, load, parts, play, read, score

HERE = Path(__file__).parent
FLOORS = json.loads((HERE / "floors.json").read_text(encoding="utf-8"))


def falls_short(labelled: Sequence[Sequence_], name: str, how: str) -> dict[str, tuple[float, float]]:
    """What is below its floor: the score and the floor."""
    shape, figures_of = WAYS[how]
    sequences = shape(labelled)
    scores = score(sequences, play(sequences, figures_of))
    floors = FLOORS[f"{name} {how}"]
    return {kind: (scores[kind], floor) for kind, floor in floors.items() if scores[kind] < floor}


@pytest.mark.parametrize("how", WAYS)
@pytest.mark.parametrize("part", parts())
def test_our_own_sequences_are_followed_as_well_as_ever(part: str, how: str) -> None:
    assert not falls_short(parts()[part], part, how)


@pytest.mark.shared
@pytest.mark.parametrize("how", WAYS)
def test_the_labelled_sequences_are_followed_as_well_as_ever(shared: Path, how: str) -> None:
    assert not falls_short(load(shared / "data/figures/update_sequences.jsonl.gz"), "shared", how)


@pytest.mark.shared
def test_our_score_is_that_of_the_scorer_beside_the_labelled_data(shared: Path) -> None:
    spec = importlib.util.spec_from_file_location("score_updates", shared / "data/figures/score_updates.py")
    assert spec is not None
    assert spec.loader is not None
    scorer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(scorer)
    sequences = load(shared / "data/figures/update_sequences.jsonl.gz")
    said = play(sequences, read)
    theirs, ours = scorer.score(sequences, said), score(sequences, said)
    assert ours["alerts"] == theirs["alerts"][2]
    assert ours["figures"] == theirs["figure"][2]
    assert ours["same series"] == theirs["key_pairs"][2]
