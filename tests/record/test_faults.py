"""What goes wrong is said in words: what, where, why, and what to do."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import URL, create_engine, text

from pipeline.errors import RecordBusy, RecordError
from pipeline.record import Record
from pipeline.record.figures import figures
from schemas.feed import Announcement, Entry
from tests.record.examples import MINUTE, NOW, article, entry, figure


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("not an address", "can't be used"),
        ("sqlite://", "needs a file"),
        ("sqlite:///:memory:", "needs a file"),
        ("mysql://root:secret@host/db", "SQLite and PostgreSQL"),
    ],
)
def test_an_address_of_no_record_is_refused(url: str, said: str) -> None:
    with pytest.raises(RecordError, match=said) as caught:
        Record(url)
    assert "sqlite:////absolute/path.db" in caught.value.hint
    assert "secret" not in str(caught.value)


def test_a_password_is_never_said() -> None:
    with Record("postgresql://me:secret@127.0.0.1:1/tallywire") as record:
        assert "secret" not in record.place
        with pytest.raises(RecordError, match="no connection to the database") as caught:
            record.migrate()
    assert "secret" not in str(caught.value)
    assert "127.0.0.1" in caught.value.where
    assert "check that the server is running" in caught.value.hint


@pytest.mark.postgres
def test_a_database_that_is_not_there_is_named(postgres_server: URL) -> None:
    url = postgres_server.set(database="nowhere").render_as_string(hide_password=False)
    with Record(url) as record, pytest.raises(RecordError, match='database "nowhere" does not exist'):
        record.migrate()


def test_a_mistyped_path_leaves_no_file_behind(tmp_path: Path) -> None:
    file = tmp_path / "recrod.db"
    with Record(f"sqlite:///{file}") as record:
        with pytest.raises(RecordError, match="no record here yet"), record.read():
            pass
        with pytest.raises(RecordError, match="no record here yet"), record.judging():
            pass
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "record.db"
    file.write_text("Dear diary, this is no database, and it is longer than a header of one hundred bytes is. " * 2)
    before = file.read_bytes()
    with Record(f"sqlite:///{file}") as record, pytest.raises(RecordError, match="not a record") as caught:
        record.migrate()
    assert caught.value.where == str(file)
    assert file.read_bytes() == before


def test_a_folder_is_no_record(tmp_path: Path) -> None:
    with Record(f"sqlite:///{tmp_path}") as record, pytest.raises(RecordError, match="can't be opened") as caught:
        record.migrate()
    assert caught.value.where == str(tmp_path)


def test_a_folder_that_cant_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file where a folder is wanted")
    with Record(f"sqlite:///{tmp_path}/home/deep/record.db") as record, pytest.raises(RecordError) as caught:
        record.migrate()
    assert caught.value.where == str(tmp_path / "home" / "deep")
    assert "TALLYWIRE_HOME" in caught.value.hint


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    file = tmp_path / "record.db"
    with Record(f"sqlite:///{file}") as record:
        record.migrate()
        with record.begin() as tx:
            tx.entries.add(entry(f"e{number}") for number in range(300))
    with file.open("r+b") as stream:
        stream.seek(4096)
        stream.write(b"\xff" * (file.stat().st_size - 4096))
    with Record(f"sqlite:///{file}") as record, pytest.raises(RecordError) as caught, record.read() as tx:
        list(tx.entries.find())
    assert (caught.value.what, caught.value.hint) == ("the file of the record is damaged", "restore it from a backup")


def test_a_full_disk_loses_nothing_that_was_committed(tmp_path: Path) -> None:
    with Record(f"sqlite:///{tmp_path}/record.db") as record:
        record.migrate()
        with record.begin() as tx:
            tx.entries.add([entry("a")])
            # SQLite gives the same error when its own limit is reached as when the disk's is.
            pages = tx._connection.exec_driver_sql("PRAGMA page_count").scalar_one()
            tx._connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 3}")
        with pytest.raises(RecordError, match="no space is left") as caught, record.begin() as tx:
            tx.entries.add(entry(f"e{number}") for number in range(1000))
        assert "free some disk space" in caught.value.hint
        with record.read() as tx:
            assert [one.id for one in tx.entries.find()] == ["a"]


@pytest.fixture
def readable_folder() -> Iterator[Path]:
    """A folder that anybody may read (those of pytest are for its user alone)."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@contextmanager
