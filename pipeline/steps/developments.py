"""The threads of stories, as one run of the judge sees them, and which of those that it began are told at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from pipeline.group import Threads, portrait_of, together
from schemas.article import Article
from schemas.story import Story

if TYPE_CHECKING:
    from pipeline.record import Transaction

OPEN_FOR = timedelta(days=60)
"""How long a thread without a report stays open: a trial or a rescue pauses for weeks."""
MOST = 5000
"""Stories that threads remember at most."""
_PORTRAYED = 12
"""Articles of a story that say what it is about: the latest."""
_LOOKED_AT = 30
_FEW, _SHARE = 3, 0.1
"""Of the latest stories of a topic a reader wants to hear at once of so many beginnings, or of one in ten reports."""


class Developments:
    """Keeps the threads of the record in step with its stories."""

    def __init__(self, tx: Transaction, threads: Threads) -> None:
        self._tx = tx
        self._threads = threads
        self._fresh: set[str] = set()
        self._touched: dict[str, None] = {}

    def put(self, story: Story, articles: Iterable[Article]) -> None:
        """Keep a story that came or grew, with the thread it is of."""
        before = self._tx.stories.get(story.id)
        if before is None:
            self._fresh.add(story.id)
        readings = {article.id: article.reading for article in articles}
        portrait = together(portrait_of(readings[article]) for article in story.articles[-_PORTRAYED:])
        thread = before.thread if before else None
        moved = self._threads.place(story.id, portrait, topics=story.topics, articles=story.articles, thread=thread)
        self._tx.stories.put(self._threaded(story))
        self.write_down(moved)

    def drop(self, story: str) -> None:
        """Let go of a story that is no more."""
        self._tx.stories.remove(story)
        self._threads.leave(story)
        self._tx.threads.forget([story])

    def write_down(self, moved: Iterable[str]) -> None:
        """Keep stories with the threads that they have come into."""
        for identity in sorted(moved):
            story = self._tx.stories.get(identity)
            if story is not None:
                self._tx.stories.put(self._threaded(story))

    def let_go(self, now: datetime) -> None:
        """Forget threads that nothing was added to for long; their stories stay in the record."""
        self._tx.threads.forget((*self._threads.forget(now - OPEN_FOR), *self._threads.shrink(MOST)))

    def touched(self) -> tuple[list[Story], list[Story]]:
        """A story of each thread that this run began, and of each that it went on with: the one of most reports.

        What goes on with a thread is no new development: its figures are told, and the digest lists it.
        """
        begun: list[Story] = []
        gone_on: list[Story] = []
        for thread in self._touched:
            stories = self._tx.stories.of_thread(thread)
            if stories:
                fullest = max(stories, key=lambda story: (len(story.articles), story.id))
                (begun if all(story.id in self._fresh for story in stories) else gone_on).append(fullest)
        return begun, gone_on

    def _threaded(self, story: Story) -> Story:
        row = self._threads.remembered(story.id)
        self._tx.threads.put([row])
        self._touched[row.join.thread] = None
        nearest = self._tx.stories.get(row.join.nearest) if row.join.nearest else None
        previous = nearest.id if nearest and nearest.first_seen < story.first_seen else None
        return story.model_copy(update={"thread": row.join.thread, "previous": previous})


def begin_often(tx: Transaction, topic: str) -> bool:
    """Whether developments begin too often in a topic to be told at once as long as one outlet alone reports them."""
    latest = tx.stories.find(topic=topic, limit=_LOOKED_AT)
    reports = sum(len(story.articles) for story in latest)
    return len({story.thread or story.id for story in latest}) > max(_FEW, _SHARE * reports)


def is_confirmed(tx: Transaction, story: Story) -> bool:
    """Whether two outlets report the development of a story, each in its own words."""
    outlets: set[str] = set()
    for one in tx.stories.of_thread(story.thread) if story.thread else [story]:
        own = set(one.articles)
        outlets |= {article.reading.outlet for article in tx.articles.of_story(one.id) if article.id in own}
        if len(outlets) > 1:
            return True
    return False
