"""What a desk is mailed of streams of real news."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from tests.cli.conftest import Command

MOST_BEGINNINGS = 0.1
"""Mails on new developments an article: an affair in many stories is new once."""
MOST_THREADS = {"haiti": 4, "finan": 60}
"""Threads that sixty articles make: on the earthquake they are one affair, on the financial crisis of 2008 many."""


@pytest.mark.shared
@pytest.mark.parametrize("stream", MOST_THREADS)
def test_what_goes_on_with_a_development_is_not_mailed_as_a_new_one(
    tallywire: Command, shared: Path, tmp_path: Path, stream: str
) -> None:
    desk, home = shared / "data/desk", tmp_path / "home"
    tallywire("replay", desk / f"{stream}.jsonl.gz", "--topic", desk / f"{stream}.yaml", "--home", home)
    stories = [json.loads(line) for line in tallywire("export", "stories", "--home", home).stdout.splitlines()]
    alerts = [json.loads(line) for line in tallywire("export", "alerts", "--home", home).stdout.splitlines()]
    assert len({story["thread"] for story in stories}) <= MOST_THREADS[stream]
    mailed = Counter(alert["kind"] for alert in alerts if alert["state"] != "digest")
    assert 0 < mailed["new_story"] <= MOST_BEGINNINGS * 60
    assert mailed["new_figure"] > 0
