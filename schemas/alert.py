"""Alerts, the mails that carry them, and digests."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from schemas.base import Model, Utc
from schemas.brief import BriefFigure
from schemas.enums import AlertKind as AlertKind
from schemas.enums import AlertState as AlertState
from schemas.enums import DigestState as DigestState
from schemas.feed import Health
from schemas.figure import Figure, Tell, Value, VerdictKind, Wrong


class ArticleRef(Model):
    """What a mail says of an article."""

    id: str
    title: str
    url: str
    outlet: str
    published: Utc


class Statement(Model):
    """A figure with the source that states it: what a mail quotes."""

    figure_id: str
    figure: Figure
    article: ArticleRef


class FigureNews(Model):
    """What an alert says of a figure; every number a mail shows comes from here."""

    series: str
    label: str
    verdict: VerdictKind
    statement: Statement
    tell: Tell = Tell.NOW
    worth: float = Field(default=1.0, ge=0, le=1, description="how likely the desk wants to hear of it at once")
    followed: str | None = Field(
        default=None, description="what the topic file calls the figure, where it follows it by name"
    )
    from_value: Value | None = None
    since: Utc | None = Field(default=None, description="when the value it replaces was first stated")
    against: tuple[Statement, ...] = Field(default=(), description="what it contradicts or replaces, with its sources")
    before: tuple[Statement, ...] = Field(
        default=(), description="what was told before and may concern the same; no move is claimed"
    )
    reason: str = ""
    thread: str | None = Field(
        default=None, description="in a digest, the development of the article that states the figure"
    )
    wrong: Wrong | None = Field(default=None, description="what a person found wrong with the figure since")


class StoryNews(Model):
    """What an alert says of a story, or a digest of a development, under the face of its fullest story.

    A digest gives the ``reports``, ``copies`` and ``outlets`` of its period alone.
    """

    id: str
    thread: str | None = Field(default=None, description="id of the development that it is of")
    opening: str | None = Field(default=None, description="id of the article that the development began with")
    headline: str
    lead: str = ""
    lead_article: ArticleRef | None = None
    first_seen: Utc
    reports: tuple[ArticleRef, ...] = Field(default=(), description="copies left out")
    more: int = Field(default=0, description="reports beyond those given in ``reports``")
    copies: int = Field(default=0, description="of these reports; not among them")
    outlets: tuple[str, ...] = ()
    earlier: int = Field(
        default=0, description="in a digest, reports of the development from before the period, copies left out"
    )


class FeedNews(Model):
    """What an alert or a digest says of a feed that is not well, as its last poll found it."""

    id: str
    url: str
    title: str = ""
    site_url: str | None = None
    health: Health
    since: Utc = Field(description="when it last announced something new, if silent; else when it last answered well")
    illness: Utc = Field(description="when the trouble began, under whichever name; tells one trouble from another")
    until: Utc | None = Field(default=None, description="when it was well again; None: it is not")
    polled: Utc | None = None
    last_new: Utc | None = None
    last_success: Utc | None = Field(default=None, description="None: it never answered as a feed")
    failures: int = Field(default=0, description="polls that failed in a row")
    status: int | None = Field(default=None, description="HTTP status of its last answer")
    error: str | None = None
    longest_gap: float | None = Field(default=None, description="seconds; the longest it was silent before, if known")


class BriefLine(Model):
    """A figure of a brief with the report whose sentence it is."""

    figure: BriefFigure
    source: ArticleRef
    credit: str = Field(default="", description="who says so, where its headline does not name them")


class DevelopmentNews(Model):
    """What a mail says of a development that its alerts are about, as it stood when they were bound to it."""

    thread: str
    headline: str
    lead_article: ArticleRef | None = Field(default=None, description="the report to begin with")
    first_seen: Utc
    reports: int = Field(description="articles, copies left out")
    copies: int = 0
    outlets: tuple[str, ...] = ()
    figures: tuple[BriefLine, ...] = Field(default=(), description="what holds, worthiest first")
    beyond: int = Field(default=0, description="figures that hold beyond those given in ``figures``")
    latest: tuple[ArticleRef, ...] = Field(default=(), description="reports since the last mail, the latest first")
    more: int = Field(default=0, description="reports since the last mail beyond those given in ``latest``")


class Alert(Model):
    """Something a rule found worth telling now.

    ``id`` is made of topic, rule and what it is about, so that the same news cannot enter the outbox twice.
    """

    id: str
    topic: str
    kind: AlertKind
    story: str | None = None
    figure: FigureNews | None = None
    story_news: StoryNews | None = None
    feed: FeedNews | None = None
    created: Utc
    state: AlertState = AlertState.WAITING
    due: Utc = Field(description="not to be told before this moment")
    development: DevelopmentNews | None = Field(
        default=None,
        description="what its mail says of the development; with the first alert of the mail alone, or, in a summary, "
        "with the first of each development",
    )
    thread: str | None = Field(default=None, description="the development under which a summary tells it")
    backlog: bool = Field(default=False, description="one of more than anyone wants singly; told in one summary")
    held_back: bool = Field(default=False, description="meant for a mail, and left to the digest by the day's limit")
    over: bool = Field(default=False, description="told to some, and to nobody else: the feed is well again")
    attempts: int = 0
    sent: Utc | None = None
    message_id: str | None = Field(default=None, description="of the first mail that it was bound to")
    error: str | None = None
    decision: str | None = Field(default=None, description="silenced: id of the decision for which it is not told")
    reason: str = Field(default="", description="silenced: what was decided, by whom and when, for people")


class InlineImage(Model):
    """A PNG shown inside a mail; ``cid`` is what the HTML calls it."""

    cid: str
    png: bytes
    alt: str


class Mail(Model):
    """A mail ready to be sent; the same mail always has the same ``message_id``."""

    message_id: str
    recipients: tuple[str, ...]
    subject: str
    text: str
    html: str
    headers: tuple[tuple[str, str], ...] = ()
    images: tuple[InlineImage, ...] = ()
    alerts: tuple[str, ...] = Field(default=(), description="ids of the alerts it tells")


class CoverageDay(Model):
    """How much came in on one day of the reader's zone."""

    day: date
    reports: int = Field(description="copies left out")
    copies: int


