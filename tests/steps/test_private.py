"""A home is its user's alone, whatever the umask."""

from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.private import is_open, make_private
from tests.hostile import command, environment, feed, html_answer, page, serving, topic_file


@pytest.fixture(autouse=True)
def umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def open_to_others(home: Path) -> list[str]:
    return [str(path) for path in (home, *home.rglob("*")) if path.lstat().st_mode & 0o077 and not path.is_symlink()]


def test_what_a_run_writes_is_for_its_user_alone(tmp_path: Path) -> None:
    with serving({"/flood": html_answer(page("Flood in Tarn")), "/feed": feed(["/flood"])}) as web:
        words = command("run", topic_file(tmp_path, web.url("/feed")), "--home", tmp_path / "home", "--workers", 0)
        subprocess.run(words, env=environment(web), check=True, capture_output=True)
    assert {path.name for path in (tmp_path / "home").iterdir()} >= {"tallywire.db", "index.db", "archive", "run.lock"}
    assert open_to_others(tmp_path / "home") == []


def test_a_home_that_others_could_read_is_mended_at_the_start(tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "archive" / "20260302").mkdir(parents=True)
    (home / "archive" / "20260302" / "pages.warc.gz").write_bytes(b"")
    (home / "tallywire.db").touch(mode=0o644)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.touch(mode=0o644)
    (home / "archive" / "link").symlink_to(elsewhere)
    make_private(home)
    assert open_to_others(home) == []
    assert not is_open(home)
    assert stat.S_IMODE(elsewhere.stat().st_mode) == 0o644


def test_what_else_lies_in_a_folder_that_is_made_a_home_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "todo.txt").touch(mode=0o644)
    (tmp_path / "tallywire.db").touch(mode=0o644)
    before = stat.S_IMODE((tmp_path / "notes").stat().st_mode)
    tmp_path.chmod(0o755)
    make_private(tmp_path)
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755
    assert stat.S_IMODE((tmp_path / "notes").stat().st_mode) == before
    assert stat.S_IMODE((tmp_path / "notes" / "todo.txt").stat().st_mode) == 0o644
    assert stat.S_IMODE((tmp_path / "tallywire.db").stat().st_mode) == 0o600
