"""Known articles are visited again: what is due enters the inbox, and what was found says when it is due next."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from pipeline.collect.revisit import CHANGES_KEPT, next_visit, within_budget
from pipeline.steps.services import Services
from schemas.article import Article, ReadEntry
from schemas.base import stable_id
from schemas.feed import Entry, Origin, Outcome
from schemas.visit import Visit

if TYPE_CHECKING:
    from pipeline.record import Transaction

_CLOSED = (Outcome.TEASER, Outcome.CONSENT, Outcome.LOGIN)
"""Outcomes of a page that shows less than the article yet."""

_LOOKED_AT = 20
"""Times what one run visits: so many of those that are due are looked at for what comes first."""


def visit_again(services: Services, *, topics: Collection[str] | None = None) -> int:
    """Put the pages that are due into the inbox, as far as the budget goes; how many they are.

    ``topics`` are those whose articles are visited; all, if None. What has no room waits for the next run.
    """
    settings, now = services.settings, services.clock()
    if not settings.revisit_after or not settings.revisits_per_run:
        return 0
    with services.record.read() as tx:
        due = tx.visits.due(now, _LOOKED_AT * settings.revisits_per_run)
    wanted = [one for one in due if topics is None or set(topics) & set(one.topics)]
    chosen = within_budget(wanted, per_host=settings.revisits_per_host, per_run=settings.revisits_per_run)
    if not chosen:
        return 0
    with services.record.begin() as tx:
        articles = tx.articles.get_many(one.article for one in chosen if one.article)
        entries = [
            entry
            for one in chosen
            if (article := articles.get(one.article or "")) and (entry := _entry(tx, one, article, now))
        ]
        new = tx.entries.add(entries)
        # It waits in the inbox now; what is found there says when it is visited next.
        tx.visits.put(one.model_copy(update={"next": None}) for one in chosen)
        tx.visits.forget(now)
    return new


def visited(visit: Visit, now: datetime, steps: Sequence[timedelta], *, gone: bool = False) -> Visit:
    """A page that was asked for and brought nothing new; one that is ``gone`` is not visited again."""
    if visit.article is None:
        return visit
    return visit.model_copy(update={"next": None if gone else next_visit(visit, now, steps)})


def note_found(tx: Transaction, item: ReadEntry, steps: Sequence[timedelta], now: datetime) -> None:
    """After the judge: remember what the page of ``item`` was found to be, and when it is visited next."""
    visit = tx.visits.get(item.reading.requested_url)
    entry = tx.entries.get(item.entry.id)
    if visit is None or entry is None or entry.article is None:
        return
    article = tx.articles.get(entry.article)
    if article is None:
        return
    known_as = visit.article == article.id
    changed = known_as and article.revision > visit.revision
    visit = visit.model_copy(
        update={
            "article": article.id,
            "topics": tuple(sorted({*(visit.topics if known_as else ()), *entry.topics})),
            "revision": article.revision,
            "changes": (*visit.changes, now)[-CHANGES_KEPT:] if changed else visit.changes,
            "lively": bool(article.on_topics and article.reading.figures),
            "closed": article.outcome in _CLOSED,
        }
    )
    followed = visit.closed or bool(article.on_topics)
    tx.visits.put([visited(visit, now, steps, gone=not followed)])


def _entry(tx: Transaction, visit: Visit, article: Article, now: datetime) -> Entry | None:
    """The entry of a visit: announced as the article first was, at the address where its page was found."""
    first = tx.entries.get(article.entry)
    if first is None:
        return None
    return Entry(
        id=stable_id("entry", "revisit", visit.url, now.isoformat()),
        origin=Origin.REVISIT,
        feed=first.feed,
        topics=visit.topics,
        announcement=first.announcement.model_copy(update={"url": visit.url}),
        first_seen=now,
    )
