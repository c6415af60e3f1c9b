"""A door before a server: closed, nobody gets through; what was going on inside is cut off."""

from __future__ import annotations

import contextlib
import socket
import threading
from pathlib import Path

Place = int | Path
"""A port of this machine, or the file of a socket."""


class Door:
    """Hands connections on to the server ``behind`` it while it is open; held, it takes them and hands nothing on.

    It stands at a port of its own, or at the file ``at`` if a socket's file is behind it.
    """

    def __init__(self, behind: Place, at: Path | None = None) -> None:
        self._behind = behind
        self._at = at
        self._listening: socket.socket | None = None
        self._open: set[socket.socket] = set()
        self._passes = threading.Event()
        self._passes.set()
        self.port = 0
        self.open()

    def open(self) -> None:
        """Let connections through, at the same place as ever."""
        self._passes.set()
        if self._listening is not None:
            return
        if self._at is None:
            self._listening = socket.create_server(("127.0.0.1", self.port))
            self.port = self._listening.getsockname()[1]
        else:
            self._at.unlink(missing_ok=True)
            self._listening = socket.create_server(str(self._at), family=socket.AF_UNIX)
        threading.Thread(target=self._accept, args=(self._listening,), daemon=True).start()

    def close(self) -> None:
        """Cut off every connection and refuse new ones."""
        if self._listening is not None:
            # A thread that waits in accept() does not hear of a mere close().
            with contextlib.suppress(OSError):
                self._listening.shutdown(socket.SHUT_RDWR)
            self._listening.close()
            self._listening = None
        self.cut()

    def cut(self) -> None:
        """Cut off every connection; new ones get through."""
        for one in tuple(self._open):
            _shut(one)

    def hold(self) -> None:
        """Keep every connection and hand nothing on until the door is opened: who is behind it seems to hang."""
        self._passes.clear()

    def _accept(self, listening: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                outside, _ = listening.accept()
                try:
                    inside = _connected(self._behind)
                except OSError:
                    # Nobody is behind the door: who knocks hears that at once, and the next may find somebody.
                    _shut(outside)
                    continue
                self._open |= {outside, inside}
                for one, other in ((outside, inside), (inside, outside)):
                    threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := one.recv(65536):
                self._passes.wait()
                other.sendall(data)
        _shut(one)
        _shut(other)
        self._open -= {one, other}


def _connected(place: Place) -> socket.socket:
    if isinstance(place, int):
        return socket.create_connection(("127.0.0.1", place))
    one = socket.socket(socket.AF_UNIX)
    try:
        one.connect(str(place))
    except OSError:
        one.close()
        raise
    return one


def _shut(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()
