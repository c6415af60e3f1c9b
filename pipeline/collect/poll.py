"""One poll of one feed: fetch, read, and decide what its state becomes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Protocol

from pydantic import Field

from pipeline.collect.announce import SKEW
from pipeline.collect.feeds import MOST_BYTES, parse_feed
from pipeline.collect.headers import fresh_for, retry_after
from pipeline.collect.order import place_of
from pipeline.collect.schedule import PollResult, address_to_poll, after_poll, postponed, validators_to_send
from pipeline.errors import FetchError, HostPaused, TallywireError
from pipeline.urls import same_place
from schemas.article import Page
from schemas.base import Model, stable_id
from schemas.feed import Announcement, Entry, Feed, ParsedFeed

_ACCEPT = (
    "application/rss+xml,application/atom+xml,application/rdf+xml,application/feed+json,"
    "application/xml;q=0.9,text/xml;q=0.9,*/*;q=0.5"
)
_WORDS = {
    401: "the site requires a login",
    403: "the site refuses access",
    404: "the page no longer exists",
    406: "the site refuses access",
    410: "the site says it is gone for good",
    429: "the site asks for fewer requests",
    451: "the site blocks it here for legal reasons",
}
_JUST_MADE = timedelta(hours=1)
"""How old a feed is at most when it is asked for: few are kept longer by the caches on the way."""

_DATED_ANEW = (timedelta(0), timedelta(0), timedelta(hours=1), timedelta(hours=6), timedelta(days=1))
"""How long after the last time the same words of a page count as announced anew, by how often they were before. Much is
updated under the same words; but some feeds date every item anew whenever they are asked."""

DATED_ANEW_WITHIN = timedelta(days=4)
"""How far back those times are counted."""

_log = logging.getLogger(__name__)


class Fetches(Protocol):
    """What polling needs of a `Fetcher`."""

    async def fetch(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        robots: bool = True,
        max_bytes: int | None = None,
        accept: str | None = None,
    ) -> Page: ...


class Polled(Model):
    """What a poll brought: the feed with its new state, and the entries the record doesn't know."""

    feed: Feed
    entries: tuple[Entry, ...] = ()
    announced: int = Field(default=0, description="items in the feed, known or new")
    left_out: int = Field(default=0, description="items beyond the most that are read of one feed")
    outcome: str = Field(description="for people: `3 new of 20`, `unchanged`, or what was wrong")
    notes: tuple[str, ...] = Field(default=(), description="what was wrong with the feed and was read all the same")

    @property
    def failed(self) -> bool:
        return self.feed.state.error is not None


class ReadsFeeds(Protocol):
    """`parse_feed`, or what does the same within bounds of time and memory; called in threads."""

    def __call__(self, body: bytes, *, url: str, content_type: str | None = None, now: datetime) -> ParsedFeed: ...


def _nothing_known(ids: Sequence[str]) -> set[str]:  # noqa: ARG001 - the shape of every such function
    return set()


def _nothing_told(ids: Sequence[str]) -> dict[str, Entry]:  # noqa: ARG001 - the shape of every such function
    return {}


def _nothing_before(entries: Sequence[Entry]) -> Sequence[Entry]:  # noqa: ARG001 - the shape of every such function
    return ()


