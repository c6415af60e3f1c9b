"""Visits: what is remembered of each page that was asked for, and which are to be visited again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Column, Connection, Named, Table, TypedColumns, delete, select

from pipeline.record.base import (
    Document,
    Moment,
    Words,
    batches,
    from_document,
    metadata,
    put_rows,
    to_document,
    url_key,
)
from schemas.visit import Visit

_OF_USE = timedelta(days=30)
"""How long a page is remembered that is not to be visited again: feeds announce nothing anew after so long."""


class _Visits(TypedColumns):
    url_key: Named[str] = Column(Words, primary_key=True)
    last: Named[datetime] = Column(Moment, nullable=False, index=True)
    next: Named[datetime | None] = Column(Moment, index=True)
    document: Named[str] = Column(Document, nullable=False)


visits = Table("visits", metadata, _Visits)


class Visits:
    """The visits as one transaction sees them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get_many(self, urls: Iterable[str]) -> dict[str, Visit]:
        """Those of ``urls`` that were asked for, by address."""
        found: dict[str, Visit] = {}
        for some in batches({url_key(url) for url in urls}):
            rows = self._connection.execute(
                select(visits.c.url_key, visits.c.document).where(visits.c.url_key.in_(some))
            )
            for row in rows:
                visit = from_document(Visit, row.document, f"visits of {row.url_key}")
                found[visit.url] = visit
        return found

    def get(self, url: str) -> Visit | None:
        return self.get_many([url]).get(url)

    def put(self, many: Iterable[Visit]) -> None:
        """Keep each of ``many``, in place of the one of that address."""
        for some in batches(many):
            rows = [
                {"url_key": url_key(one.url), "last": one.last, "next": one.next, "document": to_document(one)}
                for one in some
            ]
            put_rows(self._connection, visits, rows)

    def due(self, now: datetime, limit: int) -> list[Visit]:
        """At most ``limit`` pages to be visited at ``now``, those that wait longest first."""
        rows = self._connection.execute(
            select(visits.c.url_key, visits.c.document)
            .where(visits.c.next <= now)
            .order_by(visits.c.next, visits.c.url_key)
            .limit(limit)
        )
        return [from_document(Visit, row.document, f"visits of {row.url_key}") for row in rows]

    def ahead(self, moment: datetime) -> list[Visit]:
        """Pages that were last asked for only after ``moment``."""
        query = select(visits.c.url_key, visits.c.document).where(visits.c.last > moment).order_by(visits.c.url_key)
        rows = self._connection.execute(query)
        return [from_document(Visit, row.document, f"visits of {row.url_key}") for row in rows]

    def forget(self, now: datetime) -> None:
        """Let go of pages that are not to be visited again and that nobody asked for in a month."""
        self._connection.execute(delete(visits).where(visits.c.next.is_(None), visits.c.last < now - _OF_USE))
