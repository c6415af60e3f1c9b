"""The tutorial, command by command as it is printed, with a feed on this machine in the place of the one it names."""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.cli import cli
from tests.collect.web import Web
from tests.docs.pages import DOCS, blocks
from tests.hostile import environment, feed, html_answer, page, serving

FEED = "https://feeds.bbci.co.uk/news/world/rss.xml"
FIRST = (
    "At least 340 people left their homes in Lindau on Monday after a flood, the mayor said.",
    "Two bridges are closed. The fire brigade expects the water to fall from Tuesday on.",
    "Schools stay shut, and the railway line to the south is cut for a week.",
)
LATER = (
    "The number of people who left their homes in Lindau because of the flood has risen to 520, the mayor said.",
    "The water has not fallen yet. A dam above the town holds, according to the fire brigade.",
)
OTHER = (
    "The council voted on Monday for a new theatre, which is to cost 12 million euros.",
    "It opens in three years.",
)


@pytest.fixture
def web(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    """A feed on floods, and an empty folder in which commands run as they would for a newcomer."""
    for name in [name for name in os.environ if name.startswith("TALLYWIRE_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    hours = datetime.now(UTC) - timedelta(hours=3)
    pages = {"/1": html_answer(page("Flood drives 340 from their homes in Lindau", *FIRST, published=hours))}
    pages["/2"] = html_answer(page("Council votes on a new theatre", *OTHER, published=hours))
    with serving({"/rss.xml": feed(["/1", "/2"]), **pages}) as served:
        for name, value in environment(served, workers=0).items():
            monkeypatch.setenv(name, value)
        yield served


def test_the_tutorial_leads_to_an_alert(web: Web) -> None:
    lines = [
        line.removeprefix("$ ")
        for block in blocks(DOCS / "tutorial.md")
        if block.language == "console" and "tutorial" in block.marks
        for line in block.text.splitlines()
    ]
    said = {line: ran(line, web) for line in lines}
    assert len(said) > 12
    assert "mail: [floods] At least 340 people left their homes" in said["tallywire run floods.yaml"]
    assert len(list(Path("tallywire/mail").glob("*.eml"))) == 1
    assert "entries: 1 indexed" in said["tallywire run --every-feed"]
    assert "waits until" in said["tallywire alerts list"]
    assert "off_topic" in said["tallywire export entries --format csv"]


def ran(line: str, web: Web) -> str:
    """What a command of the tutorial prints; between its two rounds a report comes in."""
    if line == "tallywire run --every-feed":
        web.pages["/3"] = html_answer(page("Flood in Lindau: 520 out of their homes", *LATER))
        web.pages["/rss.xml"] = feed(["/3", "/1", "/2"])
    words = shlex.split(line.replace(FEED, web.url("/rss.xml")))
    if "ALERT" in words:
        listed = CliRunner().invoke(cli, ["alerts", "list", "--json"]).stdout
        words[words.index("ALERT")] = json.loads(listed.splitlines()[0])["id"]
    done = CliRunner().invoke(cli, words[1:])
    assert done.exit_code == 0, f"{line}\n{done.output}{done.exception!r}"
    return done.output
