from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.collect.schedule import (
    CEILING,
    DAY,
    DEFAULT,
    FLOOR,
    HOUR,
    MINUTE,
    SLOWEST,
    PollResult,
    address_to_poll,
    after_poll,
    is_due,
    postponed,
    validators_to_send,
)
from schemas.feed import Feed, FeedState, Health, Illness

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)  # a Wednesday
URL = "http://outlet.example/rss"


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def known(**state: Any) -> Feed:
    """A feed polled before."""
    return Feed(id="feed-1", url=URL, state=FeedState(**{"last_success": ago(HOUR), "last_new": ago(HOUR), **state}))


def wait(state: FeedState) -> float:
    assert state.next_poll is not None
    return (state.next_poll - NOW).total_seconds()


def every(gap: float, count: int = 20) -> tuple[datetime, ...]:
    return tuple(ago(gap * n) for n in range(count, 0, -1))


OK = PollResult(status=200, announced=20)
NEWS = PollResult(status=200, announced=20, new=3)
DOWN = PollResult(error="no answer")


def test_a_feed_is_due_at_once_and_then_when_its_time_has_come() -> None:
    assert is_due(Feed(id="feed-1", url=URL), NOW)
    assert is_due(known(next_poll=NOW), NOW)
    assert not is_due(known(next_poll=NOW + timedelta(seconds=1)), NOW)


@pytest.mark.parametrize(
    ("feed", "poll", "interval"),
    [
        pytest.param(Feed(id="feed-1", url=URL), NEWS, DEFAULT, id="first poll"),
        pytest.param(known(interval=DEFAULT), NEWS, DEFAULT, id="one arrival tells no rhythm"),
        pytest.param(known(interval=DEFAULT, arrivals=every(HOUR)), OK, HOUR / 2, id="hourly news: half-hourly polls"),
        pytest.param(known(interval=CEILING, arrivals=every(HOUR)), OK, HOUR / 2, id="faster at once"),
        pytest.param(known(interval=FLOOR, arrivals=every(DAY, 5)), OK, FLOOR * 1.5, id="slower by steps"),
        pytest.param(known(interval=DEFAULT, arrivals=every(60)), NEWS, FLOOR, id="floor"),
        pytest.param(known(interval=CEILING, arrivals=every(3 * DAY)), OK, CEILING, id="ceiling"),
        pytest.param(known(interval=CEILING, arrivals=(ago(30 * DAY),)), OK, CEILING, id="long quiet"),
        pytest.param(known(interval=CEILING), OK, CEILING, id="never anything new"),
    ],
)
def test_the_rhythm_follows_what_arrives(feed: Feed, poll: PollResult, interval: float) -> None:
    state = after_poll(feed, poll, NOW)
    assert state.interval == pytest.approx(interval, rel=0.1)
    assert interval * 0.9 <= wait(state) <= interval * 1.2


@pytest.mark.parametrize(("asked", "interval"), [(2 * HOUR, 2 * HOUR), (2 * MINUTE, 2 * MINUTE), (1.0, MINUTE)])
def test_a_topic_may_ask_for_another_floor(asked: float, interval: float) -> None:
    feed = known(arrivals=every(10)).model_copy(update={"min_interval": asked})
    assert after_poll(feed, NEWS, NOW).interval == pytest.approx(interval)


@pytest.mark.parametrize(
    ("asked", "at_least"),
    [
        ({"ttl": 2 * HOUR}, 2 * HOUR),
        ({"ttl": 9 * DAY}, SLOWEST),
        ({"fresh_for": HOUR}, HOUR),
        ({"fresh_for": 365 * DAY}, CEILING),
        ({"retry_after": 3 * HOUR}, 3 * HOUR),
        ({"retry_after": 88 * HOUR}, SLOWEST),
    ],
)
def test_no_poll_comes_sooner_than_asked_for(asked: dict[str, float], at_least: float) -> None:
    state = after_poll(known(interval=FLOOR), OK.model_copy(update=asked), NOW)
    assert at_least <= wait(state) <= min(at_least * 1.1, SLOWEST)


