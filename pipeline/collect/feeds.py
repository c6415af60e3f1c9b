"""The bytes of a feed → what it announces. Any format, any damage that can be mended, bounded work."""

from __future__ import annotations

import io
import re
from datetime import datetime
from typing import Any

from lxml import etree

from pipeline.collect import jsonfeed, sitemap
from pipeline.collect.announce import MOST_ITEMS, announce, primary_language
from pipeline.collect.bounds import MOST_MARKS_OF_A_SITEMAP, refuse_depth, refuse_rubbish, refuse_what_no_feed_has
from pipeline.collect.entries import Head, item_of
from pipeline.collect.plain import plain_text
from pipeline.collect.prune import prune
from pipeline.collect.xmltext import XmlText, close_and_escape, decode, mend
from pipeline.errors import FeedError, TallywireError
from pipeline.urls import absolute
from schemas.feed import FeedFormat, ParsedFeed

MOST_BYTES = 10 * 1024 * 1024
_GZIP = b"\x1f\x8b"


def parse_feed(body: bytes, *, url: str, content_type: str | None = None, now: datetime) -> ParsedFeed:
    """What the feed at ``url`` announces: RSS 0.9x to 2.0, Atom, RDF, JSON Feed or a sitemap.

    ``content_type`` is the header the bytes came with; ``now`` the moment beyond which no date goes. What was wrong
    with the feed and how it was read all the same stands in ``notes``. Relative links are resolved against xml:base,
    an RSS channel's own link, and ``url``.

    Raises `FeedError`, with words for a person, where the bytes are no feed.
    """
    body = _unpacked(body, url)
    text, notes = decode(body, content_type)
    if not text.strip(" \t\r\n\0\ufeff"):
        raise FeedError("the feed is empty", where=url, hint="open the address in a browser; it may have moved")
    if text.lstrip("\ufeff \t\r\n").startswith("{"):
        return jsonfeed.parse(text, url=url, now=now, notes=notes)
    refuse_rubbish(text, url)
    xml = mend(text)
    _refuse_what_is_no_feed(xml.root, text, url)
    xml = xml._replace(notes=notes + xml.notes)
    if xml.root == "urlset":
        refuse_what_no_feed_has(xml.text, url, MOST_MARKS_OF_A_SITEMAP)
        return sitemap.parse(xml, url=url, now=now)
    return _parse_xml(xml, url, now)


def _unpacked(body: bytes, url: str) -> bytes:
    too_large = FeedError("the feed is too large", where=url, why=f"more than {MOST_BYTES // 1024**2} MB")
    if body.startswith(_GZIP):
        # A file that is zipped itself, as sitemap.xml.gz; few feeds are, and the decoders take a while to import.
        from pipeline.collect.unpack import TooMuch, unzipped

        try:
            body = unzipped(body, MOST_BYTES)
        except TooMuch:
            raise too_large from None
    if len(body) > MOST_BYTES:
        raise too_large
    return body


def _refuse_what_is_no_feed(root: str, text: str, url: str) -> None:
    if root == "html" or (not root and re.search(r"<!doctype html|<(?:head|body|div|p)[\s>]", text[:5_000], re.I)):
        raise FeedError(
            "this is a web page, not a feed", where=url, hint=f"look for its feeds with: tallywire feeds discover {url}"
        )
    if root == "opml":
        raise FeedError(
            "this is a list of feeds (OPML), not a feed", where=url, hint="import it with: tallywire feeds import FILE"
        )
    if root == "sitemapindex":
        parts = re.findall(r"<loc>\s*(https?://[^<\s]{1,500})", text[:100_000])
        parts.sort(key=lambda part: "news" not in part.lower())
        raise FeedError(
            "this is a list of sitemaps, not a feed",
            where=url,
            hint=f"add one of its sitemaps, such as {parts[0]}" if parts else "add one of the sitemaps it lists",
        )
    if not root:
        raise FeedError(
            "this is not a feed",
            where=url,
            why="neither RSS, Atom, RDF, JSON Feed nor a sitemap",
            hint=f"look for feeds with: tallywire feeds discover {url}",
        )


def _parse_xml(xml: XmlText, url: str, now: datetime) -> ParsedFeed:
    refuse_what_no_feed_has(xml.text, url)
    root, malformed = _tree(xml.text, url)
    pruned = prune(root, url, MOST_ITEMS)
    body = etree.tostring(root, encoding="utf-8")
    del root  # it takes as much memory as feedparser is going to
    parsed = _feedparser(body, url)
    notes = list(xml.notes)
    if pruned.left_out:
        notes.append(f"only the newest {MOST_ITEMS} of its {MOST_ITEMS + pruned.left_out} items were read")
    if malformed:
        notes.append("it is not well-formed; it was read leniently")
    form = {"rdf": FeedFormat.RDF, "feed": FeedFormat.ATOM}.get(xml.root, FeedFormat.RSS)
    feed = Head(parsed.feed, atom=form is FeedFormat.ATOM)
    site_url = _resolved(feed.link, url)
    language = primary_language(feed.language)
    base = url if form is FeedFormat.ATOM else site_url or url
    items = [item_of(entry, atom=form is FeedFormat.ATOM) for entry in parsed.entries]
    announcements, wrong = announce(items, base=base, language=language, now=now)
    return ParsedFeed(
        format=form,
        title=plain_text(feed.title, longest=300),
        site_url=site_url,
        language=language,
        ttl=feed.ttl,
        skip_hours=pruned.skip_hours,
        skip_days=pruned.skip_days,
        announcements=announcements,
        left_out=pruned.left_out,
        notes=(*notes, *wrong),
    )


def _tree(text: str, url: str) -> tuple[etree._Element, bool]:
    """The tree of mended XML, and whether it was malformed all the same."""
    try:
        return etree.fromstring(text.encode("utf-8", "replace"), _parser(recover=False)), False
    except etree.XMLSyntaxError:
        pass
    # libxml2 recovers from what is left; feedparser's own lenient parser takes up to 7 s for a megabyte of rubbish.
    parser = _parser(recover=True)
    try:
        root = etree.fromstring(close_and_escape(text).encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as error:
        # It recovers from whatever is wrong with the text, but not where there is no memory for the tree.
        if any(entry.type == etree.ErrorTypes.ERR_NO_MEMORY for entry in parser.error_log):
            raise MemoryError from error
        raise FeedError("the feed is broken", where=url, why=f"it can't be parsed as XML: {error.msg}") from None
    refuse_depth((entry.message for entry in parser.error_log), url)
    if root is None:
        raise FeedError("the feed is broken", where=url, why="it can't be parsed as XML")
    return root, True


def _parser(*, recover: bool) -> etree.XMLParser:
    return etree.XMLParser(
        recover=recover,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )


def _feedparser(body: bytes, url: str) -> Any:
    # It takes half as long to import as all else here together.
    import feedparser

    # Texts are cleaned where they are shown, and links resolved where they are followed. Only ever an open file: of
    # text or bytes feedparser would first try whether they name a file or an address.
    try:
        return feedparser.parse(
            io.BytesIO(body),
            response_headers={"content-type": "application/xml; charset=utf-8"},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except (ArithmeticError, AssertionError, LookupError, RecursionError, TypeError, ValueError) as error:
        # What strangers wrote may meet a case that feedparser doesn't know.
        raise FeedError("the feed is broken", where=url, why=f"feedparser can't read it: {error!r}") from error


def _resolved(link: str, base: str) -> str | None:
    if not link:
        return None
    try:
        return absolute(link, base)
    except TallywireError:
        return None
