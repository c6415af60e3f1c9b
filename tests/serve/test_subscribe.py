"""The feeds of a topic in the window: found, opened by their key alone, paged, and asked for again in vain."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

import feedparser
import pytest
from lxml import etree

from pipeline.steps.showing import atom
from schemas.alert import Alert, AlertKind, AlertState, StoryNews
from schemas.story import Story
from schemas.topic import Topic
from tests.serve.client import Answer, Client
from tests.serve.conftest import NOW, Opens, Served
from tests.tell.rfc4287 import SCHEMA

ALERTS, DEVELOPMENTS = "/atom/floods/alerts", "/atom/floods/developments"


def alert(number: int, **given: object) -> Alert:
    news = StoryNews(id=f"s{number}", headline=f"Flood {number} <b>", lead="It rained.", first_seen=NOW)
    return Alert.model_validate(
        {
            "id": f"alert-{number:03}",
            "topic": "floods",
            "kind": AlertKind.NEW_STORY,
            "story_news": news,
            "created": NOW - timedelta(minutes=number // 2),
            "due": NOW,
        }
        | given
    )


def story(id: str, hours: int, thread: str | None = None) -> Story:
    return Story(
        id=id,
        topics=("floods",),
        headline=f"Headline of {id}",
        lead="It rained.",
        first_seen=NOW - timedelta(days=9),
        last_seen=NOW - timedelta(hours=hours),
        articles=(f"article-{id}",),
        thread=thread,
    )


@pytest.fixture
def served(window: Opens) -> Served:
    served = window()
    with served.services.record.begin() as tx:
        tx.topics.put(Topic(name="floods", title="River <floods>"))
    return served


def parsed(answer: Answer) -> feedparser.FeedParserDict:
    assert answer.status == 200, answer.text
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    SCHEMA.assertValid(etree.fromstring(answer.text.encode()))
    read = feedparser.parse(answer.text)
    assert not read.bozo
    return read


def links(read: feedparser.FeedParserDict) -> dict[str, str]:
    return {one.rel: one.href for one in read.feed.links}


def path_of(address: str) -> str:
    parts = urlsplit(address)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def all_entries(client: Client, path: str) -> tuple[list[feedparser.FeedParserDict], int]:
    """The entries of all pages, and how many pages there are."""
    found, pages = [], 0
    while path:
        read = parsed(client.get(path))
        found += read.entries
        pages += 1
        path = path_of(links(read)["next"]) if "next" in links(read) else ""
    return found, pages


def test_each_alert_is_told_once_on_pages_of_bounded_length(served: Served) -> None:
    with served.services.record.begin() as tx:
        for number in range(120):
            tx.alerts.add(alert(number))
    entries, pages = all_entries(served.client(), ALERTS)
    assert pages == 3
    assert len({one.id for one in entries}) == len(entries) == 120
    assert entries[0].title == "Flood 1 <b>"
    assert entries[0].content[0].type == "text/plain"


def test_what_is_silenced_or_left_to_the_digest_is_no_alert(served: Served) -> None:
    with served.services.record.begin() as tx:
        tx.alerts.add(alert(1, state=AlertState.SILENCED))
        tx.alerts.add(alert(2, state=AlertState.DIGEST))
        tx.alerts.add(alert(3, state=AlertState.DIGEST, held_back=True))
        tx.alerts.add(alert(4, state=AlertState.SENT))
    entries, _ = all_entries(served.client(), ALERTS)
    assert [one.title for one in entries] == ["Flood 3 <b>", "Flood 4 <b>"]


def test_a_development_is_one_entry_that_is_new_with_each_report(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(atom.KINDS, "developments", replace(atom.KINDS["developments"], size=2))
    with served.services.record.begin() as tx:
        tx.stories.put(story("s1", hours=5, thread="t1"))
        tx.stories.put(story("s2", hours=2, thread="t1"))
        for number in range(3, 8):
            tx.stories.put(story(f"s{number}", hours=number))
    client = served.client()
    before, pages = all_entries(client, DEVELOPMENTS)
    assert pages == 3
    assert [one.title for one in before] == [f"Headline of s{n}" for n in (1, 3, 4, 5, 6, 7)]
    with served.services.record.begin() as tx:
        tx.stories.put(story("s7", hours=0))
    after, _ = all_entries(client, DEVELOPMENTS)
    assert after[0].id == before[-1].id
    assert after[0].updated > before[-1].updated
    assert {one.id for one in after} == {one.id for one in before}


def test_ids_stay_whatever_the_address_of_the_window_becomes(window: Opens, tmp_path: Path) -> None:
    home = tmp_path / "moving"
    ids = []
    for public in ("https://news.example/", "https://moved.example/"):
        served = window(home, public_url=public)
        with served.services.record.begin() as tx:
            tx.topics.put(Topic(name="floods"))
            tx.alerts.add(alert(1))
        read = parsed(served.client().get(ALERTS))
        ids.append((read.feed.id, read.entries[0].id))
    assert ids[0] == ids[1]
    assert re.fullmatch(r"tag:news\.example,2026-03-04:[0-9a-f]{32}/alert/alert-001", ids[0][1])


def test_a_feed_that_did_not_change_is_not_sent_again(served: Served) -> None:
    client = served.client()
    with served.services.record.begin() as tx:
        tx.alerts.add(alert(4))
    first = client.get(ALERTS)
    assert first.headers["last-modified"] == "Wed, 04 Mar 2026 17:58:00 GMT"
    for known in ({"if_none_match": first.headers["etag"]}, {"if_modified_since": first.headers["last-modified"]}):
        again = client.get(ALERTS, **known)
        assert (again.status, again.text, again.headers["etag"]) == (304, "", first.headers["etag"])
    assert client.get(ALERTS, if_none_match='"other", W/' + first.headers["etag"]).status == 304
    assert client.get(ALERTS, if_none_match='"other"', if_modified_since=first.headers["last-modified"]).status == 200
    assert client.get(ALERTS, if_modified_since="nonsense").status == 200
    with served.services.record.begin() as tx:
        tx.alerts.put(alert(4, state=AlertState.SILENCED))
    changed = client.get(ALERTS, if_none_match=first.headers["etag"])
    assert changed.status == 200
    assert parsed(changed).entries == []


def test_the_feeds_are_found_by_readers_and_by_people(served: Served) -> None:
    page = served.client().get("/subscribe")
    found = re.findall(r'<link rel="alternate" type="application/atom\+xml" title="([^"]*)" href="([^"]*)">', page.text)
    assert [(unescape(title), address) for title, address in found] == [
        ("River <floods>: alerts", ALERTS),
        ("River <floods>: developments", DEVELOPMENTS),
    ]
    for _, address in found:
        parsed(served.client().get(address))


@pytest.mark.parametrize(
    "path", ["/atom/flood/alerts", "/atom/floods/gossip", f"{ALERTS}?before=nonsense", f"{ALERTS}?before=~~"]
)
def test_a_feed_that_is_not_there_is_said_so(served: Served, path: str) -> None:
    assert served.client().get(path).status == 404
    assert served.crashes == []


def test_where_a_login_is_needed_a_feed_is_opened_by_its_key_alone(window: Opens) -> None:
    served = window(serve_hosts=("news.example",))
    with served.services.record.begin() as tx:
        tx.topics.put(Topic(name="floods"))
        tx.topics.put(Topic(name="fires"))
    reader, person = (Client(served.address, {"host": "news.example"}) for _ in range(2))
    assert person.post("/login", {"token": served.token}, form="/login").status == 303
    found = re.findall(r'<link rel="alternate"[^>]* href="([^"]*)">', person.get("/subscribe").text)
    of_floods = next(unescape(address) for address in found if "/floods/alerts" in address)
    assert links(parsed(reader.get(of_floods)))["self"].endswith(of_floods)
    key = of_floods.partition("key=")[2]
    assert reader.get("/atom/floods/alerts").status == 403
    assert reader.get("/atom/floods/alerts?key=%C3%BC").status == 403
    assert reader.get(f"/atom/fires/alerts?key={key}").status == 403
    assert reader.get("/subscribe").status == 303
    assert person.get("/atom/fires/alerts").status == 200
