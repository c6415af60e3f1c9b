"""User names and passwords of feeds: in a file of their own that its owner alone may read, and nowhere else."""

from __future__ import annotations

import json
import os
from pathlib import Path

from filelock import FileLock

from pipeline.errors import RecordError
from pipeline.urls import host_of, split_login, with_login


class Logins:
    """The logins at ``path``, by the id of their feed; each is ``user:password`` as an address holds it.

    Raises RecordError where the file can't be used.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def get(self, feed: str) -> str:
        """The login of a feed; empty where it needs none."""
        return self._all().get(feed, "")

    def put(self, feed: str, login: str) -> None:
        """Keep ``login`` for a feed, in place of the one it had; an empty one forgets that."""
        if not login and not self._path.exists():
            return
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(self._path.with_name(f".{self._path.name}.lock"), mode=0o600):
                kept = {**self._all(), feed: login}
                self._write({id: one for id, one in kept.items() if one})
        except OSError as error:
            raise self._trouble(error) from error

    def asked(self, feed: str, url: str, address: str) -> str:
        """``address`` with the login of the feed at ``url``, if it is on the same host and no less safe."""
        login = self.get(feed)
        if not login or host_of(address) != host_of(url) or (url.startswith("https:") and address.startswith("http:")):
            return address
        return with_login(address, login)

    def taken_off(self, feed: str, url: str) -> str:
        """``url`` without the login it may hold, which is kept."""
        bare, login = split_login(url)
        if login:
            self.put(feed, login)
        return bare

    def _all(self) -> dict[str, str]:
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as error:
            raise self._trouble(error) from error
        return {str(id): str(login) for id, login in found.items()} if isinstance(found, dict) else {}

    def _write(self, logins: dict[str, str]) -> None:
        beside = self._path.with_name(f".{self._path.name}.new")
        beside.unlink(missing_ok=True)
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(logins, file, indent=1, sort_keys=True)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self._path)

    def _trouble(self, error: OSError | ValueError) -> RecordError:
        why = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
        return RecordError(
            "the feeds' passwords can't be read or written",
            where=str(self._path),
            why=why,
            hint="give this user the right to read and write the file, or delete it and add those feeds again",
        )
