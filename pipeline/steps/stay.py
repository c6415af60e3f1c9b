"""A judge that stays: what others recall for every turn, the open window above all, it has in memory.

In a deployment each task is a new process. Where one judge stays for an hour, tasks leave their turns to it as long as
its lease lasts, which it renews while it lives; when it is gone they judge themselves again. The lease spares work and
guards nothing: one judges at a time in any case, and whoever finds that another has judged meanwhile recalls anew.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from pipeline.record.notes import STAYS
from pipeline.steps.judge import Judge
from pipeline.steps.judging.turn import JudgeReport
from pipeline.steps.services import Services
from schemas.feed import Entry

LEASE = timedelta(seconds=30)
"""How long others rely on a judge that stays after it has last said so: several times what a turn takes."""
_LOOK = 0.5
"""Seconds until one who has nothing to judge looks again."""
_ASK = 0.1
"""Seconds until one who waits for a judge that stays looks again."""
_TURN = 64

Sleep = Callable[[float], None]


def stay(
    services: Services,
    until: datetime,
    *,
    patience: timedelta | None = None,
    on_entry: Callable[[Entry], None] = lambda entry: None,
    on_turn: Callable[[JudgeReport, float], None] = lambda report, seconds: None,
    sleep: Sleep = time.sleep,
) -> int:
    """Judge what comes in until a moment; gives how many entries that were.

    ``patience`` is that of `Judge.run`. ``on_turn`` is given what each turn decided, and the seconds it took. Raises
    RecordBusy where another judge is at work for longer than a minute; whoever relied on this one judges himself then.
    """
    judge, judged = Judge(services), 0
    judge.recall(wait=60.0)
    lease = _renewed(services)
    try:
        while services.clock() < until:
            if services.clock() > lease - LEASE / 2:
                lease = _renewed(services)
            began = time.monotonic()
            report = judge.run(limit=_TURN, wait=60.0, patience=patience, on_entry=on_entry)
            if report.judged:
                judged += report.judged
                on_turn(report, time.monotonic() - began)
            else:
                sleep(_LOOK)
    finally:
        with services.record.begin() as tx:
            tx.notes.set(STAYS, None)
    return judged


def left_to_one_that_stays(services: Services, *, patience: timedelta | None = None, sleep: Sleep = time.sleep) -> bool:
    """Wait for the judge that stays until nothing is left for the next turn; False if none stays (any more)."""
    while True:
        with services.record.read() as tx:
            lease = tx.notes.get(STAYS)
            now = services.clock()
            if lease is None or not now < datetime.fromisoformat(lease) <= now + 2 * LEASE:
                return False
            if not tx.entries.unjudged(1, among=tx.entries.turn(_TURN, now, patience=patience)):
                return True
        sleep(_ASK)


def _renewed(services: Services) -> datetime:
    """Say that one stays; gives until when others rely on it."""
    lease = services.clock() + LEASE
    with services.record.begin() as tx:
        tx.notes.set(STAYS, lease.isoformat())
    return lease
