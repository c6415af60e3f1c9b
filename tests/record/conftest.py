"""Every test of the record runs on SQLite and on PostgreSQL."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL, create_engine

from pipeline.record import Record
from pipeline.record.base import metadata
from pipeline.record.counters import counters
from tests.postgres import fresh_database, postgres_server

__all__ = ["postgres_server"]


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite record with nothing in it, to be copied."""
    file = tmp_path_factory.mktemp("record") / "empty.db"
    with Record(f"sqlite:///{file}") as record:
        record.migrate()
    return file


@pytest.fixture(scope="session")
def migrated_database(postgres_server: URL) -> Iterator[str]:
    """The address of a PostgreSQL record; `record_url` empties it, for a copy of a database takes half a second."""
    with fresh_database(postgres_server) as url:
        with Record(url) as record:
            record.migrate()
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def record_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty record."""
    if request.param == "sqlite":
        file = tmp_path / "record.db"
        shutil.copy(request.getfixturevalue("empty_file"), file)
        return f"sqlite:///{file}"
    url: str = request.getfixturevalue("migrated_database")
    empty(url)
    return url


def empty(url: str) -> None:
    """Drop everything that a record holds."""
    engine = create_engine(url)
    with engine.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.update().values(value=0) if table is counters else table.delete())
    engine.dispose()


@pytest.fixture
def record(record_url: str) -> Iterator[Record]:
    """An empty record whose transactions wait a quarter of a second for each other."""
    with Record(record_url, wait=0.25) as record:
        yield record


@pytest.fixture
def migrated_postgres(migrated_database: str) -> Iterator[Record]:
    """An empty record in PostgreSQL, for what SQLite can't do."""
    empty(migrated_database)
    with Record(migrated_database, wait=0.25) as record:
        yield record
