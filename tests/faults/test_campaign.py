"""A short campaign of faults, and that its checks would notice what they are for."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest

from tests.faults.check import check
from tests.faults.newsroom import newsroom
from tests.faults.play import Stage, Trial, staged
from tests.faults.rounds import settings_of

TRIALS = 4
"""Whose faults are, among them, kills, a full disk, an index that is deleted, bad servers and two rounds at once."""


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with staged() as stage:
        yield stage


@pytest.mark.parametrize("seed", range(1, TRIALS + 1))
def test_what_must_hold_holds_whatever_fails(stage: Stage, seed: int) -> None:
    with newsroom() as room:
        trial = Trial(seed, stage, room)
        assert trial.play() == [], f"`python -m tests.faults --seed {seed}` did:\n" + "\n".join(trial.done)


def test_what_does_not_hold_is_noticed(stage: Stage) -> None:
    with newsroom() as room:
        trial = Trial(0, stage, room)
        room.publish(0, trial.now)
        assert stage.wait(stage.begin(trial.a_round())) == 0
        settings = settings_of(trial.home, f"127.0.0.1:{room.web.port}")

        def wrong() -> str:
            found = check(settings, room, trial.topic, trial.deep(), again=False, refused=False, jumped=False)
            return "\n".join(found)

        # In Tokyo it is afternoon: who is not to be woken there waits.
        assert "is waiting" in wrong()
        trial.until_quiet()
        assert wrong() == ""
        room.post.taken.append(room.post.taken[0])
        assert "2 times" in wrong()
        room.post.taken[-1] = replace(room.post.taken[0], words="something else")
        assert "in two wordings" in wrong()
        room.post.taken = room.post.taken[2:-1]
        assert "never got" in wrong()
        with closing(sqlite3.connect(settings.home / "tallywire.db")) as connection, connection:
            connection.execute("UPDATE entries SET lease_owner = 'me', status = 'waiting' WHERE seq = 1")
            connection.execute("DELETE FROM stories")
        assert "has no outcome" in wrong()
        assert "1 entries are leased" in wrong()
        assert "which is not in the record" in wrong()
