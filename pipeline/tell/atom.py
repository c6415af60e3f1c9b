"""Atom feeds of what is told (RFC 4287), in pages (RFC 5005), with ids that stay (RFC 4151). Pure.

Whoever subscribes gets each alert, and each development with every report that comes, without a mail.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from urllib.parse import quote, urlsplit

from lxml import etree
from pydantic import Field

from pipeline.tell.pages import link
from pipeline.tell.words import one_line
from schemas.base import Model, Utc

NAMESPACE = "http://www.w3.org/2005/Atom"
_DEFAULT: dict[str, str] = {None: NAMESPACE}  # type: ignore[dict-item] # lxml's way to say that it needs no prefix
MEDIA_TYPE = "application/atom+xml"

_TITLE = 200
"""Characters of a title."""
_TEXT = 4_000
"""Characters of an entry's text."""
_LONE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_AUTHORITY = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?")


class AtomEntry(Model):
    """One thing told. ``id`` never changes; ``updated`` does when there is more to tell of it."""

    id: str = Field(description="an IRI, such as `tag_uri` makes")
    title: str
    updated: Utc
    published: Utc | None = None
    link: str | None = Field(default=None, description="where to read it; left out unless it leads to the web")
    text: str = Field(description="what there is to tell, plain")
    authors: tuple[str, ...] = ()
    category: str | None = None


class AtomFeed(Model):
    """A page of a feed. All pages have one id; addresses are absolute."""

    id: str
    title: str
    subtitle: str = ""
    updated: Utc
    self_link: str = Field(description="the address of this page")
    first: str = Field(description="the address of the first page")
    following: str | None = Field(default=None, description="that of the next, older page")
    alternate: str | None = Field(default=None, description="a page for people that shows the same")
    entries: tuple[AtomEntry, ...] = ()


def tag_uri(authority: str, since: date, *parts: str) -> str:
    """A tag URI (RFC 4151): ``tag:AUTHORITY,DATE:PART/PART``, the same for ever for the same parts.

    ``authority`` is a host name that whoever runs this had on the day ``since``; it must stay the same even if the host
    is renamed. Raises ValueError where it is no host name.
    """
    name = authority.lower()
    if not _AUTHORITY.fullmatch(name):
        raise ValueError(f"{authority!r} is no host name")
    return f"tag:{name},{since.isoformat()}:{'/'.join(quote(part, safe='') for part in parts)}"


def atom_document(feed: AtomFeed) -> bytes:
    """``feed`` as XML in UTF-8. The same feed gives the same bytes."""
    root = etree.Element(_name("feed"), nsmap=_DEFAULT)
    _add(root, "id", feed.id)
    _add(root, "title", _line(feed.title) or "Tallywire", type="text")
    if feed.subtitle:
        _add(root, "subtitle", _line(feed.subtitle), type="text")
    _add(root, "updated", _moment(feed.updated))
    # An entry without an author of its own is the feed's.
    _person(root, "Tallywire")
    _add(root, "generator", "Tallywire")
    _link(root, "self", feed.self_link, MEDIA_TYPE)
    if feed.alternate:
        _link(root, "alternate", feed.alternate, "text/html")
    _link(root, "first", feed.first, MEDIA_TYPE)
    if feed.following:
        _link(root, "next", feed.following, MEDIA_TYPE)
    for entry in feed.entries:
        _entry(root, entry)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="utf-8"))


def _entry(root: etree._Element, entry: AtomEntry) -> None:
    element = etree.SubElement(root, _name("entry"))
    _add(element, "id", entry.id)
    _add(element, "title", _line(entry.title) or "Untitled", type="text")
    _add(element, "updated", _moment(entry.updated))
    if entry.published is not None:
        _add(element, "published", _moment(entry.published))
    for author in entry.authors:
        _person(element, _line(author) or "unknown")
    if entry.category:
        etree.SubElement(element, _name("category"), term=_line(entry.category))
    if address := _iri(entry.link or ""):
        _link(element, "alternate", address)
    _add(element, "content", "\n".join(one_line(line, _TEXT) for line in entry.text[:_TEXT].splitlines()), type="text")


def _name(tag: str) -> str:
    return f"{{{NAMESPACE}}}{tag}"


def _add(parent: etree._Element, tag: str, text: str, **attributes: str) -> None:
    etree.SubElement(parent, _name(tag), attributes).text = text


def _person(parent: etree._Element, name: str) -> None:
    _add(etree.SubElement(parent, _name("author")), "name", name)


def _link(parent: etree._Element, relation: str, address: str, kind: str | None = None) -> None:
    attributes = {"rel": relation, "href": address} | ({"type": kind} if kind else {})
    etree.SubElement(parent, _name("link"), attributes)


def _iri(address: str) -> str | None:
    """``address`` as an IRI: brackets stand around the number of a host alone, and a % begins a character's code."""
    if (safe := link(address)) is None:
        return None
    parts = urlsplit(safe)
    path = parts._replace(scheme="", netloc="").geturl().replace("[", "%5B").replace("]", "%5D")
    path = _LONE_PERCENT.sub("%25", path)
    return f"{parts.scheme}://{parts.netloc}{path}"


def _line(text: str) -> str:
    # Normalising takes out all that XML has no place for.
    return one_line(text, _TITLE)


def _moment(when: datetime) -> str:
    return when.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
