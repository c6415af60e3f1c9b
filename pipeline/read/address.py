"""The address a page is known by: its own word for it, where that can be the word of this page.

Two pages that are known by one address are one article to everything that follows, and the second becomes a revision of
the first. So a page's word is taken only for an address that could be its own: of the same host and port, and of an
article. Sites do name a section, their front page or another edition there, on every page of theirs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from itertools import islice
from urllib.parse import unquote

from lxml.html import HtmlElement

from pipeline.errors import TallywireError
from pipeline.read.jsonld import Said
from pipeline.read.markup import Markup
from pipeline.text import fold
from pipeline.urls import canonical, outlet_domain
from schemas.article import MetadataSource

_WORD = re.compile(r"[^\W\d_]{3,}|\d{4,}")
_NUMBER = re.compile(r"\d{5,}|(?!19|20)\d{4}")
"""The number of an article; four digits may be a year, of which archives have a page."""
_AMP = re.compile(r"://amp\.|/amp(?:/|$)|\.amp(?:\.html)?$|[?&](?:amp|outputType=amp)")
_AUTHORITY = re.compile(r"^\s*(?:https?:)?//([^/?#]*)", re.IGNORECASE)
_NAMELESS = frozenset({"index", "default", "home", "html", "htm", "php", "aspx"})
_WORDS_OF_A_SLUG = 3
"""Words or numbers in the last part of an address that only an article's has: sections are called by one or two."""


def segments(url: str) -> list[str]:
    """The parts of an address's path, folded, without names such as ``index.html`` that stand for nothing."""
    path = unquote(url.partition("://")[2].partition("#")[0].partition("?")[0].partition("/")[2])
    parts = [fold(part).strip() for part in path.split("/")]
    return [part for part in parts if part and not set(re.findall(r"\w+", part)) <= _NAMELESS]


def names_in(url: str) -> set[str]:
    """The words and numbers by which the last part of an address, and its query, name a page."""
    last = segments(url)[-1:]
    query = unquote(url.partition("#")[0].partition("?")[2])
    return {word for text in (*last, fold(query)) for word in _WORD.findall(text)} - _NAMELESS


def above(one: str, other: str) -> bool:
    """Whether the path of ``one`` is that of a section which ``other`` lies in; a front page is above every page."""
    upper, lower = segments(one), segments(other)
    return len(upper) < len(lower) and lower[: len(upper)] == upper and not names_in(one) & names_in(other)


def same_origin(one: str, other: str) -> bool:
    """Whether two addresses are of one host and port; ``www.``, ``m.`` and such make no other host."""

    def origin(url: str) -> tuple[str, str]:
        authority = found[1] if (found := _AUTHORITY.match(url)) else ""
        return outlet_domain(url), authority.rpartition("]")[2].partition(":")[2]

    return origin(one) == origin(other) and bool(outlet_domain(one))


def claims(markup: Markup, said: Said) -> Iterator[tuple[str, MetadataSource]]:
    """The addresses a page calls its own, as they are written, best first."""
    links = (
        link.get("href") or ""
        for link in markup.tree.iter("link")
        if "canonical" in (link.get("rel") or "").lower().split()
    )
    for url in islice(links, 3):
        yield url, MetadataSource.META
    yield markup.first("og:url"), MetadataSource.OPEN_GRAPH
    yield said.url, MetadataSource.JSON_LD


def could_be(claim: str, own: str, title: str, menu: Callable[[], frozenset[str]] = frozenset) -> bool:
    """Whether ``claim`` may be the address of the article that was found at ``own``.

    ``menu`` gives the addresses that the page's menus lead to: an article is in none of them.
    """
    named = names_in(claim)
    numbered = any(_NUMBER.fullmatch(word) for word in named)
    if not (segments(claim) or numbered) or not same_origin(claim, own) or _AMP.search(claim):
        return False
    if claim.partition("?")[0] == own.partition("?")[0] and (claim == own or "?" in claim):
        return True
    lengthy = numbered or len(named) >= _WORDS_OF_A_SLUG
    if not lengthy and claim.rstrip("/") in menu():
        return False
    if named & names_in(own):
        return True
    if above(claim, own):
        return numbered
    return lengthy or bool(named & set(_WORD.findall(fold(title))))


def address(markup: Markup, said: Said, final_url: str) -> tuple[str, MetadataSource]:
    """The address the page is known by: what it calls itself, if that can be this article's; else where it was."""
    own = _canonical(final_url) or final_url
    title = " ".join((said.headline, markup.first("og:title"), *("".join(h.itertext()) for h in _headings(markup))))
    menu = cache(lambda: _menu(markup, final_url))
    for url, source in claims(markup, said):
        found = _AUTHORITY.match(url)
        if not url or (found and "@" in found[1]):
            continue
        candidate = _canonical(url, final_url)
        if candidate and could_be(candidate, own, title, menu):
            return candidate, source
    return own, MetadataSource.URL


def _canonical(url: str, base: str | None = None) -> str | None:
    try:
        return canonical(url, base)
    except TallywireError:
        return None


def _headings(markup: Markup) -> Iterator[HtmlElement]:
    yield from islice(markup.tree.iter("h1", "title"), 3)


def _menu(markup: Markup, base: str) -> frozenset[str]:
    links = markup.tree.xpath("//nav//a/@href | //header//a/@href | //*[@role='navigation']//a/@href")
    found = (_canonical(str(link), base) for link in links[:300])
    return frozenset(link.rstrip("/") for link in found if link)
