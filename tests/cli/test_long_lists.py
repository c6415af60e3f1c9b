"""Lists that may be long: the first of them by default, how many more there are, and all on request."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.cli import cli
from pipeline.settings import load_settings
from pipeline.steps.services import open_services
from schemas.alert import Alert, AlertKind, Digest
from schemas.figure import Claim, Modifier, Scope, Series, VerdictKind
from schemas.story import Story
from schemas.topic import Topic

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def claim(number: int) -> Claim:
    return Claim(
        figure=f"figure-{number}",
        article="article-1",
        outlet="Wire",
        attribution=None,
        published=NOW,
        as_of=NOW.date(),
        low=number,
        high=number,
        value=number,
        modifier=Modifier.EXACT,
        kind=VerdictKind.NEW,
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Seven of each noun, an hour apart; a series for each number of claims."""
    folder = tmp_path_factory.mktemp("long")
    services = open_services(load_settings(_env_file=None, home=folder))
    with services.record.begin() as tx:
        tx.topics.put(Topic(name="kids"))
        for number in range(1, 8):
            at = NOW + number * timedelta(hours=1)
            given = {"topic": "kids", "kind": AlertKind.NEW_STORY, "due": NOW}
            tx.alerts.put(Alert.model_validate({"id": f"alert-{number}", "created": at} | given))
            tx.digests.put(
                Digest(
                    id=f"digest-{number}",
                    topic="kids",
                    start=NOW,
                    end=at,
                    due=at,
                    message_id=f"<{number}@t>",
                    data=None,
                )
            )
            name = f"story-{number}"
            tx.stories.put(
                Story(id=name, topics=("kids",), headline=name, first_seen=at, last_seen=at, articles=("article-1",))
            )
            tx.figures.put_series(
                Series(
                    id=f"series-{number}",
                    topic="kids",
                    label="children",
                    counted="children",
                    action="returned",
                    unit=None,
                    scope=Scope(),
                    opened=at,
                    claims=tuple(map(claim, range(number))),
                    pinned=number == 2,
                )
            )
    services.close()
    return folder


LISTS = {
    "alerts": [f"alert-{number}" for number in (6, 7)],
    "digest": [f"digest-{number}" for number in (6, 7)],
    "figures": ["series-2", "series-7"],
    "stories": ["story-7", "story-6"],
    "threads": ["story-7", "story-6"],
}


@pytest.mark.parametrize("noun", LISTS)
def test_a_long_list_says_how_many_more_there_are(noun: str, home: Path) -> None:
    asked = ["list", "--limit", "2", "--home", str(home)]
    done = CliRunner().invoke(cli, [noun, *asked, "--json"])
    assert [json.loads(line)["id"] for line in done.stdout.splitlines()] == LISTS[noun]
    assert "5 more: raise --limit, or list them with --all" in done.stderr
    # Of series those that were stated once are told apart.
    more = "4 more" if noun == "figures" else "5 more"
    assert more in CliRunner().invoke(cli, [noun, *asked]).stdout


@pytest.mark.parametrize("noun", LISTS)
def test_all_of_it_is_there_for_whoever_asks(noun: str, home: Path) -> None:
    done = CliRunner().invoke(cli, [noun, "list", "--limit", "2", "--all", "--json", "--home", str(home)])
    assert (len(done.stdout.splitlines()), done.stderr) == (7, "")


@pytest.mark.parametrize("noun", ["alerts", "stories", "threads"])
def test_what_is_too_late_counts_among_no_more(noun: str, home: Path) -> None:
    until = (NOW + timedelta(hours=5)).isoformat()
    done = CliRunner().invoke(cli, [noun, "list", "--limit", "1", "--until", until, "--json", "--home", str(home)])
    assert [json.loads(line)["id"][-1] for line in done.stdout.splitlines()] == ["4"]
    assert "3 more" in done.stderr


def test_the_latest_decisions_are_listed_and_how_many_more_there_are(home: Path) -> None:
    for name in ("series-3", "series-4", "series-5"):
        done = CliRunner().invoke(cli, ["figures", "mute", name, "--home", str(home)])
        assert done.exit_code == 0, done.output
    done = CliRunner().invoke(cli, ["decisions", "list", "--limit", "2", "--json", "--home", str(home)])
    assert len(done.stdout.splitlines()) == 2
    assert "1 more: raise --limit" in done.stderr
