from __future__ import annotations

import pytest

from pipeline.collect.cookies import Cookies


@pytest.mark.parametrize(
    ("given", "url", "shown"),
    [
        ("a=1", "https://news.example/b/c", "a=1"),
        ("a=1", "https://www.news.example/b/", None),
        ("a=1", "https://other.example/b/", None),
        ("a=1", "https://news.example/elsewhere", None),
        ("a=1; Path=/", "http://news.example/elsewhere", "a=1"),
        ("a=1; Path=/; Secure", "http://news.example/", None),
        ("a=1; Path=/; Domain=.News.example", "https://www.news.example/", "a=1"),
        ("a=1; Path=/; Domain=example", "https://other.example/", None),
        ("a=1; Path=/; Domain=other.example", "https://other.example/", None),
        ("a=1; Path=/; Max-Age=0", "https://news.example/", None),
        ("no cookie", "https://news.example/b/", None),
        ('a="x y=z"; path=/', "https://news.example/", 'a="x y=z"'),
        ("a=1\r\nX: y; path=/", "https://news.example/b/", "a=1"),
    ],
)
def test_a_cookie_goes_back_to_where_it_is_for(given: str, url: str, shown: str | None) -> None:
    cookies = Cookies(1_000)
    cookies.take("https://news.example/b/a", [(b"Set-Cookie", given.encode())])
    assert cookies.header(url) == shown


def test_an_address_speaks_for_itself_alone() -> None:
    cookies = Cookies(1_000)
    cookies.take("http://192.0.2.7/", [(b"set-cookie", b"a=1; domain=0.2.7")])
    assert cookies.header("http://192.0.2.7/") is None


def test_a_cookie_given_anew_goes_before_the_old() -> None:
    cookies = Cookies(1_000)
    for value in (b"a=1; path=/", b"b=2; path=/", b"a=3; path=/"):
        cookies.take("http://news.example/", [(b"Set-Cookie", value)])
    assert cookies.header("http://news.example/") == "b=2; a=3"
