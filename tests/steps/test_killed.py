"""Runs that are killed at any moment, with all their processes: the next run finishes the work, once."""

from __future__ import annotations

import email
import json
import os
import random
import signal
import subprocess
import time
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.collect.web import Web
from tests.hostile import (
    FLOOD,
    command,
    dripping,
    environment,
    exported,
    feed,
    html_answer,
    leased,
    page,
    serving,
    topic_file,
)

TIMES = ("at", "first_seen", "last_seen", "ended", "created", "due", "sent", "published", "revised", "message_id")
"""What differs between two runs; the Message-ID of a mail holds its day."""
NOT_SENT = ("seq", "state", "attempts")
"""What a replay, which sends nothing, has otherwise than the run, and the numbers that killed runs have given away."""
KILLS = (1, 1)
"""How often a run is killed after each edition."""
PLACES = ("Tarn", "Arn", "Bel", "Cor", "Dun", "Esk", "Fal", "Gar")


def edition(number: int, published: datetime) -> dict[str, bytes]:
    """The pages of one edition: reports of several floods with figures that change, and a copy.

    They name their time: without, a run after midnight would read them as the next day's.
    """
    pages = {}
    for at, place in enumerate(PLACES):
        told = (
            FLOOD[0].replace("Tarn", place),
            f"At least {40 + 10 * number + at} people were evacuated from the hospital of {place}, the brigade said.",
            f"In {place} the {('market', 'school', 'bridge')[at % 3]} stays closed after the flood, an engineer said.",
        )
        pages[f"/{number}/{place}"] = html_answer(
            page(f"Flood in {place}, report {number}", *told, published=published)
        )
    pages[f"/{number}/copy"] = pages[f"/{number}/Tarn"]
    return pages


def started(web: Web, folder: Path, home: str) -> subprocess.Popen[str]:
    words = command("run", folder / "floods.yaml", "--home", folder / home, "--every-feed", "--workers", 1)
    return subprocess.Popen(
        words,
        env=environment(web),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def finished(process: subprocess.Popen[str]) -> None:
    out, err = process.communicate(timeout=300)
    assert (process.returncode, err) == (0, ""), out + err


def killed(process: subprocess.Popen[str], seconds: float) -> None:
    """Kill the whole group of ``process`` after ``seconds``, if it is still there."""
    time.sleep(seconds)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def asking(process: subprocess.Popen[str], web: Web, path: str) -> subprocess.Popen[str]:
    """``process`` from the moment on when it asks ``web`` for ``path``."""
    before = web.paths.count(path)
    while web.paths.count(path) == before:
        assert process.poll() is None
        time.sleep(0.005)
    return process


def replaying(folder: Path, files: list[Path]) -> subprocess.Popen[str]:
    words = command("replay", *files, "--topic", folder / "floods.yaml", "--home", folder / "again", "--workers", 1)
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)


def comparable(home: Path, *without: str) -> dict[str, list[dict[str, Any]]]:
    rows = exported(home, without=(*TIMES, *without))
    return {what: sorted(some, key=lambda row: json.dumps(row, sort_keys=True)) for what, some in rows.items()}


def test_what_a_killed_run_had_claimed_is_read_by_the_very_next_one(tmp_path: Path) -> None:
    with serving({"/slow": dripping, "/feed": feed(["/slow"])}) as web:
        topic_file(tmp_path, web.url("/feed"))
        killed(asking(started(web, tmp_path, "home"), web, "/slow"), 0.0)
        assert leased(tmp_path / "home") == 1
        web.pages["/slow"] = html_answer(page("Flood in Tarn"))
        finished(started(web, tmp_path, "home"))
    (entry,) = exported(tmp_path / "home")["entries"]
    assert (entry["outcome"], entry["attempts"]) == ("indexed", 1)


def test_runs_killed_at_any_moment_lose_nothing_and_tell_nothing_twice(tmp_path: Path) -> None:
    chance = random.Random(5)
    today = datetime.now(UTC).replace(microsecond=0)
    with serving({}) as web:
        topic_file(tmp_path, web.url("/feed"))
        links: list[str] = []
        for number, kills in enumerate(KILLS):
            pages = edition(number, today)
            links += pages
            web.pages |= pages | {"/feed": feed(links)}
            calm = asking(started(web, tmp_path, "calm"), web, "/feed")
            began = time.monotonic()
            finished(calm)
            length = time.monotonic() - began
            for _ in range(kills):
                killed(asking(started(web, tmp_path, "killed"), web, "/feed"), chance.uniform(0, length))
            finished(started(web, tmp_path, "killed"))
    assert leased(tmp_path / "killed") == 0
    assert comparable(tmp_path / "killed") == comparable(tmp_path / "calm")
    rows = exported(tmp_path / "killed")
    assert all(entry["outcome"] for entry in rows["entries"])
    assert Counter(article["id"] for article in rows["articles"]).most_common(1)[0][1] == 1
    assert len(rows["articles"]) == len(links)
    mails = [email.message_from_bytes(path.read_bytes()) for path in (tmp_path / "killed" / "mail").glob("*.eml")]
    identities = Counter(str(mail["Message-ID"]) for mail in mails)
    assert set(identities.values()) == {1}
    sent = {row["message_id"] for row in rows["alerts"] if row["state"] == "sent"}
    assert sent
    assert sent == set(identities)
    files = sorted((tmp_path / "killed" / "archive").glob("*/*.warc.gz"))
    finished(replaying(tmp_path, files))
    assert comparable(tmp_path / "again", *NOT_SENT) == comparable(tmp_path / "killed", *NOT_SENT)
