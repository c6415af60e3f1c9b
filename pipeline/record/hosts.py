"""Hosts: how each wants to be visited, and what its robots.txt said."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Column, Connection, Named, Table, TypedColumns, delete, select

from pipeline.record.base import Document, Moment, Words, from_document, metadata, put_rows, to_document
from schemas.host import HostState, RobotsKept

_OF_USE = timedelta(days=40)
"""How long what a host said is kept after it ceased to count; its troubles count for thirty days."""


class _Hosts(TypedColumns):
    host: Named[str] = Column(Words, primary_key=True)
    seen: Named[datetime] = Column(Moment, nullable=False, index=True)
    document: Named[str] = Column(Document, nullable=False)


class _Robots(TypedColumns):
    origin: Named[str] = Column(Words, primary_key=True)
    until: Named[datetime] = Column(Moment, nullable=False, index=True)
    document: Named[str] = Column(Document, nullable=False)


hosts = Table("hosts", metadata, _Hosts)
robots = Table("robots", metadata, _Robots)


class Hosts:
    """The hosts as one transaction sees them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, host: str) -> HostState | None:
        document = self._connection.execute(select(hosts.c.document).where(hosts.c.host == host)).scalar()
        return None if document is None else from_document(HostState, document, f"host {host}")

    def put(self, state: HostState, now: datetime) -> None:
        """Keep the state of a host; those that said nothing for long are forgotten."""
        self._connection.execute(delete(hosts).where(hosts.c.seen < now - _OF_USE))
        row = {"host": state.host, "seen": now, "document": to_document(state)}
        put_rows(self._connection, hosts, [row])

    def robots(self, origin: str) -> RobotsKept | None:
        document = self._connection.execute(select(robots.c.document).where(robots.c.origin == origin)).scalar()
        return None if document is None else from_document(RobotsKept, document, f"robots.txt of {origin}")

    def ahead(self, seen: datetime, until: datetime) -> tuple[list[HostState], list[RobotsKept]]:
        """Hosts last heard of after ``seen``, and what robots.txt said that counts beyond ``until``."""
        late = select(hosts.c.host, hosts.c.document).where(hosts.c.seen > seen).order_by(hosts.c.host)
        kept = select(robots.c.origin, robots.c.document).where(robots.c.until > until).order_by(robots.c.origin)
        return (
            [from_document(HostState, document, f"host {name}") for name, document in self._connection.execute(late)],
            [
                from_document(RobotsKept, document, f"robots.txt of {name}")
                for name, document in self._connection.execute(kept)
            ],
        )

    def put_robots(self, kept: RobotsKept, now: datetime) -> None:
        """Keep what a robots.txt said; what nobody asked for in weeks is forgotten."""
        self._connection.execute(delete(robots).where(robots.c.until < now - _OF_USE))
        row = {"origin": kept.origin, "until": kept.until, "document": to_document(kept)}
        put_rows(self._connection, robots, [row])
