"""JSON Feed 1.0 and 1.1 (jsonfeed.org/version/1.1)."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any

from pipeline.collect.announce import MOST_ITEMS, Item, announce, primary_language
from pipeline.collect.plain import plain_text
from pipeline.errors import FeedError, TallywireError
from pipeline.urls import absolute
from schemas.feed import FeedFormat, ParsedFeed

_STRING_OR_COMMA = re.compile(r'"(?:[^"\\]|\\.)*+"|,(?=\s*+[}\],])', re.DOTALL)
_ITEMS = re.compile(r'"items"\s*:\s*\[')
_NEXT_ITEM = re.compile(r"[\s,]*+\{")


def parse(text: str, *, url: str, now: datetime, notes: tuple[str, ...] = ()) -> ParsedFeed:
    """What a JSON Feed announces. Raises `FeedError` where the text is none."""
    feed, more = _loaded(text.lstrip("\ufeff \t\r\n"), url)
    notes = (*notes, *more)
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list) or "jsonfeed.org" not in _text(feed.get("version", "jsonfeed.org")):
        raise FeedError("this is JSON, but not a JSON Feed", where=url, hint="jsonfeed.org describes the format")
    if len(items) > MOST_ITEMS:
        notes = (*notes, f"only the newest {MOST_ITEMS} of its {len(items)} items were read")
    site_url = _address(feed.get("home_page_url"), url)
    language = primary_language(_text(feed.get("language")))
    announcements, wrong = announce(
        (_item(item) for item in items[:MOST_ITEMS]), base=site_url or url, language=language, now=now
    )
    return ParsedFeed(
        format=FeedFormat.JSON,
        title=plain_text(_text(feed.get("title")), longest=300),
        site_url=site_url,
        language=language,
        announcements=announcements,
        left_out=max(0, len(items) - MOST_ITEMS),
        notes=(*notes, *wrong),
    )


def _loaded(text: str, url: str) -> tuple[Any, tuple[str, ...]]:
    """The value of JSON with commas that JSON has no place for, or of which the end is missing."""
    decoder = json.JSONDecoder(strict=False)
    try:
        try:
            # What follows the value, such as the mark of a cache, harms nobody.
            return decoder.raw_decode(text)[0], ()
        except ValueError as error:
            mended = _STRING_OR_COMMA.sub(lambda found: found[0] if found[0][0] == '"' else "", text)
            try:
                return decoder.raw_decode(mended)[0], ("it has extra commas; it was read leniently",)
            except ValueError:
                if items := _whole_items(mended, decoder):
                    return {**_head(mended, decoder), "items": items}, ("it is incomplete",)
            raise FeedError("the feed is broken JSON", where=url, why=str(error)) from None
    except RecursionError:
        raise FeedError("the feed is broken JSON", where=url, why="nested too deeply") from None


def _whole_items(text: str, decoder: json.JSONDecoder) -> list[Any]:
    found = _ITEMS.search(text)
    items: list[Any] = []
    position = found.end() if found else len(text)
    while opened := _NEXT_ITEM.match(text, position):
        try:
            item, position = decoder.raw_decode(text, opened.end() - 1)
        except ValueError:
            break
        items.append(item)
    return items


def _head(text: str, decoder: json.JSONDecoder) -> dict[str, Any]:
    """The members of a feed before its items, so far as they are whole."""
    found = _ITEMS.search(text)
    try:
        head = decoder.raw_decode(text[: found.start()].rstrip(" \t\r\n,") + "}")[0] if found else {}
    except ValueError:
        return {}
    return head if isinstance(head, dict) else {}


def _item(item: Any) -> Item:
    if not isinstance(item, dict):
        return Item(links=())
    guid = _text(item.get("id"))
    attachments = [part for part in _list(item.get("attachments")) if isinstance(part, dict)]
    authors = [*_list(item.get("authors")), *_list(item.get("author"))]
    # What is declared to be plain text is escaped, for all of an item's texts are read as markup.
    text = _text(item.get("content_text")).replace("<", "&lt;")
    return Item(
        links=(
            _text(item.get("url")),
            _text(item.get("external_url")),
            guid if guid.startswith(("http://", "https://")) else "",
            *(_text(part.get("url")) for part in attachments),
        ),
        guid=guid or None,
        title=_text(item.get("title")),
        summary=_text(item.get("summary")) or text,
        content=_text(item.get("content_html")),
        authors=tuple(_text(one.get("name") if isinstance(one, dict) else one) for one in authors),
        published=_text(item.get("date_published")) or None,
        updated=_text(item.get("date_modified")) or None,
        language=_text(item.get("language")) or None,
    )


def _text(value: Any) -> str:
    """Identifiers should be text but are numbers in many feeds."""
    return value if isinstance(value, str) else str(value) if isinstance(value, int) and value is not True else ""


def _list(value: Any) -> list[Any]:
    """A list, which many feeds leave out around what is only one thing."""
    return value if isinstance(value, list) else [] if value is None else [value]


def _address(value: Any, base: str) -> str | None:
    try:
        return absolute(_text(value), base) if _text(value) else None
    except TallywireError:
        return None
