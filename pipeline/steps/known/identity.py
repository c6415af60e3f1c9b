"""The name of a record, which tells it from every other."""

from __future__ import annotations

import uuid

from pipeline.record import Record

_IDENTITY = "record identity"


def identity(record: Record) -> str:
    """A name that no other record has."""
    with record.read() as tx:
        name = tx.notes.get(_IDENTITY)
    if name is None:
        with record.begin() as tx:
            name = tx.notes.get(_IDENTITY) or uuid.uuid4().hex
            tx.notes.set(_IDENTITY, name)
    return name
