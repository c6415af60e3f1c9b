"""Entries, from their arrival to their outcome."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pipeline.errors import RecordError
from pipeline.record import Record
from pipeline.record.transaction import Transaction
from schemas.feed import Entry, Outcome
from tests.record.examples import MINUTE, NOW, entry, read_entry


def test_entries_get_their_order_of_arrival_and_come_in_once(record: Record) -> None:
    with record.begin() as tx:
        assert tx.entries.add([entry("b"), entry("a"), entry("b", reason="again")]) == 2
    with record.begin() as tx:
        assert tx.entries.add([entry("a"), entry("c")]) == 1
        assert tx.entries.known(["a", "c", "x"]) == {"a", "c"}
    with record.read() as tx:
        assert [(one.id, one.seq) for one in tx.entries.find()] == [("b", 1), ("a", 2), ("c", 3)]
        assert tx.entries.get("b") == entry("b", seq=1)
        assert tx.entries.get("x") is None


def test_an_entry_that_is_known_already_may_end_where_it_begins(record: Record) -> None:
    with record.begin() as tx:
        tx.entries.add([entry("a", outcome=Outcome.KNOWN, reason="read on Monday", ended=NOW)])
    with record.read() as tx:
        ended = tx.entries.get("a")
        assert ended is not None
        assert (ended.outcome, ended.reason, ended.ended) == (Outcome.KNOWN, "read on Monday", NOW)
        assert tx.entries.counts()["known"] == 1


def test_claims_go_in_order_and_to_one_worker_until_the_lease_ends(record: Record) -> None:
    with record.begin() as tx:
        tx.entries.add([entry("a"), entry("b"), entry("c")])
        assert [one.id for one in tx.entries.claim(NOW, 2, MINUTE, "one")] == ["a", "b"]
    with record.begin() as tx:
        assert [one.id for one in tx.entries.claim(NOW, 5, MINUTE, "two")] == ["c"]
        assert tx.entries.claim(NOW + MINUTE - timedelta(microseconds=1), 5, MINUTE, "three") == []
        again = tx.entries.claim(NOW + MINUTE, 5, MINUTE, "three")
        assert [(one.id, one.attempts) for one in again] == [("a", 2), ("b", 2), ("c", 2)]
        assert tx.entries.get("a") == again[0]


def test_released_entries_were_never_tried(record: Record) -> None:
    with record.begin() as tx:
        tx.entries.add([entry("a"), entry("b"), entry("c")])
        tx.entries.claim(NOW, 2, MINUTE, "one")
        tx.entries.claim(NOW, 1, MINUTE, "two")
        tx.entries.end("a", Outcome.GONE, "404", NOW)
        assert tx.entries.release("one") == 1
        free = tx.entries.claim(NOW, 5, MINUTE, "three")
    assert [(one.id, one.attempts) for one in free] == [("b", 1)]


def test_a_retry_waits_for_its_time(record: Record) -> None:
    with record.begin() as tx:
        tx.entries.add([entry("a")])
        tx.entries.claim(NOW, 1, 60 * MINUTE, "one")
        assert tx.entries.retry("a", NOW + MINUTE, "no answer")
        assert tx.entries.claim(NOW, 1, MINUTE, "one") == []
        (again,) = tx.entries.claim(NOW + MINUTE, 1, MINUTE, "one")
    assert (again.attempts, again.reason) == (2, "no answer")


def test_what_was_read_waits_for_the_judge_in_order_of_arrival(record: Record) -> None:
    with record.begin() as tx:
        tx.entries.add([entry("a"), entry("b"), entry("c")])
        for one in reversed(tx.entries.claim(NOW, 3, MINUTE, "one")):
            assert tx.entries.put_reading(one.id, read_entry(one, "kids"))
        assert tx.entries.claim(NOW + 2 * MINUTE, 3, MINUTE, "two") == []
    with record.read() as tx:
        first, second = tx.entries.unjudged(2)
        assert (first.entry.id, second.entry.id) == ("a", "b")
        assert first == read_entry(first.entry, "kids")


def test_an_entry_ends_once(record: Record) -> None:
    with record.begin() as tx:
        tx.entries.add([entry("a")])
        assert tx.entries.end("a", Outcome.INDEXED, "on topic", NOW, "article-1")
        assert not tx.entries.end("a", Outcome.FAILED, "too late", NOW)
        assert not tx.entries.retry("a", NOW, "too late")
        assert not tx.entries.put_reading("a", read_entry(entry("a")))
        ended = tx.entries.get("a")
    assert ended == entry("a", seq=1, outcome=Outcome.INDEXED, reason="on topic", ended=NOW, article="article-1")


def test_a_worker_whose_lease_another_took_over_is_not_heard(record: Record) -> None:
    with record.begin() as tx:
        tx.entries.add([entry("a")])
        tx.entries.claim(NOW, 1, MINUTE, "slow")
        (one,) = tx.entries.claim(NOW + MINUTE, 1, MINUTE, "quick")
        assert not tx.entries.end("a", Outcome.FAILED, "no answer", NOW, owner="slow")
        assert not tx.entries.retry("a", NOW, "no answer", owner="slow")
        assert tx.entries.put_reading("a", read_entry(one), owner="quick")
        assert not tx.entries.end("a", Outcome.FAILED, "no answer", NOW, owner="quick")
        assert [waiting.entry.id for waiting in tx.entries.unjudged(5)] == ["a"]


def test_an_unknown_entry_is_an_error(record: Record) -> None:
    with pytest.raises(RecordError, match="entry x: there is no such entry"), record.begin() as tx:
        tx.entries.end("x", Outcome.GONE, "404", NOW)


def test_entries_are_found_by_outcome_feed_and_arrival(record: Record) -> None:
    with record.begin() as tx:
        tx.entries.add([entry("a"), entry("b", feed="feed-b"), entry("c", first_seen=NOW + MINUTE)])
        tx.entries.end("b", Outcome.ROBOTS, "robots.txt says no", NOW)
    with record.read() as tx:
        assert [one.id for one in tx.entries.find(outcome=Outcome.ROBOTS)] == ["b"]
        assert [one.id for one in tx.entries.find(feed="feed-a")] == ["a", "c"]
        assert [one.id for one in tx.entries.find(since=NOW + MINUTE)] == ["c"]
        assert [one.id for one in tx.entries.find(limit=2)] == ["a", "b"]
        assert list(tx.entries.find(limit=0)) == []


def test_every_entry_is_found_however_many_there_are(record: Record) -> None:
    with record.begin() as tx:
        assert tx.entries.add(entry(f"e{number}") for number in range(1100)) == 1100
    with record.read() as tx:
        assert [one.seq for one in tx.entries.find()] == list(range(1, 1101))
        assert sum(1 for _ in tx.entries.find(limit=700)) == 700


def test_counts_name_every_state(record: Record) -> None:
    with record.begin() as tx:
        tx.entries.add([entry("a"), entry("b"), entry("c", feed="feed-b"), entry("d", feed=None)])
        tx.entries.put_reading("b", read_entry(entry("b")))
        tx.entries.end("c", Outcome.TEASER, "a paywall", NOW)
    with record.read() as tx:
        counts = tx.entries.counts()
        assert {state: count for state, count in counts.items() if count} == {"waiting": 2, "read": 1, "teaser": 1}
        assert set(counts) == {"waiting", "read", *Outcome}
        by_feed = tx.entries.counts_by_feed()
        assert {feed: sum(counted.values()) for feed, counted in by_feed.items()} == {"feed-a": 2, "feed-b": 1}
        assert by_feed["feed-b"]["teaser"] == 1


def test_changes_come_in_order_and_a_claim_is_none(record: Record) -> None:
    with record.begin() as tx:
        tx.entries.add([entry("a"), entry("b")])
    with record.begin() as tx:
        heard, last = tx.entries.changed_since(0, 5)[-1]
        assert last.id == "b"
        tx.entries.claim(NOW, 2, MINUTE, "one")
        assert tx.entries.changed_since(heard, 5) == []
        tx.entries.end("a", Outcome.GONE, "404", NOW)
        ((version, changed),) = tx.entries.changed_since(heard, 5)
    assert version > heard
    assert (changed.id, changed.outcome) == ("a", Outcome.GONE)


def put_read(tx: Transaction, *names: str) -> None:
    for name in names:
        assert tx.entries.put_reading(name, read_entry(tx.entries.get(name) or entry(name)))


def placed(name: str, minutes: int, **more: object) -> Entry:
    return entry(name, place=NOW + minutes * MINUTE, **more)


def test_what_was_published_first_is_read_and_judged_first_whenever_it_came_in(record: Record) -> None:
    with record.begin() as tx:
        tx.entries.add([placed("late", 3), placed("early", 1)])
        tx.entries.add([placed("between", 2)])
        assert [one.id for one in tx.entries.due(NOW, 5)] == ["early", "between", "late"]
        assert [one.id for one in tx.entries.claim(NOW, 5, MINUTE, "one")] == ["early", "between", "late"]
        put_read(tx, "late", "between", "early")
        assert tx.entries.turn(2, NOW) == ["early", "between"]
        assert [one.entry.id for one in tx.entries.unjudged(5)] == ["early", "between", "late"]


def test_a_turn_waits_for_what_comes_before_it_and_until_it_is_full(record: Record) -> None:
    with record.begin() as tx:
        tx.entries.add([placed(name, at) for at, name in enumerate("abcd")])
        put_read(tx, "b", "c")
        assert tx.entries.turn(2, NOW) == []
        put_read(tx, "a")
        assert tx.entries.turn(2, NOW) == ["a", "b"]
        # Of four only three are there, and one that waits may belong to them.
        assert tx.entries.turn(4, NOW) == []
        put_read(tx, "d")
        assert tx.entries.turn(9, NOW) == ["a", "b", "c", "d"]


def test_a_turn_does_not_wait_for_another_try_nor_beyond_its_patience(record: Record) -> None:
    with record.begin() as tx:
        tx.entries.add([placed("failed", 0), placed("slow", 1), placed("read", 2)])
        tx.entries.retry("failed", NOW + 5 * MINUTE, "the server answered 503")
        put_read(tx, "read")
        assert tx.entries.turn(5, NOW) == []
        assert tx.entries.turn(5, NOW + MINUTE, patience=2 * MINUTE) == []
        assert tx.entries.turn(5, NOW + 3 * MINUTE, patience=2 * MINUTE) == ["read"]
        put_read(tx, "slow")
        assert tx.entries.turn(5, NOW) == ["slow", "read"]
        assert tx.entries.turn(5, NOW + 5 * MINUTE) == []
