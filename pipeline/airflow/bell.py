"""Watching a group of feeds: each is asked when its own schedule says so, and a bell rings when something new waits.

The inbox is the truth: entries and the feeds' states are in the record before the bell rings, so a ring that is lost
costs some minutes and nothing else.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Callable
from datetime import datetime

from pipeline.airflow.environment import deployment_settings
from pipeline.airflow.feeds import in_group
from pipeline.errors import TallywireError
from pipeline.settings import Settings
from pipeline.steps.deciding.enrol import Folder
from pipeline.steps.deciding.feeds import logins_of
from pipeline.steps.intake.revisit import visit_again
from pipeline.steps.poll import poll
from pipeline.steps.services import Services, open_services
from pipeline.steps.transport import fetcher_of
from schemas.feed import Feed

FIRST_PAUSE, LONGEST_PAUSE = 2.0, 300.0
"""Seconds to wait after trouble; twice as long each time."""

_SHORTEST_LOOK = 0.2
_log = logging.getLogger(__name__)


def watch(
    group: int,
    groups: int,
    ring: Callable[[int], None],
    stop: threading.Event,
    *,
    load: Callable[[], Settings] = deployment_settings,
) -> None:
    """Poll the feeds of the ``group``-th of ``groups`` until ``stop``, and ``ring`` with the number of new entries.

    Nothing ends it but ``stop``: trouble of any kind is logged, and tried again after a pause. The first group also
    keeps the record in step with the folder of topic files.
    """
    pause = FIRST_PAUSE
    while not stop.is_set():

        def rang(new: int) -> None:
            nonlocal pause
            pause = FIRST_PAUSE
            if new:
                ring(new)

        try:
            services = open_services(load())
            try:
                asyncio.run(_watch(services, group, groups, rang, stop))
            finally:
                services.close()
        except TallywireError as error:
            _log.error("feeds of group %s can't be watched, next try in %.0f s: %s", group + 1, pause, error)
        except Exception:
            _log.exception("watching the feeds of group %s failed; next try in %.0f s", group + 1, pause)
        stop.wait(pause)
        pause = min(pause * 2, LONGEST_PAUSE)


async def rings(group: int, groups: int) -> AsyncIterator[int]:
    """The number of new entries, each time that there are any; for ever.

    Polling has a thread with a loop of its own, so that neither a slow database nor a large feed holds up whoever
    listens here.
    """
    loop, heard, stop = asyncio.get_running_loop(), asyncio.Queue[int](), threading.Event()

    def ring(new: int) -> None:
        loop.call_soon_threadsafe(heard.put_nowait, new)

    thread = threading.Thread(target=watch, args=(group, groups, ring, stop), name=f"feeds-{group + 1}", daemon=True)
    thread.start()
    try:
        while True:
            new = await heard.get()
            while not heard.empty():
                new += heard.get_nowait()
            yield new
    finally:
        stop.set()


async def _watch(
    services: Services, group: int, groups: int, ring: Callable[[int], None], stop: threading.Event
) -> None:
    folder = Folder(services.settings.topics)

    def of(feed: Feed) -> bool:
        return bool(feed.topics) and in_group(feed, group, groups)

    async with fetcher_of(services) as fetcher:
        while not stop.is_set():
            if group == 0:
                folder.enrol_changes(services.record, logins_of(services))
            report = await poll(services, fetcher, of=of, stop=stop.is_set)
            # One of the triggers does so for all, or they would share the budget by chance.
            ring(report.new + (visit_again(services) if group == 0 else 0))
            await _until(services, of, stop)


async def _until(services: Services, of: Callable[[Feed], bool], stop: threading.Event) -> None:
    """Wait until the next feed is due, but no longer than the setting ``poll_every``."""
    now = services.clock()
    with services.record.read() as tx:
        due = [feed.state.next_poll or now for feed in tx.feeds.all() if of(feed)]
    most = services.settings.poll_every.total_seconds()
    wait = min([most, *(_seconds(now, at) for at in due)])
    ends = asyncio.get_running_loop().time() + max(wait, _SHORTEST_LOOK)
    while not stop.is_set() and (left := ends - asyncio.get_running_loop().time()) > 0:
        await asyncio.sleep(min(left, _SHORTEST_LOOK))


def _seconds(now: datetime, at: datetime) -> float:
    return (at - now).total_seconds()
