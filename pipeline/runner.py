"""The embedded loop: all steps in one process, on one machine, with nothing else running."""

from __future__ import annotations

import asyncio
import signal
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from filelock import FileLock, Timeout

from pipeline.errors import RecordBusy, RecordError, SearchIndexError, TallywireError
from pipeline.private import make_private
from pipeline.read.workers import WorkerPool
from pipeline.steps.intake.reading import ArticleRead, ReadJob, preload_for, read_job
from pipeline.steps.intake.revisit import visit_again
from pipeline.steps.judge import Judge
from pipeline.steps.judging.turn import JudgeReport
from pipeline.steps.keeping.measured import entry_version, measure
from pipeline.steps.poll import PollReport, poll
from pipeline.steps.publish import publish
from pipeline.steps.read import ReadReport, read
from pipeline.steps.services import Services
from pipeline.steps.tell import tell
from pipeline.steps.telling.heartbeat import Heart
from pipeline.steps.telling.messages import TellReport
from pipeline.steps.transport import channels_of, fetcher_of, mailer_of, sender_of
from pipeline.steps.upkeep import UpkeepReport, daily_upkeep
from pipeline.tell.delivery import Mailer
from schemas.feed import Entry, Feed

_LOOK = 1.0
"""Seconds between two looks at what may start a round early."""


class Stop:
    """A wish to stop, heard between one article and the next."""

    def __init__(self) -> None:
        self._wished = threading.Event()

    def __call__(self) -> bool:
        return self._wished.is_set()

    def wish(self) -> None:
        self._wished.set()

    def wait(self, seconds: float) -> bool:
        """Wait, but no longer than until the wish; gives whether there is one."""
        return self._wished.wait(seconds)


