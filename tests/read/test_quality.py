"""How much of real pages is read rightly: a fixed third of the labelled pages, and floors that never go down."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from pipeline.errors import ReadError
from pipeline.read.page import read_page
from schemas.article import Hint, Page
from tests.read.pages import NOW

FLOORS = Path(__file__).with_name("quality_floors.json")


def third_of(name: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Every third page, or of the pages of many outlets those of a third of the outlets: those that may be tuned on."""
    if name == "pages":
        return rows[::3]
    return [row for row in rows if zlib.crc32((urlsplit(row["url"]).hostname or row["id"]).encode()) % 3 == 0]


def scores_of(folder: Path, scratch: Path) -> dict[str, dict[str, float]]:
    with gzip.open(folder / "gold.jsonl.gz", "rt", encoding="utf-8") as lines:
        sample = third_of(folder.name, [json.loads(line) for line in lines])
    gold, said = scratch / "gold.jsonl", scratch / "said.jsonl"
    gold.write_text("\n".join(json.dumps(row) for row in sample), encoding="utf-8")
    with said.open("w", encoding="utf-8") as out:
        for row in sample:
            body = gzip.decompress((folder / f"{row['id']}.html.gz").read_bytes())
            page = Page(url=row["url"], final_url=row["url"], status=200, body=body, fetched_at=NOW)
            try:
                reading = read_page(page, Hint(), now=NOW.replace(year=2027))
            except ReadError:
                continue
            fields = reading.model_dump(mode="json", include={"text", "title", "authors", "published"})
            out.write(json.dumps({"id": row["id"], **fields}) + "\n")
    command = [sys.executable, str(folder / "score.py"), str(gold), str(said)]
    scores: dict[str, dict[str, float]] = json.loads(
        subprocess.run(command, check=True, capture_output=True, text=True).stdout
    )
    return scores


@pytest.mark.shared
@pytest.mark.parametrize("name", ["pages", "pages2"])
def test_real_pages_are_read_at_least_as_well_as_before(name: str, shared: Path, tmp_path: Path) -> None:
    scores = scores_of(shared / "data" / name, tmp_path)
    floors = json.loads(FLOORS.read_text(encoding="utf-8"))[name]
    below = {
        f"{part}.{measure}": (scores[part][measure], floor)
        for part, measures in floors["at least"].items()
        for measure, floor in measures.items()
        if scores[part][measure] < floor
    }
    assert not below, f"(measured, floor): {below}; all: {scores}"
    lines_of_sites = {part: scores[part]["boiler_lines"] for part in floors.get("boiler_lines at most", {})}
    assert all(lines_of_sites[part] <= most for part, most in floors.get("boiler_lines at most", {}).items()), scores
