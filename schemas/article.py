"""Pages as they were fetched and articles as they were read."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from schemas.base import Model, Utc
from schemas.feed import Entry, Outcome
from schemas.figure import Figure


class Redirect(Model):
    status: int
    url: str = Field(description="where it pointed, absolute")

    @property
    def permanent(self) -> bool:
        return self.status in (301, 308)


class Page(Model):
    """The bytes and headers that an address gave; the body is decoded of its transfer and content encoding."""

    url: str = Field(description="the address asked for")
    final_url: str = Field(description="the address that answered, after redirects")
    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    fetched_at: Utc
    redirects: tuple[Redirect, ...] = ()
    record: str | None = Field(default=None, description="id of its record in the archive")

    def header(self, name: str) -> str | None:
        """The first value of a header, its name compared without case."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)


class MetadataSource(StrEnum):
    """Where a piece of metadata came from."""

    JSON_LD = "json_ld"
    OPEN_GRAPH = "open_graph"
    META = "meta"
    MICRODATA = "microdata"
    PAGE = "page"
    URL = "url"
    FEED = "feed"
    GIVEN = "given"
    MODEL = "model"
    ARRIVAL = "arrival"


class PageKind(StrEnum):
    """What a page is: the article it was fetched for, or what stands in its place."""

    ARTICLE = "article"
    TEASER = "teaser"
    CONSENT = "consent"
    LOGIN = "login"
    CHECK = "check"
    MISSING = "missing"
    INDEX = "index"
    CLOSED = "closed"
    OTHER = "other"


class Hint(Model):
    """What was known about an article before its page was read: the feed's word, or a replay file's."""

    title: str = ""
    summary: str = ""
    authors: tuple[str, ...] = ()
    published: Utc | None = None
    language: str | None = None
    outlet: str | None = None
    source: MetadataSource = MetadataSource.FEED


class Reading(Model):
    """What was read from one page. ``sources`` names where each of the other fields came from."""

    requested_url: str
    url: str = Field(description="canonical, without tracking parameters")
    title: str
    text: str = Field(description="normalised; paragraphs separated by a newline")
    authors: tuple[str, ...] = ()
    published: Utc
    zone: int | None = Field(default=None, description="minutes east of UTC in which the page writes that date")
    modified: Utc | None = None
    language: str | None = None
    outlet: str
    description: str = ""
    sources: dict[str, MetadataSource] = {}
    kind: PageKind = Field(default=PageKind.ARTICLE, description="what the page is; its text is an article's only then")
    teaser: str | None = Field(default=None, description="why this is not the article: a paywall, a consent page")
    doubt: float = Field(default=0.0, description="how likely it is not the article, 0 to 1, where it is taken for one")
    notes: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()


class TopicMatch(Model):
    """Whether an article is coverage of a topic, and why."""

    topic: str
    matched: bool
    reason: str = Field(description="for people: the terms found, or what was missing")


class ReadEntry(Model):
    """An entry whose page was read: what waits for the judge."""

    entry: Entry
    reading: Reading
    matches: tuple[TopicMatch, ...] = ()
    archived: str | None = Field(default=None, description="id of the archive's note of it")


class CopyKind(StrEnum):
    EXACT = "exact"
    EDITED = "edited"
    TRUNCATED = "truncated"
    EMBEDDED = "embedded"


class CopyLink(Model):
    """That an article repeats another's text."""

    original: str = Field(description="id of the earliest article of the chain")
    nearest: str = Field(description="id of the article it was compared with; the original itself in most cases")
    kind: CopyKind
    containment: float = Field(description="share of the smaller text found in the other, 0 to 1")
    reason: str


class Article(Model):
    """An article as the record keeps it: its current revision and where it was put."""

    id: str
    seq: int = Field(default=0, description="order of arrival, given by the record")
    entry: str = Field(description="id of the entry that first brought it")
    reading: Reading
    revision: int = 1
    first_seen: Utc
    revised: Utc | None = None
    topics: tuple[TopicMatch, ...] = ()
    outcome: Outcome
    reason: str = ""
    copy_link: CopyLink | None = None
    story: str | None = None
    archived: str | None = Field(default=None, description="id of the archive's note of the reading it shows")

    @property
    def copy_of(self) -> str | None:
        return self.copy_link.original if self.copy_link else None

    @property
    def on_topics(self) -> tuple[str, ...]:
        return tuple(match.topic for match in self.topics if match.matched)


class Revision(Model):
    """An earlier or the current text of an article."""

    article: str
    number: int
    title: str
    text: str
    seen: Utc
