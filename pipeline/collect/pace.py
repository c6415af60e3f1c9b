"""One connection at a time per host, and a pause between two."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pipeline.collect.manners import HostMemory, after_answer, seconds_left
from pipeline.errors import HostPaused
from schemas.host import HostState

_HOSTS_KEPT = 4_096


@dataclass
class _Place:
    """A host; ``free_at`` is on the clock of this process, ``state`` what the memory holds as far as we know."""

    state: HostState
    free_at: float = 0.0
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Pace:
    """Gives out the turns of hosts: between two of a host lie at least ``delay`` seconds, or its own Crawl-delay.

    A host that asked to be left alone for longer than ``longest_wait`` seconds gives no turn but `HostPaused`, so
    that nobody waits for it in vain. What hosts ask for is kept in ``memory``, where other processes find it, and where
    we find what was asked of them. ``now`` is the time by which it is kept, ``clock`` counts seconds.
    """

    def __init__(
        self,
        delay: float,
        longest_wait: float,
        *,
        memory: HostMemory,
        now: Callable[[], datetime],
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._delay = delay
        self._longest_wait = longest_wait
        self._memory = memory
        self._now = now
        self._clock = clock
        self._sleep = sleep
        self._places: dict[str, _Place] = {}

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[None]:
        """The host is ours inside; raises `HostPaused` where it asked for more patience than we have."""
        place = self._place(host)
        async with place.lock:
            self._recall(place)
            wait = place.free_at - self._clock()
            if wait > self._longest_wait:
                raise HostPaused(host, wait)
            if wait > 0:
                await self._sleep(wait)
            try:
                yield
            finally:
                self._leave(place)

    def slow_down(self, host: str, delay: float) -> None:
        """Leave at least ``delay`` seconds between two turns of ``host`` from now on."""
        place = self._place(host)
        self._recall(place)
        if place.state.delay != delay:
            self._keep(place, place.state.model_copy(update={"delay": delay}))

    def answered(self, host: str, status: int, asked: float | None) -> None:
        """Hear what an answer of ``host`` asks of us: its status, and the seconds of its Retry-After."""
        place = self._place(host)
        self._recall(place)
        now = self._now()
        state = after_answer(place.state, status, asked, now)
        if state != place.state:
            if state.free_at != place.state.free_at:
                place.free_at = max(place.free_at, self._clock() + seconds_left(state, now))
            self._keep(place, state)

    def _recall(self, place: _Place) -> None:
        """Take over what another process has learned of a host since."""
        kept = self._memory.host(place.state.host)
        if kept is not None and kept != place.state:
            place.state = kept
            place.free_at = max(place.free_at, self._clock() + seconds_left(kept, self._now()))

    def _leave(self, place: _Place) -> None:
        delay = max(self._delay, place.state.delay)
        place.free_at = max(place.free_at, self._clock() + delay)
        if place.state.delay > self._delay:
            # The next process must wait as well; the pause that we give every host by ourselves is not worth a write.
            free_at = self._now() + timedelta(seconds=delay)
            if place.state.free_at is None or place.state.free_at < free_at:
                self._keep(place, place.state.model_copy(update={"free_at": free_at}))

    def _keep(self, place: _Place, state: HostState) -> None:
        place.state = state
        self._memory.put_host(state)

    def _place(self, host: str) -> _Place:
        if len(self._places) > _HOSTS_KEPT:
            now = self._clock()
            self._places = {name: at for name, at in self._places.items() if at.lock.locked() or at.free_at > now}
        return self._places.setdefault(host, _Place(HostState(host=host)))
