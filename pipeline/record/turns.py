"""Turns: one judge at a time in a deployment, and one that tells of a topic.

On PostgreSQL a turn is an advisory lock, which belongs to a connection of its own; on SQLite a locked file beside the
database. Both end with the process that holds them, however it ends.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import Engine, func, select

from pipeline.errors import RecordBusy, RecordError

JUDGE = "judge"
TELL = "tell"
_BUSY = {JUDGE: "another process is judging", TELL: "another process is sending these mails"}

_PAUSE = 0.05
"""Seconds between two tries."""


def _busy(turn: str, where: str) -> RecordBusy:
    return RecordBusy(
        _BUSY[turn],
        where=where,
        hint="it does the work; this one has nothing to do until it is done",
    )


@contextmanager
def hold_file(database: Path, turn: str, wait: float) -> Iterator[None]:
    """Hold the file of ``turn`` beside ``database``. Raises ``RecordBusy`` if not had within ``wait`` seconds."""
    file = database.with_name(f"{database.name}.{turn}")
    lock = FileLock(file, timeout=wait)
    try:
        lock.acquire()
    except Timeout:
        raise _busy(turn, str(file)) from None
    except OSError as error:
        raise RecordError(
            "the lock file can't be made",
            where=str(file),
            why=error.strerror or str(error),
            hint="give this user the right to write there; on a network drive locks may not work at all",
        ) from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def hold_advisory_lock(engine: Engine, turn: str, part: str, where: str, wait: float) -> Iterator[None]:
    """Hold the advisory lock of ``turn`` over ``part``. Raises ``RecordBusy`` if not had within ``wait`` seconds."""
    number = _number_of(turn, part)
    give_up = time.monotonic() + wait
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        while not connection.scalar(select(func.pg_try_advisory_lock(number))):
            if time.monotonic() >= give_up:
                raise _busy(turn, where)
            time.sleep(_PAUSE)
        try:
            yield
        finally:
            with suppress(RecordError):
                connection.scalar(select(func.pg_advisory_unlock(number)))
            # Were the connection given back although unlocking failed, the lock would be held for ever.
            connection.invalidate()


def _number_of(turn: str, part: str) -> int:
    """A signed 64-bit number that no other program is likely to choose."""
    digest = hashlib.blake2b(f"tallywire {turn} {part}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
