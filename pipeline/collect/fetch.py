"""Fetching: one polite, guarded, bounded way out to the web, for feeds and pages alike."""

from __future__ import annotations

import asyncio
import os
import re
import ssl
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from http.cookies import Morsel
from types import TracebackType
from typing import Self

import aiohttp
from aiohttp.abc import AbstractResolver
from pydantic import Field
from yarl import URL

from pipeline import __version__
from pipeline.collect import robots as robots_txt
from pipeline.collect.connector import GuardedConnector
from pipeline.collect.headers import retry_after, safe_headers
from pipeline.collect.manners import HostMemory, NoMemory
from pipeline.collect.pace import Pace
from pipeline.collect.robots import Robots
from pipeline.collect.unpack import ENCODINGS, Garbled, TooMuch, Unpacker, codings_of, is_complete, unzipped
from pipeline.errors import AddressRefused, FetchError, FetchFailed, TallywireError, TooLarge
from pipeline.guard import AddressGuard
from pipeline.urls import absolute, host_of
from schemas.article import Page, Redirect
from schemas.base import Model

AGENT = "Tallywire"
"""What robots.txt files call us."""

_REDIRECTS = {301, 302, 303, 307, 308}
_NO_PAGE = "the page could not be fetched"
_LONGEST_REASON = 200
"""Letters of what the parser says; its own words are shorter, and what it quotes may be long."""
_ACCEPT = "text/html,application/xhtml+xml;q=0.9,application/xml;q=0.8,*/*;q=0.5"


