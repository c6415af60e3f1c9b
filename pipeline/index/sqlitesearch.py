"""A reader's query as SQL for the embedded index, and its answer as results."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from heapq import nlargest
from itertools import chain, islice
from typing import Any

from pipeline.index.contract import COPIES_SHOWN, FACETS, MOST_COUNTED
from pipeline.index.cursors import Cursor, Key, no_cursor, read_cursor
from pipeline.index.excerpts import excerpt, find_runs, mark, read_marks
from pipeline.index.runs import spelled
from pipeline.index.words import TEXT_WEIGHT, TITLE_WEIGHT, Term, Words, freshness, joined, may_miss, understand
from schemas.search import ArticleDocument, Copy, Facet, Hit, Query, Results, Sort

_OPENS, _CLOSES = "\ue000", "\ue001"
"""Marks of a highlight on its way; reading removes these characters from every text."""

_PICKED = "CREATE TEMP TABLE IF NOT EXISTS picked (number INTEGER PRIMARY KEY)"
"""What full text by itself can't tell or would tell slowly: which documents to weigh."""
_KEPT = "id, topics, outlet, language, story, copy_of, published"
_EPOCH_DAY = 2_440_587.5
"""The moment at which Unix time begins, in Julian days."""
_AHEAD = 10
"""Pages of a search that are within what is weighed, however long they are."""
_RARE = 10_000
"""Words in fewer articles than this are rare: all of these may be looked at, whatever else is asked."""


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
        return f"({match}) NOT {_any_of(self.unwanted)}" if self.unwanted else match


@dataclass(frozen=True)
class _Matched:
    """What a search found, a column each. It is sorted and counted here, which is far quicker than in SQL."""

    numbers: Sequence[int]
    ids: Sequence[str]
    keys: Sequence[Any]
    """What each is ordered by: its score, or when it was published."""
    topics: Sequence[str]
    """Those of each as a list in JSON."""
    outlets: Sequence[str]
    languages: Sequence[str | None]
    stories: Sequence[str | None]
    copies: Sequence[str | None]
    published: Sequence[str]

    def first(self, limit: int, cursor: Cursor | None) -> list[int]:
        """The places of the first ``limit`` after the cursor; copies whose originals matched are told with these."""
        known, keys, ids = set(self.ids), self.keys, self.ids
        places = [place for place, original in enumerate(self.copies) if original not in known]
        if cursor is not None:
            key: Any = cursor.last[0]
            id: Any = cursor.last[1]
            places = [n for n in places if keys[n] < key or (keys[n] == key and ids[n] > id)]
        if len(places) > limit:
            # Few of them are shown: only these and their equals are put in order.
            least = nlargest(limit, [keys[n] for n in places])[-1]
            places = [n for n in places if keys[n] >= least]
        places.sort(key=ids.__getitem__)
        places.sort(key=keys.__getitem__, reverse=True)
        return places[:limit]


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
        matched, more = _match(connection, plan, query, most, by_score=by_score)
        if not plan.ranked and (cursor is not None or (more and query.limit >= most)):
            rows = _beyond(connection, plan, query.limit + 1, cursor, matched)
        else:
            rows = _page(connection, matched, query.limit + 1, cursor)
        shown = rows[: query.limit]
        return Results(
            total=len(matched.ids),
            more=more,
            copied=sum(original is not None for original in matched.copies),
            hits=_hits(connection, plan, shown, copies=query.copies),
            facets={} if cursor else _facets(matched),
            remarks=plan.words.remarks,
            next=str(Cursor((shown[-1][1], shown[-1][0]["id"]), query.at)) if len(rows) > query.limit else None,
        )


