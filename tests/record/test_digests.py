"""Digests that are bound, until they are told or given up."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from pipeline.record import Record
from schemas.alert import Digest, DigestData, DigestState
from tests.record.examples import MINUTE, NOW

DAY = timedelta(days=1)


def digest(name: str, topic: str = "kids", end: datetime = NOW, **more: Any) -> Digest:
    data = DigestData(topic=topic, start=end - DAY, end=end, articles=3)
    given = {"id": name, "topic": topic, "start": end - DAY, "end": end, "data": data, "due": end}
    return Digest(**given | {"message_id": f"<{name}@tally.example>"} | more)


def test_a_digest_comes_back_as_it_was_bound(record: Record) -> None:
    told = digest("b", state=DigestState.SENT, data=None, sent=NOW, attempts=2)
    with record.begin() as tx:
        tx.digests.put(digest("a", recipients_left=("desk@news.example",)))
        tx.digests.put(digest("b", end=NOW + DAY))
        tx.digests.put(told)
        tx.digests.put(digest("c", "zoo"))
    with record.read() as tx:
        assert tx.digests.find("kids") == [digest("a", recipients_left=("desk@news.example",)), told]
        assert tx.digests.find(state=DigestState.SENT) == [told]
        assert tx.totals()["digests"] == 3


def test_digests_are_due_when_they_wait_and_their_time_has_come_the_earliest_first(record: Record) -> None:
    with record.begin() as tx:
        tx.digests.put(digest("today", end=NOW))
        tx.digests.put(digest("put-off", end=NOW - DAY, due=NOW + MINUTE))
        tx.digests.put(digest("before", end=NOW - 2 * DAY))
        tx.digests.put(digest("told", end=NOW - 3 * DAY, state=DigestState.SENT))
        tx.digests.put(digest("given-up", end=NOW - 4 * DAY, state=DigestState.FAILED))
        tx.digests.put(digest("other", "zoo"))
    with record.read() as tx:
        assert [one.id for one in tx.digests.due(NOW, "kids")] == ["before", "today"]
        assert [one.id for one in tx.digests.due(NOW + MINUTE)] == ["before", "put-off", "other", "today"]
