"""What a period brought to a topic, and what was left of the period before it."""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from schemas.article import Article
from schemas.feed import Entry, Origin, Outcome
from schemas.topic import Topic

if TYPE_CHECKING:
    from pipeline.record import Transaction

_KEPT = (Outcome.INDEXED, Outcome.COPY)


@dataclass(frozen=True)
class Arrivals:
    """What arrived for a topic."""

    entries: tuple[Entry, ...]
    """Those that ended."""
    articles: tuple[Article, ...]
    """On topic, copies among them, in order of arrival."""
    revised: tuple[tuple[Article, Set[int]], ...]
    """Articles that arrived before, with the numbers of the revisions that arrived now."""


def arrivals(tx: Transaction, topic: Topic, start: datetime, end: datetime, after: int | None) -> Arrivals:
    """What arrived for ``topic`` from ``start`` up to, but not including, ``end``.

    With ``after``, a version of the entries, also what was announced before ``start`` and ended after that version.
    """
    entries = [entry for entry in tx.entries.find(since=start) if entry.first_seen < end]
    if after is not None:
        # A replay plays what is past, however late: it is no news of this period.
        late = (entry for entry in tx.entries.ended_since(after, start) if entry.origin is not Origin.REPLAY)
        entries = [*late, *entries]
    articles = {one.id: one for one in tx.articles.iterate(topic=topic.name, since=start) if one.first_seen < end}
    revised: dict[str, tuple[Article, Set[int]]] = {}
    for article, brought in _known_before(tx, topic, entries, articles).values():
        if _is_first(tx, article, brought):
            articles[article.id] = article
        elif numbers := _numbers(tx, article, brought):
            revised[article.id] = article, numbers
    return Arrivals(
        entries=tuple(entry for entry in entries if entry.outcome and topic.name in entry.topics),
        articles=tuple(sorted(articles.values(), key=lambda article: article.seq)),
        revised=tuple(sorted(revised.values(), key=lambda found: found[0].seq)),
    )


def _known_before(
    tx: Transaction, topic: Topic, entries: Iterable[Entry], arrived: Iterable[str]
) -> dict[str, tuple[Article, list[Entry]]]:
    """The articles of a topic that were first seen before the period, each with the entries that brought them."""
    brought: dict[str, list[Entry]] = {}
    known = set(arrived)
    for entry in entries:
        if entry.outcome in _KEPT and entry.article is not None and entry.article not in known:
            brought.setdefault(entry.article, []).append(entry)
    found = tx.articles.get_many(brought)
    return {id: (one, brought[id]) for id, one in found.items() if topic.name in one.on_topics}


def _is_first(tx: Transaction, article: Article, brought: Iterable[Entry]) -> bool:
    """Whether entries brought an article for the first time: before it was unknown, or no more than a teaser of it."""
    if any(entry.id == article.entry for entry in brought):
        return True
    first = tx.entries.get(article.entry)
    return first is not None and first.outcome not in _KEPT


def _numbers(tx: Transaction, article: Article, brought: Iterable[Entry]) -> Set[int]:
    """The revisions of an article that entries brought."""
    seen = {entry.first_seen for entry in brought}
    return frozenset(one.number for one in tx.articles.revisions(article.id) if one.number > 1 and one.seen in seen)
