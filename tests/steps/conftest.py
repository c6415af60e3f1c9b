"""A deployment on one machine with a clock that tests move, and a site to watch."""

from __future__ import annotations

import html
import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from pipeline.runner import Round, Runner
from pipeline.settings import Settings
from pipeline.steps.deciding.enrol import enrol
from pipeline.steps.deciding.feeds import logins_of
from pipeline.steps.services import Services, open_services
from pipeline.tell.delivery import Delivery
from schemas.alert import Mail
from schemas.topic import Topic

START = datetime(2026, 3, 2, 12, tzinfo=UTC)


@dataclass
class MovableClock:
    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: float) -> None:
        self.now += timedelta(**span)


@dataclass
class Item:
    """An article of the site, as its feed announces it and as its page shows it."""

    slug: str
    title: str
    paragraphs: tuple[str, ...]
    published: datetime | None = START
    summary: str = ""
    status: int = 200
    content_type: str = "text/html; charset=utf-8"
    body: bytes | None = None
    location: str | None = None


@dataclass
class Site:
    """A small real site: one feed, its pages, and what was asked of it."""

    server: HTTPServer
    outlet: str
    items: list[Item] = field(default_factory=list)
    feed_status: int = 200
    delay: float = 0.0
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.server.expect_request(f"/{self.outlet}/feed").respond_with_handler(self._feed)
        self.server.expect_request(re.compile(rf"^/{self.outlet}/(?!feed$)")).respond_with_handler(self._page)

    @property
    def host(self) -> str:
        return f"{self.server.host}:{self.server.port}"

    @property
    def feed_url(self) -> str:
        return self.server.url_for(f"/{self.outlet}/feed")

    def url(self, slug: str) -> str:
        return self.server.url_for(f"/{self.outlet}/{slug}")

    def publish(self, slug: str, title: str, *paragraphs: str, **fields: Any) -> Item:
        """Publish an article, or change the one of that slug."""
        item = Item(slug, title, paragraphs, **fields)
        self.items = [one for one in self.items if one.slug != slug] + [item]
        return item

    def _feed(self, request: Request) -> Response:
        self.asked.append("feed")
        if self.feed_status != 200:
            return Response("out of order", status=self.feed_status)
        items = "".join(
            f"<item><title>{html.escape(one.title)}</title><link>{self.url(one.slug)}</link>"
            f"<description>{html.escape(one.summary or ' '.join(one.paragraphs)[:80])}</description>"
            + (f"<pubDate>{format_datetime(one.published)}</pubDate>" if one.published else "")
            + "</item>"
            for one in self.items
        )
        body = f'<rss version="2.0"><channel><title>{self.outlet}</title>{items}</channel></rss>'
        response = Response(body, content_type="application/rss+xml")
        response.add_etag()
        return response.make_conditional(request)

    def _page(self, request: Request) -> Response:
        slug = request.path.rsplit("/", 1)[1]
        self.asked.append(slug)
        time.sleep(self.delay)
        item = next((one for one in self.items if one.slug == slug), None)
        if item is None:
            return Response("gone", status=404)
        if item.location is not None:
            return Response(status=302, headers={"Location": item.location})
        if item.body is not None or item.status != 200:
            return Response(item.body or b"no", status=item.status, content_type=item.content_type)
        facts = {"@type": "NewsArticle", "headline": item.title, "publisher": {"name": self.outlet}}
        if item.published:
            facts["datePublished"] = item.published.isoformat()
        text = "".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in item.paragraphs)
        page = (
            f'<html lang="en"><head><title>{html.escape(item.title)}</title>'
            f'<script type="application/ld+json">{json.dumps(facts)}</script></head>'
            f"<body><article><h1>{html.escape(item.title)}</h1>{text}</article></body></html>"
        )
        return Response(page, content_type=item.content_type)


@dataclass
class Post:
    """Takes mails, or fails as it is told to."""

    mails: list[Mail] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)
    after_sending: type[BaseException] | None = None

    def send(self, mail: Mail, *, date: datetime) -> Delivery:
        if self.failures:
            raise self.failures.pop(0)
        self.mails.append(mail)
        if self.after_sending is not None:
            raise self.after_sending
        return Delivery(delivered=mail.recipients)


@dataclass
class House:
    """Everything a test needs to play a day in one deployment."""

    services: Services
    clock: MovableClock
    post: Post
    robots: str = ""

    def enrol(self, *topics: Topic) -> None:
        enrol(self.services.record, topics, logins_of(self.services))

    def round(self, **options: Any) -> Round:
        with Runner(self.services, mailer=self.post) as runner:
            return runner.round(**{"every_feed": True} | options)


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def house(tmp_path: Path, clock: MovableClock, httpserver: HTTPServer) -> Iterator[House]:
    settings = Settings(
        _env_file=None,
        home=tmp_path / "home",
        database_url=None,
        smtp_url=None,
        allowed_hosts=(f"{httpserver.host}:{httpserver.port}",),
        host_delay=0.0,
        workers=0,
        # What visits again has tests of its own; others count what feeds bring.
        revisit_after=(),
    )
    services = open_services(settings, clock=clock)
    house = House(services, clock, Post())
    httpserver.expect_request("/robots.txt").respond_with_handler(lambda request: Response(house.robots))
    yield house
    services.close()


@pytest.fixture
def site(httpserver: HTTPServer) -> Site:
    return Site(httpserver, "nordwire")


@pytest.fixture
def other_site(httpserver: HTTPServer) -> Site:
    return Site(httpserver, "southpost")
