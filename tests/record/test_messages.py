"""Messages in the record."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from pipeline.record import Record
from schemas.message import Bundle, BundleKind, Message, MessageState
from tests.record.examples import MINUTE, NOW, alert

DESK, NIGHT = "desk@news.example", "webhook:night"


def message(name: str, **more: Any) -> Message:
    given = {"id": name, "topic": "kids", "recipient": DESK, "message_id": f"<{name}@tally.example>", "alerts": ("a",)}
    return Message(**given | {"bound": NOW, "due": NOW} | more)


def test_a_message_comes_back_as_it_was_bound(record: Record) -> None:
    bundle = Bundle(topic="kids", alerts=(alert("a"),), kind=BundleKind.DEVELOPMENT, thread="t")
    bound = message("m", bundle=bundle)
    with record.begin() as tx:
        tx.messages.put(bound)
        assert tx.messages.get("m") == bound
        assert tx.messages.get("x") is None
        tx.messages.put(sent := bound.model_copy(update={"state": MessageState.SENT, "bundle": None, "sent": NOW}))
    with record.read() as tx:
        assert tx.messages.find() == [sent]


def test_messages_are_due_when_they_wait_and_their_time_has_come_those_due_longest_first(record: Record) -> None:
    with record.begin() as tx:
        tx.messages.put(message("now"))
        tx.messages.put(message("earlier", due=NOW - MINUTE))
        tx.messages.put(message("later", due=NOW + MINUTE))
        tx.messages.put(message("told", state=MessageState.SENT))
        tx.messages.put(message("other", topic="zoo"))
    with record.read() as tx:
        assert [one.id for one in tx.messages.due(NOW)] == ["earlier", "now", "other"]
        assert [one.id for one in tx.messages.due(NOW, "kids")] == ["earlier", "now"]


def test_messages_are_found_by_topic_state_age_and_digest(record: Record) -> None:
    with record.begin() as tx:
        tx.messages.put(message("a"))
        tx.messages.put(message("b", bound=NOW + MINUTE, state=MessageState.FAILED))
        tx.messages.put(message("c", topic="zoo", digest="d", alerts=()))
    with record.read() as tx:
        assert [one.id for one in tx.messages.find()] == ["a", "c", "b"]
        assert [one.id for one in tx.messages.find("kids")] == ["a", "b"]
        assert [one.id for one in tx.messages.find(since=NOW + MINUTE)] == ["b"]
        assert [one.id for one in tx.messages.find(state=MessageState.FAILED)] == ["b"]
        assert [one.id for one in tx.messages.find(digests=["d"])] == ["c"]


def test_what_a_recipient_got_of_alerts_is_counted(record: Record) -> None:
    told: dict[str, Any] = {"state": MessageState.SENT, "sent": NOW}
    with record.begin() as tx:
        for one in (
            message("a", **told),
            message("b", **told | {"sent": NOW - timedelta(days=1)}),
            message("c", **told, recipient=NIGHT),
            message("d", **told, topic="zoo"),
            message("e", **told, digest="d"),
            message("f"),
        ):
            tx.messages.put(one)
    with record.read() as tx:
        assert tx.messages.sent_since("kids", DESK, NOW) == 1
        assert tx.messages.sent_since("kids", DESK, NOW - timedelta(days=2)) == 2
