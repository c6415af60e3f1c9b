"""Feeds as a person handles them: looked at before they are taken, checked, moved between topics, removed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from pipeline.collect.discover import discover_feeds, well_known_feeds
from pipeline.collect.feeds import MOST_BYTES
from pipeline.collect.logins import Logins
from pipeline.collect.opml import ListedFeed
from pipeline.collect.poll import ReadsFeeds
from pipeline.errors import FeedError, FetchError, FetchFailed, TallywireError
from pipeline.steps.deciding.enrol import feed_id, joined
from pipeline.steps.known.topics import known_topic
from pipeline.steps.services import Services
from pipeline.urls import canonical, split_login, with_login
from schemas.article import Page
from schemas.base import Model, Utc
from schemas.feed import Feed, FeedFormat
from schemas.topic import FeedRef, Topic

if TYPE_CHECKING:
    from pipeline.collect.fetch import Fetcher
    from pipeline.record import Transaction

_TRIED, _OFFERED = 12, 5
_NEWS_SITEMAP = re.compile(r"^\s*Sitemap:\s*(\S*news\S*)", re.IGNORECASE | re.MULTILINE)


class FeedSeen(Model):
    """A feed as it answers now."""

    url: str
    format: FeedFormat
    title: str = ""
    entries: int = 0
    newest: Utc | None = None
    notes: tuple[str, ...] = ()


class Removed(Model):
    """The topics a feed is no longer polled for, and those of them whose file names it and would bring it back."""

    topics: tuple[str, ...]
    named: tuple[str, ...] = ()


class NotAFeed(FeedError):
    """An address that gives a web page; ``offers`` are feeds it leads to, each of which was tried."""

    def __init__(self, url: str, offers: tuple[FeedSeen, ...]) -> None:
        found = "".join(f"\n      {one.url}  {described(one)}" for one in offers)
        super().__init__(
            "this is a web page, not a feed",
            where=url,
            hint=f"its feeds:{found}" if offers else "no feed was found on it; try the front page of its news",
        )
        self.offers = offers


def described(seen: FeedSeen) -> str:
    """A feed in a line: format, title, entries, the date of the newest."""
    newest = f", newest {seen.newest:%Y-%m-%d}" if seen.newest else ""
    entries = f"{seen.entries:,} {'entry' if seen.entries == 1 else 'entries'}"
    return ", ".join(filter(None, (seen.format.value, seen.title[:80], entries))) + newest


def feed_ref(url: str) -> FeedRef:
    """``url`` as a topic names a feed. Raises FeedError where it is no web address."""
    try:
        return FeedRef(url=url)
    except ValueError as error:
        raise FeedError(
            "this is not the address of a feed",
            where=split_login(url)[0],
            hint="write one that starts with http:// or https://",
        ) from error


async def check_feed(fetcher: Fetcher, read: ReadsFeeds, url: str, now: datetime, *, login: str = "") -> FeedSeen:
    """Fetch and read the feed at ``url``; ``login`` is the ``user:password`` it may need.

    Raises `NotAFeed` with what the page leads to, or what `Fetcher.fetch` and the reader raise.
    """
    page = await fetch_feed(fetcher, url, login)
    try:
        return _seen(read, url, page, now)
    except FeedError:
        if not _is_page(page):
            raise
    raise NotAFeed(split_login(url)[0], await _offers(fetcher, read, page, now))


def add_feed(services: Services, url: str, topic: str) -> Feed:
    """Poll the feed at ``url`` for ``topic`` from the next run on; a login in the address is kept apart from it.

    Raises TopicError for an unknown topic, FeedError for what is no web address.
    """
    (feed,) = add_feeds(services, [ListedFeed(url=feed_ref(url).url)], topic)
    return feed


def add_feeds(services: Services, feeds: Iterable[ListedFeed], topic: str) -> list[Feed]:
    """Poll all of ``feeds`` for ``topic`` as `add_feed` does one, or none of them."""
    logins = logins_of(services)
    added = []
    with services.record.begin() as tx:
        known_topic(tx, topic)
        for one in feeds:
            id = feed_id(one.url)
            ref = FeedRef(url=logins.taken_off(id, one.url), title=one.title or None)
            added.append(joined(tx.feeds.get(id, to_change=True), ref, topic))
            tx.feeds.put(added[-1])
    return added


def remove_feed(services: Services, url: str, topic: str | None = None) -> Removed:
    """Stop polling a feed for ``topic``, or for every topic. What it brought stays.

    Raises FeedError where it isn't polled (for that topic), TopicError for an unknown topic.
    """
    with services.record.begin() as tx:
        if topic is not None:
            known_topic(tx, topic)
        feed = _known_feed(tx, url, topic)
        lost = (topic,) if topic is not None else feed.topics
        left = tuple(name for name in feed.topics if name not in lost)
        if left:
            tx.feeds.put(feed.model_copy(update={"topics": left}))
        else:
            tx.feeds.remove(feed.id)
        named = tuple(name for name in lost if _names(tx.topics.get(name), feed.id))
    if not left:
        logins_of(services).put(feed.id, "")
    return Removed(topics=lost, named=named)


def move_feed(services: Services, url: str, source: str, target: str) -> Removed:
    """Poll a feed for the topic ``target`` instead of ``source``; its polling state goes with it.

    Raises FeedError where it isn't polled for ``source``, TopicError for an unknown topic.
    """
    with services.record.begin() as tx:
        known_topic(tx, source)
        known_topic(tx, target)
        feed = _known_feed(tx, url, source)
        topics = tuple(sorted({*feed.topics, target} - ({source} if source != target else set())))
        tx.feeds.put(feed.model_copy(update={"topics": topics}))
        named = (source,) if _names(tx.topics.get(source), feed.id) else ()
    return Removed(topics=(source,), named=named)


def hide_logins(services: Services) -> int:
    """Take logins out of the addresses of feeds that are in the record already; gives how many there were."""
    logins = logins_of(services)
    with services.record.read() as tx:
        found = [feed.id for feed in tx.feeds.all() if split_login(feed.url)[1]]
    if found:
        with services.record.begin() as tx:
            for id in found:
                if feed := tx.feeds.get(id, to_change=True):
                    tx.feeds.put(feed.model_copy(update={"url": logins.taken_off(id, feed.url)}))
    return len(found)


def logins_of(services: Services) -> Logins:
    """Where the logins of a deployment's feeds are kept."""
    return Logins(services.settings.logins_path)


