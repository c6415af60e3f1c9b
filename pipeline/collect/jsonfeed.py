"""JSON Feed 1.0 and 1.1 (jsonfeed.org/version/1.1)."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from pipeline.collect.announce import MOST_ITEMS, Item, announce, primary_language
from pipeline.collect.plain import plain_text
from pipeline.errors import FeedError, TallywireError
from pipeline.urls import absolute
from schemas.feed import FeedFormat, ParsedFeed


def parse(text: str, *, url: str, now: datetime, notes: tuple[str, ...] = ()) -> ParsedFeed:
    """What a JSON Feed announces. Raises `FeedError` where the text is none."""
    try:
        feed = json.loads(text.lstrip("\ufeff \t\r\n"), strict=False)
    except (ValueError, RecursionError) as error:
        why = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise FeedError("the feed is broken JSON", where=url, why=why) from None
    items = feed.get("items") if isinstance(feed, dict) else None
    if not isinstance(items, list) or "jsonfeed.org" not in _text(feed.get("version", "jsonfeed.org")):
        raise FeedError("this is JSON but no JSON Feed", where=url, hint="see jsonfeed.org for what makes one")
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


def _item(item: Any) -> Item:
    if not isinstance(item, dict):
        return Item(links=())
    guid = _text(item.get("id"))
    attachments = [part for part in _list(item.get("attachments")) if isinstance(part, dict)]
    authors = [author for author in [*_list(item.get("authors")), item.get("author")] if isinstance(author, dict)]
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
        authors=tuple(_text(author.get("name")) for author in authors),
        published=_text(item.get("date_published")) or None,
        updated=_text(item.get("date_modified")) or None,
        language=_text(item.get("language")) or None,
    )


def _text(value: Any) -> str:
    """Identifiers should be text but are numbers in many feeds."""
    return value if isinstance(value, str) else str(value) if isinstance(value, int) and value is not True else ""


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _address(value: Any, base: str) -> str | None:
    try:
        return absolute(_text(value), base) if _text(value) else None
    except TallywireError:
        return None
