"""RSS 0.9x to 2.0, RDF (RSS 1.0) and Atom as trees → what their items say.

Names are looked up by what they mean, not by how they are spelled: namespaces are known by the heart of their address,
or by the customary prefix where that is wrong, and whatever is in none or in the namespace of the root is the feed's
own. What belongs to a picture, a podcast or a source that an item quotes is never taken for the item's.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from urllib.parse import urljoin

from lxml import etree

from pipeline.collect.announce import Item
from pipeline.collect.dates import feed_date

_XML = "{http://www.w3.org/XML/1998/namespace}"
# The heart of a namespace's address: many feeds get its scheme, case or last slash wrong.
_HEARTS = {
    "": (
        *("www.w3.org/2005/atom", "purl.org/atom/ns#", "purl.org/rss/1.0", "purl.org/net/rss1.1#"),
        *("my.netscape.com/rdf/simple/0.9", "channel.netscape.com/rdf/simple/0.9"),
    ),
    "dc": ("purl.org/dc/elements",),
    "dcterms": ("purl.org/dc/terms",),
    "content": ("purl.org/rss/1.0/modules/content",),
    "sy": ("purl.org/rss/1.0/modules/syndication",),
    "media": ("search.yahoo.com/mrss", "video.search.yahoo.com/mrss"),
    "itunes": ("www.itunes.com/dtds/podcast",),
    "feedburner": ("rssnamespace.org/feedburner/ext",),
    "prism": ("prismstandard.org/namespaces",),
    "yt": ("www.youtube.com/xml/schemas",),
    "rdf": ("www.w3.org/1999/02/22-rdf-syntax-ns",),
    "xhtml": ("www.w3.org/1999/xhtml",),
}
_PREFIXES = frozenset(_HEARTS) - {""} | {"atom"}
_OWN_RSS = ("backend.userland.com", "cyber.law.harvard.edu/rss", "blogs.law.harvard.edu", "purl.org/rss/2.0")
_RELATION = "http://www.iana.org/assignments/relation/"
_ADDRESS = re.compile(r"https?://\S.*$", re.IGNORECASE)
_CDATA = re.compile(r"<!\[CDATA\[(.*?)(?:\]\]>?|\Z)", re.DOTALL)
# A first byte of UTF-8 and one that goes on, as ISO 8859-1 or Windows-1252 show them.
_ENCODED_TWICE = re.compile(
    "[\xc2-\xf4][\x80-\xbf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]"
)
_EMAIL = re.compile(r"[<(]?[^\s<>()]+@[^\s<>()]+[>)]?")
_PERIODS = {"hourly": 3_600, "daily": 86_400, "weekly": 604_800, "monthly": 2_592_000, "yearly": 31_536_000}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# In the order of preference; each list ends with what only stands in for the thing.
_TITLES = ("title", "dc:title", "media:title", "itunes:title")
_SUMMARIES = ("description", "summary", "abstract", "dc:description", "dcterms:abstract", "itunes:summary")
_CONTENTS = ("content:encoded", "content", "xhtml:body", "xhtml:div")
_IDS = ("guid", "id", "dc:identifier")
_PUBLISHED = ("pubdate", "published", "issued", "dc:date", "dcterms:issued", "prism:publicationdate", "dcterms:created")
_UPDATED = ("updated", "modified", "dcterms:modified", "prism:modificationdate")


class FeedTree:
    """The feed whose root is ``root``; ``url`` is its address, from which relative ones start."""

    def __init__(self, root: etree._Element, url: str) -> None:
        self._root = root
        self._url = url
        self._own = etree.QName(root).namespace or ""
        self._names: dict[object, str] = {}
        self.atom = self._name(root) == "feed"
        self._items = [element for element in root.iter(etree.Element) if self._name(element) in ("item", "entry")]
        head = (
            root if self.atom else next((one for one in root.iter(etree.Element) if self._name(one) == "channel"), root)
        )
        self._head = self._children(head)

    def items(self, most: int) -> tuple[list[Item], int]:
        """What the newest ``most`` items say, in the order of the feed, and how many are left out.

        The feed is taken to be in order of time; its first and last date tell in which.
        """
        left_out = max(0, len(self._items) - most)
        chosen = self._items[:most]
        if left_out:
            first, last = (self._date(self._items[at]) for at in (0, -1))
            if first and last and last > first:
                chosen = self._items[left_out:]
        return [self._item(element) for element in chosen], left_out

    @property
    def title(self) -> str:
        return self._markup(self._head, _TITLES)

    @property
    def link(self) -> str:
        """The address of the site, perhaps relative."""
        identity = self._text(self._head, ("id",))
        links = (*self._pages(self._head), identity if _ADDRESS.match(identity) else "")
        return next((link for link in links if link.strip()), "")

    @property
    def language(self) -> str:
        said = self._text(self._head, ("language", "dc:language"))
        return said or (self._root.get(_XML + "lang") or "").strip()

    @property
    def ttl(self) -> float | None:
        """Seconds to wait between polls: the longer of RSS's ttl (minutes) and RSS 1.0 syndication's period."""
        asked = []
        ttl = self._text(self._head, ("ttl",))
        if ttl.isdecimal() and len(ttl) < 8:
            asked.append(int(ttl) * 60.0)
        if period := _PERIODS.get(self._text(self._head, ("sy:updateperiod",)).lower()):
            times = self._text(self._head, ("sy:updatefrequency",))
            asked.append(period / max(1, int(times) if times.isdecimal() and len(times) < 6 else 1))
        return max(asked) if any(asked) else None

    @property
    def skip_hours(self) -> tuple[int, ...]:
        """The hours in which the feed asks to be left alone; RSS 0.91 counts them from 1 to 24."""
        hours = (hour for hour in self._listed("skiphours", "hour") if hour.isdecimal() and len(hour) <= 2)
        return tuple(sorted({int(hour) % 24 for hour in hours}))

    @property
    def skip_days(self) -> tuple[int, ...]:
        days = (day.lower() for day in self._listed("skipdays", "day"))
        return tuple(sorted({_DAYS.index(day) for day in days if day in _DAYS}))

    def _listed(self, outer: str, inner: str) -> Iterator[str]:
        for element in self._head.get(outer, ()):
            yield from (_words(one) for one in self._children(element).get(inner, ()))

    def _item(self, element: etree._Element) -> Item:
        said = self._children(element)
        guid = self._text(said, _IDS) or element.get("{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about", "").strip()
        content = max(
            (self._as_markup(one) for name in _CONTENTS for one in said.get(name, ())), key=len, default=""
        ).strip()
        summary = self._markup(said, _SUMMARIES) or content
        if not summary and "yt:videoid" in said:
            # The item is the video, so that what describes the one describes the other.
            summary = "".join(
                self._text(self._children(group), ("media:description",)) for group in said.get("media:group", ())
            )
        return Item(
            links=tuple(self._links(said, guid)),
            guid=guid or None,
            title=self._markup(said, _TITLES),
            summary=summary,
            content=content,
            authors=tuple(self._authors(said)),
            published=self._text(said, _PUBLISHED) or None,
            updated=self._text(said, _UPDATED) or None,
            language=self._text(said, ("dc:language",)) or self._language_of(said.get("title", [element])[0]),
        )

    def _date(self, item: etree._Element) -> datetime | None:
        said = self._children(item)
        return feed_date(self._text(said, _PUBLISHED)) or feed_date(self._text(said, _UPDATED))

    def _links(self, said: dict[str, list[etree._Element]], guid: str) -> Iterator[str]:
        """Addresses of an item, the best first: of its page, of what is enclosed, then what only looks like one."""
        yield self._text(said, ("feedburner:origlink",))
        yield from self._pages(said)
        permanent = all(one.get("isPermaLink", "true").strip().lower() != "false" for one in said.get("guid", ()))
        address = guid if _ADDRESS.match(guid) else ""
        if permanent:
            yield address
        for element in (*said.get("enclosure", ()), *said.get("link", ())):
            if self._name(element) == "enclosure" or _relation(element) == "enclosure":
                yield self._resolved(element, element.get("url") or element.get("href") or _words(element))
        yield address

    def _pages(self, said: dict[str, list[etree._Element]]) -> Iterator[str]:
        """What an item or feed links to as its page: RSS in the text of an element, Atom in an attribute."""
        links = [one for one in said.get("link", ()) if _relation(one) == "alternate"]
        yield from (self._resolved(one, _words(one)) for one in links if one.get("href") is None)
        links = [one for one in links if one.get("href") is not None]
        links.sort(key=lambda one: "html" not in one.get("type", "html").lower())
        yield from (self._resolved(one, one.get("href", "")) for one in links)

    def _resolved(self, element: etree._Element, link: str) -> str:
        """``link`` by the xml:base around it; left as it is where there is none."""
        if not link or _ADDRESS.match(link) or element.xpath("not(ancestor-or-self::*[@xml:base])"):
            return link
        try:
            return urljoin(urljoin(self._url, element.base or ""), link)
        except ValueError:
            return link

    def _authors(self, said: dict[str, list[etree._Element]]) -> Iterator[str]:
        for element in [*said.get("author", []), *said.get("dc:creator", [])] or said.get("itunes:author", []):
            named = self._children(element).get("name")
            name = _words(named[0]) if named else _words(element) if not len(element) else ""
            # RSS asks for "jane@paper.example (Jane Doe)"; others write "Jane Doe <jane@paper.example>".
            if (inner := re.search(r"\(([^()@]+)\)\s*$", name)) and "@" in name:
                name = inner[1]
            yield _EMAIL.sub("", name).strip(" ,;")

    def _language_of(self, element: etree._Element) -> str | None:
        found = element.xpath("string(ancestor-or-self::*[@xml:lang][1]/@xml:lang)")
        return str(found) or None

    def _children(self, element: etree._Element) -> dict[str, list[etree._Element]]:
        found: dict[str, list[etree._Element]] = {}
        for child in element.iterchildren(etree.Element):
            found.setdefault(self._name(child), []).append(child)
        return found

    def _text(self, said: dict[str, list[etree._Element]], names: Iterable[str]) -> str:
        return next((text for name in names for one in said.get(name, ()) if (text := _words(one))), "")

    def _markup(self, said: dict[str, list[etree._Element]], names: Iterable[str]) -> str:
        return next(
            (text for name in names for one in said.get(name, ()) if (text := self._as_markup(one)).strip()), ""
        )

    def _as_markup(self, element: etree._Element) -> str:
        """The text of an element as markup; only Atom says which texts are none, and of the others nobody knows."""
        kind = element.get("type", "").strip().lower()
        if len(element):
            return _inner(element)
        text = _unwrapped(element.text or "")
        if kind and kind not in ("text", "html", "xhtml", "escaped") and "text/" not in kind and "xml" not in kind:
            return ""  # what is enclosed in base64 (RFC 4287, section 4.1.3.3)
        plain = self.atom and kind in ("", "text", "text/plain")
        return text.replace("<", "&lt;") if plain and "&" not in text else text

    def _name(self, element: etree._Element) -> str:
        """The name of an element in lower case, with the customary prefix of its namespace."""
        tag = element.tag
        known = self._names.get((tag, element.prefix))
        if known is None:
            name = etree.QName(element)
            prefix = self._prefix(name.namespace or "", element.prefix)
            local = name.localname.rpartition(":")[2].lower()
            known = self._names[(tag, element.prefix)] = f"{prefix}:{local}" if prefix else local
        return known

    def _prefix(self, namespace: str, written: str | None) -> str:
        if namespace in ("", self._own):
            return ""
        heart = namespace.lower().partition("://")[2].rstrip("/")
        for prefix, hearts in _HEARTS.items():
            if any(heart == one or (prefix and heart.startswith(one)) for one in hearts):
                return prefix
        if any(heart.startswith(own) for own in _OWN_RSS):
            return ""
        if written in _PREFIXES:
            return "" if written == "atom" else written
        return "?"


def _relation(element: etree._Element) -> str:
    """The relation of a link, in lower case; without one it is that of a page (RFC 4287, section 4.2.7.2)."""
    relation = element.get("rel", "").strip().lower()
    return relation.removeprefix(_RELATION) or "alternate"


def _words(element: etree._Element) -> str:
    return _unwrapped("".join(map(str, element.itertext()))).strip()


def _unwrapped(text: str) -> str:
    """``text`` without the marks of a CDATA section within another, or within an escaped text, and decoded once more
    where it is UTF-8 that a program took for Western European and encoded again.
    """
    if "<![CDATA[" in text:
        text = _CDATA.sub(r"\1", text)
    if _ENCODED_TWICE.search(text):
        for wrong in ("latin-1", "cp1252"):
            with contextlib.suppress(UnicodeError):
                return text.encode(wrong).decode("utf-8")
    return text


def _inner(element: etree._Element) -> str:
    """What is in an element as HTML; of an XHTML div that Atom wants around it, only what is in that."""
    children = list(element.iterchildren(etree.Element))
    if len(children) == 1 and etree.QName(children[0]).localname == "div" and not (element.text or "").strip():
        element = children[0]
    copy = _without_namespaces(element)
    text: str = etree.tostring(copy, encoding="unicode", method="html", with_tail=False)
    return text[text.index(">") + 1 : text.rindex("<")].strip()


def _without_namespaces(element: etree._Element) -> etree._Element:
    root = etree.Element("div")
    root.text = element.text
    made: dict[etree._Element | None, etree._Element] = {element: root}
    for one in element.iterdescendants(etree.Element):
        parent = made[one.getparent()]
        child = made[one] = etree.SubElement(parent, etree.QName(one).localname, dict(_plain_attributes(one)))
        child.text, child.tail = one.text, one.tail
    return root


def _plain_attributes(element: etree._Element) -> Iterator[tuple[str, str]]:
    return ((str(name), str(value)) for name, value in element.attrib.items() if "{" not in str(name))