async def poll(
    feed: Feed,
    fetcher: Fetches,
    now: datetime,
    *,
    began: datetime | None = None,
    known: Callable[[Sequence[str]], set[str]] = _nothing_known,
    told: Callable[[Sequence[str]], Mapping[str, Entry]] = _nothing_told,
    before: Callable[[Sequence[Entry]], Sequence[Entry]] = _nothing_before,
    ours: bool = False,
    read: ReadsFeeds = parse_feed,
    with_login: Callable[[str], str] = str,
) -> Polled:
    """Ask ``feed`` what is new at ``now``; ``ours`` is for a feed of our own network, ``read`` what reads its bytes,
    and ``with_login`` gives an address with the user name and password that the feed needs.

    ``began`` is when the round began that this poll is of: which feed is asked first must not decide what comes first.
    ``known`` tells which of some entry ids the record holds already, ``told`` gives the entries of some ids, ``before``
    those of the feed that came in within `DATED_ANEW_WITHIN`, as far as they may be about the pages of some entries.
    Whatever is wrong with the feed becomes its state, in words; only an error of these three is raised. Feeds are made
    for robots, so robots.txt isn't asked; the address guard and the pace of the host hold as for any page.
    """
    address = address_to_poll(feed, now)
    etag, last_modified = validators_to_send(feed.state, now)
    try:
        page = await fetcher.fetch(
            with_login(address),
            etag=etag,
            last_modified=last_modified,
            robots=False,
            max_bytes=MOST_BYTES,
            accept=_ACCEPT,
        )
    except HostPaused as error:
        return Polled(
            feed=feed.model_copy(update={"state": postponed(feed, error.seconds, now)}), outcome=_in_words(error)
        )
    except FetchError as error:
        return _failed(feed, PollResult(), _in_words(error), now, ours=ours)
    said = PollResult(
        status=page.status,
        etag=page.header("ETag"),
        last_modified=page.header("Last-Modified"),
        fresh_for=fresh_for(page),
        retry_after=retry_after(page),
        moved_to=_moved_to(feed, address, page),
    )
    if page.status == 304 and (etag or last_modified):
        return Polled(
            feed=feed.model_copy(update={"state": after_poll(feed, said, now, ours=ours)}), outcome="unchanged"
        )
    if not 200 <= page.status < 300:
        words = _WORDS.get(
            page.status, "the site reports an error" if page.status >= 500 else "it does not return a feed"
        )
        return _failed(feed, said, f"{words} (HTTP {page.status})", now, ours=ours)
    try:
        # Reading a large feed takes a second of computing, in which other hosts should not have to wait.
        parsed = await asyncio.to_thread(
            read, page.body, url=page.final_url, content_type=page.header("Content-Type"), now=now
        )
    except TallywireError as error:
        return _failed(feed, said, _in_words(error), now, ours=ours)
    except Exception as error:
        _log.exception("reading the feed %s crashed the reader", feed.id)
        return _failed(feed, said, f"it could not be read: a bug in Tallywire ({type(error).__name__})", now, ours=ours)
    entries = entries_of(feed, parsed.announcements, now, began=began)
    new = _unknown(entries, known, told)
    new = without_dated_anew(new, before(new), now) if new else new
    said = said.model_copy(
        update={
            "announced": len(entries),
            "new": len(new),
            "ttl": parsed.ttl,
            "skip_hours": parsed.skip_hours,
            "skip_days": parsed.skip_days,
        }
    )
    return Polled(
        feed=_described(feed, parsed).model_copy(update={"state": after_poll(feed, said, now, ours=ours)}),
        entries=new,
        announced=len(entries),
        left_out=parsed.left_out,
        outcome=f"{len(new)} new of {len(entries)}",
        notes=parsed.notes,
    )


def entries_of(
    feed: Feed, announcements: Sequence[Announcement], now: datetime, *, began: datetime | None = None
) -> tuple[Entry, ...]:
    """The entries that ``announcements`` make, each once, in the feed's order; ``began`` as in `poll`.

    An entry is known by its feed, its page, its words and its date: neither a new GUID nor a move of the site from http
    to https brings it again, and changed words or a moved date do, for much is updated under the same words.
    """
    entries = (
        Entry(
            id=_identity(feed.id, one, date),
            feed=feed.id,
            topics=feed.topics,
            announcement=one,
            first_seen=now,
            place=place_of(one, began or now, below),
        )
        for one, date, below in zip(
            announcements, _dates(announcements, now), reversed(range(len(announcements))), strict=True
        )
    )
    return tuple({entry.id: entry for entry in entries}.values())