def anybody() -> Iterator[None]:
    """Not the superuser, who may write anything."""
    me = os.geteuid()
    if me == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        if me == 0:
            os.seteuid(me)


def test_a_file_that_cant_be_written_says_so(readable_folder: Path) -> None:
    file = readable_folder / "record.db"
    with Record(f"sqlite:///{file}") as record:
        record.migrate()
    file.chmod(0o444)
    with anybody(), Record(f"sqlite:///{file}") as record:
        with pytest.raises(RecordError, match="can't be written") as caught, record.begin():
            pass
        with pytest.raises(RecordError, match="the lock file can't be created"), record.judging():
            pass
    assert caught.value.where == str(file)


def test_whoever_waits_too_long_is_told_that_the_record_is_busy(record: Record, record_url: str) -> None:
    with record.begin() as tx, Record(record_url, wait=0.05) as other:
        tx.articles.put(article("a"))
        with pytest.raises(RecordBusy) as caught, other.begin() as second:
            second.articles.put(article("b"))
    assert caught.value.where == record.place
    assert "try again" in caught.value.hint


def test_what_a_newer_program_wrote_is_named_by_its_id(record: Record, record_url: str) -> None:
    with record.begin() as tx:
        tx.articles.put(article("a"))
        tx.figures.put(figure("f", "a"))
    engine = create_engine(record_url)
    with engine.begin() as connection:
        connection.execute(figures.update().values(document='{"id": "f", "shape": "round"}'))
    engine.dispose()
    with record.read() as tx, pytest.raises(RecordError, match="figure f") as caught:
        tx.figures.get("f")
    assert "doctor" in caught.value.hint


def test_an_exception_undoes_the_whole_transaction(record: Record) -> None:
    def fail() -> None:
        with record.begin() as tx:
            tx.entries.add([entry("a")])
            tx.articles.put(article("a"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with record.begin() as tx:
        assert {name: count for name, count in tx.totals().items() if count} == {}
        tx.entries.add([entry("b")])
        assert tx.entries.get("b") == entry("b", seq=1)


def test_reading_writes_nothing(record: Record) -> None:
    with pytest.raises(RecordError, match="can't be written"), record.read() as tx:
        tx.notes.set("a", "b")
    with record.begin() as tx:
        assert tx.notes.get("a") is None


def test_hostile_texts_come_back_with_every_character_in_its_place(record: Record) -> None:
    hostile = "nul \0 half \ud800 whole 😀 slash \\u0000 quote \" ' \\\0"
    tame = hostile.replace("\0", "\ufffd").replace("\ud800", "\ufffd")
    announcement = Announcement(url="u", canonical_url="u", fingerprint="f", title=hostile)
    with record.begin() as tx:
        tx.entries.add([Entry(id="id\0", announcement=announcement, first_seen=NOW)])
        tx.entries.retry("id\0", NOW + MINUTE, hostile)
        tx.articles.put(article("a", text=hostile))
        tx.notes.set("note", hostile)
    with record.read() as tx:
        kept = tx.entries.get("id\0")
        assert kept is not None
        assert (kept.announcement.title, kept.reason) == (tame, tame)
        read = tx.articles.get("a")
        assert read is not None
        assert read.reading.text == tame
        assert tx.notes.get("note") == tame


def test_a_number_beyond_all_numbers_is_kept(record: Record) -> None:
    endless = figure("f", "a", value=float("9" * 400))
    with record.begin() as tx:
        tx.articles.put(article("a"))
        tx.figures.put(endless)
        assert tx.figures.get("f") == endless


def test_a_text_for_a_query_is_never_part_of_it(record: Record) -> None:
    evil = "x'; drop table notes; --"
    with record.begin() as tx:
        tx.notes.set(evil, evil)
        tx.notes.set("100%", "all")
    with record.read() as tx:
        assert tx.notes.get(evil) == evil
        assert tx.notes.all("100%") == {"100%": "all"}
        assert tx.notes.all("%") == {}
        assert tx.search_everything_by_id(evil) is None
        assert tx._connection.scalar(text("select count(*) from notes")) == 2
