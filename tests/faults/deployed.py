"""Trials on the real servers: the record in PostgreSQL, the index in Elasticsearch, and several workers.

Each trial has a database and indices of its own. What happens to the servers happens to real processes: they are ended
and started again, made to hang (SIGSTOP), and cut off from who is connected. Elasticsearch may also be one that others
use; then it is only cut off, or hangs as seen from here.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from elasticsearch import Elasticsearch
from sqlalchemy import make_url

from pipeline.settings import Settings
from tests.door import Door
from tests.elastic.local import Node, local_node
from tests.elastic.sharing import Running
from tests.faults.newsroom import Newsroom
from tests.faults.play import AGAIN, Broken, Stage, Trial
from tests.faults.play import kill as kill_process
from tests.faults.rounds import Play, settings_of
from tests.postgres import Cluster, find_binaries, fresh_database, running_cluster

FAULTS = {
    "kill": 4,
    "kill at a mail": 2,
    "mail server down": 1,
    "mail server puts off": 1,
    "servers fail": 2,
    "disk full": 1,
    "clock ahead": 1,
    "two at once": 4,
    "three at once": 3,
    "kill one of three": 4,
    "record down": 2,
    "record dies": 4,
    "record hangs": 4,
    "record cut off": 4,
    "index down": 2,
    "index dies": 2,
    "index hangs": 4,
    "index cut off": 4,
    "index deleted": 2,
}
_OWNERS = {"index dies"}
"""What is done only to an Elasticsearch that nobody else uses."""
_AGAIN = AGAIN | {"three at once", "kill one of three", "record dies", "record hangs", "record cut off"}
_HANGS = (0.5, 6.0)
"""Seconds that a server hangs, from and to: less and more than a round waits for Elasticsearch."""


@dataclass
class Servers:
    """PostgreSQL and Elasticsearch, each behind a door; ``node`` is None if others use Elasticsearch too."""

    cluster: Cluster
    record_door: Door
    folder: Path
    """Where the door to PostgreSQL is a socket's file."""
    elastic: str
    node: Node | None
    index_door: Door
    starter: ThreadPoolExecutor
    """Whose threads start servers: a server dies with the thread that began it."""

    @property
    def elastic_door(self) -> str:
        """The address of Elasticsearch through its door."""
        return f"http://127.0.0.1:{self.index_door.port}"

    def well(self) -> None:
        """Let both be there, and answer."""
        self.cluster.thaw()
        self.cluster.start()
        self.record_door.open()
        if self.node is not None:
            self.node.thaw()
            self.node.start()
        self.index_door.open()


@contextmanager
def serving(shared: Running | None = None) -> Iterator[Servers]:
    """Servers while the block runs; ``shared`` is an Elasticsearch that others use, if there is one."""
    binaries = find_binaries()
    if binaries is None:
        raise Broken("there is no PostgreSQL here: install its server (Debian: apt-get install postgresql)")
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="tw-door-")))
        starter = stack.enter_context(ThreadPoolExecutor(2))
        cluster = stack.enter_context(running_cluster(binaries))
        node = None if shared else stack.enter_context(local_node(secure=False))
        elastic = shared.url if shared else node.running.url  # type: ignore[union-attr]
        socket_file = ".s.PGSQL.5432"
        servers = Servers(
            cluster=cluster,
            record_door=Door(cluster.folder / socket_file, folder / socket_file),
            folder=folder,
            elastic=elastic,
            node=node,
            index_door=Door(make_url(elastic.replace("http", "postgresql", 1)).port or 9200),
            starter=starter,
        )
        try:
            yield servers
        finally:
            servers.well()
            servers.record_door.close()
            servers.index_door.close()


@contextmanager
def deployed(seed: int, stage: Stage, room: Newsroom, servers: Servers) -> Iterator[DeployedTrial]:
    """A trial with a database and indices of its own, which are gone afterwards."""
    servers.well()
    prefix = f"f{uuid.uuid4().hex[:12]}"
    with fresh_database(servers.cluster.url) as database:
        url = make_url(database).set(query={"host": str(servers.folder)})
        kinds = {name: often for name, often in FAULTS.items() if servers.node is not None or name not in _OWNERS}
        try:
            yield DeployedTrial(
                seed,
                stage,
                room,
                kinds=kinds,
                again=frozenset(_AGAIN),
                servers=servers,
                database=url.render_as_string(hide_password=False),
                prefix=prefix,
            )
        finally:
            servers.well()
            remove(servers.elastic, prefix)


