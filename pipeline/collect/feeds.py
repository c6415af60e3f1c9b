"""The bytes of a feed → what it announces. Any format, any damage that can be mended, bounded work."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from pipeline.collect import jsonfeed, sitemap
from pipeline.collect.announce import MOST_ITEMS, Item, announce, primary_language
from pipeline.collect.dates import feed_date
from pipeline.collect.plain import plain_text
from pipeline.collect.xmltext import XmlText, close_elements, decode, mend
from pipeline.errors import FeedError, TallywireError
from pipeline.urls import absolute
from schemas.feed import FeedFormat, ParsedFeed

MOST_BYTES = 10 * 1024 * 1024
_LENIENT_AT_MOST = 512 * 1024
# A megabyte of nothing but "<" takes a parser seconds; a feed with 10 MB of escaped articles has 400,000 of both.
_MOST_MARKS_TO_MEND = 3_000_000
_MOST_MARKS_TO_PARSE = 600_000
_PERIODS = {"hourly": 3_600, "daily": 86_400, "weekly": 604_800, "monthly": 2_592_000, "yearly": 31_536_000}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_ITEM_START = re.compile(r"<(?:[A-Za-z][\w.-]{0,40}:)?(?:item|entry)(?=[\s/>])", re.IGNORECASE)
_DATE_ELEMENT = re.compile(r"<(?:pubDate|dc:date|published|updated)[^<>]*>([^<]{1,80})<", re.IGNORECASE)
_ADDRESS_LIKE = re.compile(r"https?://\S+$", re.IGNORECASE)


def parse_feed(body: bytes, *, url: str, content_type: str | None = None, now: datetime) -> ParsedFeed:
    """What the feed at ``url`` announces: RSS 0.9x to 2.0, Atom, RDF, JSON Feed or a sitemap.

    ``content_type`` is the header the bytes came with; ``now`` the moment beyond which no date goes. What was wrong
    with the feed and how it was read all the same stands in ``notes``. Relative links are resolved against xml:base,
    an RSS channel's own link, and ``url``.

    Raises `FeedError`, with words for a person, where the bytes are no feed.
    """
    if len(body) > MOST_BYTES:
        raise FeedError("the feed is too large", where=url, why=f"more than {MOST_BYTES // 1024**2} MB")
    text, notes = decode(body, content_type)
    if not text.strip(" \t\r\n\0\ufeff"):
        raise FeedError("the feed is empty", where=url, hint="open the address in a browser; it may have moved")
    if text.lstrip("\ufeff \t\r\n").startswith("{"):
        return jsonfeed.parse(text, url=url, now=now, notes=notes)
    _refuse_rubbish(text, _MOST_MARKS_TO_MEND, url)
    xml = mend(text)
    _refuse_what_is_no_feed(xml.root, text, url)
    xml = xml._replace(notes=notes + xml.notes)
    if xml.root == "urlset":
        return sitemap.parse(xml, url=url, now=now)
    return _parse_xml(xml, url, now)


def _refuse_rubbish(text: str, most_marks: int, url: str) -> None:
    if text.count("<") + text.count("&") > most_marks:
        raise FeedError("the feed is too large", where=url, why=f"more than {most_marks:,} tags and escaped characters")


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
    text, dropped = _newest_items(xml.text)
    _refuse_rubbish(text, _MOST_MARKS_TO_PARSE, url)
    notes = list(xml.notes)
    if dropped:
        notes.append(f"only the newest {MOST_ITEMS} of its {MOST_ITEMS + dropped} items were read")
    parsed, malformed = _feedparser(text)
    if malformed:
        notes.append("it is not well-formed and was read leniently")
    feed = parsed.feed
    form = {"rdf": FeedFormat.RDF, "feed": FeedFormat.ATOM}.get(xml.root, FeedFormat.RSS)
    site_url = _resolved(feed.get("link"), url)
    language = primary_language(feed.get("language"))
    base = url if form is FeedFormat.ATOM else site_url or url
    announcements, wrong = announce(
        (_item(entry, form) for entry in parsed.entries[:MOST_ITEMS]), base=base, language=language, now=now
    )
    head = text[: first.start()] if (first := _ITEM_START.search(text)) else text
    tail = text[-5_000:]
    return ParsedFeed(
        format=form,
        title=plain_text(_text(feed.get("title")), longest=300),
        site_url=site_url,
        language=language,
        ttl=_ttl(feed),
        skip_hours=tuple(sorted(set(_skipped_hours(head + tail)))),
        skip_days=tuple(sorted(set(_skipped_days(head + tail)))),
        announcements=announcements,
        left_out=dropped,
        notes=(*notes, *wrong),
    )


def _newest_items(text: str) -> tuple[str, int]:
    """``text`` with at most `MOST_ITEMS` items, and how many are left out, taking the feed to be in order of time."""
    starts = [found.start() for found in _ITEM_START.finditer(text)]
    dropped = len(starts) - MOST_ITEMS
    if dropped <= 0:
        return text, 0
    first, last = (_DATE_ELEMENT.search(text, starts[at], starts[at] + 20_000) for at in (0, -1))
    first_date, last_date = (feed_date(found[1]) if found else None for found in (first, last))
    if first_date and last_date and last_date > first_date:
        return text[: starts[0]] + text[starts[dropped] :], dropped
    end = re.compile(r"</(?:item|entry)\s*>", re.IGNORECASE)
    closings = [found.end() for found in end.finditer(text)]
    return text[: starts[MOST_ITEMS]] + (text[closings[-1] :] if closings else ""), dropped


def _feedparser(text: str) -> tuple[Any, bool]:
    """What feedparser makes of mended XML, and whether it was malformed all the same."""
    import feedparser

    malformed = not _well_formed(text)
    if malformed:
        text = close_elements(text)
    if malformed and len(text) > _LENIENT_AT_MOST and not _well_formed(text):
        # The lenient parser takes up to 7 CPU seconds for a megabyte; libxml2 mends more roughly but in no time.
        text = _recovered(text)
    # Only ever an open file: of text or bytes feedparser would first try whether they name a file or an address.
    parsed = feedparser.parse(
        io.BytesIO(text.encode("utf-8", "replace")),
        response_headers={"content-type": "application/xml; charset=utf-8"},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    return parsed, malformed


def _well_formed(text: str) -> bool:
    from xml.parsers import expat

    parser = expat.ParserCreate(namespace_separator=" ")
    try:
        parser.Parse(text.encode("utf-8", "replace"), True)
    except expat.ExpatError:
        return False
    return True


def _recovered(text: str) -> str:
    from lxml import etree

    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, load_dtd=False, remove_pis=True)
    root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    return "" if root is None else etree.tostring(root, encoding="unicode")


def _item(entry: Any, form: FeedFormat) -> Item:
    # dict.get by itself: feedparser's own maps `updated` to `published` and warns.
    raw = dict(entry)
    contents = [part for part in raw.get("content", ()) if part.get("value")]
    marked_up = [part for part in contents if "html" in (part.get("type") or "")]
    return Item(
        links=tuple(_links(raw)),
        guid=_text(raw.get("id")) or None,
        title=_as_markup(raw, "title", form),
        summary=_as_markup(raw, "summary", form),
        content=max((part["value"] for part in marked_up or contents), key=len, default=""),
        authors=tuple(_authors(raw)),
        published=_text(raw.get("published") or raw.get("created")) or None,
        updated=_text(raw.get("updated")) or None,
        language=_text((raw.get("title_detail") or {}).get("language")) or None,
    )


def _links(entry: dict[str, Any]) -> Iterator[str]:
    yield _text(entry.get("feedburner_origlink"))
    yield _text(entry.get("link"))
    links = [link for link in entry.get("links", ()) if link.get("href")]
    for rel in ("alternate", "enclosure"):
        yield from (_text(link["href"]) for link in links if link.get("rel") == rel)
    guid = _text(entry.get("id")).strip()
    if _ADDRESS_LIKE.match(guid):
        yield guid


def _authors(entry: dict[str, Any]) -> Iterator[str]:
    for author in entry.get("authors", ()):
        name = _text(author.get("name")).strip()
        if name and "@" not in name:
            yield name
    if not entry.get("authors"):
        name = _text(entry.get("author"))
        yield "" if "@" in name else name


def _as_markup(entry: dict[str, Any], name: str, form: FeedFormat) -> str:
    """A text as markup; only Atom says which texts are none, and of the others nobody knows."""
    text = _text(entry.get(name))
    plain = form is FeedFormat.ATOM and (entry.get(f"{name}_detail") or {}).get("type") == "text/plain"
    return text.replace("<", "&lt;") if plain and "&" not in text else text


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _resolved(link: Any, base: str) -> str | None:
    if not _text(link).strip():
        return None
    try:
        return absolute(_text(link), base)
    except TallywireError:
        return None


def _ttl(feed: Any) -> float | None:
    """Seconds to wait between polls: the longer of RSS's ttl (minutes) and RSS 1.0 syndication's period."""
    asked = []
    ttl = _text(feed.get("ttl")).strip()
    if ttl.isdecimal() and len(ttl) < 8:
        asked.append(int(ttl) * 60.0)
    period = _PERIODS.get(_text(feed.get("sy_updateperiod")).strip().lower())
    if period:
        times = _text(feed.get("sy_updatefrequency")).strip()
        asked.append(period / max(1, int(times) if times.isdecimal() and len(times) < 6 else 1))
    return max(asked) if any(asked) else None


def _skipped_hours(text: str) -> Iterator[int]:
    if found := re.search(r"<skipHours[^<>]*>(.{0,2000}?)</skipHours", text, re.IGNORECASE | re.DOTALL):
        for hour in re.findall(r"<hour[^<>]*>\s*(\d{1,2})\s*<", found[1], re.IGNORECASE):
            yield int(hour) % 24  # RSS 0.91 counts 1 to 24


def _skipped_days(text: str) -> Iterator[int]:
    if found := re.search(r"<skipDays[^<>]*>(.{0,2000}?)</skipDays", text, re.IGNORECASE | re.DOTALL):
        for day in re.findall(r"<day[^<>]*>\s*([A-Za-z]{1,12})\s*<", found[1], re.IGNORECASE):
            if day.lower() in _DAYS:
                yield _DAYS.index(day.lower())
