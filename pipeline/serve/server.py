"""The window on a port: uvicorn in a thread of its own, so that a run can go on beside it."""

from __future__ import annotations

import gc
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from pipeline.errors import SettingsError

_BACKLOG = 128
_AT_ONCE = 256
_LONGEST_HEAD = 32_768
_STARTS_WITHIN = 10.0


@contextmanager
def serving(app: ASGIApp, host: str, port: int) -> Iterator[str]:
    """Serve ``app`` while the block runs; yields the address. Port 0 is any that is free.

    Raises SettingsError where the port can't be had.
    """
    bound = _bind(host, port)
    config = uvicorn.Config(
        app,
        # Nobody's word on where a request comes from is taken here; the guard knows whose is.
        proxy_headers=False,
        server_header=False,
        access_log=False,
        log_config=None,
        http="h11",
        ws="none",
        limit_concurrency=_AT_ONCE,
        h11_max_incomplete_event_size=_LONGEST_HEAD,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=3,
    )
    # What is there now stays: looked through for garbage now and then, it held up a page by a tenth of a second.
    gc.freeze()
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, name="window", daemon=True)
    thread.start()
    try:
        _wait_for(server, thread)
        yield address_of(host, bound.getsockname()[1])
    finally:
        server.should_exit = True
        thread.join()
        bound.close()
        gc.unfreeze()


def address_of(host: str, port: int) -> str:
    """Where a browser on this machine finds what is bound to ``host``."""
    name = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{name}:{port}/"


def _bind(host: str, port: int) -> socket.socket:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, address = found[0]
        bound = socket.socket(family, kind, protocol)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
        bound.listen(_BACKLOG)
    except OSError as error:
        raise SettingsError(
            "the window can't be opened there",
            where=f"{host} port {port}",
            why=(error.strerror or str(error)).lower(),
            hint="is another window open? name another port with --port, or another address with --host",
        ) from error
    return bound


def _wait_for(server: uvicorn.Server, thread: threading.Thread) -> None:
    for _ in range(int(_STARTS_WITHIN / 0.01)):
        if server.started or not thread.is_alive():
            return
        thread.join(0.01)
