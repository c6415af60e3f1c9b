"""When a page that is known is visited again, and which pages first. Pure: it reads as its own specification.

Most reports change within hours of being published, if at all, so a page is visited less and less often, by its age.
One that states figures which are followed, or that was found changed, is visited twice as often; one that changes often
follows its own rhythm; one that shows no more than a teaser, or asks for consent, until it opens.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from pipeline.urls import host_of
from schemas.visit import Visit

STEPS = (timedelta(hours=1), timedelta(hours=6), timedelta(days=1), timedelta(days=3))
"""Ages at which a page is visited again."""

SHORTEST = timedelta(minutes=15)
"""Between two visits by ourselves, however often a page changes."""

CLOSED_UNTIL = timedelta(days=30)
"""Age until which a page is visited that has not opened; archives close for good after weeks."""

CHANGES_KEPT = 5
OFTEN_FROM = 3
"""Changes that make a rhythm."""


def next_visit(visit: Visit, now: datetime, steps: Sequence[timedelta] = STEPS) -> datetime | None:
    """When the page is visited next, after what was found at ``visit.last``; None: not again.

    Where nobody visited for a while, one visit stands for all that were missed.
    """
    if not steps:
        return None
    age = visit.last - visit.first
    later = next((step for step in _steps(visit, steps) if step > age), None)
    if later is not None:
        due = visit.first + later
    elif visit.closed and age < CLOSED_UNTIL:
        due = visit.last + steps[-1]
    else:
        due = None
    if len(visit.changes) >= OFTEN_FROM and (due is not None or age < 2 * steps[-1]):
        rhythm = visit.last + max(SHORTEST, _gap(visit.changes) / 2)
        # A page that has not changed for so long has found its rest.
        if visit.last - visit.changes[-1] <= 4 * _gap(visit.changes):
            due = rhythm if due is None else min(due, rhythm)
    return None if due is None else max(due, now, visit.last + SHORTEST)


def asked(
    before: Visit | None, url: str, now: datetime, etag: str | None, last_modified: str | None, *, again: bool
) -> Visit:
    """The page at ``url`` after it answered at ``now``; ``again`` says that we visited it by ourselves."""
    validators = {"last": now, "etag": etag, "last_modified": last_modified}
    if before is None:
        return Visit(url=url, first=now, **validators)
    return before.model_copy(update=validators | {"visits": before.visits + again})


def within_budget(due: Iterable[Visit], *, per_host: int, per_run: int) -> list[Visit]:
    """Those of ``due`` that this run visits: what states figures first, then what waits longest; no host too often."""
    chosen: list[Visit] = []
    hosts: Counter[str] = Counter()
    for visit in sorted(due, key=lambda one: (not one.lively, one.next or one.last, one.url)):
        host = host_of(visit.url)
        if len(chosen) < per_run and hosts[host] < per_host:
            hosts[host] += 1
            chosen.append(visit)
    return chosen


def _steps(visit: Visit, steps: Sequence[timedelta]) -> list[timedelta]:
    if not (visit.lively or visit.changes):
        return list(steps)
    return sorted({span for step in steps for span in (step / 2, step)})


def _gap(changes: Sequence[datetime]) -> timedelta:
    gaps = [later - earlier for earlier, later in pairwise(changes)]
    return sum(gaps, timedelta()) / len(gaps)
