"""What hosts ask of us, kept in the record: the next run, or another process, is as polite as the one before."""

from __future__ import annotations

import logging

from pipeline.errors import RecordBusy
from pipeline.steps.services import Services
from schemas.host import HostState, RobotsKept

_log = logging.getLogger(__name__)


class RecordedHosts:
    """The `HostMemory` of a deployment.

    Where the record is busy for so long that it can't be written, this process keeps its manners all the same; only
    the next may not know of them.
    """

    def __init__(self, services: Services) -> None:
        self._record = services.record
        self._clock = services.clock

    def host(self, host: str) -> HostState | None:
        with self._record.read() as tx:
            return tx.hosts.get(host)

    def put_host(self, state: HostState) -> None:
        try:
            with self._record.begin() as tx:
                tx.hosts.put(state, self._clock())
        except RecordBusy as error:
            _log.warning("the wishes of %s could not be saved: %s", state.host, error)

    def robots(self, origin: str) -> RobotsKept | None:
        with self._record.read() as tx:
            return tx.hosts.robots(origin)

    def put_robots(self, kept: RobotsKept) -> None:
        try:
            with self._record.begin() as tx:
                tx.hosts.put_robots(kept, self._clock())
        except RecordBusy as error:
            _log.warning("the robots.txt of %s could not be saved: %s", kept.origin, error)