def _known_feed(tx: Transaction, url: str, topic: str | None) -> Feed:
    feed = tx.feeds.get(feed_id(feed_ref(url).url), to_change=True)
    if feed is None or (topic is not None and topic not in feed.topics):
        raise FeedError(
            f"this feed isn't polled{f' for {topic}' if topic else ''}",
            where=split_login(url)[0],
            hint="`tallywire feeds list` shows those that are",
        )
    return feed


def _names(topic: Topic | None, id: str) -> bool:
    return topic is not None and any(feed_id(ref.url) == id for ref in topic.feeds)


async def fetch_feed(fetcher: Fetcher, url: str, login: str = "") -> Page:
    """The page at ``url``. Raises FeedError where it is no web address, FetchError where it gives no page."""
    address = feed_ref(url).url
    page = await fetcher.fetch(with_login(address, login), robots=False, max_bytes=MOST_BYTES)
    if page.status != 200:
        raise FetchFailed(
            f"the server answered {page.status}",
            where=split_login(url)[0],
            hint="it requires a user name and password: write https://user:password@host/…"
            if page.status == 401
            else "open the address in a browser to see whether it is right",
        )
    return page


def _seen(read: ReadsFeeds, url: str, page: Page, now: datetime) -> FeedSeen:
    parsed = read(page.body, url=page.final_url, content_type=page.header("content-type"), now=now)
    dates = [one.published for one in parsed.announcements if one.published]
    return FeedSeen(
        url=split_login(url)[0],
        format=parsed.format,
        title=parsed.title,
        entries=len(parsed.announcements),
        newest=max(dates, default=None),
        notes=parsed.notes,
    )


def _is_page(page: Page) -> bool:
    start = page.body[:2_000].lower()
    return "html" in (page.header("content-type") or "") or b"<html" in start or b"<!doctype html" in start


async def _offers(fetcher: Fetcher, read: ReadsFeeds, page: Page, now: datetime) -> tuple[FeedSeen, ...]:
    """The feeds that a page leads to and that can be read: those it names, its site's news sitemaps, usual places."""
    found: dict[str, FeedSeen] = {}
    tried: set[str] = set()
    for url in [*(one.url for one in discover_feeds(page)), *await _sitemaps(fetcher, page), *_usual(page)]:
        if len(tried) == _TRIED or len(found) == _OFFERED:
            break
        if (place := canonical(url)) in tried:
            continue
        tried.add(place)
        try:
            found.setdefault(place, _seen(read, url, await fetch_feed(fetcher, url), now))
        except TallywireError:
            continue
    return tuple(one for one in found.values() if one.entries)


async def _sitemaps(fetcher: Fetcher, page: Page) -> list[str]:
    """The news sitemaps that a site's robots.txt names."""
    try:
        robots = await fetcher.fetch(_root(page) + "robots.txt", robots=False, max_bytes=500_000)
    except FetchError:
        return []
    text = robots.body.decode("utf-8", "replace") if robots.status == 200 else ""
    return [url for url in _NEWS_SITEMAP.findall(text) if url.startswith(("http://", "https://"))][:3]


def _root(page: Page) -> str:
    return "/".join(page.final_url.split("/")[:3]) + "/"


def _usual(page: Page) -> list[str]:
    """Where feeds usually are: those of news first, for a site's other sitemaps list all it ever had."""
    return sorted(well_known_feeds(page.final_url), key=lambda url: "sitemap" not in url)
