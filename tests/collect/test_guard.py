from __future__ import annotations

import asyncio
import socket

import pytest

from pipeline.collect.fetch import Fetcher, FetchLimits
from pipeline.collect.guard import AddressGuard, is_global
from pipeline.collect.wire import AddressInfo
from pipeline.errors import AddressRefused, FetchError
from tests.collect.web import Web, answer


@pytest.mark.parametrize(
    "address", ["93.184.215.14", "8.8.8.8", "2606:4700::1111", "64:ff9b::808:808", "2002:808:808::1"]
)
def test_the_public_internet_is_global(address: str) -> None:
    assert is_global(address)


@pytest.mark.parametrize(
    "address",
    """
    127.0.0.1 127.8.8.8 0.0.0.0 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 192.0.2.1 198.18.0.1
    224.0.0.1 255.255.255.255 240.0.0.1 :: ::1 fe80::1 fe80::1%eth0 fc00::1 fd12::1 fec0::1 ff02::1 2001:db8::1
    ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::127.0.0.1 64:ff9b::7f00:1 64:ff9b::a00:1 64:ff9b:1::1 2002:7f00:1::1
    2002:a00:1::1 2001:0:4136:e378:8000:63bf:80ff:fffe nonsense
    """.split(),  # noqa: SIM905
)
def test_places_inside_networks_are_not_even_when_wrapped(address: str) -> None:
    assert not is_global(address)


def test_a_host_is_allowed_by_its_name_and_no_other() -> None:
    guard = AddressGuard(["localhost:8080", "Intranet.example", "10.0.0.7", "::1"])
    assert guard.allows("http://localhost:8080/a")
    assert not guard.allows("http://localhost/a")
    assert guard.allows("https://intranet.example./")
    assert guard.allows("http://10.0.0.7:99/")
    assert guard.allows("http://[::1]/")
    assert not guard.allows("http://sub.intranet.example/")
    assert not guard.allows("http://10.0.0.8/")


class Scripted:
    """Answers with one list of addresses after the other, the last for ever."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked = 0

    async def __call__(self, host: str, port: int) -> list[AddressInfo]:
        self.asked += 1
        addresses = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (address, port)) for address in addresses]


def limits(*allowed: str) -> FetchLimits:
    return FetchLimits(per_host_delay=0, allowed_hosts=allowed, total=20, connect=5)


SPELLINGS = """
    127.0.0.1 localhost LOCALHOST 127.0.0.1. 127.1 0x7f.0.0.1 0x7f000001 2130706433 0177.0.0.1 0.0.0.0
    [::1] [::ffff:127.0.0.1] [::ffff:7f00:1] １２７.0.0.1 127。0。0。1
"""


@pytest.mark.parametrize("host", SPELLINGS.split())
def test_no_spelling_of_this_machine_is_visited(host: str) -> None:
    async def visit() -> list[str]:
        async with Web({"/": answer(b"secret")}) as web, Fetcher(limits()) as fetcher:
            with pytest.raises(AddressRefused, match="inside a network"):
                await fetcher.fetch(web.url(host=host), robots=False)
            return web.asked

    assert asyncio.run(visit()) == []


def test_a_name_that_leads_inside_is_refused_at_every_answer() -> None:
    async def visit() -> list[str]:
        resolver = Scripted(["127.0.0.1"], ["10.0.0.1", "127.0.0.1"], ["127.0.0.1"])
        async with Web({"/": answer(b"secret")}) as web, Fetcher(limits(), resolve=resolver) as fetcher:
            for name in ("a.example", "b.example", "c.example"):
                with pytest.raises(AddressRefused):
                    await fetcher.fetch(web.url(host=name), robots=False)
            return web.asked

    assert asyncio.run(visit()) == []


def test_an_allowed_name_opens_no_other_name_for_the_same_place() -> None:
    async def visit() -> tuple[list[str], int]:
        resolver = Scripted(["127.0.0.1"])
        async with (
            Web({"/secret": answer(b"s")}) as web,
            Fetcher(limits("first.example"), resolve=resolver) as fetcher,
        ):
            web.pages["/"] = answer(status="302 Found", Location=web.url("/secret", host="rebound.example"))
            with pytest.raises(AddressRefused):
                await fetcher.fetch(web.url(host="first.example"), robots=False)
            return web.paths, resolver.asked

    assert asyncio.run(visit()) == (["/"], 2)


@pytest.mark.parametrize(
    "target",
    ["http://127.0.0.1:{port}/secret", "http://0x7f.1:{port}/secret", "//127.1:{port}/secret", "file:///etc/passwd"],
)
def test_a_redirect_leads_nowhere_inside(target: str) -> None:
    async def visit() -> list[str]:
        async with Web({}) as web, Fetcher(limits("localhost")) as fetcher:
            web.pages["/"] = answer(status="301 Moved", Location=target.format(port=web.port))
            with pytest.raises(FetchError):
                await fetcher.fetch(web.url(host="localhost"), robots=False)
            return web.paths

    assert asyncio.run(visit()) == ["/"]


def test_robots_txt_is_guarded_too() -> None:
    async def visit() -> list[str]:
        async with Web({"/robots.txt": answer(b"")}) as web, Fetcher(limits()) as fetcher:
            with pytest.raises(AddressRefused):
                await fetcher.fetch(web.url())
            return web.asked

    assert asyncio.run(visit()) == []


def test_an_allowed_host_is_visited() -> None:
    async def visit() -> bytes:
        async with Web({"/": answer(b"hello")}) as web, Fetcher(limits(f"127.0.0.1:{web.port}")) as fetcher:
            return (await fetcher.fetch(web.url(), robots=False)).body

    assert asyncio.run(visit()) == b"hello"
