from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import TallywireError
from pipeline.urls import absolute, canonical, host_of, outlet_domain, same_place


@pytest.mark.parametrize(
    ("given_url", "known_by"),
    [
        ("HTTP://Example.COM:80/A/../b#part", "http://example.com/b"),
        ("https://example.com:443", "https://example.com/"),
        ("https://example.com:8443/a", "https://example.com:8443/a"),
        ("https://reader:secret@example.com/a", "https://example.com/a"),
        ("https://example.com./a", "https://example.com/a"),
        ("https://bücher.example/ü", "https://xn--bcher-kva.example/%C3%BC"),
        ("https://e.com/a%7eb%2fc", "https://e.com/a~b%2Fc"),
        ("https://e.com/?utm_source=x&id=7&fbclid=Iw", "https://e.com/?id=7"),
        ("https://e.com/?utm_source=x", "https://e.com/"),
        ("https://e.com/a?id=7&amp;p=2", "https://e.com/a?id=7&p=2"),
        ("https://e.com/a?id=7&amp;utm_medium=2", "https://e.com/a?id=7"),
        ("https://www.bbc.co.uk/news/1?at_medium=RSS&at_campaign=KARANGA", "https://www.bbc.co.uk/news/1"),
        ("https://www.dw.com/a-1?maca=en-rss-en-all-1573-rdf", "https://www.dw.com/a-1"),
        ("https://e.com/a?partner=rss&emc=rss", "https://e.com/a"),
        ("\n  https://e.com/a\n  b  ", "https://e.com/ab"),
    ],
)
def test_one_page_is_known_by_one_address(given_url: str, known_by: str) -> None:
    assert canonical(given_url) == known_by


@pytest.mark.parametrize(
    "query",
    [
        "id=1",
        "game=3",
        "cid=42",
        "keyword=war",
        "source=world-bank",
        "ref=main",
        "b=2&a=1",
        "q=a+b%20c",
        "empty=",
        "a",
        "url=https://other.example/x?y=1",
        "session=12",
        "eid=9",
    ],
)
def test_a_parameter_that_may_mean_something_stays(query: str) -> None:
    assert canonical(f"https://e.com/a?{query}") == f"https://e.com/a?{query}"


def test_a_relative_link_is_resolved() -> None:
    assert canonical("../b?utm_id=1", base="https://e.com/x/y/z") == "https://e.com/x/b"
    assert canonical("//cdn.example/a", base="https://e.com/") == "https://cdn.example/a"
    assert absolute("?page=2&utm_id=1#f", base="https://e.com/x") == "https://e.com/x?page=2&utm_id=1"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "news",
        "/a",
        "ftp://e.com/",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "https://",
        "https:///a",
        "http://a.com\\@b.com/",
        "http://h:99999/",
        "http://[::1/",
        "http://e.com/" + "a" * 9000,
        "mailto:a@e.com",
    ],
)
def test_what_is_no_web_address_is_refused_in_words(url: str) -> None:
    with pytest.raises(TallywireError, match="not a web address"):
        canonical(url)


def test_a_refused_address_cannot_break_a_line() -> None:
    with pytest.raises(TallywireError) as caught:
        canonical("news\r\nSet-Cookie: a")
    assert "\n" not in caught.value.where
    assert "\r" not in caught.value.where


def test_the_outlet_is_the_host_without_its_decoration() -> None:
    assert host_of("https://WWW.Example.com:81/a") == "www.example.com"
    assert host_of("nothing") == ""
    assert outlet_domain("https://www.example.com/a") == "example.com"
    assert outlet_domain("https://feeds.bbci.co.uk/a") == "bbci.co.uk"
    assert outlet_domain("https://m.me/a") == "m.me"


def test_http_and_https_are_the_same_place() -> None:
    assert same_place("http://e.com/a") == same_place("https://e.com/a")


_hosts = st.sampled_from(["e.com", "E.com", "bücher.example", "e.com.", "e.com:80", "e.com:8080", "[2001:db8::1]"])
_parts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(scheme=st.sampled_from(["http", "https", "HTTP"]), host=_hosts, path=_parts, query=_parts, fragment=_parts)
def test_canonical_is_idempotent(scheme: str, host: str, path: str, query: str, fragment: str) -> None:
    try:
        once = canonical(f"{scheme}://{host}/{path}?{query}#{fragment}")
    except TallywireError:
        return
    assert canonical(once) == once
    assert once.isascii()
    assert not urlsplit(once).fragment


@given(
    st.lists(
        st.tuples(st.from_regex(r"x[a-z]{0,5}", fullmatch=True), st.text(st.characters(codec="ascii"), max_size=8)),
        max_size=5,
    )
)
def test_every_parameter_that_is_no_tracking_keeps_its_value(fields: list[tuple[str, str]]) -> None:
    result = canonical("https://e.com/?utm_medium=rss&" + urlencode(fields))
    assert parse_qsl(urlsplit(result).query, keep_blank_values=True) == fields


@given(st.text(max_size=60), st.one_of(st.none(), st.just("https://e.com/a")))
def test_any_text_gives_an_address_or_an_error_in_words(text: str, base: str | None) -> None:
    try:
        result = canonical(text, base)
    except TallywireError as error:
        result = error.why
    assert result
