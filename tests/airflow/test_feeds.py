"""How work is cut: feeds into groups, waiting entries into batches."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipeline.airflow.feeds import GROUP, batches_by_host, groups_for, in_group
from schemas.base import stable_id
from schemas.feed import Entry, Feed
from schemas.topic import FeedRef, Topic
from tests.record.examples import entry


def waiting(*urls: str) -> list[Entry]:
    made = []
    for number, url in enumerate(urls):
        one = entry(f"e{number}")
        made.append(one.model_copy(update={"announcement": one.announcement.model_copy(update={"url": url})}))
    return made


def topic(name: str, feeds: int, host: str = "one.example") -> Topic:
    return Topic(name=name, feeds=tuple(FeedRef(url=f"https://{host}/{number}") for number in range(feeds)))


def test_a_host_goes_into_one_batch_so_that_its_pace_is_kept() -> None:
    entries = waiting(
        *("https://a.example/1", "https://b.example/1", "https://a.example/2"),
        *("https://c.example/1", "https://b.example/2", "https://a.example/3"),
    )
    assert batches_by_host(entries, batch=3) == [["e0", "e2", "e5"], ["e1", "e4", "e3"]]


def test_what_is_too_much_of_one_host_or_for_one_run_waits() -> None:
    many = waiting(*(f"https://a.example/{number}" for number in range(30)))
    assert [len(batch) for batch in batches_by_host(many, batch=5, largest=20)] == [20]
    hosts = waiting(*(f"https://{number}.example/" for number in range(30)))
    assert [len(batch) for batch in batches_by_host(hosts, batch=5, most=3)] == [5, 5, 5]


def test_no_entries_make_no_batches() -> None:
    assert batches_by_host([]) == []


@given(
    hosts=st.lists(st.integers(0, 9), max_size=60),
    batch=st.integers(1, 10),
    largest=st.integers(1, 20),
    most=st.integers(1, 10),
)
def test_each_entry_is_in_one_batch_at_most_and_each_host_too(
    hosts: list[int], batch: int, largest: int, most: int
) -> None:
    entries = waiting(*(f"https://{host}.example/{number}" for number, host in enumerate(hosts)))
    host_of = {one.id: host for one, host in zip(entries, hosts, strict=True)}
    made = batches_by_host(entries, batch=batch, largest=largest, most=most)
    ids = [id for one in made for id in one]
    assert len(ids) == len(set(ids))
    assert len(made) <= most
    assert all(made)
    assert all(len(one) <= max(batch, largest) for one in made)
    for host in set(hosts):
        assert sum(any(host_of[id] == host for id in one) for one in made) <= 1
    if entries and most >= len(set(hosts)) and largest >= len(entries):
        assert set(ids) == set(host_of)


def test_feeds_that_topics_share_are_counted_once() -> None:
    assert groups_for([]) == 1
    assert groups_for([topic("a", GROUP), topic("b", GROUP)]) == 1
    assert groups_for([topic("a", GROUP), topic("b", 1, host="two.example")]) == 2


@given(st.integers(1, 9), st.integers(0, 10_000))
def test_every_feed_is_in_one_group(groups: int, number: int) -> None:
    feed = Feed(id=stable_id("feed", str(number)), url=f"https://one.example/{number}")
    assert [in_group(feed, group, groups) for group in range(groups)].count(True) == 1
