from __future__ import annotations

import threading
from contextlib import suppress
from datetime import UTC, datetime

import pytest

from pipeline.errors import FeedError
from pipeline.steps.intake.feedreading import FeedReader

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
URL = "https://outlet.example/feed"
ITEM = "<item><title>Dam fails</title><link>https://outlet.example/dam{}</link></item>"


def rss(*items: str) -> bytes:
    return f"<rss><channel>{''.join(items)}</channel></rss>".encode()


def test_a_feed_is_read_in_a_process_of_its_own() -> None:
    with FeedReader() as read:
        assert [one.title for one in read(rss(ITEM.format(1)), url=URL, now=NOW).announcements] == ["Dam fails"]
        with pytest.raises(FeedError, match="this is not a feed"):
            read(b"nothing", url=URL, now=NOW)


def test_what_passes_a_bound_is_named_and_the_next_feed_is_read() -> None:
    # Not an attack that is counted beforehand: what is merely large.
    large = rss(*(ITEM.format(number) for number in range(1_900)), "<category>a</category>" * 200_000)
    with FeedReader(seconds=0.5) as read:
        with pytest.raises(FeedError) as slow:
            read(large, url=URL, now=NOW)
        assert len(read(rss(ITEM.format(1)), url=URL, now=NOW).announcements) == 1
    with FeedReader(memory_mb=30) as read:
        with pytest.raises(FeedError) as fat:
            read(large, url=URL, now=NOW)
        assert len(read(rss(ITEM.format(1)), url=URL, now=NOW).announcements) == 1
    assert (slow.value.what, slow.value.why) == (
        "reading the feed took too long, and was stopped",
        "more than 0.5 s of processor time",
    )
    assert (fat.value.what, fat.value.why) == ("reading the feed took too much memory", "more than 30 MB")
    assert slow.value.where == fat.value.where == URL


def test_a_feed_that_takes_long_does_not_hold_up_the_others() -> None:
    # Reading the one takes many times as long as the others altogether.
    large = rss(*(ITEM.format(number) for number in range(1_900)), "<category>a</category>" * 280_000)
    done: list[str] = []

    def one(name: str, body: bytes) -> None:
        with suppress(FeedError):
            read(body, url=URL, now=NOW)
        done.append(name)

    with FeedReader(quick=0.4) as read:
        read(rss(ITEM.format(1)), url=URL, now=NOW)
        slow = threading.Thread(target=one, args=("slow", large))
        slow.start()
        for number in range(5):
            one(f"quick {number}", rss(ITEM.format(number)))
        slow.join()
    assert done[-1] == "slow"


def test_threads_take_turns() -> None:
    counts: list[int] = []

    def one(number: int) -> None:
        feed = read(rss(*(ITEM.format(item) for item in range(number))), url=URL, now=NOW)
        counts.append(len(feed.announcements))

    with FeedReader() as read:
        threads = [threading.Thread(target=one, args=(number,)) for number in range(1, 9)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(counts) == list(range(1, 9))


def test_without_bounds_no_process_is_started() -> None:
    with FeedReader(bounded=False) as read:
        assert len(read(rss(ITEM.format(1)), url=URL, now=NOW).announcements) == 1
