"""One connection at a time per host, and a pause between two."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from pipeline.errors import FetchFailed

_HOSTS_KEPT = 4_096


@dataclass
class _Place:
    delay: float = 0.0
    free_at: float = 0.0
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Pace:
    """Gives out the turns of hosts: between two of a host lie at least ``delay`` seconds.

    A host that asked to be left alone for longer than ``longest_wait`` seconds gives no turn but `FetchFailed`, so
    that nobody waits for it in vain.
    """

    def __init__(
        self,
        delay: float,
        longest_wait: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._delay = delay
        self._longest_wait = longest_wait
        self._clock = clock
        self._sleep = sleep
        self._places: dict[str, _Place] = {}

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[None]:
        """The host is ours inside; raises `FetchFailed` where it asked for more patience than we have."""
        place = self._place(host)
        async with place.lock:
            wait = place.free_at - self._clock()
            if wait > self._longest_wait:
                raise FetchFailed(
                    "the host asked for a pause", where=host, why=f"{wait:.0f} seconds are left", hint="try again later"
                )
            if wait > 0:
                await self._sleep(wait)
            try:
                yield
            finally:
                place.free_at = max(place.free_at, self._clock() + max(self._delay, place.delay))

    def slow_down(self, host: str, delay: float) -> None:
        """Leave at least ``delay`` seconds between two turns of ``host`` from now on."""
        self._place(host).delay = delay

    def hold(self, host: str, seconds: float) -> None:
        """Give no turn of ``host`` for ``seconds``."""
        place = self._place(host)
        place.free_at = max(place.free_at, self._clock() + seconds)

    def _place(self, host: str) -> _Place:
        if len(self._places) > _HOSTS_KEPT:
            now = self._clock()
            self._places = {name: at for name, at in self._places.items() if at.lock.locked() or at.free_at > now}
        return self._places.setdefault(host, _Place())
