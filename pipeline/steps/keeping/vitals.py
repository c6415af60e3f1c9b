"""How a deployment is doing at this moment, for programs that watch it: a few bounded questions, no opinion on repairs.

`/healthz` says of it whether all is up, `/metrics` gives the numbers; docs/operations.md says what to do about each.
"""

from __future__ import annotations

import shutil
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from pydantic import Field

from pipeline.errors import TallywireError
from pipeline.record.measuring import Inbox, Outbox
from pipeline.settings import Settings
from pipeline.steps.keeping.measured import Measured, measured
from pipeline.steps.known.clock import SKEW, last_round
from pipeline.steps.read import LEASE
from pipeline.steps.services import Services
from schemas.base import Model, Utc
from schemas.feed import Health
from schemas.search import IndexKind

if TYPE_CHECKING:
    from pipeline.record import Transaction

DAY = timedelta(days=1)
INDEX_PATIENCE = 3.0
"""Seconds that the index may take to answer; whoever asks for health gives up after about five."""


class Vitals(Model):
    """Whether a deployment is up, as `/healthz` tells it."""

    up: bool
    record: bool = Field(description="whether the record can be read")
    index: bool = Field(description="whether the index answers")
    late: bool = Field(description="whether rounds are late")
    last_round: Utc | None = Field(default=None, description="begin of the last round, to five minutes")
    last_sign: Utc | None = Field(default=None, description="when anyone was last seen at work on entries")
    oldest_waiting: float | None = Field(
        default=None, description="seconds for which the oldest entry waits that nothing postpones; None: none does"
    )


@dataclass(frozen=True)
class Numbers:
    """What the record says at one moment; all of it is bounded."""

    last_round: datetime | None
    last_sign: datetime | None
    inbox: Inbox
    outbox: Outbox
    outcomes: dict[str, int]
    """Entries that came in within a day, by what became of them."""
    feeds: dict[Health, int]
    unheard: int
    """Versions of articles that the index has yet to hear of."""
    kept: Measured | None


class IndexProbe:
    """Asks the index how far it has heard, and waits no longer than `INDEX_PATIENCE` for it.

    A server that hangs holds one thread, however often it is asked after.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asking: threading.Thread | None = None
        self._heard: int | None = None

    def heard(self, services: Services, patience: float = INDEX_PATIENCE) -> int | None:
        """The version of articles that the index has heard of; None where it does not answer in time."""
        with self._lock:
            if self._asking is None or not self._asking.is_alive():
                self._heard = None
                self._asking = threading.Thread(target=self._ask, args=(services,), name="index probe", daemon=True)
                self._asking.start()
            asking = self._asking
        asking.join(patience)
        return None if asking.is_alive() else self._heard

    def _ask(self, services: Services) -> None:
        try:
            self._heard = services.index.heard(IndexKind.ARTICLES)
        except TallywireError:
            self._heard = None


@dataclass
class Watch:
    """Looks at a deployment for whoever serves its health; ``runs`` says whether its rounds run in this process."""

    services: Services
    runs: bool = False
    probe: IndexProbe = field(default_factory=IndexProbe)

    def vitals(self) -> Vitals:
        """How it is doing now."""
        vitals, _ = self.look()
        return vitals

    def look(self) -> tuple[Vitals, Numbers | None]:
        """How it is doing now, with the numbers behind it; None where the record can't be read."""
        now = self.services.clock()
        heard = self.probe.heard(self.services)
        try:
            with self.services.record.read() as tx:
                numbers = numbers_of(tx, heard, now)
        except TallywireError:
            return Vitals(up=False, record=False, index=heard is not None, late=False), None
        late = is_late(numbers, self.services.settings, now)
        since = numbers.inbox.since
        # Who only shows the record is up although nobody fills it; that rounds are late is told all the same.
        up = heard is not None and not (late and self.runs)
        return Vitals(
            up=up,
            record=True,
            index=heard is not None,
            late=late,
            last_round=numbers.last_round,
            last_sign=numbers.last_sign,
            oldest_waiting=None if since is None else max((now - since).total_seconds(), 0.0),
        ), numbers


def numbers_of(tx: Transaction, heard: int | None, now: datetime) -> Numbers:
    """The numbers of the record at ``now``; ``heard`` is what the index has heard of."""
    begun, lease, ended = last_round(tx), tx.measuring.last_lease(), tx.measuring.last_ended()
    signs = [moment for moment in (begun, lease - LEASE if lease else None, ended) if moment is not None]
    behind = tx.versions("articles", heard, 1_000) if heard is not None else []
    return Numbers(
        last_round=begun,
        last_sign=max(signs, default=None),
        inbox=tx.measuring.inbox(now),
        outbox=tx.measuring.outbox(now - DAY),
        outcomes=tx.looking.entry_counts(now - DAY),
        feeds=tx.looking.feeds_by_health(),
        unheard=len(behind),
        kept=measured(tx),
    )


def is_late(numbers: Numbers, settings: Settings, now: datetime) -> bool:
    """Whether nobody was seen at work for longer than rounds may take; False of a record that never saw a round.

    A round keeps its begin to five minutes only, and the next begins up to ``poll_every`` after it.
    """
    if numbers.last_round is None or numbers.last_sign is None:
        return False
    return now - numbers.last_sign > max(settings.late_after, SKEW) + settings.poll_every


def free_disk(settings: Settings) -> int | None:
    """Bytes that are free where the home lies; None where that can't be told."""
    try:
        return shutil.disk_usage(settings.home).free
    except OSError:
        return None
