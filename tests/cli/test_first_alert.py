"""From nothing to the first alert on a topic of one's own, as a newcomer types it: a file, a watch, a mail."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.hostile import command, environment, feed, html_answer, page, serving
from tests.tell.test_smtp import Inbox
from tests.tell.test_smtp import serving as smtp_serving

REPORT = (
    "At least 340 people left their homes in Lindau on Monday after a flood, the mayor said.",
    "Two bridges are closed. The fire brigade expects the water to fall from Tuesday on.",
    "Schools stay shut, and the railway line to the south is cut for a week.",
)
PATIENCE = 240.0
"""Seconds from `topics new` to the mail: four times the minute that is promised, for a machine that is very busy."""


@pytest.mark.long
def test_the_first_round_of_a_new_topic_mails_what_it_finds(tmp_path: Path) -> None:
    inbox, hours = Inbox(), datetime.now(UTC) - timedelta(hours=3)
    pages = {"/1": html_answer(page("Flood drives 340 from their homes in Lindau", *REPORT, published=hours))}
    with serving({"/rss.xml": feed(["/1"]), **pages}) as web, smtp_serving(inbox) as port:
        given = environment(web, smtp_url=f"smtp://127.0.0.1:{port}", mail_from="news@tally.example", poll_every="1h")
        began = time.monotonic()
        new = ["topics", "new", "floods", "--term", "flood*", "--feed", web.url("/rss.xml"), "--to", "you@news.example"]
        subprocess.run(command(*new), env=given, cwd=tmp_path, check=True, capture_output=True)
        watch = subprocess.Popen(
            command("run", "floods.yaml", "--watch"),
            env=given,
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        try:
            while not inbox.taken and watch.poll() is None and time.monotonic() < began + PATIENCE:
                time.sleep(0.05)
            took = time.monotonic() - began
        finally:
            os.killpg(watch.pid, signal.SIGTERM)
            said, _ = watch.communicate(timeout=PATIENCE)
        assert inbox.taken, said
        # It was sent in the first round: the next is an hour away.
        assert web.paths.count("/rss.xml") == 1
    assert took < PATIENCE
    (mail,) = inbox.taken
    assert mail.rcpt_tos == ["you@news.example"]
    assert re.search(rb"Subject: \[floods\] At least 340 people left their homes", mail.content or b"")
