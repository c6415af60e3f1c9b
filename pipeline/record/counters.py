"""Numbers that only grow: the order of arrival and the versions that the index follows.

A database sequence would hand out 7 and 8 to two transactions of which the second may commit first; whoever had read
"everything up to 8" would then never see 7. So a counter is a row, locked from a transaction's first use of it until
its commit: numbers become visible in their order, without holes, and nobody misses one. The price is that two
transactions which both count wait for each other; they are short, and the judge is alone anyway.

Take a counter before touching the rows it numbers, and first ``CHANGED``, then ``ENTRY``, then ``ENTRY_CHANGED``: one
order of locking for everybody means no deadlock.
"""

from __future__ import annotations

from enum import StrEnum

from sqlalchemy import BigInteger, Column, Connection, Named, Table, TypedColumns, bindparam, select, update

from pipeline.record.base import Words, metadata


class Counter(StrEnum):
    ENTRY = "entry"
    """Order of arrival of entries."""
    ENTRY_CHANGED = "entry_changed"
    """Versions of entries; apart from the next one, so that reading doesn't wait for judging."""
    ARTICLE = "article"
    """Order of arrival of articles."""
    CHANGED = "changed"
    """Versions of everything else that the index shows."""


class _Counters(TypedColumns):
    name: Named[str] = Column(Words, primary_key=True)
    value: Named[int] = Column(BigInteger, nullable=False)


counters = Table("counters", metadata, _Counters)

_READ = select(counters.c.value).where(counters.c.name == bindparam("counter")).with_for_update()
_WRITE = update(counters).where(counters.c.name == bindparam("counter")).values(value=bindparam("reached"))


class Counters:
    """The counters as one transaction uses them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._reached: dict[Counter, int] = {}
        self._written: dict[Counter, int] = {}

    def hold(self, counter: Counter) -> None:
        """Lock ``counter`` until the end of the transaction."""
        if counter not in self._reached:
            value = self._connection.execute(_READ, {"counter": counter.value}).scalar_one()
            self._reached[counter] = self._written[counter] = value

    def reached(self, counter: Counter) -> int:
        """The last number given; nobody else gives another until the end of the transaction."""
        self.hold(counter)
        return self._reached[counter]

    def take(self, counter: Counter, count: int = 1) -> range:
        """The next ``count`` numbers."""
        self.hold(counter)
        first = self._reached[counter] + 1
        self._reached[counter] += count
        return range(first, first + count)

    def next(self, counter: Counter) -> int:
        """The next number."""
        return self.take(counter)[0]

    def write(self) -> None:
        """Keep what was reached; the last act of a transaction."""
        for counter, value in self._reached.items():
            if value != self._written[counter]:
                self._connection.execute(_WRITE, {"counter": counter.value, "reached": value})
                self._written[counter] = value
