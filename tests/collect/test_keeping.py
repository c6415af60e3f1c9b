"""What is old enough goes, whole; what is not ours, or not old, stays."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.collect.archive import Archive
from pipeline.collect.keeping import (
    Removed,
    remove_days,
    remove_digests,
    remove_empty_days,
    remove_leftovers,
    remove_mails,
)
from schemas.article import Page

NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)


def page(at: datetime, url: str = "https://a.example/flood") -> Page:
    return Page(url=url, final_url=url, status=200, headers=(), body=b"<p>Flood", fetched_at=at)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """An archive of four days in a row, the last of them the fourteenth."""
    for days in (3, 2, 1, 0):
        with Archive(tmp_path / "archive") as one:
            one.write(page(NOON - timedelta(days=days), f"https://a.example/{days}"))
    return tmp_path / "archive"


def days(archive: Path) -> list[str]:
    return sorted(folder.name for folder in archive.iterdir())


def test_whole_days_go_with_their_indices(archive: Path) -> None:
    old = [file for day in ("20260311", "20260312") for file in (archive / day).iterdir()]
    size = sum(file.stat().st_size for file in old)
    assert remove_days(archive, date(2026, 3, 13)) == Removed(files=4, bytes=size)
    assert days(archive) == ["20260313", "20260314"]
    assert remove_days(archive, date(2026, 3, 13)) == Removed()


def test_the_archive_goes_on_where_days_were_removed(archive: Path) -> None:
    with Archive(archive) as one:
        assert one.latest("https://a.example/3", NOON - timedelta(days=5)) is not None
        remove_days(archive, date(2026, 3, 14))
        assert one.latest("https://a.example/3", NOON - timedelta(days=5)) is None
        assert one.latest("https://a.example/0", NOON - timedelta(days=5)) is not None
        one.write(page(NOON + timedelta(hours=1), "https://a.example/new"))
        assert one.latest("https://a.example/new", NOON) is not None


def test_what_is_not_ours_stays(archive: Path, tmp_path: Path) -> None:
    (archive / "20260311" / "notes.txt").write_text("mine")
    (archive / "20269999").mkdir()
    (archive / "mine").mkdir()
    (archive / "mine" / "a.warc.gz").write_bytes(b"x")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "b.warc.gz").write_bytes(b"x")
    (archive / "20260101").symlink_to(elsewhere)
    remove_days(archive, date(2026, 3, 14))
    assert days(archive) == ["20260101", "20260311", "20260314", "20269999", "mine"]
    assert [file.name for file in (archive / "20260311").iterdir()] == ["notes.txt"]
    assert (elsewhere / "b.warc.gz").exists()


def test_empty_days_go_and_todays_stays(tmp_path: Path) -> None:
    for day in ("20260312", "20260314"):
        (tmp_path / day).mkdir()
    remove_empty_days(tmp_path, date(2026, 3, 14))
    assert days(tmp_path) == ["20260314"]


def test_mails_and_digests_go_by_the_time_in_their_names(tmp_path: Path) -> None:
    mails = ["20260301T070000Z-floods-58-people-0f.eml", "20260313T070000Z-floods-0e.eml", "letter.eml", ".lock"]
    digests = ["floods-20260301T0700Z.html", "floods-20260314T0700Z.html", "index.html", "x-99999999T9999Z.html"]
    for name in mails + digests:
        (tmp_path / name).write_text("x")
    before = NOON - timedelta(days=7)
    assert remove_mails(tmp_path, before) == Removed(files=1, bytes=1)
    assert remove_digests(tmp_path, before) == Removed(files=1, bytes=1)
    assert {file.name for file in tmp_path.iterdir()} == {*mails[1:], *digests[1:]}


def test_what_was_left_half_done_goes_once_nobody_touches_it(tmp_path: Path) -> None:
    for name, at in (("old.part", NOON - timedelta(days=2)), ("new.part", NOON)):
        (tmp_path / name).write_text("xx")
        os.utime(tmp_path / name, (at.timestamp(), at.timestamp()))
    gone = tmp_path / "gone.part"
    files = iter([*sorted(tmp_path.glob("*.part")), gone])
    assert remove_leftovers(files, NOON - timedelta(days=1)) == Removed(files=1, bytes=2)
    assert [file.name for file in tmp_path.iterdir()] == ["new.part"]


def test_where_nothing_was_ever_written_nothing_is_removed(tmp_path: Path) -> None:
    missing = tmp_path / "missing"
    assert remove_days(missing, date(2026, 3, 14)) == Removed()
    assert remove_mails(missing, NOON) == Removed()
    assert not missing.exists()
