"""Keeps the threads of the record in step with its stories, in one run of the judge."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from pipeline.group import Threads, portrait_of, together
from pipeline.steps.known.threads import Development
from schemas.article import Article
from schemas.story import Story

if TYPE_CHECKING:
    from pipeline.record import Transaction

OPEN_FOR = timedelta(days=60)
"""How long a story without a report is compared with others, and so a thread is open: a trial pauses for weeks."""
MOST = 5000
"""Stories that threads remember at most."""
PORTRAYED = 12
"""Articles of a story that say what it is about: the latest."""


class Developments:
    """Keeps the threads of the record in step with its stories."""

    def __init__(self, tx: Transaction, threads: Threads) -> None:
        self._tx = tx
        self._threads = threads
        self._before: dict[str, tuple[str, ...] | None] = {}
        """The topics that stories had before this run; ``None`` for those of a new id."""
        self._touched: dict[str, None] = {}
        self._stories: dict[str, list[Story]] = {}
        """The stories of touched threads, once nothing is put any more."""

    def put(self, story: Story, articles: Iterable[Article]) -> None:
        """Keep a story that came or grew, with the thread it is of."""
        before = self._tx.stories.get(story.id)
        self._before.setdefault(story.id, before.topics if before else None)
        readings = {article.id: article.reading for article in articles}
        portrait = together(portrait_of(readings[article]) for article in story.articles[-PORTRAYED:])
        thread = before.thread if before else None
        moved = self._threads.place(story.id, portrait, topics=story.topics, articles=story.articles, thread=thread)
        self._write(story.model_copy(update={"thread": thread}))
        self.write_down(one for one in moved if one != story.id)

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
                self._write(story)

    def let_go(self, now: datetime) -> None:
        """Forget stories that nothing was added to for long; they stay in the record, and in their threads."""
        self._tx.threads.forget((*self._threads.forget(now - OPEN_FOR), *self._threads.shrink(MOST)))

    def touched(self, topic: str, arrived: AbstractSet[str]) -> tuple[list[Development], list[Development]]:
        """The developments of a topic that this run began, and those that it went on with; ``arrived`` are the articles
        that it brought.

        What goes on with a thread is no new development: its figures are told, and the digest lists it.
        """
        begun: list[Development] = []
        gone_on: list[Development] = []
        for thread in self._touched:
            # Asked for once, whatever the number of topics.
            if thread not in self._stories:
                self._stories[thread] = self._tx.stories.of_thread(thread)
            stories = [story for story in self._stories[thread] if topic in story.topics]
            if stories:
                known = any(self._was_known(story, topic, arrived) for story in stories)
                (gone_on if known else begun).append(Development(thread, tuple(stories)))
        return begun, gone_on

    def _was_known(self, story: Story, topic: str, arrived: AbstractSet[str]) -> bool:
        """Whether a story was coverage of a topic before this run, under whatever id."""
        topics = self._before.get(story.id, story.topics)
        return topic in topics if topics is not None else not set(story.articles) <= arrived

    def _write(self, story: Story) -> None:
        """Keep a story with the thread that it is in now; where its thread became part of another, all of it does."""
        row = self._threads.remembered(story.id)
        before, thread = story.thread, row.join.thread
        self._tx.threads.put([row])
        self._touched[thread] = None
        nearest = self._tx.stories.get(row.join.nearest) if row.join.nearest else None
        previous = nearest.id if nearest and nearest.first_seen < story.first_seen else None
        self._tx.stories.put(story.model_copy(update={"thread": thread, "previous": previous}))
        if before is None or before == thread or before in self._threads.threads():
            return
        for other in self._tx.stories.of_thread(before):
            if other.id not in self._threads:
                self._tx.stories.put(other.model_copy(update={"thread": thread}))
