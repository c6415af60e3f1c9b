"""Feeds in the window: looked at before they are taken, checked, moved and removed."""

from __future__ import annotations

import pytest
from pytest_httpserver import HTTPServer

from schemas.topic import Topic
from tests.serve.conftest import Opens, Served

FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>Nordwire</title><link>https://nordwire.example/</link>
<item><title>River takes the lower town</title><link>https://nordwire.example/1</link></item></channel></rss>"""
PAGE = '<html><head><link rel="alternate" type="application/rss+xml" href="/feed.xml"></head><body>News</body></html>'


@pytest.fixture
def served(window: Opens, httpserver: HTTPServer) -> Served:
    httpserver.expect_request("/feed.xml").respond_with_data(FEED, content_type="application/rss+xml")
    httpserver.expect_request("/").respond_with_data(PAGE, content_type="text/html")
    httpserver.expect_request("/robots.txt").respond_with_data("", status=404)
    opened = window(allowed_hosts=(f"{httpserver.host}:{httpserver.port}",))
    with opened.services.record.begin() as tx:
        tx.topics.put(Topic(name="kids"))
        tx.topics.put(Topic(name="floods"))
    return opened


def test_a_feed_is_added_checked_moved_and_removed(served: Served, httpserver: HTTPServer) -> None:
    client, url = served.client(), httpserver.url_for("/feed.xml")
    added = client.post("/feeds", {"url": url, "topic": "kids"}, form="/feeds")
    assert added.status == 303
    path = added.headers["location"].partition("?")[0]
    assert "Added. It will be polled in the next round." in client.get(added.headers["location"]).words
    checked = client.post(f"{path}/check", {}, form=path)
    assert "rss, Nordwire , 1 entry" in checked.words
    assert client.post(f"{path}/move", {"from": "kids", "to": "floods"}, form=path).status == 303
    with served.services.record.read() as tx:
        assert [feed.topics for feed in tx.feeds.all()] == [("floods",)]
    assert client.post(f"{path}/remove", {"topic": "floods"}, form=path).status == 303
    with served.services.record.read() as tx:
        assert tx.feeds.all(topic="floods") == []


def test_of_a_web_page_its_feeds_are_offered(served: Served, httpserver: HTTPServer) -> None:
    client = served.client()
    answer = client.post("/feeds", {"url": httpserver.url_for("/"), "topic": "kids"}, form="/feeds")
    assert answer.status == 422
    assert "That is a web page" in answer.words
    assert "rss, Nordwire , 1 entry" in answer.words
    assert f'value="{httpserver.url_for("/feed.xml")}"' in answer.text
    with served.services.record.read() as tx:
        assert tx.feeds.all() == []


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "", "ftp://x/", "http://169.254.169.254/", "http://127.0.0.1:1/"]
)
def test_what_can_not_be_added_is_told_in_words(served: Served, url: str) -> None:
    answer = served.client().post("/feeds", {"url": url, "topic": "kids"}, form="/feeds")
    assert answer.status == 422
    assert "That can't be added" in answer.words
    assert not served.crashes


def test_an_unknown_topic_is_refused_before_anything_is_asked(served: Served, httpserver: HTTPServer) -> None:
    answer = served.client().post("/feeds", {"url": httpserver.url_for("/feed.xml"), "topic": "nothing"}, form="/feeds")
    assert answer.status == 422
    assert "There is no topic" in answer.words
    assert httpserver.log == []
