"""Atom documents: what RFC 4287, 5005 and 4151 ask for holds whatever is told."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from urllib.parse import urlsplit

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from pipeline.tell.atom import NAMESPACE, AtomEntry, AtomFeed, atom_document, tag_uri
from tests.tell.rfc4287 import SCHEMA

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
IDS = tag_uri("news.example", date(2026, 1, 1), "r", "alert", "1")


def entry(**given: object) -> AtomEntry:
    return AtomEntry.model_validate({"id": IDS, "title": "Flood", "updated": NOON, "text": "It rained."} | given)


def feed(*entries: AtomEntry, **given: object) -> AtomFeed:
    return AtomFeed.model_validate(
        {
            "id": tag_uri("news.example", date(2026, 1, 1), "r", "alerts", "floods"),
            "title": "River floods: alerts",
            "updated": NOON,
            "self_link": "https://news.example/atom/floods/alerts?key=k&before=x",
            "first": "https://news.example/atom/floods/alerts?key=k",
            "entries": entries,
        }
        | given
    )


def checked(made: AtomFeed) -> etree._Element:
    """The document, once it is found valid against the schema of RFC 4287 and the rules that the schema can't say."""
    root = etree.fromstring(atom_document(made))
    SCHEMA.assertValid(root)
    ids = [one.text for one in root.iterfind(f"{{{NAMESPACE}}}entry/{{{NAMESPACE}}}id")]
    assert len(set(ids)) == len(ids)
    for address in root.iter(f"{{{NAMESPACE}}}link"):
        assert urlsplit(address.get("href")).scheme in ("http", "https")
    return root


def test_a_feed_reader_finds_all_that_is_told() -> None:
    made = feed(
        entry(link="https://nordwire.example/flood?a=1&b=2", authors=("Nordwire",), category="new_story"),
        entry(id=IDS + "2", title="<b>58</b> & more", published=NOON, text="“58 people”\nNordwire: <i>"),
        following="https://news.example/atom/floods/alerts?before=y",
        subtitle="As it is found",
    )
    checked(made)
    read = feedparser.parse(atom_document(made))
    assert (read.bozo, read.version) == (False, "atom10")
    assert read.feed.title == "River floods: alerts"
    assert read.feed.id == made.id
    first, second = read.entries
    assert (first.id, first.link, first.author) == (IDS, "https://nordwire.example/flood?a=1&b=2", "Nordwire")
    assert first.tags[0].term == "new_story"
    assert second.title_detail.type == "text/plain"
    assert second.title == "<b>58</b> & more"
    assert second.content[0].value == "“58 people”\nNordwire: <i>"
    assert second.published == "2026-03-02T12:00:00Z"


def test_pages_are_linked_as_rfc_5005_says() -> None:
    root = checked(feed(following="https://news.example/older", alternate="https://news.example/search"))
    links = {one.get("rel"): one.get("href") for one in root.iterfind(f"{{{NAMESPACE}}}link")}
    assert links == {
        "self": "https://news.example/atom/floods/alerts?key=k&before=x",
        "first": "https://news.example/atom/floods/alerts?key=k",
        "next": "https://news.example/older",
        "alternate": "https://news.example/search",
    }
    assert "next" not in {one.get("rel") for one in checked(feed()).iterfind(f"{{{NAMESPACE}}}link")}


@given(
    st.builds(
        AtomEntry,
        id=st.just(IDS),
        title=st.text(max_size=400),
        text=st.text(max_size=6000),
        link=st.none() | st.text(max_size=60) | st.text(max_size=30).map(lambda path: f"https://a.example/{path}"),
        authors=st.lists(st.text(max_size=20), max_size=2).map(tuple),
        category=st.none() | st.text(max_size=20),
        updated=st.datetimes(timezones=st.just(UTC)),
        published=st.none() | st.datetimes(timezones=st.just(UTC)),
    )
)
def test_whatever_a_page_says_the_document_is_valid(one: AtomEntry) -> None:
    checked(feed(one))


def test_the_same_feed_is_the_same_bytes() -> None:
    assert atom_document(feed(entry())) == atom_document(feed(entry()))


def test_a_title_of_thousands_of_characters_is_cut_and_the_text_bounded() -> None:
    assert len(atom_document(feed(entry(title="x" * 50_000, text="y" * 500_000)))) < 20_000


def test_a_tag_uri_has_the_form_of_rfc_4151() -> None:
    made = tag_uri("News.example", date(2026, 11, 30), "a b", "alert/1", "ü")
    assert made == "tag:news.example,2026-11-30:a%20b/alert%2F1/%C3%BC"
    assert re.fullmatch(r"tag:[a-z0-9.-]+,\d{4}-\d\d-\d\d:[A-Za-z0-9%/._~-]+", made)


@pytest.mark.parametrize("host", ["", "a b", "[::1]", "-x", "user@x", "ü.example"])
def test_what_is_no_host_name_makes_no_tag(host: str) -> None:
    with pytest.raises(ValueError, match="no host name"):
        tag_uri(host, date(2026, 1, 1), "x")


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("<updated>2026-03-02T12:00:00Z</updated>", ""),
        ("<updated>2026-03-02T12:00:00Z</updated>", "<updated>2 March 2026</updated>"),
        ("<author><name>Tallywire</name></author>", ""),
        ("<name>Tallywire</name>", "<name> </name>"),
        ("<id>tag:", "<id>"),
        ("<generator>Tallywire</generator>", "<guid>1</guid>"),
        ('type="text"', 'type="html"'),
    ],
)
def test_the_schema_finds_what_is_wrong(wrong: str, right: str) -> None:
    document = atom_document(feed(entry())).decode().partition("?>")[2]
    assert SCHEMA.validate(etree.fromstring(document))
    assert wrong in document
    broken = document.replace(wrong, right, 1)
    assert not SCHEMA.validate(etree.fromstring(broken))