def test_a_failing_feed_waits_for_its_retry_after() -> None:
    busy = PollResult(status=429, error="too many requests", retry_after=2 * HOUR)
    assert 2 * HOUR <= wait(after_poll(known(), busy, NOW)) <= 3 * HOUR


def test_what_a_feed_asks_for_holds_while_it_is_unchanged() -> None:
    state = after_poll(known(), OK.model_copy(update={"ttl": 4 * HOUR, "skip_hours": (3,)}), NOW)
    again = after_poll(known(**state.model_dump()), PollResult(status=304), NOW)
    assert (again.ttl, again.skip_hours) == (4 * HOUR, (3,))
    assert wait(again) >= 4 * HOUR


def test_skipped_hours_and_days_are_left_out() -> None:
    hours = OK.model_copy(update={"skip_hours": (12, 13, 14)})
    assert after_poll(known(), hours, NOW).next_poll == datetime(2026, 11, 18, 15, tzinfo=UTC)
    days = OK.model_copy(update={"skip_days": (2, 3)})
    assert after_poll(known(), days, NOW).next_poll == datetime(2026, 11, 20, 0, tzinfo=UTC)
    always = OK.model_copy(update={"skip_hours": tuple(range(24))})
    assert wait(after_poll(known(), always, NOW)) < CEILING


def test_failures_back_off_and_never_give_up() -> None:
    feed, waits = known(), []
    for _ in range(40):
        state = after_poll(feed, DOWN, NOW)
        waits.append(wait(state))
        feed = feed.model_copy(update={"state": state})
    assert waits[0] == pytest.approx(10 * MINUTE, rel=0.11)
    assert waits == sorted(waits)
    assert waits[-1] == SLOWEST
    assert (feed.state.failures, feed.state.health, feed.state.error) == (40, Health.FAILING, "no answer")
    back = after_poll(feed, NEWS, NOW)
    assert (back.failures, back.health, back.error) == (0, Health.OK, None)
    assert wait(back) <= CEILING * 1.1


def test_a_feed_of_our_own_network_is_asked_again_as_soon_as_its_topic_wants() -> None:
    feed = known(interval=60.0).model_copy(update={"min_interval": MINUTE})
    waits = []
    for _ in range(7):
        state = after_poll(feed, DOWN, NOW, ours=True)
        waits.append(wait(state) / MINUTE)
        feed = feed.model_copy(update={"state": state})
    assert waits == [1, 2, 4, 8, 16, 32, 64]
    assert wait(after_poll(feed, PollResult(status=503, error="busy", retry_after=9_000), NOW, ours=True)) == 9_000
    assert wait(after_poll(feed, PollResult(status=410, error="gone"), NOW, ours=True)) <= DAY
    assert wait(after_poll(feed, NEWS, NOW, ours=True)) == MINUTE


def test_feeds_that_fail_together_are_asked_again_apart() -> None:
    feeds = [known().model_copy(update={"id": f"feed-{n}"}) for n in range(20)]
    assert len({after_poll(feed, DOWN, NOW).next_poll for feed in feeds}) == 20
    assert after_poll(feeds[0], DOWN, NOW) == after_poll(feeds[0], DOWN, NOW)


@pytest.mark.parametrize(
    ("status", "failures", "health"),
    [(404, 0, Health.FAILING), (404, 2, Health.GONE), (410, 0, Health.GONE), (403, 9, Health.FAILING)],
)
def test_a_gone_feed_is_asked_once_a_day(status: int, failures: int, health: Health) -> None:
    state = after_poll(known(failures=failures), PollResult(status=status, error="not there"), NOW)
    assert state.health is health
    if health is Health.GONE:
        assert wait(state) == DAY


def test_a_gone_feed_comes_back() -> None:
    state = after_poll(known(health=Health.GONE, failures=30, interval=DAY), NEWS, NOW)
    assert (state.health, state.failures) == (Health.OK, 0)
    assert wait(state) <= HOUR


