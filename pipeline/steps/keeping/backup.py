"""A home as one file, and a home out of one: the record as it was at one moment, with the pages it was read from.

The file is a tar (POSIX.1-2001, as Python's tarfile writes it): the record, what is in the home's folders, and last a
manifest with the size and SHA-256 of each, by which a file that was cut short or changed is known before it is used.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, NoReturn

from pydantic import Field, ValidationError

from pipeline import __version__
from pipeline.errors import RecordError
from pipeline.settings import Settings
from schemas.base import Model, Utc

FOLDERS = ("archive", "mail", "digests")
SECRETS = ("link.key", "logins.json", "window.token")
"""Files that hold passwords and keys; they are copied only when asked for."""

_RECORD, _MANIFEST, _SETTINGS = "tallywire.db", "manifest.json", "settings.json"
_IN_FOLDER = re.compile(rf"(?:{'|'.join(FOLDERS)})(?:/[^/.\0][^/\0]{{0,254}}){{1,3}}")
_CHUNK = 1024 * 1024
_LARGEST_MANIFEST = 256 * _CHUNK


class Stored(Model):
    """A file of a backup."""

    size: int
    sha256: str


class Manifest(Model):
    """What a backup holds."""

    format: int = Field(default=1, description="of the backup; a greater one is refused")
    version: str = Field(description="the Tallywire that made it")
    made: Utc
    files: dict[str, Stored]

    @property
    def size(self) -> int:
        return sum(file.size for file in self.files.values())


def back_up(settings: Settings, target: Path, *, now: datetime, secrets: bool = False, force: bool = False) -> Manifest:
    """Write all of a home but its index to ``target``, while it is in use or not; an unfinished file is never left.

    ``secrets`` takes passwords and keys along. Raises RecordError where there is nothing to copy, or no room.
    """
    if not (settings.home / _RECORD).exists():
        raise RecordError("there is no record here yet", where=str(settings.home), hint="--home names another folder")
    if target.exists() and not force:
        raise RecordError(
            "the file already exists", where=str(target), hint="name another, or write over it with --force"
        )
    partial = target.with_name(f".{target.name}.part")
    with _in_words(target, "the backup can't be written"):
        try:
            partial.unlink(missing_ok=True)
            handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
            with os.fdopen(handle, "wb") as file:
                manifest = _write(settings, file, target.absolute().parent, now=now, secrets=secrets)
                file.flush()
                os.fsync(file.fileno())
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)
    return manifest


def _write(settings: Settings, file: IO[bytes], beside: Path, *, now: datetime, secrets: bool) -> Manifest:
    files: dict[str, Stored] = {}
    with tarfile.open(fileobj=file, mode="w") as tar:
        with TemporaryDirectory(prefix=".tallywire-backup-", dir=beside) as folder:
            copy = Path(folder) / _RECORD
            _copy_record(settings.home / _RECORD, copy)
            files[_RECORD] = _add(tar, _RECORD, copy)
        # After the record: what it says was fetched is then in the archive, and a page more does no harm.
        for path in _files_of(settings.home, secrets=secrets):
            name = path.relative_to(settings.home).as_posix()
            try:
                files[name] = _add(tar, name, path)
            except FileNotFoundError:
                # An upkeep removed what is kept no longer.
                continue
        manifest = Manifest(version=__version__, made=now, files=files)
        _add_bytes(tar, _SETTINGS, _plain_settings(settings))
        _add_bytes(tar, _MANIFEST, manifest.model_dump_json(indent=1).encode())
    return manifest


def _files_of(home: Path, *, secrets: bool) -> Iterator[Path]:
    for folder in FOLDERS:
        found = ((path, path.relative_to(home).as_posix()) for path in (home / folder).rglob("*") if path.is_file())
        yield from sorted(path for path, name in found if _IN_FOLDER.fullmatch(name))
    if secrets:
        yield from (home / name for name in SECRETS if (home / name).is_file())


def _copy_record(source: Path, target: Path) -> None:
    """Copy a SQLite file as it is at one moment, whoever writes to it meanwhile (sqlite.org/backup.html)."""
    try:
        with (
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=ro", uri=True, timeout=30)) as here,
            closing(sqlite3.connect(target)) as there,
        ):
            # All pages in one step are one read transaction, which a writer does not disturb in WAL mode.
            here.backup(there, pages=-1)
    except sqlite3.Error as error:
        raise RecordError(
            "the record can't be copied",
            where=str(source),
            why=str(error),
            hint="`tallywire doctor` says more",
        ) from error


def _add(tar: tarfile.TarFile, name: str, path: Path) -> Stored:
    """Put a file into ``tar``, as long as it is now: an archive may grow meanwhile."""
    with path.open("rb") as file:
        stat = os.fstat(file.fileno())
        info = tarfile.TarInfo(name)
        info.size, info.mtime, info.mode = stat.st_size, int(stat.st_mtime), 0o600
        hashed = _Hashed(file)
        tar.addfile(info, hashed)
    return Stored(size=info.size, sha256=hashed.hexdigest())


def _add_bytes(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mode = len(content), 0o600
    tar.addfile(info, BytesIO(content))


class _Hashed:
    """A file that hashes what is read of it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._hash = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        part = self._file.read(size)
        self._hash.update(part)
        return part

    def hexdigest(self) -> str:
        return self._hash.hexdigest()