def _unknown(
    entries: Sequence[Entry],
    known: Callable[[Sequence[str]], set[str]],
    told: Callable[[Sequence[str]], Mapping[str, Entry]],
) -> tuple[Entry, ...]:
    """Those of ``entries`` that the record does not hold, whether their date counted when they came in or not.

    Whether it counts hangs on the items beside it and on the hour, and neither makes news of what is known: two reports
    of one second share their date until a third comes, and what a clock ahead of ours dated is soon past.
    """
    both = {entry.id: (_undated(entry), _dated(entry)) for entry in entries}
    held = known(list({id for ids in both.values() for id in ids}))
    # Only a date that counts now and did not then needs a look at what was said.
    unsure = {undated for id, (undated, _) in both.items() if undated in held and id not in {undated, *held}}
    before = told(list(unsure)) if unsure else {}

    def is_known(entry: Entry) -> bool:
        undated, dated = both[entry.id]
        if dated in held or (entry.id == undated and undated in held):
            return True
        return undated in before and _same_date(before[undated], entry)

    return tuple(entry for entry in entries if not is_known(entry))


def without_dated_anew(new: Sequence[Entry], before: Sequence[Entry], now: datetime) -> tuple[Entry, ...]:
    """Those of ``new`` that are no mere dating anew of what was announced ``before``, or come long enough after it."""
    times: dict[str, list[datetime]] = {}
    for entry in before:
        times.setdefault(_undated(entry), []).append(entry.first_seen)

    def is_too_soon(entry: Entry) -> bool:
        seen = times.get(_undated(entry))
        return seen is not None and now - max(seen) < _DATED_ANEW[min(len(seen), len(_DATED_ANEW)) - 1]

    return tuple(entry for entry in new if not is_too_soon(entry))


def _same_date(before: Entry, entry: Entry) -> bool:
    """Whether both tell one date, or the earlier one of a clock ahead of ours, read as the time of the poll."""
    then, now = _latest(before.announcement), _latest(entry.announcement)
    if then is None or now is None:
        return then == now
    return then == now or (then == before.first_seen and then < now <= then + SKEW)


def _identity(feed: str, one: Announcement, date: datetime | None) -> str:
    when = () if date is None else (date.astimezone(UTC).isoformat(),)
    return stable_id("entry", feed, same_place(one.canonical_url), one.fingerprint, *when)


def _undated(entry: Entry) -> str:
    return _identity(entry.feed or "", entry.announcement, None)


def _dated(entry: Entry) -> str:
    return _identity(entry.feed or "", entry.announcement, _latest(entry.announcement))


def _latest(one: Announcement) -> datetime | None:
    return max(filter(None, (one.published, one.updated)), default=None)


def _dates(announcements: Sequence[Announcement], now: datetime) -> list[datetime | None]:
    """The later date of each announcement, where it says something of the item: not one in the future, nor one of the
    last hour that all others have too, for that is when the feed was made.
    """
    latest = [_latest(one) for one in announcements]
    one = latest[0] if len(latest) > 1 and len(set(latest)) == 1 else None
    if one is not None and now - one < _JUST_MADE:
        return [None] * len(latest)
    return [date if date and date < now else None for date in latest]


def _failed(feed: Feed, said: PollResult, error: str, now: datetime, *, ours: bool) -> Polled:
    state = after_poll(feed, said.model_copy(update={"error": error}), now, ours=ours)
    return Polled(feed=feed.model_copy(update={"state": state}), outcome=error)


def _moved_to(feed: Feed, address: str, page: Page) -> str | None:
    """Where the feed has gone for good: as far as redirects are permanent; one that is not says nothing."""
    moved_to = address if address != feed.url else None
    for redirect in page.redirects:
        if not redirect.permanent:
            break
        moved_to = redirect.url
    return moved_to


def _described(feed: Feed, parsed: ParsedFeed) -> Feed:
    return feed.model_copy(
        update={
            "title": feed.title or parsed.title,
            "site_url": parsed.site_url or feed.site_url,
            "format": parsed.format,
        }
    )


def _in_words(error: TallywireError) -> str:
    words = f"{error.what} ({error.why})" if error.why else error.what
    return f"{words}; {error.hint}" if error.hint else words
