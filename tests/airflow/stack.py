"""Airflow for real: its API server, scheduler, DAG processor and triggerer as processes, over a PostgreSQL of the test.

    with Airflow(folder, database=url, settings={"TALLYWIRE_HOME": …}) as airflow:
        airflow.start()
        airflow.kill("triggerer")
        airflow.start("triggerer")

With ``workers`` named (and an executor and a broker in the settings) it runs those of Celery too, each as a part of its
name. Every part is the leader of a group of processes and dies with this one, however that ends.
"""

from __future__ import annotations

import base64
import ctypes
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import URL, create_engine, text

ROOT = Path(__file__).resolve().parents[2]
PARTS = ("api-server", "scheduler", "dag-processor", "triggerer")
_PATIENCE = 180.0


class Airflow:
    """One Airflow with the DAGs of this checkout, in ``folder``; ``settings`` are more environment variables."""

    def __init__(
        self, folder: Path, *, database: URL, settings: Mapping[str, str], workers: Sequence[str] = ()
    ) -> None:
        self.folder = folder
        self.database = database
        self.workers = tuple(workers)
        self.port, scheduler, worker, trigger = free_ports(4)
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "PYTHONWARNINGS": "ignore",
            "AIRFLOW_HOME": str(folder),
            "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
            "AIRFLOW__CORE__PARALLELISM": "4",
            "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
            "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "True",
            "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"http://127.0.0.1:{self.port}/execution/",
            "AIRFLOW__CORE__FERNET_KEY": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
            "AIRFLOW__API__SECRET_KEY": secrets.token_hex(32),
            "AIRFLOW__API__HOST": "127.0.0.1",
            "AIRFLOW__API__PORT": str(self.port),
            "AIRFLOW__API__WORKERS": "1",
            "AIRFLOW__API_AUTH__JWT_SECRET": secrets.token_hex(64),
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": database.set(drivername="postgresql+psycopg2").render_as_string(
                hide_password=False
            ),
            "AIRFLOW__DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "10",
            "AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT": str(worker),
            "AIRFLOW__LOGGING__TRIGGER_LOG_SERVER_PORT": str(trigger),
            "AIRFLOW__SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.2",
            "AIRFLOW__SCHEDULER__SCHEDULER_HEALTH_CHECK_SERVER_PORT": str(scheduler),
            "AIRFLOW__SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": "5",
            # A scheduler that a busy machine holds up for longer takes itself for dead, and its tasks for orphans: each
            # is stopped and begun again, for ever. With workers of its own it is tried alone, and kills many.
            "AIRFLOW__SCHEDULER__SCHEDULER_HEALTH_CHECK_THRESHOLD": "10" if workers else "30",
            "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "20" if workers else "45",
            "AIRFLOW__SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT_DETECTION_INTERVAL": "3",
            "AIRFLOW__TRIGGERER__TRIGGERER_HEALTH_CHECK_THRESHOLD": "4" if workers else "10",
            "AIRFLOW__TRIGGERER__JOB_HEARTBEAT_SEC": "1",
            **settings,
        }
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    @property
    def parts(self) -> tuple[str, ...]:
        """The names of all parts, as `start` and `kill` take them."""
        return (*PARTS, *self.workers)

    def __enter__(self) -> Airflow:
        self.command("db", "migrate")
        self.command("pools", "import", str(ROOT / "docker" / "airflow" / "pools.json"))
        return self

    def __exit__(self, *_: object) -> None:
        for part in tuple(self._running):
            self.kill(part)

    def command(self, *words: str) -> str:
        """What ``airflow WORDS`` prints. Raises where it fails."""
        done = subprocess.run([*_AIRFLOW, *words], env=self.environment, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"airflow {' '.join(words)}:\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
        return done.stdout

    def start(self, *parts: str) -> None:
        """Start ``parts`` (all, if none is named) and wait until Airflow says that each of them is well."""
        for part in parts or self.parts:
            words, environment = self._asked(part)
            with self.log(part).open("ab") as output:
                self._running[part] = subprocess.Popen(
                    [*_AIRFLOW, *words],
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                    preexec_fn=die_with_parent,
                )
        wait_for(lambda: self._healthy(parts or self.parts), "Airflow to be well", of=self.logs)

    def kill(self, part: str) -> None:
        """Kill ``part`` and all that it started, at once."""
        process = self._running.pop(part)
        for pid in _with_children(process.pid):
            _kill(pid)
        process.wait(timeout=30)

    def pings(self, worker: str) -> bool:
        """Whether ``worker`` answers, asked as docker-compose.yml asks it."""
        ping = ("inspect", "ping", "--destination", f"celery@{worker}")
        done = subprocess.run([*_CELERY, *ping], env=self.environment, capture_output=True)
        return done.returncode == 0

    def worker_of(self, task: str, but: str = "") -> str | None:
        """The worker, ``but`` not that one, that was given Celery's task of this id (Airflow: external executor id)."""
        given = f"[{task}] Executing workload in Celery"
        workers = [one for one in self.workers if one != but]
        return next((one for one in workers if given in self.log(one).read_text(errors="replace")), None)

    def log(self, part: str) -> Path:
        return self.folder / f"{part}.log"

    def logs(self) -> str:
        """The ends of the parts' logs, for a failing test."""
        return "\n".join(
            f"== {part}\n{self.log(part).read_text(errors='replace')[-3000:]}"
            for part in self.parts
            if self.log(part).exists()
        )

    def api(self, path: str, body: Any = None, method: str | None = None) -> Any:
        """The answer of Airflow's REST API."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def rows(self, query: str, **values: object) -> list[Any]:
        """What Airflow's own database answers."""
        engine = create_engine(self.database)
        try:
            with engine.connect() as connection:
                return list(connection.execute(text(query), values))
        finally:
            engine.dispose()

    def _healthy(self, parts: tuple[str, ...]) -> bool:
        for part in parts:
            if self._running[part].poll() is not None:
                raise RuntimeError(f"{part} ended:\n{self.log(part).read_text(errors='replace')[-4000:]}")
        try:
            health = self.api("/api/v2/monitor/health")
        except (OSError, urllib.error.URLError):
            return False
        names = {"scheduler": "scheduler", "triggerer": "triggerer", "dag-processor": "dag_processor"}
        if not all(health[names[part]]["status"] == "healthy" for part in parts if part in names):
            return False
        return all(self.pings(part) for part in parts if part in self.workers)

    def _asked(self, part: str) -> tuple[list[str], dict[str, str]]:
        """The words after ``airflow`` that start ``part``, and its environment."""
        if part not in self.workers:
            return [part], self.environment
        # Workers of one machine must not share a name, a file of their process id, or a port to show logs at.
        words = ["celery", "worker", "--celery-hostname", part, "--pid", str(self.folder / f"{part}.pid")]
        (port,) = free_ports(1)
        return words, self.environment | {"AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT": str(port)}


def free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def wait_for(
    condition: Callable[[], Any], what: str, *, seconds: float = _PATIENCE, of: Callable[[], str] = str
) -> Any:
    """What ``condition`` gives as soon as that is true. Raises with what ``of`` says if it never is."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if found := condition():
            return found
        time.sleep(0.2)
    raise AssertionError(f"waited {seconds:.0f} s for {what}\n{of()}")


def die_with_parent() -> None:
    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)


_AIRFLOW = (str(Path(sys.executable).parent / "airflow"),)
_CELERY = (sys.executable, "-m", "celery", "--app", "airflow.providers.celery.executors.celery_executor.app")


def _with_children(pid: int) -> list[int]:
    """``pid`` and all processes below it, as they are now."""
    found, open_ = [pid], [pid]
    while open_:
        parent = open_.pop()
        for task in Path(f"/proc/{parent}/task").glob("*/children"):
            try:
                children = [int(child) for child in task.read_text().split()]
            except OSError:
                continue
            found += children
            open_ += children
    return found


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
