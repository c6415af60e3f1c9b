"""Fetching: one polite, guarded, bounded way out to the web, for feeds and pages alike."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import NoReturn, Self

from pydantic import Field
from yarl import URL

from pipeline import __version__
from pipeline.collect import robots as robots_txt
from pipeline.collect.cookies import Cookies
from pipeline.collect.guard import AddressGuard
from pipeline.collect.head import Head
from pipeline.collect.headers import retry_after, safe_headers
from pipeline.collect.manners import HostMemory, NoMemory
from pipeline.collect.pace import Pace
from pipeline.collect.robots import Robots
from pipeline.collect.wire import Bounds, Resolve, Wire
from pipeline.errors import AddressRefused, FetchError, FetchFailed, TallywireError
from pipeline.urls import absolute, host_of
from schemas.article import Page, Redirect
from schemas.base import Model

AGENT = "Tallywire"
"""What robots.txt files call us."""

_REDIRECTS = {301, 302, 303, 307, 308}
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
    max_head_bytes: int = Field(default=256 * 1024, gt=0, description="of an answer's status and headers, as in Chrome")
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

    ``clock`` tells the time pages are stamped with; ``sleep`` and ``resolve`` can be scripted by a test.
    What hosts ask of us is kept in ``memory``, or until the fetcher ends.
    """

    def __init__(
        self,
        limits: FetchLimits | None = None,
        *,
        clock: Callable[[], datetime] = _now,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        resolve: Resolve | None = None,
        memory: HostMemory | None = None,
    ) -> None:
        self.limits = limits or FetchLimits()
        self._clock = clock
        self._resolve = resolve
        self._guard = AddressGuard(self.limits.allowed_hosts)
        memory = memory or NoMemory()
        self._pace = Pace(self.limits.per_host_delay, self.limits.longest_wait, memory=memory, now=clock, sleep=sleep)
        self._robots = Robots(self._get_robots, agent=AGENT, pace=self._pace, memory=memory, clock=clock)
        self._wire: Wire | None = None

    async def __aenter__(self) -> Self:
        self._wire = Wire(self._guard.socket, resolve=self._resolve)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._wire is not None:
            self._wire.close()
            self._wire = None
            # A turn of the loop, in which the sockets are closed.
            await asyncio.sleep(0)

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
        cookies = Cookies(self.limits.max_cookie_bytes)
        visited = {(address, cookies.header(address))}
        while True:
            if ask_robots:
                await self._robots.check(address)
            page = await self._request(address, headers, cookies, max_bytes, cut=cut)
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
            # The same address with another cookie is another request: so sites find out who keeps cookies.
            visit = (address, cookies.header(address))
            if visit in visited:
                raise FetchFailed("it redirects in a circle", where=_shown(url))
            visited.add(visit)

    async def _request(
        self, address: str, headers: dict[str, str], cookies: Cookies, max_bytes: int, *, cut: bool
    ) -> Page:
        if self._wire is None:
            raise RuntimeError("a Fetcher is used inside `async with`")
        host = host_of(address)
        said = {"User-Agent": self.limits.user_agent, "Accept-Language": "*", **headers}
        if cookie := cookies.header(address):
            said["Cookie"] = cookie
        bounds = Bounds(body=max_bytes, head=self.limits.max_head_bytes, connect=self.limits.connect)
        async with self._pace.turn(host):
            with self._guard.visiting(address) as visit:
                try:
                    async with asyncio.timeout(self.limits.total):
                        answer = await self._wire.get(address, said, bounds, wanted=_is_wanted, cut=cut)
                except OSError as error:
                    if visit.refused is not None:
                        raise AddressRefused(
                            "the address leads inside a network",
                            where=_shown(address),
                            why=visit.refused,
                            hint="if it is yours, name its host among the allowed hosts",
                        ) from None
                    self._give_up(address, error)
            cookies.take(address, answer.head.headers)
            page = Page(
                url=address,
                final_url=_shown(address),
                status=answer.head.status,
                headers=safe_headers(answer.head.headers),
                body=answer.body,
                fetched_at=self._clock(),
            )
            self._pace.answered(host, page.status, retry_after(page))
        return page

    def _give_up(self, address: str, error: OSError) -> NoReturn:
        if isinstance(error, TimeoutError):
            why = f"no complete answer within {self.limits.total:g} seconds"
        else:
            why = f"no connection: {os.strerror(error.errno).lower() if error.errno else 'unknown reason'}"
        raise FetchFailed("the address gave no page", where=_shown(address), why=why) from None


def _is_wanted(head: Head) -> bool:
    """Whether the body is read: what a redirect says besides where it leads is for nobody."""
    return head.status not in _REDIRECTS


def _shown(address: str) -> str:
    """An address as others may see it: without a user name and password that a feed's address may hold."""
    try:
        return str(URL(address).with_user(None))
    except (ValueError, IndexError):
        return address


def _one_line(value: str) -> str:
    return "".join(char for char in value if char.isprintable())[:1_000]
