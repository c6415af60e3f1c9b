"""Keep a home to its user: what a newsroom watches, and whom it tells, is nobody else's on the machine."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from pipeline.errors import SettingsError

OURS = (
    *("tallywire.db*", "index.db*", "archive", "mail", "digests", "troubles"),
    *("run.lock", "logins.json", "link.key", "window.token"),
)
"""What Tallywire writes into a home, as patterns of names; whatever else lies there is not ours to change."""

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def make_private(home: Path) -> None:
    """Make the folder ``home`` for this user alone, and mend what Tallywire wrote into one that others may look into.

    The folder itself is closed to them unless something else lies in it. From here on whatever this process writes is
    for its user alone, whoever started it with which umask. What belongs to another user stays as it is. Raises OSError
    where the folder can't be made.
    """
    os.umask(_OTHERS)
    home.mkdir(mode=stat.S_IRWXU, parents=True, exist_ok=True)
    if not is_open(home):
        return
    ours = {path for name in OURS for path in home.glob(name) if not path.is_symlink()}
    for path in ours:
        _close(path)
        for within in _within(path) if path.is_dir() else ():
            _close(within)
    if ours.issuperset(home.iterdir()):
        _close(home)


def is_open(home: Path) -> bool:
    """Whether others than its user may look into ``home``."""
    return bool(home.stat().st_mode & _OTHERS)


def _close(path: Path) -> None:
    with suppress(OSError):
        path.chmod(stat.S_IMODE(path.stat().st_mode) & ~_OTHERS)


def _within(home: Path) -> Iterator[Path]:
    """All that lies in a folder itself; what links lead to is elsewhere."""
    for folder, folders, files in os.walk(home):
        yield from (path for name in (*folders, *files) if not (path := Path(folder, name)).is_symlink())


def kept_secret(path: Path, *, size: int = 32, what: str = "secret") -> str:
    """The secret in the file ``path``; one of ``size`` random bytes is made where there is none, readable by its owner.

    ``what`` it is called in errors.
    Several processes may ask at once; all of them get the same. Raises SettingsError where the file can't be read or
    made, or where it holds too little to be one.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _make(path, secrets.token_urlsafe(size))
        secret = path.read_text(encoding="ascii", errors="replace").strip()
    except OSError as error:
        raise SettingsError(
            f"the {what} can't be read or saved",
            where=str(path),
            why=error.strerror or str(error),
            hint="give this user the right to read and write there, or name another home with --home",
        ) from error
    if len(secret) < size:
        raise SettingsError(
            f"the file does not contain a {what}", where=str(path), hint="delete it; the next start makes a new one"
        )
    return secret


def _make(path: Path, secret: str) -> None:
    """Write the whole of a secret, or leave the one that another process has just written."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(secret + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(beside, path)
    except FileExistsError:
        pass
    finally:
        beside.unlink()
