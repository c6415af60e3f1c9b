from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pipeline.collect.fetch import Fetcher, FetchLimits
from pipeline.collect.poll import Polled, poll
from pipeline.errors import FetchFailed
from schemas.article import Page, Redirect
from schemas.feed import Feed, FeedFormat, FeedState, Health, ParsedFeed
from tests.collect.web import Web, answer

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
URL = "http://outlet.example/rss"
FEED = Feed(id="feed-1", url=URL, topics=("children",))


def rss(*items: tuple[str, str]) -> bytes:
    listed = "".join(f"<item><title>{title}</title><link>{link}</link></item>" for title, link in items)
    head = "<title>World</title><link>http://outlet.example/</link><ttl>90</ttl>"
    return f'<?xml version="1.0"?><rss version="2.0"><channel>{head}{listed}</channel></rss>'.encode()


TWO = rss(("One", "http://outlet.example/1?utm_source=rss"), ("Two", "http://outlet.example/2"))


class Scripted:
    """A fetcher that answers what it is told to and remembers what it was asked."""

    def __init__(self, status: int = 200, body: bytes = TWO, *redirects: Redirect, **headers: str) -> None:
        self.status, self.body, self.redirects, self.headers = status, body, redirects, headers
        self.asked: list[dict[str, Any]] = []

    async def fetch(self, url: str, **options: Any) -> Page:
        self.asked.append({"url": url, **options})
        return Page(
            url=url,
            final_url=self.redirects[-1].url if self.redirects else url,
            status=self.status,
            headers=tuple((name.replace("_", "-"), value) for name, value in self.headers.items()),
            body=self.body,
            fetched_at=NOW,
            redirects=self.redirects,
        )


def ask(fetcher: Any, feed: Feed = FEED, held: Sequence[str] = (), now: datetime = NOW) -> Polled:
    return asyncio.run(poll(feed, fetcher, now, known=lambda ids: set(held) & set(ids)))


def known(**state: Any) -> Feed:
    return FEED.model_copy(update={"state": FeedState(last_success=NOW - timedelta(hours=1), **state)})


def test_a_poll_brings_entries_and_describes_the_feed() -> None:
    polled = ask(Scripted(ETag='"a"', Last_Modified="Sun"))
    assert [entry.announcement.title for entry in polled.entries] == ["One", "Two"]
    first = polled.entries[0]
    assert (first.feed, first.topics, first.first_seen) == ("feed-1", ("children",), NOW)
    assert first.announcement.canonical_url == "http://outlet.example/1"
    feed = polled.feed
    assert (feed.title, feed.site_url, feed.format) == ("World", "http://outlet.example/", FeedFormat.RSS)
    assert (feed.state.etag, feed.state.last_modified, feed.state.ttl) == ('"a"', "Sun", 5_400)
    assert polled.outcome == "2 new of 2"
    assert not polled.failed


def test_a_feed_is_asked_conditionally_and_without_robots_txt() -> None:
    fetcher = Scripted(304, b"", ETag='"b"')
    polled = ask(fetcher, known(etag='"a"', last_modified="Sun", validators_at=NOW))
    assert (fetcher.asked[0]["etag"], fetcher.asked[0]["last_modified"]) == ('"a"', "Sun")
    assert fetcher.asked[0]["robots"] is False
    assert polled.outcome == "unchanged"
    assert (polled.feed.state.etag, polled.feed.state.status, polled.entries) == ('"b"', 304, ())


def test_a_304_that_nobody_asked_for_is_a_failure() -> None:
    assert ask(Scripted(304, b"")).failed


def test_entries_the_record_knows_are_not_new() -> None:
    first = ask(Scripted())
    again = ask(Scripted(), first.feed, held=[first.entries[0].id])
    assert again.outcome == "1 new of 2"
    assert [entry.announcement.title for entry in again.entries] == ["Two"]
    assert again.feed.state.last_new == NOW


