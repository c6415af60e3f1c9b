"""Small things to remember between runs: how far the index has read, which digests were sent."""

from __future__ import annotations

from sqlalchemy import Column, Connection, Named, Table, TypedColumns, delete, select

from pipeline.record.base import Words, metadata, put_rows

CROWDED = "judge:crowded"
"""The note of when grouping last let articles go before their time, for it may hold only so many open."""


CLOCK = "clock"
"""The note of when the last round was, by its own clock."""


MEMORY = "judge:memory"
"""The note of when what the judge remembers was last changed beside it: it is to be read anew."""


STAYS = "judge:stays"
"""The note of the moment until which a judge that stays is relied on, as ISO 8601; absent, where none does."""


class _Notes(TypedColumns):
    key: Named[str] = Column(Words, primary_key=True)
    value: Named[str] = Column(Words, nullable=False)


notes = Table("notes", metadata, _Notes)


class Notes:
    """The notes as one transaction sees them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, key: str) -> str | None:
        return self._connection.execute(select(notes.c.value).where(notes.c.key == key)).scalar()

    def set(self, key: str, value: str | None) -> None:
        """Keep ``value`` under ``key``; ``None`` forgets it."""
        if value is None:
            self._connection.execute(delete(notes).where(notes.c.key == key))
        else:
            put_rows(self._connection, notes, [{"key": key, "value": value}])

    def all(self, prefix: str = "") -> dict[str, str]:
        """The notes whose key starts with ``prefix``, by key."""
        rows = self._connection.execute(
            select(notes.c.key, notes.c.value)
            .where(notes.c.key.startswith(prefix, autoescape=True))
            .order_by(notes.c.key)
        )
        return {key: value for key, value in rows}  # noqa: C416
