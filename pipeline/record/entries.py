"""The inbox: entries from their arrival to the one outcome each of them has.

    waiting ──claim──▶ waiting, leased ──put_reading──▶ read ──end──▶ an outcome
       ▲                 │        └────────────────end────────────▶ an outcome
       └─retry, release, lease expired

A lease is a promise to be back by then; who dies breaks it, and the entry is free again without anyone's help. A
worker that comes back too late finds its entry moved on: what it says is refused (``False``), never a second outcome.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Index,
    Integer,
    Named,
    Row,
    Table,
    TypedColumns,
    Update,
    and_,
    bindparam,
    func,
    or_,
    select,
    update,
)

from pipeline.errors import RecordError
from pipeline.record.base import BATCH, Document, Moment, Words, batches, from_document, metadata, to_document
from pipeline.record.counters import Counter, Counters
from schemas.article import ReadEntry, Reading, TopicMatch
from schemas.base import Model
from schemas.feed import Entry, Outcome

WAITING = "waiting"
READ = "read"


class _Entries(TypedColumns):
    id: Named[str] = Column(Words, primary_key=True)
    seq: Named[int] = Column(BigInteger, nullable=False, unique=True)
    changed: Named[int] = Column(BigInteger, nullable=False, unique=True)
    feed: Named[str | None] = Column(Words)
    first_seen: Named[datetime] = Column(Moment, nullable=False)
    place: Named[datetime | None] = Column(Moment)
    status: Named[str] = Column(Words, nullable=False)
    attempts: Named[int] = Column(Integer, nullable=False)
    retry_at: Named[datetime | None] = Column(Moment)
    lease_owner: Named[str | None] = Column(Words, index=True)
    lease_until: Named[datetime | None] = Column(Moment)
    reason: Named[str] = Column(Words, nullable=False)
    ended: Named[datetime | None] = Column(Moment)
    article: Named[str | None] = Column(Words)
    document: Named[str] = Column(Document, nullable=False)
    reading: Named[str | None] = Column(Document)


entries = Table(
    "entries",
    metadata,
    _Entries,
    Index(None, "status", "seq"),
    Index(None, "status", "place", "seq"),
    Index(None, "feed", "status"),
    Index(None, "first_seen", "status"),
    Index(None, "feed", "first_seen"),
)

_ENTRY = (
    entries.c.id,
    entries.c.seq,
    entries.c.changed,
    entries.c.status,
    entries.c.attempts,
    entries.c.retry_at,
    entries.c.reason,
    entries.c.ended,
    entries.c.article,
    entries.c.document,
)


_ORDER = (entries.c.place, entries.c.seq)
_INSERT = entries.insert()


class _Read(Model):
    """What was read of an entry, without the entry itself."""

    reading: Reading
    matches: tuple[TopicMatch, ...] = ()
    archived: str | None = None


class Entries:
    """The inbox as one transaction sees it."""

    def __init__(self, connection: Connection, counters: Counters) -> None:
        self._connection = connection
        self._counters = counters

    def add(self, arrived: Iterable[Entry]) -> int:
        """Put the new ones of ``arrived`` into the inbox, in their order; how many were new.

        An entry whose id is known is left as it is, whatever became of it. An entry may come with an outcome (one
        that is known already ends where it begins).
        """
        new = 0
        for some in batches(arrived):
            # Whoever else adds entries is kept out from here on, so that what is unknown now stays so.
            self._counters.hold(Counter.ENTRY)
            known = self.known(entry.id for entry in some)
            fresh: dict[str, Entry] = {}
            for entry in some:
                if entry.id not in known:
                    fresh.setdefault(entry.id, entry)
            if not fresh:
                continue
            numbers = self._counters.take(Counter.ENTRY, len(fresh))
            versions = self._counters.take(Counter.ENTRY_CHANGED, len(fresh))
            rows = [
                {
                    "id": entry.id,
                    "seq": seq,
                    "changed": changed,
                    "feed": entry.feed,
                    "first_seen": entry.first_seen,
                    "place": entry.place or entry.first_seen,
                    "status": WAITING if entry.outcome is None else entry.outcome.value,
                    "attempts": entry.attempts,
                    "retry_at": entry.retry_at,
                    "lease_owner": None,
                    "lease_until": None,
                    "reason": entry.reason,
                    "ended": entry.ended,
                    "article": entry.article,
                    "document": to_document(entry),
                    "reading": None,
                }
                for entry, seq, changed in zip(fresh.values(), numbers, versions, strict=True)
            ]
            self._connection.execute(_INSERT, rows)
            new += len(fresh)
        return new

    def known(self, ids: Iterable[str]) -> set[str]:
        """Those of ``ids`` that ever came in."""
        found: set[str] = set()
        for some in batches(ids):
            found.update(self._connection.execute(select(entries.c.id).where(entries.c.id.in_(some))).scalars())
        return found

    def due(self, now: datetime, limit: int) -> list[Entry]:
        """At most ``limit`` entries that `claim` would find at ``now``, in their order. Nothing is claimed."""
        rows = self._connection.execute(select(*_ENTRY).where(*_due(now), _free(now)).order_by(*_ORDER).limit(limit))
        return list(map(_entry, rows))

    def claim(
        self, now: datetime, limit: int, lease: timedelta, owner: str, *, among: Sequence[str] | None = None
    ) -> list[Entry]:
        """At most ``limit`` waiting entries, in the order of their places, leased to ``owner`` until ``now + lease``.

        Entries whose retry is not due, or which are held, are passed over. With ``among`` only those ids are claimed,
        those too that ``owner`` holds already: it is back from the dead. ``attempts`` counts this claim, so that an
        entry which kills whoever reads it is noticed.
        """
        rows: list[Row[*tuple[Any, ...]]] = []
        query = select(*_ENTRY).where(*_due(now)).order_by(*_ORDER).with_for_update(skip_locked=True)
        if among is None:
            rows += self._connection.execute(query.where(_free(now)).limit(limit))
        else:
            query = query.where(or_(_free(now), entries.c.lease_owner == owner))
            for named in batches(among):
                rows += self._connection.execute(query.where(entries.c.id.in_(named)).limit(limit - len(rows)))
        for some in batches(rows):
            self._connection.execute(
                update(entries)
                .where(entries.c.id.in_([row.id for row in some]))
                .values(lease_owner=owner, lease_until=now + lease, attempts=entries.c.attempts + 1)
            )
        return [_entry(row).model_copy(update={"attempts": row.attempts + 1}) for row in rows]

    def release(self, owner: str | None) -> int:
        """Give back, untried, what ``owner`` (anyone, if None) claimed and has not finished; how many entries.

        None is for who knows that nobody else is at work, and that every lease is a dead process's.
        """
        held = entries.c.lease_owner.is_not(None) if owner is None else entries.c.lease_owner == owner
        return self._connection.execute(
            update(entries)
            .where(held, entries.c.status == WAITING)
            .values(lease_owner=None, lease_until=None, attempts=entries.c.attempts - 1)
        ).rowcount

    def bring_forward(self, now: datetime, *, retry_by: datetime, lease_by: datetime) -> int:
        """Let waiting entries be tried ``now`` whose next try lies after ``retry_by``, or whose lease ends after
        ``lease_by``: a clock was wrong. How many they are."""
        late = update(entries).where(entries.c.status == WAITING, entries.c.retry_at > retry_by).values(retry_at=now)
        held = update(entries).where(entries.c.status == WAITING, entries.c.lease_until > lease_by)
        free = held.values(lease_owner=None, lease_until=None)
        return self._connection.execute(late).rowcount + self._connection.execute(free).rowcount

    def bring_back(self, now: datetime, latest: datetime) -> int:
        """Let entries have come in, and ended, ``now`` that are said to have done so after ``latest``: a clock was
        wrong. What was read of one then is brought back with it. How many they are."""
        ahead = or_(entries.c.first_seen > latest, entries.c.place > latest, entries.c.ended > latest)
        rows = self._connection.execute(select(*_ENTRY, entries.c.reading).where(ahead)).all()
        for row in rows:
            entry = _entry(row)
            seen, place = min(entry.first_seen, now), min(entry.place, now) if entry.place else None
            brought = entry.model_copy(update={"first_seen": seen, "place": place})
            ended = min(row.ended, now) if row.ended else None
            values = {"first_seen": seen, "place": place or seen, "ended": ended, "document": to_document(brought)}
            if row.reading is not None:
                read = from_document(_Read, row.reading, f"reading of entry {row.id}")
                dated = read.reading.model_copy(update={"published": min(read.reading.published, now)})
                values["reading"] = to_document(read.model_copy(update={"reading": dated}))
            values["changed"] = self._counters.next(Counter.ENTRY_CHANGED)
            self._connection.execute(update(entries).where(entries.c.id == row.id).values(values))
        return len(rows)

    def put_reading(self, entry_id: str, read: ReadEntry, *, owner: str | None = None) -> bool:
        """The entry was read and waits for the judge.

        ``False``, and nothing changes, if it no longer waits to be read or, where ``owner`` is given, another holds it.
        """
        document = to_document(_Read(reading=read.reading, matches=read.matches, archived=read.archived))
        return self._move(entry_id, (WAITING,), owner, status=READ, reading=document, retry_at=None, reason="")

    def retry(
        self, entry_id: str, at: datetime, reason: str, *, owner: str | None = None, attempts: int | None = None
    ) -> bool:
        """Reading failed for ``reason``; the entry waits until ``at``. ``False`` as in `put_reading`.

        ``attempts`` is how many of its claims count as tries; all of them, if None.
        """
        counted = {} if attempts is None else {"attempts": attempts}
        return self._move(entry_id, (WAITING,), owner, retry_at=at, reason=reason, **counted)

    def end(
        self,
        entry_id: str,
        outcome: Outcome,
        reason: str,
        now: datetime,
        article: str | None = None,
        *,
        owner: str | None = None,
    ) -> bool:
        """The entry's one outcome. ``False``, and nothing changes, if it has one already or another holds it."""
        return self._move(
            entry_id,
            (WAITING, READ),
            owner,
            status=outcome.value,
            reason=reason,
            ended=now,
            article=article,
            retry_at=None,
            reading=None,
        )

    def unjudged(self, limit: int, *, among: Sequence[str] | None = None) -> list[ReadEntry]:
        """At most ``limit`` entries (``among``: of those ids only) that were read and not judged, in their order."""
        query = select(*_ENTRY, entries.c.reading).where(entries.c.status == READ).order_by(*_ORDER).limit(limit)
        if among is not None:
            query = query.where(entries.c.id.in_(among))
        return [_read_entry(row) for row in self._connection.execute(query)]

    def turn(self, limit: int, now: datetime, *, patience: timedelta | None = None) -> list[str]:
        """The ids of the ``limit`` entries to be judged together next, in order; none while others must come first.

        They are the first that were read, once nothing before them still waits to be; fewer only where nothing waits at
        all. So what is judged together, and in which order, is the same however reading was cut up or broken off. What
        came in longer than ``patience`` ago is not waited for (by default everything that is due is), nor what is due
        for another try later.
        """
        waiting = select(entries.c.place, entries.c.seq).where(*_due(now)).order_by(*_ORDER).limit(1)
        if patience is not None:
            waiting = waiting.where(entries.c.first_seen > now - patience)
        ready = select(entries.c.id).where(entries.c.status == READ).order_by(*_ORDER).limit(limit)
        first = self._connection.execute(waiting).first()
        if first is None:
            return list(self._connection.execute(ready).scalars())
        before = or_(entries.c.place < first.place, and_(entries.c.place == first.place, entries.c.seq < first.seq))
        ids = list(self._connection.execute(ready.where(before)).scalars())
        return ids if len(ids) == limit else []

    def get(self, id: str) -> Entry | None:
        row = self._connection.execute(select(*_ENTRY).where(entries.c.id == id)).first()
        return None if row is None else _entry(row)

    def get_many(self, ids: Iterable[str]) -> dict[str, Entry]:
        """Those of ``ids`` that are there, by id."""
        found: dict[str, Entry] = {}
        for some in batches(ids):
            rows = self._connection.execute(select(*_ENTRY).where(entries.c.id.in_(some)))
            found.update((row.id, _entry(row)) for row in rows)
        return found

    def find(
        self,
        outcome: Outcome | None = None,
        feed: str | None = None,
        since: datetime | None = None,
        limit: int | None = None,
    ) -> Iterator[Entry]:
        """Entries in order of arrival; ``since`` is when they were first seen."""
        conditions: list[ColumnElement[bool]] = []
        if outcome is not None:
            conditions.append(entries.c.status == outcome.value)
        if feed is not None:
            conditions.append(entries.c.feed == feed)
        if since is not None:
            conditions.append(entries.c.first_seen >= since)
        after, left = 0, limit
        while left is None or left > 0:
            size = BATCH if left is None else min(BATCH, left)
            rows = self._connection.execute(
                select(*_ENTRY).where(entries.c.seq > after, *conditions).order_by(entries.c.seq).limit(size)
            ).all()
            yield from map(_entry, rows)
            if len(rows) < size:
                return
            after = rows[-1].seq
            left = None if left is None else left - size

    def ended_since(self, version: int, before: datetime) -> list[Entry]:
        """The entries first seen ``before`` a moment that ended after ``version``, in the order in which they did."""
        rows = self._connection.execute(
            select(*_ENTRY)
            .where(entries.c.changed > version, entries.c.first_seen < before, entries.c.ended.is_not(None))
            .order_by(entries.c.changed)
        )
        return list(map(_entry, rows))

    def version(self) -> int:
        """The version that entries have reached; none changes any more until the transaction ends."""
        return self._counters.reached(Counter.ENTRY_CHANGED)

    def counts(self) -> dict[str, int]:
        """How many entries wait, are read, and ended in each outcome; every key is there."""
        return _complete(self._connection.execute(select(entries.c.status, func.count()).group_by(entries.c.status)))

    def counts_by_feed(self, among: Iterable[str] | None = None) -> dict[str, dict[str, int]]:
        """`counts` for each feed that ever brought an entry, by its id; for those ``among`` these alone, if given."""
        query = (
            select(entries.c.feed, entries.c.status, func.count())
            .where(entries.c.feed.is_not(None))
            .group_by(entries.c.feed, entries.c.status)
            .order_by(entries.c.feed)
        )
        by_feed: dict[str, list[tuple[str, int]]] = {}
        for some in [None] if among is None else batches(among):
            rows = self._connection.execute(query if some is None else query.where(entries.c.feed.in_(some)))
            for feed, status, count in rows:
                by_feed.setdefault(str(feed), []).append((status, count))
        return {feed: _complete(counted) for feed, counted in by_feed.items()}

    def changed_since(self, version: int, limit: int) -> list[tuple[int, Entry]]:
        """At most ``limit`` entries that changed after ``version``, each with the version it is at, in that order.

        A claim is no change.
        """
        rows = self._connection.execute(
            select(*_ENTRY).where(entries.c.changed > version).order_by(entries.c.changed).limit(limit)
        )
        return [(row.changed, _entry(row)) for row in rows]

    def _move(self, id: str, statuses: tuple[str, ...], owner: str | None, **values: Any) -> bool:
        values |= {"changed": self._counters.next(Counter.ENTRY_CHANGED), "lease_owner": None, "lease_until": None}
        statement = _moving(statuses, tuple(values), owned=owner is not None)
        given = {f"new_{name}": value for name, value in values.items()} | {"moved": id, "owner": owner}
        moved = self._connection.execute(statement, given).rowcount
        if not moved and not self.known([id]):
            raise RecordError("there is no such entry", where=f"entry {id}")
        return moved > 0


