from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.collect.links import meant, unwrapped

BASE = "https://ex.test/news/feed.xml"


@pytest.mark.parametrize(
    ("written", "means"),
    [
        ("https://ex.test/a", "https://ex.test/a"),
        ("/a", "/a"),
        ("a.html", "a.html"),
        ("//ex.test/a", "//ex.test/a"),
        ("www.ex.test/a", "https://www.ex.test/a"),
        ("WWW.other.de/a", "https://WWW.other.de/a"),
        ("ex.test/news/a", "https://ex.test/news/a"),
        ("m.ex.test/a", "https://m.ex.test/a"),
        ("other.com/a", "https://other.com/a"),
        ("other.com", "https://other.com"),
        ("story.pl/a", "story.pl/a"),
        ("2024/flood.html?x=www.ex.test", "2024/flood.html?x=www.ex.test"),
        ("http://https//ex.test/a", "https://ex.test/a"),
        ("http://https://ex.test/a", "https://ex.test/a"),
        ("https://http://ex.test/a", "http://ex.test/a"),
        ("http:https://ex.test/a", "https://ex.test/a"),
        ("https//ex.test/a", "https://ex.test/a"),
        ("https:/ex.test/a", "https://ex.test/a"),
        ("https:///ex.test/a", "https://ex.test/a"),
        (r"https:\\ex.test\a", "https://ex.test/a"),
        ("https://ex.testhttps://ex.test/a", "https://ex.test/a"),
        ("https://ex.test/https://ex.test/a", "https://ex.test/a"),
        ("https://archive.test/https://ex.test/a", "https://archive.test/https://ex.test/a"),
        ("https://ex.test/share?u=https://other.test/a", "https://ex.test/share?u=https://other.test/a"),
        ('"https://ex.test/a"', "https://ex.test/a"),
        ("<https://ex.test/a>", "https://ex.test/a"),
        ('<a href="https://ex.test/a">A</a>', "https://ex.test/a"),
    ],
)
def test_an_odd_address_is_the_one_it_means(written: str, means: str) -> None:
    assert meant(written, BASE) == means


@pytest.mark.parametrize(
    "wrapped",
    [
        "https://www.google.com/url?rct=j&sa=t&url=https://paper.test/a%3Fid%3D1%26b%3D2&ct=ga&cd=CAI&usg=AOv",
        "https://www.google.co.uk/url?q=https%3A%2F%2Fpaper.test%2Fa%3Fid%3D1%26b%3D2&sa=D",
        "https://www.google.com/url?rct=j&amp;url=https://paper.test/a%3Fid%3D1%26b%3D2&amp;ct=ga",
        "http://www.bing.com/news/apiclick.aspx?ref=FexRss&aid=&url=https%3a%2f%2fpaper.test%2fa%3fid%3d1%26b%3d2&c=1",
        "https://l.facebook.com/l.php?u=https%3A%2F%2Fpaper.test%2Fa%3Fid%3D1%26b%3D2&h=AT0",
        "https://duckduckgo.com/l/?uddg=https%3A%2F%2Fpaper.test%2Fa%3Fid%3D1%26b%3D2&rut=1",
        "https://r.search.yahoo.com/_ylt=A/RV=2/RE=1/RO=10/RU=https%3a%2f%2fpaper.test%2fa%3fid%3d1%26b%3d2/RK=2/RS=x",
        "https://www.google.com/url?url=https%3A%2F%2Fwww.google.com%2Furl%3Fq%3D"
        "https%253A%252F%252Fpaper.test%252Fa%253Fid%253D1%2526b%253D2",
    ],
)
def test_an_aggregator_is_taken_from_around_an_address(wrapped: str) -> None:
    assert meant(wrapped, BASE) == "https://paper.test/a?id=1&b=2"


@pytest.mark.parametrize(
    "link",
    [
        "https://news.google.com/rss/articles/CBMiXkFV?oc=5",
        "https://www.google.com/search?q=https://paper.test/a",
        "https://www.google.com/url?url=javascript:alert(1)",
        "https://www.google.com/url?sa=t",
        "https://google.com.evil.test/url?url=https://paper.test/a",
        "https://paper.test/url?url=https://other.test/a",
        "https://[::1/url?url=https://paper.test/a",
    ],
)
def test_what_only_looks_wrapped_stays(link: str) -> None:
    assert unwrapped(link) is None
    assert meant(link, BASE) == link


@given(st.text(alphabet="htps:/.\\?#&=%u rl[]@wgoogle.com", max_size=60))
def test_no_address_breaks_it(link: str) -> None:
    once = meant(link, BASE)
    assert isinstance(once, str)
