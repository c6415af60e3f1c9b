"""How well sentences of every kind of news are read: number, noun, action and speaker; a floor only ever rises."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.figures import score_sentences

FLOORS = json.loads((Path(__file__).parent / "floors.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("half", ["odd", "even"])
def test_sentences_are_read_as_well_as_ever(half: str) -> None:
    scores = score_sentences()[half]
    assert {name: share for name, share in scores.items() if share < FLOORS["sentences"][half][name]} == {}
