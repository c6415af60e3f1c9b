"""Two real reports of one announcement, told by two outlets that share hardly a phrase."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.read.workers import WorkerPool
from pipeline.steps.intake.reading import read_job
from pipeline.steps.replay import replay
from schemas.figure import VerdictKind
from tests.steps.conftest import House

pytestmark = pytest.mark.shared


@pytest.fixture
def seeds(shared: Path, tmp_path: Path) -> Path:
    path = tmp_path / "seeds.jsonl"
    with path.open("w") as out:
        for number, file in enumerate(sorted((shared / "data" / "seeds").glob("*.txt"))):
            text = file.read_text(encoding="utf-8")
            title, _, rest = text.partition("\n")
            row = {
                "id": f"seed-{number}",
                "url": f"https://outlet-{number}.example/report",
                "title": title if number == 0 else "",
                "text": rest.strip() if number == 0 else text,
                "published": f"2025-10-10T{16 + number}:00:00Z",
                "source": f"Outlet {number}",
                "language": "en",
            }
            out.write(json.dumps(row) + "\n")
    return path


def test_they_are_one_story_and_no_copies_and_share_their_figures(house: House, seeds: Path) -> None:
    with WorkerPool(read_job, workers=0) as pool:
        replay(house.services, pool, [seeds])
    with house.services.record.read() as tx:
        first, second = list(tx.articles.iterate())
        verdicts = {
            (figure.article, figure.figure.value): verdict
            for figure, verdict in tx.figures.iterate()
            if verdict is not None
        }
        (story,) = tx.stories.find()
    assert first.story == second.story == story.id
    assert first.copy_link is None
    assert second.copy_link is None
    for value in (8.0, 3.0):
        assert verdicts["seed-0", value].series == verdicts["seed-1", value].series
        assert verdicts["seed-1", value].kind is VerdictKind.REPEATED
    assert verdicts["seed-0", 19500.0].series != verdicts["seed-0", 1605.0].series
