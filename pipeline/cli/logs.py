"""What `tallywire run` logs for programs: JSON lines with the names of the Elastic Common Schema (ECS 8.11).

A line for each entry that ended, each message, and whatever wants a person; `--verbose` tells people of the entries.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from pipeline.cli.common import say
from pipeline.cli.telling import summary
from pipeline.errors import TallywireError
from schemas.feed import Entry, Outcome

if TYPE_CHECKING:
    from pipeline.record import Record
    from pipeline.runner import Round
    from pipeline.steps.deciding.topicfiles import Taken
    from pipeline.steps.upkeep import UpkeepReport

_ECS = "8.11.0"
_UNREAD = frozenset(
    {Outcome.BLOCKED, Outcome.ROBOTS, Outcome.GONE, Outcome.NOT_HTML, Outcome.TOO_LARGE, Outcome.FAILED}
)
"""Outcomes of which ECS says ``failure``: no page could be read."""
_AT_ONCE = 500
_LEVELS = {"ok": "info", "warning": "warn", "problem": "error"}


class Ended:
    """The entries that end from now on, each given once."""

    def __init__(self, record: Record) -> None:
        self._record = record
        with record.read() as tx:
            self._version = tx.measuring.entry_version()

    def __iter__(self) -> Iterator[Entry]:
        while True:
            with self._record.read() as tx:
                changed = tx.entries.changed_since(self._version, _AT_ONCE)
            if not changed:
                return
            self._version = changed[-1][0]
            yield from (entry for _, entry in changed if entry.outcome is not None)


def tell_ended(entry: Entry) -> None:
    """How an entry ended, in a line for people."""
    assert entry.outcome is not None
    title = entry.announcement.title or "untitled"
    reason = f" ({entry.reason})" if entry.reason else ""
    say(f"  {entry.outcome.value.replace('_', ' ')}: {title}, {entry.announcement.url}{reason}")


class Logged:
    """Logs what rounds did. It stands in for `Said`, with the same names."""

    def __init__(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._now = now
        self.failed = False

    def ended(self, entry: Entry) -> None:
        """Log how an entry ended."""
        assert entry.outcome is not None
        unread = entry.outcome in _UNREAD
        fields = {
            "event.reason": entry.reason,
            "url.full": entry.announcement.url,
            "tallywire.entry": entry.id,
            "tallywire.article": entry.article or "",
            "tallywire.topics": list(entry.topics),
        }
        title = entry.announcement.title or "untitled"
        level, outcome = ("warn", "failure") if unread else ("info", "success")
        self._log(level, f"{entry.outcome.value}: {title}", entry.outcome.value, outcome, fields, entry.ended)

    def round(self, one: Round) -> None:
        """Log what a round did beside the entries that ended: a line for each message and trouble, and its summary."""
        self.failed = self.failed or bool(one.polled.failed or one.unpublished or one.told.troubles)
        for url, why in one.polled.failed:
            self._log("warn", f"feed failed: {why}", "poll", "failure", {"event.reason": why, "url.full": url})
        if one.unpublished:
            self._log("error", f"not published: {one.unpublished}", "publish", "failure")
        for subject in one.told.mails:
            self._log("info", f"message sent: {subject}", "tell", "success")
        for trouble in one.told.troubles:
            self._log("error", f"not delivered: {trouble}", "tell", "failure")
        done = summary(one)
        if any(done[name] for name in done if name not in ("feeds", "published")):
            counts = {name: value for name, value in done.items() if isinstance(value, (int, dict))}
            outcome = "success" if one.went_well else "failure"
            self._log("info", "round done", "round", outcome, {"tallywire.round": counts})

    def upkeep(self, report: UpkeepReport) -> None:
        """Log what an upkeep found that wants a person."""
        for finding in report.findings:
            if finding.level != "ok":
                advice = f"; {finding.advice}" if finding.advice else ""
                self._log(_LEVELS[finding.level], f"{finding.what}{advice}", "upkeep")

    def topics(self, taken: Taken) -> None:
        """Log what became of topic files that changed."""
        for error in taken.broken:
            self.trouble(error)
        for what, names in (("added", taken.added), ("changed", taken.changed), ("removed", taken.removed)):
            for name in names:
                self._log("info", f"topic {what}: {name}", f"topic-{what}", fields={"tallywire.topics": [name]})

    def trouble(self, error: TallywireError) -> None:
        """Log what broke a round off."""
        fields = {"error.type": type(error).__name__, "error.message": str(error)}
        self._log("error", error.what, "round", "failure", fields)

    def _log(
        self,
        level: str,
        message: str,
        action: str,
        outcome: str = "",
        fields: Mapping[str, object] = MappingProxyType({}),
        at: datetime | None = None,
    ) -> None:
        named = {"event.action": action, "event.outcome": outcome, **fields}
        sys.stdout.write(line(at or self._now(), level, message, named) + "\n")
        sys.stdout.flush()


def line(at: datetime, level: str, message: str, fields: Mapping[str, object]) -> str:
    """One line in ASCII, which steers no terminal; fields that say nothing are left out."""
    moment = at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    head = {"@timestamp": moment, "log.level": level, "message": message, "ecs.version": _ECS}
    return json.dumps(head | {name: value for name, value in fields.items() if value not in ("", [], None)})


class EcsFormatter(logging.Formatter):
    """Formats what libraries and the program itself log, so that stderr is JSON lines too."""

    def format(self, record: logging.LogRecord) -> str:
        level = {"WARNING": "warn", "CRITICAL": "fatal"}.get(record.levelname, record.levelname.lower())
        fields: dict[str, Any] = {"log.logger": record.name}
        if record.exc_info and record.exc_info[0] is not None:
            fields["error.type"] = record.exc_info[0].__name__
            fields["error.message"] = str(record.exc_info[1])
        return line(datetime.fromtimestamp(record.created, UTC), level, record.getMessage(), fields)


def log_as_json() -> None:
    """Let what is logged from warnings on go to stderr as JSON lines."""
    handler = logging.StreamHandler()
    handler.setFormatter(EcsFormatter())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
