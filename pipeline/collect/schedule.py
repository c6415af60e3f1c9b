"""When a feed is polled again, and what a poll means for its health. Pure: it reads as its own specification.

The rhythm follows the feed's own: it is asked about twice for each time it brings something, within limits, and never
sooner than it or its server asks for (the manner of Miniflux and of Media Cloud's rss-fetcher). A feed that fails is
asked less and less often but never given up, for feeds come back from the dead.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from itertools import pairwise

from pydantic import Field

from pipeline.urls import host_of
from schemas.base import Model
from schemas.feed import Feed, FeedState, Health, Illness

MINUTE, HOUR, DAY = 60.0, 3_600.0, 86_400.0

DEFAULT = 30 * MINUTE
"""Between two polls of a feed whose rhythm isn't known yet."""

FLOOR = 5 * MINUTE
"""No feed is asked more often, unless a topic asks for it …"""

LOWEST_FLOOR = 1 * MINUTE
"""… and then no more often than this."""

CEILING = 6 * HOUR
"""However quiet a feed is, it is asked at least this often, unless it fails or wants to be asked less."""

SLOWEST = DAY
"""The longest wait of all: for a failing or gone feed, and for what a feed or server may ask for."""

POLLS_PER_ARRIVAL = 2
RHYTHM_KNOWN_FROM = 3
"""Arrivals; a rhythm made of fewer may slow the polls down but not speed them up."""

RHYTHM_WINDOW = 7 * DAY
"""Arrivals longer ago say nothing of the rhythm now."""

SLOWING = 1.5
"""One poll makes the interval longer by no more than this factor; it becomes shorter at once."""

ARRIVALS_KEPT = 50

RETRY = 10 * MINUTE
"""After the first failure; twice as long after each further one."""

GONE_AFTER = 3
"""Failures in a row until a 404 is believed; many are undone within the hour. A 410 is meant."""

TOO_MANY = 429
"""The status of a server that is asked too often."""

VALIDATORS_LAST = 30 * DAY
"""An ETag or Last-Modified given longer ago is not sent: some servers answer 304 for ever."""

MOVE_STANDS_AFTER = 7 * DAY
"""A permanent redirect is believed when it has stood for so long; many are mistakes."""

SILENCE = 3
"""A feed is silent when nothing came for so many times the longest gap it ever had …"""

SILENCE_AT_LEAST = 2 * DAY
"""… and for no less than this."""

GAP_ASSUMED = 10 * DAY
"""The longest gap of a feed whose rhythm isn't known."""


class PollResult(Model):
    """What one poll of a feed gave. All times are seconds; ``error`` tells a failure from a success."""

    status: int | None = Field(default=None, description="HTTP status; None: no answer")
    error: str | None = Field(default=None, description="what was wrong, for people; None: it was read or is unchanged")
    etag: str | None = None
    last_modified: str | None = None
    announced: int = 0
    new: int = 0
    ttl: float | None = Field(default=None, description="what the feed asks to wait")
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()
    fresh_for: float | None = Field(default=None, description="of Cache-Control or Expires")
    retry_after: float | None = None
    moved_to: str | None = Field(default=None, description="where permanent redirects, and only such, led")

    @property
    def unchanged(self) -> bool:
        return self.status == 304


def is_due(feed: Feed, now: datetime) -> bool:
    """Whether ``feed`` is to be polled at ``now``."""
    return feed.state.next_poll is None or feed.state.next_poll <= now


def validators_to_send(state: FeedState, now: datetime) -> tuple[str | None, str | None]:
    """ETag and Last-Modified for a conditional request; neither where they are too old to be believed."""
    if state.validators_at is None or _seconds(now - state.validators_at) > VALIDATORS_LAST:
        return None, None
    return state.etag, state.last_modified


