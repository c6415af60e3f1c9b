"""One transaction over the whole record."""

from __future__ import annotations

from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, func, literal, select, union_all

from pipeline.record.alerts import Alerts, alerts
from pipeline.record.articles import Articles, articles, remembered, revisions
from pipeline.record.counters import Counter, Counters
from pipeline.record.decisions import DecisionsKept, decisions
from pipeline.record.digests import Digests, digests
from pipeline.record.entries import Entries, entries
from pipeline.record.feeds import Feeds, feeds
from pipeline.record.figures import Figures, figures, series, verdicts
from pipeline.record.hosts import Hosts, hosts, robots
from pipeline.record.looking import Looking
from pipeline.record.measuring import Measuring
from pipeline.record.messages import Messages, messages
from pipeline.record.notes import Notes
from pipeline.record.stories import Stories, developments, stories, story_decisions, story_moves
from pipeline.record.threads import ThreadsKept, portrayed, thread_decisions
from pipeline.record.told import ToldBefore, heard, told
from pipeline.record.topics import Topics, topics
from pipeline.record.visits import Visits, visits

Kind = Literal["entry", "article", "story", "thread", "figure", "series", "alert", "feed", "topic"]

_IDS: dict[Kind, ColumnElement[Any]] = {
    "entry": entries.c.id,
    "article": articles.c.id,
    "story": stories.c.id,
    "thread": stories.c.thread,
    "figure": figures.c.id,
    "series": series.c.id,
    "alert": alerts.c.id,
    "feed": feeds.c.id,
    "topic": topics.c.name,
}

_VERSIONS: dict[str, ColumnElement[int]] = {
    "articles": articles.c.changed,
    "stories": stories.c.changed,
    "briefs": developments.c.changed,
    "moves": story_moves.c.id,
    "figures": figures.c.changed,
    "alerts": alerts.c.changed,
    "entries": entries.c.changed,
    "decisions": decisions.c.number,
}

_COUNTED = (
    topics,
    feeds,
    entries,
    articles,
    revisions,
    remembered,
    stories,
    story_moves,
    story_decisions,
    portrayed,
    thread_decisions,
    figures,
    verdicts,
    series,
    told,
    heard,
    alerts,
    digests,
    messages,
    decisions,
    hosts,
    robots,
    visits,
)


class Transaction:
    """What can be read and kept together; made by `Record.begin` and `Record.read`, and good only inside them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._counters = Counters(connection)
        self.topics = Topics(connection)
        self.feeds = Feeds(connection)
        self.entries = Entries(connection, self._counters)
        self.articles = Articles(connection, self._counters)
        self.stories = Stories(connection, self._counters)
        self.threads = ThreadsKept(connection, self._counters)
        self.figures = Figures(connection, self._counters)
        self.told = ToldBefore(connection)
        self.alerts = Alerts(connection, self._counters)
        self.digests = Digests(connection)
        self.messages = Messages(connection)
        self.decisions = DecisionsKept(connection)
        self.hosts = Hosts(connection)
        self.visits = Visits(connection)
        self.notes = Notes(connection)
        self.looking = Looking(connection, self.articles, self.entries)
        self.measuring = Measuring(connection)

    def search_everything_by_id(self, id: str) -> Kind | None:
        """What kind of thing ``id`` names, in the order that `Kind` lists them; ``None`` if nothing."""
        found = set(
            self._connection.scalars(
                union_all(*(select(literal(kind)).where(column == id) for kind, column in _IDS.items()))
            )
        )
        return next((kind for kind in _IDS if kind in found), None)

    def versions(self, kind: str, after: int, limit: int) -> list[int]:
        """At most ``limit`` versions after ``after`` at which something of ``kind`` is, in order; numbers, of what
        never changes.

        ``kind`` is that of an export; briefs are those of developments.
        """
        column = _VERSIONS[kind]
        return list(self._connection.scalars(select(column).where(column > after).order_by(column).limit(limit)))

    def totals(self) -> dict[str, int]:
        """How many rows each table has."""
        counts = [select(literal(table.name), func.count()).select_from(table) for table in _COUNTED]
        found = {name: count for name, count in self._connection.execute(union_all(*counts))}  # noqa: C416
        return {table.name: found[table.name] for table in _COUNTED}

    def hold_versions(self) -> None:
        """Lock the versions of all but entries until the end: the first act of whoever counts those of entries too.

        Where one transaction ended an entry before it put an article, and another did it the other way round, each
        could wait for the other.
        """
        self._counters.hold(Counter.CHANGED)

    def finish(self) -> None:
        """Write what is held back until the commit. For `Record` alone."""
        self._counters.write()