class SeriesNews(Model):
    """A series as a digest shows it."""

    series: str
    label: str
    current: Statement
    worth: float = Field(default=1.0, ge=0, le=1, description="that of its worthiest figure of the period")
    followed: str | None = Field(default=None, description="what the topic file calls it, where it follows it by name")
    from_value: Value | None = None
    began: Statement | None = Field(default=None, description="who stated the value it came from, if that is known")
    steps: int = Field(default=1, ge=1, description="figures of the period that were told one upon the other")
    history: tuple[tuple[Utc, Value], ...] = Field(default=(), description="values that were told, oldest first")
    verdict: VerdictKind
    thread: str | None = Field(default=None, description="the development of the article that states ``current``")


class DigestData(Model):
    """All that a digest may say, read from the record; composing one adds nothing to it."""

    topic: str
    start: Utc
    end: Utc
    stories: tuple[StoryNews, ...] = Field(
        default=(), description="developments that got reports; stories, in a digest bound before there were any"
    )
    changed: tuple[SeriesNews, ...] = ()
    new: tuple[SeriesNews, ...] = ()
    contradictions: tuple[FigureNews, ...] = ()
    coverage: tuple[CoverageDay, ...] = ()
    articles: int = Field(default=0, description="on topic, copies among them")
    copies: int = 0
    outcomes: dict[str, int] = {}
    feeds_ill: tuple[FeedNews, ...] = ()
    feeds_back: tuple[FeedNews, ...] = Field(default=(), description="told of before, and well again in this period")
    held_back: int = Field(default=0, description="alerts that the day's limit of mails left to this digest")
    pauses: tuple[tuple[Utc, Utc], ...] = Field(default=(), description="spans in which no feed was looked at")


class Digest(Model):
    """A digest bound to its period and Message-ID: what is sent, and sent again, whatever came in since."""

    id: str
    topic: str
    start: Utc
    end: Utc
    message_id: str
    data: DigestData | None = Field(description="what it says; None once it is told")
    state: DigestState = DigestState.WAITING
    due: Utc = Field(description="not to be sent before this moment")
    attempts: int = 0
    sent: Utc | None = None
    recipients_left: tuple[str, ...] | None = Field(default=None, description="who has not got it, once it was tried")
    error: str | None = None
