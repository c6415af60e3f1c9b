"""A development as the record holds it: a thread with its stories, and whether to tell of it at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from schemas.story import Story

if TYPE_CHECKING:
    from pipeline.record import Transaction

_LOOKED_AT = 30
_FEW, _SHARE = 3, 0.1
"""Of the latest stories of a topic a reader wants to hear at once of so many beginnings, or of one in ten reports."""


@dataclass(frozen=True)
class Development:
    """A thread with its stories, all of them or those of one topic, in the order in which they began."""

    id: str
    stories: tuple[Story, ...]

    @property
    def face(self) -> Story:
        """The story that most reports are about, of equals the earliest: it gives the development its headline."""
        return min(self.stories, key=lambda story: (-len(story.articles), story.first_seen, story.id))

    @property
    def opening(self) -> str:
        """The article it began with, by which it is known whatever its thread is called later."""
        return self.stories[0].opening or self.stories[0].articles[0]

    @property
    def topics(self) -> tuple[str, ...]:
        return tuple(sorted({topic for story in self.stories for topic in story.topics}))

    @property
    def first_seen(self) -> datetime:
        return min(story.first_seen for story in self.stories)

    @property
    def last_seen(self) -> datetime:
        return max(story.last_seen for story in self.stories)

    @property
    def articles(self) -> tuple[str, ...]:
        """The reports of all its stories, copies left out."""
        return tuple(article for story in self.stories for article in story.articles)

    @property
    def copies(self) -> tuple[str, ...]:
        return tuple(copy for story in self.stories for copy in story.copies)

    @property
    def outlets(self) -> tuple[str, ...]:
        """The outlets of all its stories, in the order in which they came in."""
        return tuple(dict.fromkeys(outlet for story in self.stories for outlet in story.outlets))


def development_of(tx: Transaction, identity: str) -> Development | None:
    """The thread of that id with all of its stories; a story that is of none is one by itself, under its own id."""
    stories = tuple(tx.stories.of_thread(identity))
    if not stories:
        alone = tx.stories.get(identity)
        stories = (alone,) if alone and alone.thread is None else ()
    return Development(identity, stories) if stories else None


def begin_often(tx: Transaction, topic: str) -> bool:
    """Whether developments begin too often in a topic to be told at once as long as one outlet alone reports them."""
    latest = tx.stories.find(topic=topic, limit=_LOOKED_AT)
    reports = sum(len(story.articles) for story in latest)
    return len({story.development for story in latest}) > max(_FEW, _SHARE * reports)


def is_confirmed(tx: Transaction, stories: Iterable[Story]) -> bool:
    """Whether two outlets report a development, each in its own words."""
    outlets: set[str] = set()
    for one in stories:
        own = set(one.articles)
        outlets |= {article.reading.outlet for article in tx.articles.of_story(one.id) if article.id in own}
        if len(outlets) > 1:
            return True
    return False


def closed(thread: Development, still_open: Collection[str]) -> str:
    """What to say of a thread of which no story is among those still open; empty if one is."""
    if any(story.id in still_open for story in thread.stories):
        return ""
    return "closed: new articles no longer join its stories"
