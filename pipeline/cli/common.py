"""What the commands share: options, opening a home, and ways to show rows.

Commands import what they do their work with when they do it: `--help`, a typing error and a command that needs little
are not to wait for the libraries of the others.
"""

from __future__ import annotations

import functools
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import click

from pipeline.errors import RecordError, TallywireError
from pipeline.localtime import local

if TYPE_CHECKING:
    from pydantic import BaseModel
    from rich.console import Console
    from rich.text import Text

    from pipeline.settings import Settings
    from pipeline.steps.keeping.findings import Finding
    from pipeline.steps.services import Services

_STEERING = re.compile("[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")

_MARKS = {"ok": "✓", "warning": "!", "problem": "✗"}

_WHOLE = {"created", "due", "begins", "ends", "sent", "last new", "first seen", "last seen", "published"}

_PROSE = 16
"""The least width at which a column of prose can be read."""

F = TypeVar("F", bound=Callable[..., Any])

PARTLY = 3
"""The exit code of a command that did some of what it was asked to."""


@functools.cache
def out() -> Console:
    """Standard output, for people."""
    from rich.console import Console

    return Console(highlight=False, soft_wrap=True)


@functools.cache
def err() -> Console:
    """Standard error, for people."""
    from rich.console import Console

    return Console(highlight=False, stderr=True, soft_wrap=True)


home_option = click.option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder with the record, index, archive and mails.  [env: TALLYWIRE_HOME]",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object per line, for programs.")


def settings_of(home: Path | None, **given: object) -> Settings:
    from pipeline.settings import load_settings

    return load_settings(home=home, **given)


@contextmanager
def opened(home: Path | None, *, create: bool = False, **given: object) -> Iterator[Services]:
    """The services of a home. Raises RecordError where there is nothing yet and nothing is to be made."""
    from pipeline.steps.services import open_services

    settings = settings_of(home, **given)
    if not create and settings.database_url is None and not (settings.home / "tallywire.db").exists():
        raise RecordError(
            "there is no record here yet",
            where=str(settings.home),
            hint="`tallywire run TOPIC.yaml` or `tallywire replay FILE` creates one; --home selects another folder",
        )
    services = open_services(settings)
    try:
        yield services
    finally:
        services.close()


def plain(value: str) -> Text:
    """Text of the web for the terminal: no markup, and no control character that could steer it."""
    from rich.text import Text

    return Text("".join(c if c.isprintable() or c == "\n" else " " for c in value))


def say(line: str) -> None:
    """A line for people on stdout."""
    out().print(plain(line))


def note(line: str) -> None:
    """A line for people on stderr."""
    err().print(plain(line))


def tell_finding(finding: Finding) -> None:
    """A finding and what to do, for people on stdout."""
    say(f"{_MARKS[finding.level]} {finding.what}")
    if finding.advice:
        say(f"    → {finding.advice}")


def emit(row: BaseModel | dict[str, Any]) -> None:
    """A JSON line on stdout."""
    data = row if isinstance(row, dict) else row.model_dump(mode="json", by_alias=True)
    line = json.dumps(data, ensure_ascii=sys.stdout.encoding.lower() not in ("utf-8", "utf8"))
    # JSON leaves raw what steers a terminal from beyond ASCII, and halves of surrogate pairs, which can't be written.
    sys.stdout.write(_STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", line) + "\n")


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, right: Sequence[str] = ()) -> None:
    """Rows for people; columns in ``right`` are numbers. What a terminal is too narrow for is shown row by row."""
    from rich.console import Console
    from rich.table import Table

    terminal = out()
    width = terminal.width if terminal.is_terminal else 200
    told = [[_cell(value) for value in row] for row in rows]
    # Ids, numbers and times stay whole; what is prose takes the room that is left.
    whole = [name for name in columns if name in right or name in _WHOLE or name == columns[0]]
    shown = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    needed = 0
    for place, name in enumerate(columns):
        widest = max([len(name), *(len(row[place]) for row in told)])
        needed += (widest if name in whole else min(widest, _PROSE)) + 2
        justify: Literal["left", "right"] = "right" if name in right else "left"
        shown.add_column(name, justify=justify, overflow="fold", no_wrap=name in whole)
    if needed > width:
        for row in told:
            say(row[0])
            for name, value in zip(columns[1:], row[1:], strict=True):
                if value:
                    say(f"  {name}: {value}")
        return
    for row in told:
        shown.add_row(*map(plain, row))
    Console(highlight=False, width=width, file=sys.stdout, no_color=terminal.no_color).print(shown)


