"""The inbox against a model of it: whatever workers do and whenever they die, in = out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from pipeline.record import Record, Transaction
from schemas.feed import Entry, Outcome
from tests.record.conftest import empty
from tests.record.examples import MINUTE, NOW, entry, read_entry

NAMES = st.sampled_from([f"e{number}" for number in range(8)])
OWNERS = st.sampled_from(["one", "two", "three"])


@dataclass
class Expected:
    seq: int
    status: str = "waiting"
    attempts: int = 0
    retry_at: datetime | None = None
    owner: str | None = None
    until: datetime | None = None

    def due(self, now: datetime) -> bool:
        return self.status == "waiting" and (self.retry_at is None or self.retry_at <= now)

    def free(self, now: datetime) -> bool:
        return self.due(now) and (self.until is None or self.until <= now)

    def drop_lease(self) -> None:
        self.owner = self.until = None


class Inbox(RuleBasedStateMachine):
    """Each rule does to the record and to the model the same, and each answer must be the same."""

    record: Record

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.expected: dict[str, Expected] = {}
        self.outcomes: dict[str, list[Outcome]] = {}
        with self.record.begin() as tx:
            self.first = tx.entries.counts()

    @contextmanager
    def transaction(self, fails: bool) -> Iterator[Transaction]:
        """A transaction that is killed before its commit, if it ``fails``."""
        try:
            with self.record.begin() as tx:
                yield tx
                if fails:
                    raise KeyboardInterrupt
        except KeyboardInterrupt:
            pass

    @rule(names=st.lists(NAMES, max_size=5), fails=st.booleans())
    def add(self, names: list[str], fails: bool) -> None:
        fresh = [name for name in dict.fromkeys(names) if name not in self.expected]
        with self.transaction(fails) as tx:
            assert tx.entries.add(entry(name) for name in names) == len(fresh)
        if not fails:
            for name in fresh:
                self.expected[name] = Expected(seq=len(self.expected) + 1)

    @rule(limit=st.integers(0, 4), minutes=st.integers(1, 5), owner=OWNERS, fails=st.booleans())
    def claim(self, limit: int, minutes: int, owner: str, fails: bool) -> None:
        free = [name for name, one in self.expected.items() if one.free(self.now)][:limit]
        with self.transaction(fails) as tx:
            claimed = tx.entries.claim(self.now, limit, minutes * MINUTE, owner)
        assert [one.id for one in claimed] == free
        assert [one.attempts for one in claimed] == [self.expected[name].attempts + 1 for name in free]
        if not fails:
            for name in free:
                one = self.expected[name]
                one.owner, one.until, one.attempts = owner, self.now + minutes * MINUTE, one.attempts + 1

    @rule(names=st.lists(NAMES, max_size=4, unique=True), minutes=st.integers(1, 5), owner=OWNERS)
    def claim_among(self, names: list[str], minutes: int, owner: str) -> None:
        mine = {name for name, one in self.expected.items() if one.owner == owner and one.due(self.now)}
        wanted = [name for name, one in self.expected.items() if name in names and (one.free(self.now) or name in mine)]
        with self.record.begin() as tx:
            claimed = tx.entries.claim(self.now, 10, minutes * MINUTE, owner, among=names)
        assert [one.id for one in claimed] == wanted
        for name in wanted:
            one = self.expected[name]
            one.owner, one.until, one.attempts = owner, self.now + minutes * MINUTE, one.attempts + 1

    @rule(limit=st.integers(0, 4))
    def due(self, limit: int) -> None:
        free = [name for name, one in self.expected.items() if one.free(self.now)][:limit]
        with self.record.read() as tx:
            assert [one.id for one in tx.entries.due(self.now, limit)] == free

    @rule(owner=OWNERS)
    def release(self, owner: str) -> None:
        held = [one for one in self.expected.values() if one.owner == owner]
        with self.record.begin() as tx:
            assert tx.entries.release(owner) == len(held)
        for one in held:
            one.drop_lease()
            one.attempts -= 1

    @rule(name=NAMES, owner=st.none() | OWNERS, fails=st.booleans())
    def put_reading(self, name: str, owner: str | None, fails: bool) -> None:
        if one := self.expected.get(name):
            heard = one.status == "waiting" and owner in (None, one.owner)
            with self.transaction(fails) as tx:
                assert tx.entries.put_reading(name, read_entry(entry(name)), owner=owner) is heard
            if heard and not fails:
                one.status, one.retry_at = "read", None
                one.drop_lease()

    @rule(name=NAMES, owner=st.none() | OWNERS, minutes=st.integers(0, 5))
    def retry(self, name: str, owner: str | None, minutes: int) -> None:
        if one := self.expected.get(name):
            heard = one.status == "waiting" and owner in (None, one.owner)
            with self.record.begin() as tx:
                assert tx.entries.retry(name, self.now + minutes * MINUTE, "later", owner=owner) is heard
            if heard:
                one.retry_at = self.now + minutes * MINUTE
                one.drop_lease()

    @rule(name=NAMES, owner=st.none() | OWNERS, outcome=st.sampled_from(Outcome), fails=st.booleans())
    def end(self, name: str, owner: str | None, outcome: Outcome, fails: bool) -> None:
        if one := self.expected.get(name):
            heard = one.status in ("waiting", "read") and owner in (None, one.owner)
            with self.transaction(fails) as tx:
                assert tx.entries.end(name, outcome, "so it is", self.now, owner=owner) is heard
            if heard and not fails:
                one.status, one.retry_at = outcome.value, None
                one.drop_lease()
                self.outcomes.setdefault(name, []).append(outcome)

    @rule(minutes=st.integers(1, 4))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @invariant()
    def in_is_out(self) -> None:
        with self.record.read() as tx:
            found = list(tx.entries.find())
            counts = tx.entries.counts()
            waiting_for_judge = [read.entry.id for read in tx.entries.unjudged(100)]
        assert [one.id for one in found] == list(self.expected)
        assert sum(counts.values()) == len(self.expected)
        assert waiting_for_judge == [name for name, one in self.expected.items() if one.status == "read"]
        for one in found:
            assert self.as_seen(one) == self.as_expected(one.id)
            assert len(self.outcomes.get(one.id, [])) == (one.outcome is not None)

    @staticmethod
    def as_seen(one: Entry) -> tuple[object, ...]:
        return (one.seq, one.outcome, one.attempts, one.retry_at)

    def as_expected(self, name: str) -> tuple[object, ...]:
        one = self.expected[name]
        return (one.seq, None if one.status in ("waiting", "read") else one.status, one.attempts, one.retry_at)


def run(url: str, examples: int) -> None:
    class InboxOfThisRecord(Inbox):
        record = Record(url)

        def teardown(self) -> None:
            empty(url)

    with InboxOfThisRecord.record:
        run_state_machine_as_test(
            InboxOfThisRecord,
            settings=settings(
                max_examples=examples,
                stateful_step_count=25,
                deadline=None,
                suppress_health_check=[HealthCheck.too_slow],
            ),
        )


def test_every_entry_ends_once_in_sqlite(empty_file: Path, tmp_path: Path) -> None:
    file = tmp_path / "record.db"
    file.write_bytes(empty_file.read_bytes())
    run(f"sqlite:///{file}", examples=25)


@pytest.mark.postgres
def test_every_entry_ends_once_in_postgresql(migrated_database: str) -> None:
    empty(migrated_database)
    run(migrated_database, examples=15)
