"""The commands by which a person decides what they are told, and what they say."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.settings import load_settings
from pipeline.steps.services import open_services
from schemas.topic import Topic
from tests.cli.conftest import Command


@pytest.fixture
def mine(home: Path, tmp_path: Path) -> Path:
    """A copy of the home with the small replay, to decide in; its topic is read in Kyiv, and has a recipient."""
    copy = tmp_path / "home"
    shutil.copytree(home, copy)
    services = open_services(load_settings(home=copy))
    try:
        with services.record.begin() as tx:
            for topic in tx.topics.all():
                update = {"zone": "Europe/Kyiv", "recipients": ["desk@news.example"]}
                tx.topics.put(Topic.model_validate(topic.model_dump(mode="json") | update))
    finally:
        services.close()
    return copy


def rows(tallywire: Command, home: Path, *what: str) -> list[dict[str, Any]]:
    done = tallywire(*what, "--home", home)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def evacuated(tallywire: Command, home: Path) -> dict[str, Any]:
    return next(one for one in rows(tallywire, home, "export", "figures") if one["value"] == 65)


def test_a_series_is_snoozed_for_some_days_by_name_and_unmuted(tallywire: Command, mine: Path) -> None:
    series, before = evacuated(tallywire, mine)["series"], datetime.now(UTC)
    done = tallywire("figures", "snooze", series, "--for", "3d", "--by", "Anna", "--home", mine)
    assert done.returncode == 0, done.stderr
    assert "muted until" in done.stdout
    (decision,) = rows(tallywire, mine, "decisions", "list", "--json")
    assert (decision["act"], decision["subject"], decision["by"]) == ("mute", series, "Anna")
    until = datetime.fromisoformat(decision["until"])
    assert before + timedelta(days=3) <= until <= datetime.now(UTC) + timedelta(days=3)
    assert series not in tallywire("figures", "list", "--home", mine).stdout
    assert tallywire("figures", "unmute", series, "--home", mine).returncode == 0
    assert series in tallywire("figures", "list", "--home", mine).stdout


def test_a_time_without_a_zone_is_meant_in_that_of_the_topic(tallywire: Command, mine: Path) -> None:
    series = evacuated(tallywire, mine)["series"]
    done = tallywire("figures", "mute", series, "--until", "2199-07-01T12:00", "--home", mine)
    assert "muted until Mon 1 Jul 2199, 12:00" in done.stdout
    (decision,) = rows(tallywire, mine, "decisions", "list", "--json")
    assert decision["until"] == "2199-07-01T09:00:00Z"
    assert decision["by"] == "the command line"


def test_a_wrong_figure_is_a_labelled_sentence_until_it_is_undone(tallywire: Command, mine: Path) -> None:
    figure = evacuated(tallywire, mine)
    assert tallywire("figures", "wrong", figure["id"], "thing", "--home", mine).returncode == 0
    (label,) = rows(tallywire, mine, "export", "decisions")
    for field in ("article", "quote", "surface", "span", "value", "counted"):
        assert label[field] == figure[field]
    assert (label["wrong"], label["undone"]) == ("thing", None)
    assert evacuated(tallywire, mine)["wrong"] == "thing"
    why = tallywire("explain", figure["id"], "--home", mine).stdout
    assert "found wrong (not this thing) by the command line" in why
    undone = tallywire("decisions", "undo", label["id"], "--by", "Bo", "--home", mine)
    assert "no longer found wrong" in undone.stdout
    (label,) = rows(tallywire, mine, "export", "decisions")
    assert label["undone_by"] == "Bo"
    assert evacuated(tallywire, mine)["wrong"] is None
    assert rows(tallywire, mine, "decisions", "list", "--json") == []
    assert "undone by Bo" in " ".join(tallywire("decisions", "list", "--all", "--home", mine).stdout.split())


def test_rules_developments_and_recipients_are_decided_about(tallywire: Command, mine: Path) -> None:
    (topic,) = {one["topic"] for one in rows(tallywire, mine, "export", "figures") if one["topic"]}
    thread = rows(tallywire, mine, "threads", "list", "--json")[0]["id"]
    for words in (
        ("alerts", "mute", topic, "contradiction"),
        ("threads", "snooze", thread),
        ("figures", "follow", evacuated(tallywire, mine)["series"]),
        ("recipients", "stop", "desk@news.example", "--mails", "digests"),
    ):
        done = tallywire(*words, "--home", mine)
        assert done.returncode == 0, done.stderr
    listed = " ".join(tallywire("decisions", "list", "--home", mine).stdout.split())
    for part in (f"contradictions of {topic}", "development “", "always mailed", "digests stopped"):
        assert part in listed
    (recipient,) = rows(tallywire, mine, "recipients", "list", "--json")
    assert recipient == {"topic": topic, "recipient": "desk@news.example", "stopped": "digests"}
    tallywire("recipients", "resume", "desk@news.example", "--home", mine)
    assert rows(tallywire, mine, "recipients", "list", "--json")[0]["stopped"] is None


def test_what_was_arranged_is_listed_with_who_did_it_among_what_was_decided(tallywire: Command, mine: Path) -> None:
    series = evacuated(tallywire, mine)["series"]
    for words in (("rename", series, "rescued in Tarn", "--by", "Anna"), ("mute", series), ("pin", series)):
        assert tallywire("figures", *words, "--home", mine).returncode == 0
    found = rows(tallywire, mine, "decisions", "list", "--json")
    assert [(one["act"], one["by"], one["kind"]) for one in found] == [
        ("pin", "the command line", "series"),
        ("mute", "the command line", "series"),
        ("rename", "Anna", "series"),
    ]
    assert (found[2]["id"], found[2]["subjects"], found[2]["name"]) == (None, [series], "rescued in Tarn")
    assert found[0]["label"] == found[1]["label"] == "rescued in Tarn"
    assert set(found[1]) < set(found[0])
    listed = " ".join(tallywire("decisions", "list", "--home", mine).stdout.split())
    assert "renamed to “rescued in Tarn”" in listed


@pytest.mark.parametrize(
    ("words", "said", "code"),
    [
        (("figures", "mute", "series-none"), "there is no series 'series-none'", 1),
        (("figures", "mute", "series-none", "--for", "yesterday"), "is not a duration", 2),
        (("figures", "mute", "series-none", "--for", "0s"), "longer than 0", 2),
        (("figures", "mute", "series-none", "--for", "1d", "--until", "2199-01-01"), "not both", 2),
        (("figures", "wrong", "figure-none", "number"), "there is no figure", 1),
        (("figures", "wrong", "figure-none", "all of it"), "is not one of", 2),
        (("alerts", "mute", "zoo", "contradiction"), "there is no topic 'zoo'", 1),
        (("recipients", "stop", "nobody@news.example"), "is not a recipient of any topic", 1),
        (("decisions", "undo", "decision-none"), "there is no decision", 1),
        (("figures", "rename", "series-none", "dead"), "there is no series 'series-none'", 1),
    ],
)
def test_what_is_not_there_or_makes_no_sense_is_refused_in_words(
    tallywire: Command, home: Path, words: tuple[str, ...], said: str, code: int
) -> None:
    done = tallywire(*words, "--home", home)
    assert (done.returncode, said in done.stderr) == (code, True), done.stderr
