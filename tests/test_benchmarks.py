"""Benchmarks are run by hand, so what they name must be held to what is there."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.replay import STEPS


@pytest.mark.parametrize(("step", "owner", "names"), STEPS)
def test_every_step_that_the_replay_is_timed_by_is_there(step: str, owner: Any, names: tuple[str, ...]) -> None:
    assert [name for name in names if not callable(getattr(owner, name, None))] == [], step
