"""A hostile site on a real socket beside the test, and what it serves."""

from __future__ import annotations

import asyncio
import gzip
import html
import os
import sqlite3
import sys
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from pipeline.record import Record
from pipeline.steps.showing.export import EXPORTS
from tests.collect.web import Answer, Web, answer

FLOOD = (
    "The river Malva burst its banks on Sunday night and flooded the old town of Tarn, the mayor said.",
    "At least 40 people were evacuated from the hospital by boat, according to the fire brigade.",
    "Residents spoke of water rising within minutes, of cars carried through the market and of a long night on roofs.",
)


@contextmanager
def serving(pages: Mapping[str, Answer]) -> Iterator[Web]:
    """Serve ``pages`` while the test goes on in another thread; they can be changed meanwhile."""
    loop = asyncio.new_event_loop()
    web = Web(pages)
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    asyncio.run_coroutine_threadsafe(web.__aenter__(), loop).result()
    try:
        yield web
    finally:
        asyncio.run_coroutine_threadsafe(_ended(web), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _ended(web: Web) -> None:
    await web.__aexit__()
    ours = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in ours:
        task.cancel()
    await asyncio.gather(*ours, return_exceptions=True)


def page(title: str, *paragraphs: str, published: datetime | None = None) -> bytes:
    """A plain article; ``title`` is markup, as a page may have it."""
    text = "".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in paragraphs or FLOOD)
    date = f'<meta property="article:published_time" content="{published.isoformat()}">' if published else ""
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>{date}</head>'
        f"<body><article><h1>{title}</h1>{text}</article></body></html>"
    ).encode()


def html_answer(body: bytes, **headers: str) -> bytes:
    return answer(body, **{"Content_Type": "text/html; charset=utf-8"} | headers)


def feed(links: Iterable[str], title: str = "Flood in {link}") -> bytes:
    """An RSS feed of ``links``."""
    items = "".join(
        f"<item><title>{html.escape(title.format(link=link))}</title><link>{html.escape(link)}</link></item>"
        for link in links
    )
    return answer(
        f'<rss version="2.0"><channel><title>A feed</title>{items}</channel></rss>'.encode(),
        Content_Type="application/rss+xml",
    )


def zipped(size: int) -> bytes:
    """``size`` bytes of page that travel as some thousandths of it."""
    return html_answer(gzip.compress(b"<p>" + b" " * size), Content_Encoding="gzip")


async def endless(writer: asyncio.StreamWriter) -> None:
    """A body that never ends, as fast as it is taken."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html><body>")
    while True:
        writer.write(b"<p>more of the same " * 4_000)
        await writer.drain()


async def dripping(writer: asyncio.StreamWriter) -> None:
    """A body that never ends, a byte now and then."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html><body>")
    while True:
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.1)


async def hanging_up(writer: asyncio.StreamWriter) -> None:
    """Half of a body, and then nothing."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 9000\r\n\r\n<html><body>half")
    await writer.drain()


def command(*arguments: object) -> list[str]:
    """The tallywire command, to be run as a process of its own."""
    return [sys.executable, "-m", "pipeline.cli", *map(str, arguments)]


def environment(web: Web, **settings: object) -> dict[str, str]:
    """The environment of a command that may visit ``web``, and hurries."""
    given = {"allowed_hosts": f"127.0.0.1:{web.port}", "host_delay": 0, "fetch_timeout": 60} | settings
    return os.environ | {f"TALLYWIRE_{name.upper()}": str(value) for name, value in given.items()}


def topic_file(folder: Path, *feeds: str) -> Path:
    """A topic on floods that watches ``feeds`` and tells at once."""
    path = folder / "floods.yaml"
    path.write_text(
        "name: floods\nmatch: {any: ['flood*', 'überflut*']}\nrecipients: [desk@newsroom.example]\n"
        "alerts: {bundle: 0s}\nfeeds:\n" + ("".join(f"  - {url}\n" for url in feeds) or "  []\n"),
        encoding="utf-8",
    )
    return path


def exported(home: Path, *, without: Collection[str] = ()) -> dict[str, list[dict[str, Any]]]:
    """All that the record of ``home`` holds, as the exports show it; ``without`` names fields to leave out."""
    with Record(f"sqlite:///{home / 'tallywire.db'}") as record, record.read() as tx:
        return {
            what: [
                {key: value for key, value in row.model_dump(mode="json").items() if key not in without}
                for row in rows(tx)
            ]
            for what, (_, rows) in EXPORTS.items()
        }


def leased(home: Path) -> int:
    """How many entries someone claims to work on."""
    with closing(sqlite3.connect(home / "tallywire.db")) as connection:
        (count,) = connection.execute("SELECT count(*) FROM entries WHERE lease_owner IS NOT NULL").fetchone()
    return int(count)
