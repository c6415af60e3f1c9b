"""A reader's query as SQL for the embedded index, and its answer as results."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pipeline.index.contract import COPIES_SHOWN, FACETS, MOST_COUNTED
from pipeline.index.cursors import Cursor, Key, no_cursor, read_cursor
from pipeline.index.excerpts import excerpt, find_runs, mark, read_marks
from pipeline.index.runs import spelled
from pipeline.index.words import TEXT_WEIGHT, TITLE_WEIGHT, Term, Words, joined, may_miss, understand
from schemas.search import ArticleDocument, Copy, Facet, Hit, Query, Results, Sort

_OPENS, _CLOSES = "\ue000", "\ue001"
"""Marks of a highlight on its way; reading removes these characters from every text."""

_MATCHED = """
    CREATE TEMP TABLE IF NOT EXISTS matched (
        number INTEGER PRIMARY KEY, score REAL NOT NULL,
        id TEXT, outlet TEXT, language TEXT, story TEXT, copy_of TEXT, published TEXT
    )
"""
"""What a search found, with all that is counted of it. Joins go out from it (CROSS JOIN), for SQLite knows nothing of
how little it may hold."""
_PICKED = "CREATE TEMP TABLE IF NOT EXISTS picked (number INTEGER PRIMARY KEY)"
"""What full text by itself can't tell or would tell slowly: which documents to weigh."""
_KEPT = "id, outlet, language, story, copy_of, published"
_AHEAD = 10
"""Pages of a search that are within what is weighed, however long they are."""
_RARE = 10_000
"""Words in fewer articles than this are rare: all of these may be looked at, whatever else is asked."""
_COLUMNS = {"topic": "topic", "outlet": "outlet", "language": "language", "story": "story"}


@dataclass
class _Plan:
    """A query as SQL: the tables that are asked, the conditions on them, and values for the conditions' parameters."""

    words: Words
    match: str = ""
    runs: str = ""
    required: tuple[str, ...] = ()
    simple: tuple[str, ...] = ()
    unwanted: tuple[str, ...] = ()
    """Phrases of the words that must be there, those of which `missing` may not be, and those that must not."""
    conditions: list[str] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)
    near: list[str] = field(default_factory=list)
    near_values: list[Any] = field(default_factory=list)
    """Conditions that follow from the others, and say between which numbers full text needs to look."""

    def add(self, condition: str, *values: Any) -> None:
        self.conditions.append(condition)
        self.values += values

    def among(self, column: str, wanted: Sequence[str]) -> None:
        if wanted:
            self.add(f"{column} IN ({', '.join('?' * len(wanted))})", *wanted)

    @property
    def ranked(self) -> bool:
        return bool(self.match or self.runs)

    @property
    def first(self) -> str:
        """The full-text table from which a search by words goes out."""
        return "words" if self.match else "runs"

    @property
    def missing(self) -> int:
        return may_miss(len(self.simple))

    def without(self, match: str) -> str:
        """The expression ``match``, but for what must not be there."""
        return f"({match}) NOT ({' OR '.join(self.unwanted)})" if self.unwanted else match


