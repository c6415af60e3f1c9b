"""What a replay writes down of stories: every join and every later move, and why."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from benchmarks.sample_group import SAMPLE
from pipeline.cli import cli


def _tallywire(*arguments: object) -> Sequence[dict[str, Any]]:
    done = CliRunner().invoke(cli, [str(one) for one in arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_the_history_of_joins_and_moves_leads_to_where_each_article_is(tmp_path: Path) -> None:
    stream = tmp_path / "sample.jsonl"
    stream.write_text("".join(SAMPLE.read_text("utf-8").splitlines(keepends=True)[:80]), "utf-8")
    for way in ((), ("--no-regroup",)):
        home = tmp_path / f"home{len(way)}"
        _tallywire("replay", stream, "--home", home, "--workers", 0, "--json", *way)
        place: dict[str, str] = {}
        for move in _tallywire("export", "moves", "--home", home):
            assert move["from"] == place.get(move["article"])
            assert (move["kind"] == "join") is (move["from"] is None)
            assert move["reason"]
            assert not way or move["kind"] == "join"
            place[move["article"]] = move["to"]
        articles = _tallywire("export", "articles", "--home", home)
        assert len(articles) == 80
        assert place == {article["id"]: article["story"] for article in articles}