class FetchLimits(Model):
    """How far fetching goes; all times are seconds, and ``max_bytes`` counts what a body is decoded to."""

    contact: str = Field(default="", pattern=r"^[\x20-\x7e]{0,200}$", description="contact address for site owners")
    max_bytes: int = Field(default=10 * 1024 * 1024, gt=0)
    total: float = Field(default=60.0, gt=0, description="for one request, from connecting to its last byte")
    connect: float = Field(default=10.0, gt=0)
    max_redirects: int = Field(default=5, ge=0)
    max_header_bytes: int = Field(
        default=32 * 1024, gt=0, description="of one header of an answer; three times the longest that was seen"
    )
    max_headers: int = Field(
        default=512, gt=0, description="of an answer; with the bound of each, they are about as long as a page may be"
    )
    max_cookie_bytes: int = Field(
        default=8_192, ge=0, description="of the cookies that are brought back on the way to one page"
    )
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
    ``tls`` says which certificates are trusted: the system's, unless given. What hosts ask of us is kept in ``memory``,
    or until the fetcher ends.
    """

    def __init__(
        self,
        limits: FetchLimits | None = None,
        *,
        clock: Callable[[], datetime] = _now,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        resolver: AbstractResolver | None = None,
        tls: ssl.SSLContext | None = None,
        memory: HostMemory | None = None,
    ) -> None:
        self.limits = limits or FetchLimits()
        self._clock = clock
        self._resolver = resolver
        self._tls = tls
        self._guard = AddressGuard(self.limits.allowed_hosts)
        memory = memory or NoMemory()
        self._pace = Pace(self.limits.per_host_delay, self.limits.longest_wait, memory=memory, now=clock, sleep=sleep)
        self._robots = Robots(self._get_robots, agent=AGENT, pace=self._pace, memory=memory, clock=clock)
        self._connector: GuardedConnector | None = None

    async def __aenter__(self) -> Self:
        self._connector = GuardedConnector(self._guard.socket, self._resolver, ssl=self._tls or True)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._connector is not None:
            await self._connector.close()
            self._connector = None

    def _session(self) -> aiohttp.ClientSession:
        """A session for one page: its cookies are those of the redirects to it, and end with it."""
        if self._connector is None:
            raise RuntimeError("a Fetcher is used inside `async with`")
        return aiohttp.ClientSession(
            connector=self._connector,
            connector_owner=False,
            # Values go back as they came; a host that is named by its address may use cookies as well.
            cookie_jar=aiohttp.CookieJar(unsafe=True, quote_cookie=False),
            trust_env=False,
            headers={"User-Agent": self.limits.user_agent, "Accept-Language": "*", "Accept-Encoding": ENCODINGS},
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=self.limits.connect),
            auto_decompress=False,
            max_line_size=self.limits.max_header_bytes,
            max_field_size=self.limits.max_header_bytes,
            max_headers=self.limits.max_headers,
        )

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
        async with self._session() as session:
            return await self._follow_in(session, url, address, headers, max_bytes, ask_robots=ask_robots, cut=cut)

    async def _follow_in(
        self,
        session: aiohttp.ClientSession,
        url: str,
        address: str,
        headers: dict[str, str],
        max_bytes: int,
        *,
        ask_robots: bool,
        cut: bool,
    ) -> Page:
        redirects: list[Redirect] = []
        visited = {(address, _cookies(session, address))}
        while True:
            if ask_robots:
                await self._robots.check(address)
            page = await self._request(session, address, headers, max_bytes, cut=cut)
            location = page.header("Location")
            if page.status not in _REDIRECTS or not location:
                return page.model_copy(update={"url": url, "redirects": tuple(redirects)})
            try:
                target = absolute(location, address)
            except TallywireError as error:
                raise FetchFailed(
                    "it redirects to something that is not a web address", where=_shown(url), why=error.why
                ) from None
            address = str(URL(target, encoded=True).with_user(None))
            redirects.append(Redirect(status=page.status, url=address))
            if len(redirects) > self.limits.max_redirects:
                most = self.limits.max_redirects
                raise FetchFailed("too many redirects", where=_shown(url), why=f"more than {most} times")
            # The same address with another cookie is another request: so sites find out who keeps cookies.
            visit = (address, _cookies(session, address))
            if visit in visited:
                raise FetchFailed("it redirects in a loop", where=_shown(url))
            visited.add(visit)

    async def _request(
        self, session: aiohttp.ClientSession, address: str, headers: dict[str, str], max_bytes: int, *, cut: bool
    ) -> Page:
        host = host_of(address)
        async with self._pace.turn(host):
            with self._guard.visiting(address) as visit:
                try:
                    async with (
                        asyncio.timeout(self.limits.total),
                        session.get(URL(address, encoded=True), headers=headers, allow_redirects=False) as response,
                    ):
                        # What a redirect says besides where it leads is for nobody.
                        wanted = response.status not in _REDIRECTS
                        body = await _body(response, address, max_bytes, cut=cut) if wanted else b""
                except (aiohttp.ClientError, OSError, ValueError) as error:
                    if visit.refused is not None or isinstance(error, aiohttp.InvalidURL):
                        raise AddressRefused(
                            "the address leads to a private network",
                            where=_shown(address),
                            why=visit.refused or "its host is a number in an unusual spelling",
                            hint="if it is yours, add its host to TALLYWIRE_ALLOWED_HOSTS",
                        ) from None
                    raise FetchFailed(_NO_PAGE, where=_shown(address), why=self._why(error)) from None
            _bound_cookies(session, self.limits.max_cookie_bytes)
            page = Page(
                url=address,
                final_url=_shown(address),
                status=response.status,
                headers=safe_headers(response.raw_headers),
                body=body,
                fetched_at=self._clock(),
            )
            self._pace.answered(host, page.status, retry_after(page))
        return page

    def _why(self, error: Exception) -> str:
        match error:
            case aiohttp.ServerTimeoutError():
                return f"no connection within {self.limits.connect:g} seconds"
            case TimeoutError():
                return f"no complete answer within {self.limits.total:g} seconds"
            case aiohttp.ClientConnectorDNSError():
                return "its host name does not exist"
            case aiohttp.ClientConnectorCertificateError():
                return "its certificate is not valid"
            case aiohttp.ClientSSLError():
                return "no secure connection could be made"
            case aiohttp.ClientConnectorError():
                number = error.os_error.errno
                return f"no connection: {os.strerror(number).lower() if number else 'unknown reason'}"
            case aiohttp.ServerDisconnectedError() | aiohttp.ClientOSError():
                return "the server closed the connection"
            case aiohttp.ClientResponseError():
                return f"its answer is not HTTP: {_in_words(error.message)}"
            case _:
                return type(error).__name__


async def _body(response: aiohttp.ClientResponse, address: str, max_bytes: int, *, cut: bool) -> bytes:
    """The body, decoded. One that breaks off is taken where it is a whole document; browsers show it all the same.

    A server that announces too much, or forgets the last chunk, would otherwise never be read.
    """
    where = _shown(address)
    try:
        unpacker = Unpacker(codings_of(response.raw_headers), max_bytes)
        try:
            whole = await _received(response.content, unpacker, max_bytes)
            body = unzipped(bytes(unpacker.body), max_bytes)
        except TooMuch:
            if cut:
                return bytes(unpacker.body)
            why = f"more than {max_bytes:,} bytes"
            raise TooLarge("the page is too large", where=where, why=why) from None
    except Garbled as error:
        raise FetchFailed(_NO_PAGE, where=where, why=f"its body is incomplete or garbled: {error}") from None
    if not whole and not is_complete(body):
        raise FetchFailed(_NO_PAGE, where=where, why="its body is incomplete or garbled")
    return body


async def _received(content: aiohttp.StreamReader, unpacker: Unpacker, most: int) -> bool:
    """Feed what comes to ``unpacker``; whether all of it came. Raises `TooMuch` or `Garbled`."""
    try:
        async for some in content.iter_any():
            unpacker.feed(some)
            # Counted as sent too: some encodings can go on for ever and mean nothing.
            most -= len(some)
            if most < 0:
                raise TooMuch
    except aiohttp.ClientPayloadError:
        return False
    return True


def _cookies(session: aiohttp.ClientSession, address: str) -> frozenset[tuple[str, str]]:
    """The cookies that a request to ``address`` brings back."""
    fitting = session.cookie_jar.filter_cookies(URL(address, encoded=True))
    return frozenset((name, cookie.value) for name, cookie in fitting.items())


def _bound_cookies(session: aiohttp.ClientSession, most: int) -> None:
    """Forget the later cookies of those that together pass ``most`` bytes."""
    left = most

    def is_too_much(cookie: Morsel[str]) -> bool:
        nonlocal left
        left -= len(cookie.key) + len(cookie.value)
        return left < 0

    session.cookie_jar.clear(is_too_much)


def _in_words(message: str) -> str:
    """What the parser of HTTP says is wrong, in one line, without the bytes that it shows and points at."""
    said = re.split(r"\n\n|: b['\"]", message)[0]
    return " ".join(said.split()).rstrip(":")[:_LONGEST_REASON]


def _shown(address: str) -> str:
    """An address as others may see it: without a user name and password that a feed's address may hold."""
    try:
        return str(URL(address).with_user(None))
    except (ValueError, IndexError):
        return address


def _one_line(value: str) -> str:
    return "".join(char for char in value if char.isprintable())[:1_000]
