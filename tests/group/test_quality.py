"""How good grouping is on labelled streams; the floors in floors.json never go down."""

from __future__ import annotations

import gzip
import importlib.util
import json
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from pipeline.group import Grouper
from schemas.article import Reading

FLOORS: dict[str, Any] = json.loads(Path(__file__).with_name("floors.json").read_text("utf-8"))
CHUNK = 64

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def score(shared: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("score", shared / "data/stories/score.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _stream(shared: Path, name: str) -> list[dict[str, Any]]:
    with gzip.open(shared / f"data/stories/{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def _replay(rows: list[dict[str, Any]], *, regroup: bool) -> list[dict[str, Any]]:
    grouper = Grouper()
    found: dict[str, dict[str, Any]] = {}
    for seq, row in enumerate(rows, start=1):
        reading = Reading(
            requested_url=row["url"],
            url=row["url"],
            title=row["title"],
            text=row["text"],
            published=datetime.fromisoformat(row["published"]),
            outlet=row["source"],
            language=row["language"],
        )
        placed = grouper.place(row["id"], reading, seq=seq, topics=("replay",))
        assert placed.join is not None
        original = placed.copy_link.original if placed.copy_link else None
        found[row["id"]] = {"id": row["id"], "copy_of": original, "story": placed.join.story}
        if regroup and (seq % CHUNK == 0 or seq == len(rows)):
            for move in grouper.regroup():
                found[move.article]["story"] = move.to_story
    return list(found.values())


def test_copies_of_nine_kinds_are_found_and_nothing_else(shared: Path, score: ModuleType) -> None:
    rows = _stream(shared, "neardup")
    result = score.copies(rows, _replay(rows, regroup=False))
    floors = FLOORS["copies"]
    assert result["precision"] >= floors["precision"], result
    assert result["f1"] >= floors["f1"], result
    assert min(result["recall_by_kind"].values()) >= floors["each_kind"], result


@pytest.mark.parametrize("name", sorted(FLOORS["stories"]))
def test_stories_hold_together_and_apart(shared: Path, score: ModuleType, name: str) -> None:
    rows = _stream(shared, name)
    for way, regroup in (("arriving", False), ("regrouped", True)):
        result = score.stories(rows, _replay(rows, regroup=regroup))
        assert result["f1"] >= FLOORS["stories"][name][way], (way, result)
