"""No page of the web may lead us into a network: addresses are checked at the moment of connecting to them.

Checking names or links beforehand is not enough. A literal has a dozen spellings, a redirect leads elsewhere, and a
name may give one answer to a check and another to the connection (DNS rebinding). The socket can't be deceived.
"""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from pipeline.ranges import is_global


@dataclass
class _Visit:
    """One request on its way: whether its host may be anywhere, and what address was refused on the way."""

    anywhere: bool
    refused: str | None = None


_visit: ContextVar[_Visit | None] = ContextVar("_visit", default=None)


class AddressGuard:
    """Makes the sockets of a connector, and refuses to make one that leads to a place inside a network.

    ``allowed_hosts`` are names or addresses, with or without a port (``localhost:8080``), that may be anywhere. They
    are compared with the host of the address asked for, so another name for the same place stays refused.
    """

    def __init__(self, allowed_hosts: Iterable[str] = ()) -> None:
        self._allowed = frozenset(host.strip().lower().rstrip(".") for host in allowed_hosts)

    def allows(self, url: str) -> bool:
        """Whether the host of ``url`` may be anywhere."""
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
        port = parts.port or (443 if parts.scheme == "https" else 80)
        shown = f"[{host}]" if ":" in host else host
        return bool(host) and not self._allowed.isdisjoint({host, shown, f"{shown}:{port}"})

    @contextmanager
    def visiting(self, url: str) -> Iterator[_Visit]:
        """Sockets made inside are for ``url``; ``refused`` of what is given tells afterwards what was refused."""
        visit = _Visit(self.allows(url))
        token = _visit.set(visit)
        try:
            yield visit
        finally:
            _visit.reset(token)

    def socket(self, addr_info: tuple[Any, ...]) -> socket.socket:
        """A socket for an entry of ``getaddrinfo``; raises ``OSError`` where it may not be connected to."""
        family, kind, protocol, _, address = addr_info
        visit = _visit.get()
        if not is_global(str(address[0])) and not (visit is not None and visit.anywhere):
            if visit is not None:
                visit.refused = str(address[0])
            raise OSError(errno.EACCES, "this address is in a private network")
        return socket.socket(family=family, type=kind, proto=protocol)
