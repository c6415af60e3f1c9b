"""What sites ask of robots (RFC 9309), read by protego."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

from protego import Protego

from pipeline.collect.manners import HostMemory, is_closed, robots_in_trouble, robots_read
from pipeline.collect.pace import Pace
from pipeline.errors import AddressRefused, FetchError, FetchFailed, HostPaused, RobotsDisallowed
from pipeline.urls import host_of
from schemas.article import Page
from schemas.host import RobotsKept

MOST_BYTES = 500 * 1024
"""Of a longer robots.txt the rest is not read (RFC 9309, section 2.5)."""

LONGEST_DELAY = 30.0
"""Seconds; a longer Crawl-delay than this is taken as this."""

_ORIGINS_KEPT = 2_048


@dataclass
class _Rules:
    kept: RobotsKept | None = None
    parsed: Protego | None = None
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Robots:
    """Asks each origin once a day what it wants, whichever process does; ``get`` fetches an address, cut at
    `MOST_BYTES`."""

    def __init__(
        self,
        get: Callable[[str], Awaitable[Page]],
        *,
        agent: str,
        pace: Pace,
        memory: HostMemory,
        clock: Callable[[], datetime],
    ) -> None:
        self._get = get
        self._agent = agent
        self._pace = pace
        self._memory = memory
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
            kept = await self._known(rules, origin)
        if is_closed(kept, self._clock()):
            raise FetchFailed("the site's robots.txt can't be read at the moment", where=url, why=kept.trouble or "")
        if rules.parsed is not None and not rules.parsed.can_fetch(url, self._agent):
            raise RobotsDisallowed("the site's robots.txt disallows it", where=url, why=f"{origin}/robots.txt")

    async def _known(self, rules: _Rules, origin: str) -> RobotsKept:
        """What counts now: as we know it, as another process learned it, or as the site says when it is asked."""
        if rules.kept is not None and self._clock() < rules.kept.until:
            return rules.kept
        kept = self._memory.robots(origin) or rules.kept
        if kept is None or self._clock() >= kept.until:
            kept = await self._learned(origin, kept)
            self._memory.put_robots(kept)
        rules.kept = kept
        rules.parsed = None if kept.text is None else Protego.parse(kept.text)
        delay = rules.parsed.crawl_delay(self._agent) if rules.parsed else None
        self._pace.slow_down(host_of(origin), min(float(delay or 0.0), LONGEST_DELAY))
        return kept

    async def _learned(self, origin: str, before: RobotsKept | None) -> RobotsKept:
        try:
            page = await self._get(origin + "/robots.txt")
        except (AddressRefused, HostPaused):
            raise
        except FetchError as error:
            return robots_in_trouble(origin, before, error.why or error.what, self._clock())
        if page.status >= 500 or page.status == 429:
            return robots_in_trouble(origin, before, f"it answers {page.status}", self._clock())
        if not 200 <= page.status < 300:
            # "Unavailable": everything may be fetched (section 2.3.1.3).
            return robots_read(origin, None, self._clock())
        text = page.body[:MOST_BYTES].decode("utf-8", "replace").lstrip("\ufeff")
        return robots_read(origin, text, self._clock())
