"""What of the archive and of written files is old enough to go. Only files that Tallywire itself wrote are touched."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

from pydantic import Field

from schemas.base import Model

_DAY = re.compile(r"\d{8}")
_PAGES = ("*.warc.gz", "*.warc.gz.index")
_MAIL = re.compile(r"(\d{8}T\d{6})Z-.+\.eml")
_DIGEST = re.compile(r".+-(\d{8}T\d{4})Z\.html")


class Removed(Model):
    """What was removed from one place."""

    files: int = 0
    bytes: int = Field(default=0, description="that were freed")


def remove_days(archive: Path, before: date) -> Removed:
    """Remove the WARC files and their indices of the days (UTC) before ``before``, and the folders that are empty then.

    Safe to repeat and to run beside others; what else lies in a folder stays there, and so does the folder then. Raises
    OSError where something can't be removed; what was removed until then is gone.
    """
    found: list[Path] = []
    for folder, day in _days(archive):
        if day < before:
            found += (file for pattern in _PAGES for file in folder.glob(pattern))
    removed = _remove(found)
    remove_empty_days(archive, before)
    return removed


def remove_empty_days(archive: Path, before: date) -> None:
    """Remove the folders of days before ``before`` in which nothing is."""
    for folder, day in _days(archive):
        if day < before:
            # Whatever is in there is not ours to remove.
            with contextlib.suppress(OSError):
                folder.rmdir()


def remove_mails(folder: Path, before: datetime) -> Removed:
    """Remove the mails that were written to ``folder`` before ``before``. Raises OSError as `remove_days` does."""
    return _remove(_dated(folder, _MAIL, "%Y%m%dT%H%M%S", before))


def remove_digests(folder: Path, before: datetime) -> Removed:
    """Remove the pages of digests whose period ended before ``before``. Raises OSError as `remove_days` does."""
    return _remove(_dated(folder, _DIGEST, "%Y%m%dT%H%M", before))


def remove_leftovers(files: Iterator[Path], before: datetime) -> Removed:
    """Remove those of ``files`` that nobody has written to since ``before``: what a killed process left half done."""
    return _remove([file for file in files if _written(file) < before.timestamp()])


def _days(archive: Path) -> Iterator[tuple[Path, date]]:
    """The folders of the archive's days; one that is a link leads to a place that is not ours."""
    for folder in sorted(archive.glob("*/")):
        if _DAY.fullmatch(folder.name) and not folder.is_symlink():
            with contextlib.suppress(ValueError):
                yield folder, datetime.strptime(folder.name, "%Y%m%d").replace(tzinfo=UTC).date()


def _dated(folder: Path, name: re.Pattern[str], form: str, before: datetime) -> list[Path]:
    found = []
    for file in sorted(folder.glob("*")):
        if match := name.fullmatch(file.name):
            with contextlib.suppress(ValueError):
                if datetime.strptime(match[1], form).replace(tzinfo=UTC) < before:
                    found.append(file)
    return found


def _written(file: Path) -> float:
    try:
        return file.lstat().st_mtime
    except FileNotFoundError:
        return float("inf")


def _remove(files: list[Path]) -> Removed:
    count = size = 0
    for file in files:
        # Another may be removing the same.
        with contextlib.suppress(FileNotFoundError):
            freed = file.lstat().st_size
            file.unlink()
            count, size = count + 1, size + freed
    return Removed(files=count, bytes=size)
