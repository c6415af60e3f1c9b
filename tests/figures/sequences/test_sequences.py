"""The labelled sequences: built from their source, and true to the label rules."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest

from tests.figures.sequences import build


def _write(folder: Path, *bodies: str) -> Path:
    path = folder / "one.txt"
    items = "".join(f"-- 2026-05-0{n}T06:00Z Meridian Press\n{body}\n" for n, body in enumerate(bodies, 1))
    path.write_text(f"== one | Vessa floods\ndead: people / killed / Vessa floods\n{items}", encoding="utf-8")
    return path


@pytest.mark.parametrize(("name", "n"), [("dev", 0), ("check", 1)])
def test_the_built_files_are_up_to_date(name: str, n: int) -> None:
    built = (build.HERE / f"{name}.jsonl").read_text(encoding="utf-8")
    assert built == build.lines(build.halves()[n]), "run python -m tests.figures.sequences.build"


def test_spans_surfaces_and_texts_agree() -> None:
    for half in build.halves():
        for sequence in half:
            for item in sequence["items"]:
                labels = item["figures"] + item["not_figures"]
                assert all(item["text"][slice(*label["span"])] == label["surface"] for label in labels)
                ends = sorted(tuple(label["span"]) for label in labels)
                assert all(one[1] <= other[0] for one, other in itertools.pairwise(ends)), item["text"]


def test_the_halves_share_nothing_and_cover_the_same_domains() -> None:
    dev, check = build.halves()
    assert not {s["id"] for s in dev} & {s["id"] for s in check}
    assert {s["domain"] for s in dev} == {s["domain"] for s in check}
    assert abs(len(dev) - len(check)) <= 1


def test_a_mark_becomes_a_label_with_its_exact_span(tmp_path: Path) -> None:
    path = _write(
        tmp_path,
        "At least [[41|dead new at_least by governor]] died on May ((3|date)).",
        "[[58|dead changed from 41]] died.",
    )
    (sequence,) = build.sequences(path)
    first, second = sequence["items"]
    assert first["text"] == "At least 41 died on May 3."
    assert first["not_figures"] == [{"span": [24, 25], "surface": "3", "why": "date"}]
    assert json.loads(json.dumps(first["figures"])) == [
        {
            "key": "dead",
            "span": [9, 11],
            "surface": "41",
            "value": 41,
            "modifier": "at_least",
            "counted": "people",
            "action": "killed",
            "scope": "Vessa floods",
            "verdict": "new",
            "attribution": "governor",
        }
    ]
    assert second["figures"][0]["from"] == 41


@pytest.mark.parametrize(
    ("bodies", "complaint"),
    [
        (["Some 41 died, [[2|dead new]] of them at sea."], "'41' carries no label"),
        (["Forty died, [[2|dead new]] of them at sea."], "'Forty' carries no label"),
        (["[[Two|dead repeated]] died."], "first mention of a key is new"),
        (["[[Two|dead new]] died.", "[[Three|dead new]] died."], "first mention of a key is new"),
        (["[[Two|dead new]] died.", "[[Three|dead repeated]] died."], "again"),
        (["[[Two|dead new]] died.", "[[Four|dead changed from 3]] died."], "is not the state"),
        (["[[40|dead new]] died.", "Over [[38|dead changed from 40 more_than]] died."], "only says 40 again"),
        (["[[Two|dead new]] died.", "[[Four|dead contradiction of 2]] died."], "needs an attribution"),
        (["[[2|dead new by police]] died.", "[[4|dead contradiction of 2 by police]] died."], "contradicts themselves"),
        (["[[2|dead new at_least]] died.", "[[4|dead contradiction of 2 by police]] died."], "is compatible with"),
        (["[[A score|dead new]] died."], "state the value"),
        (["[[Two|lost new]] died."], "not declared"),
        (["((Two|because)) died."], "unknown reason"),
    ],
)
def test_labels_that_break_a_rule_are_refused(tmp_path: Path, bodies: list[str], complaint: str) -> None:
    with pytest.raises(build.LabelError, match=complaint):
        build.sequences(_write(tmp_path, *bodies))


def test_a_rounding_or_a_weaker_bound_says_the_same_again(tmp_path: Path) -> None:
    bodies = [
        "[[1,605|dead new]] died.",
        "More than [[1,600|dead repeated more_than]] died.",
        "Nearly [[1,650|dead repeated nearly]] died.",
        "About [[1,600|dead repeated about]] had died by Monday.",
    ]
    (sequence,) = build.sequences(_write(tmp_path, *bodies))
    assert [item["figures"][0]["verdict"] for item in sequence["items"]].count("repeated") == 3
