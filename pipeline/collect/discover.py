"""Which feeds a web page leads to. Pure: pages in, addresses out; trying them is the caller's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from lxml import etree, html

from pipeline.collect.plain import plain_text
from pipeline.errors import TallywireError
from pipeline.urls import absolute, canonical, outlet_domain
from schemas.article import Page
from schemas.base import Model
from schemas.feed import FeedFormat

_MOST_BYTES = 3 * 1024 * 1024
_MOST_FOUND = 50
_TYPES = {
    "application/rss+xml": FeedFormat.RSS,
    "application/atom+xml": FeedFormat.ATOM,
    "application/rdf+xml": FeedFormat.RDF,
    "application/feed+json": FeedFormat.JSON,
    "application/json": FeedFormat.JSON,
    "text/xml": FeedFormat.RSS,
    "application/xml": FeedFormat.RSS,
}
_PLAUSIBLE = re.compile(
    r"(?:^|/)(?:rss|feeds?|atom|rdf|syndication)(?:[/.?]|$)|\.(?:rss|atom|rdf)(?:\?|$)|"
    r"/(?:index|news|all)\.xml(?:\?|$)|/feed\.json|[?&](?:feed|format|type|output)=(?:rss2?|atom|rdf|feed)\b",
    re.IGNORECASE,
)
_ABOUT_FEEDS = re.compile(r"/(?:help|about|support|faq|legal|terms|subscribe|login|share)\b", re.IGNORECASE)
_COMMENTS = re.compile(r"comment|kommentar|commentaire|comentario|replies", re.IGNORECASE)
_WELL_KNOWN = ("feed/", "rss", "rss.xml", "feed.xml", "atom.xml", "index.xml", "feeds", "feed.json")
_WELL_KNOWN_AT_ROOT = ("news-sitemap.xml", "sitemap-news.xml", "sitemap_news.xml")


class FoundFeed(Model):
    """A feed that a page leads to, not yet tried."""

    url: str
    title: str = ""
    format: FeedFormat | None = None
    reason: str


def discover_feeds(page: Page) -> tuple[FoundFeed, ...]:
    """The feeds ``page`` names, best first: those it declares, then links that look like feeds; comments come last."""
    parser = html.HTMLParser(encoding=_encoding(page), no_network=True, remove_comments=True)
    try:
        tree = html.document_fromstring(page.body[:_MOST_BYTES], parser=parser)
    except (etree.ParserError, ValueError):
        return ()
    base = page.final_url
    for element in tree.iter("base"):
        base = _resolved(element.get("href"), base) or base
        break
    found: dict[str, FoundFeed] = {}
    for feed in (*_declared(tree, base), *_linked(tree, base)):
        found.setdefault(canonical(feed.url), feed)
    about_comments = [feed for feed in found.values() if _COMMENTS.search(f"{feed.title} {urlsplit(feed.url).path}")]
    rest = [feed for feed in found.values() if feed not in about_comments]
    return tuple((rest + about_comments)[:_MOST_FOUND])


def well_known_feeds(url: str) -> tuple[str, ...]:
    """Addresses worth trying where a page names no feed: those of its section first, then those of its site.

    Raises `TallywireError` where ``url`` is no web address.
    """
    page = absolute(url)
    parts = urlsplit(page)
    site = f"{parts.scheme}://{parts.netloc}/"
    section = site.rstrip("/") + parts.path.rstrip("/") + "/"
    places = [section, site] if section != site else [site]
    tries = [place + path for place in places for path in _WELL_KNOWN]
    return tuple(dict.fromkeys([*tries, *(site + path for path in _WELL_KNOWN_AT_ROOT)]))


def _declared(tree: html.HtmlElement, base: str) -> Iterator[FoundFeed]:
    for element in tree.iter("link"):
        rels = (element.get("rel") or "").lower().split()
        kind = (element.get("type") or "").partition(";")[0].strip().lower()
        form = _TYPES.get(kind)
        if not {"alternate", "feed"} & set(rels) or (form is None and "feed" not in rels):
            continue
        if kind in ("application/json", "text/xml", "application/xml") and not _plausible(element.get("href") or ""):
            continue  # oEmbed and the programming interface of WordPress are declared the same way
        if url := _resolved(element.get("href"), base):
            yield FoundFeed(url=url, title=_title(element), format=form, reason="the page declares it")


def _linked(tree: html.HtmlElement, base: str) -> Iterator[FoundFeed]:
    outlet = outlet_domain(base)
    for element in tree.iter("a"):
        href = element.get("href") or ""
        if not _plausible(href) or not (url := _resolved(href, base)):
            continue
        domain = outlet_domain(url)
        if domain == outlet or domain.endswith("." + outlet) or outlet.endswith("." + domain) or "feedburner" in domain:
            title = plain_text(element.text_content() or element.get("title") or "", longest=200)
            yield FoundFeed(url=url, title=title, reason="a link on the page looks like a feed")


def _plausible(href: str) -> bool:
    return len(href) < 2_000 and _PLAUSIBLE.search(href) is not None and not _ABOUT_FEEDS.search(href)


def _title(element: html.HtmlElement) -> str:
    return plain_text(element.get("title") or "", longest=200)


def _resolved(href: str | None, base: str) -> str | None:
    if not href or not href.strip():
        return None
    # Old pages write feed:https://… or feed://… for a reader program to open.
    href = re.sub(r"^\s*feed:(?://(?=[^/]))?(?!//)", lambda found: "https://" if "//" in found[0] else "", href)
    try:
        return absolute(href, base)
    except TallywireError:
        return None


def _encoding(page: Page) -> str | None:
    found = re.search(r"charset=[\"']?([\w-]{1,30})", page.header("Content-Type") or "", re.IGNORECASE)
    if found is None:
        return None
    try:
        "".encode(found[1])
    except LookupError:
        return None
    return found[1]