def search(connection: sqlite3.Connection, query: Query) -> Results:
    """What ``connection``'s index finds. Raises SearchIndexError where the cursor is none, sqlite3.Error otherwise."""
    cursor = read_cursor(query.after) if query.after is not None else None
    if cursor is not None:
        query = query.model_copy(update={"at": cursor.at})
    plan = _plan(query)
    by_score = plan.ranked and query.sort is Sort.RELEVANCE
    if cursor is not None and isinstance(cursor.last[0], str) is by_score:
        raise no_cursor(query.after or "")
    most = max(MOST_COUNTED, _AHEAD * query.limit) if plan.ranked else MOST_COUNTED
    with _snapshot(connection):
        _match(connection, plan, query, most + 1, by_score=by_score)
        total, copied = connection.execute("SELECT count(*), count(copy_of) FROM matched").fetchone()
        if plan.ranked and total > most:
            connection.execute("DELETE FROM matched WHERE number = (SELECT min(number) FROM matched)")
        rows = _page(connection, plan, query.limit + 1, cursor, by_score=by_score)
        shown = rows[: query.limit]
        marked = _marked(connection, plan, shown)
        return Results(
            total=min(total, most),
            more=total > most,
            copied=copied,
            hits=tuple(
                Hit(
                    document=_document(row),
                    score=row["score"],
                    highlights=_highlights(plan, row, marked.get(row["number"], ("", ""))),
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
    connection.execute(_PICKED)
    connection.execute("BEGIN")
    try:
        yield
    finally:
        connection.rollback()


def _plan(query: Query) -> _Plan:
    words = understand(query.text)
    required = tuple(_phrase(term) for term in words.wanted if not term.simple and not term.spaceless)
    simple = tuple(_phrase(term) for term in words.wanted if term.simple)
    either = (f"({' OR '.join(simple)})",) if may_miss(len(simple)) else simple
    plan = _Plan(
        words,
        match=" AND ".join([*required, *either]),
        runs=" AND ".join(_run(term) for term in words.wanted if term.spaceless),
        required=required,
        simple=simple,
    )
    unwanted = tuple(_phrase(term) for term in words.unwanted if not term.spaceless)
    if plan.match:
        plan.unwanted, unwanted = unwanted, ()
    for table, phrases in (
        ("words", unwanted),
        ("runs", [_run(term) for term in words.unwanted if term.spaceless]),
    ):
        if phrases:
            plan.add(
                f"document.number NOT IN (SELECT rowid FROM {table} WHERE {table} MATCH ?)",  # noqa: S608
                " OR ".join(phrases),
            )
    _filter(plan, query)
    return plan


def _filter(plan: _Plan, query: Query) -> None:
    plan.among("outlet", query.outlets)
    plan.among("language", query.languages)
    if query.stories:
        marks = ", ".join("?" * len(query.stories))
        plan.add(f"+document.number IN (SELECT number FROM document WHERE story IN ({marks}))", *query.stories)  # noqa: S608
    if query.topics:
        marks = ", ".join("?" * len(query.topics))
        plan.add(
            f"+document.number IN (SELECT number FROM document_topic WHERE topic IN ({marks}))",  # noqa: S608
            *query.topics,
        )
    elif not query.off_topic:
        plan.add("EXISTS (SELECT 1 FROM document_topic WHERE document_topic.number = document.number)")
    days = [("published >= ?", query.since), ("published < ?", query.until)]
    span = [(condition, moment(when)) for condition, when in days if when is not None]
    for condition, when in span:
        plan.add(condition, when)
    if span and plan.ranked:
        # Full text leaps over what lies outside of these numbers, which an index over the days gives.
        for side, low in ((">=", "min"), ("<=", "max")):
            within = " AND ".join(condition for condition, _ in span)
            of = f"(SELECT {low}(number) FROM document INDEXED BY document_published WHERE {within})"  # noqa: S608
            plan.near.append(f"{plan.first}.rowid {side} {of}")
            plan.near_values += [when for _, when in span]
    if not query.copies:
        plan.add("copy_of IS NULL")


def _match(connection: sqlite3.Connection, plan: _Plan, query: Query, most: int, *, by_score: bool) -> None:
    """Put the documents found into ``matched``, with how well they match: of more than ``most`` the latest.

    The latest to be indexed, where words narrow the search: full text walks through them in this order, and stops.
    """
    matches = {table: match for table, match in (("words", plan.match), ("runs", plan.runs)) if match}
    where, values = _of(matches)
    if plan.missing:
        _pick_enough(connection, plan, most)
    elif plan.unwanted:
        _pick(connection, plan, matches | {"words": plan.without(plan.match)}, most)
    if plan.missing or plan.unwanted:
        # Looked up by number: full text would begin anew with each of them.
        where += ["+words.rowid IN (SELECT number FROM picked)", "words.rowid >= (SELECT min(number) FROM picked)"]
    else:
        where, values = [*where, *plan.conditions, *plan.near], [*values, *plan.values, *plan.near_values]
    score = "0.0"
    if by_score:
        score = f"-bm25({plan.first}, {TITLE_WEIGHT}, {TEXT_WEIGHT})"
        if query.at is not None:
            score += " * freshness(published, ?)"
            values = [moment(query.at), *values]
    order = f"{plan.first}.rowid DESC" if plan.ranked else "published DESC, id"
    connection.execute(
        # In this order: full text finds the few, and the rest is looked up by number.
        f"INSERT INTO matched SELECT document.number, {score}, {_KEPT}"  # noqa: S608
        f" FROM {' CROSS JOIN '.join([*matches, 'document'])}"
        f" WHERE {' AND '.join(where) or '1'} ORDER BY {order} LIMIT ?",
        [*values, most],
    )


def _of(matches: Mapping[str, str]) -> tuple[list[str], list[Any]]:
    """That a document matches expressions, by their tables; and the values for it."""
    where = [condition for table in matches for condition in (f"{table} MATCH ?", f"document.number = {table}.rowid")]
    return where, list(matches.values())


def _pick(connection: sqlite3.Connection, plan: _Plan, matches: Mapping[str, str], most: int) -> None:
    """Put the latest documents that match, ``most`` of them, into ``picked``."""
    where, values = _of(matches)
    connection.execute(
        f"INSERT INTO picked SELECT document.number FROM {' CROSS JOIN '.join([*matches, 'document'])}"  # noqa: S608
        f" WHERE {' AND '.join([*where, *plan.conditions, *plan.near])} ORDER BY {plan.first}.rowid DESC LIMIT ?",
        [*values, *plan.values, *plan.near_values, most],
    )


def _pick_enough(connection: sqlite3.Connection, plan: _Plan, most: int) -> None:
    """Put the documents that have enough of the simple words into ``picked``: all of them, or ``most`` and more.

    Each word is looked up by itself, and where it was found is counted. Whoever has enough has one of the rarest
    words: if these are rare, only documents with them are counted; if not, the latest at first.
    """
    rows = {word: _count(connection, word) for word in plan.simple}
    rarest = sorted(plan.simple, key=lambda word: rows[word])[: plan.missing + 1]
    rare = sum(rows[word] for word in rarest) < _RARE
    narrow = [*plan.required, *([f"({' OR '.join(rarest)})"] if rare else [])]
    streams = [plan.without(" AND ".join([word, *narrow])) for word in plan.simple]
    each = " UNION ALL ".join(
        ["SELECT rowid AS number FROM words WHERE words MATCH ? AND rowid > ? AND rowid <= ?"] * len(streams)
    )
    having, of = f"SELECT number FROM ({each}) GROUP BY number HAVING count(*) >= ?", list(plan.conditions)  # noqa: S608
    values = list(plan.values)
    if plan.runs:
        of.append("document.number IN (SELECT rowid FROM runs WHERE runs MATCH ?)")
        values.append(plan.runs)
    last = connection.execute("SELECT max(number) FROM document").fetchone()[0] or 0
    size, found = last if rare else 2 * most, 0
    while last > 0 and found < most:
        bounds = [value for stream in streams for value in (stream, last - size, last)]
        found += connection.execute(
            f"INSERT INTO picked SELECT number FROM ({having}) CROSS JOIN document USING (number)"  # noqa: S608
            f" WHERE {' AND '.join(of) or '1'}",
            [*bounds, len(plan.simple) - plan.missing, *values],
        ).rowcount
        last, size = last - size, 2 * size


def _count(connection: sqlite3.Connection, phrase: str) -> int:
    """How many documents have a word, up to `_RARE`."""
    found = connection.execute(
        "SELECT count(*) FROM (SELECT 1 FROM words WHERE words MATCH ? LIMIT ?)", (phrase, _RARE)
    ).fetchone()
    return int(found[0])


def _page(
    connection: sqlite3.Connection, plan: _Plan, limit: int, cursor: Cursor | None, *, by_score: bool
) -> list[sqlite3.Row]:
    """A page of what was found; copies whose originals matched are left out, for they are told with these."""
    key = "score" if by_score else "published"
    source, conditions, values = "score FROM matched AS document", list[str](), list[Any]()
    if not plan.ranked and (cursor is not None or limit > MOST_COUNTED):
        # Beyond the latest: in the order of an index, whose first entries that fit are the page.
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


def _marked(connection: sqlite3.Connection, plan: _Plan, rows: Sequence[sqlite3.Row]) -> dict[int, tuple[str, str]]:
    """Titles and texts of documents by number, with the words found marked."""
    if not plan.match or not rows:
        return {}
    numbers = [row["number"] for row in rows]
    ask = "SELECT rowid, highlight(words, 0, ?, ?), highlight(words, 1, ?, ?) FROM words WHERE words MATCH ? AND "
    values = [_OPENS, _CLOSES, _OPENS, _CLOSES, plan.match]
    if any(term.prefix for term in plan.words.wanted):
        # All words that begin so are looked up at once, and not for each document anew.
        ask += f"rowid BETWEEN ? AND ? AND +rowid IN ({', '.join('?' * len(numbers))})"
        found = connection.execute(ask, [*values, min(numbers), max(numbers), *numbers]).fetchall()
    else:
        found = [connection.execute(ask + "rowid = ?", [*values, number]).fetchone() for number in numbers]
    return {row[0]: (row[1], row[2]) for row in found}


def _highlights(plan: _Plan, row: sqlite3.Row, marked: tuple[str, str]) -> tuple[str, ...]:
    """The title and the part of the text that hold words found; what holds none is left out."""
    if not plan.ranked:
        return ()
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
    source = "matched CROSS JOIN document_topic USING (number)" if name == "topic" else "matched"
    order = "value DESC" if name == "day" else "count DESC, value"
    rows = connection.execute(
        f"SELECT {column} AS value, count(*) AS count FROM {source}"  # noqa: S608
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
