"""Fetch, archive, read and match the entries that wait; each ends here or goes on to the judge."""

from __future__ import annotations

import os
import socket
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pipeline.collect.fetch import Fetcher
from pipeline.errors import (
    AddressRefused,
    ArchiveError,
    FetchError,
    FetchFailed,
    NotHtml,
    RobotsDisallowed,
    TallywireError,
    TooLarge,
)
from pipeline.read.match import Matcher
from pipeline.read.page import hint_of
from pipeline.read.workers import WorkerFailure, WorkerPool
from pipeline.record import Record
from pipeline.steps.reading import ReadJob
from pipeline.steps.services import Services
from pipeline.steps.waiting import until_stopped
from schemas.article import Page, ReadEntry, Reading, TopicMatch
from schemas.feed import Entry, Outcome
from schemas.topic import Topic

LEASE = timedelta(minutes=15)
REUSE = timedelta(minutes=15)
_WAITS = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6))
_FEED_TEXT_IS_ENOUGH = 600


@dataclass(frozen=True)
class End:
    """That an entry ends here, as what, and why."""

    outcome: Outcome
    reason: str


@dataclass(frozen=True)
class Again:
    """That an entry is worth another try later."""

    reason: str
    wait: timedelta | None = None


def judged_by_status(page: Page, *, attempts: int) -> End | Again | None:
    """What an HTTP status means for the entry; None where the page is there to be read.

    401, 402, 403 and 451 are a refusal, which we take for an answer. A 404 is tried once more, since a feed is often
    ahead of its own site by some minutes. 408, 425, 429 and 5xx are passing troubles.
    """
    status = page.status
    if status in (200, 203, 206):
        return None
    said = f"the server answered {status}"
    if status in (401, 402, 403, 407, 451):
        return End(Outcome.BLOCKED, said)
    if status == 410 or (status == 404 and attempts > 1):
        return End(Outcome.GONE, said)
    if status in (404, 408, 425, 429) or status >= 500:
        return Again(said)
    return End(Outcome.FAILED, said)


def judged_by_error(error: TallywireError) -> End | Again:
    """What an error in fetching or reading means for the entry."""
    match error:
        case RobotsDisallowed():
            return End(Outcome.ROBOTS, str(error))
        case AddressRefused():
            return End(Outcome.BLOCKED, str(error))
        case TooLarge():
            return End(Outcome.TOO_LARGE, str(error))
        case FetchFailed() | ArchiveError():
            return Again(str(error))
        case NotHtml():
            return End(Outcome.NOT_HTML, str(error))
        case _:
            return End(Outcome.FAILED, str(error))


def wait_before_try(attempts: int) -> timedelta | None:
    """How long to wait after the n-th failed try; None when it was the last."""
    return _WAITS[attempts - 1] if 0 < attempts <= len(_WAITS) else None


def feed_text(entry: Entry) -> str | None:
    """The article as the feed itself carries it in full, which may be read when its page is closed to us."""
    content = entry.announcement.content
    return content if len(content) >= _FEED_TEXT_IS_ENOUGH else None


@dataclass
class ReadReport:
    """How the entries fared: those read go on to the judge, the rest ended or waits for another try."""

    claimed: int = 0
    read: int = 0
    again: int = 0
    released: int = 0
    ended: Counter[Outcome] = field(default_factory=Counter)


