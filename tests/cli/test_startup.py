"""What a command imports before it says its first word: every start pays for it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.cli import doctor, export
from pipeline.steps.keeping import rereading
from pipeline.steps.showing.export import EXPORTS

_EVERY_HELP = """
import sys
import click
from pipeline.cli import cli

def walk(command, context):
    command.get_help(context)
    print(context.command_path, *(name for name in %r if name in sys.modules))
    for name in command.list_commands(context) if isinstance(command, click.Group) else ():
        child = command.get_command(context, name)
        walk(child, click.Context(child, info_name=name, parent=context))

walk(cli, click.Context(cli, info_name="tallywire"))
"""

_ONE_COMMAND = """
import sys
from pipeline.cli import main

sys.argv[0] = "tallywire"
try:
    main()
finally:
    print(*(name for name in %r if name in sys.modules), file=sys.stderr)
"""

_HEAVY = ("aiohttp", "elasticsearch", "feedparser", "jinja2", "lxml", "matplotlib", "numpy", "spacy")


def _said(script: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", script, *map(str, arguments)], capture_output=True, text=True, check=True
    )


def test_no_help_waits_for_a_library() -> None:
    seen = _said(_EVERY_HELP % ((*_HEAVY, "asyncio", "pydantic", "rich", "sqlalchemy"),)).stdout.splitlines()
    assert len(seen) > 60
    assert [line for line in seen if line.split()[-1] in (*_HEAVY, "asyncio", "pydantic", "rich", "sqlalchemy")] == []


@pytest.mark.parametrize(
    ("words", "needless"),
    [
        (("topics", "schema"), ("sqlalchemy", "asyncio", "pydantic_settings", "rich", *_HEAVY)),
        (("topics", "validate", "TOPIC"), ("sqlalchemy", "asyncio", "pydantic_settings", *_HEAVY)),
        (("topics", "list", "--home", "HOME"), ("alembic", "sqlalchemy.dialects.postgresql", *_HEAVY)),
        (("feeds", "list", "--home", "HOME"), ("alembic", "sqlalchemy.dialects.postgresql", *_HEAVY)),
        (("figures", "read", "/dev/null"), ("sqlalchemy", "asyncio", "pydantic_settings", *_HEAVY)),
    ],
)
def test_a_command_imports_what_it_needs(words: tuple[str, ...], needless: tuple[str, ...], home: Path) -> None:
    topic = Path(__file__).parents[2] / "topics" / "earthquakes.yaml"
    done = _said(_ONE_COMMAND % (needless,), *({"HOME": home, "TOPIC": topic}.get(word, word) for word in words))
    assert done.stderr.split() == []


def test_what_help_says_without_a_look_is_true() -> None:
    assert sorted(EXPORTS) == list(export.EXPORTED)
    assert (doctor.SAMPLE, doctor.SECONDS) == (rereading.SAMPLE, rereading.SECONDS)
