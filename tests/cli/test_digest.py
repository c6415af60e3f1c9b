"""The periods of digests that a person asks for."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import ARTICLES, Command


def test_a_day_given_to_a_digest_is_that_of_the_topic(tallywire: Command, tmp_path: Path) -> None:
    home = tmp_path / "home"
    topic = {"name": "floods", "zone": "Asia/Kathmandu", "feeds": [], "digest": {"at": ["07:00"]}}
    file, stream = tmp_path / "floods.yaml", tmp_path / "stream.jsonl"
    file.write_text(json.dumps(topic))
    stream.write_text("".join(json.dumps(article) + "\n" for article in ARTICLES))
    tallywire("replay", stream, "--topic", file, "--home", home, "--workers", 0)

    def period(*options: str) -> str:
        done = tallywire("digest", "preview", "floods", "--home", home, *options)
        return done.stdout.splitlines()[1] if done.returncode == 0 else done.stderr

    day = "Mon 2 Mar 00:00 – Tue 3 Mar 00:00 Asia/Kathmandu"
    assert period("--since", "2026-03-02", "--until", "2026-03-03") == day
    assert period("--since", "2026-03-01T18:15Z", "--until", "2026-03-02T18:15Z") == day
    assert period("--since", "2026-03-02T07:00", "--until", "2026-03-03") == day.replace("Mar 00:00 –", "Mar 07:00 –")
    assert "no such time" in period("--since", "0001-01-01")
