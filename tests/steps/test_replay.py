"""An archive judged as if it came in now: resumable, repeatable, without network."""

from __future__ import annotations

import gzip
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import ArchiveError
from pipeline.read.workers import WorkerPool
from pipeline.steps.intake.reading import read_job
from pipeline.steps.replay import ReplayReport, replay
from schemas.feed import Outcome
from tests.hostile import exported as everything
from tests.steps.conftest import House, Site
from tests.steps.test_rounds import FLOOD, topic_for

PLACES = ("Arn", "Bel", "Cor", "Dun", "Esk", "Fal", "Gar", "Hul", "Ith", "Jor")


def stream(count: int) -> Iterator[dict[str, Any]]:
    """Articles of many events, with copies and changing figures among them."""
    chance = random.Random(7)
    text = ""
    for number in range(count):
        place = PLACES[number % len(PLACES)]
        previous, text = (
            text,
            (
                f"Water stood in the streets of {place} after the flood of the river {place}a, the mayor said. "
                f"At least {40 + number} people were evacuated from {place}, according to the fire brigade. "
                f"Witness {chance.randint(1000, 9999)} told reporters how the {place} market was carried away. "
                + " ".join(chance.choices(("bridge", "school", "roof", "boat", "rain", "engineer", "night"), k=30))
            ),
        )
        if number % 7 == 6:
            text = previous
        yield {
            "id": f"n{number}",
            "url": f"https://outlet-{number % 5}.example/{number}",
            "title": f"Flood in {place}, report {number}",
            "text": text,
            "published": f"2026-03-{1 + number // 40:02}T{number % 24:02}:00:00Z",
            "source": f"Outlet {number % 5}",
            "language": "en",
        }


def write(path: Path, rows: Iterator[dict[str, Any]]) -> Path:
    with gzip.open(path, "wt", encoding="utf-8") as out:
        for row in rows:
            out.write(json.dumps(row) + "\n")
    return path


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "pipeline.cli", *map(str, arguments)]


def exported(home: Path) -> dict[str, list[str]]:
    return {
        what: subprocess.run(
            command("export", what, "--home", home), check=True, capture_output=True, text=True
        ).stdout.splitlines()
        for what in ("articles", "stories", "figures", "alerts", "entries")
    }


def played(house: House, *paths: Path, **options: Any) -> ReplayReport:
    with WorkerPool(read_job, workers=0) as pool:
        return replay(house.services, pool, paths, **options)


def test_every_row_of_the_file_is_a_row_of_the_export(tmp_path: Path) -> None:
    path = write(tmp_path / "stream.jsonl.gz", stream(90))
    done = subprocess.run(command("replay", path, "--home", tmp_path / "home", "--workers", 0), capture_output=True)
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in exported(tmp_path / "home")["articles"]]
    assert [row["id"] for row in rows] == [f"n{number}" for number in range(90)]
    assert all(row["story"] for row in rows)
    assert sum(row["copy_of"] is not None for row in rows) >= 12


def test_a_replay_killed_at_any_moment_and_taken_up_again_ends_as_one_that_was_not(tmp_path: Path) -> None:
    path = write(tmp_path / "stream.jsonl.gz", stream(60))
    calm = command("replay", path, "--home", tmp_path / "calm", "--workers", 0)
    began = time.monotonic()
    subprocess.run(calm, check=True, capture_output=True)
    length = time.monotonic() - began
    chance = random.Random(11)
    for _ in range(3):
        killed = subprocess.Popen(
            command("replay", path, "--home", tmp_path / "killed", "--workers", 0),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(chance.uniform(0.3, 0.9) * length)
        killed.send_signal(signal.SIGKILL)
        killed.wait()
    subprocess.run(
        command("replay", path, "--home", tmp_path / "killed", "--workers", 0), check=True, capture_output=True
    )
    assert exported(tmp_path / "killed") == exported(tmp_path / "calm")


def test_a_replay_gives_the_same_in_every_process_however_it_orders_its_sets(tmp_path: Path) -> None:
    path = write(tmp_path / "stream.jsonl.gz", stream(25))
    homes = {seed: tmp_path / f"home-{seed}" for seed in ("0", "5")}
    runs = [
        subprocess.Popen(
            command("replay", path, "--home", home, "--workers", 0),
            env=os.environ | {"PYTHONHASHSEED": seed},
            stdout=subprocess.DEVNULL,
        )
        for seed, home in homes.items()
    ]
    assert [run.wait() for run in runs] == [0, 0]
    told = [everything(home, without=("created", "due", "first_seen", "ended", "ingested")) for home in homes.values()]
    assert told[0]["stories"]
    assert told[0] == told[1]


def test_a_file_replayed_again_adds_nothing(house: House, tmp_path: Path) -> None:
    path = write(tmp_path / "stream.jsonl.gz", stream(20))
    assert played(house, path).judged.judged == 20
    again = played(house, path)
    assert (again.items, again.known, again.judged.judged) == (20, 20, 0)


def test_a_broken_line_is_named_and_the_rest_goes_on(house: House, tmp_path: Path) -> None:
    path = tmp_path / "stream.jsonl"
    rows = [json.dumps(row) for row in stream(3)]
    path.write_text("\n".join([rows[0], "{broken", rows[1], '"no object"', rows[2]]))
    report = played(house, path)
    assert report.items == 3
    assert [broken.split(": ")[0] for broken in report.broken] == [f"{path}:2", f"{path}:4"]


@pytest.mark.parametrize("name", ["missing.jsonl", "letter.txt"])
def test_what_can_not_be_replayed_is_told_in_words(house: House, tmp_path: Path, name: str) -> None:
    if name == "letter.txt":
        (tmp_path / name).write_text("Dear editor")
    with pytest.raises(ArchiveError) as caught:
        played(house, tmp_path / name)
    assert name in str(caught.value)


def test_the_archive_of_a_run_gives_the_same_articles_again(house: House, site: Site, tmp_path: Path) -> None:
    site.publish("flood", "Hospital evacuated as Malva floods Tarn", *FLOOD)
    site.publish("cup", "Tarn win the cup", "Tarn won the cup on Sunday, and the town sang until morning. " * 5)
    house.enrol(topic_for(site))
    house.round()
    with house.services.record.read() as tx:
        first = {article.id: (article.reading.text, article.outcome) for article in tx.articles.iterate()}
    site.server.clear()
    archives = house.services.archive.files()
    home = tmp_path / "again"
    topic = tmp_path / "topic.yaml"
    topic.write_text("name: floods\nmatch: {any: ['flood*']}\n")
    done = subprocess.run(
        command("replay", *archives, "--topic", topic, "--home", home, "--workers", 0), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in exported(home)["articles"]]
    assert {row["id"]: (row["text"], row["outcome"]) for row in rows} == first
    assert {Outcome.INDEXED, Outcome.OFF_TOPIC} == {outcome for _, outcome in first.values()}