def test_validators_are_kept_and_renewed_even_by_a_304() -> None:
    first = after_poll(known(), PollResult(status=200, etag='"a"', last_modified="Mon"), NOW)
    assert (first.etag, first.last_modified, first.validators_at) == ('"a"', "Mon", NOW)
    later = NOW + timedelta(days=1)
    renewed = after_poll(known(**first.model_dump()), PollResult(status=304, etag='"b"'), later)
    assert (renewed.etag, renewed.last_modified, renewed.validators_at) == ('"b"', "Mon", NOW)
    none = after_poll(known(**first.model_dump()), PollResult(status=200), later)
    assert (none.etag, none.last_modified, none.validators_at) == (None, None, None)


def test_a_failure_keeps_the_validators() -> None:
    state = after_poll(known(etag='"a"', validators_at=ago(60)), DOWN, NOW)
    assert (state.etag, state.validators_at) == ('"a"', ago(60))


def test_frozen_validators_are_not_believed() -> None:
    assert validators_to_send(FeedState(etag='"a"', validators_at=ago(29 * DAY)), NOW) == ('"a"', None)
    assert validators_to_send(FeedState(etag='"a"', validators_at=ago(31 * DAY)), NOW) == (None, None)
    assert validators_to_send(FeedState(), NOW) == (None, None)


MOVED = OK.model_copy(update={"moved_to": "https://new.example/rss"})


def test_a_permanent_redirect_is_followed_for_good_when_it_has_stood_a_week() -> None:
    feed = known()
    state = after_poll(feed, MOVED, NOW)
    assert (state.moved_to, state.moved_since) == ("https://new.example/rss", NOW)
    feed = known(**state.model_dump())
    assert address_to_poll(feed, NOW + timedelta(days=6)) == URL
    assert address_to_poll(feed, NOW + timedelta(days=7)) == "https://new.example/rss"
    again = after_poll(feed, MOVED, NOW + timedelta(days=3))
    assert again.moved_since == NOW


def test_a_redirect_that_is_taken_back_is_forgotten() -> None:
    state = after_poll(known(moved_to="https://new.example/rss", moved_since=ago(3 * DAY)), OK, NOW)
    assert (state.moved_to, state.moved_since) == (None, None)
    other = OK.model_copy(update={"moved_to": "https://other.example/rss"})
    state = after_poll(known(moved_to="https://new.example/rss", moved_since=ago(3 * DAY)), other, NOW)
    assert state.moved_since == NOW


def test_a_move_to_https_on_the_same_host_is_believed_at_once() -> None:
    assert address_to_poll(known(moved_to="https://outlet.example/rss", moved_since=NOW), NOW).startswith("https:")
    assert address_to_poll(known(moved_to="https://new.example/rss", moved_since=NOW), NOW) == URL


def test_after_a_failure_the_feeds_own_address_is_asked_again() -> None:
    feed = known(moved_to="https://new.example/rss", moved_since=ago(9 * DAY), failures=1)
    assert address_to_poll(feed, NOW) == URL


@pytest.mark.parametrize(
    ("arrivals", "last_new", "health"),
    [
        (every(HOUR), ago(DAY), Health.OK),
        (every(HOUR), ago(3 * DAY), Health.SILENT),
        (every(7 * DAY), ago(14 * DAY), Health.OK),
        (every(7 * DAY), ago(22 * DAY), Health.SILENT),
        ((), ago(20 * DAY), Health.OK),
        ((), ago(40 * DAY), Health.SILENT),
        ((), None, Health.OK),
    ],
)
def test_silence_is_measured_by_the_feeds_own_rhythm(
    arrivals: tuple[datetime, ...], last_new: datetime | None, health: Health
) -> None:
    assert after_poll(known(arrivals=arrivals, last_new=last_new), OK, NOW).health is health


