"""Work that may hang, grow or crash, done in child processes that can be thrown away.

Parsing what strangers wrote can take for ever, eat all memory or bring a C library down, and the caches of the
extraction libraries grow; none of that can be stopped from inside a process. So each child works on one job at a time
under a limit of time and memory, and is replaced after a number of jobs, or as soon as it breaks a limit. One job is
lost at most, and it is said which and why.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import re
import resource
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing import forkserver, resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.process import AuthenticationString, BaseProcess  # type: ignore[attr-defined]
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any, Generic, Self, TypeVar

from pipeline.errors import ReadError, TallywireError

Job = TypeVar("Job")
Result = TypeVar("Result")

_STARTING = threading.Lock()
"""Children are started by one thread at a time, for what that does to the process while it lasts."""

_SECRET = re.compile(r"^_?(TALLYWIRE|AIRFLOW)_|PASS|SECRET|TOKEN|KEY|CREDENTIAL|AUTH|_URL$|_DSN$")
"""Variables that hold secrets, or may: all settings of ours and of Airflow's, and what is called so."""

_GRACE = 2.0
_START = 120.0
_LOOK = 0.2
_WALL = 6.0
"""How many times its limit of processor time a job may take by the clock: a busy machine is no fault of a page."""


class WorkerFailure(ReadError):
    """A job that gave no result because of what it did to the process that worked on it."""


class TimedOut(WorkerFailure):
    """It took more processor time than its limit, and was stopped."""


class Interrupted(WorkerFailure):
    """It got no result for want of processor time or memory on the machine, which may be there at another try."""


class OutOfMemory(WorkerFailure):
    """It asked for more memory than its limit."""


class Crashed(WorkerFailure):
    """It ended its process, or raised what is no `TallywireError`: a fault of ours, or of a library."""


def _outcome(function: Callable[[Job], Result], job: Job) -> Result | TallywireError:
    try:
        return function(job)
    except TallywireError as error:
        return error
    except MemoryError:
        return OutOfMemory("it used more memory than allowed")
    except Exception as error:
        frame = error.__traceback__
        while frame and frame.tb_next:
            frame = frame.tb_next
        place = f" in {Path(frame.tb_frame.f_code.co_filename).name}, line {frame.tb_lineno}" if frame else ""
        return Crashed("it failed unexpectedly", why=f"{type(error).__name__}{place}: {str(error)[:200]}")


def _limit_memory(megabytes: int) -> None:
    """Let this process grow by ``megabytes`` beyond the address space it has now."""
    try:
        used = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    except OSError:
        return
    limit = used + megabytes * 1024 * 1024
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    if hard != resource.RLIM_INFINITY:
        limit = min(limit, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))


@contextlib.contextmanager
def _without_secrets() -> Iterator[None]:
    """Keep the environment of what is started from holding secrets, which no child needs: it parses what strangers
    wrote, and whoever breaks it must find none there. All that is given to a job is in the job."""
    secrets = {name: value for name, value in os.environ.items() if _SECRET.search(name)}
    for name in secrets:
        del os.environ[name]
    try:
        yield
    finally:
        os.environ.update(secrets)


def _serve_forks() -> None:
    """Start the fork server, if there is none, deaf to the signals that ask a whole group of processes to end.

    They reach children as well, some before these can say that they don't mind; only the parent decides what they mean,
    and a child ends with it.
    """
    # It would end the blocking that follows, were it started by the fork server.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, (signal.SIGINT, signal.SIGTERM))
    try:
        with _without_secrets():
            forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextlib.contextmanager
def _free_to_have_children() -> Iterator[None]:
    """Let this process start children where `multiprocessing` would not, as in those that run the tasks of Celery.

    They are daemons, which may have none, for they are killed without a chance to end them; ours end by themselves. And
    they are made by Celery's own kind of `multiprocessing`, whose key that of the standard library can't hand on.
    """
    config: dict[str, Any] = multiprocessing.current_process()._config  # type: ignore[attr-defined]
    before = config.copy()
    config.update(daemon=False, authkey=AuthenticationString(config["authkey"]))
    try:
        yield
    finally:
        config.clear()
        config.update(before)


