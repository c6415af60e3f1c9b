"""Lists of feeds as other programs exchange them (OPML 2.0, opml.org/spec2.opml)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from email.utils import format_datetime
from xml.etree.ElementTree import (
    Element,
    ParseError,
    SubElement,
    indent,
    tostring,
)

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from lxml import etree

from pipeline.collect.bounds import refuse_what_no_feed_has
from pipeline.collect.links import mended
from pipeline.collect.xmltext import FORBIDDEN, decode, mend
from pipeline.errors import FeedError, TallywireError
from pipeline.urls import absolute
from schemas.base import Model
from schemas.feed import Feed

_MOST_BYTES = 10 * 1024 * 1024
_MOST_FEEDS = 20_000
_DEEPEST = 20
_FEED_TYPES = {"rss", "atom", "rdf", "feed", "json"}


class ListedFeed(Model):
    """A feed in a list; a category within another is written ``news/world``."""

    url: str
    title: str = ""
    site_url: str | None = None
    categories: tuple[str, ...] = ()


class FeedList(Model):
    title: str = ""
    feeds: tuple[ListedFeed, ...] = ()
    notes: tuple[str, ...] = ()


def listed(feed: Feed) -> ListedFeed:
    """A feed as a list shows it; its topics are its categories."""
    return ListedFeed(url=feed.url, title=feed.title, site_url=feed.site_url, categories=feed.topics)


def read_opml(body: bytes) -> FeedList:
    """The feeds of an OPML file, each once with all of its categories, in file order.

    Outlines that aren't feeds are counted in ``notes``. Raises `FeedError` where the bytes are no OPML.
    """
    if len(body) > _MOST_BYTES:
        raise FeedError("the list of feeds is too large", why=f"more than {_MOST_BYTES // 1024**2} MB")
    text, notes = decode(body)
    xml = mend(text)
    if xml.root != "opml":
        raise FeedError(
            "this is not a list of feeds",
            why="it has no <opml> element",
            hint="export your feeds as OPML and try again",
        )
    refuse_what_no_feed_has(xml.text, "")
    root, more = _tree(xml.text)
    feeds, unusable = _feeds(root)
    if more and not feeds:
        raise FeedError("the list of feeds is broken", why="no feed could be found in it")
    if len(feeds) > _MOST_FEEDS:
        raise FeedError("the list of feeds is too long", why=f"{len(feeds):,} feeds")
    if unusable:
        notes = (*notes, f"{unusable} of its outlines have no feed address and were skipped")
    head = next(iter(_children(root, "head")), None)
    title = next((one.text or "" for one in _children(head, "title")), "") if head is not None else ""
    return FeedList(title=title.strip(), feeds=tuple(feeds.values()), notes=notes + xml.notes + more)


def _tree(text: str) -> tuple[Element, tuple[str, ...]]:
    try:
        return fromstring(text), ()
    except (ParseError, DefusedXmlException):
        pass
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, load_dtd=False)
    try:
        recovered = etree.tostring(etree.fromstring(text.encode("utf-8", "replace"), parser))
        return fromstring(recovered), ("it is not well-formed; it was read leniently",)
    except (ParseError, DefusedXmlException, etree.LxmlError, TypeError) as error:
        raise FeedError("the list of feeds is broken", why=str(error)) from None


def _feeds(root: Element) -> tuple[dict[str, ListedFeed], int]:
    """The feeds below ``root`` by their addresses, and how many outlines name none. A feed may be a group as well."""
    feeds: dict[str, ListedFeed] = {}
    unusable = 0
    outer = list(_children(root, "body")) or [root]
    waiting = [(element, "") for body in reversed(outer) for element in reversed(list(_children(body, "outline")))]
    while waiting:
        element, category = waiting.pop()
        address = _feed_address(element)
        children = list(_children(element, "outline"))
        if children:
            name = _name(element).replace("/", "∕").strip()
            inner = f"{category}/{name}" if category and name else category or name
            if inner.count("/") >= _DEEPEST:
                inner = category
            waiting.extend((child, inner) for child in reversed(children))
        if address is None and children:
            continue
        if (feed := _feed(element, address, category)) is None:
            unusable += 1
        else:
            known = feeds.get(feed.url, feed)
            categories = tuple(dict.fromkeys(known.categories + feed.categories))
            feeds[feed.url] = known.model_copy(update={"categories": categories})
    return feeds, unusable


def _children(element: Element, name: str) -> Iterator[Element]:
    """The children of a name, whatever its case and namespace: OPML has none, and some programs give it one."""
    return (child for child in element if child.tag.rpartition("}")[2].lower() == name)


def _feed_address(element: Element) -> str | None:
    """The address of the feed that an outline names; some programs write it as that of a link, and say what it is."""
    address = _attribute(element, "xmlUrl")
    if address is None and (_attribute(element, "type") or "").strip().lower() in _FEED_TYPES:
        address = _attribute(element, "url")
    return address


def write_opml(feeds: Iterable[ListedFeed], title: str, now: datetime) -> bytes:
    """An OPML 2.0 file that `read_opml` and other programs read; a feed stands once under each of its categories."""
    root = Element("opml", version="2.0")
    head = SubElement(root, "head")
    SubElement(head, "title").text = _clean(title)
    SubElement(head, "dateCreated").text = format_datetime(now.astimezone(UTC))
    body = SubElement(root, "body")
    groups: dict[str, Element] = {"": body}
    for feed in feeds:
        shown = _clean(feed.title) or feed.url
        attributes = {"type": "rss", "text": shown, "title": shown, "xmlUrl": feed.url}
        if feed.site_url:
            attributes["htmlUrl"] = feed.site_url
        for category in feed.categories or ("",):
            SubElement(_group(groups, _clean(category)), "outline", attributes)
    indent(root)
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _group(groups: dict[str, Element], category: str) -> Element:
    if category not in groups:
        outer, _, name = category.rpartition("/")
        groups[category] = SubElement(_group(groups, outer), "outline", {"text": name, "title": name})
    return groups[category]


def _feed(element: Element, address: str | None, category: str) -> ListedFeed | None:
    # Some programs export feed://… for a reader program to open.
    url = _address(re.sub(r"^feed:(?://)?(?=https?:)|^feed:(?=//)", "", address or "", flags=re.IGNORECASE))
    if url is None:
        return None
    title = _name(element).strip()
    return ListedFeed(
        url=url,
        title="" if title == url else title,
        site_url=_address(_attribute(element, "htmlUrl")),
        categories=(category,) if category else (),
    )


def _address(value: str | None) -> str | None:
    if not value:
        return None
    try:
        return absolute(mended("http:" + value if value.startswith("//") else value, ""))
    except TallywireError:
        return None


def _attribute(element: Element, name: str) -> str | None:
    """An attribute by its name without case: many programs write xmlurl or XMLURL."""
    return next(
        (value for key, value in element.attrib.items() if key.rpartition("}")[2].lower() == name.lower()), None
    )


def _name(element: Element) -> str:
    return " ".join((_attribute(element, "title") or _attribute(element, "text") or "").split())


def _clean(text: str) -> str:
    return " ".join(FORBIDDEN.sub("", text).split())