def remove(elastic: str, prefix: str) -> None:
    """Remove all indices that begin with ``prefix``."""
    with Elasticsearch(elastic, request_timeout=60) as client:
        found = client.indices.get(index=f"{prefix}-*", expand_wildcards="all", filter_path="*.aliases").body
        if found:
            client.indices.delete(index=sorted(found))


@dataclass
class DeployedTrial(Trial):
    """A trial whose rounds are run by workers of a deployment."""

    servers: Servers = field(kw_only=True)
    database: str = field(kw_only=True)
    prefix: str = field(kw_only=True)
    _strikes: list[threading.Thread] = field(default_factory=list)

    @property
    def settings(self) -> Settings:
        return settings_of(self.home, self._web, self.database, self.servers.elastic_door, self.prefix)

    def a_round(self, **more: Any) -> Play:
        elastic = self.servers.elastic_door
        # Workers don't hold the home: there are others.
        given = {"locked": False, "database": self.database, "elastic": elastic, "prefix": self.prefix} | more
        return super().a_round(**given)

    def until_quiet(self) -> None:
        super().until_quiet()
        # What a round tells is brought to the index by the next.
        self.now += timedelta(hours=1)
        self._ended(self.stage.begin(self.a_round()))

    def _arrange(self, name: str, more: dict[str, Any]) -> list[str]:
        match name:
            case "record down":
                self.servers.record_door.close()
            case "index down":
                self.servers.index_door.close()
            case _:
                return super()._arrange(name, more)
        return []

    def _strike(self, chosen: list[str], pids: list[int]) -> None:
        servers, round_ = self.servers, self.stage.begin
        if {"three at once", "kill one of three"} & {*chosen}:
            more = self.a_round(hurry=True)
            while len(pids) < 3:
                time.sleep(self.chance.uniform(0, 0.3) * self.stage.length)
                pids.append(round_(more))
        done: Mapping[str, tuple[Callable[[], None], Callable[[], None]]] = {
            "record dies": (servers.cluster.stop, servers.cluster.start),
            "record hangs": (servers.cluster.freeze, servers.cluster.thaw),
            "record cut off": (servers.record_door.cut, servers.record_door.cut),
            "index dies": (self._kill_index, self._start_index),
            "index hangs": (self._hold_index, self._release_index),
            "index cut off": (servers.index_door.cut, servers.index_door.cut),
        }
        for name in chosen:
            if name in done:
                self._later(name, *done[name])
        if "kill one of three" in chosen:
            after, victim = self.chance.uniform(0, 1.3) * self.stage.length, self.chance.choice(pids)
            self.done[-1] += f" (after {after:.3f} s)"
            time.sleep(after)
            kill_process(victim)
        super()._strike(chosen, pids)

    def _later(self, name: str, strike: Callable[[], None], mend: Callable[[], None]) -> None:
        """Strike at some moment of the round, and mend a while afterwards."""
        after, lasts = self.chance.uniform(0, 1.2) * self.stage.length, self.chance.uniform(*_HANGS)
        self.done[-1] += f" ({name} after {after:.3f} s, for {lasts:.1f} s)"

        def act() -> None:
            time.sleep(after)
            strike()
            time.sleep(lasts)
            self.servers.starter.submit(mend).result()

        thread = threading.Thread(target=act)
        thread.start()
        self._strikes.append(thread)

    def _recover(self) -> None:
        for thread in self._strikes:
            thread.join()
        self._strikes.clear()
        self.servers.well()

    def _hold_index(self) -> None:
        if self.servers.node is not None:
            self.servers.node.freeze()
        else:
            self.servers.index_door.hold()

    def _release_index(self) -> None:
        if self.servers.node is not None:
            self.servers.node.thaw()
        else:
            self.servers.index_door.open()

    def _kill_index(self) -> None:
        if self.servers.node is not None:
            self.servers.node.kill()

    def _start_index(self) -> None:
        if self.servers.node is not None:
            self.servers.node.start()

    def _delete_index(self) -> None:
        remove(self.servers.elastic, self.prefix)
