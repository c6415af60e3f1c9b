"""The embedded index: SQLite FTS5 in a file of its own.

English words are reduced to their stems (Porter) and all words are compared without case and accents. Languages
written without spaces are searched by substring, since FTS5's tokeniser sees each of their sentences as one word.
"""

from __future__ import annotations

import base64
import json
import re
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipeline.errors import SearchIndexError
from pipeline.index.contract import (
    FACET_VALUES,
    FACETS,
    MARK_END,
    MARK_START,
    Batch,
    Settle,
    Term,
    ignore_refusals,
    understand,
)
from pipeline.sqlite import write_ahead
from schemas.search import ArticleDocument, Facet, Hit, IndexKind, Query, Results

_SCHEMA = """
CREATE TABLE IF NOT EXISTS document (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    version INTEGER NOT NULL,
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    outlet TEXT NOT NULL,
    language TEXT,
    story TEXT,
    outcome TEXT NOT NULL,
    copy_of TEXT,
    published TEXT NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS document_published ON document (published DESC, id);
CREATE INDEX IF NOT EXISTS document_story ON document (story);
CREATE TABLE IF NOT EXISTS document_topic (
    number INTEGER NOT NULL REFERENCES document (number) ON DELETE CASCADE,
    topic TEXT NOT NULL,
    PRIMARY KEY (topic, number)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS heard (version INTEGER NOT NULL);
CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5 (
    title, text, content='document', content_rowid='number', tokenize='porter unicode61 remove_diacritics 2'
);
CREATE TRIGGER IF NOT EXISTS document_added AFTER INSERT ON document BEGIN
    INSERT INTO words (rowid, title, text) VALUES (new.number, new.title, new.text);
END;
CREATE TRIGGER IF NOT EXISTS document_removed AFTER DELETE ON document BEGIN
    INSERT INTO words (words, rowid, title, text) VALUES ('delete', old.number, old.title, old.text);
END;
"""

_TITLE_WEIGHT, _TEXT_WEIGHT = 4.0, 1.0
_SPACELESS = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
_SNIPPET_WORDS = 24
_WAIT = 10.0


class SqliteIndex:
    """A `SearchIndex` in one SQLite file.

    Opening costs nothing; the file is made by `setup` or the first use. Raises SearchIndexError where the file can't
    be used.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._open: sqlite3.Connection | None = None

    def setup(self) -> None:
        self._connection()

    def close(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None

    @property
    def kinds(self) -> tuple[IndexKind, ...]:
        return (IndexKind.ARTICLES,)

    def owner(self) -> str | None:
        return None

    def own(self, owner: str) -> None:
        """The file lies in the home of its record; nobody else's documents come in."""

    def write(self, batch: Batch, settle: Settle = ignore_refusals) -> None:
        with self._trouble():
            connection = self._connection()
            with connection:
                _write(connection, batch)
                settle(batch, ())

    def heard(self, kind: IndexKind = IndexKind.ARTICLES) -> int:
        with self._trouble():
            row = self._connection().execute("SELECT max(version) FROM heard").fetchone()
        return int(row[0] or 0)

    def count(self, kind: IndexKind = IndexKind.ARTICLES) -> int:
        with self._trouble():
            return int(self._connection().execute("SELECT count(*) FROM document").fetchone()[0])

    def rebuild(self, kind: IndexKind, batches: Iterable[Batch], settle: Settle = ignore_refusals) -> int:
        beside = self._path.with_name(self._path.name + ".next")
        _remove(beside)
        with self._trouble():
            with closing(_connect(beside)) as connection:
                for batch in batches:
                    with connection:
                        _write(connection, batch)
                        settle(batch, ())
                connection.execute("INSERT INTO words (words) VALUES ('optimize')")
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
        plan = _plan(query)
        with self._trouble():
            connection = self._connection()
            total = int(connection.execute(f"SELECT count(*) {plan.source}", plan.values).fetchone()[0])
            page, page_values = plan.page(query)
            rows = connection.execute(page, page_values).fetchall()
            facets = {name: _facet(connection, plan, name) for name in FACETS} if query.after is None else {}
        more = len(rows) > query.limit
        rows = rows[: query.limit]
        hits = tuple(
            Hit(
                document=ArticleDocument.model_validate_json(row["body"]),
                score=-float(row["score"]) if plan.ranked else 0.0,
                highlights=_highlights(row, plan),
            )
            for row in rows
        )
        following = _cursor(rows[-1][plan.order_key], rows[-1]["id"]) if more else None
        return Results(total=total, hits=hits, facets=facets, next=following)

    def _connection(self) -> sqlite3.Connection:
        if self._open is None:
            with self._trouble():
                self._open = _connect(self._path)
        return self._open

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
                hint="free some disk space or repair the file's permissions; the index holds nothing of its own, "
                "so it may be deleted and made again with `tallywire index rebuild`",
            ) from error


