"""What the SQLite files of the record and of the embedded index have in common."""

from __future__ import annotations

import sqlite3
import time

_RETRY = 0.02


def write_ahead(connection: sqlite3.Connection, wait: float) -> None:
    """Let ``connection`` keep a write-ahead log (SQLite's WAL mode), where readers and the one writer don't meet.

    Where two that open a new file both switch it on, SQLite does not wait by itself, so this tries again for ``wait``
    seconds. Raises ``sqlite3.OperationalError`` where that was not enough.
    """
    ends = time.monotonic() + wait
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() >= ends:
                raise
            time.sleep(_RETRY)
