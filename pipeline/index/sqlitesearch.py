"""A reader's query as SQL for the embedded index, and its answer as results."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import combinations
from math import comb
from typing import Any

from pipeline.index.contract import COPIES_SHOWN, FACETS, MOST_COUNTED
from pipeline.index.cursors import Cursor, Key, no_cursor, read_cursor
from pipeline.index.excerpts import excerpt, find_runs, mark, read_marks
from pipeline.index.runs import spelled
from pipeline.index.words import TEXT_WEIGHT, TITLE_WEIGHT, Term, Words, joined, may_miss, understand
from schemas.search import ArticleDocument, Copy, Facet, Hit, Query, Results, Sort

_OPENS, _CLOSES = "\ue000", "\ue001"
"""Marks of a highlight on its way; reading removes these characters from every text."""

_MATCHED = "CREATE TEMP TABLE IF NOT EXISTS matched (number INTEGER PRIMARY KEY, score REAL NOT NULL)"
"""What a search found. Joins go out from it (CROSS JOIN), for SQLite knows nothing of how little it may hold."""
_MOST_CLAUSES = 60
"""Of an expression that says that enough words are there; of eight words, of which two may be missing, there are 56."""
_COLUMNS = {"topic": "topic", "outlet": "outlet", "language": "language", "story": "story"}


@dataclass
class _Plan:
    """A query as SQL: the tables that are asked, the conditions on them, and values for the conditions' parameters."""

    words: Words
    match: str = ""
    runs: str = ""
    conditions: list[str] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)

    def add(self, condition: str, *values: Any) -> None:
        self.conditions.append(condition)
        self.values += values

    def among(self, column: str, wanted: Sequence[str]) -> None:
        if wanted:
            self.add(f"{column} IN ({', '.join('?' * len(wanted))})", *wanted)

    @property
    def ranked(self) -> bool:
        return bool(self.match or self.runs)


def search(connection: sqlite3.Connection, query: Query) -> Results:
    """What ``connection``'s index finds. Raises SearchIndexError where the cursor is none, sqlite3.Error otherwise."""
    cursor = read_cursor(query.after) if query.after is not None else None
    if cursor is not None:
        query = query.model_copy(update={"at": cursor.at})
    plan = _plan(query)
    by_score = plan.ranked and query.sort is Sort.RELEVANCE
    if cursor is not None and isinstance(cursor.last[0], str) is by_score:
        raise no_cursor(query.after or "")
    with _snapshot(connection):
        _match(connection, plan, query, by_score=by_score)
        total, copied = connection.execute(
            "SELECT count(*), count(copy_of) FROM matched CROSS JOIN document USING (number)"
        ).fetchone()
        rows = _page(connection, plan, query.limit + 1, cursor, by_score=by_score)
        shown = rows[: query.limit]
        return Results(
            total=total if plan.ranked else min(total, MOST_COUNTED),
            more=not plan.ranked and total > MOST_COUNTED,
            copied=copied,
            hits=tuple(
                Hit(
                    document=_document(row),
                    score=row["score"],
                    highlights=_highlights(connection, plan, row),
                    copies=_copies(connection, row["id"]) if query.copies else (),
                )
                for row in shown
            ),
            facets={} if cursor else {name: _facet(connection, name, most) for name, most in FACETS.items()},
            remarks=plan.words.remarks,
            next=_following(shown[-1], query.at, by_score=by_score) if len(rows) > query.limit else None,
        )


