"""The command line: thin words over the steps.

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 done in part.
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path

import click

from pipeline import __version__
from pipeline.errors import TallywireError

_COMMANDS = {
    "alerts": "Alerts, sent or waiting.",
    "articles": "Articles, and what changed in their revisions.",
    "backup": "Copy a home to a file, also while it is in use.",
    "decisions": "List and undo decisions about alerts, figures and developments.",
    "demo": "Run a small example newsroom through the whole pipeline.",
    "digest": "Digests: the report of a topic for a period.",
    "doctor": "Check this machine, the settings, the record, the index and the feeds.",
    "explain": "Explain why an entry, article, story, thread, figure or alert is what it is.",
    "export": "Export everything the record holds of one kind.",
    "extract": "Extract articles from HTML pages, as JSON lines.",
    "feeds": "Feeds and their health.",
    "figures": "Figures in articles, tracked over time and across outlets.",
    "index": "The search index.",
    "kibana": "Kibana's data views, searches and dashboards.",
    "recipients": "Recipients, and the mails they have stopped.",
    "replay": "Process archived articles as if they had just arrived.",
    "restore": "Restore a backup to a new home.",
    "run": "Poll feeds, read articles, send alerts: once, or until stopped.",
    "search": "Find articles.",
    "serve": "Open the window: topics, developments and figures as pages.",
    "setup": "Prepare the full deployment: create secrets, check this machine.",
    "stories": "Stories: all articles about one event.",
    "threads": "Threads: the stories of one development, over days.",
    "topics": "Topics: what to watch.",
    "upkeep": "Delete expired files, and check feeds and index.",
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
        _say("stopped; nothing is lost, and the next run continues from here")
        code = 130
    except KeyboardInterrupt:
        _say("stopped; nothing is lost, and the next run continues from here")
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
            "  → check for free disk space, and that this user may read and write there"
        )
        code = 1
    except Exception as error:
        if os.environ.get("TALLYWIRE_DEBUG"):
            raise
        from traceback import format_exc

        _say(f"unexpected error: {type(error).__name__}: {error}\n  → {write_crash(format_exc())}; please report it")
        code = 1
    sys.exit(code if isinstance(code, int) else 0)


def _say(message: str) -> None:
    # What went wrong may quote a page, which must not steer the terminal.
    shown = "".join(char if char.isprintable() or char == "\n" else " " for char in message)
    click.echo(f"tallywire: {shown}", err=True)


def _close_stdout() -> None:
    """Let what is still to be written go nowhere, or Python would complain of it again at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def write_crash(trace: str) -> str:
    """Keep a traceback in a file, and say where it is."""
    from tempfile import gettempdir

    path = Path(gettempdir()) / f"tallywire-crash-{datetime.now(UTC):%Y%m%dT%H%M%S}-{os.getpid()}.txt"
    details = f"tallywire {__version__}\n{' '.join(sys.argv)}\n\n{trace}"
    try:
        path.write_text(details, encoding="utf-8", errors="backslashreplace")
    except OSError:
        return "the details could not be saved; TALLYWIRE_DEBUG=1 prints them"
    return f"the details are in {path}"