def _cell(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return "" if value is None else str(value)


@contextmanager
def progress(label: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """A bar on stderr where that is a terminal; nothing elsewhere. Yields what to call with each number done."""
    terminal = err()
    if not terminal.is_terminal:
        yield lambda count: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=terminal, transient=True) as bars:
        task = bars.add_task(label, total=total)
        yield lambda count: bars.advance(task, count)


class Moment(click.ParamType[datetime]):
    """A time: ISO 8601, or how long ago (``7d``, ``12h``)."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        from schemas.written import parse_duration

        try:
            ago: timedelta = parse_duration(value)
            return datetime.now(UTC) - ago
        except (ValueError, OverflowError):
            pass
        try:
            moment = datetime.fromisoformat(value)
            return moment.astimezone(UTC) if moment.tzinfo else self.without_zone(moment)
        except (ValueError, OverflowError):
            self.fail(f"{value!r} is neither a time such as 2026-03-01T12:00Z nor a duration such as 7d", param, ctx)

    def without_zone(self, moment: datetime) -> datetime:
        """What a time means that names no zone: what this machine's clock shows then."""
        return moment.astimezone(UTC)


class LocalMoment(Moment):
    """A `Moment` that stays without a zone where it names none: the command knows whose clock is meant."""

    def without_zone(self, moment: datetime) -> datetime:
        return moment


def since_until(command: F) -> F:
    """Options --since and --until."""
    return _since_until(command, Moment(), ", local time unless it names a zone")


def since_until_of_topic(command: F) -> F:
    """Options --since and --until, in the zone of the command's topic where they name none."""
    return _since_until(command, LocalMoment(), ", in the topic's zone unless it names one")


def _since_until(command: F, kind: Moment, where: str) -> F:
    until = f"Only before this time; ISO 8601{where}, or 2d for two days ago."
    since = f"Only from this time on; ISO 8601{where}, or 7d for seven days ago."
    command = click.option("--until", type=kind, help=until)(command)
    return click.option("--since", type=kind, help=since)(command)


def count(number_of: int, noun: str, plural: str | None = None) -> str:
    """ "1 story", "3 stories", "1,204 articles"; the command line speaks English alone."""
    return f"{number_of:,} {noun if number_of == 1 else plural or f'{noun}s'}"


def limited(most: int, *, all_too: str = "List everything, however long it is.") -> Callable[[F], F]:
    """Options --limit, of ``most`` if it is not given, and --all, which is called ``everything``."""

    def add(command: F) -> F:
        command = click.option("--all", "everything", is_flag=True, help=all_too)(command)
        limit = click.option(
            "--limit", type=click.IntRange(min=1), default=most, show_default=True, help="List at most this many."
        )
        return limit(command)

    return add


def tell_more(more: int, *, as_json: bool, how: str = "raise --limit, or list them with --all") -> None:
    """Say how much more there is than was listed; on stderr if stdout is for a program."""
    if more > 0:
        (note if as_json else say)(f"{more:,} more: {how}")


def short(when: datetime | None) -> str:
    """A time for lists, on this machine's clock and saying so."""
    return local(when) if when else ""


def fails_in_part(command: F) -> F:
    """Let a command return how many of its parts failed; some gives exit code 3."""

    @functools.wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> None:
        failed = command(*args, **kwargs)
        if failed:
            raise click.exceptions.Exit(PARTLY)

    return wrapped  # type: ignore[return-value]


def found_or_fail(found: Any, what: str, identity: str, hint: str) -> Any:
    """``found``, or an error that says what is not there and where to look."""
    if found is None:
        shown = identity if len(identity) <= 80 else f"{identity[:80]}…"
        raise TallywireError(f"there is no {what} {shown!r}", hint=hint)
    return found
