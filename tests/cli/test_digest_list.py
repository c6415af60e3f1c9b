"""``tallywire digest list`` and ``retry``: what became of digests, and how one that was given up goes out after all."""

from __future__ import annotations

import email
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.settings import load_settings
from pipeline.steps.services import open_services
from schemas.alert import Digest, DigestData, DigestState
from schemas.message import Message, MessageState
from schemas.topic import Topic
from tests.cli.conftest import Command

DAY = timedelta(days=1)
NIGHT = "night@news.example"
END = datetime(2026, 3, 2, 18, tzinfo=UTC)


def digest(name: str, days: int, state: DigestState, topic: str = "floods", **more: object) -> Digest:
    end = END + days * DAY
    data = DigestData(topic=topic, start=end - DAY, end=end, articles=3)
    given = {"id": name, "topic": topic, "start": end - DAY, "end": end, "message_id": f"<{name}@tally.example>"}
    return Digest.model_validate(given | {"data": data, "state": state, "due": end} | more)


SENT = digest("digest-sent", 0, DigestState.SENT, data=None, sent=END)
FAILED = digest(
    "digest-failed",
    1,
    DigestState.FAILED,
    attempts=12,
    error="450 mailbox full",
    recipients_left=("night@news.example",),
)
LATER = digest("digest-later", 2, DigestState.WAITING, due=END + 365 * 100 * DAY, attempts=3, error="no route to host")
OTHER = digest("digest-other", 1, DigestState.FAILED, topic="gone", attempts=1, error="554 no digests here")


TO_NIGHT = Message(
    id="message-to-night",
    topic="floods",
    recipient="night@news.example",
    message_id=FAILED.message_id,
    digest=FAILED.id,
    bound=FAILED.end,
    due=FAILED.end,
    state=MessageState.FAILED,
    attempts=12,
    error="450 mailbox full",
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with digests in every state; the topic of one is no longer watched."""
    folder = tmp_path / "home"
    services = open_services(load_settings(home=folder))
    with services.record.begin() as tx:
        tx.topics.put(Topic(name="floods", recipients=("day@news.example", "night@news.example")))
        for one in (SENT, FAILED, LATER, OTHER):
            tx.digests.put(one)
        tx.messages.put(TO_NIGHT)
    services.close()
    return folder


def listed(tallywire: Command, home: Path, *options: object) -> list[dict[str, object]]:
    done = tallywire("digest", "list", "--json", "--home", home, *options)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_digests_are_listed_by_topic_and_state_with_the_reason(tallywire: Command, home: Path) -> None:
    assert [row["id"] for row in listed(tallywire, home)] == [one.id for one in (SENT, FAILED, OTHER, LATER)]
    assert [row["id"] for row in listed(tallywire, home, "--limit", 1)] == [LATER.id]
    assert [row["id"] for row in listed(tallywire, home, "--topic", "gone")] == [OTHER.id]
    (failed,) = listed(tallywire, home, "--topic", "floods", "--state", "failed")
    assert (failed["error"], failed["attempts"]) == ("450 mailbox full", 12)
    assert failed["recipients_left"] == ["night@news.example"]
    assert "data" not in failed
    lines = tallywire("digest", "list", "--home", home).stdout.splitlines()
    (line,) = (line for line in lines if FAILED.id in line)
    assert " ".join(line.split()[2:10]) == "2026-03-02 18:00 UTC 2026-03-03 18:00 UTC failed 12"
    assert line.rstrip().endswith("450 mailbox full (not yet to night@news.example)")


def test_one_that_was_given_up_goes_out_with_the_next_mails(tallywire: Command, home: Path) -> None:
    done = tallywire("digest", "retry", FAILED.id, "--home", home)
    assert (done.returncode, done.stderr) == (0, "")
    assert "waiting" in done.stdout
    assert tallywire("alerts", "send", "--home", home).returncode == 0
    (row,) = (row for row in listed(tallywire, home) if row["id"] == FAILED.id)
    assert (row["state"], row["error"]) == ("sent", None)
    (mail,) = (home / "mail").glob("*.eml")
    message = email.message_from_bytes(mail.read_bytes())
    assert (message["Message-ID"], message["To"]) == (FAILED.message_id, "night@news.example")


def test_what_can_not_be_retried_is_told_and_stays_as_it_is(tallywire: Command, home: Path) -> None:
    before = listed(tallywire, home)
    for identity, words in (
        ("digest-none", "there is no digest 'digest-none'"),
        (SENT.id, "has not failed: it is sent"),
        (LATER.id, "has not failed: it is waiting"),
        (OTHER.id, "there is no topic 'gone'"),
    ):
        done = tallywire("digest", "retry", identity, "--home", home)
        assert (done.returncode, done.stdout) == (1, "")
        assert words in done.stderr
        assert "→" in done.stderr or "`tallywire" in done.stderr or "removed" in done.stderr
    assert listed(tallywire, home) == before
