"""Runs rounds in children of its own, so that importing, which takes longer than a round, is done once.

It hears JSON lines on stdin, each a `Play`, and says on stdout ``{"began": pid}`` and ``{"ended": pid, "status": n}``.
The status is that of `os.waitpid`; a child exits with 0, 1 (an error in words) or 70 (a bug).
"""

from __future__ import annotations

import json
import os
import resource
import select
import sys
import time
import traceback
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pipeline.errors import SearchIndexError, TallywireError
from pipeline.index.elastic import server
from pipeline.runner import Runner, home_locked
from pipeline.settings import Settings
from pipeline.steps.deciding.enrol import enrol
from pipeline.steps.deciding.feeds import logins_of
from pipeline.steps.keeping.rereading import Limits, reread
from pipeline.steps.read import give_back
from pipeline.steps.services import open_services
from pipeline.tell.delivery import SmtpMailer
from schemas.base import Model
from schemas.topic import Topic

BUG = 70


class Play(Model):
    """One round: where, when by its clock, and under which limits."""

    home: str
    log: str
    now: datetime
    web: str
    smtp: int
    topic: dict[str, Any]
    locked: bool = True
    """Whether the round holds the home, as `tallywire run` does; of two at once, as workers of a deployment, none."""
    most_bytes: int | None = None
    """The size that no file can exceed: a full disk."""
    here: bool = False
    """Whether it is run in the process itself: all that a round loads is there for its children then."""
    deep: str | None = None
    """Instead of a round: the file to which what `doctor --deep` finds is written, a JSON line each."""
    hurry: bool = False
    """Whether servers are given up on after a moment."""
    database: str | None = None
    elastic: str | None = None
    prefix: str = "tallywire"
    """The servers of a deployment, and the prefix of its indices; none: all is in the home."""


def settings_of(
    home: Path, web: str, database: str | None = None, elastic: str | None = None, prefix: str = "tallywire"
) -> Settings:
    """The settings of a home, or of a deployment, whose newsroom is at ``web``."""
    return Settings(
        _env_file=None,
        home=home,
        database_url=database,
        elasticsearch_url=elastic,
        elasticsearch_prefix=prefix,
        elasticsearch_analyzers="*=folding,en=english",
        smtp_url=None,
        allowed_hosts=(web,),
        host_delay=0.0,
        workers=0,
        revisit_after=(),
        mail_from="news@tally.example",
    )


def settings_in(play: Play) -> Settings:
    return settings_of(Path(play.home), play.web, play.database, play.elastic, play.prefix)


def hurry_elasticsearch() -> None:
    """Let this process wait for Elasticsearch no longer than a trial can."""
    server._TIMEOUT = 2.0
    server.Server.__init__.__kwdefaults__["patience"] = (0.1, 0.2, 0.4)


def run(play: Play) -> None:
    """The round itself."""
    if play.most_bytes is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (play.most_bytes, play.most_bytes))
    began = time.monotonic()

    def clock() -> datetime:
        return play.now.astimezone(UTC) + timedelta(seconds=time.monotonic() - began)

    settings = settings_in(play)
    if play.hurry:
        settings = settings.model_copy(update={"fetch_timeout": 1.0})
        hurry_elasticsearch()
    mailer = SmtpMailer(f"smtp://127.0.0.1:{play.smtp}", timeout=0.5 if play.hurry else 30.0)
    with home_locked(settings.home, wait=0.0) if play.locked else nullcontext():
        services = open_services(settings, clock=clock)
        if play.locked:
            give_back(services.record)
        enrol(services.record, [Topic.model_validate(play.topic)], logins_of(services))
        with Runner(services, mailer=mailer) as runner:
            done = runner.round(every_feed=True)
        services.close()
    if done.unpublished:
        sys.stderr.write(f"{done.unpublished}\n")
        if not play.hurry:
            raise SearchIndexError("a round without faults did not bring the index up to date")


def look(play: Play, found: Path) -> None:
    """What `doctor --deep` finds in the home."""
    findings = reread(settings_in(play), Limits(sample=200, seconds=120))
    found.write_text("".join(f"{one.model_dump_json()}\n" for one in findings), encoding="utf-8")


def child(play: Play) -> int:
    """Run in a fork; what goes wrong is in the log."""
    log = os.open(play.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)
    try:
        look(play, Path(play.deep)) if play.deep else run(play)
    except TallywireError as error:
        os.write(2, f"{error}\n".encode())
        return 1
    except BaseException:
        os.write(2, traceback.format_exc().encode())
        return BUG
    return 0


def main() -> None:
    """Serve plays until stdin ends."""
    heard = b""
    while True:
        if select.select([0], [], [], 0.005)[0]:
            some = os.read(0, 65536)
            if not some:
                return
            heard += some
        while b"\n" in heard:
            line, _, heard = heard.partition(b"\n")
            play = Play.model_validate_json(line)
            if play.here:
                # What a deployment talks to its servers with; a connection must not be shared with children.
                import elasticsearch  # noqa: F401
                import psycopg  # noqa: F401

                run(play)
                say({"began": 0})
                continue
            pid = os.fork()
            if not pid:
                os._exit(child(play))
            say({"began": pid})
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            continue
        if pid:
            say({"ended": pid, "status": status})


def say(what: dict[str, int]) -> None:
    os.write(1, json.dumps(what).encode() + b"\n")


if __name__ == "__main__":
    sys.exit(main())
