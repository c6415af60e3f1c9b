"""Children that hang, grow and crash cost one job each, and the others go on."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from types import ModuleType

import pytest

from pipeline.errors import NotHtml, TallywireError
from pipeline.read.workers import Crashed, Interrupted, OutOfMemory, TimedOut, WorkerFailure, WorkerPool


def work(job: object) -> object:
    match job:
        case "hang":
            time.sleep(600)
        case "spin":
            while True:
                pass
        case "grow":
            return len(bytearray(3 * 1024**3))
        case "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        case "die":
            os._exit(7)
        case "pid":
            return os.getpid()
        case "refuse":
            raise NotHtml("it is a picture", where="https://news.example/a.png", hint="leave it")
        case "blunder":
            raise ValueError("a fault of ours")
        case "unsendable":
            return threading.Lock()
        case "interrupted":
            os.kill(os.getpid(), signal.SIGINT)
        case ("after", float(pause), answer):
            time.sleep(pause)
            return answer
    return job


def run(
    jobs: list[object], *, workers: int = 2, seconds: float = 30, patience: float = 6, recycle: int = 100
) -> list[object]:
    limits = {"seconds": seconds, "patience": patience, "memory_mb": 512, "recycle": recycle}
    with WorkerPool(work, workers=workers, **limits) as pool:
        return list(pool.map(jobs))


@pytest.mark.parametrize("workers", [0, 1, 2])
def test_results_come_in_the_order_of_the_jobs(workers: int) -> None:
    jobs: list[object] = [("after", 0.2, "slow"), *range(20)]
    assert run(jobs, workers=workers) == ["slow", *range(20)]


def test_no_jobs_give_no_results_and_start_no_child() -> None:
    assert run([]) == []


@pytest.mark.parametrize("workers", [0, 2])
def test_an_error_meant_for_people_comes_back_as_it_was_raised(workers: int) -> None:
    before, error, after = run(["a", "refuse", "b"], workers=workers)
    assert (before, after) == ("a", "b")
    assert isinstance(error, NotHtml)
    assert (error.what, error.where, error.hint) == ("it is a picture", "https://news.example/a.png", "leave it")


@pytest.mark.parametrize("workers", [0, 1])
def test_a_fault_of_ours_is_an_answer_that_says_where(workers: int) -> None:
    error, after = run(["blunder", "b"], workers=workers)
    assert after == "b"
    assert isinstance(error, Crashed)
    assert "ValueError in test_workers.py" in str(error)
    assert "a fault of ours" in str(error)


@pytest.mark.parametrize(
    ("job", "failure"),
    [
        ("hang", Interrupted),
        ("spin", TimedOut),
        ("kill", Interrupted),
        ("die", Crashed),
        ("grow", OutOfMemory),
        ("unsendable", Crashed),
    ],
)
def test_a_job_that_breaks_its_child_is_lost_alone(job: str, failure: type[WorkerFailure]) -> None:
    # What spins is to be stopped by its processor time, however little of that a busy machine gives it.
    patience = 1_000 if job == "spin" else 6
    before, lost, *after = run(["a", job, "b", "c"], seconds=0.5 if job in ("hang", "spin") else 30, patience=patience)
    assert (before, after) == ("a", ["b", "c"])
    assert type(lost) is failure
    assert isinstance(lost, TallywireError)


def test_a_child_is_replaced_after_so_many_jobs() -> None:
    pids = run(["pid"] * 5, workers=1, recycle=2)
    assert pids[0] == pids[1] != pids[2] == pids[3] != pids[4]
    assert os.getpid() not in pids


def test_ctrl_c_is_left_to_the_parent() -> None:
    assert run(["interrupted", "b"], workers=1) == ["interrupted", "b"]


def test_jobs_are_taken_only_as_they_are_needed() -> None:
    taken = []

    def jobs() -> Iterator[object]:
        for number in range(10_000):
            taken.append(number)
            yield number

    with WorkerPool(work, workers=1) as pool:
        results = pool.map(jobs())
        assert [next(results), next(results)] == [0, 1]
        assert len(taken) < 50


def test_a_map_left_halfway_leaves_a_pool_that_still_works() -> None:
    with WorkerPool(work, workers=1, seconds=30) as pool:
        results = pool.map(["a", "hang"])
        assert next(results) == "a"
        results.close()  # type: ignore[attr-defined]
        assert list(pool.map(["b", "c"])) == ["b", "c"]


def test_no_child_outlives_the_pool() -> None:
    with WorkerPool(work, workers=2) as pool:
        pids = {pid for pid in pool.map(["pid"] * 8) if isinstance(pid, int)}
    assert pids
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def work_elsewhere(answer: Connection) -> None:
    with WorkerPool(work, workers=1) as pool:
        answer.send(list(pool.map([1, 2])))
    answer.send(multiprocessing.current_process().daemon)


@pytest.mark.parametrize("kind", ["multiprocessing", "billiard"])
def test_a_process_that_may_have_no_children_has_a_pool_all_the_same(kind: str) -> None:
    # So are the processes that Celery's workers run tasks in, which billiard makes.
    made_by = pytest.importorskip(kind, reason=f"{kind} comes with Celery, which is not installed")
    context = made_by.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=work_elsewhere, args=(theirs,), daemon=True)
    process.start()
    theirs.close()
    try:
        assert ours.recv() == [1, 2]
        assert ours.recv() is True, "it is what it was before"
    finally:
        process.join(timeout=30)


def test_a_child_imports_nothing_of_the_command_that_started_its_parent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Airflow's would take a second and more than a thousand modules in each.
    command, ran = tmp_path / "command.py", tmp_path / "ran"
    command.write_text(f"open({str(ran)!r}, 'w').close()")
    started = ModuleType("__main__")
    started.__file__ = str(command)
    monkeypatch.setitem(sys.modules, "__main__", started)
    assert run([1], workers=1) == [1]
    assert sys.modules["__main__"] is started
    assert not ran.exists()


def test_a_pool_that_was_warmed_works_as_ever() -> None:
    with WorkerPool(work, workers=1) as pool:
        pool.warm()
        assert list(pool.map([1, 2])) == [1, 2]


def environment_seen(_: object) -> str:
    return Path("/proc/self/environ").read_text(encoding="utf-8") + str(dict(os.environ))


def test_what_parses_strangers_pages_finds_no_secret_in_its_environment() -> None:
    script = (
        "import os\n"
        "from pipeline.read.workers import WorkerPool\n"
        "from tests.read.test_workers import environment_seen\n"
        "if __name__ == '__main__':\n"
        "    with WorkerPool(environment_seen, workers=1) as pool:\n"
        "        print(*pool.map([None]), os.environ['TALLYWIRE_SMTP_URL'])\n"
    )
    secrets = {
        "TALLYWIRE_SMTP_URL": "smtp://desk:hidden@mail.example",
        "AIRFLOW__API__SECRET_KEY": "hidden too",
        "PGPASSWORD": "hidden as well",
    }
    given = os.environ | secrets | {"TZ": "Asia/Kathmandu"}
    done = subprocess.run(
        [sys.executable, "-c", script], env=given, capture_output=True, text=True, check=True, cwd=Path.cwd()
    )
    seen, own = done.stdout.rsplit(" ", 1)
    assert own.strip() == secrets["TALLYWIRE_SMTP_URL"]
    assert "Asia/Kathmandu" in seen
    assert "hidden" not in seen
