"""A process that is killed at any instant loses nothing that it committed, and leaves nothing half done."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.record import Record
from schemas.feed import Outcome
from tests.record.examples import MINUTE, NOW

# Forks a writer for each address it is given: importing takes longer than all the rest.
WRITERS = """
import os
import sys
import psycopg
from pipeline.record import Record
from schemas.feed import Outcome
from tests.record.examples import *


def write(url):
    with Record(url) as record, record.judging(wait=30):
        with record.read() as tx:
            number = tx.totals()["articles"]
        while True:
            number += 1
            name = f"n{number}"
            with record.begin() as tx:
                tx.entries.add([entry(name), entry(f"waits{number}")])
                tx.articles.put(article(name, "kids", text=name * 500))
                tx.figures.put(figure(f"f{number}", name))
                tx.alerts.add(alert(name))
                tx.entries.end(name, Outcome.INDEXED, "on topic", NOW, article=name)
                tx.notes.set("done", str(number))
            say(f"done {number}")


def say(words):
    os.write(1, f"{words}\\n".encode())


for line in sys.stdin:
    writer = os.fork()
    if not writer:
        write(line.strip())
    say(f"writer {writer}")
    os.waitpid(writer, 0)
    say("dead")
"""
KILLS = 10


@pytest.fixture(scope="module")
def writers() -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-c", WRITERS],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
        text=True,
        start_new_session=True,
    ) as process:
        yield process
        # A test that failed may have left a writer at work.
        os.killpg(process.pid, signal.SIGKILL)


def test_a_killed_process_loses_nothing_it_committed(record_url: str, writers: subprocess.Popen[str]) -> None:
    chance = random.Random(KILLS)
    for _ in range(KILLS):
        done = write_and_kill(writers, record_url, chance.uniform(0, 0.05))
        check(record_url, at_least=done)


def write_and_kill(writers: subprocess.Popen[str], url: str, after: float) -> int:
    """Kill a writer ``after`` some seconds from its first commit; the last that it said it had committed."""
    assert writers.stdin is not None
    assert writers.stdout is not None
    writers.stdin.write(f"{url}\n")
    writers.stdin.flush()
    writer = done = 0
    while not (writer and done):
        word, number = writers.stdout.readline().split()
        if word == "writer":
            writer = int(number)
        else:
            done = int(number)
    time.sleep(after)
    os.kill(writer, signal.SIGKILL)
    while (line := writers.stdout.readline()) != "dead\n":
        done = int(line.split()[1])
    return done


def check(record_url: str, at_least: int) -> None:
    with Record(record_url) as record:
        # The dead judge's lock died with it.
        with record.judging(wait=30), record.read() as tx:
            done = int(tx.notes.get("done") or 0)
            totals = tx.totals()
            counts = tx.entries.counts()
            articles = list(tx.articles.iterate())
            versions = [
                *(version for version, _ in tx.articles.changed_since(0, 10**6)),
                *(version for version, _ in tx.figures.changed_since(0, 10**6)),
                *(version for version, _ in tx.alerts.changed_since(0, 10**6)),
            ]
            figures = [figure.id for figure, _ in tx.figures.iterate()]
        assert done >= at_least > 0
        assert (totals["articles"], totals["alerts"], totals["figures"]) == (done, done, done)
        assert (counts["indexed"], counts["waiting"], totals["entries"]) == (done, done, 2 * done)
        assert [(one.seq, one.reading.text) for one in articles] == [
            (number, f"n{number}" * 500) for number in range(1, done + 1)
        ]
        assert figures == [f"f{number}" for number in range(1, done + 1)]
        assert sorted(versions) == list(range(1, 3 * done + 1))
        with record.begin() as tx:
            # And the record is still there to be written.
            (one,) = tx.entries.claim(NOW, 1, MINUTE, "next")
            assert tx.entries.release("next") == 1
            assert tx.entries.get(one.id) == one.model_copy(update={"attempts": 0})
            assert [each.outcome for each in tx.entries.find(Outcome.INDEXED, limit=1)] == [Outcome.INDEXED]
