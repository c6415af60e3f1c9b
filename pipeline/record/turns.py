"""Turns: one judge at a time in a deployment, and one that tells of a topic.

On PostgreSQL a turn is an advisory lock, which belongs to a connection of its own; on SQLite a locked file beside the
database. Both end with the process that holds them, however it ends.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Iterator
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
        hint="wait for it to finish",
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
            "the lock file can't be created",
            where=str(file),
            why=error.strerror or str(error),
            hint="allow this user to write there; locks may not work on network drives",
        ) from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def hold_advisory_locks(engine: Engine, turn: str, parts: Iterable[str], where: str, wait: float) -> Iterator[None]:
    """Hold the advisory locks of ``turn`` over ``parts``. Raises ``RecordBusy`` if not had within ``wait`` seconds."""
    # Whoever takes several takes them in one order, so that no two wait for each other.
    numbers = sorted(_number_of(turn, part) for part in parts)
    give_up = time.monotonic() + wait
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        try:
            for number in numbers:
                while not connection.scalar(select(func.pg_try_advisory_lock(number))):
                    if time.monotonic() >= give_up:
                        raise _busy(turn, where)
                    time.sleep(_PAUSE)
            yield
        finally:
            with suppress(RecordError):
                connection.scalar(select(func.pg_advisory_unlock_all()))
            # Were the connection given back although unlocking failed, the lock would be held for ever.
            connection.invalidate()


def _number_of(turn: str, part: str) -> int:
    """A signed 64-bit number that no other program is likely to choose."""
    digest = hashlib.blake2b(f"tallywire {turn} {part}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