def address_to_poll(feed: Feed, now: datetime) -> str:
    """Where ``feed`` is asked for: at its own address, or where it moved to once that is believed.

    A move from http to https on the same host is believed at once, any other when it has stood for a week. After a
    failure the feed's own address is asked again, so a wrong move heals itself.
    """
    state = feed.state
    if state.moved_to is None or state.moved_since is None or state.failures:
        return feed.url
    made_safe = feed.url.startswith("http:") and state.moved_to.startswith("https:")
    if made_safe and host_of(feed.url) == host_of(state.moved_to):
        return state.moved_to
    return state.moved_to if _seconds(now - state.moved_since) >= MOVE_STANDS_AFTER else feed.url


def after_poll(feed: Feed, poll: PollResult, now: datetime, *, ours: bool = False) -> FeedState:
    """The state of ``feed`` after ``poll`` at ``now``: when to ask again, with what, and how the feed is doing.

    A feed of our own network (``ours``) that a topic wants asked so often is asked exactly so often while it answers,
    and at first no less often after a failure.
    """
    state = _after_success(feed, poll, now) if poll.error is None else _after_failure(feed, poll)
    state = state.model_copy(update={"illness": _illness(feed.state.illness, state, now)})
    if ours and feed.min_interval is not None:
        wait = max(_own_wait(feed.min_interval, state), poll.retry_after or 0.0)
        update = {"interval": wait, "last_poll": now, "status": poll.status, "next_poll": now + timedelta(seconds=wait)}
        return state.model_copy(update=update)
    wait = max(state.interval, _asked_wait(state, poll))
    wait = min(wait + _jitter(feed.id, state.failures) * _spread(wait, poll), SLOWEST)
    next_poll = _outside_skipped(now + timedelta(seconds=wait), state)
    return state.model_copy(update={"last_poll": now, "status": poll.status, "next_poll": next_poll})


def _own_wait(every: float, state: FeedState) -> float:
    """How long a feed of our own network waits that is to be asked ``every`` so many seconds: twice as long after each
    failure, until that is as long as any other feed waits."""
    return (
        min(every * 2.0 ** min(max(state.failures - 1, 0), 20), max(every, state.interval)) if state.failures else every
    )


def postponed(feed: Feed, seconds: float, now: datetime) -> FeedState:
    """The state of a feed that was not asked, for its host wants to be left alone for ``seconds`` more.

    That is no failure of the feed; it is asked when the host is free, and not all of a host's feeds at once.
    """
    wait = min(seconds + _jitter(feed.id, 0) * min(seconds, HOUR) / 10, SLOWEST)
    return feed.state.model_copy(update={"next_poll": now + timedelta(seconds=wait)})


def _illness(old: Illness | None, state: FeedState, now: datetime) -> Illness | None:
    ongoing = old is not None and old.until is None
    if state.health is Health.OK:
        return old.model_copy(update={"until": now}) if old is not None and ongoing else old
    if ongoing:
        return old
    return Illness(since=state.last_new or now if state.health is Health.SILENT else now)


def _after_success(feed: Feed, poll: PollResult, now: datetime) -> FeedState:
    old = feed.state
    # All that the first poll brings is old; when it came is unknown.
    arrived = bool(poll.new) and old.last_success is not None
    arrivals = (*old.arrivals, *([now] if arrived else ()))[-ARRIVALS_KEPT:]
    last_new = now if poll.new else old.last_new
    moved_to = poll.moved_to if poll.moved_to != feed.url else None
    own_wishes = {} if poll.unchanged else {"ttl": poll.ttl, "skip_hours": poll.skip_hours, "skip_days": poll.skip_days}
    return old.model_copy(
        update={
            **_validators(old, poll, now),
            **own_wishes,
            "last_success": now,
            "last_new": last_new,
            "arrivals": arrivals,
            "interval": _interval(feed, arrivals, now),
            "failures": 0,
            "error": None,
            "moved_to": moved_to,
            "moved_since": (old.moved_since if moved_to == old.moved_to else now) if moved_to else None,
            "health": Health.SILENT if _is_silent(arrivals, last_new, now) else Health.OK,
        }
    )


