"""What a host's answers ask of us, and for how long it counts. Pure: it reads as its own specification."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

from schemas.host import HostState, RobotsKept

TOO_MANY = 429
BUSY = (TOO_MANY, 503)

FIRST_HOLD = 300.0
"""Seconds that a host is left alone after a 429 that does not say for how long; as long as between two polls of the
liveliest feed. Twice as long after each further one …"""

LONGEST_HOLD = 86_400.0
"""… but never longer than a day, whatever a host says."""

ROBOTS_LAST = timedelta(hours=24)
"""How long a robots.txt counts (RFC 9309, section 2.4)."""

TROUBLE_LASTS = timedelta(minutes=10)
"""Until a robots.txt that can't be read is asked for again; twice as long after each further try …"""

TROUBLE_LASTS_MOST = timedelta(hours=6)
"""… but no longer than this."""

ALL_CLOSED = timedelta(hours=6)
"""While its robots.txt can't be read, all of a site is closed (RFC 9309, section 2.3.1.4) for so long; then what it
last said counts again (section 2.4). The last try of an entry comes after that."""

GIVEN_UP = timedelta(days=30)
"""A robots.txt that was never read, and can't be for so long, is taken for missing (section 2.3.1.4)."""


class HostMemory(Protocol):
    """What outlives the process."""

    def host(self, host: str) -> HostState | None: ...

    def put_host(self, state: HostState) -> None: ...

    def robots(self, origin: str) -> RobotsKept | None: ...

    def put_robots(self, kept: RobotsKept) -> None: ...


class NoMemory:
    """For who visits once: nothing outlives the process."""

    def host(self, host: str) -> HostState | None:
        return None

    def put_host(self, state: HostState) -> None:
        pass

    def robots(self, origin: str) -> RobotsKept | None:
        return None

    def put_robots(self, kept: RobotsKept) -> None:
        pass


def after_answer(state: HostState, status: int, asked: float | None, now: datetime) -> HostState:
    """The state of a host after an answer of ``status`` that ``asked`` to wait so many seconds, if it did.

    A host that has had enough is never visited sooner again than it was before: one that does not say how long to
    wait, or says none, waits twice as long each time.
    """
    if status not in BUSY:
        return state.model_copy(update={"busy": 0, "held": 0.0}) if state.busy else state
    if not asked and status != TOO_MANY:
        return state
    busy = state.busy + (status == TOO_MANY)
    held = asked or max(FIRST_HOLD, 2 * state.held)
    held = min(held, LONGEST_HOLD)
    free_at = now + timedelta(seconds=held)
    return state.model_copy(
        update={"busy": busy, "held": held, "free_at": max(free_at, state.free_at) if state.free_at else free_at}
    )


def seconds_left(state: HostState, now: datetime) -> float:
    """How long a host is to be left alone still; no longer than a day, for clocks have been wrong by years."""
    if state.free_at is None:
        return 0.0
    return min(max(0.0, (state.free_at - now).total_seconds()), LONGEST_HOLD)


def robots_read(origin: str, text: str | None, now: datetime) -> RobotsKept:
    """What is kept of a robots.txt that was read, or is missing (None)."""
    return RobotsKept(origin=origin, until=now + ROBOTS_LAST, text=text, known=True)


def robots_in_trouble(origin: str, before: RobotsKept | None, why: str, now: datetime) -> RobotsKept:
    """What is kept of a robots.txt that can't be read now, given what was known ``before``."""
    kept = before or RobotsKept(origin=origin, until=now)
    tries = kept.tries + 1
    lasts = min(TROUBLE_LASTS * 2 ** min(tries - 1, 10), TROUBLE_LASTS_MOST)
    since = kept.trouble_since or now
    update = {"until": now + lasts, "trouble": why, "trouble_since": since, "tries": tries}
    return kept.model_copy(update=update)


def is_closed(kept: RobotsKept, now: datetime) -> bool:
    """Whether all of a site is closed because its robots.txt can't be read."""
    if kept.trouble is None or kept.trouble_since is None:
        return False
    return now - kept.trouble_since < (ALL_CLOSED if kept.known else GIVEN_UP)
