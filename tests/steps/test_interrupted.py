"""Ctrl-C, company, and mail servers that come and go."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from pipeline.errors import DeliveryError
from pipeline.read.workers import WorkerPool
from pipeline.runner import Round, Runner, home_locked
from pipeline.tell.delivery import SmtpMailer
from schemas.alert import AlertState
from tests.collect.web import Web
from tests.hostile import (
    command,
    dripping,
    environment,
    exported,
    feed,
    html_answer,
    leased,
    page,
    serving,
    topic_file,
)
from tests.steps.conftest import House, Site
from tests.steps.test_replay import stream, write
from tests.steps.test_rounds import FLOOD, topic_for

PATIENCE = 120
"""Seconds after which a test gives up; what it waits for would otherwise go on for longer."""


def started(*words: object, web: Web | None = None, **settings: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command(*words),
        env=environment(web, **settings) if web else None,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def wait_until(happens: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not happens():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def interrupted(process: subprocess.Popen[str], times: int = 1) -> tuple[int, str, str]:
    """Ctrl-C reaches every process of the terminal's group."""
    for _ in range(times):
        os.killpg(process.pid, signal.SIGINT)
        time.sleep(0.05)
    out, err = process.communicate(timeout=PATIENCE)
    assert "Traceback" not in err, err
    return process.returncode, out, err


def test_ctrl_c_ends_a_watch_that_waits_for_a_slow_site_and_the_next_run_goes_on(tmp_path: Path) -> None:
    links = ["/quick", "/slow", "/later"]
    pages = {link: html_answer(page(f"Flood, {link}")) for link in links}
    with serving(pages | {"/slow": dripping, "/feed": feed(links)}) as web:
        words = ("run", topic_file(tmp_path, web.url("/feed")), "--home", tmp_path / "home", "--workers", 1)
        watch = started(*words, "--watch", web=web, fetch_timeout=3600)
        wait_until(lambda: "/slow" in web.paths)
        code, _, err = interrupted(watch)
        assert code == 0
        assert "stopped; nothing is lost, and the next run continues from here" in err
        assert leased(tmp_path / "home") == 0
        web.pages["/slow"] = pages["/slow"]
        done = started(*words, "--every-feed", web=web)
        assert done.communicate(timeout=PATIENCE)[1] == ""
    entries = exported(tmp_path / "home")["entries"]
    assert [(entry["outcome"] is not None, entry["attempts"]) for entry in entries] == [(True, 1)] * 3


@pytest.mark.parametrize(("times", "said"), [(1, 3), (2, 130)])
def test_ctrl_c_ends_a_single_run_in_part_and_another_ends_it_at_once(tmp_path: Path, times: int, said: int) -> None:
    with serving({"/slow": dripping, "/feed": feed(["/slow"])}) as web:
        topic = topic_file(tmp_path, web.url("/feed"))
        run = started("run", topic, "--home", tmp_path / "home", "--workers", 0, web=web, fetch_timeout=3600)
        wait_until(lambda: "/slow" in web.paths)
        code, _, err = interrupted(run, times)
    assert code == said
    assert "stopped; nothing is lost, and the next run continues from here" in err
    assert leased(tmp_path / "home") == 0


def test_ctrl_c_ends_a_replay_which_the_same_command_takes_up(tmp_path: Path) -> None:
    path = write(tmp_path / "stream.jsonl.gz", stream(130))
    words = ("replay", path, "--home", tmp_path / "home", "--workers", 1)

    def begun() -> bool:
        with suppress(sqlite3.Error), closing(sqlite3.connect(tmp_path / "home" / "tallywire.db")) as connection:
            return bool(connection.execute("SELECT count(*) FROM entries").fetchone()[0])
        return False

    replay = started(*words)
    wait_until(begun)
    code, out, _ = interrupted(replay)
    assert code == 3
    assert "stopped; the same command continues from here" in out
    again = started(*words)
    again.communicate(timeout=PATIENCE)
    assert again.returncode == 0
    rows = exported(tmp_path / "home")
    assert [row["id"] for row in rows["articles"]] == [f"n{number}" for number in range(130)]
    assert all(entry["outcome"] for entry in rows["entries"])


def held_up(number: int) -> int:
    time.sleep(0.05 if number else 600)
    return number


def test_signals_to_the_whole_group_cost_the_reading_processes_no_job(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "import os, signal, threading, time\n"
        "from pipeline.read.workers import WorkerPool\n"
        "from tests.steps.test_interrupted import held_up\n"
        "if __name__ == '__main__':\n"
        "    for number in (signal.SIGINT, signal.SIGTERM):\n"
        "        signal.signal(number, lambda *_: None)\n"
        "    def disturb():\n"
        "        while not done:\n"
        "            os.killpg(0, signal.SIGINT), os.killpg(0, signal.SIGTERM), time.sleep(0.02)\n"
        "    done = []\n"
        "    threading.Thread(target=disturb).start()\n"
        "    try:\n"
        "        with WorkerPool(held_up, workers=2, recycle=3) as pool:\n"
        "            print(list(pool.map(range(1, 13))) == list(range(1, 13)))\n"
        "    finally:\n"
        "        done.append(True)\n"
    )
    process = subprocess.run(
        [sys.executable, script],
        env=os.environ | {"PYTHONPATH": str(Path.cwd())},
        capture_output=True,
        text=True,
        start_new_session=True,
        timeout=PATIENCE,
        check=False,
    )
    assert (process.stdout, process.stderr) == ("True\n", "")


