"""What feedparser tells of a feed and its entries → what its items say, in the words they were written in."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping
from typing import Any

from pipeline.collect.announce import Item

_RELATION = "http://www.iana.org/assignments/relation/"
_ADDRESS = re.compile(r"https?://\S.*$", re.IGNORECASE)
_CDATA = re.compile(r"<!\[CDATA\[(.*?)(?:\]\]>?|\Z)", re.DOTALL)
# A first byte of UTF-8 and one that goes on, as ISO 8859-1 or Windows-1252 show them.
_ENCODED_TWICE = re.compile(
    "[\xc2-\xf4][\x80-\xbf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]"
)
_PERIODS = {"hourly": 3_600, "daily": 86_400, "weekly": 604_800, "monthly": 2_592_000, "yearly": 31_536_000}


class Head:
    """What feedparser's ``feed`` tells of the feed itself."""

    def __init__(self, feed: Mapping[str, Any], *, atom: bool) -> None:
        # A dict by itself: feedparser's own maps names to others, and warns.
        self._said = dict(feed)
        self.title = _as_markup(self._said, "title", atom=atom)
        self.language = _text(self._said, "language")

    @property
    def link(self) -> str:
        """The address of the site, perhaps relative."""
        identity = _text(self._said, "id")
        links = (*_links(self._said, "alternate"), identity if _ADDRESS.match(identity) else "")
        return next((link for link in links if link.strip()), "")

    @property
    def ttl(self) -> float | None:
        """Seconds to wait between polls: the longer of RSS's ttl (minutes) and RSS 1.0 syndication's period."""
        asked = []
        ttl = _text(self._said, "ttl")
        if ttl.isdecimal() and len(ttl) < 8:
            asked.append(int(ttl) * 60.0)
        if period := _PERIODS.get(_text(self._said, "sy_updateperiod").lower()):
            times = _text(self._said, "sy_updatefrequency")
            asked.append(period / max(1, int(times) if times.isdecimal() and len(times) < 6 else 1))
        return max(asked) if any(asked) else None


def item_of(entry: Mapping[str, Any], *, atom: bool) -> Item:
    """The item that is one of feedparser's ``entries``; ``atom`` says whether it is of an Atom feed."""
    said = dict(entry)
    return Item(
        links=tuple(_candidates(said)),
        guid=_text(said, "id", "dc_identifier") or None,
        title=_as_markup(said, "title", atom=atom) or _text(said, "itunes_title"),
        summary=_as_markup(said, "summary", atom=atom) or _text(said, "dcterms_abstract"),
        content=max(_contents(said, atom=atom), key=len, default=""),
        authors=tuple(_text(author, "name") for author in said.get("authors", ())),
        published=_text(said, "published", "created", "prism_publicationdate") or None,
        updated=_text(said, "updated", "prism_modificationdate") or None,
        language=_text(said, "language") or _text(said.get("title_detail") or {}, "language") or None,
    )


def _candidates(said: dict[str, Any]) -> Iterator[str]:
    """Addresses of an item, the best first: of its page, of what is enclosed, then what only looks like one."""
    yield _text(said, "feedburner_origlink")
    pages = _links(said, "alternate")
    yield from pages
    guid = _text(said, "id")
    address = guid if _ADDRESS.match(guid) else ""
    # Beside a link, feedparser says of no guid whether it is permanent.
    if said.get("guidislink") or pages:
        yield address
    yield from _links(said, "enclosure")
    yield address


def _links(said: dict[str, Any], relation: str) -> list[str]:
    """The links of one relation, pages before what is in other formats; ``link`` alone may be that of a picture."""
    found = [link for link in said.get("links", ()) if link.get("href")]
    found = [link for link in found if (link.get("rel") or "alternate").removeprefix(_RELATION) == relation]
    found.sort(key=lambda link: "html" not in (link.get("type") or "html"))
    return [str(link["href"]) for link in found]


def _contents(said: dict[str, Any], *, atom: bool) -> Iterator[str]:
    for part in said.get("content", ()):
        kind = part.get("type") or "text/html"
        # Not what is enclosed in base64 (RFC 4287, section 4.1.3.3).
        if kind.startswith("text/") or "xml" in kind:
            yield _markup(_text(part, "value"), plain=atom and kind == "text/plain")


def _as_markup(said: dict[str, Any], name: str, *, atom: bool) -> str:
    kind = (said.get(f"{name}_detail") or {}).get("type")
    return _markup(_text(said, name), plain=atom and kind == "text/plain")


def _markup(text: str, *, plain: bool) -> str:
    """A text as markup; only Atom says which texts are none, and of the others nobody knows."""
    return text.replace("<", "&lt;") if plain and "&" not in text else text


def _text(said: Mapping[str, Any], *names: str) -> str:
    """The first text under ``names``, without the marks of a CDATA section within another, and decoded once more where
    it is UTF-8 that a program took for Western European and encoded again.
    """
    text = next((value for name in names if isinstance(value := said.get(name), str) and value.strip()), "").strip()
    if "<![CDATA[" in text:
        text = _CDATA.sub(r"\1", text).strip()
    if _ENCODED_TWICE.search(text):
        for wrong in ("latin-1", "cp1252"):
            with contextlib.suppress(UnicodeError):
                return text.encode(wrong).decode("utf-8")
    return text
