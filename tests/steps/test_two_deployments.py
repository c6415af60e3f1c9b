"""Two deployments on one record, each with a home of its own: all is done once, and told once."""

from __future__ import annotations

import subprocess
from collections import Counter
from email import message_from_bytes
from pathlib import Path

import pytest

from pipeline.record import Record
from schemas.alert import AlertState
from schemas.message import MessageState
from tests.collect.web import Web
from tests.hostile import FLOOD, command, environment, feed, html_answer, page, serving, topic_file
from tests.postgres import postgres_server, postgres_url

__all__ = ["postgres_server", "postgres_url"]

PLACES = ("Tarn", "Arn", "Bel", "Cor", "Dun", "Eyn")


def told(place: str, number: int) -> bytes:
    """A report on a flood in ``place``."""
    words = [
        FLOOD[0].replace("Tarn", place),
        f"At least {40 + number} people were evacuated from a hospital in {place}, the brigade said.",
        f"In {place} the market stays closed after the flood, an engineer said.",
    ]
    return html_answer(page(f"Flood in {place}", *words))


PAGES = {f"/{place}": told(place, number) for number, place in enumerate(PLACES)}


def started(home: Path, topic: Path, web: Web, url: str) -> subprocess.Popen[str]:
    words = command("run", topic, "--home", home, "--workers", 0, "--every-feed")
    return subprocess.Popen(
        words, env=environment(web, database_url=url), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


@pytest.mark.postgres
def test_what_two_deployments_of_one_record_do_is_done_and_told_once(tmp_path: Path, postgres_url: str) -> None:
    homes = [tmp_path / "one", tmp_path / "other"]
    with serving(PAGES | {"/feed": feed(PAGES)}) as web:
        topic = topic_file(tmp_path, web.url("/feed"))
        for _ in range(2):
            runs = [started(home, topic, web, postgres_url) for home in homes]
            for run in runs:
                _, said = run.communicate(timeout=300)
                # Who has to wait too long for the other says so, and leaves the work to it.
                assert run.returncode in (0, 1), said
                assert "Traceback" not in said
        words = [command("index", "setup", "--home", home) for home in homes]
        words += [command("index", "status", "--home", home) for home in homes]
        for one in words:
            done = subprocess.run(one, env=environment(web, database_url=postgres_url), capture_output=True, text=True)
            assert done.returncode == 0, done.stdout + done.stderr
    with Record(postgres_url) as record, record.read() as tx:
        entries, alerts, messages = list(tx.entries.find()), tx.alerts.find(), tx.messages.find()
    assert len(entries) == len(PAGES)
    assert {entry.outcome for entry in entries} <= {"indexed", "copy"}
    assert {entry.attempts for entry in entries} == {1}
    assert {alert.state for alert in alerts} == {AlertState.SENT}
    assert {message.state for message in messages} == {MessageState.SENT}
    mails = [path for home in homes for path in (home / "mail").glob("*.eml")]
    sent = Counter(message_from_bytes(path.read_bytes())["Message-ID"] for path in mails)
    assert sent == Counter(message.message_id for message in messages)
