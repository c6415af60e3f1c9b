"""Ask the feeds that are due; what they announce waits in the inbox."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from pipeline.collect.fetch import Fetcher
from pipeline.collect.logins import Logins
from pipeline.collect.poll import DATED_ANEW_WITHIN, Polled
from pipeline.collect.poll import poll as poll_feed
from pipeline.collect.schedule import is_due
from pipeline.guard import AddressGuard
from pipeline.steps.intake.feedreading import FeedReader
from pipeline.steps.intake.health import tell_of_feeds
from pipeline.steps.intake.waiting import until_stopped
from pipeline.steps.known.clock import keep_time
from pipeline.steps.services import Services
from schemas.alert import Alert
from schemas.feed import Entry, Feed

_AT_ONCE = 16


@dataclass
class PollReport:
    """What polling brought; ``failed`` names each feed with what was wrong, ``left_out`` each that announced more items
    than are read of one, with how many more; ``answered`` are those that did,
    and ``alerts`` what feeds that are not well gave to tell.
    """

    polled: int = 0
    answered: tuple[str, ...] = ()
    unchanged: int = 0
    new: int = 0
    failed: list[tuple[str, str]] = field(default_factory=list)
    left_out: list[tuple[str, int]] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)


async def poll(
    services: Services,
    fetcher: Fetcher,
    *,
    topics: Collection[str] | None = None,
    every_feed: bool = False,
    of: Callable[[Feed], bool] = lambda feed: True,
    stop: Callable[[], bool] = lambda: False,
    on_feed: Callable[[Feed, int], None] = lambda feed, new: None,
) -> PollReport:
    """Poll the feeds of ``topics`` (of all, if None) that are due, or ``every_feed`` of them, as far as ``of`` says so.

    What a round brings enters the inbox together, each entry at its `place`: which feed happened to answer first must
    not decide which of two reports is the original, nor what is told. Entries and the
    feeds' new states are saved in one transaction, so a process that dies loses no more than the answers in hand, which
    the next poll asks for again.
    """
    now = services.clock()
    keep_time(services.record, now)
    with services.record.read() as tx:
        feeds = [
            feed
            for feed in tx.feeds.all()
            if (topics is None or set(topics) & set(feed.topics)) and (every_feed or is_due(feed, now)) and of(feed)
        ]
    gate = asyncio.Semaphore(_AT_ONCE)
    own = AddressGuard(services.settings.allowed_hosts)
    logins = Logins(services.settings.logins_path)

    def known(ids: Sequence[str]) -> set[str]:
        with services.record.read() as tx:
            return tx.entries.known(ids)

    def told(ids: Sequence[str]) -> dict[str, Entry]:
        with services.record.read() as tx:
            return {id: entry for id in ids if (entry := tx.entries.get(id))}

    def before(entries: Sequence[Entry]) -> Sequence[Entry]:
        with services.record.read() as tx:
            # A page that was never asked for was not announced before.
            asked = tx.visits.get_many(entry.announcement.url for entry in entries)
            since = services.clock() - DATED_ANEW_WITHIN
            return list(tx.entries.find(feed=entries[0].feed, since=since)) if asked else ()

    async def one(feed: Feed) -> Polled:
        async with gate:
            ours = own.allows(feed.url)
            polled = await poll_feed(
                feed,
                fetcher,
                services.clock(),
                began=now,
                known=known,
                told=told,
                before=before,
                ours=ours,
                read=reader,
                with_login=lambda address: logins.asked(feed.id, feed.url, address),
            )
        on_feed(polled.feed, len(polled.entries))
        return polled

    with FeedReader(bounded=services.settings.worker_count > 0) as reader:
        answers = [polled for polled in await until_stopped(map(one, feeds), stop) if polled is not None]
    entries = [entry for polled in answers for entry in polled.entries]
    with services.record.begin() as tx:
        tx.feeds.put_polled(polled.feed for polled in answers)
        alerts = tell_of_feeds(tx, [polled.feed for polled in answers], services.clock())
        new = tx.entries.add(sorted(entries, key=_place))
    failed = [(polled.feed.url, polled.feed.state.error) for polled in answers if polled.feed.state.error]
    return PollReport(
        polled=len(answers),
        answered=tuple(polled.feed.url for polled in answers if not polled.feed.state.error),
        unchanged=sum(not polled.entries and not polled.feed.state.error for polled in answers),
        new=new,
        failed=sorted(failed),
        left_out=sorted((polled.feed.url, polled.left_out) for polled in answers if polled.left_out),
        alerts=alerts,
    )


def _place(entry: Entry) -> tuple[datetime, str]:
    """Where an entry stands among those of its round: feeds may list what was published at one moment in any order."""
    return entry.place or entry.first_seen, entry.id
