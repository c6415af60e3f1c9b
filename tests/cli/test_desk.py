"""What a desk is mailed of a stream of real news."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from tests.cli.conftest import Command

MOST_NEW_STORIES = 0.1
"""Mails on new stories an article: one development in many stories is new once."""


@pytest.mark.shared
def test_what_continues_a_story_is_not_mailed_as_a_new_one(tallywire: Command, shared: Path, tmp_path: Path) -> None:
    desk, home = shared / "data/desk", tmp_path / "home"
    tallywire("replay", desk / "haiti.jsonl.gz", "--topic", desk / "haiti.yaml", "--home", home)
    stories = [json.loads(line) for line in tallywire("export", "stories", "--home", home).stdout.splitlines()]
    alerts = [json.loads(line) for line in tallywire("export", "alerts", "--home", home).stdout.splitlines()]
    kinds = Counter(alert["kind"] for alert in alerts)
    begun = {story["id"] for story in stories if story["previous"] is None}
    assert {alert["story"] for alert in alerts if alert["kind"] == "new_story"} <= begun
    assert 0 < kinds["new_story"] <= MOST_NEW_STORIES * 60
    assert kinds["new_figure"] > 0