def test_a_silent_feed_that_speaks_again_is_well() -> None:
    assert after_poll(known(health=Health.SILENT, last_new=ago(90 * DAY)), NEWS, NOW).health is Health.OK


_seconds = st.none() | st.floats(0, 10 * DAY)
_polls = st.builds(
    PollResult,
    status=st.sampled_from([None, 200, 304, 403, 404, 410, 429, 500]),
    error=st.none() | st.just("broken"),
    new=st.integers(0, 30),
    ttl=_seconds,
    fresh_for=_seconds,
    retry_after=_seconds,
    etag=st.none() | st.just('"a"'),
    moved_to=st.none() | st.just("https://new.example/rss"),
)


@given(st.lists(st.tuples(_polls, st.floats(0, DAY)), max_size=25))
def test_whatever_happens_a_feed_is_asked_again_within_a_day_and_never_in_a_hurry(
    polls: list[tuple[PollResult, float]],
) -> None:
    feed, now = Feed(id="feed-1", url=URL), NOW
    for poll, late in polls:
        state = after_poll(feed, poll, now)
        assert state.next_poll is not None
        gap = (state.next_poll - now).total_seconds()
        assert FLOOR <= gap <= SLOWEST
        assert gap >= min(poll.retry_after or 0, SLOWEST)
        assert (state.failures == 0) == (poll.error is None)
        assert len(state.arrivals) <= 50
        assert FeedState.model_validate_json(state.model_dump_json()) == state
        feed = feed.model_copy(update={"state": state})
        now = state.next_poll + timedelta(seconds=late)


def polled_again(feed: Feed, poll: PollResult, now: datetime) -> Feed:
    return feed.model_copy(update={"state": after_poll(feed, poll, now)})


def test_a_trouble_begins_at_its_first_sign_and_ends_when_all_is_well() -> None:
    feed = known()
    for hours, poll in ((0, DOWN), (1, DOWN), (2, PollResult(status=410, error="gone")), (3, DOWN)):
        feed = polled_again(feed, poll, NOW + timedelta(hours=hours))
        assert feed.state.illness == Illness(since=NOW)
    feed = polled_again(feed, NEWS, NOW + timedelta(hours=4))
    assert feed.state.illness == Illness(since=NOW, until=NOW + timedelta(hours=4))
    feed = polled_again(feed, NEWS, NOW + timedelta(hours=5))
    assert feed.state.illness == Illness(since=NOW, until=NOW + timedelta(hours=4))
    feed = polled_again(feed, DOWN, NOW + timedelta(hours=6))
    assert feed.state.illness == Illness(since=NOW + timedelta(hours=6))


def test_a_silence_begins_with_the_last_item_and_goes_on_through_failures() -> None:
    last = ago(40 * DAY)
    feed = known(last_new=last)
    for poll, health in ((OK, Health.SILENT), (DOWN, Health.FAILING), (OK, Health.SILENT)):
        feed = polled_again(feed, poll, NOW)
        assert (feed.state.health, feed.state.illness) == (health, Illness(since=last))


def test_a_feed_that_was_never_ill_has_no_trouble() -> None:
    assert after_poll(known(), NEWS, NOW).illness is None


@pytest.mark.parametrize("interval", [FLOOR, HOUR, CEILING, DAY])
def test_a_server_that_is_asked_too_often_is_never_asked_sooner_than_before(interval: float) -> None:
    busy = PollResult(status=429, error="the site asks for fewer requests")
    state = after_poll(known(interval=interval), busy, NOW)
    assert wait(state) >= interval
    assert state.interval >= interval


def test_a_feed_whose_host_wants_a_pause_has_not_failed() -> None:
    feed = known(interval=HOUR, next_poll=NOW)
    state = postponed(feed, 600, NOW)
    assert 600 <= wait(state) <= 660
    assert state == feed.state.model_copy(update={"next_poll": state.next_poll})
    assert wait(postponed(feed, 10.0**9, NOW)) == SLOWEST
