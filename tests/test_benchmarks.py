"""Benchmarks are run by hand, so what they name must be held to what is there."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks.replay import STEPS
from benchmarks.search import asked


@pytest.mark.parametrize(("step", "owner", "names"), STEPS)
def test_every_step_that_the_replay_is_timed_by_is_there(step: str, owner: Any, names: tuple[str, ...]) -> None:
    assert [name for name in names if not callable(getattr(owner, name, None))] == [], step


def test_labelled_queries_have_relevant_articles_found_in_two_ways_and_two_halves() -> None:
    queries = asked()
    assert all(one.query and one.relevant for one in queries)
    assert {(one.way, one.half) for one in queries} == {
        (way, half) for way in ("stories", "desk") for half in ("tuned", "other")
    }