@contextlib.contextmanager
def _nameless(function: Callable[..., Any]) -> Iterator[None]:
    """Keep children from importing what this process was started with, unless ``function`` is defined there.

    They need nothing of it, and the command of Airflow takes more than a second and 1,300 modules.
    """
    main = sys.modules["__main__"]
    if function.__module__ == "__main__":
        yield
        return
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def _child(pipe: Connection, function: Callable[[Any], Any], seconds: float, patience: float, memory_mb: int) -> None:
    _limit_memory(memory_mb)
    # Says that it has started; a parent that is gone shows in the next line.
    with contextlib.suppress(OSError):
        pipe.send(None)
    while True:
        try:
            job = pipe.recv()
        except (EOFError, OSError):
            return
        # Should the parent be gone, nobody else would stop a job that hangs; the default action needs no bytecode.
        signal.setitimer(signal.ITIMER_REAL, patience * seconds + _GRACE)
        signal.setitimer(signal.ITIMER_PROF, seconds)
        outcome = _outcome(function, job)
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        try:
            pipe.send(outcome)
        except MemoryError:
            pipe.send(OutOfMemory("its result used more memory than allowed"))
        except OSError:
            return
        except Exception as error:
            pipe.send(Crashed("its result can't be sent", why=f"{type(error).__name__}: {str(error)[:200]}"))
        if isinstance(outcome, OutOfMemory):
            return


def _not_started(why: str) -> ReadError:
    return ReadError(
        "the processes that read pages can't be started",
        why=why,
        hint="check whether this machine is out of memory or processes; --workers sets how many are used",
    )


@dataclass(slots=True)
class _Worker:
    process: BaseProcess
    pipe: Connection
    done: int = 0
    number: int = -1
    deadline: float = 0.0
    started: bool = False
    job: Any = None
    """What it is to be given once it has started."""

    def end(self) -> None:
        self.pipe.close()
        self.process.kill()
        self.process.join()
        self.process.close()


