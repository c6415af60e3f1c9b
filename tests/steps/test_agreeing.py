"""What `doctor --deep` says of a record that agrees with itself, and of one that was tampered with."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest

from pipeline.record import Transaction
from pipeline.steps.keeping.agreeing import agreement, digests_disagree, outbox_disagrees
from pipeline.steps.publish import publish
from schemas.alert import AlertState, Digest, DigestState
from schemas.feed import Outcome
from schemas.message import MessageState
from tests.cli.test_threads import FIRST
from tests.record.examples import NOW, alert
from tests.record.test_messages import message
from tests.steps.conftest import START
from tests.steps.scripted import Newsroom, newsroom, written


def told(room: Newsroom) -> dict[str, str]:
    """What is said of each place: entries, articles, outbox, index."""
    return {one.what.partition(":")[0]: one.what for one in agreement(room.services)}


def test_of_a_record_that_agrees_all_is_well_and_a_document_of_an_old_version_is_named() -> None:
    with newsroom(start=START) as room:
        room.arrive(written(FIRST))
        publish(room.services)
        assert {one.level for one in agreement(room.services)} == {"ok"}
        assert set(told(room)) == {"entries", "articles", "outbox", "index"}
        with closing(sqlite3.connect(room.services.settings.index_path)) as connection, connection:
            (id,) = connection.execute("UPDATE document SET version = -1 WHERE number = 1 RETURNING id").fetchone()
        assert told(room)["index"] == f"index: 1 document out of date: {id}"


def _lost_article(tx: Transaction) -> None:
    entry = next(tx.entries.find(Outcome.INDEXED))
    tx.entries.add([entry.model_copy(update={"id": "odd", "article": "none"})])


def _no_reason(tx: Transaction) -> None:
    entry = next(tx.entries.find(Outcome.INDEXED))
    tx.entries.add([entry.model_copy(update={"id": "mute", "reason": ""})])


def _no_story(tx: Transaction) -> None:
    article = next(tx.articles.iterate())
    tx.articles.put(article.model_copy(update={"story": "story-none"}))


@pytest.mark.parametrize(
    ("tampered", "place", "said"),
    [
        (_lost_article, "entries", "odd brought none, which is not in the record"),
        (_no_reason, "entries", "mute ended as indexed without a reason"),
        (_no_story, "articles", "is in story-none, which is not in the record"),
    ],
)
def test_what_is_not_there_is_named(tampered: Callable[[Transaction], None], place: str, said: str) -> None:
    with newsroom(start=START) as room:
        room.arrive(written(FIRST[:1]))
        with room.services.record.begin() as tx:
            tampered(tx)
        assert said in told(room)[place]


SENT = {"state": MessageState.SENT, "sent": NOW}


@pytest.mark.parametrize(
    ("messages", "said"),
    [
        ([message("m", **SENT)], ""),
        ([message("m", **SENT), message("n", state=MessageState.DROPPED, message_id="")], ""),
        ([message("m", **SENT), message("n", **SENT)], "a goes to desk@news.example more than once: in m and n"),
        ([message("m", **SENT), message("n", alerts=("b",), message_id="<m@tally.example>", **SENT)], "Message-ID"),
        ([message("m", alerts=("x",), **SENT)], "m contains x, which is not in the record"),
        ([message("m", state=MessageState.SENT)], "m was sent, but has no time"),
        ([message("m", state=MessageState.WAITING)], "m is waiting, but is empty"),
        ([message("m", state=MessageState.FAILED)], "a is marked as sent, but no message with it was sent"),
        ([message("m", **SENT), message("n", recipient="you", digest=None)], "a is done (sent), but a message"),
    ],
)
def test_an_outbox_that_is_not_as_it_must_be_is_told(messages: list[Any], said: str) -> None:
    alerts = {"a": alert("a", state=AlertState.SENT), "b": alert("b")}
    found = "; ".join(outbox_disagrees(alerts, messages))
    assert said in found
    assert bool(said) == bool(found)


@pytest.mark.parametrize(
    ("state", "messages", "said"),
    [
        (DigestState.SENT, [message("m", digest="d", **SENT)], ""),
        (DigestState.SENT, [message("m", digest="d")], "d is marked as sent, but m of it is waiting"),
        (DigestState.WAITING, [message("m", digest="d")], "d is empty, but m of it is waiting"),
        (DigestState.SENT, [message("m", digest="x", **SENT)], "m belongs to x, which is not in the record"),
        (DigestState.SENT, [message(one, digest="d", **SENT) for one in "mn"], "gets d in 2 messages"),
    ],
)
def test_a_digest_that_is_not_as_it_must_be_is_told(state: DigestState, messages: list[Any], said: str) -> None:
    digest = Digest(id="d", topic="kids", start=NOW, end=NOW, message_id="<d@x>", data=None, state=state, due=NOW)
    found = "; ".join(digests_disagree([digest], messages))
    assert said in found
    assert bool(said) == bool(found)
