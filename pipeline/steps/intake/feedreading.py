"""Feeds are read in a process that can be thrown away: what strangers wrote must neither hold up nor fill this one."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime
from multiprocessing import forkserver
from types import TracebackType
from typing import ClassVar, Self

from pipeline.collect.feeds import parse_feed
from pipeline.errors import FeedError, TallywireError
from pipeline.read.workers import Crashed, Interrupted, OutOfMemory, TimedOut, WorkerFailure, WorkerPool
from schemas.feed import ParsedFeed

SECONDS = 10.0
"""Of processor time. On the slowest machine tried, 9 MB of RSS with 3,000 items take feedparser and what is around it
3.4 s, 7 MB of Atom whose articles are XHTML 7.6 s, and a usual feed 0.05 s."""

MEMORY_MB = 200
"""What reading may add to the process; the same 7 MB of XHTML take 136."""

QUICK = 1.0
"""Of processor time, within which all but the largest feeds are read. What takes longer is begun again in another
child, where it holds up only its like: a feed made to take long costs the others a second, not ten."""


@dataclass(frozen=True, slots=True)
class FeedBytes:
    """A feed as it came; see `parse_feed`."""

    body: bytes
    url: str
    content_type: str | None
    now: datetime


def read_job(job: FeedBytes) -> ParsedFeed:
    """What the child does."""
    return parse_feed(job.body, url=job.url, content_type=job.content_type, now=job.now)


class _Lane:
    """A child that reads one feed after the other, each in ``seconds``; one child is as fast as the threads were that
    it stands in for."""

    _turns: ClassVar[dict[bool, threading.Lock]] = {True: threading.Lock(), False: threading.Lock()}

    def __init__(self, seconds: float, memory_mb: int, *, bounded: bool, quick: bool) -> None:
        self._turn = self._turns[quick]
        self._closed = False
        # There is one server of forks in a process; another pool may have said already what it is to import.
        others = list(getattr(forkserver._forkserver, "_preload_modules", ()))
        self._pool = WorkerPool(
            read_job, workers=int(bounded), seconds=seconds, memory_mb=memory_mb, recycle=1000, preload=others
        )

    def read(self, job: FeedBytes) -> ParsedFeed | TallywireError:
        with self._turn:
            if self._closed:
                return FeedError("the feed was not read", where=job.url, why="the run was stopped")
            (outcome,) = self._pool.map([job])
            return outcome

    def close(self) -> None:
        self._closed = True
        with self._turn:
            self._pool.close()


class FeedReader:
    """`parse_feed` within bounds of time and memory, to be called by any thread; use as a context manager.

    With ``bounded=False`` the work is done in this process without bounds, as a `WorkerPool` without workers does it.
    """

    def __init__(
        self, *, bounded: bool = True, seconds: float = SECONDS, memory_mb: int = MEMORY_MB, quick: float = QUICK
    ) -> None:
        self._seconds = seconds
        self._memory_mb = memory_mb
        self._quick = _Lane(min(quick, seconds), memory_mb, bounded=bounded, quick=True)
        self._slow = _Lane(seconds, memory_mb, bounded=bounded, quick=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._quick.close()
        self._slow.close()

    def __call__(self, body: bytes, *, url: str, content_type: str | None = None, now: datetime) -> ParsedFeed:
        """What the feed announces. Raises `FeedError` where it is none, or where reading it passed a bound."""
        job = FeedBytes(body, url, content_type, now)
        outcome = self._quick.read(job)
        if isinstance(outcome, (TimedOut, Interrupted)):
            outcome = self._slow.read(job)
        if isinstance(outcome, WorkerFailure):
            raise self._in_words(outcome, url) from outcome
        if isinstance(outcome, TallywireError):
            raise outcome
        return outcome

    def _in_words(self, failure: WorkerFailure, url: str) -> FeedError:
        if isinstance(failure, TimedOut):
            why = f"more than {self._seconds:g} s of processor time"
            return FeedError("reading the feed took too long, and was stopped", where=url, why=why, hint=_HINT)
        if isinstance(failure, OutOfMemory):
            why = f"more than {self._memory_mb} MB"
            return FeedError("reading the feed took too much memory", where=url, why=why, hint=_HINT)
        if isinstance(failure, Crashed):
            return FeedError("the feed crashed the reader", where=url, why=failure.why or failure.what, hint=_REPORT)
        return FeedError("reading the feed was interrupted", where=url, why=failure.why or failure.what)


_HINT = "no normal feed needs as much; check what the address returns, and whether the site has a smaller feed"
_REPORT = "this is a bug in Tallywire; please report it, with the feed"
