"""How good grouping is on labelled streams; the floors in floors.json never go down.

The sample in this folder comes with the repository (`benchmarks/sample_group.py` makes it); the other streams are
looked for beside the checkout.
"""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from collections import Counter, defaultdict
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from benchmarks.group import CHUNK, replay
from benchmarks.sample_group import SAMPLE, articles
from benchmarks.threads import Course, Stream, b_cubed, streams
from pipeline.group.relation import shipped_model

HERE = Path(__file__).parent
FLOORS: dict[str, Any] = json.loads((HERE / "floors.json").read_text("utf-8"))
Rows = list[dict[str, Any]]


def _stream(path: Path) -> Rows:
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def _b_cubed(rows: Rows, said: Rows) -> float:
    """B-cubed F1 (Bagga & Baldwin 1998)."""
    told = {row["id"]: row["story"] for row in said}
    gold = Counter(row["gold"]["story"] for row in rows)
    found = Counter(told[row["id"]] for row in rows)
    both = Counter((row["gold"]["story"], told[row["id"]]) for row in rows)
    precision = sum(count**2 / found[pair[1]] for pair, count in both.items()) / len(rows)
    recall = sum(count**2 / gold[pair[0]] for pair, count in both.items()) / len(rows)
    return 2 * precision * recall / (precision + recall)


def _copies(rows: Rows, said: Rows) -> dict[str, float]:
    """Precision and F1 of pairs with the same text at their root, and the recall of the least found kind. Pairs of
    different reports of one story are not counted, nor pairs with what a round-up took over."""
    gold = {row["id"]: row["gold"] for row in rows}
    root = {row["id"]: row["copy_of"] or row["id"] for row in said}
    groups = defaultdict(list)
    for article, original in root.items():
        groups[root.get(original, original)].append(article)
    hits = counted = 0
    found = set()

    def of(article: str) -> set[str]:
        donor = gold[article].get("donor")
        return {gold[article]["story"], *((gold[donor]["story"],) if donor in gold else ())}

    for members in groups.values():
        for pair in combinations(members, 2):
            one, other = pair
            if gold[one]["copy_group"] == gold[other]["copy_group"]:
                hits += 1
                counted += 1
                found.update(pair)
            elif not of(one) & of(other):
                counted += 1
    sizes = Counter(one["copy_group"] for one in gold.values())
    positives = sum(size * (size - 1) // 2 for size in sizes.values())
    kinds = defaultdict(list)
    for article, one in gold.items():
        if one["kind"] not in ("base", "form"):
            kinds[one["kind"]].append(article in found)
    return {
        "precision": hits / counted,
        "f1": 2 * hits / (counted + positives),
        "each_kind": min(sum(kind) / len(kind) for kind in kinds.values()),
    }


def _stories(rows: Rows) -> dict[str, float]:
    return {
        "arriving": _b_cubed(rows, replay(rows, regroup=False)[0]),
        "regrouped": _b_cubed(rows, replay(rows, regroup=True)[0]),
    }


def _hold(found: dict[str, float], floors: dict[str, float]) -> None:
    sys.stdout.write(", ".join(f"{name} {found[name]:.4f} (floor {floor})" for name, floor in floors.items()) + "\n")
    assert {name: found[name] for name in floors if found[name] < floors[name]} == {}, found


def test_the_sample_is_what_its_program_makes() -> None:
    assert list(articles()) == _stream(SAMPLE)


def test_copies_in_the_sample_are_found_and_forms_are_none() -> None:
    rows = _stream(SAMPLE)
    assert len(rows) >= 200
    _hold(_copies(rows, replay(rows, regroup=False)[0]), FLOORS["sample"]["copies"])


def test_stories_of_the_sample_hold_together_and_apart() -> None:
    rows = [row for row in _stream(SAMPLE) if row["gold"]["kind"] != "form"]
    _hold(_stories(rows), FLOORS["sample"]["stories"])


@pytest.mark.shared
def test_copies_of_nine_kinds_are_found_and_nothing_else(shared: Path) -> None:
    rows = _stream(shared / "data/stories/neardup.jsonl.gz")
    _hold(_copies(rows, replay(rows, regroup=False)[0]), FLOORS["copies"])


@pytest.mark.shared
@pytest.mark.parametrize("name", sorted(FLOORS["stories"]))
def test_stories_hold_together_and_apart(shared: Path, name: str) -> None:
    rows = _stream(shared / f"data/stories/{name}.jsonl.gz")
    _hold(_stories(rows), FLOORS["stories"][name])


@cache
def _developments(folder: Path) -> dict[str, Stream]:
    return streams(folder, None)


@pytest.mark.shared
@pytest.mark.parametrize("name", sorted(FLOORS["threads"]))
def test_threads_hold_developments_together_and_apart(shared: Path, name: str) -> None:
    stream = _developments(shared / "data/stories")[name]
    home, _ = Course(stream).run(shipped_model())
    # Copies are in no story of their own.
    assert len(home) > 0.9 * len(stream.rows)
    _hold(
        dict(zip(("precision", "recall", "f1"), b_cubed(home, stream.development), strict=True)),
        FLOORS["threads"][name],
    )


def _before() -> dict[str, Any]:
    """The floors as they were last committed; none where this is no checkout."""
    done = subprocess.run(
        ["git", "show", f"HEAD:./{(HERE / 'floors.json').name}"], cwd=HERE, capture_output=True, check=False
    )
    return json.loads(done.stdout) if done.returncode == 0 else {}


def _lowered(before: Any, now: Any, name: str = "") -> list[str]:
    if isinstance(before, dict):
        return [
            one
            for key, value in before.items()
            for one in (_lowered(value, now[key], f"{name}/{key}") if key in now else [f"{name}/{key}"])
        ]
    return [name] if now < before else []


def test_no_floor_goes_down() -> None:
    assert _lowered(_before(), FLOORS) == []
    assert _lowered({"a": {"b": 0.5, "c": 1.0}}, {"a": {"b": 0.4}}) == ["/a/b", "/a/c"]


def test_regrouping_is_measured_as_a_replay_does_it() -> None:
    from pipeline.steps.replay import CHUNK as OF_REPLAY

    assert CHUNK == OF_REPLAY
