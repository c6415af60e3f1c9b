"""The operator's mails: a task failed, or a run is late. One mail for each trouble, not one for each failure.

A run that fails every five minutes while a server is down is one trouble. What was mailed is remembered in a small file
in the home, not in the record, which may be the very thing that is down; the next success of the task forgets it.
"""

from __future__ import annotations

import html
import logging
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pipeline.errors import TallywireError
from pipeline.settings import Settings, load_settings
from pipeline.tell.sender import Sender
from schemas.alert import Mail
from schemas.base import stable_id

AGAIN_AFTER = timedelta(hours=12)
"""A trouble that lasts is told again."""

_log = logging.getLogger(__name__)


def failed(context: Mapping[str, Any]) -> None:
    """Airflow's ``on_failure_callback`` of a task: mail what went wrong and what to do."""
    task = context["task_instance"]
    error = context.get("exception")
    what = str(error) if isinstance(error, TallywireError) else f"{type(error).__name__}: {error}"
    lines = [
        f"Task {task.task_id} of {task.dag_id} failed on its last try ({task.try_number}).",
        "",
        what,
        "",
        "No data is lost: its work waits in the record, and the next run will do it.",
        f"The log is in Airflow: run {task.run_id}.",
    ]
    _tell(f"{task.dag_id}.{task.task_id}", f"{task.dag_id}: {task.task_id} failed", lines)


def mended(context: Mapping[str, Any]) -> None:
    """Airflow's ``on_success_callback`` of a task: the next failure is a new trouble."""
    task = context["task_instance"]
    _told(load_settings(), f"{task.dag_id}.{task.task_id}").unlink(missing_ok=True)


def late(*, dag: str, after: float, context: Mapping[str, Any] | None = None, **_: Any) -> None:
    """Airflow's deadline callback of a DAG: a run has not ended ``after`` so many seconds.

    The runs of a backfill are queued at once and wait for one another; no news waits for them.
    """
    run = (context or {}).get("dag_run") or {}
    if run.get("run_type") == "backfill":
        return
    lines = [
        f"A run of {dag} has not finished {timedelta(seconds=after)} after it was queued.",
        "",
        "New articles wait until it finishes. Open the run in Airflow, find the task that is running or waiting, and",
        "look in its log for the cause: no free slot in a pool, a server that does not answer, too few cores.",
        *([f"Run: {run['dag_run_id']}"] if run.get("dag_run_id") else []),
    ]
    _tell(f"{dag}.late", f"{dag}: a run is late", lines)


def notice(settings: Settings, sender: Sender, subject: str, lines: list[str], now: datetime) -> Mail:
    """A mail to the operator; plain words, and the same in HTML."""
    text = "\n".join(lines)
    return Mail(
        message_id=sender.message_id(stable_id("notice", subject, text, now.isoformat())),
        recipients=settings.operator,
        subject=f"[Tallywire] {subject}",
        text=text,
        headers=(("From", sender.mail_from), ("Auto-Submitted", "auto-generated")),
        html=f'<pre style="white-space: pre-wrap; font: 15px/1.5 sans-serif">{html.escape(text)}</pre>',
    )


def send_waiting(settings: Settings) -> None:
    """Mail the notices that a mail server did not take when they were due. What it does not take now waits on."""
    if not any(_waiting(settings).glob("*.json")):
        return
    # Every task imports this module by way of its DAG file, and hardly any has something to mail.
    from filelock import FileLock

    from pipeline.steps.transport import mailer_of

    try:
        # Several tasks may fail at one moment, and each of them comes here.
        with FileLock(_waiting(settings) / ".lock"):
            for path in sorted(_waiting(settings).glob("*.json")):
                mailer_of(settings).send(Mail.model_validate_json(path.read_bytes()), date=datetime.now(UTC))
                path.unlink(missing_ok=True)
    except (TallywireError, OSError) as error:
        # It may be the mail server that is the trouble; the log has it all.
        _log.error("the operator could not be mailed: %s", error)


def _tell(trouble: str, subject: str, lines: list[str]) -> None:
    from pipeline.steps.transport import sender_of

    settings = load_settings()
    told = _told(settings, trouble)
    if not settings.operator or _is_recent(told):
        return
    now = datetime.now(UTC)
    mail = notice(settings, sender_of(settings), subject, lines, now)
    try:
        _waiting(settings).mkdir(parents=True, exist_ok=True)
        (_waiting(settings) / f"{now:%Y%m%dT%H%M%S%f}.json").write_text(mail.model_dump_json(), encoding="utf-8")
        told.touch()
    except OSError as error:
        _log.error("the notice %r to the operator could not be saved: %s", subject, error)
    send_waiting(settings)


def _waiting(settings: Settings) -> Path:
    return settings.home / "troubles" / "waiting"


def _told(settings: Settings, trouble: str) -> Path:
    return settings.home / "troubles" / trouble


def _is_recent(told: Path) -> bool:
    try:
        return time.time() - told.stat().st_mtime < AGAIN_AFTER.total_seconds()
    except OSError:
        return False
