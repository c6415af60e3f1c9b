"""The bytes of a feed → what it announces. Any format, any damage that can be mended, bounded work."""

from __future__ import annotations

import re
from datetime import datetime

from lxml import etree

from pipeline.collect import jsonfeed, sitemap
from pipeline.collect.announce import MOST_ITEMS, announce, primary_language
from pipeline.collect.balance import balanced
from pipeline.collect.bounds import MOST_MARKS_OF_A_SITEMAP, refuse_depth, refuse_rubbish, refuse_what_no_feed_has
from pipeline.collect.plain import plain_text
from pipeline.collect.xmlfeed import FeedTree
from pipeline.collect.xmltext import XmlText, decode, mend
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
            "this is a web page, no feed", where=url, hint=f"look for its feeds with: tallywire feeds discover {url}"
        )
    if root == "opml":
        raise FeedError(
            "this is a list of feeds (OPML), no feed", where=url, hint="take it in with: tallywire feeds import FILE"
        )
    if root == "sitemapindex":
        parts = re.findall(r"<loc>\s*(https?://[^<\s]{1,500})", text[:100_000])
        parts.sort(key=lambda part: "news" not in part.lower())
        raise FeedError(
            "this is a list of sitemaps, no feed",
            where=url,
            hint=f"follow one of its sitemaps, such as {parts[0]}" if parts else "follow one of the sitemaps it lists",
        )
    if not root:
        raise FeedError(
            "this is no feed",
            where=url,
            why="neither RSS, Atom, RDF, JSON Feed nor a sitemap",
            hint=f"look for feeds with: tallywire feeds discover {url}",
        )


def _parse_xml(xml: XmlText, url: str, now: datetime) -> ParsedFeed:
    refuse_what_no_feed_has(xml.text, url)
    root, malformed = _tree(xml.text, url)
    if root is None:
        raise FeedError("the feed is broken", where=url, why="no XML could be made of it")
    tree = FeedTree(root, url)
    items, left_out = tree.items(MOST_ITEMS)
    notes = list(xml.notes)
    if left_out:
        notes.append(f"only the newest {MOST_ITEMS} of its {MOST_ITEMS + left_out} items were read")
    if malformed:
        notes.append("it is not well-formed and was read leniently")
    site_url = _resolved(tree.link, url)
    language = primary_language(tree.language)
    base = url if tree.atom else site_url or url
    announcements, wrong = announce(items, base=base, language=language, now=now)
    return ParsedFeed(
        format={"rdf": FeedFormat.RDF, "feed": FeedFormat.ATOM}.get(xml.root, FeedFormat.RSS),
        title=plain_text(tree.title, longest=300),
        site_url=site_url,
        language=language,
        ttl=tree.ttl,
        skip_hours=tree.skip_hours,
        skip_days=tree.skip_days,
        announcements=announcements,
        left_out=left_out,
        notes=(*notes, *wrong),
    )


def _tree(text: str, url: str) -> tuple[etree._Element | None, bool]:
    """The tree of mended XML, and whether it was malformed all the same."""
    try:
        return etree.fromstring(text.encode("utf-8", "replace"), _parser(recover=False)), False
    except etree.XMLSyntaxError:
        pass
    parser = _parser(recover=True)
    try:
        root = etree.fromstring(balanced(text).encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as error:
        # It recovers from whatever is wrong with the text, but not where there is no memory for the tree.
        raise FeedError("the feed is broken", where=url, why=f"no XML could be made of it: {error.msg}") from None
    refuse_depth((entry.message for entry in parser.error_log), url)
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


def _resolved(link: str, base: str) -> str | None:
    if not link:
        return None
    try:
        return absolute(link, base)
    except TallywireError:
        return None
