"""The command line: thin words over the steps.

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 done in part.
"""

from __future__ import annotations

import os
import sys
import traceback
from datetime import UTC, datetime
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from tempfile import gettempdir

import click

from pipeline import __version__
from pipeline.errors import TallywireError

_COMMANDS = {
    "alerts": "What is worth telling, told or not.",
    "articles": "What was read, and how it changed.",
    "demo": "Play a small newsroom over real HTTP through the whole pipeline.",
    "digest": "The report of a topic for a period.",
    "doctor": "Check this machine, the settings, the record, the index and the feeds.",
    "explain": "Say why an entry, article, story, thread, figure or alert is what it is.",
    "export": "Print everything the record holds of one kind.",
    "extract": "Print what is read from HTML pages, one JSON line each.",
    "feeds": "Where news comes from: feeds and their health.",
    "figures": "The figures that articles state, followed over time and across outlets.",
    "index": "The searchable projection of the record.",
    "kibana": "Kibana's data views, searches and dashboards.",
    "replay": "Judge an archive as if it came in now.",
    "run": "Poll, read, judge, publish and tell: one round, or for ever.",
    "search": "Find articles.",
    "setup": "Prepare the full deployment: secrets in .env, and a look at this machine.",
    "stories": "The articles about one event, together.",
    "threads": "Developments: the stories of one affair, over days.",
    "topics": "What is watched.",
    "upkeep": "Remove what needn't be kept, and look at feeds and index.",
}
"""The commands and what they do in a line; each lives in the module of its name."""


class _LazyGroup(click.Group):
    """Imports a command's module when the command is asked for, so that no command waits for the others' libraries."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in _COMMANDS:
            return None
        command = getattr(import_module(f"pipeline.cli.{name}"), name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="tallywire")
def cli() -> None:
    """Watch the news on a topic, and follow the figures it states."""


def main() -> None:
    """Run the command line; every error is told in words, never as a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # An argument that is no UTF-8, or a terminal that knows few letters, is no reason to fail.
            stream.reconfigure(errors="backslashreplace")
    try:
        code = cli.main(prog_name="tallywire", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Abort:
        _say("stopped; nothing is lost, the next run goes on from here")
        code = 130
    except KeyboardInterrupt:
        _say("stopped; nothing is lost, the next run goes on from here")
        code = 130
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except TallywireError as error:
        _say(str(error))
        code = 1
    except BrokenPipeError:
        # The reader of our output, such as `head`, has seen enough.
        _close_stdout()
        code = 0
    except OSError as error:
        _close_stdout()
        where = f"{error.filename}: " if error.filename else ""
        _say(
            f"{where}{(error.strerror or str(error)).lower()}\n"
            "  → see whether there is room on the disk, and whether this user may read and write there"
        )
        code = 1
    except Exception as error:
        if os.environ.get("TALLYWIRE_DEBUG"):
            raise
        _say(
            f"something went wrong that should not have: {type(error).__name__}: {error}\n"
            f"  → {_write_crash()}; please report it"
        )
        code = 1
    sys.exit(code if isinstance(code, int) else 0)


def _say(message: str) -> None:
    # What went wrong may quote a page, which must not steer the terminal.
    shown = "".join(char if char.isprintable() or char == "\n" else " " for char in message)
    click.echo(f"tallywire: {shown}", err=True)


def _close_stdout() -> None:
    """Let what is still to be written go nowhere, or Python would complain of it again at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _write_crash() -> str:
    path = Path(gettempdir()) / f"tallywire-crash-{datetime.now(UTC):%Y%m%dT%H%M%S}-{os.getpid()}.txt"
    details = f"tallywire {__version__}\n{' '.join(sys.argv)}\n\n{traceback.format_exc()}"
    try:
        path.write_text(details, encoding="utf-8", errors="backslashreplace")
    except OSError:
        return "the details could not be written to a file; TALLYWIRE_DEBUG=1 shows them"
    return f"the details are in {path}"
