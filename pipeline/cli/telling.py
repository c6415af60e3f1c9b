"""What `tallywire run` says of its rounds: to people when something happened, to programs always."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from pipeline.cli.common import count, emit, note, say, short, tell_finding
from pipeline.errors import TallywireError
from schemas.enums import AlertKind

if TYPE_CHECKING:
    from pipeline.runner import Round
    from pipeline.steps.deciding.topicfiles import Taken
    from pipeline.steps.upkeep import UpkeepReport


class Said:
    """Says what rounds did. ``timed`` is for a run that goes on: each report bears its time, a trouble that lasts is
    told when it begins and when it ends, and a round in which nothing happened is passed over."""

    def __init__(self, *, as_json: bool, timed: bool) -> None:
        self._as_json = as_json
        self._timed = timed
        self._failing: dict[str, str] = {}
        self._unpublished = ""
        self.failed = False

    def round(self, one: Round) -> None:
        """Say what a round did."""
        self.failed = self.failed or bool(one.polled.failed or one.unpublished or one.told.troubles)
        if self._as_json:
            emit(summary(one))
        elif self._timed:
            self._lines([*self._of_feeds(one), *self._of_index(one), *_of_articles(one), *_of_mails(one)])
        else:
            for line in whole(one):
                say(line)

    def upkeep(self, report: UpkeepReport) -> None:
        """Say what an upkeep found that wants a person."""
        if self._as_json:
            emit({"upkeep": report.model_dump(mode="json")})
            return
        for finding in report.findings:
            if finding.level != "ok":
                tell_finding(finding)

    def topics(self, taken: Taken) -> None:
        """Say what became of topic files that changed."""
        for error in taken.broken:
            note(f"{_clock()}{error}\n  the topic stays as it was")
        done = {"added": taken.added, "changed": taken.changed, "no longer watched": taken.removed}
        if self._as_json:
            emit({"topics": {what.replace(" ", "_"): list(names) for what, names in done.items()}})
        else:
            self._lines([f"topics {what}: {', '.join(names)}" for what, names in done.items() if names])

    def trouble(self, error: TallywireError) -> None:
        """Say what broke a round off."""
        note(f"{_clock() if self._timed else ''}{error}")

    def _lines(self, lines: list[str]) -> None:
        for number, line in enumerate(lines):
            say(f"{_clock() if number == 0 else ' ' * len(_clock())}{line}")

    def _of_feeds(self, one: Round) -> Iterator[str]:
        """The feeds that begin to fail, fail in another way, or answer again."""

        failing = dict(one.polled.failed)
        for url, why in failing.items():
            if self._failing.get(url) != why:
                yield f"feed {url}: {why}"
        for url in [url for url in self._failing if url in one.polled.answered]:
            del self._failing[url]
            yield f"feed {url} answers again"
        self._failing |= failing
        if one.polled.new:
            yield f"{count(one.polled.new, 'new entry', 'new entries')} from {count(one.polled.polled, 'feed')}"
        yield from _of_polls(one)

    def _of_index(self, one: Round) -> Iterator[str]:
        if one.unpublished != self._unpublished:
            yield f"not published: {one.unpublished}" if one.unpublished else "the index is up to date again"
        self._unpublished = one.unpublished


def _clock() -> str:
    return f"{datetime.now().astimezone():%H:%M:%S %Z}  "


def whole(one: Round) -> Iterator[str]:
    """All that a single round did, line by line."""

    polled = one.polled
    new = count(polled.new, "new entry", "new entries")
    yield f"polled {count(polled.polled, 'feed')}: {new}, {len(polled.failed):,} failed"
    for url, why in polled.failed:
        yield f"  {url}: {why}"
    yield from (f"  {line}" for line in _of_polls(one))
    yield from _of_articles(one)
    if one.unpublished:
        yield f"not published: {one.unpublished}"
    yield from _of_mails(one)


def _of_polls(one: Round) -> Iterator[str]:
    for url, number in one.polled.left_out:
        yield f"{url}: announces too many items; the oldest {number:,} were left out"
    for alert in one.polled.alerts:
        if alert.feed is not None:
            yield f"{alert.feed.url}: {alert.feed.health} since {short(alert.feed.since)}; {alert.topic} is told"


def _of_articles(one: Round) -> Iterator[str]:

    ended = one.read.ended + one.judged.ended
    if ended or one.read.again:
        parts = [f"{number:,} {outcome.value.replace('_', ' ')}" for outcome, number in sorted(ended.items())]
        if one.read.again:
            parts.append(f"{one.read.again:,} to be tried again")
        yield f"entries: {', '.join(parts)}"
    if one.judged.stories_opened:
        yield f"stories: {one.judged.stories_opened:,} new"
    if one.judged.let_go:
        released = count(one.judged.let_go, "article")
        yield f"too many open articles: {released} released early; `tallywire doctor` says more"
    if one.judged.figures:
        parts = [f"{number:,} {kind.value}" for kind, number in sorted(one.judged.figures.items())]
        yield f"figures: {', '.join(parts)}"


def _of_mails(one: Round) -> Iterator[str]:
    for subject in one.told.mails:
        yield f"mail: {subject}"
    for path in one.told.digests:
        yield f"digest: {path}"
    for trouble in one.told.troubles:
        yield f"not delivered: {trouble}"


def summary(one: Round) -> dict[str, object]:
    """A round in figures, for programs."""
    ended = one.read.ended + one.judged.ended
    return {
        "feeds": one.polled.polled,
        "feeds_failed": dict(one.polled.failed),
        "items_left_out": dict(one.polled.left_out),
        "entries_new": one.polled.new,
        "entries_again": one.read.again,
        "entries_ended": {outcome.value: number for outcome, number in sorted(ended.items())},
        "stories_opened": one.judged.stories_opened,
        "let_go": one.judged.let_go,
        "verdicts": {kind.value: number for kind, number in sorted(one.judged.verdicts.items())},
        "alerts": {kind.value: number for kind, number in sorted(alerts_of(one).items())},
        "published": one.published,
        "mails": one.told.mails,
        "digests": one.told.digests,
        "troubles": [*([one.unpublished] if one.unpublished else []), *one.told.troubles],
    }


def alerts_of(one: Round) -> Counter[AlertKind]:
    """How many alerts of each kind a round put into the outbox."""
    return one.judged.alerts + Counter(alert.kind for alert in one.polled.alerts)