def _plain_settings(settings: Settings) -> bytes:
    """What is set differently from the default, without secrets, as lines for a ``.env``; to be read, not put back."""
    given = settings.model_dump(mode="json", exclude_defaults=True, exclude={"home"})
    kept = {
        name: value for name, value in given.items() if "SecretStr" not in str(Settings.model_fields[name].annotation)
    }
    return json.dumps(kept, indent=1, ensure_ascii=False).encode()


def restore(settings: Settings, source: Path) -> Manifest:
    """Make a home of a backup. Nothing is put in place before all of it was found whole, and nothing written over.

    Raises RecordError where the file is damaged, cut short or no backup, or where the home holds a record already.
    """
    home = settings.home
    if taken := next((name for name in (_RECORD, *FOLDERS, *SECRETS) if _is_taken(home / name)), None):
        raise RecordError(
            "this home is not empty",
            where=str(home / taken),
            why="nothing is overwritten",
            hint="restore into another home with --home, or move this one away first",
        )
    with _in_words(source, "the backup can't be restored"):
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        with TemporaryDirectory(prefix=".restore-", dir=home) as folder:
            fresh = Path(folder)
            manifest = _unpacked(source, fresh)
            _check_record(source, fresh / _RECORD)
            # The record goes last: a home without one is no home, and restoring can begin again.
            for name in sorted(manifest.files, key=lambda name: name == _RECORD):
                (home / name).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                (fresh / name).replace(home / name)
    return manifest


def _is_taken(path: Path) -> bool:
    return any(path.iterdir()) if path.is_dir() else path.exists()


def _unpacked(source: Path, folder: Path) -> Manifest:
    """Unpack a backup and hold every file against the manifest. Only names that a backup has are ever written."""
    found: dict[str, Stored] = {}
    manifest: Manifest | None = None
    with tarfile.open(source, mode="r:") as tar:
        for member in tar:
            content = tar.extractfile(member) if member.isreg() else None
            if content is None:
                _refuse(source, f"it holds {member.name[:80]!r}, which is not a file")
            if member.name == _MANIFEST:
                manifest = _read_manifest(source, content.read(_LARGEST_MANIFEST))
            elif member.name != _SETTINGS:
                if member.name in found or not _is_ours(member.name):
                    _refuse(source, f"it holds {member.name[:80]!r}, which does not belong in a backup")
                found[member.name] = _unpack(content, folder / member.name)
    if manifest is None:
        _refuse(source, "its end is missing")
    if found != manifest.files:
        wrong = sorted(name for name in found.keys() | manifest.files if found.get(name) != manifest.files.get(name))
        _refuse(source, f"{wrong[0]} does not match its checksum")
    if _RECORD not in found:
        _refuse(source, "it does not contain a record")
    return manifest


def _is_ours(name: str) -> bool:
    return name == _RECORD or name in SECRETS or _IN_FOLDER.fullmatch(name) is not None


def _unpack(content: IO[bytes], target: Path) -> Stored:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    hashed = _Hashed(content)
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        shutil.copyfileobj(hashed, file, _CHUNK)
        size = file.tell()
        file.flush()
        os.fsync(file.fileno())
    return Stored(size=size, sha256=hashed.hexdigest())


def _read_manifest(source: Path, content: bytes) -> Manifest:
    try:
        manifest = Manifest.model_validate_json(content)
    except ValidationError:
        _refuse(source, "its manifest can't be read")
    if manifest.format > Manifest.model_fields["format"].default:
        raise RecordError(
            "the backup was made by a newer Tallywire",
            where=str(source),
            why=f"by {manifest.version}",
            hint="upgrade this one first",
        )
    return manifest


def _check_record(source: Path, path: Path) -> None:
    try:
        with closing(sqlite3.connect(path)) as record:
            (said,) = record.execute("PRAGMA quick_check(1)").fetchone()
            record.execute("SELECT version_num FROM tallywire_version").fetchone()
    except sqlite3.Error as error:
        _refuse(source, f"the record in it is damaged: {error}")
    if said != "ok":
        _refuse(source, f"the record in it is damaged: {said}")


def _refuse(source: Path, why: str) -> NoReturn:
    raise RecordError(
        "this backup is damaged or incomplete",
        where=str(source),
        why=why,
        hint="nothing was restored; try an earlier backup",
    )


@contextmanager
def _in_words(path: Path, what: str) -> Iterator[None]:
    try:
        yield
    except tarfile.TarError as error:
        _refuse(path, str(error))
    except OSError as error:
        raise RecordError(
            what,
            where=str(error.filename or path),
            why=(error.strerror or str(error)).lower(),
            hint="check for free disk space, and that this user may read and write there",
        ) from error