@contextmanager
def stopping_on_signals(stop: Stop, on_first: Callable[[], None] = lambda: None) -> Iterator[Stop]:
    """The first Ctrl-C (or SIGTERM) is a wish to stop; the second stops at once, and loses nothing either."""

    def heard(_number: int, _frame: FrameType | None) -> None:
        if stop():
            raise KeyboardInterrupt
        stop.wish()
        on_first()

    before = {number: signal.signal(number, heard) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def home_locked(home: Path, *, wait: float = 0.0) -> Iterator[None]:
    """Keep a home to one run at a time. Raises RecordBusy where another holds it longer than ``wait`` seconds."""
    try:
        make_private(home)
        lock = FileLock(home / "run.lock")
        lock.acquire(timeout=wait)
    except Timeout as error:
        raise RecordBusy(
            "another tallywire is running in this home",
            where=str(home),
            hint="wait for it to finish (`--wait SECONDS`), or choose another home with --home",
        ) from error
    except OSError as error:
        raise RecordError(
            "the home folder can't be used",
            where=str(home),
            why=error.strerror or str(error),
            hint="choose another with --home or TALLYWIRE_HOME",
        ) from error
    try:
        yield
    finally:
        lock.release()


@dataclass
class Round:
    """What one round did, step by step; ``unpublished`` says what is wrong with the index, if anything."""

    polled: PollReport = field(default_factory=PollReport)
    revisited: int = 0
    read: ReadReport = field(default_factory=ReadReport)
    judged: JudgeReport = field(default_factory=JudgeReport)
    judge_seconds: float = 0.0
    published: int = 0
    unpublished: str = ""
    told: TellReport = field(default_factory=TellReport)

    @property
    def went_well(self) -> bool:
        """Whether all that was claimed is read, ended or to be tried again, and index and mails were served."""
        read = self.read
        balanced = read.claimed == read.read + read.again + read.released + read.ended.total()
        return balanced and not self.unpublished and not self.told.troubles


@dataclass
class Watcher:
    """Who wants to know how far a round is; every call is optional."""

    feed: Callable[[Feed, int], None] = lambda feed, new: None
    waiting: Callable[[int], None] = lambda count: None
    read: Callable[[Entry], None] = lambda entry: None
    judged: Callable[[Entry], None] = lambda entry: None
    settled: Callable[[], None] = lambda: None
    """A batch of entries was read and judged, and all of that is kept."""


class Runner:
    """Runs rounds over one home. Use as a context manager, which keeps its worker processes."""

    def __init__(self, services: Services, *, mailer: Mailer | None = None, stop: Stop | None = None) -> None:
        self._services = services
        self._settings = services.settings
        self._mailer = mailer or mailer_of(services.settings)
        self._judge = Judge(services)
        self._heart = Heart(services.settings)
        self._stop = stop or Stop()
        with services.record.read() as tx:
            preload = preload_for(tx.topics.all())
        self._pool: WorkerPool[ReadJob, ArticleRead] = WorkerPool(
            read_job, workers=services.settings.worker_count, seconds=services.settings.read_timeout, preload=preload
        )

    def __enter__(self) -> Runner:
        # What ends from here on is counted.
        measure(self._services)
        self._pool.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.__exit__(None, None, None)
        self._heart.rest()

    def round(
        self, *, topics: Collection[str] | None = None, every_feed: bool = False, watcher: Watcher | None = None
    ) -> Round:
        """Poll, read, judge, publish and tell, once; with all that waits in the inbox, new or left over."""
        return asyncio.run(self._round(topics, every_feed, watcher or Watcher()))

    def watch(
        self,
        *,
        topics: Callable[[], Collection[str] | None] = lambda: None,
        stirred: Callable[[], bool] = lambda: False,
        watcher: Watcher | None = None,
        on_round: Callable[[Round], None] = lambda done: None,
        on_upkeep: Callable[[UpkeepReport], None] = lambda report: None,
        on_trouble: Callable[[TallywireError], None] = lambda error: None,
    ) -> None:
        """Run rounds until asked to stop, and once a day the upkeep.

        ``topics`` is asked before each round; ``stirred`` every second between two, and starts the next at once. What
        breaks a round off, such as a full disk, is told; the next tries again.
        """
        while not self._stop():
            began = time.monotonic()
            try:
                on_round(self.round(topics=topics(), watcher=watcher))
            except TallywireError as error:
                on_trouble(error)
            try:
                # After a round that broke off too: it may make the room on the disk that was wanting.
                if not self._stop() and (upkept := daily_upkeep(self._services)) is not None:
                    on_upkeep(upkept)
            except TallywireError as error:
                on_trouble(error)
            self._pause(began + self._settings.poll_every.total_seconds(), stirred)

    def _pause(self, until: float, stirred: Callable[[], bool]) -> None:
        while (left := until - time.monotonic()) > 0 and not self._stop.wait(min(left, _LOOK)):
            if stirred():
                return

    async def _round(self, topics: Collection[str] | None, every_feed: bool, watcher: Watcher) -> Round:
        done = Round()
        async with fetcher_of(self._services) as fetcher:
            done.polled = await poll(
                self._services, fetcher, topics=topics, every_feed=every_feed, stop=self._stop, on_feed=watcher.feed
            )
            done.revisited = visit_again(self._services, topics=topics)
            with self._services.record.read() as tx:
                watcher.waiting(tx.entries.counts().get("waiting", 0))
            while not self._stop():
                report = await read(self._services, fetcher, self._pool, stop=self._stop, on_entry=watcher.read)
                _add(done.read, report)
                self._judge_all(done, watcher)
                watcher.settled()
                if not report.claimed:
                    break
        if not self._stop():
            # News must not wait for the index, which may hang, and which only follows the record.
            done.told = tell(
                self._services,
                self._mailer,
                sender_of(self._settings),
                channels=channels_of(self._settings),
                topics=topics,
                stop=self._stop,
            )
            reached: int | None = entry_version(self._services)
            try:
                done.published = publish(self._services)
            except SearchIndexError as error:
                done.unpublished, reached = str(error), None
            measure(
                self._services,
                searchable=reached,
                judged=done.judged.judged,
                judge_seconds=done.judge_seconds,
                troubles=len(done.told.troubles),
            )
            if done.went_well:
                self._heart.beat()
        return done

    def _judge_all(self, done: Round, watcher: Watcher) -> None:
        began = time.monotonic()
        while not self._stop() and (judged := self._judge.run(wait=60.0, on_entry=watcher.judged)).judged:
            done.judged.add(judged)
        done.judge_seconds += time.monotonic() - began


def _add(total: ReadReport, one: ReadReport) -> None:
    total.claimed += one.claimed
    total.read += one.read
    total.again += one.again
    total.released += one.released
    total.ended += one.ended