def moment(when: datetime) -> str:
    """A time as the index keeps it: text that sorts by time and begins with the day."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@contextmanager
def _snapshot(connection: sqlite3.Connection) -> Iterator[None]:
    """All that is asked within sees the index at one moment; what was picked is forgotten afterwards."""
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
    either = (_any_of(simple),) if may_miss(len(simple)) else simple
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
        plan.add("topics <> '[]'")
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


def _match(
    connection: sqlite3.Connection, plan: _Plan, query: Query, most: int, *, by_score: bool
) -> tuple[_Matched, bool]:
    """The documents found, of more than ``most`` the latest; and whether there are more.

    The latest to be indexed, where words narrow the search: full text walks through them in this order, and stops.
    """
    matches = {table: match for table, match in (("words", plan.match), ("runs", plan.runs)) if match}
    if plan.missing:
        rarest = _pick_enough(connection, plan, most + 1)
        # Who has enough has one of the rarest and one of the others; full text need not look at what has others alone.
        either = [_any_of(rarest), _any_of([word for word in plan.simple if word not in rarest])]
        matches["words"] = " AND ".join([*plan.required, *either])
    elif plan.unwanted:
        _pick(connection, plan, matches | {"words": plan.without(plan.match)}, most + 1)
    where, values = _of(matches)
    if plan.missing or plan.unwanted:
        # Looked up by number: full text would begin anew with each of them.
        where += ["+words.rowid IN (SELECT number FROM picked)", "words.rowid >= (SELECT min(number) FROM picked)"]
    else:
        where, values = [*where, *plan.conditions, *plan.near], [*values, *plan.values, *plan.near_values]
    score = f"-bm25({plan.first}, {TITLE_WEIGHT}, {TEXT_WEIGHT}), julianday(published)" if by_score else "0, 0"
    order = f"{plan.first}.rowid DESC" if plan.ranked else "published DESC, id"
    rows = (
        _plain(connection)
        .execute(
            # In this order: full text finds the few, and the rest is looked up by number.
            f"SELECT document.number, {score}, {_KEPT}"  # noqa: S608
            f" FROM {' CROSS JOIN '.join([*matches, 'document'])}"
            f" WHERE {' AND '.join(where) or '1'} ORDER BY {order} LIMIT ?",
            [*values, most + 1],
        )
        .fetchall()
    )
    return _matched(rows[:most], query.at, by_score=by_score), len(rows) > most


def _matched(rows: Sequence[tuple[Any, ...]], at: datetime | None, *, by_score: bool) -> _Matched:
    columns = list(zip(*rows, strict=True)) if rows else [()] * 10
    numbers, scores, days, ids, topics, outlets, languages, stories, copies, published = columns
    keys: Sequence[Any] = scores if by_score else published
    if by_score and at is not None:
        now = at.timestamp() / 86_400 + _EPOCH_DAY
        keys = [score * freshness(now - day) for score, day in zip(scores, days, strict=True)]
    return _Matched(numbers, ids, keys, topics, outlets, languages, stories, copies, published)


def _plain(connection: sqlite3.Connection) -> sqlite3.Cursor:
    """What gives rows as tuples, of which thousands are made sooner."""
    cursor = connection.cursor()
    cursor.row_factory = None
    return cursor


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


def _pick_enough(connection: sqlite3.Connection, plan: _Plan, most: int) -> Sequence[str]:
    """Put the documents that have enough of the simple words into ``picked``: all of them, or ``most`` and more.

    Gives the rarest words, one of which each has.

    Each word is looked up by itself, and where it was found is counted. Whoever has enough has one of the rarest
    words: if these are rare, only documents with them are counted; if not, the latest at first.
    """
    rows = {word: _count(connection, word) for word in plan.simple}
    rarest = sorted(plan.simple, key=lambda word: rows[word])[: plan.missing + 1]
    rare = sum(rows[word] for word in rarest) < _RARE
    streams = [
        plan.without(" AND ".join([word, *plan.required, *([_any_of(rarest)] if rare and word not in rarest else [])]))
        for word in plan.simple
    ]
    of, values = list(plan.conditions), list(plan.values)
    if plan.runs:
        of.append("document.number IN (SELECT rowid FROM runs WHERE runs MATCH ?)")
        values.append(plan.runs)
    last = connection.execute("SELECT max(number) FROM document").fetchone()[0] or 0
    size, found, asked = last if rare else 2 * most, 0, _plain(connection)
    while last > 0 and found < most:
        counts: Counter[int] = Counter()
        for stream in streams:
            with_it = asked.execute(
                "SELECT rowid FROM words WHERE words MATCH ? AND rowid > ? AND rowid <= ?", (stream, last - size, last)
            )
            counts.update(chain.from_iterable(with_it))
        enough = [number for number, count in counts.items() if count >= len(plan.simple) - plan.missing]
        found += connection.execute(
            "INSERT INTO picked SELECT document.number FROM json_each(?) AS counted"  # noqa: S608
            " CROSS JOIN document ON document.number = counted.value"
            f" WHERE {' AND '.join(of) or '1'}",
            [json.dumps(enough), *values],
        ).rowcount
        last, size = last - size, 2 * size
    return rarest


def _count(connection: sqlite3.Connection, phrase: str) -> int:
    """How many documents have a word, up to `_RARE`."""
    found = connection.execute(
        "SELECT count(*) FROM (SELECT 1 FROM words WHERE words MATCH ? LIMIT ?)", (phrase, _RARE)
    ).fetchone()
    return int(found[0])


_Row = tuple[sqlite3.Row, Key]
"""A document with its texts, and what it is ordered by."""


def _page(connection: sqlite3.Connection, matched: _Matched, limit: int, cursor: Cursor | None) -> list[_Row]:
    """A page of what was found. Texts are read for the page alone."""
    places = matched.first(limit, cursor)
    numbers = [matched.numbers[place] for place in places]
    rows = connection.execute(
        "SELECT document.number, document.id, title, text, body FROM document CROSS JOIN content USING (number)"  # noqa: S608
        f" WHERE number IN ({', '.join('?' * len(numbers))})",
        numbers,
    )
    known = {row["number"]: row for row in rows}
    return [(known[matched.numbers[place]], matched.keys[place]) for place in places]


def _beyond(
    connection: sqlite3.Connection, plan: _Plan, limit: int, cursor: Cursor | None, matched: _Matched
) -> list[_Row]:
    """A page beyond the latest: in the order of an index, whose first entries that fit are the page."""
    conditions, values = list(plan.conditions), list(plan.values)
    if cursor is not None:
        conditions.append("published <= ? AND (published < ? OR id > ?)")
        values += [cursor.last[0], cursor.last[0], cursor.last[1]]
    known = set(matched.ids)
    rows = connection.execute(
        "SELECT document.number, document.id, copy_of, published, title, text, body"  # noqa: S608
        " FROM document CROSS JOIN content USING (number)"
        f" WHERE {' AND '.join(conditions) or '1'} ORDER BY published DESC, id",
        values,
    )
    return list(islice(((row, row["published"]) for row in rows if row["copy_of"] not in known), limit))


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


def _hits(connection: sqlite3.Connection, plan: _Plan, rows: Sequence[_Row], *, copies: bool) -> tuple[Hit, ...]:
    marked = _marked(connection, plan, [row for row, _ in rows])
    return tuple(
        Hit(
            document=_document(row),
            score=0.0 if isinstance(key, str) else key,
            highlights=_highlights(plan, row, marked.get(row["number"], ("", ""))),
            copies=_copies(connection, row["id"]) if copies else (),
        )
        for row, key in rows
    )


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


def _facets(matched: _Matched) -> dict[str, tuple[Facet, ...]]:
    counts: dict[str, Mapping[str | None, int]] = {
        "topic": _topics(matched.topics),
        "outlet": Counter(matched.outlets),
        "language": Counter(matched.languages),
        "story": Counter(matched.stories),
        "day": Counter([published[:10] for published in matched.published]),
    }
    return {name: _facet(counts[name], most, latest=name == "day") for name, most in FACETS.items()}


def _facet(counts: Mapping[str | None, int], most: int, *, latest: bool) -> tuple[Facet, ...]:
    """The ``most`` frequent values, or the latest."""
    values = sorted(value for value in counts if value is not None)
    if latest:
        values.reverse()
    else:
        values.sort(key=counts.__getitem__, reverse=True)
    return tuple(Facet(value=value, count=counts[value]) for value in values[:most])


def _topics(lists: Sequence[str]) -> Mapping[str | None, int]:
    counts: Counter[str | None] = Counter()
    for topics, count in Counter(lists).items():
        counts.update(dict.fromkeys(json.loads(topics), count))
    return counts


def _document(row: sqlite3.Row) -> ArticleDocument:
    return ArticleDocument.model_validate_json(row["body"])


def _any_of(phrases: Sequence[str]) -> str:
    return f"({' OR '.join(phrases)})"


def _phrase(term: Term) -> str:
    words = joined(term.words).replace('"', " ")
    return f'"{words}"' + (" *" if term.prefix else "")


def _run(term: Term) -> str:
    return f'"{spelled(term.words)}"'
