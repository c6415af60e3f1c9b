"""Ask the feeds that are due; what they announce waits in the inbox."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from pipeline.collect.fetch import Fetcher
from pipeline.collect.poll import poll as poll_feed
from pipeline.collect.schedule import is_due
from pipeline.steps.services import Services
from pipeline.steps.waiting import until_stopped
from schemas.feed import Feed

_AT_ONCE = 16


@dataclass
class PollReport:
    """What polling brought; ``failed`` names each feed with what was wrong."""

    polled: int = 0
    unchanged: int = 0
    new: int = 0
    failed: list[tuple[str, str]] = field(default_factory=list)


async def poll(
    services: Services,
    fetcher: Fetcher,
    *,
    topics: Collection[str] | None = None,
    every_feed: bool = False,
    stop: Callable[[], bool] = lambda: False,
    on_feed: Callable[[Feed, int], None] = lambda feed, new: None,
) -> PollReport:
    """Poll the feeds of ``topics`` (of all, if None) that are due, or ``every_feed`` of them.

    Each feed's entries and its new state are saved in one transaction as soon as it has answered, so a process that
    dies loses no more than the answers in hand, which the next poll asks for again.
    """
    now = services.clock()
    with services.record.read() as tx:
        feeds = [
            feed
            for feed in tx.feeds.all()
            if (topics is None or set(topics) & set(feed.topics)) and (every_feed or is_due(feed, now))
        ]
    report = PollReport()
    gate = asyncio.Semaphore(_AT_ONCE)

    def known(ids: Sequence[str]) -> set[str]:
        with services.record.read() as tx:
            return tx.entries.known(ids)

    async def one(feed: Feed) -> None:
        async with gate:
            polled = await poll_feed(feed, fetcher, services.clock(), known=known)
        with services.record.begin() as tx:
            tx.feeds.put(polled.feed)
            new = tx.entries.add(polled.entries)
        report.polled += 1
        report.new += new
        if polled.feed.state.error:
            report.failed.append((feed.url, polled.feed.state.error))
        elif not new:
            report.unchanged += 1
        on_feed(polled.feed, new)

    await until_stopped(map(one, feeds), stop)
    report.failed.sort()
    return report
