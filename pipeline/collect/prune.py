"""A feed as feedparser is to see it: each item holds only what is said of itself, and one element for each thing.

feedparser hears elements one after another, wherever they stand: the caption of a picture becomes the summary, the
link of a quoted source that of the item, and of two descriptions the second the content. So what belongs to something
else is dropped before, and of elements that stand in for each other the best is kept. Reading them is left to it.
"""

from __future__ import annotations

import contextlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urljoin

from lxml import etree

from pipeline.collect.dates import feed_date

_MEDIA = ("search.yahoo.com/mrss", "video.search.yahoo.com/mrss")
_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_STRUCTURE = frozenset({"item", "entry", "channel"})
_OF_THE_FEED = _STRUCTURE | {"title", "link", "id", "language", "ttl", "updateperiod", "updatefrequency"}
_LONG = frozenset({"description", "summary", "content", "encoded"})
_WORDS = _LONG | {"title", "abstract", "body", "author", "creator", "language"}
_DATE_NAMES = "pubdate published issued created date publicationdate updated modified modificationdate"
_LINK_NAMES = "link origlink guid id identifier enclosure"
_OF_AN_ITEM = _STRUCTURE | _WORDS | {*_DATE_NAMES.split(), *_LINK_NAMES.split()}
"""What is read of an item, whatever its namespace; feedparser tells these apart."""

_INSTEAD = (
    ("title", "dc:title", "media:title"),
    ("pubdate", "published", "issued", "dc:date", "dcterms:issued"),
    ("description", "summary", "abstract", "dc:description", "dcterms:abstract", "itunes:summary"),
)
"""Of each of these an item keeps one, the first that says something, in this order."""

_MOST_OF_A_KIND = 100
"""Elements of one name in an item; authors of a paper and enclosures are what honest items have most of."""

_DATES = ("pubdate", "published", "issued", "dc:date", "updated", "modified")
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_EMAIL = re.compile(r"[<(]?[^\s<>()]+@[^\s<>()]+[>)]?")


class Pruned(NamedTuple):
    """What is left of a feed, how many of its items are not, and what feedparser doesn't tell."""

    left_out: int
    skip_hours: tuple[int, ...]
    skip_days: tuple[int, ...]


def prune(root: etree._Element, url: str, most: int) -> Pruned:
    """Drop from the tree at ``root`` what is not said of its items, and all items but the newest ``most``.

    The feed is taken to be in order of time; its first and last date tell in which. ``url`` is its address.
    """
    for element in root.iter(etree.Element):
        if element.get(_BASE) is not None:
            # feedparser takes no base that is relative itself.
            with contextlib.suppress(ValueError):
                element.set(_BASE, urljoin(url, element.base or ""))
    items = [element for element in root.iter(etree.Element) if _name(element) in ("item", "entry")]
    left_out = max(0, len(items) - most)
    if left_out:
        first, last = _date(items[0]), _date(items[-1])
        rising = first and last and last > first
        for item in items[:left_out] if rising else items[most:]:
            _drop(item)
        items = items[left_out:] if rising else items[:most]
    for item in items:
        _prune_item(item)
    heads = [root, *(one for one in root.iterchildren(etree.Element) if _name(one) == "channel")]
    hours, days = tuple(sorted(set(_skipped_hours(heads)))), tuple(sorted(set(_skipped_days(heads))))
    for head in heads:
        _prune_head(head)
    return Pruned(left_out, hours, days)


def _prune_head(head: etree._Element) -> None:
    seen: Counter[str] = Counter()
    for child in list(head.iterchildren(etree.Element)):
        local = _name(child).rpartition(":")[2]
        seen[local] += local not in _STRUCTURE
        if local not in _OF_THE_FEED or seen[local] > _MOST_OF_A_KIND:
            _drop(child)


def _prune_item(item: etree._Element) -> None:
    said = [(_name(child), child) for child in item.iterchildren(etree.Element)]
    names = {name for name, _ in said}
    # What is said of a video is said of the item that is the video; elsewhere, media are pictures beside the text.
    video = "yt:videoid" in names
    spare = _spare(said)
    seen: Counter[str] = Counter()
    for name, child in said:
        seen[name] += 1
        local = name.rpartition(":")[2]
        of_media = name.startswith("media:") and name != "media:title"
        if (
            child in spare
            or seen[name] > _MOST_OF_A_KIND
            or (local not in _OF_AN_ITEM and not of_media)
            or (of_media and not video)
            or (name == "itunes:author" and not names.isdisjoint(("author", "dc:creator")))
        ):
            _drop(child)
        elif local in _LONG and not len(child) and child.text and "]]>" not in child.text:
            # Escaped, each mark would reach feedparser in a call of its own: half the time that a long feed takes.
            child.text = etree.CDATA(child.text)
        elif local in ("author", "creator") and not len(child):
            child.text = _person(child.text or "")
        elif name == "dc:date":
            # feedparser takes it for the date of an update, and keeps only one of these.
            child.tag = "pubDate"


def _spare(said: list[tuple[str, etree._Element]]) -> set[etree._Element]:
    spare: set[etree._Element] = set()
    for names in _INSTEAD:
        ordered = [child for wanted in names for name, child in said if name == wanted]
        kept = next((one for one in ordered if len(one) or (one.text or "").strip()), None)
        spare.update(one for one in ordered if one is not kept)
    return spare


def _person(name: str) -> str:
    """RSS asks for "jane@paper.example (Jane Doe)"; others write "Jane Doe <jane@paper.example>"."""
    if (inner := re.search(r"\(([^()@]+)\)\s*$", name)) and "@" in name:
        name = inner[1]
    return _EMAIL.sub("", name).strip(" ,;")


def _date(item: etree._Element) -> datetime | None:
    said = {_name(child): child.text for child in item.iterchildren(etree.Element)}
    return next((date for name in _DATES if (date := feed_date(said.get(name)))), None)


def _skipped_hours(heads: Iterable[etree._Element]) -> Iterator[int]:
    """The hours in which the feed asks to be left alone; RSS 0.91 counts them from 1 to 24."""
    for hour in _listed(heads, "skiphours", "hour"):
        if hour.isdecimal() and len(hour) <= 2:
            yield int(hour) % 24


def _skipped_days(heads: Iterable[etree._Element]) -> Iterator[int]:
    return (_DAYS.index(day.lower()) for day in _listed(heads, "skipdays", "day") if day.lower() in _DAYS)


def _listed(heads: Iterable[etree._Element], outer: str, inner: str) -> Iterator[str]:
    for element in (child for head in heads for child in head.iterchildren(etree.Element) if _name(child) == outer):
        yield from ((one.text or "").strip() for one in element.iterchildren(etree.Element) if _name(one) == inner)


def _name(element: etree._Element) -> str:
    return _known_as(element.tag, element.prefix)


@lru_cache(maxsize=1_000)
def _known_as(tag: str, prefix: str | None) -> str:
    """The name of an element in lower case, with its prefix as written, but for media's, which goes by many."""
    namespace, _, local = tag.rpartition("}")
    local = local.lower()
    if any(media in namespace.lower() for media in _MEDIA):
        return f"media:{local}"
    return f"{prefix.lower()}:{local}" if prefix and prefix != "atom" else local


def _drop(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)
