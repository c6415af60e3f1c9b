"""The commands that docs and messages name exist, and those that need no network run as they stand."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from pipeline.cli import cli
from tests.docs.pages import DOCS, PAGES, ROOT, all_blocks, blocks, prose

_INLINE = re.compile(r"`tallywire ([^`]+)`")
_HINT = re.compile(r"`tallywire ([a-z][^`{}]*)`")
_END = {"|", ">", "<", "&&", "#", ";"}


def _lines(text: str) -> Iterator[str]:
    """The commands of a console block."""
    for line in text.splitlines():
        if line.startswith("$ "):
            yield line.removeprefix("$ ")


def _shown() -> Iterator[tuple[str, str]]:
    """Every tallywire command line of the docs and of our messages, with where it stands."""
    for block in all_blocks("console"):
        for line in _lines(block.text):
            for part in re.findall(r"(?:^|[|(]\s*)(?:\S*/)?tallywire ([^|]+)", line):
                yield str(block), part
    for page in PAGES:
        for part in _INLINE.findall(prose(page)):
            yield str(page.relative_to(ROOT)), part
    for path in sorted((ROOT / "pipeline").rglob("*.py")):
        for part in _HINT.findall(path.read_text(encoding="utf-8")):
            yield str(path.relative_to(ROOT)), part


SHOWN = sorted(set(_shown()))
OFFLINE = [page for page in PAGES if any("offline" in block.marks for block in blocks(page))]


@pytest.mark.parametrize(("where", "line"), SHOWN)
def test_every_command_that_is_shown_exists(where: str, line: str) -> None:
    command, context = cli, click.Context(cli, info_name="tallywire", **cli.context_settings)
    words = shlex.split(line, comments=True)
    while words and isinstance(command, click.Group) and not words[0].startswith("-"):
        name = words.pop(0)
        if name.isupper() or name in _END:
            return
        for one in name.split("|"):
            found = command.get_command(context, one)
            assert found is not None, f"{where}: there is no `{context.command_path} {one}`"
        command, context = found, click.Context(found, info_name=one, parent=context)
    known = {option for parameter in command.params for option in parameter.opts} | {"--help", "--version"}
    for word in words:
        if word in _END:
            break
        if word.startswith("--"):
            assert word.partition("=")[0] in known, f"{where}: `{context.command_path}` has no {word}"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with the example files, in which commands run as they would on a bare machine."""
    folder = tmp_path / "here"
    shutil.copytree(DOCS / "examples", folder)
    monkeypatch.chdir(folder)
    for name in [name for name in os.environ if name.startswith("TALLYWIRE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("TALLYWIRE_WORKERS", "0")
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")


@pytest.mark.parametrize("page", OFFLINE, ids=lambda page: str(page.relative_to(ROOT)))
@pytest.mark.usefixtures("here")
def test_what_needs_no_network_runs(page: Path) -> None:
    for block in blocks(page):
        for line in _lines(block.text) if "offline" in block.marks else ():
            _run(line, f"{block}: {line}")


def _run(line: str, where: str) -> None:
    """Run one line as a shell would; a lone tallywire command in this process, which has imported everything."""
    words = shlex.split(line, comments=True)
    if words[0] == "tallywire" and "|" not in words:
        words, out = (words[:-2], words[-1]) if words[-2] == ">" else (words, None)
        done = CliRunner().invoke(cli, words[1:])
        assert done.exit_code == 0, f"{where}\n{done.output}{done.exception!r}"
        if out:
            Path(out).write_text(done.stdout, encoding="utf-8")
        return
    shell = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", line], capture_output=True, text=True, timeout=120, check=False
    )
    assert shell.returncode == 0, f"{where}\n{shell.stdout}{shell.stderr}"


@pytest.mark.usefixtures("here")
def test_what_the_readme_shows_runs_but_for_what_needs_the_network() -> None:
    _run("tallywire replay articles.jsonl --topic floods.yaml", "the home that the README goes on with")
    Path("floods.yaml").unlink()
    series, story, thread = (_first(kind) for kind in ("figures", "stories", "threads"))
    shown = [line for block in blocks(ROOT / "README.md") for line in _lines(block.text)]
    ran = 0
    for line in shown:
        if line.startswith(".venv/bin/tallywire ") and " run " not in line:
            named = re.sub(r"\b(SERIES|ID)\b", series, line).replace("STORY", story).replace("THREAD", thread)
            _run(named.removeprefix(".venv/bin/"), line)
            ran += 1
    assert ran > 5


def _first(kind: str) -> str:
    """The id of the first that ``tallywire KIND list`` names."""
    listed = CliRunner().invoke(cli, [kind, "list", "--json"])
    return str(json.loads(listed.stdout.splitlines()[0])["id"])


def test_some_examples_run() -> None:
    assert DOCS / "operations.md" in OFFLINE