class WorkerPool(Generic[Job, Result]):
    """Runs ``function`` over jobs in child processes, each job under limits; used as a context manager.

    ``function`` is a top-level function; it, the jobs and the results can be pickled. ``seconds`` is the processor time
    a job may take, ``patience`` how many times that by the clock; ``memory_mb`` how far a child may grow beyond its
    size at the start (Linux), ``recycle`` after how many jobs a child is replaced. ``preload`` names modules that the
    function imports only when it is called, so that the children need not import them one by one. With ``workers=0``
    the work is done in this process, without limits: for tests, and for work that can't go wrong.
    """

    def __init__(
        self,
        function: Callable[[Job], Result],
        *,
        workers: int,
        seconds: float = 20.0,
        patience: float = _WALL,
        memory_mb: int = 1024,
        recycle: int = 200,
        preload: Sequence[str] = (),
    ) -> None:
        self._function = function
        self._size = workers
        self._seconds = seconds
        self._patience = patience
        self._memory_mb = memory_mb
        self._recycle = recycle
        self._workers: list[_Worker] = []
        # A fork server has one thread and no locks, sockets or database handles of ours that a child could inherit.
        self._context = multiprocessing.get_context("forkserver")
        if workers:
            self._context.set_forkserver_preload([function.__module__, *preload])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def warm(self) -> None:
        """Begin to import what children need, beside whatever else is done before the first job is there."""
        if self._size:
            _serve_forks()

    def close(self) -> None:
        """End the children; a job under way is given up."""
        while self._workers:
            self._workers.pop().end()

    def _start(self) -> _Worker:
        with _STARTING:
            return self._started()

    def _started(self) -> _Worker:
        _serve_forks()
        ours, theirs = self._context.Pipe()
        try:
            with _free_to_have_children(), _nameless(self._function):
                process = self._context.Process(
                    target=_child,
                    args=(theirs, self._function, self._seconds, self._patience, self._memory_mb),
                    daemon=True,
                )
                process.start()
        except (OSError, EOFError) as error:
            ours.close()
            raise _not_started(str(error) or type(error).__name__) from error
        finally:
            theirs.close()
        worker = _Worker(process, ours)
        self._workers.append(worker)
        return worker

    def _drop(self, worker: _Worker) -> None:
        self._workers.remove(worker)
        worker.end()

    def map(
        self, jobs: Iterable[Job], *, stop: Callable[[], bool] = lambda: False
    ) -> Iterator[Result | TallywireError]:
        """What ``function`` gave for each job, in the order of the jobs; no more of them once ``stop`` says so.

        A `TallywireError` that it raised is given in place of the result, and so is the `WorkerFailure` of a job that
        broke a limit or its child. Jobs are taken only as they are needed. One map runs at a time. Raises `ReadError`
        where no child can be started, which is no job's fault.
        """
        if not self._size:
            for job in jobs:
                if stop():
                    return
                yield _outcome(self._function, job)
            return
        waiting = enumerate(jobs)
        ready: dict[int, Result | TallywireError] = {}
        following = 0
        # How far work runs ahead of a slow job that holds back the order.
        ahead = self._size * 8
        more = True
        try:
            while not stop():
                while following in ready:
                    yield ready.pop(following)
                    following += 1
                busy = [worker for worker in self._workers if worker.number >= 0]
                while more and len(busy) < self._size and len(busy) + len(ready) < ahead:
                    try:
                        busy.append(self._give(*next(waiting)))
                    except StopIteration:
                        more = False
                if not busy:
                    return
                self._collect(busy, ready)
        finally:
            for worker in [worker for worker in self._workers if worker.number >= 0]:
                self._drop(worker)

    def _give(self, number: int, job: Job) -> _Worker:
        worker = next((worker for worker in self._workers if worker.number < 0), None) or self._start()
        worker.number = number
        if worker.started:
            self._send(worker, job)
        else:
            # Imports are slow on a busy machine, and no fault of the job.
            worker.job = job
            worker.deadline = time.monotonic() + _START
        return worker

    def _send(self, worker: _Worker, job: Any) -> None:
        worker.deadline = time.monotonic() + self._patience * self._seconds
        # A child that died while idle shows as the end of its pipe when it is asked for the result.
        with contextlib.suppress(OSError):
            worker.pipe.send(job)

    def _ended(self, code: int | None) -> WorkerFailure:
        """What it means that a job ended its process with ``code``."""
        if code == -signal.SIGPROF:
            return TimedOut(f"it took longer than {self._seconds:g} s, and was stopped")
        if code == -signal.SIGKILL:
            return Interrupted("its process was killed", why="most often because the machine ran out of memory")
        return Crashed("it ended its process", why=f"exit code {code}")

    def _collect(self, busy: list[_Worker], ready: dict[int, Result | TallywireError]) -> None:
        """Wait for the next thing to happen to any of ``busy``, and put what came of it into ``ready``."""
        pause = min(worker.deadline for worker in busy) - time.monotonic()
        heard = set(wait([worker.pipe for worker in busy], min(max(0.0, pause), _LOOK)))
        for worker in busy:
            number = worker.number
            if worker.pipe in heard:
                try:
                    outcome = worker.pipe.recv()
                except (EOFError, OSError):
                    worker.process.join(_GRACE)
                    if not worker.started:
                        raise _not_started(f"exit code {worker.process.exitcode}") from None
                    outcome = self._ended(worker.process.exitcode)
                if not worker.started and outcome is None:
                    worker.started = True
                    self._send(worker, worker.job)
                    worker.job = None
                    continue
                worker.done += 1
                worker.number = -1
                if isinstance(outcome, WorkerFailure) or worker.done >= self._recycle:
                    self._drop(worker)
            elif time.monotonic() >= worker.deadline:
                if not worker.started:
                    raise _not_started(f"one did not start within {_START:g} s")
                outcome = Interrupted(f"it was not done after {self._patience * self._seconds:g} s, and was stopped")
                self._drop(worker)
            else:
                continue
            ready[number] = outcome
