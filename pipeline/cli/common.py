"""What the commands share: options, opening a home, and ways to show rows."""

from __future__ import annotations

import functools
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import click
from pydantic import BaseModel
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from pipeline.errors import RecordError, TallywireError
from pipeline.settings import Settings, load_settings
from pipeline.steps.findings import Finding
from pipeline.steps.services import Services, open_services
from schemas.topic import parse_duration

_STEERING = re.compile("[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")

_MARKS = {"ok": "✓", "warning": "!", "problem": "✗"}

F = TypeVar("F", bound=Callable[..., Any])

PARTLY = 3
"""The exit code of a command that did some of what it was asked to."""

out = Console(highlight=False, soft_wrap=True)
err = Console(highlight=False, stderr=True, soft_wrap=True)

home_option = click.option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder that holds everything of the embedded mode.  [env: TALLYWIRE_HOME]",
)
json_option = click.option("--json", "as_json", is_flag=True, help="One JSON object a line, for programs.")


def settings_of(home: Path | None, **given: object) -> Settings:
    return load_settings(home=home, **given)


@contextmanager
def opened(home: Path | None, *, create: bool = False, **given: object) -> Iterator[Services]:
    """The services of a home. Raises RecordError where there is nothing yet and nothing is to be made."""
    settings = settings_of(home, **given)
    if not create and settings.database_url is None and not (settings.home / "tallywire.db").exists():
        raise RecordError(
            "there is no record here yet",
            where=str(settings.home),
            hint="`tallywire run TOPIC.yaml` or `tallywire replay FILE` makes one; --home names another folder",
        )
    services = open_services(settings)
    try:
        yield services
    finally:
        services.close()


def plain(value: str) -> Text:
    """Text of the web for the terminal: no markup, and no control character that could steer it."""
    return Text("".join(c if c.isprintable() or c == "\n" else " " for c in value))


def say(line: str) -> None:
    """A line for people on stdout."""
    out.print(plain(line))


def note(line: str) -> None:
    """A line for people on stderr."""
    err.print(plain(line))


def tell_finding(finding: Finding) -> None:
    """A finding and what to do, for people on stdout."""
    say(f"{_MARKS[finding.level]} {finding.what}")
    if finding.advice:
        say(f"    → {finding.advice}")


def emit(row: BaseModel | dict[str, Any]) -> None:
    """A JSON line on stdout."""
    data = row.model_dump(mode="json", by_alias=True) if isinstance(row, BaseModel) else row
    line = json.dumps(data, ensure_ascii=sys.stdout.encoding.lower() not in ("utf-8", "utf8"))
    # JSON leaves raw what steers a terminal from beyond ASCII, and halves of surrogate pairs, which can't be written.
    sys.stdout.write(_STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", line) + "\n")


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, right: Sequence[str] = ()) -> None:
    """Rows for people; columns in ``right`` are numbers."""
    shown = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for name in columns:
        shown.add_column(name, justify="right" if name in right else "left", overflow="fold")
    for row in rows:
        shown.add_row(*(plain("" if value is None else str(value)) for value in row))
    width = out.width if out.is_terminal else 200
    Console(highlight=False, width=width, file=sys.stdout, no_color=out.no_color).print(shown)


@contextmanager
def progress(label: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """A bar on stderr where that is a terminal; nothing elsewhere. Yields what to call with each number done."""
    if not err.is_terminal:
        yield lambda count: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True) as bars:
        task = bars.add_task(label, total=total)
        yield lambda count: bars.advance(task, count)


class Moment(click.ParamType[datetime]):
    """A time: ISO 8601, or how long ago (``7d``, ``12h``)."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
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
        """What a time means that names no zone."""
        return moment.replace(tzinfo=UTC)


class LocalMoment(Moment):
    """A `Moment` that stays without a zone where it names none: the command knows whose clock is meant."""

    def without_zone(self, moment: datetime) -> datetime:
        return moment


def since_until(command: F) -> F:
    """Options --since and --until."""
    return _since_until(command, Moment(), "")


def since_until_of_topic(command: F) -> F:
    """Options --since and --until, in the zone of the command's topic where they name none."""
    return _since_until(command, LocalMoment(), " in the topic's zone")


def _since_until(command: F, kind: Moment, where: str) -> F:
    until = f"Only before this time; ISO 8601{where}, or 2d for two days ago."
    since = f"Only from this time on; ISO 8601{where}, or 7d for seven days ago."
    command = click.option("--until", type=kind, help=until)(command)
    return click.option("--since", type=kind, help=since)(command)


def short(when: datetime | None) -> str:
    """A time for lists, in UTC."""
    return when.astimezone(UTC).strftime("%Y-%m-%d %H:%M") if when else ""


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
