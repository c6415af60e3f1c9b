"""The embedded index: SQLite FTS5 in a file of its own.

English words are reduced to their stems (Porter) and all words are compared without case and accents, acronyms without
their dots. Languages written without spaces are searched by their characters, `pipeline.index.runs`.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import SearchIndexError
from pipeline.index.contract import Batch, Settle, ignore_refusals
from pipeline.index.runs import spelled
from pipeline.index.sqlitesearch import moment, search
from pipeline.index.words import joined
from pipeline.sqlite import write_ahead
from schemas.search import ArticleDocument, IndexKind, Query, Results

_SCHEMA_VERSION = 4
"""Of the file; one of another version is emptied and filled again from the record, but for one of the version before,
which lacks the column ``topics``."""
_TABLES = """
CREATE TABLE document (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    version INTEGER NOT NULL,
    outlet TEXT NOT NULL,
    language TEXT,
    story TEXT,
    copy_of TEXT,
    published TEXT NOT NULL,
    topics TEXT NOT NULL DEFAULT '[]'
);
CREATE INDEX document_published ON document (published DESC, id);
CREATE INDEX document_outlet ON document (outlet, published DESC, id);
CREATE INDEX document_story ON document (story);
CREATE INDEX document_copy_of ON document (copy_of) WHERE copy_of IS NOT NULL;
CREATE TABLE content (
    number INTEGER PRIMARY KEY REFERENCES document (number) ON DELETE CASCADE,
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE TABLE document_topic (
    number INTEGER NOT NULL REFERENCES document (number) ON DELETE CASCADE,
    topic TEXT NOT NULL,
    PRIMARY KEY (number, topic)
) WITHOUT ROWID;
CREATE INDEX document_topic_topic ON document_topic (topic);
CREATE TABLE heard (version INTEGER NOT NULL);
CREATE VIEW undotted AS SELECT number, joined(title) AS title, joined(text) AS text FROM content;
CREATE VIRTUAL TABLE words USING fts5 (
    title, text, content='undotted', content_rowid='number', tokenize='porter unicode61 remove_diacritics 2'
);
CREATE VIRTUAL TABLE runs USING fts5 (title, text, content='', tokenize='ascii')
"""
"""``document`` is narrow, for it is counted; what is long lies in ``content``. ``topics`` is a list in JSON, for to
count its articles by topic thousands of them would be looked up in ``document_topic``, which finds those of a topic."""
_WAIT = 10.0
_CACHE = 16_384
"""Kilobytes of the file that a connection keeps in memory: what is looked up of 2,500 documents among 100,000 may
lie scattered over all 15,000 that they take."""


class SqliteIndex:
    """A `SearchIndex` in one SQLite file.

    Opening costs nothing; the file is made by `setup` or the first use. Another process may rebuild or delete the file
    at any time: each use is of the file that is there now. Several threads may use it at once. Raises SearchIndexError
    where the file can't be used.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._idle: list[_Opened] = []

    def setup(self) -> None:
        with self._used():
            pass

    def close(self) -> None:
        while self._idle:
            self._idle.pop().connection.close()

    @property
    def kinds(self) -> tuple[IndexKind, ...]:
        return (IndexKind.ARTICLES,)

    def owner(self) -> str | None:
        return None

    def own(self, owner: str) -> None:
        """The file lies in the home of its record; nobody else's documents come in."""

    def write(self, batch: Batch, settle: Settle = ignore_refusals) -> None:
        with self._used() as connection, connection:
            _write(connection, batch)
            settle(batch, ())

    def heard(self, kind: IndexKind = IndexKind.ARTICLES) -> int:
        with self._used() as connection:
            row = connection.execute("SELECT max(version) FROM heard").fetchone()
        return int(row[0] or 0)

    def count(self, kind: IndexKind = IndexKind.ARTICLES) -> int:
        with self._used() as connection:
            return int(connection.execute("SELECT count(*) FROM document").fetchone()[0])

    def versions(self) -> dict[str, int]:
        """The version of the record that each document is of, by its id."""
        with self._used() as connection:
            return dict(connection.execute("SELECT id, version FROM document"))

    def rebuild(self, kind: IndexKind, batches: Iterable[Batch], settle: Settle = ignore_refusals) -> int:
        beside = self._path.with_name(self._path.name + ".next")
        _remove(beside)
        with self._trouble():
            with closing(_connect(beside)) as connection:
                for batch in batches:
                    with connection:
                        _write(connection, batch)
                        settle(batch, ())
                for table in ("words", "runs"):
                    connection.execute(f"INSERT INTO {table} ({table}) VALUES ('optimize')")  # noqa: S608
                connection.commit()
                count = int(connection.execute("SELECT count(*) FROM document").fetchone()[0])
                # Everything must be in the one file before it is moved: the -wal beside it would be left behind.
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                connection.execute("PRAGMA journal_mode=DELETE")
            self.close()
            for suffix in ("-wal", "-shm"):
                self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
            beside.replace(self._path)
        return count

    def search(self, query: Query) -> Results:
        with self._used() as connection:
            return search(connection, query)

    @contextmanager
    def _used(self) -> Iterator[sqlite3.Connection]:
        """A connection to the file that is there, kept for the next use."""
        with self._trouble():
            opened = self._opened()
            try:
                yield opened.connection
            finally:
                self._idle.append(opened)

    def _opened(self) -> _Opened:
        while True:
            before = _file(self._path)
            try:
                opened = self._idle.pop()
            except IndexError:
                opened = _Opened(_connect(self._path), _file(self._path))
            # Of a file that was replaced at this very moment, it can't be told which of the two was opened.
            if opened.file == _file(self._path) and before in (None, opened.file):
                return opened
            opened.connection.close()

    def _trouble(self) -> _Trouble:
        return _Trouble(self._path)


class _Trouble:
    """Turns SQLite's errors into words."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, _: object) -> None:
        if isinstance(error, (sqlite3.Error, OSError)):
            raise SearchIndexError(
                "the search index can't be used",
                where=str(self._path),
                why=str(error),
                hint="free some disk space or fix the file's permissions; the index is only a copy: you may delete "
                "it and run `tallywire index rebuild`",
            ) from error


_File = tuple[int, int]
"""What tells a file from another of its name: device and inode."""


@dataclass(frozen=True)
class _Opened:
    """A connection, and the file it was opened to."""

    connection: sqlite3.Connection
    file: _File | None


def _file(path: Path) -> _File | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def _connect(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    # One thread at a time uses it, but not always the same.
    connection = sqlite3.connect(path, timeout=_WAIT, check_same_thread=False)
    try:
        connection.row_factory = sqlite3.Row
        connection.create_function("joined", 1, joined, deterministic=True)
        write_ahead(connection, _WAIT)
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA temp_store=MEMORY")
        connection.execute(f"PRAGMA cache_size=-{_CACHE}")
        if _version(connection) != _SCHEMA_VERSION:
            _make(connection)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _make(connection: sqlite3.Connection) -> None:
    """Make the tables in place of those of another version, unless another process has done so meanwhile."""
    connection.execute("BEGIN IMMEDIATE")
    with connection:
        version = _version(connection)
        if version == _SCHEMA_VERSION:
            return
        if version == _SCHEMA_VERSION - 1:
            connection.execute("ALTER TABLE document ADD COLUMN topics TEXT NOT NULL DEFAULT '[]'")
            connection.execute(
                "UPDATE document SET topics = (SELECT json_group_array(topic) FROM document_topic"
                " WHERE document_topic.number = document.number)"
            )
            connection.execute(f"PRAGMA user_version = {_SCHEMA_VERSION}")
            return
        kept = connection.execute(
            "SELECT type, name FROM sqlite_master WHERE type IN ('table', 'view', 'trigger')"
            " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY sql NOT LIKE 'CREATE VIRTUAL%'"
        ).fetchall()
        for kind, name in kept:
            # What belongs to a virtual table goes with it.
            connection.execute(f'DROP {kind} IF EXISTS "{name}"')
        for statement in _TABLES.split(";"):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {_SCHEMA_VERSION}")


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _write(connection: sqlite3.Connection, batch: Batch) -> None:
    for document in batch.documents:
        if not isinstance(document, ArticleDocument):
            raise TypeError(f"the embedded index holds articles only, no {batch.kind}")
        held = connection.execute("SELECT number, version FROM document WHERE id = ?", (document.id,)).fetchone()
        if held is not None:
            if held["version"] >= document.version:
                continue
            _delete(connection, held["number"])
        _add(connection, document)
    connection.execute("INSERT INTO heard VALUES (?)", (batch.heard,))
    connection.execute("DELETE FROM heard WHERE version < (SELECT max(version) FROM heard)")


def _add(connection: sqlite3.Connection, document: ArticleDocument) -> None:
    number = connection.execute(
        "INSERT INTO document (id, version, outlet, language, story, copy_of, published, topics)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            document.id,
            document.version,
            document.outlet,
            document.language,
            document.story,
            document.copy_of,
            moment(document.published),
            json.dumps(document.topics),
        ),
    ).lastrowid
    connection.execute(
        "INSERT INTO content (number, title, text, body) VALUES (?, ?, ?, ?)",
        (number, document.title, document.text, document.model_dump_json()),
    )
    for table, parts in _indexed(document.title, document.text):
        connection.execute(f"INSERT INTO {table} (rowid, title, text) VALUES (?, ?, ?)", (number, *parts))  # noqa: S608
    connection.executemany(
        "INSERT OR IGNORE INTO document_topic (number, topic) VALUES (?, ?)",
        [(number, topic) for topic in document.topics],
    )


def _delete(connection: sqlite3.Connection, number: int) -> None:
    held = connection.execute("SELECT title, text FROM content WHERE number = ?", (number,)).fetchone()
    for table, parts in _indexed(*held):
        # FTS5 keeps no texts of its own here: it forgets a row by being told what it was.
        connection.execute(
            f"INSERT INTO {table} ({table}, rowid, title, text) VALUES ('delete', ?, ?, ?)",  # noqa: S608
            (number, *parts),
        )
    connection.execute("DELETE FROM document WHERE number = ?", (number,))


def _indexed(title: str, text: str) -> list[tuple[str, tuple[str, str]]]:
    """What goes into each full-text table for a document, if anything."""
    parts = {"words": (joined(title), joined(text)), "runs": (spelled(title), spelled(text))}
    return [(table, given) for table, given in parts.items() if any(given)]