def test_https_brings_nothing_again_and_new_words_do() -> None:
    def ids(body: bytes) -> set[str]:
        return {entry.id for entry in ask(Scripted(body=body)).entries}

    assert ids(TWO) == ids(TWO.replace(b"<link>http:", b"<link>https:"))
    assert len(ids(TWO) & ids(TWO.replace(b"One", b"One more"))) == 1
    assert ids(TWO) == ids(TWO.replace(b"</item>", b"<guid>x</guid></item>"))


def dated(*hours: float | None) -> bytes:
    """The feed of two with its items dated at these hours of the day."""
    head, *items = TWO.split(b"</item>")
    dates = (
        b"" if hour is None else b"<pubDate>Sun, 22 Nov 2026 %02d:%02d:00 GMT</pubDate>" % (hour, hour % 1 * 60 + 10)
        for hour in hours
    )
    return head + b"".join(date + b"</item>" + item for date, item in zip(dates, items, strict=True))


MORE = dated(11, 11).replace(
    b"<item>",
    b"<item><title>Three</title><link>http://outlet.example/3</link>"
    b"<pubDate>Sun, 22 Nov 2026 11:30:00 GMT</pubDate></item><item>",
    1,
)


@pytest.mark.parametrize(
    ("before", "after", "new"),
    [
        ((8, 9), (8, 9), 0),
        ((8, 9), (8, 11), 1),
        ((8, 9), (10, 11), 2),
        ((8, 8), (8, 8), 0),
        ((8, 8), (9, 9), 2),
        pytest.param((11, 11), (11, 11), 0, id="one that all have"),
        pytest.param((11, 11), (11.5, 11.5), 0, id="the moment at which the feed was made"),
        pytest.param((8, None), (9, None), 1, id="one without a date"),
        pytest.param((8, 14), (8, 15), 0, id="a date in the future, which is no date"),
    ],
)
def test_a_date_that_moved_is_a_page_to_ask_for(
    before: tuple[float | None, ...], after: tuple[float | None, ...], new: int
) -> None:
    first = {entry.id for entry in ask(Scripted(body=dated(*before))).entries}
    again = {entry.id for entry in ask(Scripted(body=dated(*after))).entries}
    assert len(again - first) == new


@pytest.mark.parametrize(
    ("first", "then", "later", "new"),
    [
        pytest.param(dated(11, 11), dated(11, 11), 3, 0, id="shared in the last hour, and older then"),
        pytest.param(dated(11, 11), MORE, 0, 1, id="shared until a third item comes"),
        pytest.param(MORE, dated(11, 11), 0, 0, id="shared since the third has gone"),
        pytest.param(dated(8, 12), dated(8, 12), 1, 0, id="ahead of our clock, and past then"),
        pytest.param(dated(8, 12), dated(8, 13), 2, 1, id="ahead of our clock, and moved"),
        pytest.param(dated(11, 11), dated(11, 9), 0, 1, id="shared, until one moved"),
    ],
)
def test_a_date_that_only_begins_or_ends_to_count_brings_nothing_again(
    first: bytes, then: bytes, later: int, new: int
) -> None:
    held = {entry.id: entry for entry in ask(Scripted(body=first)).entries}
    again = poll(
        FEED,
        Scripted(body=then),
        NOW + timedelta(hours=later),
        known=lambda ids: set(held) & set(ids),
        told=lambda ids: {id: held[id] for id in ids},
    )
    assert len(asyncio.run(again).entries) == new


@pytest.mark.parametrize(
    ("status", "says", "health"),
    [
        (404, "no longer exists", Health.FAILING),
        (410, "gone for good", Health.GONE),
        (403, "refuses access", Health.FAILING),
        (429, "fewer requests", Health.FAILING),
        (500, "reports an error", Health.FAILING),
        (418, "not return a feed", Health.FAILING),
    ],
)
def test_a_bad_status_becomes_the_feeds_state(status: int, says: str, health: Health) -> None:
    polled = ask(Scripted(status, b"nothing"), known(etag='"a"'))
    assert says in polled.outcome
    assert str(status) in polled.outcome
    assert (polled.feed.state.health, polled.feed.state.error) == (health, polled.outcome)
    assert (polled.feed.state.status, polled.feed.state.etag) == (status, '"a"')