def _connect(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path, timeout=_WAIT)
    try:
        connection.row_factory = sqlite3.Row
        write_ahead(connection, _WAIT)
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.executescript(_SCHEMA)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


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
            connection.execute("DELETE FROM document WHERE number = ?", (held["number"],))
        number = connection.execute(
            "INSERT INTO document"
            " (id, version, title, text, outlet, language, story, outcome, copy_of, published, body)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                document.id,
                document.version,
                document.title,
                document.text,
                document.outlet,
                document.language,
                document.story,
                document.outcome,
                document.copy_of,
                _moment(document.published),
                document.model_dump_json(),
            ),
        ).lastrowid
        connection.executemany(
            "INSERT OR IGNORE INTO document_topic (number, topic) VALUES (?, ?)",
            [(number, topic) for topic in document.topics],
        )
    connection.execute("INSERT INTO heard SELECT max(?, coalesce((SELECT max(version) FROM heard), 0))", (batch.heard,))
    connection.execute("DELETE FROM heard WHERE version < (SELECT max(version) FROM heard)")


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class _Plan:
    """A query as SQL: ``source`` is everything from FROM on, with ``values`` for its parameters."""

    def __init__(self, conditions: list[str], values: list[Any], match: str | None) -> None:
        self.ranked = match is not None
        self.order_key = "score" if self.ranked else "published"
        self.values: list[Any] = []
        joined = "FROM document"
        if match is not None:
            joined += " JOIN words ON words.rowid = document.number"
            conditions = ["words MATCH ?", *conditions]
            values = [match, *values]
        self.source = f"{joined} WHERE {' AND '.join(conditions) if conditions else '1'}"
        self.values = values

    def page(self, query: Query) -> tuple[str, list[Any]]:
        values = list(self.values)
        score = f"bm25(words, {_TITLE_WEIGHT}, {_TEXT_WEIGHT})" if self.ranked else "0.0"
        snippets = (
            f"snippet(words, 0, '{MARK_START}', '{MARK_END}', '…', {_SNIPPET_WORDS}) AS in_title,"
            f" snippet(words, 1, '{MARK_START}', '{MARK_END}', '…', {_SNIPPET_WORDS}) AS in_text"
            if self.ranked
            else "NULL AS in_title, NULL AS in_text"
        )
        inner = f"SELECT document.*, {score} AS score, {snippets} {self.source}"
        after = ""
        if query.after is not None:
            key, identity = _read_cursor(query.after)
            comparison = ">" if self.ranked else "<"
            after = f"WHERE {self.order_key} {comparison} ? OR ({self.order_key} = ? AND id > ?)"
            values += [key, key, identity]
        direction = "ASC" if self.ranked else "DESC"
        values.append(query.limit + 1)
        return f"SELECT * FROM ({inner}) {after} ORDER BY {self.order_key} {direction}, id LIMIT ?", values  # noqa: S608


def _plan(query: Query) -> _Plan:
    words = understand(query.text)
    conditions: list[str] = []
    values: list[Any] = []

    def among(column: str, wanted: tuple[str, ...]) -> None:
        if wanted:
            conditions.append(f"{column} IN ({', '.join('?' * len(wanted))})")
            values.extend(wanted)

    among("outlet", query.outlets)
    among("language", query.languages)
    if query.story is not None:
        conditions.append("story = ?")
        values.append(query.story)
    if query.topics:
        marks = ", ".join("?" * len(query.topics))
        conditions.append(f"number IN (SELECT number FROM document_topic WHERE topic IN ({marks}))")  # noqa: S608
        values.extend(query.topics)
    elif not query.off_topic:
        conditions.append("number IN (SELECT number FROM document_topic)")
    if query.since is not None:
        conditions.append("published >= ?")
        values.append(_moment(query.since))
    if query.until is not None:
        conditions.append("published < ?")
        values.append(_moment(query.until))
    if not query.copies:
        conditions.append("copy_of IS NULL")
    for term in words.terms:
        if _SPACELESS.search(term.words):
            found = "(document.title LIKE ? ESCAPE '\\' OR document.text LIKE ? ESCAPE '\\')"
            conditions.append(f"NOT {found}" if term.negated else found)
            values.extend([_like(term.words)] * 2)
    wanted = [_match(term) for term in words.wanted if not _SPACELESS.search(term.words)]
    unwanted = [_match(term) for term in words.unwanted if not _SPACELESS.search(term.words)]
    if unwanted:
        conditions.append("document.number NOT IN (SELECT rowid FROM words WHERE words MATCH ?)")
        values.append(" OR ".join(unwanted))
    return _Plan(conditions, values, " AND ".join(wanted) if wanted else None)


def _match(term: Term) -> str:
    return f'"{term.words}"' + (" *" if term.prefix else "")


def _like(words: str) -> str:
    escaped = re.sub(r"([\\%_])", r"\\\1", words)
    return f"%{escaped}%"


def _facet(connection: sqlite3.Connection, plan: _Plan, name: str) -> tuple[Facet, ...]:
    column = "substr(published, 1, 10)" if name == "day" else f"document.{name}"
    order = "value DESC" if name == "day" else "count DESC, value"
    rows = connection.execute(
        f"SELECT {column} AS value, count(*) AS count {plan.source} AND {column} IS NOT NULL"
        f" GROUP BY value ORDER BY {order} LIMIT {FACET_VALUES}",
        plan.values,
    ).fetchall()
    return tuple(Facet(value=row["value"], count=row["count"]) for row in rows)


def _highlights(row: sqlite3.Row, plan: _Plan) -> tuple[str, ...]:
    if not plan.ranked:
        return ()
    return tuple(part for part in (row["in_title"], row["in_text"]) if part and MARK_START in part)


def _cursor(key: float | str, identity: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([key, identity]).encode()).decode().rstrip("=")


def _read_cursor(cursor: str) -> tuple[float | str, str]:
    try:
        key, identity = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return key if isinstance(key, str) else float(key), str(identity)
    except (ValueError, TypeError) as error:
        raise SearchIndexError(
            "the page asked for can't be found",
            why=f"{cursor!r} is no cursor",
            hint="take `next` of the page before, unchanged",
        ) from error
