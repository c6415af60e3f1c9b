"""Sitemaps (sitemaps.org) and news sitemaps: pages with their last change, title and publication date."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from lxml import etree

from pipeline.collect.announce import MOST_ITEMS, Item, announce, primary_language
from pipeline.collect.bounds import refuse_depth
from pipeline.collect.dates import feed_date
from pipeline.collect.xmltext import XmlText
from pipeline.errors import FeedError
from schemas.feed import FeedFormat, ParsedFeed


def parse(xml: XmlText, *, url: str, now: datetime) -> ParsedFeed:
    """What a sitemap announces, its pages without the order of time put in order, newest first."""
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, load_dtd=False)
    root = etree.fromstring(xml.text.encode("utf-8", "replace"), parser)
    refuse_depth((entry.message for entry in parser.error_log), url)
    if root is None:
        raise FeedError("the sitemap is broken", where=url, why="it can't be parsed as XML")
    items = list(_items(root))
    notes = list(xml.notes)
    outlets = {name for _, name in items if name}
    newest = sorted((item for item, _ in items), key=lambda item: _stamp(item.published or item.updated), reverse=True)
    if len(newest) > MOST_ITEMS:
        notes.append(f"only the newest {MOST_ITEMS} of its {len(newest)} items were read")
    announcements, wrong = announce(newest[:MOST_ITEMS], base=url, language=None, now=now)
    languages = {one.language for one in announcements}
    return ParsedFeed(
        format=FeedFormat.SITEMAP,
        title=outlets.pop() if len(outlets) == 1 else "",
        language=languages.pop() if len(languages) == 1 else None,
        announcements=announcements,
        left_out=max(0, len(newest) - MOST_ITEMS),
        notes=(*notes, *wrong),
    )


def _items(root: etree._Element) -> Iterator[tuple[Item, str]]:
    """Each page with the name of its publication."""
    for page in root.iterchildren(tag=etree.Element):
        if _local(page) != "url":
            continue
        # Names without namespaces: half of the sitemaps get the namespace of the news elements wrong.
        said: dict[str, str] = {}
        for element in page.iterdescendants(tag=etree.Element):
            if element.text and element.text.strip():
                said.setdefault(f"{_local(element.getparent())}/{_local(element)}", element.text.strip())
        item = Item(
            links=(said.get("url/loc", ""),),
            title=said.get("news/title", ""),
            published=said.get("news/publication_date"),
            updated=said.get("url/lastmod"),
            language=primary_language(said.get("publication/language")),
        )
        yield item, said.get("publication/name", "")


def _local(element: etree._Element | None) -> str:
    """The name of an element without namespace and prefix, whatever a mender of broken documents made of it."""
    return "" if element is None else str(element.tag).rpartition("}")[2].rpartition(":")[2].lower()


def _stamp(date: str | None) -> float:
    moment = feed_date(date)
    return moment.timestamp() if moment else 0.0
