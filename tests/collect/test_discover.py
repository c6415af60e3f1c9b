from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipeline.collect.discover import FoundFeed, discover_feeds, well_known_feeds
from pipeline.errors import TallywireError
from schemas.article import Page
from schemas.feed import FeedFormat

AT = datetime(2026, 11, 22, tzinfo=UTC)


def feeds_of(markup: str | bytes, url: str = "https://www.outlet.example/world/") -> tuple[FoundFeed, ...]:
    body = markup if isinstance(markup, bytes) else markup.encode()
    headers = (("Content-Type", "text/html; charset=utf-8"),)
    return discover_feeds(Page(url=url, final_url=url, status=200, headers=headers, body=body, fetched_at=AT))


def test_declared_feeds_come_first_then_links_and_comments_last() -> None:
    found = feeds_of(
        """<html><head>
        <link rel="alternate" type="application/rss+xml" title="Comments Feed" href="/comments/feed/">
        <link rel="alternate" type="application/rss+xml; charset=utf-8" title="World &amp; more" href="feed/">
        <link rel="alternate" type="application/atom+xml" href="//feeds.outlet.example/atom">
        <link rel="alternate" type="application/json" href="https://www.outlet.example/wp-json/wp/v2/pages/1">
        <link rel="alternate" hreflang="de" href="/de/"><link rel="stylesheet" href="/feed.css"></head>
        <body><a href="/sport/rss.xml">Sport <b>RSS</b></a> <a href="feed/">again</a>
        <a href="/help/rss">What is RSS?</a> <a href="https://elsewhere.example/rss">other</a>
        <a href="javascript:rss()">no</a></body></html>"""
    )
    assert [feed.url for feed in found] == [
        "https://www.outlet.example/world/feed/",
        "https://feeds.outlet.example/atom",
        "https://www.outlet.example/sport/rss.xml",
        "https://www.outlet.example/comments/feed/",
    ]
    assert (found[0].title, found[0].format) == ("World & more", FeedFormat.RSS)
    assert (found[1].format, found[2].title) == (FeedFormat.ATOM, "Sport RSS")


def test_the_base_of_the_page_counts() -> None:
    (feed,) = feeds_of('<base href="/sub/"><link rel=alternate type=application/rss+xml href=f.xml>')
    assert feed.url == "https://www.outlet.example/sub/f.xml"


@pytest.mark.parametrize("scheme", ["feed:https://www.outlet.example/rss", "feed://www.outlet.example/rss"])
def test_the_feed_scheme_is_understood(scheme: str) -> None:
    (feed,) = feeds_of(f'<a href="{scheme}">RSS</a>')
    assert feed.url == "https://www.outlet.example/rss"


@pytest.mark.parametrize("body", [b"", b"   ", b"\x00\xff", b"<" * 10_000, b"<a href=rss" * 2_000, b"<div>" * 100_000])
def test_no_page_breaks_it(body: bytes) -> None:
    assert len(feeds_of(body)) <= 50


def test_where_else_a_feed_may_be() -> None:
    tries = well_known_feeds("https://outlet.example/world?page=2")
    assert tries[0] == "https://outlet.example/world/feed/"
    assert "https://outlet.example/rss.xml" in tries
    assert tries[-1] == "https://outlet.example/sitemap_news.xml"
    assert len(set(tries)) == len(tries)
    with pytest.raises(TallywireError):
        well_known_feeds("outlet")
