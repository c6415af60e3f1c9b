"""How long a report takes through the full deployment, from its publication to a search and a mail, and what it costs.

    python -m benchmarks.latency [--every 2s] [-n 20]

Starts what the tests of the deployment start: PostgreSQL, Elasticsearch, a newsroom, a mail server, and Airflow with
LocalExecutor. Reports come out one at a time, each at a random moment after the mail of the one before.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import logging
import os
import random
import resource
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from pytest_httpserver import HTTPServer

from pipeline.errors import SearchIndexError
from pipeline.steps.services import Services
from schemas.search import Query
from schemas.written import parse_duration
from tests.airflow.deployment import Deployment, deployed, report
from tests.airflow.stack import wait_for
from tests.elastic.docker import docker_server
from tests.elastic.local import local_server
from tests.postgres import find_binaries, running_server

LEGS = ("entry in the inbox", "reading task begun", "searchable", "mail received")
CHAIN = ("plan", "read", "judge", "publish", "send")
IDLE = 60.0
"""Seconds without news before and after; the outbox is looked at once in them."""

_TICK = os.sysconf("SC_CLK_TCK")


@dataclass
class Way:
    """When one report was where."""

    title: str
    published: datetime
    reached: dict[str, float] = field(default_factory=dict)
    """Seconds from publication, by leg."""


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--every", default="2s", help="how often the feed is polled (2s)")
    parser.add_argument("-n", type=int, default=20, help="how many reports (20)")
    parser.add_argument("--idle", type=float, default=IDLE, help="seconds without news, before and after (60)")
    given = parser.parse_args(arguments)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    _adopt_orphans()
    with running(given.every) as deployment, deployment.services() as services:
        measure(deployment, services, given.n, parse_duration(given.every), given.idle)


@contextlib.contextmanager
def running(every: str) -> Iterator[Deployment]:
    """The deployment, warm: one report has gone the whole way."""
    binaries = find_binaries()
    if binaries is None:
        sys.exit("no PostgreSQL here: scripts/test-services installs it")
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tw-latency-")))
        postgres = stack.enter_context(running_server(binaries))
        elastic = stack.enter_context(docker_server() or local_server(secure=False))
        newsroom = stack.enter_context(HTTPServer())
        deployment = stack.enter_context(deployed(folder, postgres, elastic, newsroom, every=every))
        deployment.airflow.start()
        deployment.publish()
        deployment.wait_for(lambda: deployment.post.mails, "the first mail")
        yield deployment


def measure(deployment: Deployment, services: Services, count: int, every: timedelta, idle: float) -> None:
    """Publish ``count`` reports and print what there is to tell of them."""
    time.sleep(20)
    before = idle_rate(idle)
    loads = [os.getloadavg()[0]]
    began, spent = time.monotonic(), cpu()
    ways = []
    for _ in range(count):
        ways.append(follow(deployment, services))
        loads.append(os.getloadavg()[0])
        time.sleep(1.0 + random.uniform(0, every.total_seconds()))
    time.sleep(5)
    took, spent = time.monotonic() - began, cpu() - spent
    after = idle_rate(idle)
    print(f"\n{count} reports, polled every {every}; load average {min(loads):.1f} to {max(loads):.1f}", end="")
    print(f", {os.cpu_count()} cores\n")
    print("| from publication to | p50 s | p95 s | most s |\n|---|---|---|---|")
    for leg in LEGS:
        times = sorted(way.reached[leg] for way in ways)
        print(f"| {leg} | {median(times):.2f} | {quantile(times, 0.95):.2f} | {times[-1]:.2f} |")
    print("\n| task | begins, s from publication | takes s |\n|---|---|---|")
    for name, spans in timeline(deployment, ways).items():
        print(f"| {name} | {median(a for a, _ in spans):.2f} | {median(b - a for a, b in spans):.2f} |")
    rate = (before + after) / 2
    print(f"\nidle: {before:.3f} CPU s / s before, {after:.3f} after")
    print(
        f"busy: {spent:.1f} CPU s in {took:.0f} s; {(spent - rate * took) / count:.2f} CPU s for each report over idle"
    )


def follow(deployment: Deployment, services: Services) -> Way:
    """Publish a report and wait until it is found and its mail came."""
    seen = len(deployment.post.mails)
    number = deployment.published + 1
    way = Way(report(number)[1], datetime.now(UTC))
    deployment.publish()
    figure = report(number)[2][0].split(" people")[0]

    def mailed() -> datetime | None:
        mails = zip(deployment.post.mails[seen:], deployment.post.texts()[seen:], strict=False)
        return next((at for (at, _), text in mails if figure in text), None)

    def found() -> bool:
        with contextlib.suppress(SearchIndexError):
            hits = services.index.search(Query(text=f'"{way.title}"', limit=10)).hits
            return any(hit.document.title == way.title for hit in hits)
        return False

    def arrived() -> bool:
        if "searchable" not in way.reached and found():
            way.reached["searchable"] = _seconds(way, datetime.now(UTC))
        return "searchable" in way.reached and mailed() is not None

    wait_for(arrived, "the report to be found and mailed", of=deployment.state)
    mail = mailed()
    assert mail is not None
    way.reached["mail received"] = _seconds(way, mail)
    with services.record.read() as tx:
        entry = next(one for one in tx.entries.find(since=way.published) if one.announcement.title == way.title)
    way.reached["entry in the inbox"] = _seconds(way, entry.first_seen)
    ((begun,),) = deployment.airflow.rows(
        "select min(start_date) from task_instance where task_id = 'read' and start_date > :since",
        since=way.published,
    )
    way.reached["reading task begun"] = _seconds(way, begun)
    return way


def timeline(deployment: Deployment, ways: Sequence[Way]) -> dict[str, list[tuple[float, float]]]:
    """For each task of the chain when it began and ended, in seconds from the publication it served."""
    found = defaultdict(list)
    for way in ways:
        until = way.published + timedelta(seconds=max(way.reached.values()) + 1)
        for task in CHAIN:
            rows = deployment.airflow.rows(
                "select start_date, end_date from task_instance where task_id = :task and state = 'success'"
                " and start_date between :since and :until order by 1 limit 1",
                task=task,
                since=way.published,
                until=until,
            )
            found[task] += [(_seconds(way, start), _seconds(way, end)) for start, end in rows]
    return found


def idle_rate(seconds: float) -> float:
    """CPU seconds per second of all that runs, while nothing is published."""
    began, spent = time.monotonic(), cpu()
    time.sleep(seconds)
    return (cpu() - spent) / (time.monotonic() - began)


def cpu() -> float:
    """CPU seconds of all processes below this one, those that ended included; this one's own are not."""
    _bury_orphans()
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    total = ended.ru_utime + ended.ru_stime
    open_ = [os.getpid()]
    while open_:
        for child in _children(open_.pop()):
            with contextlib.suppress(OSError, IndexError):
                # After the name in brackets; 11 to 14 are its own times and those of its children that ended.
                fields = Path(f"/proc/{child}/stat").read_text().rpartition(") ")[2].split()
                total += sum(int(ticks) for ticks in fields[11:15]) / _TICK
            open_.append(child)
    return total


def quantile(ordered: Sequence[float], share: float) -> float:
    """The value that ``share`` of ``ordered`` does not pass (nearest rank)."""
    return ordered[min(len(ordered) - 1, max(0, -(-int(share * 100) * len(ordered) // 100) - 1))]


def _seconds(way: Way, at: datetime) -> float:
    return (at - way.published).total_seconds()


def _adopt_orphans() -> None:
    """Become the parent of processes whose own is gone, so that what they spent is not lost to the count."""
    pr_set_child_subreaper = 36
    ctypes.CDLL(None).prctl(pr_set_child_subreaper, 1, 0, 0, 0)


def _bury_orphans() -> None:
    for child in _children(os.getpid()):
        with contextlib.suppress(OSError, IndexError):
            if Path(f"/proc/{child}/stat").read_text().rpartition(") ")[2][0] == "Z":
                os.waitpid(child, os.WNOHANG)


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += [int(child) for child in task.read_text().split()]
    return found


if __name__ == "__main__":
    main()
