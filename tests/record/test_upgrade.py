"""The record and the index of an earlier version go on as they were."""

from __future__ import annotations

import lzma
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine, event, text

from pipeline.errors import RecordError
from pipeline.record import Record
from pipeline.record.migrating import HEAD, VERSION_TABLE
from pipeline.settings import Settings
from pipeline.steps.publish import publish
from pipeline.steps.services import open_services
from pipeline.steps.showing.export import EXPORTS
from schemas.alert import AlertState
from schemas.search import IndexKind, Query

FIXTURES = Path(__file__).parent / "fixtures"
OLDEST = "0001"
Rows = dict[str, set[tuple[object, ...]]]

# Forks an upgrade that is killed before a statement of its own; importing takes longer than all the rest.
UPGRADES = """
import os, signal, sys
from sqlalchemy import event
from sqlalchemy.engine import Engine
import alembic.command, alembic.config, alembic.runtime.migration, alembic.script
from pipeline.record import Record

said = last = 0

@event.listens_for(Engine, "before_cursor_execute")
def before(*_):
    global said
    said += 1
    if said > last:
        os.kill(os.getpid(), signal.SIGKILL)

for line in sys.stdin:
    url, number = line.split()
    child = os.fork()
    if not child:
        last = int(number)
        with Record(url) as record:
            record.migrate()
        os._exit(0)
    print(os.waitpid(child, 0)[1], flush=True)
"""


@pytest.fixture(scope="module")
def packed() -> bytes:
    return lzma.decompress((FIXTURES / f"v{OLDEST}.db.xz").read_bytes())


@pytest.fixture
def home(tmp_path: Path, packed: bytes) -> Path:
    """The home of the earliest version there is."""
    (tmp_path / "tallywire.db").write_bytes(packed)
    (tmp_path / "index.db").write_bytes(lzma.decompress((FIXTURES / f"v{OLDEST}-index.db.xz").read_bytes()))
    return tmp_path


def rows_of(file: Path, columns: dict[str, list[str]]) -> Rows:
    """What each table holds in ``columns``."""
    with sqlite3.connect(file) as connection:
        return {
            table: set(connection.execute(f"SELECT {', '.join(names)} FROM {table}"))
            for table, names in columns.items()
        }


def columns_of(file: Path) -> dict[str, list[str]]:
    """The columns of each table but documents, which models read, and the version."""
    with sqlite3.connect(file) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        found = {table: [row[1] for row in connection.execute(f"PRAGMA table_info({table})")] for table in tables}
    found.pop(VERSION_TABLE)
    return {table: [f'"{name}"' for name in names if name != "document"] for table, names in found.items()}


def test_an_upgrade_keeps_every_row_of_every_table(home: Path) -> None:
    file = home / "tallywire.db"
    columns = columns_of(file)
    before = rows_of(file, columns)
    assert sum(map(len, before.values())) > 150
    with Record(f"sqlite:///{file}") as record:
        record.migrate()
    after = rows_of(file, columns)
    # A counter may have been moved on, so that the index hears of what an upgrade added.
    assert {name for name, _ in before.pop("counters")} <= {name for name, _ in after.pop("counters")}
    assert after == before


def test_what_an_upgraded_record_holds_is_read_published_and_found_and_nothing_is_told_again(home: Path) -> None:
    services = open_services(Settings(home=home, _env_file=None))  # type: ignore[call-arg]
    with services.record.read() as tx:
        exported = {kind: sum(1 for _ in rows(tx)) for kind, (_, rows) in EXPORTS.items()}
        assert {alert.state for alert in tx.alerts.find()} == {AlertState.SENT}
        assert not tx.messages.find("ukraine-children")
    held = {"articles": 11, "entries": 12, "figures": 38, "alerts": 18, "stories": 4, "moves": 9}
    assert {kind: exported[kind] for kind in held} == held
    publish(services)
    assert services.index.count(IndexKind.ARTICLES) == held["articles"]
    assert services.index.search(Query(text="Kherson orphanage")).hits
    services.close()


def test_an_upgrade_that_is_killed_at_any_statement_is_finished_by_the_next(home: Path, packed: bytes) -> None:
    file = home / "tallywire.db"
    whole = home / "whole.db"
    shutil.copy(file, whole)
    statements: list[str] = []
    with Record(f"sqlite:///{whole}") as record:
        event.listen(record._engine, "before_cursor_execute", lambda *said: statements.append(said[2]))
        record.migrate()
    columns = columns_of(whole)
    begun = range(0, len(statements), max(1, len(statements) // 5))
    with subprocess.Popen(
        [sys.executable, "-c", UPGRADES], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        for number in begun:
            file.write_bytes(packed)
            child.stdin.write(f"sqlite:///{file} {number}\n")
            child.stdin.flush()
            assert os.WTERMSIG(int(child.stdout.readline())) == signal.SIGKILL
            with Record(f"sqlite:///{file}") as record:
                record.migrate()
            assert rows_of(file, columns) == rows_of(whole, columns)
        child.stdin.close()


def test_a_record_of_a_newer_version_is_refused_in_words_and_left_as_it_is(home: Path) -> None:
    file = home / "tallywire.db"
    with Record(f"sqlite:///{file}") as record:
        record.migrate()
    engine = create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        assert connection.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}")) == HEAD
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '9999'"))
    engine.dispose()
    before = file.read_bytes()
    with pytest.raises(RecordError) as caught:
        open_services(Settings(home=home, _env_file=None))  # type: ignore[call-arg]
    assert str(caught.value).startswith(f"{file}: the record was written by a newer Tallywire (its tables are at 9999")
    assert "upgrade Tallywire; downgrading needs a backup" in str(caught.value)
    assert file.read_bytes() == before
