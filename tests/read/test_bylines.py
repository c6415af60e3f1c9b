"""Who a page shows as its author: near its headline or its end, not among comments or other stories."""

from __future__ import annotations

import pytest
from lxml.etree import tostring

from pipeline.read.layout import layout_of, without
from pipeline.read.markup import parse
from pipeline.read.names import looks_like_a_name, names
from schemas.article import Hint
from tests.read.pages import article, news, read


@pytest.mark.parametrize(
    ("byline", "wanted"),
    [
        ('<div class="article__author">Von Ines Odermatt</div>', ("Ines Odermatt",)),
        ('<p class="byline">By <a href="/staff/i">Ines Odermatt</a> and Beat Frei</p>', ("Ines Odermatt", "Beat Frei")),
        ('<p>By Ines Odermatt</p>', ("Ines Odermatt",)),
        ('<div>Posted by Ines on 1 March 2026</div>', ("Ines",)),
        ('<div>By siteadmin | Filed by Floods</div>', ()),
        ('<p class="date-author">Ines Odermatt, 01.03.2026</p>', ("Ines Odermatt",)),
        ('<p class="author">Ines Odermatt im Gespräch mit Beat Frei</p>', ("Ines Odermatt", "Beat Frei")),
        ('<a rel="author" href="/a">View all posts by Ines Odermatt</a>', ("Ines Odermatt",)),
        ('<div class="author"><b>Ines Odermatt</b><i class="job">Senior Reporter</i></div>', ("Ines Odermatt",)),
        ('<div class="byline"><a href="mailto:a@b.example">Email the author</a> <b>5 minute read</b></div>', ()),
        ('<p><span>Ines Odermatt</span> <time datetime="2026-03-01">1 March</time></p>', ("Ines Odermatt",)),
        ('<div>記者王小明／台北報導</div>', ("王小明",)),
        ('<div class="writer">박준영 기자 a@b.example</div>', ("박준영",)),
        ('<p class="author"><script>var x = "Not Shown";</script>By Ines Odermatt</p>', ("Ines Odermatt",)),
    ],
)  # fmt: skip
def test_bylines_beside_the_headline(byline: str, wanted: tuple[str, ...]) -> None:
    assert read(article(before=byline)).authors == wanted


ELSEWHERE = [
    '<div class="comments"><p class="author">Beat Frei</p><p>I saw it all from my window, and it was worse.</p></div>',
    '<aside class="related">' + '<a href="/x">More</a><p class="byline">By Beat Frei</p>' * 3 + "</aside>",
    "".join(f'<h3><a href="/{n}">Another story</a></h3><p class="byline">By Beat Frei</p>' for n in "abcde"),
]  # fmt: skip


@pytest.mark.parametrize("after", ELSEWHERE)
def test_those_who_wrote_something_else_are_no_authors(after: str) -> None:
    assert read(article(after=after)).authors == ()
    assert read(article(before='<p class="byline">By Ines Odermatt</p>', after=after)).authors == ("Ines Odermatt",)


def test_two_sources_that_agree_outweigh_a_first_that_nobody_else_knows() -> None:
    other = news(author={"@type": "Person", "name": "Someone Else"})
    meta = '<meta name="author" content="Ines Odermatt">'
    byline = '<p class="byline">By Ines Odermatt</p>'
    assert read(article(ld=other, head=meta)).authors == ("Someone Else",)
    assert read(article(ld=other, head=meta, before=byline)).authors == ("Ines Odermatt",)
    assert read(article(ld=other, before=byline), Hint(authors=("Ines Odermatt",))).authors == ("Ines Odermatt",)


@pytest.mark.parametrize("name", ["Valley Post", "VP", "valleypost"])
def test_an_outlet_is_an_author_only_where_no_one_else_is(name: str) -> None:
    head = '<meta property="og:site_name" content="Valley Post">'
    ld = news(author={"@type": "Person", "name": name}, publisher=None)
    byline = '<p class="byline">By Ines Odermatt</p>'
    url = "https://vp.example/dam" if name == "VP" else "https://www.valleypost.example/dam"
    assert read(article(ld=ld, head=head), url=url).authors == (name,)
    assert read(article(ld=ld, head=head, before=byline), url=url).authors == ("Ines Odermatt",)


def test_a_name_in_two_parts_and_a_path_in_place_of_a_name() -> None:
    assert read(article(ld=news(author={"givenName": "Ines", "familyName": "Odermatt"}))).authors == ("Ines Odermatt",)
    assert names(["/authors/ines-odermatt", "authors/ines"]) == ()


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("Ines Odermatt", True),
        ("Ursula von der Leyen", True),
        ("Email the author", False),
        ("Apr 16", False),
        ("Political Editor", False),
        ("王小明", True),
        ("フォロー", False),
        ("محمد علي", True),
    ],
)
def test_the_shape_of_a_name(name: str, is_one: bool) -> None:
    assert looks_like_a_name(name) is is_one


def test_what_is_not_shown_is_put_aside_and_comes_back() -> None:
    hidden = '<p hidden>Not shown.</p>tail<div style="display: none">Nor this.</div><script>1</script>'
    tree = parse(article(after=hidden)).tree
    before = tostring(tree)
    layout = layout_of(tree)
    with without([*layout.unread, *tree.iter("h1", "time", "p")]):
        assert tree.find(".//h1") is None
    assert tostring(tree) == before
    with without(layout.unread):
        text = "".join(tree.itertext())
    assert "Not shown" not in text
    assert "Nor this" not in text
    assert "tail" in text
    assert tostring(tree) == before
    assert not any("shown" in block.text or "Nor" in block.text for block in layout.blocks)


def test_a_page_that_a_script_is_to_show_is_read() -> None:
    html = article().replace("<main>", '<main style="visibility:hidden">')
    assert "two bridges and a mill" in read(html).text
