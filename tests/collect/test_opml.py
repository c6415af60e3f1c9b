from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.collect.opml import ListedFeed, listed, read_opml, write_opml
from pipeline.errors import FeedError
from schemas.feed import Feed

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def test_nested_outlines_become_categories() -> None:
    found = read_opml(
        b"""<?xml version="1.0" encoding="utf-8"?>
        <opml version="1.0"><head><title> My feeds </title></head><body>
          <outline text="News"><outline text="World">
            <outline type="rss" text="A &amp; B" xmlUrl="https://a.example/rss" htmlUrl="https://a.example/"/></outline>
            <outline title="C" text="c" xmlurl="HTTPS://C.example/rss"/></outline>
          <outline text="Again"><outline text="A" xmlUrl="https://a.example/rss"/></outline>
          <outline text="D" xmlUrl="feed://d.example/rss"/>
          <outline text="a note"/><outline text="E" xmlUrl="ftp://e.example/"/>
        </body></opml>"""
    )
    assert found.title == "My feeds"
    assert found.feeds == (
        ListedFeed(
            url="https://a.example/rss",
            title="A & B",
            site_url="https://a.example/",
            categories=("News/World", "Again"),
        ),
        ListedFeed(url="https://c.example/rss", title="C", categories=("News",)),
        ListedFeed(url="http://d.example/rss", title="D"),
    )
    assert found.notes == ("2 of its outlines have no feed address and were skipped",)


def test_a_bare_ampersand_is_forgiven() -> None:
    found = read_opml(b'<opml><body><outline text="A & B" xmlUrl="https://a.example/?a=1&b=2"/></body></opml>')
    assert [(feed.title, feed.url) for feed in found.feeds] == [("A & B", "https://a.example/?a=1&b=2")]


@pytest.mark.parametrize(
    ("body", "urls"),
    [
        (
            '<outline text="P" xmlUrl="https://a.example/"><outline text="C" xmlUrl="https://b.example/"/></outline>',
            "ab",
        ),
        (
            '<outline text="P"><outline xmlUrl="https://a.example/"><outline xmlUrl="https://b.example/"/></outline></outline>',
            "ab",
        ),
        ('<OUTLINE TEXT="A" XMLURL="https://a.example/"/>', "a"),
        ('<outline type="rss" text="A" url="https://a.example/"/><outline type="link" url="https://b.example/"/>', "a"),
        ('<outline text="A" xmlUrl="https://a.example/"><outline text="B" xmlUrl="https://b.example/">', "ab"),
        ('<outline text="A <b>" xmlUrl=https://a.example/ /><outline text="B" xmlUrl="https://b.example/"/>', "b"),
    ],
)
@pytest.mark.parametrize(
    "around",
    [
        "<opml version='2.0'><body>{}</body></opml>",
        "<opml version='2.0' xmlns='http://opml.org/spec2'><head/><body>{}</body></opml>",
        "<o:opml xmlns:o='http://opml.org/spec2'><o:body>{}</o:body></o:opml>",
        "<OPML version='1.0'><BODY>{}</BODY></OPML>",
        "<opml version='1.0'>{}</opml>",
    ],
)
def test_every_feed_of_a_list_is_found_however_it_is_written(around: str, body: str, urls: str) -> None:
    assert [feed.url for feed in read_opml(around.format(body).encode()).feeds] == [
        f"https://{url}.example/" for url in urls
    ]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "not a list of feeds"),
        (b"<html></html>", "not a list of feeds"),
        (b"<rss></rss>", "not a list of feeds"),
        (b"<opml><body><outline></body></opml>", "broken"),
        (b"<opml>" + b" " * 11_000_000, "too large"),
    ],
)
def test_what_is_no_opml_is_refused_in_words(body: bytes, says: str) -> None:
    with pytest.raises(FeedError, match=says):
        read_opml(body)


def test_deep_nesting_and_entities_are_harmless() -> None:
    deep = '<outline text="x">' * 3_000 + '<outline xmlUrl="https://a.example/"/>' + "</outline>" * 3_000
    entity = '<!DOCTYPE opml [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    found = read_opml(
        f'{entity}<opml><body>{deep}<outline text="&x;" xmlUrl="https://b.example/"/></body></opml>'.encode()
    )
    assert [feed.url for feed in found.feeds] == ["https://a.example/", "https://b.example/"]
    assert "root:" not in found.feeds[1].title


def test_a_polled_feed_is_listed_under_its_topics() -> None:
    feed = Feed(id="feed-1", url="https://a.example/rss", title="A", topics=("children", "war"))
    assert listed(feed).categories == ("children", "war")


_words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="/"), max_size=12).map(
    lambda text: " ".join("".join(char for char in text if char.isprintable()).split())
)
_feeds = st.builds(
    ListedFeed,
    url=st.from_regex(r"https://[a-z]{1,8}\.example/[a-z0-9]{0,8}(\?[a-z]=[a-z0-9]{1,4}(&[a-z]=1)?)?", fullmatch=True),
    title=_words,
    site_url=st.none() | st.just("https://site.example/?a=1&b=2"),
    categories=st.lists(_words.filter(bool), max_size=3, unique=True).map(tuple),
)


@given(st.lists(_feeds, max_size=6, unique_by=lambda feed: feed.url), _words)
def test_what_is_written_is_read_back(feeds: list[ListedFeed], title: str) -> None:
    read = read_opml(write_opml(feeds, title, NOW))
    assert read.title == title
    assert read.notes == ()

    def by_url(some: object) -> dict[str, tuple[str, str | None, set[str]]]:
        return {feed.url: (feed.title, feed.site_url, set(feed.categories)) for feed in some}  # type: ignore[attr-defined]

    assert by_url(read.feeds) == by_url(feeds)


def test_a_title_can_write_no_markup() -> None:
    feed = ListedFeed(url="https://a.example/", title='"/><script>\x00\x0b')
    body = write_opml([feed], "x", NOW)
    assert b"<script>" not in body
    assert read_opml(body).feeds[0].title == '"/><script>'
