"""Plays a trial: rounds under faults that its seed chooses, and rounds without any until all work is done."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Set
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from pipeline.settings import Settings
from pipeline.steps.keeping.findings import Finding
from schemas.topic import Topic
from tests.faults.check import check
from tests.faults.newsroom import DESK, FEEDS, NIGHT, Newsroom, newsroom
from tests.faults.rounds import BUG, Play, settings_of

START = datetime(2026, 3, 2, 7, tzinfo=UTC)
ROUNDS = (2, 4)
"""How many rounds are played under faults, from and to."""
_PATIENCE = 600.0
"""Seconds after which a round that has not ended counts as hanging, on a machine that is busy too."""
_QUIET_AFTER = 10
"""Healthy rounds within which all work must be done."""
FAULTS = {
    "kill": 5,
    "kill at a mail": 3,
    "mail server down": 2,
    "mail server hangs": 1,
    "mail server puts off": 2,
    "mail server refuses": 1,
    "servers fail": 5,
    "disk full": 4,
    "clock ahead": 2,
    "clock behind": 1,
    "index deleted": 2,
    "index deleted meanwhile": 1,
    "two at once": 3,
    "two in one home": 1,
}
"""The faults and how often each is chosen, against the others."""
AGAIN = {"kill", "kill at a mail", "mail server hangs", "disk full", "two at once", "two in one home"}
"""After these a mail may come again, the very same: nobody can know whether the server took it."""


class Broken(Exception):
    """A round did what none may do: it showed a traceback, hung, or failed without a fault."""


class Stage:
    """The process whose children run rounds."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.rounds"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._said = threading.Condition()
        self._began: list[int] = []
        self._ended: dict[int, int] = {}
        self.length = 1.0
        """Seconds that a round without faults takes."""
        self._listening = threading.Thread(target=self._listen, daemon=True)
        self._listening.start()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            said = json.loads(line)
            with self._said:
                if "began" in said:
                    self._began.append(said["began"])
                else:
                    self._ended[said["ended"]] = said["status"]
                self._said.notify_all()

    def begin(self, play: Play) -> int:
        """Begin a round; gives the number of its process."""
        assert self._process.stdin is not None
        self._process.stdin.write(play.model_dump_json() + "\n")
        self._process.stdin.flush()
        with self._said:
            self._said.wait_for(lambda: bool(self._began), _PATIENCE)
            return self._began.pop()

    def wait(self, pid: int, seconds: float = _PATIENCE) -> int | None:
        """How the process ended: its exit code, or its signal as a negative number; None if it has not."""
        with self._said:
            if not self._said.wait_for(lambda: pid in self._ended, seconds):
                return None
            return os.waitstatus_to_exitcode(self._ended[pid])

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(_PATIENCE)
        self._listening.join()
        assert self._process.stdout is not None
        self._process.stdout.close()


@contextmanager
def staged() -> Iterator[Stage]:
    """A stage while the block runs."""
    stage = Stage()
    try:
        with newsroom() as room:
            room.publish(0, START)
            trial = Trial(0, stage, room)
            stage.begin(trial.a_round(here=True))
            shutil.rmtree(trial.home.parent)
        yield stage
    finally:
        stage.close()


