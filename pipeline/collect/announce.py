"""From what an item of any feed format says to an `Announcement`: addresses, plain texts, dates, identity."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.collect.dates import hints_of, read_feed_date
from pipeline.collect.links import meant
from pipeline.collect.plain import plain_text
from pipeline.dates import Hints, Refused
from pipeline.errors import TallywireError
from pipeline.urls import absolute, canonical
from schemas.feed import Announcement

MOST_ITEMS = 2_000
"""More items than this are left out, the oldest first; no news feed announces as many."""

LONGEST_TITLE = 1_000
LONGEST_SUMMARY = 10_000
LONGEST_CONTENT = 500_000
_LONGEST_DATE = 100
FULL_TEXT = 1_500
"""Characters; a description at least this long is taken for the full text."""

SKEW = timedelta(minutes=10)
"""How far a site's clock may run ahead; a date later than that is one in the future."""
_SHOWN = 60
"""Characters of a date or link that a note shows."""

_UNUSABLE = "had no usable link and were skipped"
_ADDRESS = re.compile(r"\b(?:https?://|www\.)\S+")
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:[-_]|$)")


@dataclass(frozen=True, slots=True)
class Item:
    """What one item of a feed says, in the feed's own words; ``links`` with the best first, texts perhaps markup."""

    links: Sequence[str]
    guid: str | None = None
    title: str = ""
    summary: str = ""
    content: str = ""
    authors: Sequence[str] = ()
    published: str | None = None
    updated: str | None = None
    language: str | None = None

    @property
    def dates(self) -> Iterator[str]:
        yield from filter(None, (self.published, self.updated))


def announce(
    items: Iterable[Item], *, base: str, language: str | None, now: datetime
) -> tuple[tuple[Announcement, ...], tuple[str, ...]]:
    """The announcements that ``items`` make, each once, and what was wrong with them, in words and numbers."""
    items = list(items)
    wrong: Counter[str] = Counter()
    dates = _Dates(hints_of(base, language, (text for item in items for text in item.dates)), now)
    announced: dict[tuple[str, str], Announcement] = {}
    for item in items:
        addresses, why_not = _addresses(item.links, base)
        if addresses is None:
            # The first stands for the rest; an attack may hold a thousand kinds.
            unusable = why_not and next(
                (what for what in wrong if what.startswith(_UNUSABLE)), f"{_UNUSABLE} ({why_not})"
            )
            wrong[unusable or "had no link and were skipped"] += 1
            continue
        title = plain_text(item.title, longest=LONGEST_TITLE)
        summary = plain_text(item.summary, longest=LONGEST_SUMMARY)
        content = item.content or (item.summary if len(summary) >= FULL_TEXT else "")
        url, known_by = addresses
        published, updated = dates.of(item)
        one = Announcement(
            url=url,
            canonical_url=known_by,
            guid=(item.guid or "").strip()[:1_000] or None,
            title=title,
            summary=summary,
            content=_cut(content, LONGEST_CONTENT),
            authors=_names(item.authors),
            published=published,
            updated=updated,
            dates=tuple(_cut(text, _LONGEST_DATE) for text in item.dates),
            language=primary_language(item.language) or language,
            fingerprint=fingerprint(title, summary, content),
        )
        key = (one.canonical_url, one.fingerprint)
        if key in announced:
            wrong["were announced twice"] += 1
        else:
            announced[key] = one
    notes = (f"{count} of its items {what}" for what, count in wrong.items())
    return tuple(announced.values()), (*notes, *dates.notes())


def fingerprint(title: str, summary: str, content: str) -> str:
    """32 hexadecimal digits that stay the same while what an item says does.

    White space, case, markup and the addresses in the text don't count: links carry tokens that change by the hour.
    """
    digest = hashlib.blake2b(digest_size=16)
    for part in (title, summary, content):
        text = _ADDRESS.sub(" ", plain_text(part))
        if not text.isascii():
            text = unicodedata.normalize("NFKC", text)
        digest.update(" ".join(text.casefold().split()).encode("utf-8", "surrogatepass") + b"\0")
    return digest.hexdigest()


def primary_language(tag: str | None) -> str | None:
    """``en-US`` → ``en``; ``None`` where the tag names no language."""
    found = _LANGUAGE.match((tag or "").strip())
    return found[1].lower() if found else None


def _addresses(links: Sequence[str], base: str) -> tuple[tuple[str, str] | None, str]:
    """The address of an item and the one it is known by, or what is wrong with the first of its links."""
    why_not = ""
    for link in links:
        if not link or not link.strip():
            continue
        try:
            link = meant(link, base)
            return (absolute(link, base), canonical(link, base)), ""
        except TallywireError as error:
            why_not = why_not or f"{_shown(link)}: {error.why}"
    return None, why_not


def _shown(text: str) -> str:
    text = " ".join(text.split())
    return ascii(text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "...")


class _Dates:
    """Reads the dates of one feed, each in the light of the others, and keeps what was wrong with them."""

    def __init__(self, hints: Hints, now: datetime) -> None:
        self._hints = hints
        self._now = now
        self._wrong: Counter[str] = Counter()
        self._example: dict[str, str] = {}

    def of(self, item: Item) -> tuple[datetime | None, datetime | None]:
        """When ``item`` was published and updated, now at the latest; None where it can't be told."""
        wrong: dict[str, str] = {}
        moments = self._read(item.published, wrong), self._read(item.updated, wrong)
        for what, text in wrong.items():
            self._wrong[what] += 1
            self._example.setdefault(what, _shown(text))
        return moments

    def notes(self) -> Iterator[str]:
        """What was wrong, each with the number of items and an example."""
        for what, count in self._wrong.items():
            yield f"{count} of its items had a date {what} ({self._example[what]})"

    def _read(self, text: str | None, wrong: dict[str, str]) -> datetime | None:
        if not text or not text.strip():
            return None
        read = read_feed_date(text, self._hints)
        if isinstance(read, Refused):
            wrong[f"that can't be read: {read.why}"] = text
            return None
        if read.assumed:
            wrong[read.assumed] = text
        if read.at > self._now + SKEW:
            wrong["in the future; the time of the poll is used"] = text
        return min(read.at, self._now)


def _names(authors: Iterable[str]) -> tuple[str, ...]:
    names = (plain_text(author, longest=200) for author in authors)
    return tuple(dict.fromkeys(name for name in names if name))[:20]


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[:longest]