async def read(
    services: Services,
    fetcher: Fetcher,
    pool: WorkerPool[ReadJob, Reading],
    *,
    limit: int = 64,
    among: Sequence[str] | None = None,
    owner: str | None = None,
    stop: Callable[[], bool] = lambda: False,
    on_entry: Callable[[Entry], None] = lambda entry: None,
) -> ReadReport:
    """Claim up to ``limit`` waiting entries (``among``: of those ids only) and bring each as far as it goes.

    Safe to run twice and beside itself: a claim is a lease, and what a killed process held comes back when it ends, or
    at once to a process of the same ``owner``. Raises ArchiveError, with nothing lost, where pages can't be archived.
    """
    owner = owner or f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
    now = services.clock()
    with services.record.begin() as tx:
        entries = tx.entries.claim(now, limit, LEASE, owner, among=among)
        topics = {topic.name: topic for topic in tx.topics.all()}
        outlets = {feed.id: feed.title for feed in tx.feeds.all()} if entries else {}
    report = ReadReport(claimed=len(entries))
    if not entries:
        return report
    try:
        pages = await _fetch_all(services, fetcher, entries, now, stop)
        jobs: dict[str, ReadJob] = {}
        fates: dict[str, End | Again] = {}
        for entry in entries:
            fetched = pages[entry.id]
            if fetched is None:
                continue
            hint = hint_of(entry, outlets.get(entry.feed or "") or None)
            fate = judged_by_error(fetched) if isinstance(fetched, TallywireError) else None
            if isinstance(fetched, Page):
                fate = judged_by_status(fetched, attempts=entry.attempts)
            if fate is None and isinstance(fetched, Page):
                jobs[entry.id] = ReadJob(hint=hint, now=now, page=fetched)
            elif (
                isinstance(fate, End)
                and fate.outcome in (Outcome.BLOCKED, Outcome.ROBOTS)
                and (content := feed_text(entry))
            ):
                jobs[entry.id] = ReadJob(hint=hint, now=now, url=entry.announcement.url, html=content)
            elif fate is not None:
                fates[entry.id] = fate
        # Fewer readings than jobs where we were asked to stop; what is not read is given back below.
        readings = dict(zip(jobs, pool.map(jobs.values(), stop=stop), strict=False))
        matchers = {name: Matcher(topic) for name, topic in topics.items()}
        with services.record.begin() as tx:
            for entry in entries:
                reading = readings.get(entry.id)
                fate = fates.get(entry.id)
                if isinstance(reading, WorkerFailure):
                    fate = End(Outcome.FAILED, str(reading))
                elif isinstance(reading, TallywireError):
                    fate = judged_by_error(reading)
                if isinstance(fate, Again):
                    wait = wait_before_try(entry.attempts)
                    if wait is None:
                        fate = End(Outcome.FAILED, f"{fate.reason}, {entry.attempts} times")
                    else:
                        tx.entries.retry(entry.id, now + max(wait, fate.wait or wait), fate.reason, owner=owner)
                        report.again += 1
                if isinstance(fate, End):
                    tx.entries.end(entry.id, fate.outcome, fate.reason, now, owner=owner)
                    report.ended[fate.outcome] += 1
                elif isinstance(reading, Reading):
                    matches = match_topics(reading, entry.topics, topics, matchers)
                    tx.entries.put_reading(
                        entry.id, ReadEntry(entry=entry, reading=reading, matches=matches), owner=owner
                    )
                    report.read += 1
                on_entry(entry)
    finally:
        with services.record.begin() as tx:
            report.released = tx.entries.release(owner)
    return report


def give_back(record: Record) -> int:
    """Free, untried, what killed processes had claimed; how many entries that were.

    Only for who knows that nobody else is at work, as the holder of a home does: leases would run out by themselves,
    but only after a while.
    """
    with record.begin() as tx:
        return tx.entries.release(None)


def match_topics(
    reading: Reading, wanted: Iterable[str], topics: dict[str, Topic], matchers: dict[str, Matcher]
) -> tuple[TopicMatch, ...]:
    """Whether an article is coverage of each topic that asked for its feed and still stands."""
    return tuple(matchers[name](reading) for name in wanted if name in topics)


async def _fetch_all(
    services: Services, fetcher: Fetcher, entries: list[Entry], now: datetime, stop: Callable[[], bool]
) -> dict[str, Page | TallywireError | None]:
    """The page of each entry, or what was wrong with it; None where we were asked to stop first.

    An address that several feeds announce is fetched once, and one fetched a short while ago is taken from the
    archive.
    """

    async def one(url: str) -> Page | TallywireError:
        recent = services.archive.latest(url, now - REUSE)
        if recent is not None:
            return recent
        try:
            page = await fetcher.fetch(url)
        except FetchError as error:
            return error
        if page.status == 200:
            services.archive.write(page)
        return page

    urls = list(dict.fromkeys(entry.announcement.url for entry in entries))
    pages = dict(zip(urls, await until_stopped(map(one, urls), stop), strict=True))
    return {entry.id: pages[entry.announcement.url] for entry in entries}
