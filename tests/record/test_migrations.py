"""From nothing to the tables of this program, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import create_engine, text

from pipeline.errors import RecordError
from pipeline.record import Record
from pipeline.record.base import metadata
from pipeline.record.connect import make_engine, read_url
from pipeline.record.counters import Counter
from pipeline.record.migrating import HEAD, VERSION_TABLE
from pipeline.record.migrations.versions import v0005_developments
from tests.postgres import fresh_database
from tests.record.examples import NOW, entry, story


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def bare_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database with no table in it, or of a file that isn't there."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/not/yet/record.db"
    else:
        with fresh_database(request.getfixturevalue("postgres_server")) as url:
            yield url


def test_the_migrations_make_the_tables_that_the_program_uses(bare_url: str) -> None:
    with Record(bare_url) as record:
        record.migrate()
    engine = create_engine(bare_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
        assert compare_metadata(context, metadata) == []
        assert context.get_current_heads() == (HEAD,)
        assert set(connection.scalars(text("select name from counters"))) == set(Counter)
    engine.dispose()


@pytest.mark.postgres
def test_both_databases_sort_alike(migrated_database: str) -> None:
    engine = create_engine(migrated_database)
    with engine.connect() as connection:
        collations = connection.execute(
            text(
                "select distinct collation_name from information_schema.columns"
                " where table_schema = 'public' and data_type = 'text' and table_name <> :versions"
            ),
            {"versions": VERSION_TABLE},
        )
        assert collations.scalars().all() == ["C"]
    engine.dispose()


def test_migrating_again_changes_nothing(bare_url: str) -> None:
    with Record(bare_url) as record:
        record.migrate()
        with record.begin() as tx:
            tx.entries.add([entry("a")])
        record.migrate()
        with record.read() as tx:
            assert tx.entries.get("a") == entry("a", seq=1)


def test_the_stories_of_an_older_record_are_developments_that_the_index_has_yet_to_hear_of(bare_url: str) -> None:
    with Record(bare_url) as record:
        record.migrate()
        with record.begin() as tx:
            for name, thread in (("a", "t"), ("b", "t"), ("c", None)):
                tx.stories.put(story(name, "kids").model_copy(update={"thread": thread}))
    engine = create_engine(bare_url)
    with engine.begin() as connection:
        connection.execute(text("drop table developments"))
        with Operations.context(MigrationContext.configure(connection)):
            v0005_developments.upgrade()
    engine.dispose()
    with Record(bare_url) as record, record.read() as tx:
        assert [id for _, id in tx.stories.developments_changed_since(0, 9)] == ["t", "c"]


def test_several_processes_may_set_up_at_once(bare_url: str) -> None:
    def set_up(name: str) -> None:
        with Record(bare_url) as record:
            record.migrate()
            with record.begin() as tx:
                tx.entries.add([entry(name)])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(set_up, "abcd"))
    with Record(bare_url) as record, record.read() as tx:
        assert {one.id for one in tx.entries.find()} == set("abcd")


def test_a_new_file_may_be_opened_by_many_at_the_same_moment(tmp_path: Path) -> None:
    for number in range(60):
        together = Barrier(8)

        def open_it(_: int, *, together: Barrier = together, url: str = f"sqlite:///{tmp_path}/{number}.db") -> None:
            engine = make_engine(read_url(url), 5.0)
            together.wait()
            with engine.connect():
                pass
            engine.dispose()

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(open_it, range(8)))


def test_a_record_of_a_newer_program_is_refused_and_left_alone(record_url: str) -> None:
    engine = create_engine(record_url)

    def say(version: str) -> None:
        with engine.begin() as connection:
            connection.execute(text(f"update {VERSION_TABLE} set version_num = :version"), {"version": version})

    say("9999")
    try:
        with Record(record_url) as record, pytest.raises(RecordError, match=r"newer Tallywire.*9999") as caught:
            record.migrate()
        assert "upgrade Tallywire" in caught.value.hint
        assert caught.value.where
    finally:
        say(HEAD)
        engine.dispose()


def test_a_database_that_was_never_set_up_says_so(bare_url: str) -> None:
    with Record(bare_url) as record, pytest.raises(RecordError) as caught, record.begin() as tx:
        tx.entries.claim(NOW, 1, NOW - NOW, "me")
    assert "tallywire setup" in caught.value.hint
