"""A door before a server: closed, nobody gets through; what was going on inside is cut off."""

from __future__ import annotations

import contextlib
import socket
import threading


class Door:
    """Hands connections to its port on to ``port`` of this machine while it is open."""

    def __init__(self, port: int) -> None:
        self._behind = port
        self._listening: socket.socket | None = None
        self._open: set[socket.socket] = set()
        self.port = 0
        self.open()

    def open(self) -> None:
        """Let connections through, at the same port as ever."""
        self._listening = socket.create_server(("127.0.0.1", self.port))
        self.port = self._listening.getsockname()[1]
        threading.Thread(target=self._accept, args=(self._listening,), daemon=True).start()

    def close(self) -> None:
        """Cut off every connection and refuse new ones."""
        if self._listening is not None:
            # A thread that waits in accept() does not hear of a mere close().
            with contextlib.suppress(OSError):
                self._listening.shutdown(socket.SHUT_RDWR)
            self._listening.close()
            self._listening = None
        for one in tuple(self._open):
            _shut(one)

    def _accept(self, listening: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                outside, _ = listening.accept()
                inside = socket.create_connection(("127.0.0.1", self._behind))
                self._open |= {outside, inside}
                for one, other in ((outside, inside), (inside, outside)):
                    threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := one.recv(65536):
                other.sendall(data)
        _shut(one)
        _shut(other)
        self._open -= {one, other}


def _shut(one: socket.socket) -> None:
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()
