"""Stories: the articles about one event, and how they came together."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from schemas.article import CopyLink
from schemas.base import Model, Utc


class Remembered(Model):
    """What grouping keeps of an article: enough to compare it with the next one, without its text.

    ``time`` is when the article says it was published, ``told`` when it was told as far as can be trusted (None: the
    same). ``features`` is grouping's own packed form and means nothing elsewhere.
    """

    id: str
    seq: int
    time: Utc
    told: Utc | None = None
    outlet: str
    language: str | None
    topics: tuple[str, ...]
    title: str
    copy_of: str | None = None
    story: str | None = None
    features: bytes = b""


class StoryJoin(Model):
    """Why an article is in a story."""

    story: str
    opened: bool = Field(description="whether this article began the story")
    score: float = 0.0
    nearest: str | None = Field(default=None, description="id of the article most like it in the story")
    shared: tuple[str, ...] = Field(default=(), description="the words, names and numbers that counted most")
    reason: str = ""


class Placement(Model):
    """Where grouping puts an article."""

    article: str
    copy_link: CopyLink | None = None
    join: StoryJoin | None = None
    gave_way: tuple[Placement, ...] = Field(
        default=(), description="its copies that came in before it, which are placed anew"
    )


class MoveKind(StrEnum):
    JOIN = "join"
    MOVE = "move"
    SPLIT = "split"
    MERGE = "merge"


class StoryMove(Model):
    """An article that was put into a story as it came, or changed its story when the open window was grouped again."""

    article: str
    from_story: str | None
    to_story: str
    kind: MoveKind
    reason: str


class DecisionKind(StrEnum):
    SPLIT = "split"
    MERGE = "merge"


class StoryDecision(Model):
    """What a person decided about stories; every later grouping keeps to it.

    ``merge``: the articles belong together. ``split``: each of ``articles`` stays out of ``story``.
    """

    kind: DecisionKind
    articles: tuple[str, ...]
    story: str | None = None
    decided: Utc
    by: str = Field(default="", max_length=400, description="who, as of a `Decision`; empty in old records")
    labels: tuple[str, ...] = Field(default=(), description="what it is about, as it was called then, for people")


class Portrait(Model):
    """What reports are about, all of them together: enough to tell whether others are about the same development.

    A term is a place in grouping's table of terms; what it weighs is in thousandths. Portraits add up.
    """

    terms: dict[int, int] = Field(description="how much each term tells of what the reports are about")
    names: tuple[int, ...] = Field(default=(), description="those of the terms that are written as names, in order")
    opening: dict[int, int] = Field(default={}, description="how rare the terms of their titles and first words are")
    written: dict[int, str] = Field(default={}, description="how the weightiest terms are written")
    reports: int = 1
    first: Utc = Field(description="when the first of them was published")
    last: Utc = Field(description="when the last of them was published")


class ThreadJoin(Model):
    """Why a story is in its thread."""

    thread: str
    opened: bool = Field(description="whether this story began the thread")
    score: float = 0.0
    nearest: str | None = Field(default=None, description="id of the story most like it in the thread")
    shared: tuple[str, ...] = Field(default=(), description="the words, names and numbers that counted most")
    reason: str = ""


class PortrayedStory(Model):
    """What threads keep of a story: enough to compare it with the next one, without its articles' texts."""

    id: str
    topics: tuple[str, ...]
    articles: tuple[str, ...] = Field(description="ids, in order of arrival, copies left out")
    portrait: Portrait
    join: ThreadJoin


class ThreadDecision(Model):
    """What a person decided about threads, by articles of the stories meant: a story may become part of another.

    ``merge``: the stories of ``articles`` are one development. ``split``: they are one, and another than that of the
    stories of ``others``.
    """

    kind: DecisionKind
    articles: tuple[str, ...]
    others: tuple[str, ...] = ()
    decided: Utc
    by: str = Field(default="", max_length=400, description="who, as of a `Decision`; empty in old records")
    labels: tuple[str, ...] = Field(default=(), description="what it is about, as it was called then, for people")


class Story(Model):
    """A story as people see it."""

    id: str
    topics: tuple[str, ...]
    headline: str = Field(description="its most central title")
    lead: str = Field(default="", description="one sentence quoted from the article `lead_article`")
    lead_article: str | None = None
    opening: str | None = Field(default=None, description="the article it began with, be it a copy by now")
    first_seen: Utc
    last_seen: Utc
    articles: tuple[str, ...] = Field(description="ids, in order of arrival, copies left out")
    copies: tuple[str, ...] = Field(default=(), description="ids of the copies of these articles")
    outlets: tuple[str, ...] = ()
    thread: str | None = Field(default=None, description="the development that it and other stories are of")
    previous: str | None = Field(default=None, description="the story this one continues")

    @property
    def development(self) -> str:
        """The id of its thread; its own, where it is of none."""
        return self.thread or self.id
