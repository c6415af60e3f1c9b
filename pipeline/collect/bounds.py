"""What no feed has and only an attack does: refused by counting, before any parser works on it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipeline.errors import FeedError

# A megabyte of nothing but "<" takes a parser seconds; a feed with 10 MB of escaped articles has 400,000 of both.
_MOST_MARKS_TO_MEND = 3_000_000
_MOST_MARKS_TO_PARSE = 600_000
MOST_MARKS_OF_A_SITEMAP = 1_500_000
"""The 50,000 pages that sitemaps.org allows, with 15 elements each."""

_MOST_ATTRIBUTES = 500
"""Of one element. The longest that feeds have, with every namespace there is on the root, are around 50."""

_MOST_PREFIXES = 200
_LONG_TAG = re.compile(r"<[A-Za-z_][^<>]{2000,}")
_VALUE = re.compile(r"\"[^\"]*\"|'[^']*'")
_PREFIX = re.compile(r"</?([A-Za-z_][\w.-]{0,40}):|\bxmlns:([A-Za-z_][\w.-]{0,40})")


def refuse_rubbish(text: str, url: str) -> None:
    """Raise `FeedError` where ``text`` holds so many marks of XML that even mending them would take long."""
    _refuse_marks(text, _MOST_MARKS_TO_MEND, url)


def refuse_what_no_feed_has(text: str, url: str, most_marks: int = _MOST_MARKS_TO_PARSE) -> None:
    """Raise `FeedError` where XML has so many tags, entities, attributes of an element or namespaces as no feed has."""
    _refuse_marks(text, most_marks, url)
    for tag in _LONG_TAG.finditer(text):
        if len(_VALUE.sub(" ", tag[0]).split()) > _MOST_ATTRIBUTES:
            raise _refused(f"more than {_MOST_ATTRIBUTES} attributes of one element", url)
    prefixes = {one or other for one, other in (found.groups() for found in _PREFIX.finditer(text))}
    if len(prefixes) > _MOST_PREFIXES:
        raise _refused(f"{len(prefixes):,} prefixes of namespaces, more than {_MOST_PREFIXES}", url)


def _refuse_marks(text: str, most: int, url: str) -> None:
    if text.count("<") + text.count("&") > most:
        raise FeedError("the feed is too large", where=url, why=f"more than {most:,} tags and escaped characters")


def refuse_depth(errors: Iterable[str], url: str) -> None:
    """Raise `FeedError` where a parser gave up for the depth of what it read; libxml2 goes down to 256."""
    if any("xcessive depth" in error for error in errors):
        raise _refused("its elements are nested more than 256 deep", url)


def _refused(why: str, url: str) -> FeedError:
    return FeedError(
        "the feed was refused unread",
        where=url,
        why=why,
        hint="no real feed has that many; if this is one, tell its publisher",
    )
