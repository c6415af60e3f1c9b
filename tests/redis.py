"""A Redis server for tests.

A room that wants one takes the fixture into its own conftest::

    from tests.redis import redis_server

    __all__ = ["redis_server"]

It keeps nothing on disk and asks for a password, as docker-compose.yml has it.
"""

from __future__ import annotations

import ctypes
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def redis_server() -> Iterator[str]:
    """The address of a server's first database, password included."""
    binary = shutil.which("redis-server")
    if binary is None:
        pytest.skip(
            "NO REDIS, so CeleryExecutor is not tested: install redis-server (Debian: the package of that name)"
        )
    with running_server(binary) as url:
        yield url


@contextmanager
def running_server(binary: str) -> Iterator[str]:
    """A server at a port of its own; it dies with this process, however that ends."""
    folder = Path(tempfile.mkdtemp(prefix="tw-redis-"))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    password, log = secrets.token_hex(16), folder / "log"
    try:
        with log.open("wb") as output:
            server = subprocess.Popen(
                [binary, "-"],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=folder,
                preexec_fn=_die_with_parent,
            )
        try:
            assert server.stdin is not None
            settings = (
                "bind 127.0.0.1",
                f"port {port}",
                f"requirepass {password}",
                'save ""',
                "appendonly no",
                "maxmemory-policy noeviction",
            )
            server.stdin.write("\n".join(settings).encode())
            server.stdin.close()
            _await(port, password, server, log)
            yield f"redis://:{password}@127.0.0.1:{port}/0"
        finally:
            server.kill()
            server.wait(timeout=30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _await(port: int, password: str, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(200):
        if server.poll() is not None:
            break
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5) as asked:
                asked.sendall(f"AUTH {password}\r\nPING\r\n".encode())
                answer = b""
                while answer.count(b"\r\n") < 2 and (more := asked.recv(100)):
                    answer += more
        except OSError:
            answer = b""
        if answer == b"+OK\r\n+PONG\r\n":
            return
        time.sleep(0.05)
    raise RuntimeError(f"Redis did not start:\n{log.read_text(errors='replace')}")


def _die_with_parent() -> None:
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)
