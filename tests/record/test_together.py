"""Several processes at one record: they wait for, pass over, or refuse each other, and never mix."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
from sqlalchemy import text

from pipeline.errors import RecordBusy
from pipeline.record import Record
from schemas.feed import Feed, FeedState, Outcome
from tests.record.examples import MINUTE, NOW, alert, article, entry


@pytest.mark.postgres
def test_two_claimers_never_wait_for_and_never_get_the_same(migrated_postgres: Record) -> None:
    record = migrated_postgres
    with record.begin() as tx:
        tx.entries.add(entry(f"e{number}") for number in range(6))
    with record.begin() as one, record.begin() as two:
        first = one.entries.claim(NOW, 2, MINUTE, "one")
        second = two.entries.claim(NOW, 3, MINUTE, "two")
        third = one.entries.claim(NOW, 3, MINUTE, "one")
    assert [[each.seq for each in some] for some in (first, second, third)] == [[1, 2], [3, 4, 5], [6]]


@pytest.mark.postgres
def test_what_two_pollers_find_at_once_comes_in_once(migrated_database: str, migrated_postgres: Record) -> None:
    def poll() -> int:
        with Record(migrated_database) as other, other.begin() as tx:
            return tx.entries.add([entry("a"), entry("b")])

    with ThreadPoolExecutor(1) as pool:
        with migrated_postgres.begin() as tx:
            tx.entries.add([entry("a")])
            second = pool.submit(poll)
            while not tx._connection.scalar(text("select count(*) from pg_locks where not granted")):
                assert not second.done()
        assert second.result() == 1
    with migrated_postgres.read() as tx:
        assert [(one.id, one.seq) for one in tx.entries.find()] == [("a", 1), ("b", 2)]


def test_every_entry_is_worked_on_once_by_many_workers(record_url: str) -> None:
    total, workers = 120, 4
    with Record(record_url) as record, record.begin() as tx:
        tx.entries.add(entry(f"e{number}") for number in range(total))

    def work(name: str) -> list[str]:
        done: list[str] = []
        with Record(record_url) as record:
            while True:
                with record.begin() as tx:
                    claimed = tx.entries.claim(NOW, 7, MINUTE, name)
                if not claimed:
                    return done
                with record.begin() as tx:
                    done += [one.id for one in claimed if tx.entries.end(one.id, Outcome.GONE, "", NOW, owner=name)]

    with ThreadPoolExecutor(workers) as pool:
        done = [name for names in pool.map(work, "abcd") for name in names]
    assert len(done) == len(set(done)) == total
    with Record(record_url) as record, record.read() as tx:
        assert tx.entries.counts()["gone"] == total
        versions = [version for version, _ in tx.entries.changed_since(0, 1000)]
        assert versions == list(range(total + 1, 2 * total + 1))


def test_who_counts_versions_and_entries_at_once_never_waits_in_a_circle(record_url: str) -> None:
    """As a judge that ends entries, and a poll that finds some and tells of ill feeds, do beside each other."""
    total = 40
    with Record(record_url) as record, record.begin() as tx:
        tx.entries.add(entry(f"e{number}") for number in range(total))

    def judge() -> None:
        with Record(record_url) as record:
            for number in range(total):
                with record.begin() as tx:
                    tx.hold_versions()
                    tx.entries.end(f"e{number}", Outcome.KNOWN, "", NOW)
                    tx.articles.put(article(f"a{number}"))

    def poll() -> None:
        with Record(record_url) as record:
            for number in range(total):
                with record.begin() as tx:
                    tx.alerts.add(alert(f"n{number}"))
                    tx.entries.add([entry(f"new-{number}")])

    with ThreadPoolExecutor(2) as pool:
        for done in (pool.submit(judge), pool.submit(poll)):
            done.result()
    with Record(record_url) as record, record.read() as tx:
        totals = tx.totals()
    assert (totals["articles"], totals["alerts"], totals["entries"]) == (total, total, 2 * total)


def test_one_judges_at_a_time(record: Record, record_url: str) -> None:
    with Record(record_url) as other:
        with record.judging():
            with pytest.raises(RecordBusy, match="another process is judging"), other.judging():
                pass
            with record.begin() as tx:
                tx.articles.put(article("a"))
        with other.judging():
            pass


def test_a_judge_may_wait_for_the_one_before(record: Record, record_url: str) -> None:
    judged: list[str] = []
    holding = threading.Event()

    def second() -> None:
        with Record(record_url) as other:
            holding.wait()
            with other.judging(wait=30):
                judged.append("second")

    with ThreadPoolExecutor(1) as pool:
        with record.judging():
            waiting = pool.submit(second)
            holding.set()
            judged.append("first")
        waiting.result()
    assert judged == ["first", "second"]


def test_a_judge_that_fails_makes_way(record: Record, record_url: str) -> None:
    def fail() -> None:
        with record.judging():
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with Record(record_url) as other, other.judging():
        pass


def test_no_version_is_seen_before_those_below_it(record: Record, record_url: str) -> None:
    with Record(record_url, wait=0.05) as other:
        with record.begin() as tx:
            tx.articles.put(article("a"))
            with pytest.raises(RecordBusy), other.begin() as second:
                # Were it given the next version and committed first, the index would pass over "a" for ever.
                second.alerts.put(alert("b"))
            with other.read() as reader:
                assert reader.articles.changed_since(0, 5) == []
        with other.begin() as second:
            second.alerts.put(alert("b"))
        with other.read() as reader:
            ((first, _),) = reader.articles.changed_since(0, 5)
            assert [one.id for _, one in reader.alerts.changed_since(first, 5)] == ["b"]


@pytest.mark.postgres
def test_polling_and_reading_go_on_while_the_judge_is_at_work(migrated_postgres: Record) -> None:
    with migrated_postgres.begin() as judge:
        judge.articles.put(article("a"))
        with migrated_postgres.begin() as poll:
            poll.entries.add([entry("a"), entry("b")])
        with migrated_postgres.begin() as reader:
            reader.entries.claim(NOW, 1, MINUTE, "one")
            reader.entries.end("a", Outcome.GONE, "404", NOW)
    with migrated_postgres.read() as tx:
        assert tx.totals()["articles"] == 1


def test_a_reader_sees_one_moment(record: Record, record_url: str) -> None:
    with record.begin() as tx:
        tx.entries.add([entry("a")])
    with ExitStack() as stack:
        before = stack.enter_context(record.read())
        assert [one.id for one in before.entries.find()] == ["a"]
        with Record(record_url) as other, other.begin() as tx:
            tx.entries.add([entry("b")])
            tx.entries.end("a", Outcome.GONE, "404", NOW)
        assert [(one.id, one.outcome) for one in before.entries.find()] == [("a", None)]
    with record.read() as after:
        assert [one.id for one in after.entries.find()] == ["a", "b"]


def test_threads_may_share_a_record(record_url: str) -> None:
    def add(name: str) -> None:
        for number in range(10):
            with record.begin() as tx:
                tx.entries.add([entry(f"{name}{number}")])

    with Record(record_url) as record:
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(add, "abcd"))
        with record.read() as tx:
            assert sorted(one.seq for one in tx.entries.find()) == list(range(1, 41))


def test_one_tells_of_a_topic_at_a_time(record: Record, record_url: str) -> None:
    with Record(record_url) as other:
        with record.telling("floods"):
            with pytest.raises(RecordBusy, match="another process is sending these mails"), other.telling("floods"):
                pass
            with other.judging():
                pass
        with other.telling("floods"):
            pass


def test_a_poll_keeps_what_people_changed_meanwhile(record: Record) -> None:
    asked = Feed(id="feed-a", url="https://one.example/feed", topics=("floods",))
    with record.begin() as tx:
        tx.feeds.put(asked)
    with record.begin() as tx:
        tx.feeds.put(asked.model_copy(update={"topics": ("floods", "storms"), "min_interval": 120.0}))
    answered = asked.model_copy(update={"title": "One", "state": FeedState(etag="x")})
    gone = Feed(id="feed-b", url="https://two.example/feed", topics=("floods",))
    with record.begin() as tx:
        tx.feeds.put_polled([answered, gone])
    with record.read() as tx:
        assert tx.feeds.all() == [
            answered.model_copy(update={"topics": ("floods", "storms"), "min_interval": 120.0}),
        ]