def test_what_is_no_feed_becomes_the_feeds_state() -> None:
    polled = ask(Scripted(body=b"<html></html>"))
    assert "web page" in polled.outcome
    assert "tallywire feeds discover" in polled.outcome
    assert polled.feed.state.failures == 1


def test_no_answer_becomes_the_feeds_state() -> None:
    class Dead:
        async def fetch(self, url: str, **options: Any) -> Page:
            raise FetchFailed("the page could not be fetched", where=url, why="its host name does not exist")

    polled = ask(Dead())
    assert polled.outcome == "the page could not be fetched (its host name does not exist)"
    assert polled.feed.state.status is None


def test_a_reader_that_breaks_harms_one_feed_only(caplog: pytest.LogCaptureFixture) -> None:
    def broken(*_: Any, **__: Any) -> ParsedFeed:
        raise KeyError("oops")

    assert (
        asyncio.run(poll(FEED, Scripted(), NOW, read=broken)).outcome
        == "it could not be read: a bug in Tallywire (KeyError)"
    )
    assert "feed-1" in caplog.text


def test_the_record_may_fail_aloud() -> None:
    def down(ids: Sequence[str]) -> set[str]:
        raise RuntimeError("no record")

    with pytest.raises(RuntimeError):
        asyncio.run(poll(FEED, Scripted(), NOW, known=down))


def test_retry_after_is_waited_for() -> None:
    polled = ask(Scripted(429, b"", Retry_After="7200"))
    assert polled.feed.state.next_poll is not None
    assert polled.feed.state.next_poll >= NOW + timedelta(hours=2)


MOVED = "https://new.example/rss"


@pytest.mark.parametrize(
    ("redirects", "moved_to"),
    [
        ((Redirect(status=301, url=MOVED),), MOVED),
        ((Redirect(status=308, url="https://a.example/"), Redirect(status=301, url=MOVED)), MOVED),
        ((Redirect(status=301, url=MOVED), Redirect(status=302, url="https://cdn.example/")), MOVED),
        ((Redirect(status=302, url=MOVED),), None),
        ((Redirect(status=307, url=MOVED), Redirect(status=301, url="https://b.example/")), None),
    ],
)
def test_only_permanent_redirects_move_a_feed(redirects: tuple[Redirect, ...], moved_to: str | None) -> None:
    assert ask(Scripted(200, TWO, *redirects)).feed.state.moved_to == moved_to


def test_a_feed_that_moved_is_asked_at_its_new_place_and_stays_itself() -> None:
    feed, fetcher = known(moved_to=MOVED, moved_since=NOW - timedelta(days=8)), Scripted()
    polled = ask(fetcher, feed)
    assert fetcher.asked[0]["url"] == MOVED
    assert (polled.feed.id, polled.feed.url) == ("feed-1", URL)
    assert (polled.feed.state.moved_to, polled.feed.state.moved_since) == (MOVED, feed.state.moved_since)


def test_over_real_http() -> None:
    async def story() -> tuple[Polled, Polled, list[str]]:
        limits = FetchLimits(per_host_delay=0, allowed_hosts=("127.0.0.1",))
        async with Web({"/rss": answer(TWO, ETag='"a"', Content_Type="text/xml")}) as web, Fetcher(limits) as fetcher:
            feed = FEED.model_copy(update={"url": web.url("/rss")})
            first = await poll(feed, fetcher, NOW)
            web.pages["/rss"] = b'HTTP/1.1 304 Not Modified\r\nETag: "a"\r\n\r\n'
            second = await poll(first.feed, fetcher, NOW + timedelta(hours=2))
            return first, second, web.asked

    first, second, asked = asyncio.run(story())
    assert (first.outcome, second.outcome) == ("2 new of 2", "unchanged")
    assert 'If-None-Match: "a"' in asked[1]


def test_the_room_imports_nothing_until_it_is_needed() -> None:
    script = "import sys, pipeline.collect; print([m for m in ('aiohttp', 'feedparser', 'lxml') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"
