"""How much of real news pages is read rightly: a fixed third of the labelled pages, and floors that never go down."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.errors import ReadError
from pipeline.read.page import read_page
from schemas.article import Hint, Page
from tests.read.pages import NOW

FLOORS = Path(__file__).with_name("quality_floors.json")


@pytest.mark.shared
def test_real_pages_are_read_at_least_as_well_as_before(shared: Path, tmp_path: Path) -> None:
    folder = shared / "data" / "pages"
    with gzip.open(folder / "gold.jsonl.gz", "rt", encoding="utf-8") as lines:
        sample = [json.loads(line) for line in lines][::3]
    gold, said = tmp_path / "gold.jsonl", tmp_path / "said.jsonl"
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
    scores = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    floors = json.loads(FLOORS.read_text(encoding="utf-8"))
    below = {
        f"{name}.{measure}": (scores[name][measure], floor)
        for name, measures in floors["at least"].items()
        for measure, floor in measures.items()
        if scores[name][measure] < floor
    }
    assert not below, f"(measured, floor): {below}; all: {scores}"
    lines_of_sites = {name: scores[name]["boiler_lines"] for name in scores}
    assert all(lines_of_sites[name] <= most for name, most in floors["boiler_lines at most"].items()), lines_of_sites
