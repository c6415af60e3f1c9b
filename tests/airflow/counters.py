"""A StatsD server that remembers what it is told."""

from __future__ import annotations

import socket
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class StatsdServer:
    """What came in by UDP so far: sums of counters, last values of gauges, milliseconds of timings."""

    port: int
    counters: Counter[str] = field(default_factory=Counter)
    gauges: dict[str, float] = field(default_factory=dict)
    timings: dict[str, list[float]] = field(default_factory=dict)

    @property
    def settings(self) -> dict[str, str]:
        """What makes Airflow tell this server."""
        return {
            "AIRFLOW__METRICS__STATSD_ON": "True",
            "AIRFLOW__METRICS__STATSD_HOST": "127.0.0.1",
            "AIRFLOW__METRICS__STATSD_PORT": str(self.port),
        }

    def take(self, datagram: str) -> None:
        """Add the lines ``name:value|kind`` of a datagram."""
        for line in datagram.splitlines():
            name, _, rest = line.rpartition(":")
            value, kind, *_ = rest.split("|")
            match kind:
                case "c":
                    self.counters[name] += int(float(value))
                case "g":
                    self.gauges[name] = float(value)
                case "ms":
                    self.timings.setdefault(name, []).append(float(value))


@contextmanager
def statsd_server() -> Iterator[StatsdServer]:
    """A server at a port of its own."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.settimeout(0.2)
        server, stop = StatsdServer(listening.getsockname()[1]), threading.Event()

        def listen() -> None:
            while not stop.is_set():
                try:
                    server.take(listening.recv(65536).decode())
                except TimeoutError:
                    continue

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            stop.set()
            thread.join()
