"""Puts stories, threads and series together, splits and names them, as a person decides: one way for the command line
and the window.

Each function checks what it is given, keeps the decision with who made it, and groups or follows by it at once. It
raises DecisionError if it can't be done so (`pipeline.steps.deciding.arrange`), and RecordBusy if another judge is at
work and does not finish. The index hears of it with the next `publish`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from pipeline.steps.deciding import arrange
from pipeline.steps.judge import Judge
from pipeline.steps.services import Services
from schemas.figure import Series, SeriesDecision
from schemas.story import Story, StoryMove, ThreadDecision

if TYPE_CHECKING:
    from pipeline.record import Transaction


@dataclass(frozen=True)
class Moved:
    """What a decision about threads changed."""

    stories: tuple[Story, ...]
    """Those that are in another thread now, in the order in which they began."""
    before: Mapping[str, str]
    """The thread in which each story was, by the story's id."""


def merge_stories(services: Services, stories: Sequence[str], *, by: str) -> tuple[StoryMove, ...]:
    """Make these stories one."""
    with services.record.read() as tx:
        decision = arrange.stories_merge(tx, stories, by=by, now=services.clock())
    return Judge(services).decide(decision)


def split_story(services: Services, story: str, articles: Sequence[str], *, by: str) -> tuple[StoryMove, ...]:
    """Take articles out of a story, and keep them out."""
    with services.record.read() as tx:
        decision = arrange.story_split(tx, story, articles, by=by, now=services.clock())
    return Judge(services).decide(decision)


def merge_threads(services: Services, threads: Sequence[str], *, by: str) -> Moved:
    """Make these threads one development."""
    return _rethreaded(services, lambda tx, now: arrange.threads_merge(tx, threads, by=by, now=now))


def split_thread(services: Services, thread: str, stories: Sequence[str], *, by: str) -> Moved:
    """Take stories out of a thread into one of their own."""
    return _rethreaded(services, lambda tx, now: arrange.thread_split(tx, thread, stories, by=by, now=now))


def merge_series(services: Services, series: Sequence[str], *, by: str) -> tuple[Series, ...]:
    """Make the other series part of the first; gives those that changed."""
    return _refollowed(services, lambda tx, now: arrange.series_merge(tx, series, by=by, now=now))


def split_series(
    services: Services, series: str, figures: Sequence[str], label: str | None, *, by: str
) -> tuple[Series, ...]:
    """Take figures out of a series into a new one; gives those that changed."""
    return _refollowed(services, lambda tx, now: arrange.series_split(tx, series, figures, label, by=by, now=now))


def rename_series(services: Services, series: str, label: str, *, by: str) -> tuple[Series, ...]:
    """Call a series by another name."""
    return _refollowed(services, lambda tx, now: arrange.series_rename(tx, series, label, by=by, now=now))


def pin_series(services: Services, series: str, *, pinned: bool, by: str) -> tuple[Series, ...]:
    """Show a series first, or no longer."""
    return _refollowed(services, lambda tx, now: arrange.series_pin(tx, series, pinned=pinned, by=by, now=now))


def _rethreaded(services: Services, drawn_up: Callable[[Transaction, datetime], ThreadDecision]) -> Moved:
    with services.record.read() as tx:
        decision = drawn_up(tx, services.clock())
        before = {row.id: row.join.thread for row in tx.threads.remembered()}
    moved = Judge(services).decide_threads(decision)
    with services.record.read() as tx:
        stories = [story for identity in moved if (story := tx.stories.get(identity))]
    return Moved(tuple(sorted(stories, key=lambda story: (story.first_seen, story.id))), before)


def _refollowed(
    services: Services, drawn_up: Callable[[Transaction, datetime], tuple[str, SeriesDecision]]
) -> tuple[Series, ...]:
    with services.record.read() as tx:
        topic, decision = drawn_up(tx, services.clock())
    return Judge(services).decide_series(topic, decision)
