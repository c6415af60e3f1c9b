"""A home is copied while it is in use, and put back whole or not at all."""

from __future__ import annotations

import io
import os
import shutil
import sqlite3
import stat
import tarfile
import threading
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.errors import RecordError
from pipeline.settings import Settings
from pipeline.steps.keeping.backup import back_up, restore
from tests.cli.conftest import Command
from tests.hostile import exported

NOW = datetime(2026, 3, 3, 12, tzinfo=UTC)


def settings(home: Path) -> Settings:
    return Settings(_env_file=None, home=home, database_url=None, elasticsearch_url=None)


@pytest.fixture
def full(home: Path, tmp_path: Path) -> Path:
    """A home with a record, a page in the archive, a mail, and secrets."""
    copied = shutil.copytree(home, tmp_path / "full")
    for folder, name in (("archive/2026-03-02", "first.warc.gz"), ("mail", "a.eml"), ("digests", "a.html")):
        (copied / folder).mkdir(parents=True, exist_ok=True)
        (copied / folder / name).write_bytes(os.urandom(3_000))
    (copied / "logins.json").write_text('{"feed-1": "desk:hunter2"}')
    (copied / "window.token").write_text("hunter3")
    return copied


@pytest.fixture
def backup(full: Path, tmp_path: Path) -> Path:
    path = tmp_path / "home.tar"
    back_up(settings(full), path, now=NOW)
    return path


def test_a_restored_home_is_the_one_that_was_copied(tallywire: Command, full: Path, tmp_path: Path) -> None:
    done = tallywire("backup", tmp_path / "home.tar", "--home", full)
    assert done.returncode == 0, done.stderr
    assert stat.S_IMODE((tmp_path / "home.tar").stat().st_mode) == 0o600
    done = tallywire("restore", tmp_path / "home.tar", "--home", tmp_path / "again")
    assert done.returncode == 0, done.stderr
    assert exported(tmp_path / "again") == exported(full)
    for name in ("archive/2026-03-02/first.warc.gz", "mail/a.eml", "digests/a.html"):
        assert (tmp_path / "again" / name).read_bytes() == (full / name).read_bytes()
    assert "2 found" in tallywire("search", "hospital", "--home", tmp_path / "again").stdout


def test_secrets_are_copied_only_when_asked_for(full: Path, backup: Path, tmp_path: Path) -> None:
    assert b"hunter" not in backup.read_bytes()
    back_up(settings(full), tmp_path / "all.tar", now=NOW, secrets=True)
    restore(settings(tmp_path / "again"), tmp_path / "all.tar")
    assert (tmp_path / "again" / "logins.json").read_text() == (full / "logins.json").read_text()
    assert stat.S_IMODE((tmp_path / "again" / "logins.json").stat().st_mode) == 0o600
    assert (tmp_path / "again" / "window.token").exists()


def test_a_copy_is_of_one_moment_while_another_process_writes(full: Path, tmp_path: Path) -> None:
    """Two notes are always changed together; a copy in which they differ would be of two moments."""
    stop, written = threading.Event(), threading.Event()

    def write() -> None:
        with closing(sqlite3.connect(full / "tallywire.db", timeout=30)) as record:
            for number in range(1_000_000):
                with record:
                    for name in ("left", "right"):
                        record.execute("INSERT OR REPLACE INTO notes VALUES (?, ?)", (name, str(number)))
                written.set()
                if stop.is_set():
                    return

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert written.wait(60)
        for number in range(3):
            back_up(settings(full), tmp_path / f"{number}.tar", now=NOW)
    finally:
        stop.set()
        writer.join()
    for number in range(3):
        restore(settings(tmp_path / str(number)), tmp_path / f"{number}.tar")
        with closing(sqlite3.connect(tmp_path / str(number) / "tallywire.db")) as record:
            found = dict(record.execute("SELECT * FROM notes WHERE key IN ('left', 'right')"))
        assert found["left"] == found["right"]


@pytest.mark.parametrize("share", [0.0, 0.001, 0.3, 0.6, 0.9, 0.99])
def test_a_backup_that_was_cut_short_is_refused_and_nothing_is_restored(
    backup: Path, tmp_path: Path, share: float
) -> None:
    whole = backup.read_bytes().rstrip(b"\0")
    backup.write_bytes(whole[: int(len(whole) * share)])
    refused(backup, tmp_path / "again")


@pytest.mark.parametrize("name", ["tallywire.db", "archive/2026-03-02/first.warc.gz", "manifest.json"])
def test_a_backup_in_which_a_bit_changed_is_refused(backup: Path, tmp_path: Path, name: str) -> None:
    with tarfile.open(backup) as tar:
        member = tar.getmember(name)
        place = member.offset_data + member.size // 2
    content = bytearray(backup.read_bytes())
    content[place] ^= 0x04
    backup.write_bytes(content)
    refused(backup, tmp_path / "again")


@pytest.mark.parametrize("name", ["../evil", "/etc/evil", "archive/../../evil", "archive/.hidden", "other.db"])
def test_a_backup_with_a_name_that_none_has_is_refused(backup: Path, tmp_path: Path, name: str) -> None:
    with tarfile.open(backup, "a") as tar:
        info = tarfile.TarInfo(name)
        info.size = 4
        tar.addfile(info, io.BytesIO(b"evil"))
    refused(backup, tmp_path / "again")
    assert not list(tmp_path.rglob("evil"))


def test_a_link_in_a_backup_is_refused(backup: Path, tmp_path: Path) -> None:
    with tarfile.open(backup, "a") as tar:
        info = tarfile.TarInfo("archive/link")
        info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(info)
    refused(backup, tmp_path / "again")


def test_a_home_that_holds_something_is_left_as_it_is(full: Path, backup: Path) -> None:
    before = exported(full)
    with pytest.raises(RecordError, match="this home is not empty"):
        restore(settings(full), backup)
    assert exported(full) == before


def test_a_file_is_not_written_over_and_a_missing_record_not_copied(full: Path, backup: Path, tmp_path: Path) -> None:
    before = backup.read_bytes()
    with pytest.raises(RecordError, match="--force"):
        back_up(settings(full), backup, now=NOW)
    assert backup.read_bytes() == before
    with pytest.raises(RecordError, match="no record"):
        back_up(settings(tmp_path / "none"), tmp_path / "none.tar", now=NOW)
    assert not (tmp_path / "none.tar").exists()


def test_a_deployment_is_told_what_to_use_instead(
    tallywire: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TALLYWIRE_DATABASE_URL", "postgresql://user:hunter2@nowhere/record")
    done = tallywire("backup", tmp_path / "home.tar", "--home", tmp_path)
    assert done.returncode == 2
    assert "pg_dump" in done.stderr
    assert "hunter2" not in done.stderr


def refused(backup: Path, home: Path) -> None:
    """Restoring is refused in words, and leaves nothing."""
    with pytest.raises(RecordError, match="damaged or incomplete"):
        restore(settings(home), backup)
    assert not list(home.iterdir())