def moment(when: datetime) -> str:
    """A time as the index keeps it: text that sorts by time and begins with the day."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@contextmanager
def _snapshot(connection: sqlite3.Connection) -> Iterator[None]:
    """All that is asked within sees the index at one moment; what was matched is forgotten afterwards."""
    connection.execute(_MATCHED)
    connection.execute("BEGIN")
    try:
        yield
    finally:
        connection.rollback()


def _plan(query: Query) -> _Plan:
    words = understand(query.text)
    required = [_phrase(term) for term in words.wanted if not term.simple and not term.spaceless]
    simple = [_phrase(term) for term in words.wanted if term.simple]
    missing = may_miss(len(simple))
    either = [f"({' OR '.join(simple)})"] if missing else simple
    plan = _Plan(
        words,
        match=" AND ".join([*required, *either]),
        runs=" AND ".join(_run(term) for term in words.wanted if term.spaceless),
    )
    if missing:
        _add_enough(plan, simple, missing)
    for table, unwanted in (
        ("words", [_phrase(term) for term in words.unwanted if not term.spaceless]),
        ("runs", [_run(term) for term in words.unwanted if term.spaceless]),
    ):
        if unwanted:
            plan.add(
                f"document.number NOT IN (SELECT rowid FROM {table} WHERE {table} MATCH ?)",  # noqa: S608
                " OR ".join(unwanted),
            )
    _filter(plan, query)
    return plan


def _add_enough(plan: _Plan, simple: Sequence[str], missing: int) -> None:
    """The condition that no more than ``missing`` of the words ``simple`` are missing."""
    if comb(len(simple), missing + 1) <= _MOST_CLAUSES:
        # Of any missing + 1 words one is there: FTS5 leaps from match to match of that.
        clauses = (f"({' OR '.join(some)})" for some in combinations(simple, missing + 1))
        plan.add("document.number IN (SELECT rowid FROM words WHERE words MATCH ?)", " AND ".join(clauses))
        return
    each = " UNION ALL ".join(["SELECT rowid AS number FROM words WHERE words MATCH ?"] * len(simple))
    plan.add(
        f"document.number IN (SELECT number FROM ({each}) GROUP BY number HAVING count(*) >= ?)",  # noqa: S608
        *simple,
        len(simple) - missing,
    )


def _filter(plan: _Plan, query: Query) -> None:
    plan.among("outlet", query.outlets)
    plan.among("language", query.languages)
    plan.among("story", query.stories)
    if query.topics:
        marks = ", ".join("?" * len(query.topics))
        plan.add(
            f"document.number IN (SELECT number FROM document_topic WHERE topic IN ({marks}))",  # noqa: S608
            *query.topics,
        )
    elif not query.off_topic:
        plan.add("EXISTS (SELECT 1 FROM document_topic WHERE document_topic.number = document.number)")
    if query.since is not None:
        plan.add("published >= ?", moment(query.since))
    if query.until is not None:
        plan.add("published < ?", moment(query.until))
    if not query.copies:
        plan.add("copy_of IS NULL")


def _match(connection: sqlite3.Connection, plan: _Plan, query: Query, *, by_score: bool) -> None:
    """Put the numbers of all documents found into ``matched``, with how well they match.

    Where no words narrow the search, the latest `MOST_COUNTED` do for counting.
    """
    matches = {table: match for table, match in (("words", plan.match), ("runs", plan.runs)) if match}
    conditions = [
        condition for table in matches for condition in (f"{table} MATCH ?", f"document.number = {table}.rowid")
    ]
    conditions += plan.conditions
    values = [*matches.values(), *plan.values]
    score = "0.0"
    if by_score:
        weigh = "words" if plan.match else "runs"
        score = f"-bm25({weigh}, {TITLE_WEIGHT}, {TEXT_WEIGHT})"
        if query.at is not None:
            score += " * freshness(published, ?)"
            values = [moment(query.at), *values]
    connection.execute(
        # In this order: full text finds the few, and the rest is looked up by number.
        f"INSERT INTO matched SELECT document.number, {score} FROM {' CROSS JOIN '.join([*matches, 'document'])}"  # noqa: S608
        f" WHERE {' AND '.join(conditions) or '1'}"
        + ("" if plan.ranked else f" ORDER BY published DESC, id LIMIT {MOST_COUNTED + 1}"),
        values,
    )


def _page(
    connection: sqlite3.Connection, plan: _Plan, limit: int, cursor: Cursor | None, *, by_score: bool
) -> list[sqlite3.Row]:
    """A page of what was found; copies whose originals matched are left out, for they are told with these."""
    key = "score" if by_score else "published"
    source, conditions, values = "score FROM matched CROSS JOIN document USING (number)", list[str](), list[Any]()
    if not plan.ranked:
        # In the order of an index, whose first entries that fit are the page.
        source, conditions, values = "0.0 AS score FROM document", list(plan.conditions), list(plan.values)
    conditions.append(
        "NOT EXISTS (SELECT 1 FROM document AS original JOIN matched AS too ON too.number = original.number"
        " WHERE original.id = document.copy_of)"
    )
    if cursor is not None:
        conditions.append(f"{key} <= ? AND ({key} < ? OR id > ?)")
        values += [cursor.last[0], cursor.last[0], cursor.last[1]]
    return connection.execute(
        # The texts are fetched for the page alone: sorted with them, all that matched would be read.
        "SELECT document.*, score, title, text, body FROM ("  # noqa: S608
        f"SELECT number, {source} WHERE {' AND '.join(conditions)} ORDER BY {key} DESC, id LIMIT ?"
        f") CROSS JOIN document USING (number) CROSS JOIN content USING (number) ORDER BY {key} DESC, id",
        [*values, limit],
    ).fetchall()


def _following(row: sqlite3.Row, at: datetime | None, *, by_score: bool) -> str:
    key: Key = row["score"] if by_score else row["published"]
    return str(Cursor((key, row["id"]), at))


def _highlights(connection: sqlite3.Connection, plan: _Plan, row: sqlite3.Row) -> tuple[str, ...]:
    """The title and the part of the text that hold words found; what holds none is left out."""
    if not plan.ranked:
        return ()
    marked = ("", "")
    if plan.match:
        marked = connection.execute(
            "SELECT highlight(words, 0, :opens, :closes), highlight(words, 1, :opens, :closes)"
            " FROM words WHERE words MATCH :match AND rowid = :number",
            {"opens": _OPENS, "closes": _CLOSES, "match": plan.match, "number": row["number"]},
        ).fetchone()
    runs = [term.words for term in plan.words.wanted if term.spaceless]
    in_title, in_text = (
        read_marks(one, _OPENS, _CLOSES) + find_runs(whole, runs)
        for one, whole in zip(marked, (row["title"], row["text"]), strict=True)
    )
    parts = (mark(row["title"], in_title) if in_title else "", excerpt(row["text"], in_text))
    return tuple(part for part in parts if part)


def _copies(connection: sqlite3.Connection, original: str) -> tuple[Copy, ...]:
    rows = connection.execute(
        "SELECT id, outlet, published, title, body FROM document JOIN content USING (number) WHERE copy_of = ?"
        " ORDER BY published, id LIMIT ?",
        (original, COPIES_SHOWN),
    )
    return tuple(copy_of(_document(row)) for row in rows)


def copy_of(document: ArticleDocument) -> Copy:
    """What is told of a copy under its original."""
    return Copy.model_validate(document.model_dump(include=set(Copy.model_fields)))


def _facet(connection: sqlite3.Connection, name: str, most: int) -> tuple[Facet, ...]:
    column = _COLUMNS.get(name, "substr(published, 1, 10)")
    table = "document_topic" if name == "topic" else "document"
    order = "value DESC" if name == "day" else "count DESC, value"
    rows = connection.execute(
        f"SELECT {column} AS value, count(*) AS count FROM matched CROSS JOIN {table} USING (number)"  # noqa: S608
        f" WHERE {column} IS NOT NULL GROUP BY value ORDER BY {order} LIMIT ?",
        (most,),
    )
    return tuple(Facet(value=row["value"], count=row["count"]) for row in rows)


def _document(row: sqlite3.Row) -> ArticleDocument:
    return ArticleDocument.model_validate_json(row["body"])


def _phrase(term: Term) -> str:
    words = joined(term.words).replace('"', " ")
    return f'"{words}"' + (" *" if term.prefix else "")


def _run(term: Term) -> str:
    return f'"{spelled(term.words)}"'
