"""The record: the store of truth, in SQLite or PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pipeline.errors import RecordError
from pipeline.record import connect, migrating, turns
from pipeline.record.transaction import Transaction

WAIT = 30.0
"""Seconds that a transaction waits for another before it gives up as busy."""


class Record:
    """The store of truth. One may be shared by the threads of a process, not by its forks.

    ``url`` is ``sqlite:////absolute/path.db`` or ``postgresql://user:password@host/database``; ``wait`` how many
    seconds a transaction waits for another one. Nothing is opened before it is needed.

    Raises ``RecordError`` where the address names no database that a record can live in.
    """

    def __init__(self, url: str, *, wait: float = WAIT) -> None:
        parsed = connect.read_url(url)
        self._file = connect.database_file(parsed)
        self._engine = connect.make_engine(parsed, wait)
        self.place = connect.place_of(parsed)
        """Where the record is, for people: a file, or an address without its password."""

    def migrate(self) -> None:
        """Create the record (and the folder of its file), or bring it to what this program expects.

        Several processes may do so at once. Raises ``RecordError`` if the record is newer than the program, no record
        at all, or can't be written.
        """
        if self._is_current():
            return
        if self._file is not None:
            try:
                self._file.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise RecordError(
                    "the folder of the record can't be created",
                    where=str(self._file.parent),
                    why=error.strerror or str(error),
                    hint="choose another with --home or TALLYWIRE_HOME",
                ) from error
        with connect.transaction(self._engine, write=True, migrate=True) as connection:
            migrating.upgrade(connection, self.place)

    @contextmanager
    def begin(self) -> Iterator[Transaction]:
        """One write transaction: kept as a whole at the end, gone as a whole on an exception.

        On SQLite there is one at a time, so one inside another waits in vain. Raises ``RecordBusy`` if another process
        held the record for too long.
        """
        self._check_there()
        with connect.transaction(self._engine, write=True) as connection:
            transaction = Transaction(connection)
            yield transaction
            transaction.finish()

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """The record as it is at this moment, whatever others write meanwhile. Nothing can be written."""
        self._check_there()
        with connect.transaction(self._engine, write=False) as connection:
            yield Transaction(connection)

    @contextmanager
    def judging(self, wait: float = 0.0) -> Iterator[None]:
        """Be the one judge of the deployment. Raises ``RecordBusy`` if another still is after ``wait`` seconds."""
        with self._turn(turns.JUDGE, ("",), wait):
            yield

    @contextmanager
    def telling(self, *topics: str, wait: float = 0.0) -> Iterator[None]:
        """Be the one who tells of ``topics``. Raises ``RecordBusy`` if another still does after ``wait`` seconds."""
        with self._turn(turns.TELL, topics, wait):
            yield

    @contextmanager
    def _turn(self, turn: str, parts: tuple[str, ...], wait: float) -> Iterator[None]:
        self._check_there()
        if self._file is None:
            with turns.hold_advisory_locks(self._engine, turn, parts, self.place, wait):
                yield
        else:
            with turns.hold_file(self._file, turn, wait):
                yield

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    def __enter__(self) -> Record:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _is_current(self) -> bool:
        try:
            self._check_there()
            with connect.transaction(self._engine, write=False) as connection:
                return migrating.is_current(connection)
        except RecordError:
            # Whatever is wrong, setting it up puts it right or says more of it.
            return False

    def _check_there(self) -> None:
        # SQLite would make an empty file of any path that is mistyped.
        if self._file is not None and not self._file.exists():
            raise RecordError("there is no record here yet", where=self.place, hint="run `tallywire setup`")
