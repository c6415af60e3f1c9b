"""One judge at a time in a deployment.

On PostgreSQL that is an advisory lock, which belongs to a connection of its own; on SQLite a locked file beside the
database. Both end with the process that holds them, however it ends.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import Engine, func, select

from pipeline.errors import RecordBusy, RecordError

_LOCK = 0x7461_6C6C_7977_6972
"""The number of the advisory lock: the first eight letters of the program's name."""

_PAUSE = 0.05
"""Seconds between two tries."""


def _busy(where: str) -> RecordBusy:
    return RecordBusy(
        "another process is judging",
        where=where,
        hint="it does the work; this one has nothing to do until it is done",
    )


@contextmanager
def hold_file(file: Path, wait: float) -> Iterator[None]:
    """Hold the judge's lock file ``file``. Raises ``RecordBusy`` if it was not had within ``wait`` seconds."""
    lock = FileLock(file, timeout=wait)
    try:
        lock.acquire()
    except Timeout:
        raise _busy(str(file)) from None
    except OSError as error:
        raise RecordError(
            "the judge's lock file can't be made",
            where=str(file),
            why=error.strerror or str(error),
            hint="give this user the right to write there; on a network drive locks may not work at all",
        ) from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def hold_advisory_lock(engine: Engine, where: str, wait: float) -> Iterator[None]:
    """Hold the judge's advisory lock. Raises ``RecordBusy`` if it was not had within ``wait`` seconds."""
    give_up = time.monotonic() + wait
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        while not connection.scalar(select(func.pg_try_advisory_lock(_LOCK))):
            if time.monotonic() >= give_up:
                raise _busy(where)
            time.sleep(_PAUSE)
        try:
            yield
        finally:
            with suppress(RecordError):
                connection.scalar(select(func.pg_advisory_unlock(_LOCK)))
            # Were the connection given back although unlocking failed, the lock would be held for ever.
            connection.invalidate()
