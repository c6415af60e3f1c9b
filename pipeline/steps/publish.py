"""publish: what changed in the record since the index last heard of it is written to the index."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.errors import SearchIndexError
from pipeline.index.contract import Batch, Settle
from pipeline.record import Record
from pipeline.steps.known.identity import identity
from pipeline.steps.services import Services
from pipeline.steps.showing.documents import CHANGES
from schemas.search import IndexKind, Refusal

_BATCH = 200
_REFUSED = "index refused "


def publish(services: Services) -> int:
    """Bring the index up to date; gives the number of documents written.

    Safe to repeat, to break off and to run beside itself: each batch carries the version it brings the index to. A
    document that the index refuses is kept with its reason (`refusals`) until it is taken, and the others go on.
    Raises SearchIndexError where the index can't be used; the next call goes on where this one stopped.
    """
    services.index.setup()
    check_owner(services)
    written = 0
    for kind in services.index.kinds:
        for batch in _changes(services.record, kind, services.index.heard(kind)):
            services.index.write(batch, _settling(services.record))
            written += len(batch.documents)
    return written


def rebuild(services: Services) -> dict[IndexKind, int]:
    """Build the index anew from the record beside the one that serves; gives the number of documents of each kind."""
    settle = _settling(services.record)
    counts = {
        kind: services.index.rebuild(kind, _changes(services.record, kind, 0), settle) for kind in services.index.kinds
    }
    services.index.own(identity(services.record))
    # Writers went on writing to the old version until the new one took its place.
    publish(services)
    return counts


def behind(services: Services, kind: IndexKind) -> bool:
    """Whether something of ``kind`` changed since the index last heard."""
    with services.record.read() as tx:
        return CHANGES[kind](tx, services.index.heard(kind), 1) is not None


def refusals(record: Record) -> list[Refusal]:
    """The documents that the index would not take, and why."""
    with record.read() as tx:
        return [Refusal.model_validate_json(value) for value in tx.notes.all(_REFUSED).values()]


def check_owner(services: Services) -> None:
    """Raises SearchIndexError where the index belongs to another record; one that is nobody's becomes ours."""
    # Of two records that write to one index, the one with lower versions would never be seen.
    ours, owner = identity(services.record), services.index.owner()
    if owner is None:
        services.index.own(ours)
    elif owner != ours:
        raise SearchIndexError(
            "the index belongs to another record",
            hint="if that record is gone, run `tallywire index rebuild`; if another deployment writes there, give this "
            "one a name of its own with TALLYWIRE_ELASTICSEARCH_PREFIX",
        )


def _changes(record: Record, kind: IndexKind, heard: int) -> Iterator[Batch]:
    while True:
        with record.read() as tx:
            batch = CHANGES[kind](tx, heard, _BATCH)
        if batch is None:
            return
        heard = batch.heard
        yield batch


def _settling(record: Record) -> Settle:
    def settle(batch: Batch, refused: Sequence[Refusal]) -> None:
        place = f"{_REFUSED}{batch.kind} "
        with record.read() as tx:
            known = tx.notes.all(place)
        notes: dict[str, str | None] = {}
        if known:
            written = [document.id for document in batch.documents] + [id for id, _ in batch.removed]
            notes = {place + id: None for id in written if place + id in known}
        notes |= {place + one.id: one.model_dump_json() for one in refused}
        if notes:
            with record.begin() as tx:
                for key, value in notes.items():
                    tx.notes.set(key, value)

    return settle
