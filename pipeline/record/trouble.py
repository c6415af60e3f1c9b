"""What a database says went wrong, in words that a person can act on."""

from __future__ import annotations

import sqlite3

from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext

from pipeline.errors import RecordBusy, RecordError

_BUSY = "another process holds the record"
_BUSY_HINT = "try again when it is done; if none is running, see whether a backup or a shell keeps it open"
_NO_TABLES = "the record is not set up for this program"
_NO_TABLES_HINT = "run `tallywire setup`"
_FULL = "no space is left for the record"
_FULL_HINT = "make room on its disk and run again; nothing that was committed is lost"

_SQLITE = {
    sqlite3.SQLITE_FULL: (_FULL, _FULL_HINT),
    sqlite3.SQLITE_NOTADB: ("this file is not a record", "name another file, or move this one away"),
    sqlite3.SQLITE_CORRUPT: ("the file of the record is damaged", "restore it from a backup"),
    sqlite3.SQLITE_READONLY: (
        "the record can't be written",
        "let this user write the file and its folder",
    ),
    sqlite3.SQLITE_PERM: ("the record can't be opened", "let this user read and write the file"),
    sqlite3.SQLITE_CANTOPEN: ("the record can't be opened", "is it a file, in a folder this user may write?"),
    sqlite3.SQLITE_IOERR: ("the disk of the record fails", "is there space left? is it a network drive?"),
    sqlite3.SQLITE_CONSTRAINT: ("that would break a rule of the record", "this is a mistake in Tallywire; report it"),
}

_POSTGRES_BUSY = ("55P03", "40001", "40P01")

# By SQLSTATE or the beginning of one. https://www.postgresql.org/docs/current/errcodes-appendix.html
_POSTGRES = {
    "22": ("the database refuses a value", "this is a mistake in Tallywire; report it"),
    "23": ("that would break a rule of the record", "this is a mistake in Tallywire; report it"),
    "25006": ("the record can't be written", "is this a read-only copy? name the primary in TALLYWIRE_DATABASE_URL"),
    "3F000": ("there is no schema to work in", "the user must be granted a schema of its search_path"),
    "42501": ("the database refuses permission", "the user must own the tables, or be granted them"),
    "42703": (_NO_TABLES, _NO_TABLES_HINT),
    "42P01": (_NO_TABLES, _NO_TABLES_HINT),
    "53100": (_FULL, _FULL_HINT),
    "54": ("something is too long for the database", "an id has room for some 2,000 characters"),
    "57P": ("the database stopped", "try again when it is back; nothing that was committed is lost"),
}

_UNREACHABLE = ("no connection to the database", "is the server running, and TALLYWIRE_DATABASE_URL right?")
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
