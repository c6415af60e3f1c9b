"""What sites ask of robots (RFC 9309), read by protego."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from protego import Protego

from pipeline.collect.pace import Pace
from pipeline.errors import AddressRefused, FetchError, FetchFailed, RobotsDisallowed
from pipeline.urls import host_of
from schemas.article import Page

MOST_BYTES = 500 * 1024
"""Of a longer robots.txt the rest is not read (RFC 9309, section 2.5)."""

LASTS = timedelta(hours=24)
UNREACHABLE_LASTS = timedelta(minutes=10)
LONGEST_DELAY = 30.0
"""Seconds; a longer Crawl-delay than this is taken as this."""

_ORIGINS_KEPT = 2_048


@dataclass
class _Rules:
    until: datetime | None = None
    parsed: Protego | None = None
    unreachable: str | None = None
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Robots:
    """Asks each origin once a day what it wants; ``get`` fetches an address, cut at `MOST_BYTES`."""

    def __init__(
        self, get: Callable[[str], Awaitable[Page]], *, agent: str, pace: Pace, clock: Callable[[], datetime]
    ) -> None:
        self._get = get
        self._agent = agent
        self._pace = pace
        self._clock = clock
        self._rules: OrderedDict[str, _Rules] = OrderedDict()

    async def check(self, url: str) -> None:
        """Do nothing if ``url`` may be fetched.

        Raises `RobotsDisallowed` where its site asks robots to stay away, and `FetchFailed` where the site can't say
        for now: a server in trouble is left alone (section 2.3.1.4).
        """
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
        rules = self._rules.setdefault(origin, _Rules())
        self._rules.move_to_end(origin)
        while len(self._rules) > _ORIGINS_KEPT:
            self._rules.popitem(last=False)
        async with rules.lock:
            if rules.until is None or self._clock() >= rules.until:
                await self._learn(rules, origin)
        if rules.unreachable is not None:
            raise FetchFailed("the site's robots.txt can't be read now", where=url, why=rules.unreachable)
        if rules.parsed is not None and not rules.parsed.can_fetch(url, self._agent):
            raise RobotsDisallowed("the site asks robots to stay away", where=url, why=f"{origin}/robots.txt")

    async def _learn(self, rules: _Rules, origin: str) -> None:
        rules.parsed = rules.unreachable = None
        try:
            page = await self._get(origin + "/robots.txt")
        except AddressRefused:
            raise
        except FetchError as error:
            rules.unreachable = error.why or error.what
            rules.until = self._clock() + UNREACHABLE_LASTS
            return
        if page.status >= 500 or page.status == 429:
            rules.unreachable = f"it answers {page.status}"
            rules.until = self._clock() + UNREACHABLE_LASTS
            return
        rules.until = self._clock() + LASTS
        if not 200 <= page.status < 300:
            return  # "unavailable": everything may be fetched (section 2.3.1.3)
        rules.parsed = Protego.parse(page.body[:MOST_BYTES].decode("utf-8", "replace").lstrip("\ufeff"))
        delay = rules.parsed.crawl_delay(self._agent)
        if delay:
            self._pace.slow_down(host_of(origin), min(float(delay), LONGEST_DELAY))