def _after_failure(feed: Feed, poll: PollResult) -> FeedState:
    old = feed.state
    failures = old.failures + 1
    gone = poll.status == 410 or (poll.status == 404 and failures >= GONE_AFTER)
    wait = SLOWEST if gone else min(RETRY * 2.0 ** min(failures - 1, 20), SLOWEST)
    if poll.status == TOO_MANY:
        # Who is asked too often is not to be asked sooner than before.
        wait = max(wait, old.interval)
    return old.model_copy(
        update={
            "interval": max(wait, _floor(feed)),
            "failures": failures,
            "error": poll.error,
            "health": Health.GONE if gone else Health.FAILING,
        }
    )


def _validators(old: FeedState, poll: PollResult, now: datetime) -> dict[str, object]:
    """A 304 may renew the validators but not their age, or a server that only ever answers 304 would be believed."""
    if poll.unchanged:
        return {"etag": poll.etag or old.etag, "last_modified": poll.last_modified or old.last_modified}
    given = poll.etag or poll.last_modified
    return {"etag": poll.etag, "last_modified": poll.last_modified, "validators_at": now if given else None}


def _interval(feed: Feed, arrivals: tuple[datetime, ...], now: datetime) -> float:
    old, floor = feed.state, _floor(feed)
    if old.last_success is None:
        return max(DEFAULT, floor)
    recent = [at for at in arrivals if _seconds(now - at) <= RHYTHM_WINDOW]
    wanted = _seconds(now - recent[0]) / len(recent) / POLLS_PER_ARRIVAL if recent else CEILING
    if len(recent) < RHYTHM_KNOWN_FROM:
        wanted = max(wanted, DEFAULT)
    slowed = max(old.interval, DEFAULT if old.failures else floor) * SLOWING
    return max(min(wanted, slowed, CEILING), floor)


def _floor(feed: Feed) -> float:
    return FLOOR if feed.min_interval is None else max(feed.min_interval, LOWEST_FLOOR)


def _asked_wait(state: FeedState, poll: PollResult) -> float:
    # Shared caches are told to keep feeds for years by mistake; a wait that long is a feed's own to ask for.
    fresh_for = min(poll.fresh_for or 0.0, CEILING)
    return min(max(state.ttl or 0.0, fresh_for, poll.retry_after or 0.0), SLOWEST)


def _spread(wait: float, poll: PollResult) -> float:
    """How far feeds that are due together are drawn apart; further where a server said that it has too much to do."""
    return min(wait, HOUR) if poll.status in (429, 503) else min(wait, HOUR) / 10


def _jitter(feed_id: str, failures: int) -> float:
    """From 0 to 1, the same for the same feed and count of failures."""
    digest = hashlib.blake2b(f"{feed_id}/{failures}".encode(), digest_size=4).digest()
    return int.from_bytes(digest, "big") / 2**32


def _outside_skipped(moment: datetime, state: FeedState) -> datetime:
    """``moment``, or the start of the next hour (UTC) in which the feed doesn't ask to be left alone."""
    at = moment
    for _ in range(7 * 24):
        if at.hour not in state.skip_hours and at.weekday() not in state.skip_days:
            return at
        at = at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return moment


def _is_silent(arrivals: tuple[datetime, ...], last_new: datetime | None, now: datetime) -> bool:
    if last_new is None:
        return False
    gaps = [_seconds(later - earlier) for earlier, later in pairwise(arrivals)]
    longest = max(gaps) if len(arrivals) >= RHYTHM_KNOWN_FROM else GAP_ASSUMED
    return _seconds(now - last_new) > max(SILENCE * longest, SILENCE_AT_LEAST)


def _seconds(span: timedelta) -> float:
    return span.total_seconds()
