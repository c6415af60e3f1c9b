"""The outside of a trial: a site with two feeds whose figures grow, and a mail server."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from typing import Any

from aiosmtpd.controller import Controller

from tests.collect.web import Answer, Web, answer
from tests.hostile import FLOOD, dripping, feed, hanging_up, html_answer, page, serving
from tests.tell.test_smtp import free_port

DESK, NIGHT = "desk@news.example", "night@news.example"
PLACES = ("Tarn", "Arn", "Bel")
FEEDS = ("/feed", "/copies")


@dataclass(frozen=True)
class Taken:
    """A mail that the server took: for whom, which, and what it says."""

    recipient: str
    identity: str
    words: str


@dataclass
class Postbox:
    """Takes mails; ``rcpt`` and ``data`` answer otherwise, ``hook`` hears of each text before and after it is kept."""

    taken: list[Taken] = field(default_factory=list)
    rcpt: dict[str, str] = field(default_factory=dict)
    data: str = "250 taken"
    hangs: float = 0.0
    hook: Callable[[str], None] = lambda moment: None

    async def handle_RCPT(  # noqa: N802 - the name aiosmtpd calls
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        said = self.rcpt.get(address, "250 OK")
        if said.startswith("250"):
            envelope.rcpt_tos.append(address)
        return said

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.hook("before")
        if not self.data.startswith("250"):
            return self.data
        mail = message_from_bytes(envelope.content, policy=policy.default)
        text = mail.get_body(("plain",))
        words = f"{mail['Subject']}\n{text.get_content() if text else ''}"
        self.taken += [Taken(one, str(mail["Message-ID"]), words) for one in envelope.rcpt_tos]
        self.hook("after")
        if self.hangs:
            await asyncio.sleep(self.hangs)
        return self.data

    def well(self) -> None:
        """Be a good server again."""
        self.rcpt, self.data, self.hangs, self.hook = {}, "250 taken", 0.0, lambda moment: None


@dataclass
class Newsroom:
    """A site that publishes an edition a round."""

    web: Web
    post: Postbox
    port: int
    links: dict[str, list[str]] = field(default_factory=lambda: {name: [] for name in FEEDS})
    good: dict[str, bytes] = field(default_factory=dict)

    @property
    def announced(self) -> set[str]:
        """All that the feeds announce."""
        return {self.web.url(link) for links in self.links.values() for link in links}

    def publish(self, number: int, now: datetime) -> None:
        """An edition: a report on each place with a number that grew, and a copy of the first in the other feed."""
        for at, place in enumerate(PLACES):
            told = (
                FLOOD[0].replace("Tarn", place),
                f"At least {40 + 10 * number + at} people were evacuated from a hospital in {place}, the brigade said.",
                f"In {place} the {('market', 'school', 'bridge')[at]} stays closed after the flood, an engineer said.",
            )
            link = f"/{number}/{place}"
            published = now - timedelta(minutes=9 - at)
            self.good[link] = html_answer(page(f"Flood in {place}, report {number}", *told, published=published))
            self.links["/feed"].append(link)
        self.good[f"/{number}/copy"] = self.good[f"/{number}/{PLACES[0]}"]
        self.links["/copies"].append(f"/{number}/copy")
        self.well()

    def well(self) -> None:
        """Serve everything as it is."""
        feeds = {name: feed(links) for name, links in self.links.items()}
        self.web.pages = {**self.good, **feeds}

    def spoil(self, chance: random.Random, share: float) -> list[str]:
        """Let some pages and feeds go wrong, each in one of the ways in which servers do; what was done, in words."""
        said = []
        for path in sorted(self.web.pages):
            if chance.random() < share:
                name = chance.choice(sorted(_WAYS))
                self.web.pages[path] = _WAYS[name](chance, self.web.pages[path])
                said.append(f"{path} {name}")
        return said


async def _later(writer: asyncio.StreamWriter, whole: bytes) -> None:
    await asyncio.sleep(0.4)
    writer.write(whole)
    await writer.drain()


def _slow(_: random.Random, whole: Answer) -> Answer:
    assert isinstance(whole, bytes)
    return lambda writer: _later(writer, whole)


_WAYS: dict[str, Callable[[random.Random, Answer], Answer]] = {
    "answers 503": lambda _, __: answer(b"", "503 Service Unavailable"),
    "answers 500": lambda _, __: answer(b"oops", "500 Internal Server Error"),
    "is slow": _slow,
    "hangs": lambda _, __: dripping,
    "hangs up": lambda _, __: hanging_up,
    "is garbage": lambda chance, _: answer(chance.randbytes(3000), Content_Type="application/rss+xml"),
    "is empty": lambda _, __: answer(b"", Content_Type="application/rss+xml"),
}


@contextmanager
def newsroom() -> Iterator[Newsroom]:
    """A newsroom that has published nothing yet."""
    post = Postbox()
    port = free_port()
    controller = Controller(post, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        with serving({}) as web:
            yield Newsroom(web, post, port)
    finally:
        controller.stop()
