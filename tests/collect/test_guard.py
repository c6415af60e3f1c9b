from __future__ import annotations

import asyncio
import socket
from typing import cast

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from pipeline.collect.fetch import Fetcher, FetchLimits
from pipeline.errors import AddressRefused, FetchError
from pipeline.guard import AddressGuard
from tests.collect.web import Web, answer


def test_a_host_is_allowed_by_its_name_and_no_other() -> None:
    guard = AddressGuard(["localhost:8080", "Intranet.example", "10.0.0.7", "::1"])
    assert guard.allows("http://localhost:8080/a")
    assert not guard.allows("http://localhost/a")
    assert guard.allows("https://intranet.example./")
    assert guard.allows("http://10.0.0.7:99/")
    assert guard.allows("http://[::1]/")
    assert not guard.allows("http://sub.intranet.example/")
    assert not guard.allows("http://10.0.0.8/")


def results(host: str, port: int, addresses: list[str]) -> list[ResolveResult]:
    return [
        ResolveResult(hostname=host, host=address, port=port, family=socket.AF_INET, proto=0, flags=0)
        for address in addresses
    ]


class Scripted(AbstractResolver):
    """Answers with one list of addresses after the other, the last for ever."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked = 0

    async def resolve(self, host: str, port: int = 0, family: int = socket.AF_INET) -> list[ResolveResult]:
        self.asked += 1
        return results(host, port, self.answers.pop(0) if len(self.answers) > 1 else self.answers[0])

    async def close(self) -> None:
        pass


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
            with pytest.raises(AddressRefused, match="private network"):
                await fetcher.fetch(web.url(host=host), robots=False)
            return web.asked

    assert asyncio.run(visit()) == []


def test_a_name_that_leads_inside_is_refused_at_every_answer() -> None:
    async def visit() -> list[str]:
        resolver = Scripted(["127.0.0.1"], ["10.0.0.1", "127.0.0.1"], ["127.0.0.1"])
        async with Web({"/": answer(b"secret")}) as web, Fetcher(limits(), resolver=resolver) as fetcher:
            for name in ("a.example", "b.example", "c.example"):
                with pytest.raises(AddressRefused):
                    await fetcher.fetch(web.url(host=name), robots=False)
            return web.asked

    assert asyncio.run(visit()) == []


class NameServer(asyncio.DatagramProtocol):
    """A DNS server (RFC 1035) for one name, which is at another address each time that it is asked."""

    def __init__(self, *addresses: str) -> None:
        self.addresses = list(addresses)
        self.gave: list[str] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.DatagramTransport", transport)
        self.port: int = transport.get_extra_info("sockname")[1]

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        address = self.addresses.pop(0) if len(self.addresses) > 1 else self.addresses[0]
        self.gave.append(address)
        # The question again, and one answer: the name by a pointer, type A, class IN, no time to live.
        head = data[:2] + b"\x81\x80" + b"\0\1\0\1\0\0\0\0"
        found = b"\xc0\x0c\0\1\0\1" + bytes(4) + b"\0\4" + socket.inet_aton(address)
        self.transport.sendto(head + data[12:] + found, addr)


class AskingAnew(AbstractResolver):
    """Asks the name server over the network, each time that it is asked itself."""

    def __init__(self, server: NameServer) -> None:
        self.server = server

    async def resolve(self, host: str, port: int = 0, family: int = socket.AF_INET) -> list[ResolveResult]:
        loop = asyncio.get_running_loop()
        heard: asyncio.Future[bytes] = loop.create_future()

        class Client(asyncio.DatagramProtocol):
            def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
                heard.set_result(data)

        transport, _ = await loop.create_datagram_endpoint(Client, remote_addr=("127.0.0.1", self.server.port))
        name = b"".join(bytes([len(part)]) + part.encode() for part in host.split(".")) + b"\0"
        transport.sendto(b"\x12\x34\1\0\0\1\0\0\0\0\0\0" + name + b"\0\1\0\1")
        address = socket.inet_ntoa((await asyncio.wait_for(heard, 5))[-4:])
        transport.close()
        await asyncio.sleep(0)
        return results(host, port, [address])

    async def close(self) -> None:
        pass


def rebound(*addresses: str, visits: int = 1) -> tuple[list[str], list[str], list[str]]:
    """What a name that moves leads to: what came of each visit, what was asked of this machine, what DNS had said."""

    async def run() -> tuple[list[str], list[str], list[str]]:
        loop = asyncio.get_running_loop()
        transport, server = await loop.create_datagram_endpoint(
            lambda: NameServer(*addresses), local_addr=("127.0.0.1", 0)
        )

        came = []
        one_second = limits().model_copy(update={"connect": 1.0})
        async with Web({"/": answer(b"secret")}) as web, Fetcher(one_second, resolver=AskingAnew(server)) as fetcher:
            for _ in range(visits):
                try:
                    page = await fetcher.fetch(web.url(host="rebind.example"), robots=False)
                    came.append(page.body.decode())
                except FetchError as error:
                    came.append(type(error).__name__)
        transport.close()
        await asyncio.sleep(0)
        return came, web.asked, server.gave

    return asyncio.run(run())


def test_a_name_that_moves_into_the_network_is_refused_by_where_it_is_connected_to() -> None:
    # A check of the name would hear of a public address, and the connection after it of this machine.
    came, asked, gave = rebound("192.0.2.1", "127.0.0.1", "10.0.0.1", visits=3)
    assert came == ["AddressRefused"] * 3
    assert asked == []
    assert gave == ["192.0.2.1", "127.0.0.1", "10.0.0.1"]


def test_what_was_checked_is_what_is_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS is asked once for a visit: the address that the guard sees is the one that the socket is connected to."""
    seen: list[str] = []

    def anywhere(address: str) -> bool:
        seen.append(address)
        return True

    monkeypatch.setattr("pipeline.guard.is_global", anywhere)
    came, asked, gave = rebound("127.0.0.1", "127.0.0.9")
    assert (came, len(asked)) == (["secret"], 1)
    assert seen == gave == ["127.0.0.1"]


def test_an_allowed_name_opens_no_other_name_for_the_same_place() -> None:
    async def visit() -> tuple[list[str], int]:
        resolver = Scripted(["127.0.0.1"])
        async with (
            Web({"/secret": answer(b"s")}) as web,
            Fetcher(limits("first.example"), resolver=resolver) as fetcher,
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
