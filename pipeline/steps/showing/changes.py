"""What the record holds, in the order in which it changed last: for programs that keep a copy of it.

Each kind gives the rows of `pipeline.steps.showing.export`. A row that changes is given once more, under a higher
version, so that whoever goes on from the last version misses nothing, and no question takes longer as the record
grows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.steps.known.briefs import Briefs
from pipeline.steps.known.threads import development_of
from pipeline.steps.showing.export import (
    alert_row,
    article_row,
    decision_row,
    entry_row,
    figure_row,
    move_row,
    story_row,
)
from schemas.export import Row

if TYPE_CHECKING:
    from pipeline.record import Record, Transaction

MOST = 1000
"""Of what changed, in one answer."""
_BATCH = 50
"""Read at once: texts may be long."""

Changed = list[tuple[int, list[Row]]]
"""Versions, each with the rows of what is at it."""


@dataclass(frozen=True)
class Changes:
    """Some of what changed: ``rows``, read as they are asked for; ``last``, after which to go on."""

    rows: Iterator[Row]
    last: int
    more: bool


def changes(record: Record, kind: str, after: int, limit: int) -> Changes:
    """At most ``limit`` things of ``kind`` (one of `CHANGES`) that changed after the version ``after``.

    A figure is followed in several topics, and a development has several stories: each gives as many rows. What changes
    once more while the rows are read is left out, and comes later, at its new version.
    """
    with record.read() as tx:
        versions = tx.versions(kind, after, limit + 1)
    last = versions[:limit][-1] if versions else after
    return Changes(_rows(record, kind, after, last), last, len(versions) > limit)


def _rows(record: Record, kind: str, after: int, last: int) -> Iterator[Row]:
    while after < last:
        # A transaction for each batch: whoever reads slowly must not hold the record.
        with record.read() as tx:
            found = CHANGES[kind](tx, after, _BATCH)
        for version, rows in found:
            if version > last:
                return
            yield from rows
        if not found:
            return
        after = found[-1][0]


def _articles(tx: Transaction, after: int, limit: int) -> Changed:
    return [(version, [article_row(article)]) for version, article in tx.articles.changed_since(after, limit)]


def _stories(tx: Transaction, after: int, limit: int) -> Changed:
    return [(version, [story_row(story)]) for version, story in tx.stories.changed_since(after, limit)]


def _briefs(tx: Transaction, after: int, limit: int) -> Changed:
    briefs = Briefs(tx)
    found: Changed = []
    for version, id in tx.stories.developments_changed_since(after, limit):
        development = development_of(tx, id)
        found.append((version, [briefs.of(story) for story in development.stories] if development else []))
    return found


def _moves(tx: Transaction, after: int, limit: int) -> Changed:
    return [(number, [move_row(at, move)]) for number, at, move in tx.stories.moves_after(after, limit)]


def _figures(tx: Transaction, after: int, limit: int) -> Changed:
    changed = tx.figures.changed_since(after, limit)
    verdicts = tx.figures.verdicts_of_many(figure.id for _, figure in changed)
    labels = _labels(tx, {verdict.series for some in verdicts.values() for verdict in some})
    return [
        (
            version,
            [figure_row(figure, verdict, labels.get(verdict.series)) for verdict in verdicts.get(figure.id, ())]
            or [figure_row(figure, None, None)],
        )
        for version, figure in changed
    ]


def _labels(tx: Transaction, ids: Iterable[str]) -> dict[str, str]:
    return {id: series.label for id in ids if (series := tx.figures.get_series(id))}


def _alerts(tx: Transaction, after: int, limit: int) -> Changed:
    return [(version, [alert_row(alert)]) for version, alert in tx.alerts.changed_since(after, limit)]


def _entries(tx: Transaction, after: int, limit: int) -> Changed:
    return [(version, [entry_row(entry)]) for version, entry in tx.entries.changed_since(after, limit)]


def _decisions(tx: Transaction, after: int, limit: int) -> Changed:
    return [(number, [decision_row(decision)]) for number, decision in tx.decisions.after(after, limit)]


CHANGES: dict[str, Callable[[Transaction, int, int], Changed]] = {
    "articles": _articles,
    "stories": _stories,
    "briefs": _briefs,
    "moves": _moves,
    "figures": _figures,
    "alerts": _alerts,
    "entries": _entries,
    "decisions": _decisions,
}
