"""Fetching: one polite, guarded, bounded way out to the web, for feeds and pages alike."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import NoReturn, Self

import aiohttp
from aiohttp.abc import AbstractResolver
from pydantic import Field
from yarl import URL

from pipeline import __version__
from pipeline.collect import robots as robots_txt
from pipeline.collect.guard import AddressGuard
from pipeline.collect.headers import retry_after, safe_headers
from pipeline.collect.pace import Pace
from pipeline.collect.robots import Robots
from pipeline.errors import AddressRefused, FetchError, FetchFailed, TallywireError, TooLarge
from pipeline.urls import absolute, host_of
from schemas.article import Page, Redirect
from schemas.base import Model

AGENT = "Tallywire"
"""What robots.txt files call us."""

_REDIRECTS = {301, 302, 303, 307, 308}
_BUSY = {429, 503}
_LONGEST_HOLD = 86_400.0
_CHUNK = 64 * 1024
_ACCEPT = "text/html,application/xhtml+xml;q=0.9,application/xml;q=0.8,*/*;q=0.5"


class FetchLimits(Model):
    """How far fetching goes; all times are seconds, and ``max_bytes`` counts what a body is decoded to."""

    contact: str = Field(
        default="", pattern=r"^[\x20-\x7e]{0,200}$", description="address or mail for those we visit to write to"
    )
    max_bytes: int = Field(default=10 * 1024 * 1024, gt=0)
    total: float = Field(default=60.0, gt=0, description="for one request, from connecting to its last byte")
    connect: float = Field(default=10.0, gt=0)
    max_redirects: int = Field(default=5, ge=0)
    per_host_delay: float = Field(default=1.0, ge=0, description="between two requests to one host")
    longest_wait: float = Field(default=120.0, ge=0, description="for a host that asked for a pause")
    allowed_hosts: tuple[str, ...] = Field(
        default=(), description="names or addresses, with or without port, that may be inside a network"
    )

    @property
    def user_agent(self) -> str:
        return f"{AGENT}/{__version__}" + (f" (+{self.contact})" if self.contact else "")


def _now() -> datetime:
    return datetime.now(UTC)


class Fetcher:
    """Fetches pages over one session, to be used as an asynchronous context manager::

        async with Fetcher(FetchLimits(contact="https://example.org/bot")) as fetcher:
            page = await fetcher.fetch("https://example.com/")

    ``clock`` tells the time pages are stamped with; ``sleep`` and ``resolver`` can be scripted by a test.
    """

    def __init__(
        self,
        limits: FetchLimits | None = None,
        *,
        clock: Callable[[], datetime] = _now,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        resolver: AbstractResolver | None = None,
    ) -> None:
        self.limits = limits or FetchLimits()
        self._clock = clock
        self._resolver = resolver
        self._guard = AddressGuard(self.limits.allowed_hosts)
        self._pace = Pace(self.limits.per_host_delay, self.limits.longest_wait, sleep=sleep)
        self._robots = Robots(self._get_robots, agent=AGENT, pace=self._pace, clock=clock)
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                # The system's own resolver, in threads: it knows hosts files and split zones, which c-ares may not.
                resolver=self._resolver or aiohttp.ThreadedResolver(),
                socket_factory=self._guard.socket,
                limit=100,
                limit_per_host=2,
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            headers={"User-Agent": self.limits.user_agent, "Accept-Language": "*"},
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=self.limits.connect),
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def fetch(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        robots: bool = True,
        max_bytes: int | None = None,
        accept: str | None = None,
    ) -> Page:
        """The page at ``url`` after its redirects, whatever its HTTP status; a 304 has an empty body.

        With ``etag`` or ``last_modified`` the request is conditional. ``robots=False`` is for what is made for robots:
        feeds. Raises `AddressRefused`, `RobotsDisallowed`, `TooLarge` or `FetchFailed`.
        """
        headers = {"Accept": accept or _ACCEPT}
        if etag:
            headers["If-None-Match"] = _one_line(etag)
        if last_modified:
            headers["If-Modified-Since"] = _one_line(last_modified)
        return await self._follow(url, headers, max_bytes or self.limits.max_bytes, ask_robots=robots)

    async def _get_robots(self, url: str) -> Page:
        headers = {"Accept": "text/plain,*/*;q=0.5"}
        return await self._follow(url, headers, robots_txt.MOST_BYTES, ask_robots=False, cut=True)

    async def _follow(
        self, url: str, headers: dict[str, str], max_bytes: int, *, ask_robots: bool, cut: bool = False
    ) -> Page:
        """Follows redirects by hand, so that each target is looked at before it is visited."""
        try:
            address = absolute(url)
        except TallywireError as error:
            raise FetchError(error.what, where=error.where, why=error.why) from None
        redirects: list[Redirect] = []
        visited = {address}
        while True:
            if ask_robots:
                await self._robots.check(address)
            page = await self._request(address, headers, max_bytes, cut=cut)
            location = page.header("Location")
            if page.status not in _REDIRECTS or not location:
                return page.model_copy(update={"url": url, "redirects": tuple(redirects)})
            try:
                target = absolute(location, address)
            except TallywireError as error:
                raise FetchFailed("it redirects to what is no web address", where=_shown(url), why=error.why) from None
            address = str(URL(target, encoded=True).with_user(None))
            redirects.append(Redirect(status=page.status, url=address))
            if len(redirects) > self.limits.max_redirects:
                most = self.limits.max_redirects
                raise FetchFailed("it redirects too often", where=_shown(url), why=f"more than {most} times")
            if address in visited:
                raise FetchFailed("it redirects in a circle", where=_shown(url), hint="the site may insist on cookies")
            visited.add(address)

    async def _request(self, address: str, headers: dict[str, str], max_bytes: int, *, cut: bool) -> Page:
        if self._session is None:
            raise RuntimeError("a Fetcher is used inside `async with`")
        host = host_of(address)
        async with self._pace.turn(host):
            with self._guard.visiting(address) as visit:
                try:
                    async with (
                        asyncio.timeout(self.limits.total),
                        self._session.get(
                            URL(address, encoded=True), headers=headers, allow_redirects=False
                        ) as response,
                    ):
                        body = b""
                        if response.status not in _REDIRECTS:
                            body = await _bounded(response, address, max_bytes, cut=cut)
                        page = Page(
                            url=address,
                            final_url=_shown(address),
                            status=response.status,
                            headers=safe_headers(response.raw_headers),
                            body=body,
                            fetched_at=self._clock(),
                        )
                except (aiohttp.ClientError, OSError, ValueError) as error:
                    if visit.refused is not None or isinstance(error, aiohttp.InvalidURL):
                        raise AddressRefused(
                            "the address leads inside a network",
                            where=_shown(address),
                            why=visit.refused or "a number in a spelling that no web page uses",
                            hint="if it is yours, name its host among the allowed hosts",
                        ) from None
                    self._give_up(address, error)
            if page.status in _BUSY and (pause := retry_after(page)):
                self._pace.hold(host, min(pause, _LONGEST_HOLD))
        return page

    def _give_up(self, address: str, error: Exception) -> NoReturn:
        match error:
            case TimeoutError():
                why = f"no complete answer within {self.limits.total:g} seconds"
                if isinstance(error, aiohttp.ServerTimeoutError):
                    why = f"no connection within {self.limits.connect:g} seconds"
            case aiohttp.ClientConnectorDNSError():
                why = "its host name is unknown"
            case aiohttp.ClientConnectorCertificateError():
                why = "its certificate is not valid"
            case aiohttp.ClientSSLError():
                why = "no safe connection could be made"
            case aiohttp.ClientConnectorError():
                reason = os.strerror(error.os_error.errno) if error.os_error.errno else "unknown reason"
                why = f"no connection: {reason.lower()}"
            case aiohttp.ServerDisconnectedError():
                why = "the server hung up"
            case aiohttp.ClientPayloadError():
                why = "its body broke off or is garbled"
            case aiohttp.ClientResponseError():
                why = "what it answers is no HTTP"
            case _:
                why = type(error).__name__
        raise FetchFailed("the address gave no page", where=_shown(address), why=why) from None


async def _bounded(response: aiohttp.ClientResponse, address: str, max_bytes: int, *, cut: bool) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_chunked(_CHUNK):
        body += chunk
        if len(body) > max_bytes:
            if cut:
                return bytes(body[:max_bytes])
            raise TooLarge("the page is too large", where=_shown(address), why=f"more than {max_bytes:,} bytes")
    return bytes(body)


def _shown(address: str) -> str:
    """An address as others may see it: without a user name and password that a feed's address may hold."""
    try:
        return str(URL(address).with_user(None))
    except (ValueError, IndexError):
        return address


def _one_line(value: str) -> str:
    return "".join(char for char in value if char.isprintable())[:1_000]