@dataclass
class Trial:
    """One trial, and what was done in it."""

    seed: int
    stage: Stage
    room: Newsroom
    home: Path = field(default_factory=lambda: Path(mkdtemp(prefix="tallywire-faults-")) / "home")
    kinds: Mapping[str, int] = field(default_factory=lambda: FAULTS)
    again: Set[str] = frozenset(AGAIN)
    done: list[str] = field(default_factory=list)
    faults: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.now = START
        self.topic = Topic.model_validate(
            {
                "name": "floods",
                "match": {"any": ["flood*"]},
                "feeds": [self.room.web.url(name) for name in FEEDS],
                "recipients": [
                    DESK,
                    {"to": NIGHT, "zone": "Asia/Tokyo", "quiet": {"start": "08:00", "end": "20:00"}},
                ],
                "digest": {"at": ["06:00", "18:00"]},
                "alerts": {"bundle": "0s", "pause": "0s", "tells": "everything", "daily_cap": 50},
            }
        )

    def play(self) -> list[str]:
        """Play it; gives what did not hold."""
        try:
            for number in range(self.chance.randint(*ROUNDS)):
                self.room.publish(number, self.now)
                self._under_faults()
                self.now += timedelta(hours=self.chance.choice((1, 3, 8)))
            self.until_quiet()
            self.wrong += check(
                self.settings,
                self.room,
                self.topic,
                self.deep(),
                again=bool(self.faults & self.again),
                refused="mail server refuses" in self.faults,
                jumped=bool(self.faults & {"clock ahead", "clock behind"}),
            )
        except Broken as broken:
            self.wrong.append(str(broken))
        finally:
            self.room.post.well()
        if not self.wrong:
            shutil.rmtree(self.home.parent)
        return self.wrong

    def deep(self) -> list[Finding]:
        """What `doctor --deep` finds now."""
        found = self.home.parent / "deep"
        self.done.append("doctor --deep")
        self._ended(self.stage.begin(self.a_round(deep=found)))
        return [Finding.model_validate_json(line) for line in found.read_text(encoding="utf-8").splitlines()]

    @property
    def settings(self) -> Settings:
        """Those of its rounds."""
        return settings_of(self.home, self._web)

    @property
    def _web(self) -> str:
        return f"127.0.0.1:{self.room.web.port}"

    def a_round(self, **more: Any) -> Play:
        """A round as it would be without faults, with ``more``."""
        given = {"home": self.home, "log": self.home.parent / "log", "web": self._web, "smtp": self.room.port}
        topic = self.topic.model_dump(mode="json", exclude_defaults=True)
        given |= {"now": self.now, "topic": topic, **more}
        return Play.model_validate({name: str(one) if isinstance(one, Path) else one for name, one in given.items()})

    def _under_faults(self) -> None:
        """A round with one to three faults at once."""
        names = self.chance.choices(list(self.kinds), weights=list(self.kinds.values()), k=self.chance.randint(1, 3))
        chosen = sorted(set(names))
        self.faults |= set(chosen)
        said = list(chosen)
        more: dict[str, Any] = {"hurry": True}
        for name in chosen:
            said += self._arrange(name, more)
        self.done.append(f"{self.now:%d %H:%M} {'; '.join(said)}")
        pids = [self.stage.begin(self.a_round(**more))]
        if "two at once" in chosen or "two in one home" in chosen:
            time.sleep(self.chance.uniform(0, 0.5) * self.stage.length)
            pids.append(self.stage.begin(self.a_round(**more)))
        try:
            self._strike(chosen, pids)
            codes = [self._ended(pid) for pid in pids]
        finally:
            self._recover()
        self.done[-1] += f" -> {', '.join(map(str, codes))}"
        self.room.well()
        self.room.post.well()

    def _arrange(self, name: str, more: dict[str, Any]) -> list[str]:
        """Prepare a fault; gives what of it is worth telling."""
        chance, post = self.chance, self.room.post
        match name:
            case "mail server down":
                with socket.socket() as nobody:
                    nobody.bind(("127.0.0.1", 0))
                    more["smtp"] = nobody.getsockname()[1]
            case "mail server hangs":
                post.hangs = 1.0
            case "mail server puts off":
                post.rcpt[chance.choice((DESK, NIGHT))] = "450 later"
            case "mail server refuses":
                post.data = "554 no"
            case "servers fail":
                return self.room.spoil(chance, chance.choice((0.2, 0.5, 1.0)))
            case "disk full":
                largest = max((path.stat().st_size for path in self.home.rglob("*") if path.is_file()), default=0)
                more["most_bytes"] = largest + chance.randint(0, 300_000)
            case "clock ahead":
                more["now"] = self.now + timedelta(days=chance.choice((1, 40, 400)))
            case "clock behind":
                more["now"] = self.now - timedelta(days=chance.choice((1, 3)))
            case "index deleted":
                self._delete_index()
            case "two at once":
                more["locked"] = False
        return []

    def _strike(self, chosen: list[str], pids: list[int]) -> None:
        """What happens while rounds run."""
        if "kill at a mail" in chosen:
            moment, victim = self.chance.choice(("before", "after")), self.chance.choice(pids)

            def hook(now: str) -> None:
                if now == moment:
                    kill(victim)

            self.room.post.hook = hook
            self.done[-1] += f" ({moment} it is taken)"
        if "index deleted meanwhile" in chosen:
            time.sleep(self.chance.uniform(0, 1) * self.stage.length)
            self._delete_index()
        if "kill" in chosen:
            after = self.chance.uniform(0, 1.3) * self.stage.length
            time.sleep(after)
            for pid in pids:
                kill(pid)
            self.done[-1] += f" (after {after:.3f} s)"

    def _recover(self) -> None:
        """Let all be there again that the next round needs."""

    def _delete_index(self) -> None:
        for suffix in ("", "-wal", "-shm"):
            (self.home / f"index.db{suffix}").unlink(missing_ok=True)

    def _ended(self, pid: int) -> int:
        code = self.stage.wait(pid)
        if code is None:
            kill(pid)
            raise Broken(f"a round hangs: {self.done[-1]}")
        if code == BUG or code < -signal.SIGKILL or -signal.SIGKILL < code < 0:
            log = self.home.parent / "log"
            last = log.read_text(encoding="utf-8", errors="replace").strip()[-1500:] if log.exists() else ""
            raise Broken(f"a round ended with {code}: {self.done[-1]}\n{last}")
        return code

    def until_quiet(self) -> None:
        """Rounds without faults, the last of which find nothing left to do."""
        for _ in range(_QUIET_AFTER):
            self.done.append(f"{self.now:%d %H:%M} well")
            began = time.monotonic()
            code = self._ended(self.stage.begin(self.a_round()))
            self.stage.length += (time.monotonic() - began - self.stage.length) / 4
            self.done[-1] += f" -> {code}"
            if code:
                log = (self.home.parent / "log").read_text(encoding="utf-8", errors="replace").strip()
                raise Broken(f"a round without faults failed: {log[-600:]}")
            self.now += timedelta(hours=7)
            if self._is_quiet():
                return
        raise Broken(f"after {_QUIET_AFTER} rounds without faults there is work left")

    def _is_quiet(self) -> bool:
        from pipeline.record import Record

        with Record(self.settings.record_url) as record, record.read() as tx:
            inbox, outbox = tx.measuring.inbox(self.now), tx.measuring.outbox(self.now)
        return not (inbox.due or inbox.postponed or inbox.read or outbox.alerts or outbox.messages)


def kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
