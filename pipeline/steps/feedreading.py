"""Feeds are read in a process that can be thrown away: what strangers wrote must neither hold up nor fill this one."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime
from multiprocessing import forkserver
from types import TracebackType
from typing import Self

from pipeline.collect.feeds import parse_feed
from pipeline.errors import FeedError, TallywireError
from pipeline.read.workers import Crashed, OutOfMemory, TimedOut, WorkerFailure, WorkerPool
from schemas.feed import ParsedFeed

SECONDS = 10.0
"""Of processor time. On the slowest machine tried, 9 MB of RSS with 3,000 items take feedparser and what is around it
3.4 s, 7 MB of Atom whose articles are XHTML 7.6 s, and a usual feed 0.05 s."""

MEMORY_MB = 200
"""What reading may add to the process; the same 7 MB of XHTML take 136."""

# Children are started by one thread at a time, for what that does to the process while it lasts; and one child is as
# fast as the threads were that it stands in for.
_TURN = threading.Lock()


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


class FeedReader:
    """`parse_feed` within bounds of time and memory, to be called by any thread; use as a context manager.

    With ``bounded=False`` the work is done in this process without bounds, as a `WorkerPool` without workers does it.
    """

    def __init__(self, *, bounded: bool = True, seconds: float = SECONDS, memory_mb: int = MEMORY_MB) -> None:
        self._seconds = seconds
        self._memory_mb = memory_mb
        self._closed = False
        # There is one server of forks in a process; another pool may have said already what it is to import.
        others = list(getattr(forkserver._forkserver, "_preload_modules", ()))
        self._pool = WorkerPool(
            read_job, workers=int(bounded), seconds=seconds, memory_mb=memory_mb, recycle=1000, preload=others
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closed = True
        with _TURN:
            self._pool.close()

    def __call__(self, body: bytes, *, url: str, content_type: str | None = None, now: datetime) -> ParsedFeed:
        """What the feed announces. Raises `FeedError` where it is none, or where reading it passed a bound."""
        with _TURN:
            if self._closed:
                raise FeedError("the feed was not read", where=url, why="the work was asked to stop")
            (outcome,) = self._pool.map([FeedBytes(body, url, content_type, now)])
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
            return FeedError("the feed broke the reader", where=url, why=failure.why or failure.what, hint=_REPORT)
        return FeedError("reading the feed was interrupted", where=url, why=failure.why or failure.what)


_HINT = "no usual feed does; look at what the address gives, and whether its site has a smaller feed"
_REPORT = "this is a fault of Tallywire: please report it, with the feed"
