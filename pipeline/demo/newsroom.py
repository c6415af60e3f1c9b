"""What the outlets publish, round by round, and the server that serves it."""

from __future__ import annotations

import hashlib
import html
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from typing import Any

import yaml
from pydantic import Field

from schemas.base import Model

_FEED_TYPES = {
    "rss": "application/rss+xml",
    "rdf": "application/rdf+xml",
    "atom": "application/atom+xml",
    "json": "application/feed+json",
}


class PlannedRound(Model):
    hours: float
    title: str


class Outlet(Model):
    name: str
    feed: str
    page: str
    language: str = "en"
    tail: str = ""
    troubles: tuple[int, ...] = ()
    broken_dates: bool = False
    relative_links: bool = False


class Change(Model):
    round: int
    title: str | None = None
    replace: dict[str, str] = Field(default_factory=dict)


class PlannedArticle(Model):
    outlet: str
    slug: str
    round: int
    after: int
    author: str
    title: str
    summary: str
    body: str = ""
    copy_of: str | None = None
    head: str = ""
    foot: str = ""
    replace: dict[str, str] = Field(default_factory=dict)
    paywall: bool = False
    revised: tuple[Change, ...] = ()


class Newsroom(Model):
    """The plan of what is published when."""

    rounds: tuple[PlannedRound, ...]
    another: str
    """What is worth watching in the round after the last."""
    outlets: dict[str, Outlet]
    articles: tuple[PlannedArticle, ...]


def read_newsroom() -> Newsroom:
    """The newsroom that ships with the package."""
    text = files("pipeline.demo").joinpath("newsroom.yaml").read_text(encoding="utf-8")
    return Newsroom.model_validate(yaml.safe_load(text))


def topic_text(feeds: list[str]) -> str:
    """The demonstration's topic file, watching ``feeds``."""
    text = files("pipeline.demo").joinpath("topic.yaml").read_text(encoding="utf-8")
    return text + "feeds:\n" + "".join(f"  - {url}\n" for url in feeds)


@dataclass(frozen=True)
class Published:
    """An article as it stands in a round."""

    plan: PlannedArticle
    outlet: Outlet
    title: str
    paragraphs: tuple[str, ...]
    published: datetime
    modified: datetime

    @property
    def path(self) -> str:
        return f"/{self.plan.outlet}/{self.published:%Y/%m/%d}/{self.plan.slug}"


@dataclass
class Stage:
    """The newsroom at one moment: which round it is, and when the play began."""

    newsroom: Newsroom
    began: datetime
    round: int = 0
    another: datetime | None = None
    """When the round after the last is polled, if it is played."""
    requests: list[tuple[str, int]] = field(default_factory=list)

    def time_of(self, number: int) -> datetime:
        """When round ``number``, counted from 1, is polled."""
        if self.another is not None and number > len(self.newsroom.rounds):
            return self.another
        return self.began + timedelta(hours=self.newsroom.rounds[number - 1].hours)

    def published(self, outlet: str) -> list[Published]:
        """The outlet's articles as they now stand, newest first."""
        out = [
            self._article(plan) for plan in self.newsroom.articles if plan.outlet == outlet and plan.round <= self.round
        ]
        return sorted(out, key=lambda one: one.published, reverse=True)

    def _article(self, plan: PlannedArticle) -> Published:
        published = self.time_of(plan.round) - timedelta(minutes=plan.after)
        title, text, modified = plan.title, plan.body, published
        if plan.copy_of is not None:
            original = next(one for one in self.newsroom.articles if one.slug == plan.copy_of)
            text = "\n".join(part for part in (f"{plan.head} {original.body}", plan.foot) if part)
        text = _replaced(text, plan.replace)
        for change in plan.revised:
            if change.round <= self.round:
                title = change.title or title
                text = _replaced(text, change.replace)
                modified = self.time_of(change.round) - timedelta(minutes=20)
        paragraphs = tuple(line.strip() for line in text.splitlines() if line.strip())
        return Published(plan, self.newsroom.outlets[plan.outlet], title, paragraphs, published, modified)


def _replaced(text: str, changes: dict[str, str]) -> str:
    for old, new in changes.items():
        if old not in text:
            raise ValueError(f"the newsroom's plan replaces what is not there: {old!r}")
        text = text.replace(old, new)
    return text


def feed_bytes(outlet: Outlet, address: str, articles: list[Published]) -> bytes:
    """The outlet's feed in its own format."""
    writer = {"rss": _rss, "rdf": _rdf, "atom": _atom, "json": _json_feed}[outlet.feed]
    return writer(outlet, address, articles).encode()


def page_bytes(article: Published, address: str) -> bytes:
    """The article's page: a bare one, or one with the metadata that large sites carry."""
    plan, outlet = article.plan, article.outlet
    e = html.escape
    url = address + article.path
    body = "\n".join(f"      <p>{e(paragraph)}</p>" for paragraph in article.paragraphs)
    meta = ""
    if outlet.page == "modern":
        facts: dict[str, Any] = {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "headline": article.title,
            "datePublished": article.published.isoformat(),
            "dateModified": article.modified.isoformat(),
            "author": [{"@type": "Person", "name": plan.author}],
            "publisher": {"@type": "NewsMediaOrganization", "name": outlet.name},
            "mainEntityOfPage": url,
        }
        if plan.paywall:
            facts["isAccessibleForFree"] = False
        meta = (
            f'  <link rel="canonical" href="{e(url)}">\n'
            f'  <meta property="og:title" content="{e(article.title)}">\n'
            f'  <meta property="og:site_name" content="{e(outlet.name)}">\n'
            f'  <script type="application/ld+json">{json.dumps(facts)}</script>\n'
        )
    tail = f'\n    <div class="comments">\n      <p>{e(outlet.tail)}</p>\n    </div>' if outlet.tail else ""
    return f"""<!doctype html>
<html lang="{outlet.language}">
<head>
  <meta charset="utf-8">
  <title>{e(article.title)} | {e(outlet.name)}</title>
{meta}</head>
<body>
  <header><a href="/{plan.outlet}/">{e(outlet.name)}</a>
    <nav><a href="/{plan.outlet}/world">World</a> <a href="/{plan.outlet}/sport">Sport</a></nav></header>
  <main>
    <article>
      <h1>{e(article.title)}</h1>
      <p class="byline">By <span class="author">{e(plan.author)}</span>
        <time datetime="{article.published.isoformat()}">{article.published:%d %B %Y}</time></p>
{body}
    </article>{tail}
  </main>
  <footer><p>An illustrative article, written for the demonstration of Tallywire.</p></footer>
</body>
</html>
""".encode()


