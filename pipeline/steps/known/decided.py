"""What people decided, held against what the record says now: series that were merged, threads under other ids."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from pipeline.tell.decided import Decided, silenced
from pipeline.tell.wants import as_wanted
from schemas.alert import Alert, AlertKind, AlertState
from schemas.decision import Decision, SubjectKind
from schemas.figure import Series
from schemas.topic import Topic

if TYPE_CHECKING:
    from pipeline.record import Transaction

_HEEDED = tuple(kind for kind in SubjectKind if kind is not SubjectKind.FIGURE)
"""What was found wrong is written to the figures' verdicts as it is decided."""


class DecidedNow:
    """What people decided, as it stands at a moment, asked within one transaction."""

    def __init__(self, tx: Transaction, now: datetime) -> None:
        self._tx = tx
        decisions = tx.decisions.find(_HEEDED)
        self._decided = Decided(decisions, now)
        self._of_series = any(one.subject.kind is SubjectKind.SERIES for one in decisions)
        self._known_as: dict[str, set[str]] = {}
        for decision in self._decided.mutes(SubjectKind.THREAD):
            thread = self.thread_of(decision.opening) if decision.opening else None
            if thread is not None:
                self._known_as.setdefault(thread, set()).add(decision.subject.id)
        self._mutes_threads = bool(self._decided.mutes(SubjectKind.THREAD))

    def thread_of(self, article: str) -> str | None:
        """The development that an article is in now."""
        found = self._tx.articles.get(article)
        story = self._tx.stories.get(found.story) if found and found.story else None
        return story.development if story else None

    def silences(
        self, topic: str, *, series: str | None = None, thread: str | None = None, rule: AlertKind | None = None
    ) -> Decision | None:
        """The decision for which a topic is told nothing of what is of this series and thread, by this rule."""
        threads = {thread, *self._known_as.get(thread, ())} if thread else ()
        return self._decided.silences(topic, series=self._homes(series), threads=threads, rule=rule)

    def heeded(self, alert: Alert, topic: Topic) -> Alert:
        """The alert, silenced where it waits and a decision has it so; what is left to the digest is heeded there."""
        if alert.state is not AlertState.WAITING:
            return alert
        thread = self._thread_of_alert(alert) if self._mutes_threads else None
        series = alert.figure.series if alert.figure else None
        decision = self.silences(alert.topic, series=series, thread=thread, rule=alert.kind)
        return silenced(alert, decision, topic.tzinfo) if decision else alert

    def follows(self, series: str, topic: str) -> Decision | None:
        """The decision that has a series told at once, whatever its worth."""
        return self._decided.follow(self._homes(series), topic)

    def as_wanted(self, topic: Topic) -> Topic:
        """The topic without what its recipients stopped."""
        return as_wanted(topic, lambda recipient, mails: self._decided.wants(recipient, topic.name, mails))

    def _homes(self, series: str | None) -> list[str]:
        """The ids of a series, and of the one that it was merged into."""
        if not self._of_series:
            # Nothing was decided of any, so that it makes no difference which they are.
            return []
        return [id for id, _ in along_merges(self._tx, series)]

    def _thread_of_alert(self, alert: Alert) -> str | None:
        """The development of an alert, by an article of it: stories and threads may have other ids by now."""
        if alert.figure is not None:
            return self.thread_of(alert.figure.statement.article.id)
        if alert.story_news is not None and alert.story_news.opening is not None:
            return self.thread_of(alert.story_news.opening)
        story = self._tx.stories.get(alert.story) if alert.story else None
        return story.development if story else None


def along_merges(tx: Transaction, series: str | None) -> Iterator[tuple[str, Series | None]]:
    """A series by its id, then each that it was merged into; None for one that is not there."""
    seen: set[str] = set()
    while series is not None and series not in seen:
        seen.add(series)
        found = tx.figures.get_series(series)
        yield series, found
        series = found.merged_into if found else None
