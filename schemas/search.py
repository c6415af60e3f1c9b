"""What the index holds, what may be asked of it, and what it answers."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from pydantic import Field

from schemas.base import Model, Utc
from schemas.enums import Sort as Sort


class IndexKind(StrEnum):
    """The kinds of documents an index may hold."""

    ARTICLES = "articles"
    STORIES = "stories"
    FIGURES = "figures"
    ALERTS = "alerts"
    ENTRIES = "entries"
    BRIEFS = "briefs"


class Document(Model):
    """One thing of the record as an index holds it; ``version`` grows with every change of it."""

    id: str
    version: int


class ArticleDocument(Document):
    """An article as the index holds it."""

    url: str
    title: str
    text: str
    outlet: str
    language: str | None
    authors: tuple[str, ...] = ()
    published: Utc
    ingested: Utc
    topics: tuple[str, ...] = ()
    outcome: str
    copy_of: str | None = None
    story: str | None = None
    revision: int = 1
    shortened: bool = Field(default=False, description="whether the text is longer than the index keeps")


class StoryDocument(Document):
    """A story as the index holds it."""

    topics: tuple[str, ...] = ()
    headline: str
    lead: str = ""
    lead_article: str | None = None
    first_seen: Utc
    last_seen: Utc
    reports: int = Field(description="articles, copies left out")
    copies: int
    outlets: tuple[str, ...] = ()
    articles: tuple[str, ...] = Field(default=(), description="ids of the reports")
    thread: str | None = None
    previous: str | None = None


class FigureDocument(Document):
    """A figure with what it says in one topic; a figure of two topics has two documents.

    ``id`` is the figure's for the first topic of the alphabet (and where there is none), ``FIGURE@TOPIC`` for others.
    """

    figure: str
    article: str
    url: str
    title: str = Field(description="of the article that states it")
    outlet: str
    language: str | None = None
    published: Utc
    ingested: Utc = Field(description="when its article came in")
    revision: int
    start: int
    end: int
    surface: str
    quote: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    modifier: str
    unit: str | None = None
    counted: str | None = None
    action: str | None = None
    place: str | None = None
    window: str | None = None
    group: str | None = None
    kind: str = Field(description="actual, forecast or increment")
    attribution: str | None = None
    as_of: date | None = None
    topic: str | None = None
    series: str | None = None
    series_label: str | None = None
    verdict: str | None = None
    from_value: tuple[float, ...] = Field(default=(), description="the value it replaces; two ends for a range")
    contradicts: tuple[str, ...] = ()
    reason: str = ""
    wording: str = Field(default="", description="how mails say it")
    tell: str | None = Field(default=None, description="now, digest or none")
    worth: float | None = None
    told: str | None = Field(default=None, description="as what the desk is told of it; a kind of verdict")
    told_from: tuple[float, ...] = Field(default=(), description="the value told before; two ends for a range")
    told_of: str | None = Field(default=None, description="the figure told before that it goes back to")
    wrong: str | None = Field(default=None, description="what a person found wrong with it")


class AlertDocument(Document):
    """An alert as the index holds it, told or not. Who gets the mail is not in it."""

    topic: str
    kind: str
    state: str
    created: Utc
    due: Utc
    sent: Utc | None = None
    attempts: int = 0
    backlog: bool = False
    error: str | None = None
    message_id: str | None = None
    story: str | None = None
    headline: str | None = None
    series: str | None = None
    series_label: str | None = None
    verdict: str | None = None
    figure: str | None = None
    value: tuple[float, ...] = Field(default=(), description="what the figure states; two ends for a range")
    from_value: tuple[float, ...] = ()
    quote: str | None = None
    wording: str | None = Field(default=None, description="how the mail says the figure")
    tell: str | None = Field(default=None, description="now or digest, for a figure")
    worth: float | None = None
    followed: str | None = Field(default=None, description="what the topic file calls the figure")
    wrong: str | None = Field(default=None, description="what a person found wrong with the figure")
    article: str | None = None
    outlet: str | None = None
    url: str | None = None
    feed: str | None = Field(default=None, description="the feed that is not well, for feed_health")
    feed_url: str | None = None
    health: str | None = None
    since: Utc | None = Field(default=None, description="since when the feed is not well")
    reason: str | None = Field(default=None, description="what the feed answered, where it failed")


class EntryDocument(Document):
    """An item a feed announced or a replay gave, and how it ended."""

    seq: int
    origin: str
    feed: str | None = None
    feed_url: str | None = None
    topics: tuple[str, ...] = ()
    url: str
    title: str = ""
    published: Utc | None = None
    first_seen: Utc
    attempts: int = 0
    outcome: str | None = Field(default=None, description="none while it waits")
    reason: str = ""
    ended: Utc | None = None
    article: str | None = None


class BriefDocument(Document):
    """A line of a brief: a figure that holds now in a development, as its reports state it together.

    ``id`` is the development's for its first line, ``DEVELOPMENT@2`` and so on for the others. A development always has
    a first line; where its reports state no figure, that line tells of the development alone.
    """

    thread: str = Field(description="id of the thread, or of a story that is of none")
    headline: str = Field(description="of the development")
    topics: tuple[str, ...] = ()
    first_seen: Utc
    last_seen: Utc
    stories: int
    reports: int = Field(description="articles, copies left out")
    copies: int
    outlets: tuple[str, ...] = Field(default=(), description="that report the development")
    importance: float | None = Field(default=None, description="that of its most important figure")
    place: int = Field(description="of the line in its brief, from 1")
    figure: str | None = Field(default=None, description="id of the figure that says it best")
    wording: str | None = Field(default=None, description="how the best sentence says it")
    quote: str | None = Field(default=None, description="that sentence")
    value: float | None = None
    low: float | None = None
    high: float | None = None
    modifier: str | None = None
    unit: str | None = None
    speaker: str | None = Field(default=None, description="who says so, if the sentence names one")
    as_of: date | None = Field(default=None, description="the day it holds for, if the sentence says it")
    since: Utc | None = Field(default=None, description="when the first article that states it was published")
    stating: tuple[str, ...] = Field(default=(), description="the outlets that state it")
    witnesses: int | None = Field(default=None, description="independent speakers and outlets that vouch for it")
    sure: bool | None = Field(default=None, description="whether two of these do, or one whose office it is to count")
    worth: float | None = None
    contradicted: bool | None = Field(default=None, description="whether others state what can't hold beside it")
    rivals: str | None = Field(default=None, description="what they state, and who they are, in words")
    rivals_by: tuple[str, ...] = Field(default=(), description="who they are: speakers, or outlets where none is named")
    before: str | None = Field(default=None, description="what it replaced, in words, oldest first")
    article: str | None = Field(default=None, description="id of the article whose sentence it is")
    title: str | None = None
    url: str | None = None


class Refusal(Model):
    """A document that an index did not take, and why; the others of its batch were taken."""

    kind: IndexKind
    id: str
    version: int
    reason: str


class Query(Model):
    """``text`` in the reader's words, as `pipeline.index.words.understand` reads them."""

    text: str = ""
    topics: tuple[str, ...] = ()
    outlets: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    stories: tuple[str, ...] = ()
    since: Utc | None = None
    until: Utc | None = None
    copies: bool = Field(default=True, description="whether copies are shown, under their originals")
    off_topic: bool = Field(default=False, description="whether articles of no topic are shown")
    sort: Sort = Field(default=Sort.RELEVANCE, description="by date where no words are asked for")
    at: Utc | None = Field(
        default=None, description="the moment by which fresh articles are more relevant; none: age does not count"
    )
    limit: int = Field(default=20, ge=1, le=1000)
    after: str | None = Field(default=None, description="the cursor that the page before gave")


class Copy(Model):
    """A copy of an article found, which may lack the words asked for."""

    id: str
    url: str
    title: str
    outlet: str
    published: Utc


class Hit(Model):
    """One article found; ``highlights`` are parts of it with the words found between ⟦ and ⟧.

    A copy is a hit of its own only where its original is not found by the same query.
    """

    document: ArticleDocument
    score: float
    highlights: tuple[str, ...] = Field(default=(), description="the whole title, and a part of the text")
    copies: tuple[Copy, ...] = Field(default=(), description="the first 20 copies of it, oldest first")


class Facet(Model):
    value: str
    count: int


class Results(Model):
    total: int = Field(description="articles found, copies among them")
    more: bool = Field(default=False, description="whether there are more than ``total``, and nobody counted them")
    copied: int = Field(default=0, description="how many of these are copies")
    hits: tuple[Hit, ...]
    facets: dict[str, tuple[Facet, ...]] = Field(
        default={}, description="how many were found by topic, outlet, language, story and day; on the first page"
    )
    remarks: tuple[str, ...] = Field(default=(), description="what of the query was left out, for people")
    next: str | None = Field(default=None, description="cursor of the next page; None at the end")