def _home(articles: list[Published]) -> str:
    return f"{articles[0].plan.outlet}/" if articles else ""


def _date(outlet: Outlet, moment: datetime) -> str:
    return "some time this week" if outlet.broken_dates else format_datetime(moment)


def _link(outlet: Outlet, address: str, article: Published) -> str:
    # The feed stands at /outlet/feed, so this relative link leads to the article beside it.
    return article.path.removeprefix(f"/{article.plan.outlet}/") if outlet.relative_links else address + article.path


def _rss(outlet: Outlet, address: str, articles: list[Published]) -> str:
    e = html.escape
    items = "".join(
        f"<item><title>{e(one.title)}</title><link>{e(_link(outlet, address, one))}?utm_source=rss&amp;utm_medium=feed"
        f"</link><guid>{e(address + one.path)}</guid><description>{e(one.plan.summary)}</description>"
        f"<pubDate>{_date(outlet, one.published)}</pubDate></item>"
        for one in articles
    )
    return (
        f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>{e(outlet.name)}</title>'
        f"<link>{address}/{_home(articles)}</link><description>News</description>{items}</channel></rss>"
    )


def _rdf(outlet: Outlet, address: str, articles: list[Published]) -> str:
    e = html.escape
    items = "".join(
        f'<item rdf:about="{e(address + one.path)}"><title>{e(one.title)}</title>'
        f"<link>{e(_link(outlet, address, one))}</link><description>{e(one.plan.summary)}</description>"
        f"<dc:date>{_date(outlet, one.published)}</dc:date></item>"
        for one in articles
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
        ' xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f'<channel rdf:about="{address}/{_home(articles)}"><title>{e(outlet.name)}</title>'
        f"<link>{address}/{_home(articles)}</link><description>News</description></channel>{items}</rdf:RDF>"
    )


def _atom(outlet: Outlet, address: str, articles: list[Published]) -> str:
    e = html.escape
    entries = "".join(
        f"<entry><title>{e(one.title)}</title><id>{e(address + one.path)}</id>"
        f'<link rel="alternate" href="{e(_link(outlet, address, one))}"/><summary>{e(one.plan.summary)}</summary>'
        f"<published>{one.published.isoformat()}</published><updated>{one.modified.isoformat()}</updated>"
        f"<author><name>{e(one.plan.author)}</name></author></entry>"
        for one in articles
    )
    return (
        f'<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{outlet.language}">'
        f"<title>{e(outlet.name)}</title><id>{address}/{_home(articles)}</id>{entries}</feed>"
    )


def _json_feed(outlet: Outlet, address: str, articles: list[Published]) -> str:
    return json.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": outlet.name,
            "home_page_url": f"{address}/{_home(articles)}",
            "language": outlet.language,
            "items": [
                {
                    "id": address + one.path,
                    "url": _link(outlet, address, one),
                    "title": one.title,
                    "summary": one.plan.summary,
                    "date_published": one.published.isoformat(),
                    "authors": [{"name": one.plan.author}],
                }
                for one in articles
            ],
        }
    )


class _Handler(BaseHTTPRequestHandler):
    def __init__(self, stage: Stage, *args: Any) -> None:
        self._stage = stage
        super().__init__(*args)

    def do_GET(self) -> None:
        address = f"http://{self.headers['Host']}"
        outlet, _, rest = self.path.split("?")[0].lstrip("/").partition("/")
        if outlet not in self._stage.newsroom.outlets:
            return self._answer(404, "text/plain", b"no such outlet")
        published = self._stage.published(outlet)
        if rest != "feed":
            for article in published:
                if article.path == self.path.split("?")[0]:
                    return self._answer(200, "text/html; charset=utf-8", page_bytes(article, address))
            return self._answer(404, "text/plain", b"no such page")
        plan = self._stage.newsroom.outlets[outlet]
        if self._stage.round in plan.troubles:
            return self._answer(500, "text/plain", b"the presses are down")
        body = feed_bytes(plan, address, published)
        etag = f'"{hashlib.blake2b(body, digest_size=8).hexdigest()}"'
        if self.headers.get("If-None-Match") == etag:
            return self._answer(304, "", b"", etag)
        return self._answer(200, _FEED_TYPES[plan.feed], body, etag)

    def _answer(self, status: int, kind: str, body: bytes, etag: str = "") -> None:
        self._stage.requests.append((self.path, status))
        self.send_response(status)
        if etag:
            self.send_header("ETag", etag)
        if kind:
            self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing: the play tells what happens."""


@contextmanager
def serving(stage: Stage, port: int = 0) -> Iterator[str]:
    """Serve the newsroom on loopback; yields its address, such as ``http://127.0.0.1:41234``.

    ``port`` 0 is any that is free. Raises OSError where another program uses the port.
    """
    server = ThreadingHTTPServer(("127.0.0.1", port), partial(_Handler, stage))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
