"""Robots.txt, Crawl-delay and Retry-After, within one process and from one to the next."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pipeline.collect.fetch import Fetcher, FetchLimits
from pipeline.collect.manners import (
    ALL_CLOSED,
    FIRST_HOLD,
    GIVEN_UP,
    LONGEST_HOLD,
    ROBOTS_LAST,
    TROUBLE_LASTS,
    TROUBLE_LASTS_MOST,
    after_answer,
    is_closed,
    robots_in_trouble,
    robots_read,
    seconds_left,
)
from pipeline.errors import FetchFailed, HostPaused, RobotsDisallowed
from schemas.host import HostState, RobotsKept
from tests.collect.web import Answer, Web, answer

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
LIMITS = FetchLimits(per_host_delay=0, allowed_hosts=("127.0.0.1", "localhost"), max_bytes=100_000)

Story = Callable[[Web, Fetcher], Coroutine[Any, Any, Any]]


@dataclass
class Memory:
    """What outlives a fetcher."""

    hosts: dict[str, HostState] = field(default_factory=dict)
    origins: dict[str, RobotsKept] = field(default_factory=dict)

    def host(self, host: str) -> HostState | None:
        return self.hosts.get(host)

    def put_host(self, state: HostState) -> None:
        self.hosts[state.host] = state

    def robots(self, origin: str) -> RobotsKept | None:
        return self.origins.get(origin)

    def put_robots(self, kept: RobotsKept) -> None:
        self.origins[kept.origin] = kept


@dataclass
class Clock:
    now: datetime = AT

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: float) -> None:
        self.now += timedelta(**span)


class Sleeps(list[float]):
    async def __call__(self, seconds: float) -> None:
        self.append(round(seconds))


def visit(pages: Mapping[str, Answer], story: Story, limits: FetchLimits = LIMITS, **scripted: Any) -> Any:
    async def run() -> Any:
        async with Web(pages) as web, Fetcher(limits, **{"clock": lambda: AT} | scripted) as fetcher:
            return await story(web, fetcher)

    return asyncio.run(run())


def get(pages: Mapping[str, Answer], path: str) -> bytes:
    async def story(web: Web, fetcher: Fetcher) -> bytes:
        return (await fetcher.fetch(web.url(path))).body

    body: bytes = visit(pages, story)
    return body


def robots(text: str, **pages: Answer) -> dict[str, Answer]:
    return {"/robots.txt": answer(text.encode()), "/a": answer(b"a"), "/b": answer(b"b"), **pages}


def test_robots_txt_is_asked_once_and_heard() -> None:
    async def story(web: Web, fetcher: Fetcher) -> list[str]:
        await fetcher.fetch(web.url("/a"))
        with pytest.raises(RobotsDisallowed, match=r"robots\.txt"):
            await fetcher.fetch(web.url("/b"))
        await fetcher.fetch(web.url("/a"))
        await fetcher.fetch(web.url("/b"), robots=False)
        return web.paths

    rules = "User-agent: *\nDisallow: /\n\nUser-agent: Tallywire\nDisallow: /b$\nAllow: /a"
    assert visit(robots(rules), story) == ["/robots.txt", "/a", "/a", "/b"]


def test_a_redirect_into_a_disallowed_place_is_not_followed() -> None:
    pages = robots("User-agent: *\nDisallow: /private", **{"/a": answer(status="302 Found", Location="/private/x")})
    with pytest.raises(RobotsDisallowed):
        get(pages, "/a")


@pytest.mark.parametrize("status", ["404 Not Found", "403 Forbidden", "401 Unauthorized"])
def test_without_robots_txt_everything_is_allowed(status: str) -> None:
    assert get({"/robots.txt": answer(status=status), "/a": answer(b"a")}, "/a") == b"a"


@pytest.mark.parametrize("broken", [answer(status="503 Busy"), answer(status="429 Slow"), b"", b"nonsense\r\n\r\n"])
def test_a_site_whose_robots_txt_cant_be_read_is_left_alone_for_now(broken: bytes) -> None:
    async def story(web: Web, fetcher: Fetcher) -> list[str]:
        for _ in range(2):
            with pytest.raises(FetchFailed, match=r"robots\.txt can't be read"):
                await fetcher.fetch(web.url("/a"))
        return web.paths

    assert set(visit({"/robots.txt": broken, "/a": answer(b"a")}, story)) == {"/robots.txt"}


def test_robots_txt_expires() -> None:

    async def run() -> list[str]:
        clock = {"now": AT}
        async with Web(robots("")) as web, Fetcher(LIMITS, clock=lambda: clock["now"]) as fetcher:
            await fetcher.fetch(web.url("/a"))
            clock["now"] = AT.replace(day=23, hour=13)
            await fetcher.fetch(web.url("/a"))
            return web.paths

    assert asyncio.run(run()) == ["/robots.txt", "/a", "/robots.txt", "/a"]


def test_of_an_endless_robots_txt_the_beginning_counts() -> None:
    rules = "User-agent: *\nDisallow: /b\n" + "# padding\n" * 100_000
    assert get(robots(rules), "/a") == b"a"
    with pytest.raises(RobotsDisallowed):
        get(robots(rules), "/b")


def test_a_host_has_one_visitor_at_a_time() -> None:
    async def slowly(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.01)
        writer.write(answer(b"x"))

    async def story(web: Web, fetcher: Fetcher) -> tuple[int, int]:
        await asyncio.gather(*(fetcher.fetch(web.url(f"/{n}"), robots=False) for n in range(5)))
        return len(web.asked), web.most_at_once

    assert visit({f"/{n}": slowly for n in range(5)}, story) == (5, 1)


def test_visits_to_one_host_lie_apart_and_a_crawl_delay_draws_them_further() -> None:
    async def story(web: Web, fetcher: Fetcher) -> None:
        await fetcher.fetch(web.url("/a"), robots=False)
        await fetcher.fetch(web.url("/a"))

    sleeps = Sleeps()
    slow = LIMITS.model_copy(update={"per_host_delay": 5.0})
    visit(robots("User-agent: *\nCrawl-delay: 12"), story, slow, sleep=sleeps)
    assert sleeps == [5, 5]
    sleeps.clear()

    async def twice(web: Web, fetcher: Fetcher) -> None:
        await fetcher.fetch(web.url("/a"))
        await fetcher.fetch(web.url("/b"))

    visit(robots("User-agent: *\nCrawl-delay: 12"), twice, LIMITS, sleep=sleeps)
    assert sleeps[-1] == 12
    visit(robots("User-agent: *\nCrawl-delay: 86400"), twice, LIMITS, sleep=sleeps)
    assert sleeps[-1] == 30


def test_a_busy_host_is_given_its_pause() -> None:
    async def story(web: Web, fetcher: Fetcher) -> int:
        first = await fetcher.fetch(web.url("/a"), robots=False)
        await fetcher.fetch(web.url("/b"), robots=False)
        return first.status

    sleeps = Sleeps()
    pages = {"/a": answer(status="429 Too Many", Retry_After="40"), "/b": answer()}
    assert visit(pages, story, sleep=sleeps) == 429
    assert sleeps == [40]


def test_nobody_waits_for_a_host_that_wants_an_hour() -> None:
    async def story(web: Web, fetcher: Fetcher) -> list[str]:
        await fetcher.fetch(web.url("/a"), robots=False)
        with pytest.raises(FetchFailed, match="asked us to wait"):
            await fetcher.fetch(web.url("/b"), robots=False)
        return web.paths

    assert visit({"/a": answer(status="503 Busy", Retry_After="3600")}, story) == ["/a"]


def test_the_next_process_waits_as_long_as_this_one_was_asked_to() -> None:
    memory, clock = Memory(), Clock()

    async def run() -> list[str]:
        async with Web({"/a": answer(status="429 Too Many", Retry_After="600"), "/b": answer()}) as web:
            async with Fetcher(LIMITS, clock=clock, memory=memory) as fetcher:
                await fetcher.fetch(web.url("/a"), robots=False)
            clock.forward(seconds=95)
            async with Fetcher(LIMITS, clock=clock, memory=memory) as fetcher:
                with pytest.raises(HostPaused) as caught:
                    await fetcher.fetch(web.url("/b"), robots=False)
            assert caught.value.seconds == pytest.approx(505, abs=1)
            clock.forward(seconds=506)
            async with Fetcher(LIMITS, clock=clock, memory=memory) as fetcher:
                await fetcher.fetch(web.url("/b"), robots=False)
            return web.paths

    assert asyncio.run(run()) == ["/a", "/b"]


def test_two_processes_at_once_hear_of_each_other() -> None:
    memory, clock = Memory(), Clock()

    async def run() -> list[str]:
        pages = {"/a": answer(), "/b": answer(status="429 Too Many", Retry_After="600")}
        async with (
            Web(pages) as web,
            Fetcher(LIMITS, clock=clock, memory=memory) as one,
            Fetcher(LIMITS, clock=clock, memory=memory) as other,
        ):
            await one.fetch(web.url("/a"), robots=False)
            await other.fetch(web.url("/b"), robots=False)
            with pytest.raises(HostPaused):
                await one.fetch(web.url("/a"), robots=False)
            return web.paths

    assert asyncio.run(run()) == ["/a", "/b"]


def test_a_crawl_delay_and_robots_txt_hold_for_the_next_process() -> None:
    memory, clock, sleeps = Memory(), Clock(), Sleeps()

    async def run() -> list[str]:
        async with Web(robots("User-agent: *\nDisallow: /b\nCrawl-delay: 20")) as web:
            for span in (0, 5, 60):
                clock.forward(seconds=span)
                async with Fetcher(LIMITS, clock=clock, sleep=sleeps, memory=memory) as fetcher:
                    await fetcher.fetch(web.url("/a"))
                    with pytest.raises(RobotsDisallowed):
                        await fetcher.fetch(web.url("/b"))
            return web.paths

    assert asyncio.run(run()) == ["/robots.txt", "/a", "/a", "/a"]
    # The second process comes 5 seconds after the first, the third late enough.
    assert sleeps == [15]


def test_robots_txt_is_asked_again_after_a_day_whoever_asked_before() -> None:
    memory, clock = Memory(), Clock()

    async def run() -> list[str]:
        async with Web(robots("")) as web:
            for span in (timedelta(), ROBOTS_LAST - timedelta(seconds=1), timedelta(seconds=1)):
                clock.now += span
                async with Fetcher(LIMITS, clock=clock, memory=memory) as fetcher:
                    await fetcher.fetch(web.url("/a"))
            return web.paths

    assert asyncio.run(run()) == ["/robots.txt", "/a", "/a", "/robots.txt", "/a"]


def test_a_site_in_trouble_is_closed_for_a_while_and_then_as_it_last_said() -> None:
    memory, clock = Memory(), Clock()

    async def run() -> None:
        async with (
            Web(robots("User-agent: *\nDisallow: /b")) as web,
            Fetcher(LIMITS, clock=clock, memory=memory) as fetcher,
        ):
            await fetcher.fetch(web.url("/a"))
            web.pages["/robots.txt"] = answer(status="500 Oops")
            clock.now += ROBOTS_LAST
            with pytest.raises(FetchFailed, match="can't be read at the moment"):
                await fetcher.fetch(web.url("/a"))
            clock.now += ALL_CLOSED
            assert (await fetcher.fetch(web.url("/a"))).body == b"a"
            with pytest.raises(RobotsDisallowed):
                await fetcher.fetch(web.url("/b"))

    asyncio.run(run())


def test_a_pause_is_no_trouble_of_robots_txt() -> None:
    async def story(web: Web, fetcher: Fetcher) -> None:
        await fetcher.fetch(web.url("/busy"), robots=False)
        with pytest.raises(HostPaused):
            await fetcher.fetch(web.url("/a"))

    memory = Memory()
    visit(robots("", **{"/busy": answer(status="429 Too Many")}), story, memory=memory)
    assert memory.origins == {}


def answered(*answers: tuple[int, float | None], gap: float = 0.0) -> list[float]:
    """How many seconds a host is left alone after each of ``answers``, ``gap`` seconds apart from its end."""
    state, now, waits = HostState(host="e.com"), AT, []
    for status, asked in answers:
        state = after_answer(state, status, asked, now)
        waits.append(seconds_left(state, now))
        now += timedelta(seconds=waits[-1] + gap)
    return waits


@pytest.mark.parametrize(
    ("answers", "waits"),
    [
        ([(200, None)], [0]),
        ([(503, None)], [0]),
        ([(503, 60)], [60]),
        ([(200, 60)], [0]),
        ([(429, 60)], [60]),
        ([(429, None)], [FIRST_HOLD]),
        ([(429, 0)], [FIRST_HOLD]),
        ([(429, None)] * 3, [FIRST_HOLD, 2 * FIRST_HOLD, 4 * FIRST_HOLD]),
        ([(429, 3_600), (429, None)], [3_600, 7_200]),
        ([(429, None), (200, None), (429, None)], [FIRST_HOLD, 0, FIRST_HOLD]),
        ([(429, 10.0**9)], [LONGEST_HOLD]),
    ],
)
def test_a_busy_host_is_left_alone_for_longer_each_time(
    answers: list[tuple[int, float | None]], waits: list[float]
) -> None:
    assert answered(*answers) == waits


def test_holds_grow_to_a_day_and_no_further() -> None:
    waits = answered(*[(429, None)] * 20)
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST_HOLD


def test_a_clock_that_was_wrong_closes_no_host_for_ever() -> None:
    assert seconds_left(HostState(host="e.com", free_at=AT + timedelta(days=900)), AT) == LONGEST_HOLD


def test_a_robots_txt_that_cant_be_read_is_asked_for_less_and_less_often() -> None:
    kept, waits = None, []
    now = AT
    for _ in range(9):
        kept = robots_in_trouble("https://e.com", kept, "it answers 500", now)
        waits.append(kept.until - now)
        now = kept.until
    assert waits[:3] == [TROUBLE_LASTS, 2 * TROUBLE_LASTS, 4 * TROUBLE_LASTS]
    assert waits[-1] == TROUBLE_LASTS_MOST


@pytest.mark.parametrize(("read_before", "for_how_long"), [(True, ALL_CLOSED), (False, GIVEN_UP)])
def test_trouble_closes_a_site_for_a_bounded_time(read_before: bool, for_how_long: timedelta) -> None:
    before = robots_read("https://e.com", "User-agent: *", AT - ROBOTS_LAST) if read_before else None
    kept = robots_in_trouble("https://e.com", before, "it answers 500", AT)
    later = robots_in_trouble("https://e.com", kept, "it answers 500", AT + for_how_long)
    assert is_closed(later, AT + for_how_long - timedelta(seconds=1))
    assert not is_closed(later, AT + for_how_long)
    assert not is_closed(robots_read("https://e.com", None, AT), AT)
