"""Whoever waits for the heartbeat hears of what no notice could tell: a process that was killed, a search server that
hangs, a record that is away or hangs. Real processes; a service that expects a sign of life stands beside them."""

from __future__ import annotations

import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.collect.web import Web
from tests.door import Door
from tests.elastic import elasticsearch_server
from tests.elastic.sharing import Running
from tests.hostile import command, environment, feed, html_answer, page, serving, topic_file
from tests.postgres import Cluster, find_binaries, fresh_database, running_cluster

pytestmark = pytest.mark.long

__all__ = ["elasticsearch_server"]

PATIENCE = 300.0
"""Seconds for what must come, on a machine that is busy too."""
SILENCE = 8.0
"""Seconds without a beat after which the service would tell. There is a round a second where all is well."""


@dataclass
class Monitor:
    """The service that expects beats."""

    beats: list[float] = field(default_factory=list)
    url: str = ""

    def hears(self, number: int = 2) -> None:
        """Wait until so many more beats came."""
        wanted = len(self.beats) + number
        eventually(lambda: len(self.beats) >= wanted, "there is no heartbeat")

    def falls_silent(self) -> None:
        """Wait until it would tell that none come any more."""
        eventually(lambda: bool(self.beats) and time.monotonic() - self.beats[-1] > SILENCE, "the heart beats on")


def eventually(there: Callable[[], bool], otherwise: str) -> None:
    ends = time.monotonic() + PATIENCE
    while not there():
        assert time.monotonic() < ends, otherwise
        time.sleep(0.1)


@pytest.fixture
def monitor() -> Iterator[Monitor]:
    found = Monitor()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.beats.append(time.monotonic())
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        found.url = f"http://127.0.0.1:{server.server_port}/ping/key"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield found
        server.shutdown()
        thread.join()


@pytest.fixture
def site() -> Iterator[Web]:
    with serving({"/flood": html_answer(page("Flood in Tarn")), "/feed": feed(["/flood"])}) as web:
        yield web


@contextmanager
def watching(folder: Path, site: Web, **settings: object) -> Iterator[subprocess.Popen[str]]:
    """`tallywire run --watch`, with a round a second; killed at the end unless it ended."""
    words = ["run", topic_file(folder, site.url("/feed")), "--home", folder / "home", "--workers", 0, "--watch"]
    given = {"poll_every": "1s", "elasticsearch_analyzers": "*=folding,en=english"} | settings
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            command(*words), env=environment(site, **given), stdout=log, stderr=subprocess.STDOUT, text=True
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait()


@contextmanager
def database(folder: Path) -> Iterator[tuple[Cluster, str]]:
    """A PostgreSQL, and the address of an empty database in it."""
    binaries = find_binaries()
    if binaries is None:
        pytest.skip("NO PostgreSQL: install its server (Debian: apt-get install postgresql)")
    with running_cluster(binaries) as cluster, fresh_database(cluster.url) as url:
        try:
            yield cluster, url
        finally:
            cluster.start()
            cluster.thaw()


def mails(folder: Path) -> int:
    return len(list((folder / "home" / "mail").glob("*.eml")))


def test_a_process_that_is_killed_is_missed_and_the_next_is_heard(tmp_path: Path, site: Web, monitor: Monitor) -> None:
    with watching(tmp_path, site, heartbeat_url=monitor.url) as process:
        monitor.hears()
        process.send_signal(signal.SIGKILL)
        monitor.falls_silent()
    with watching(tmp_path, site, heartbeat_url=monitor.url):
        monitor.hears()


def test_a_worker_that_is_killed_at_its_page_is_told_of_and_the_heart_beats_on(
    tmp_path: Path, site: Web, monitor: Monitor
) -> None:
    import psutil

    with watching(tmp_path, site, heartbeat_url=monitor.url, workers=1) as process:
        monitor.hears()
        for worker in psutil.Process(process.pid).children(recursive=True):
            worker.kill()
        site.pages |= {"/boats": html_answer(page("Boats in flooded Tarn")), "/feed": feed(["/flood", "/boats"])}
        monitor.hears(3)
        assert process.poll() is None


@pytest.mark.elasticsearch
@pytest.mark.xdist_group("airflow")
def test_an_elasticsearch_that_hangs_is_missed_and_holds_up_no_mail(
    tmp_path: Path, site: Web, monitor: Monitor, elasticsearch_server: Running
) -> None:
    door = Door(int(elasticsearch_server.url.rsplit(":", 1)[1]))
    served = {"elasticsearch_url": f"http://127.0.0.1:{door.port}", "elasticsearch_prefix": f"w{time.time_ns():x}"}
    log = tmp_path / "log"
    door.hold()
    try:
        with watching(tmp_path, site, heartbeat_url=monitor.url, **served):
            eventually(lambda: mails(tmp_path) > 0, "the news waits for the index")
            assert "not published" not in log.read_text()
            eventually(lambda: "not published" in log.read_text(), "nobody is told of the index")
            assert monitor.beats == []
            door.open()
            monitor.hears()
            door.hold()
            monitor.falls_silent()
    finally:
        door.open()
        door.close()
    assert "Elasticsearch does not answer in time" in log.read_text()


@pytest.mark.postgres
@pytest.mark.parametrize("lost", ["stopped", "hangs"])
def test_a_record_that_is_away_is_missed_until_it_is_back(
    tmp_path: Path, site: Web, monitor: Monitor, lost: str
) -> None:
    with (
        database(tmp_path) as (cluster, url),
        watching(tmp_path, site, heartbeat_url=monitor.url, database_url=url) as process,
    ):
        monitor.hears()
        if lost == "hangs":
            cluster.freeze()
        else:
            cluster.stop()
        monitor.falls_silent()
        assert process.poll() is None
        cluster.thaw()
        cluster.start()
        monitor.hears()
    if lost == "stopped":
        assert "the database" in (tmp_path / "log").read_text()


def test_one_round_gives_its_beat_before_it_ends_and_waits_for_no_address_that_hangs(
    tmp_path: Path, site: Web, monitor: Monitor
) -> None:
    words = ["run", topic_file(tmp_path, site.url("/feed")), "--home", tmp_path / "home", "--workers", 0]
    done = subprocess.run(command(*words), env=environment(site, heartbeat_url=monitor.url), timeout=PATIENCE)
    assert (done.returncode, len(monitor.beats)) == (0, 1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/secret"
        done = subprocess.run(
            command(*words), env=environment(site, heartbeat_url=url), timeout=PATIENCE, capture_output=True, text=True
        )
    assert done.returncode == 0
    assert "secret" not in done.stdout + done.stderr
