"""`tallywire run --log json`: a line an outcome, with the names of the Elastic Common Schema; and --verbose."""

from __future__ import annotations

import json
import logging
import re
import sys
from pathlib import Path

from click.testing import CliRunner, Result

from pipeline.cli import cli
from pipeline.cli.logs import EcsFormatter
from tests.hostile import environment, feed, html_answer, page, serving, topic_file


def ran(folder: Path, *options: str, **settings: object) -> Result:
    pages = {"/flood": html_answer(page("Flood in Tarn")), "/feed": feed(["/flood"], "Flood in {link}\u202e")}
    with serving(pages) as web:
        words = [topic_file(folder, web.url("/feed"), web.url("/none")), "--home", folder / "home", "--workers", 0]
        return CliRunner().invoke(cli, ["run", *map(str, words), *options], env=environment(web, **settings))


def test_each_outcome_message_and_trouble_is_a_line(tmp_path: Path) -> None:
    done = ran(tmp_path, log="json")
    assert done.exit_code == 3, done.stderr
    assert done.stdout.isascii()
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    for line in lines:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["@timestamp"])
        assert line["log.level"] in ("info", "warn", "error")
        assert line["message"]
        assert line.get("event.outcome", "success") in ("success", "failure")
    (indexed,) = [line for line in lines if line["event.action"] == "indexed"]
    assert indexed["url.full"].endswith("/flood")
    assert (indexed["event.outcome"], indexed["log.level"]) == ("success", "info")
    assert indexed["tallywire.topics"] == ["floods"]
    (poll,) = [line for line in lines if line["event.action"] == "poll"]
    assert (poll["event.outcome"], poll["url.full"].rsplit("/", 1)[1]) == ("failure", "none")
    assert next(line["message"] for line in lines if line["event.action"] == "tell").startswith("message sent: ")
    assert lines[-1]["tallywire.round"]["entries_ended"] == {"indexed": 1}
    # What is logged once is not logged again, nor told to people.
    again = ran(tmp_path, "--verbose").stdout
    assert "polled" in again
    assert "indexed" not in again


def test_verbose_tells_people_how_each_entry_ended(tmp_path: Path) -> None:
    told = ran(tmp_path, "--verbose").stdout.splitlines()
    (line,) = [line for line in told if line.startswith("  indexed: Flood in /flood")]
    assert "/flood (" in line


def test_json_and_log_json_are_told_apart(tmp_path: Path) -> None:
    done = ran(tmp_path, "--json", "--log", "json")
    assert (done.exit_code, "choose one" in done.stderr) == (2, True)


def test_what_libraries_log_is_json_too() -> None:
    try:
        raise ValueError("odd\nthing")
    except ValueError:
        record = logging.LogRecord("lib", logging.WARNING, "x.py", 1, "a %s", ("warning",), sys.exc_info())
    line = json.loads(EcsFormatter().format(record))
    assert (line["log.level"], line["message"], line["log.logger"]) == ("warn", "a warning", "lib")
    assert (line["error.type"], line["error.message"]) == ("ValueError", "odd\nthing")