def test_a_wish_to_stop_is_heard_while_a_job_hangs() -> None:
    with WorkerPool(held_up, workers=1, seconds=30) as pool:
        found = list(pool.map([1, 2, 0, 3], stop=iter([False] * 15 + [True] * 9).__next__))
    assert found in ([], [1], [1, 2])


def test_a_second_run_waits_for_the_first_if_told_to(tmp_path: Path) -> None:
    words = ("run", topic_file(tmp_path), "--home", tmp_path / "home", "--workers", 0)
    with home_locked(tmp_path / "home"):
        refused = started(*words)
        patient = started(*words, "--wait", PATIENCE)
        err = refused.communicate(timeout=PATIENCE)[1]
        assert refused.returncode == 1
        assert "another tallywire is running in this home" in err
        assert "--wait" in err
        assert patient.poll() is None
    patient.communicate(timeout=PATIENCE)
    assert patient.returncode == 0


class Postbox:
    """Takes every mail."""

    def __init__(self) -> None:
        self.mails: list[Message] = []

    async def handle_DATA(  # noqa: N802 - the name aiosmtpd calls
        self, server: Any, session: Any, envelope: Any
    ) -> str:
        self.mails.append(message_from_bytes(envelope.content))
        return "250 taken"


@contextmanager
def mail_server(port: int) -> Iterator[Postbox]:
    box = Postbox()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()


@contextmanager
def server_that_hangs_up(port: int) -> Iterator[list[bytes]]:
    """A mail server that hangs up in the middle of each mail; yields what it had heard of it by then."""
    heard: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 hello\r\n")
        while line := await reader.readline():
            writer.write(b"354 go on\r\n" if line.upper().startswith(b"DATA") else b"250 fine\r\n")
            if line.upper().startswith(b"DATA"):
                heard.append(await reader.read(200))
                break
        writer.close()

    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    server = asyncio.run_coroutine_threadsafe(asyncio.start_server(serve, "127.0.0.1", port), loop).result()
    try:
        yield heard
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_mails_wait_for_a_server_that_is_down_or_hangs_up_and_come_once(house: House, site: Site) -> None:
    site.publish("flood", "Hospital evacuated as Malva floods Tarn", *FLOOD)
    house.enrol(topic_for(site))
    port = free_port()

    def round_() -> Round:
        with Runner(house.services, mailer=SmtpMailer(f"smtp://127.0.0.1:{port}", timeout=20)) as runner:
            done = runner.round(every_feed=True)
        house.clock.forward(hours=1)
        return done

    down = round_()
    assert "Connection refused" in down.told.troubles[0]
    assert f"127.0.0.1:{port}" in down.told.troubles[0]
    with server_that_hangs_up(port) as heard:
        assert "the mail could not be sent" in round_().told.troubles[0]
    assert len(heard) == 1
    with mail_server(port) as box:
        assert round_().told.troubles == []
        assert round_().told.mails == []
    (mail,) = box.mails
    assert "40" in str(mail["Subject"])
    with house.services.record.read() as tx:
        alerts = tx.alerts.find()
    assert {(alert.state, alert.message_id) for alert in alerts} == {(AlertState.SENT, mail["Message-ID"])}


def test_a_silent_mail_server_holds_up_a_round_once_and_costs_the_other_mails_no_try(house: House, site: Site) -> None:
    site.publish("flood", "Hospital evacuated as Malva floods Tarn", *FLOOD)
    house.enrol(*(topic_for(site, name=name) for name in ("floods", "rivers", "tarn")))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        mailer = SmtpMailer(f"smtp://127.0.0.1:{silent.getsockname()[1]}", timeout=0.5)
        with Runner(house.services, mailer=mailer) as runner:
            done = runner.round(every_feed=True)
        silent.accept()[0].close()
        silent.settimeout(0.05)
        with pytest.raises(TimeoutError):
            silent.accept()
    (trouble,) = done.told.troubles
    assert "timed out" in trouble
    with house.services.record.read() as tx:
        tried = {alert.topic: alert.attempts for alert in tx.alerts.find(state=AlertState.WAITING)}
    assert tried == {"floods": 1, "rivers": 0, "tarn": 0}
    assert len(house.round().told.mails) == 2


def test_a_mail_that_failed_a_dozen_times_is_given_up(house: House, site: Site) -> None:
    site.publish("flood", "Hospital evacuated as Malva floods Tarn", *FLOOD)
    house.enrol(topic_for(site, digest=None))
    house.post.failures = [DeliveryError("the mail server is down")] * 12
    for _ in range(12):
        assert house.round(every_feed=False).told.troubles
        house.clock.forward(hours=4)
    assert house.round(every_feed=False).told.troubles == []
    assert house.post.mails == []
    with house.services.record.read() as tx:
        assert {alert.state for alert in tx.alerts.find()} == {AlertState.FAILED}


def test_a_mail_that_was_bound_keeps_its_message_id_when_the_sender_moves_to_another_domain(
    house: House, site: Site
) -> None:
    site.publish("flood", "Hospital evacuated as Malva floods Tarn", *FLOOD)
    house.enrol(topic_for(site))
    house.post.failures = [DeliveryError("the mail server is down")]
    house.round()
    with house.services.record.read() as tx:
        (bound,) = {alert.message_id for alert in tx.alerts.find(state=AlertState.WAITING)}
    house.clock.forward(hours=1)
    settings = house.services.settings.model_copy(update={"mail_from": "desk@moved.example"})
    House(replace(house.services, settings=settings), house.clock, house.post).round()
    (mail,) = house.post.mails
    assert mail.message_id == bound
    assert dict(mail.headers)["From"] == "desk@moved.example"