def _due(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return entries.c.status == WAITING, or_(entries.c.retry_at.is_(None), entries.c.retry_at <= now)


def _free(now: datetime) -> ColumnElement[bool]:
    return or_(entries.c.lease_until.is_(None), entries.c.lease_until <= now)


@cache
def _moving(statuses: tuple[str, ...], names: tuple[str, ...], *, owned: bool) -> Update:
    condition = and_(entries.c.id == bindparam("moved"), or_(*(entries.c.status == status for status in statuses)))
    if owned:
        condition = and_(condition, entries.c.lease_owner == bindparam("owner"))
    return update(entries).where(condition).values({name: bindparam(f"new_{name}") for name in names})


def _entry(row: Row[*tuple[Any, ...]]) -> Entry:
    entry = from_document(Entry, row.document, f"entry {row.id}")
    return entry.model_copy(
        update={
            "seq": row.seq,
            "attempts": row.attempts,
            "retry_at": row.retry_at,
            "outcome": None if row.status in (WAITING, READ) else Outcome(row.status),
            "reason": row.reason,
            "ended": row.ended,
            "article": row.article,
        }
    )


def _read_entry(row: Row[*tuple[Any, ...]]) -> ReadEntry:
    read = from_document(_Read, row.reading, f"reading of entry {row.id}")
    return ReadEntry(entry=_entry(row), reading=read.reading, matches=read.matches, archived=read.archived)


def _complete(counted: Iterable[Any]) -> dict[str, int]:
    counts = dict.fromkeys((WAITING, READ, *(outcome.value for outcome in Outcome)), 0)
    for status, count in counted:
        counts[status] = count
    return counts
