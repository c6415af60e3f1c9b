"""What a database says went wrong, in words that a person can act on."""

from __future__ import annotations

import sqlite3

from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext

from pipeline.errors import RecordBusy, RecordError

_BUSY = "another process has locked the record"
_BUSY_HINT = "try again later; if none is running, check whether a database shell keeps it open"
_NO_TABLES = "the record is not set up for this program"
_NO_TABLES_HINT = "run `tallywire setup`"
_FULL = "no space is left for the record"
_FULL_HINT = "free some disk space and run again; no committed data is lost"

_SQLITE = {
    sqlite3.SQLITE_FULL: (_FULL, _FULL_HINT),
    sqlite3.SQLITE_NOTADB: ("this file is not a record", "choose another file, or move this one away"),
    sqlite3.SQLITE_CORRUPT: ("the file of the record is damaged", "restore it from a backup"),
    sqlite3.SQLITE_READONLY: (
        "the record can't be written",
        "allow this user to write the file and its folder",
    ),
    sqlite3.SQLITE_PERM: ("the record can't be opened", "allow this user to read and write the file"),
    sqlite3.SQLITE_CANTOPEN: (
        "the record can't be opened",
        "check that it is a file, in a folder this user may write to",
    ),
    sqlite3.SQLITE_IOERR: (
        "the disk of the record is failing",
        "check the free space, and whether it is a network drive",
    ),
    sqlite3.SQLITE_CONSTRAINT: (
        "that would violate a constraint of the record",
        "this is a bug in Tallywire; please report it",
    ),
}

_POSTGRES_BUSY = ("55P03", "40001", "40P01")

# By SQLSTATE or the beginning of one. https://www.postgresql.org/docs/current/errcodes-appendix.html
_POSTGRES = {
    "22": ("the database rejected a value", "this is a bug in Tallywire; please report it"),
    "23": ("that would violate a constraint of the record", "this is a bug in Tallywire; please report it"),
    "25006": (
        "the record can't be written",
        "it may be a read-only replica; set TALLYWIRE_DATABASE_URL to the primary",
    ),
    "3F000": ("there is no schema to work in", "grant the user a schema of its search_path"),
    "42501": ("the database refuses permission", "make the user owner of the tables, or grant it access"),
    "42703": (_NO_TABLES, _NO_TABLES_HINT),
    "42P01": (_NO_TABLES, _NO_TABLES_HINT),
    "53100": (_FULL, _FULL_HINT),
    "54": ("something is too long for the database", "an ID can have about 2,000 characters"),
    "57P": ("the database stopped", "try again when it is back; no committed data is lost"),
}

_UNREACHABLE = ("no connection to the database", "check that the server is running and TALLYWIRE_DATABASE_URL is right")
_UNKNOWN = ("the record can't be used", "run `tallywire doctor`")


def translate_errors(engine: Engine, where: str) -> None:
    """Make ``engine`` raise ``RecordError`` and ``RecordBusy`` instead of its driver's errors."""

    @event.listens_for(engine, "handle_error")
    def _translate(context: ExceptionContext) -> None:
        cause = context.original_exception
        error = _of_sqlite(cause, where) if isinstance(cause, sqlite3.Error) else _of_postgres(cause, where)
        if error is not None:
            raise error from cause


def _of_sqlite(cause: sqlite3.Error, where: str) -> RecordError:
    # The low byte is the kind of error, the high one its details.
    code = getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    why = str(cause)
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return RecordBusy(_BUSY, where=where, why=why, hint=_BUSY_HINT)
    if why.startswith(("no such table", "no such column")):
        return RecordError(_NO_TABLES, where=where, why=why, hint=_NO_TABLES_HINT)
    what, hint = _SQLITE.get(code, _UNKNOWN)
    return RecordError(what, where=where, why=why, hint=hint)


def _of_postgres(cause: BaseException, where: str) -> RecordError | None:
    if not type(cause).__module__.startswith("psycopg"):
        return None
    why = " ".join(str(cause).split())
    state = getattr(cause, "sqlstate", None)
    if state in _POSTGRES_BUSY:
        return RecordBusy(_BUSY, where=where, why=why, hint=_BUSY_HINT)
    if state is None:
        # A log-in that fails, whatever the reason, comes without one.
        what, hint = _UNREACHABLE
    else:
        what, hint = next((_POSTGRES[state[:n]] for n in (5, 3, 2) if state[:n] in _POSTGRES), _UNKNOWN)
    return RecordError(what, where=where, why=why, hint=hint)
