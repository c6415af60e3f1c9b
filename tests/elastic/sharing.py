"""One server for all processes of a run of pytest."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class Running:
    """A server that answers."""

    url: str
    ca: str | None = None
    user: str | None = None
    password: str | None = None


Start = Callable[[], AbstractContextManager[Running]]


@contextmanager
def shared_server(factory: pytest.TempPathFactory, name: str, start: Start) -> Iterator[Running]:
    """The server that ``start`` makes, or the one that another process of this run has made already.

    Whoever made it stops it when nobody uses it any more. All of this is held by file locks, which go with their
    process, however that ends.
    """
    base = factory.getbasetemp()
    folder = base.parent if base.name.startswith("popen-") else base
    state = folder / f"elasticsearch-{name}.json"
    with _lock(folder / f"elasticsearch-{name}.start", fcntl.LOCK_EX):
        owned = None
        if not state.exists():
            owned = start()
            state.write_text(json.dumps(asdict(owned.__enter__())))
        running = Running(**json.loads(state.read_text()))
        users = (folder / f"elasticsearch-{name}.users").open("w")
        fcntl.flock(users, fcntl.LOCK_SH)
    try:
        yield running
    finally:
        users.close()
        if owned is not None:
            with (
                _lock(folder / f"elasticsearch-{name}.users", fcntl.LOCK_EX),
                _lock(folder / f"elasticsearch-{name}.start", fcntl.LOCK_EX),
            ):
                state.unlink()
            owned.__exit__(None, None, None)


@contextmanager
def _lock(path: Path, kind: int) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, kind)
        yield
