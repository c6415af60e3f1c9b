"""What monitoring asks of the record, on both databases."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from pipeline.record import Record
from pipeline.record.measuring import Inbox, Outbox
from schemas.feed import Outcome
from schemas.message import MessageState
from tests.record.examples import MINUTE, NOW, alert, entry, read_entry
from tests.record.test_messages import message

DAY = timedelta(days=1)


def test_of_an_empty_record_nothing_waits(record: Record) -> None:
    with record.read() as tx:
        assert tx.measuring.inbox(NOW) == Inbox(0, 0, 0, None)
        assert tx.measuring.outbox(NOW) == Outbox(0, None, 0, None, 0)
        assert (tx.measuring.last_lease(), tx.measuring.last_ended(), tx.measuring.entry_version()) == (None, None, 0)
        assert tx.measuring.sent_since(NOW) == []


def test_what_waits_is_counted_by_what_it_waits_for(record: Record) -> None:
    with record.begin() as tx:
        tx.entries.add([entry("later", first_seen=NOW - 9 * MINUTE), entry("due", first_seen=NOW - 3 * MINUTE)])
        tx.entries.add([entry("read"), entry("ended"), entry("held")])
        tx.entries.retry("later", NOW + MINUTE, "no answer")
        tx.entries.put_reading("read", read_entry(entry("read"), "kids"))
        tx.entries.claim(NOW, 1, 15 * MINUTE, "me", among=["held"])
    with record.read() as tx:
        assert tx.measuring.inbox(NOW) == Inbox(due=3, postponed=1, read=1, since=NOW - 3 * MINUTE)
        assert tx.measuring.inbox(NOW + MINUTE) == Inbox(due=4, postponed=0, read=1, since=NOW - 9 * MINUTE)
        assert tx.measuring.last_lease() == NOW + 15 * MINUTE
        version = tx.measuring.entry_version()
    with record.begin() as tx:
        tx.entries.end("ended", Outcome.INDEXED, "on topic", NOW)
    with record.read() as tx:
        assert tx.measuring.last_ended() == NOW
        assert tx.measuring.entry_version() == version + 1


def test_the_outbox_tells_what_waits_since_when_and_what_was_given_up(record: Record) -> None:
    with record.begin() as tx:
        tx.alerts.add(alert("a"))
        tx.messages.put(message("bound", bound=NOW - MINUTE, due=NOW + 60 * MINUTE))
        tx.messages.put(message("failed", state=MessageState.FAILED))
        tx.messages.put(message("long ago", state=MessageState.FAILED, due=NOW - 2 * DAY))
        tx.messages.put(message("sent", state=MessageState.SENT, sent=NOW + MINUTE))
        tx.messages.put(message("before", state=MessageState.SENT, sent=NOW))
    with record.read() as tx:
        assert tx.measuring.outbox(NOW - DAY) == Outbox(1, NOW, 1, NOW - MINUTE, 1)
        assert [one.id for one in tx.measuring.sent_since(NOW)] == ["sent"]


@pytest.mark.parametrize("record_url", ["sqlite"], indirect=True)
def test_no_question_goes_through_a_whole_table(record: Record) -> None:
    asked: list[tuple[str, Any]] = []

    def heard(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", heard)
    try:
        with record.read() as tx:
            tx.measuring.inbox(NOW)
            tx.measuring.outbox(NOW)
            tx.measuring.sent_since(NOW)
            tx.measuring.last_lease()
            tx.measuring.last_ended()
            tx.measuring.entry_version()
    finally:
        event.remove(Engine, "before_cursor_execute", heard)
    plans = []
    with closing(sqlite3.connect(Path(record.place))) as connection:
        for statement, parameters in asked:
            if statement.startswith("SELECT"):
                plans += [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)]
    assert len(plans) >= 9
    assert [plan for plan in plans if re.fullmatch("(SCAN|SEARCH) (entries|alerts|messages)", plan)] == []
