"""A PostgreSQL server for tests.

A room that wants one takes the fixtures into its own conftest::

    from tests.postgres import postgres_server, postgres_url

    __all__ = ["postgres_server", "postgres_url"]

and marks its tests ``@pytest.mark.postgres``. ``TALLYWIRE_TEST_POSTGRES_URL`` names a server to use instead of starting
one; its user must be allowed to create databases.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, create_engine, make_url

SERVER_URL = "TALLYWIRE_TEST_POSTGRES_URL"
_USER = "tallywire"
_SERVICE_ACCOUNT = "postgres"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[URL]:
    """The address of a server's ``postgres`` database."""
    if given := os.environ.get(SERVER_URL):
        yield make_url(given).set(drivername="postgresql+psycopg")
        return
    binaries = find_binaries()
    if binaries is None:
        pytest.skip(f"NO PostgreSQL: install its server (Debian: apt-get install postgresql) or set {SERVER_URL}")
    with running_server(binaries) as url:
        yield url


@pytest.fixture
def postgres_url(postgres_server: URL) -> Iterator[str]:
    """The address of an empty database, which is dropped after the test."""
    with fresh_database(postgres_server) as url:
        yield url


def find_binaries() -> Path | None:
    """The folder of ``initdb`` and ``postgres``; of several versions the newest."""
    found = shutil.which("initdb")
    folders = [Path(found).parent] if found else []
    folders += sorted(
        (path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")),
        key=lambda folder: int(folder.parent.name.split(".")[0]),
        reverse=True,
    )
    return next((folder for folder in folders if (folder / "postgres").exists()), None)


class Cluster:
    """A server on a socket of its own in ``folder``, which can be ended, started again, and made to hang."""

    def __init__(self, binaries: Path, folder: Path) -> None:
        self._binaries, self._data, self._log = binaries, folder / "data", folder / "log"
        self._process: subprocess.Popen[bytes] | None = None
        self._account: dict[str, Any] = {}
        self.folder = folder
        self.url = URL.create("postgresql+psycopg", _USER, database="postgres", query={"host": str(folder)})
        if os.geteuid() == 0:
            # The server refuses to run as root.
            self._account = {"user": _SERVICE_ACCOUNT, "group": _SERVICE_ACCOUNT, "extra_groups": []}
            shutil.chown(folder, _SERVICE_ACCOUNT, _SERVICE_ACCOUNT)
        subprocess.run(
            [
                *(binaries / "initdb", "-D", self._data, "-U", _USER, "-A", "trust"),
                *("-E", "UTF8", "--locale=C", "--no-sync"),
            ],
            check=True,
            capture_output=True,
            cwd=folder,
            **self._account,
        )

    def start(self) -> None:
        """Start the server, and wait until it answers; harmless if it runs."""
        if self._process is not None:
            return
        settings = ("listen_addresses=", f"unix_socket_directories={self.folder}", "fsync=off", "full_page_writes=off")
        with self._log.open("ab") as output:
            self._process = subprocess.Popen(
                [
                    *(self._binaries / "postgres", "-D", self._data),
                    *(part for setting in settings for part in ("-c", setting)),
                ],
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                preexec_fn=_die_with_parent,
                **self._account,
            )
        _await(self.url, self._process, self._log)

    def stop(self) -> None:
        """End the server at once, without a word to who is connected: it recovers when it is started again."""
        if self._process is not None:
            self.thaw()
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(timeout=30)
            self._process = None

    def freeze(self) -> None:
        """Let the server, and all that serve a connection, hang."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let them go on."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            signal_all(self._process.pid, number)


@contextmanager
def running_cluster(binaries: Path) -> Iterator[Cluster]:
    """A server in a temporary folder; it dies with this process, however that ends."""
    folder = Path(tempfile.mkdtemp(prefix="tw-pg-"))
    try:
        cluster = Cluster(binaries, folder)
        try:
            cluster.start()
            yield cluster
        finally:
            cluster.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def running_server(binaries: Path) -> Iterator[URL]:
    """The address of a server's ``postgres`` database; the server dies with this process, however that ends."""
    with running_cluster(binaries) as cluster:
        yield cluster.url


def signal_all(pid: int, number: signal.Signals) -> None:
    """Send a signal to a process and all that it began, itself first: it can't begin others meanwhile."""
    import psutil

    first = psutil.Process(pid)
    # Of one that is killed nobody can tell afterwards what it began.
    children = first.children(recursive=True)
    first.send_signal(number)
    for one in {*children, *first.children(recursive=True)}:
        with suppress(psutil.NoSuchProcess):
            one.send_signal(number)


@contextmanager
def fresh_database(server: URL, template: str = "template1") -> Iterator[str]:
    """A new database on ``server``, copied from ``template``; dropped afterwards, whoever is still connected."""
    name = f"tallywire_{uuid.uuid4().hex}"
    # Between the two the server may have been started again.
    engine = create_engine(server, isolation_level="AUTOCOMMIT", pool_pre_ping=True)
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            yield server.set(database=name).render_as_string(hide_password=False)
        finally:
            with engine.connect() as connection:
                connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        engine.dispose()


def _die_with_parent() -> None:
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGQUIT)


def _await(url: URL, server: subprocess.Popen[bytes], log: Path) -> None:
    import psycopg

    conninfo = {"host": url.query["host"], "user": _USER, "dbname": "postgres"}
    for _ in range(600):
        if server.poll() is not None:
            break
        try:
            psycopg.connect(**conninfo).close()  # type: ignore[arg-type]
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text(errors='replace')}")
