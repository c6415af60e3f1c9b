"""Feeds, what they announce, and the entries that wait in the inbox."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from schemas.base import Model, Utc


class FeedFormat(StrEnum):
    RSS = "rss"
    ATOM = "atom"
    RDF = "rdf"
    JSON = "json"
    SITEMAP = "sitemap"


class Health(StrEnum):
    """How a feed is doing. A failing feed is polled on: dead feeds do come back."""

    OK = "ok"
    FAILING = "failing"
    SILENT = "silent"
    GONE = "gone"


class Illness(Model):
    """A trouble of a feed, from the first sign of it until all is well again, however it changes its name meanwhile."""

    since: Utc = Field(description="its first failed poll; of a silence, when it last announced something new")
    until: Utc | None = Field(default=None, description="None: it is not over")


class FeedState(Model):
    """What polling remembers about a feed from one poll to the next."""

    etag: str | None = None
    last_modified: str | None = None
    validators_at: Utc | None = Field(default=None, description="when the server gave the validators")
    next_poll: Utc | None = Field(default=None, description="None: due now")
    last_poll: Utc | None = None
    last_success: Utc | None = None
    last_new: Utc | None = Field(default=None, description="when it last announced something new")
    interval: float = Field(default=1800.0, description="seconds between polls, as last decided")
    failures: int = Field(default=0, description="polls that failed in a row")
    status: int | None = Field(default=None, description="HTTP status of the last poll")
    error: str | None = Field(default=None, description="what was wrong with the last poll, for people")
    arrivals: tuple[Utc, ...] = Field(default=(), description="when the last new entries were first seen")
    ttl: float | None = Field(default=None, description="seconds the feed asks to wait between polls")
    skip_hours: tuple[int, ...] = Field(default=(), description="UTC hours in which it asks to be left alone")
    skip_days: tuple[int, ...] = Field(default=(), description="days on which it does; Monday is 0")
    moved_to: str | None = Field(default=None, description="where permanent redirects point")
    moved_since: Utc | None = None
    health: Health = Health.OK
    illness: Illness | None = Field(default=None, description="its last trouble, over or not")


class Feed(Model):
    """A feed the deployment polls, and the topics that asked for it."""

    id: str
    url: str
    title: str = ""
    site_url: str | None = None
    format: FeedFormat | None = None
    topics: tuple[str, ...] = ()
    min_interval: float | None = Field(default=None, description="seconds; the shortest that a topic asked for")
    state: FeedState = FeedState()


class Announcement(Model):
    """One item as a feed announces it, addresses resolved and texts plain."""

    url: str
    canonical_url: str = Field(description="without tracking parameters; what it is known by")
    guid: str | None = None
    title: str = ""
    summary: str = Field(default="", description="plain text")
    content: str = Field(default="", description="HTML of the full text, if the feed carries it; never trusted")
    authors: tuple[str, ...] = ()
    published: Utc | None = None
    updated: Utc | None = None
    dates: tuple[str, ...] = Field(default=(), description="the same two as the feed writes them")
    language: str | None = None
    fingerprint: str = Field(description="of title, summary and content; a changed date alone changes nothing")


class ParsedFeed(Model):
    """What the bytes of a feed said."""

    format: FeedFormat
    title: str = ""
    site_url: str | None = None
    language: str | None = None
    ttl: float | None = Field(default=None, description="seconds the feed asks to wait between polls")
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = Field(default=(), description="Monday is 0")
    announcements: tuple[Announcement, ...] = ()
    left_out: int = Field(default=0, description="items beyond the most that are read of one feed")
    notes: tuple[str, ...] = Field(default=(), description="what was wrong and how it was read all the same")


class Outcome(StrEnum):
    """How an entry ended; each ends in exactly one."""

    INDEXED = "indexed"
    COPY = "copy"
    OFF_TOPIC = "off_topic"
    KNOWN = "known"
    TEASER = "teaser"
    CONSENT = "consent"
    LOGIN = "login"
    NOT_ARTICLE = "not_article"
    BLOCKED = "blocked"
    ROBOTS = "robots"
    GONE = "gone"
    NOT_HTML = "not_html"
    TOO_LARGE = "too_large"
    FAILED = "failed"


class Origin(StrEnum):
    """How an entry came to the inbox."""

    FEED = "feed"
    REPLAY = "replay"
    REVISIT = "revisit"


class Entry(Model):
    """One item a feed announced (or a replay gave), on its way to its outcome."""

    id: str
    seq: int = Field(default=0, description="order of arrival, given by the record")
    origin: Origin = Origin.FEED
    feed: str | None = Field(default=None, description="id of the feed")
    topics: tuple[str, ...] = ()
    announcement: Announcement
    first_seen: Utc
    place: Utc | None = Field(default=None, description="where it stands in the order of judging; None: first seen")
    attempts: int = 0
    retry_at: Utc | None = None
    outcome: Outcome | None = None
    reason: str = ""
    ended: Utc | None = None
    article: str | None = None
