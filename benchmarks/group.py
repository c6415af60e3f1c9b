"""How good and how fast grouping is on labelled streams, replayed in file order.

    python -m benchmarks.group [NAME …]

Copies: pairwise precision, recall and F1, and the recall of each kind. Stories: B-cubed F1 as articles arrive, and with
the open window grouped again after each chunk of 64. Speed: articles per CPU second of one thread, reading not counted.
"""

from __future__ import annotations

import gzip
import importlib.util
import json
import os
import sys
import time
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from pipeline.group import Grouper
from pipeline.group.copies import CopyIndex, Known
from pipeline.group.features import Features
from pipeline.group.likeness import WAYS
from pipeline.group.sketch import sketch
from pipeline.group.tokens import read_words
from schemas.article import Reading

STORIES = ("ecbplus", "basil", "allsides21", "neus", "fnc1", "meantime")
MACRO = STORIES[:5]
CHUNK = 64
Row = dict[str, Any]


def data() -> Path | None:
    """The folder with the labelled streams, if it is there."""
    folder = Path(os.environ.get("TALLYWIRE_SHARED", Path(__file__).resolve().parents[2] / "shared"))
    return folder / "data/stories" if (folder / "data/stories").is_dir() else None


def shared() -> Path:
    folder = data()
    if folder is None:
        sys.exit("no labelled data: set TALLYWIRE_SHARED to the folder that holds data/stories")
    return folder


def rows(path: Path) -> list[Row]:
    """The articles of a stream, in order of arrival."""
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def scorer(folder: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("score", folder / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def reading(row: Row) -> Reading:
    return Reading(
        requested_url=row["url"],
        url=row["url"],
        title=row["title"],
        text=row["text"],
        published=datetime.fromisoformat(row["published"]),
        outlet=row["source"],
        language=row["language"],
    )


def replay(members: list[Row], *, regroup: bool) -> tuple[list[Row], float]:
    """What was said of each article, and articles per CPU second."""
    readings = [(row["id"], reading(row)) for row in members]
    grouper = Grouper()
    found: dict[str, Row] = {}
    start = time.process_time()
    for seq, (article, item) in enumerate(readings, start=1):
        placed = grouper.place(article, item, seq=seq, topics=("replay",))
        assert placed.join is not None
        original = placed.copy_link.original if placed.copy_link else None
        found[article] = {"id": article, "copy_of": original, "story": placed.join.story}
        for former in placed.gave_way:
            found[former.article]["copy_of"] = article
        if regroup and (seq % CHUNK == 0 or seq == len(members)):
            for move in grouper.regroup():
                found[move.article]["story"] = move.to_story
    return list(found.values()), len(members) / (time.process_time() - start)


def copies_alone(members: list[Row]) -> tuple[list[str | None], float]:
    """The original of each article, and articles per CPU second, where nothing but copies is looked for."""
    none = Features(np.zeros(0, np.int32), np.zeros(0, np.uint32), 0, np.zeros(WAYS, np.float32))
    readings = [reading(row) for row in members]
    index = CopyIndex()
    found: list[str | None] = []
    start = time.process_time()
    for number, item in enumerate(readings):
        known = Known(item.outlet, 0.0, sketch(read_words("", item.text)), none)
        repeat = index.find(known, lambda _: True)
        found.append(None if repeat is None else members[repeat.nearest]["id"])
        index.add(number, known)
    return found, len(members) / (time.process_time() - start)


def main() -> None:
    folder = shared()
    score = scorer(folder)

    names = sys.argv[1:] or ("neardup", *STORIES)
    if "neardup" in names:
        found, _ = replay(rows(folder / "neardup.jsonl.gz"), regroup=False)
        print("copies", json.dumps(score.copies(rows(folder / "neardup.jsonl.gz"), found)))
        print(f"copies alone: {copies_alone(rows(folder / 'neardup.jsonl.gz'))[1]:.0f} articles per CPU second\n")
    print(f"{'':12}{'arriving':>10}{'regrouped':>11}{'precision':>11}{'recall':>8}{'articles/s':>12}")
    total: dict[str, list[float]] = {"arriving": [], "regrouped": []}
    for name in names:
        if name == "neardup":
            continue
        members = rows(folder / f"{name}.jsonl.gz")
        arriving = score.stories(members, replay(members, regroup=False)[0])
        found, speed = replay(members, regroup=True)
        regrouped = score.stories(members, found)
        print(
            f"{name:12}{arriving['f1']:10.4f}{regrouped['f1']:11.4f}{regrouped['precision']:11.4f}"
            f"{regrouped['recall']:8.4f}{speed:12.0f}",
            flush=True,
        )
        if name in MACRO:
            total["arriving"].append(arriving["f1"])
            total["regrouped"].append(regrouped["f1"])
    if len(total["arriving"]) == len(MACRO):
        print(f"{'mean of five':12}{sum(total['arriving']) / 5:10.4f}{sum(total['regrouped']) / 5:11.4f}")


if __name__ == "__main__":
    main()
