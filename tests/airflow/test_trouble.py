"""What the operator is mailed: one mail for each trouble, with what to do."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from types import SimpleNamespace
from typing import Any

import pytest

from pipeline.airflow.trouble import AGAIN_AFTER, failed, late, mended, send_waiting
from pipeline.errors import SearchIndexError
from pipeline.settings import load_settings
from tests.airflow.deployment import PostOffice

ERROR = SearchIndexError("Elasticsearch does not answer", where="https://search.example", hint="is it running?")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TALLYWIRE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TALLYWIRE_OPERATOR", "desk@example.org, night@example.org")
    return tmp_path / "home"


def context(error: BaseException = ERROR, task: str = "publish") -> dict[str, Any]:
    instance = SimpleNamespace(dag_id="tallywire_ingest", task_id=task, try_number=2, run_id="run 7")
    return {"task_instance": instance, "exception": error}


def mails(home: Path) -> list[str]:
    return [path.read_text() for path in sorted((home / "mail").glob("*.eml"))]


def test_a_failed_task_is_told_with_what_to_do(home: Path) -> None:
    failed(context())
    (mail,) = mails(home)
    assert "Subject: [Tallywire] tallywire_ingest: publish failed" in mail
    assert "Elasticsearch does not answer" in mail
    assert "is it running?" in mail
    assert "No data is lost" in mail


def test_a_trouble_that_lasts_is_told_once_until_it_is_mended(home: Path) -> None:
    failed(context())
    failed(context())
    assert len(mails(home)) == 1
    mended(context())
    failed(context())
    assert len(mails(home)) == 2


def test_another_task_is_another_trouble(home: Path) -> None:
    failed(context())
    failed(context(task="judge"))
    assert len(mails(home)) == 2


def test_a_trouble_that_lasts_for_long_is_told_again(home: Path) -> None:
    failed(context())
    told = home / "troubles" / "tallywire_ingest.publish"
    long_ago = told.stat().st_mtime - AGAIN_AFTER.total_seconds()
    os.utime(told, (long_ago, long_ago))
    failed(context())
    assert len(mails(home)) == 2


def test_an_error_that_is_not_ours_is_named(home: Path) -> None:
    failed(context(ZeroDivisionError("division by zero")))
    assert "ZeroDivisionError: division by zero" in mails(home)[0]


def test_a_run_of_a_backfill_that_waits_its_turn_is_not_late(home: Path) -> None:
    late(dag="tallywire_digest_floods", after=900.0, context={"dag_run": {"dag_run_id": "b", "run_type": "backfill"}})
    assert mails(home) == []


def test_a_late_run_is_told(home: Path) -> None:
    late(dag="tallywire_ingest", after=900.0, context={"dag_run": {"dag_run_id": "run 7"}})
    (mail,) = mails(home)
    assert "Subject: [Tallywire] tallywire_ingest: a run is late" in mail
    assert "0:15:00" in mail
    assert "run 7" in mail


def test_without_an_operator_nobody_is_mailed(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TALLYWIRE_OPERATOR")
    failed(context())
    assert mails(home) == []


def test_what_a_mail_server_did_not_take_is_sent_once_it_does(
    home: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("TALLYWIRE_SMTP_URL", "smtp://127.0.0.1:9")
    failed(context())
    failed(context())
    assert "the operator could not be mailed" in caplog.text
    monkeypatch.delenv("TALLYWIRE_SMTP_URL")
    send_waiting(load_settings())
    send_waiting(load_settings())
    assert len(mails(home)) == 1


def test_what_several_tasks_want_to_send_at_one_moment_is_sent_once(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    post = PostOffice()
    monkeypatch.setenv("TALLYWIRE_SMTP_URL", post.url)
    monkeypatch.setenv("TALLYWIRE_MAIL_FROM", "desk@tallywire.example")
    tasks = ("plan", "read", "judge", "publish")
    for task in tasks:
        failed(context(task=task))
    together = Barrier(4)

    def send(_: int) -> None:
        together.wait()
        send_waiting(load_settings())

    post.open()
    try:
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(send, range(4)))
    finally:
        post.close()
    assert sorted(post.subjects()) == sorted(f"[Tallywire] tallywire_ingest: {task} failed" for task in tasks)


def test_a_home_that_cannot_be_written_is_no_further_trouble(home: Path, caplog: pytest.LogCaptureFixture) -> None:
    home.write_text("a file where the home should be")
    failed(context())
    assert "the notice 'tallywire_ingest: publish failed' to the operator could not be saved" in caplog.text
