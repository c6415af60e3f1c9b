"""Feeds: how they are doing, in words, and how they were."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from pipeline.errors import TallywireError
from pipeline.tell.feeds import FeedView
from pipeline.tell.frame import ENGLISH
from pipeline.tell.health import feed_news
from pipeline.tell.pages import link
from pipeline.tell.words import one_line
from schemas.feed import Feed, Health

ILL = (Health.GONE, Health.FAILING, Health.SILENT)
_TAGS = {Health.OK: "Working", Health.FAILING: "Failing", Health.SILENT: "Silent", Health.GONE: "Gone"}
DAYS = 30
_WIDTH, _HEIGHT, _BAR = 720.0, 90.0, 0.72


@dataclass(frozen=True)
class FeedLine:
    """A feed in a list."""

    id: str
    name: str
    url: str | None
    shown_url: str
    health: str
    tag: str
    topics: tuple[str, ...]
    last_new: datetime | None
    every: str
    error: str
    trouble: FeedView | None
    """What there is to say of one with problems."""

    @classmethod
    def of(cls, feed: Feed, zone: ZoneInfo) -> FeedLine:
        news = feed_news(feed) if feed.state.health is not Health.OK else None
        return cls(
            id=feed.id,
            name=one_line(feed.title, 80) or one_line(feed.url, 80),
            url=link(feed.url),
            shown_url=one_line(feed.url, 120),
            health=feed.state.health.value,
            tag=_TAGS[feed.state.health],
            topics=feed.topics,
            last_new=feed.state.last_new,
            every=span_words(timedelta(seconds=feed.state.interval)),
            error=one_line(feed.state.error or "", 240),
            trouble=FeedView.of(news, ENGLISH.at(zone)) if news is not None else None,
        )


def in_order(feeds: Sequence[Feed], zone: ZoneInfo) -> list[FeedLine]:
    """Those in trouble first, then by name."""
    order = [one.value for one in (*ILL, Health.OK)]
    lines = [FeedLine.of(feed, zone) for feed in feeds]
    return sorted(lines, key=lambda line: (order.index(line.health), line.name.casefold(), line.id))


def feed_words(error: TallywireError) -> str:
    """An error as a sentence, one line of bounded length: it may quote what a server said."""
    return one_line(f"{error.what[:1].upper()}{error.what[1:]}{f' ({error.why})' if error.why else ''}.", 400)


def span_words(span: timedelta) -> str:
    """ "30 min", "6 h", "2 days"."""
    minutes = span.total_seconds() / 60
    if minutes < 90:
        return f"{max(minutes, 1):.0f} min"
    return f"{minutes / 60:.0f} h" if minutes < 48 * 60 else f"{minutes / 1440:.0f} days"


@dataclass(frozen=True)
class Bar:
    """What came in on one day: the height of new reports and, on top of it, of the rest, in pixels of a drawing."""

    x: float
    width: float
    kept: tuple[float, float]
    rest: tuple[float, float]
    words: str


@dataclass(frozen=True)
class History:
    """Thirty days of a feed as bars, and the same as rows."""

    bars: tuple[Bar, ...]
    rows: tuple[tuple[date, int, int], ...]
    most: int
    width: float = _WIDTH
    height: float = _HEIGHT


def history_of(days: Mapping[date, Mapping[str, int]], today: date) -> History:
    """What a feed brought on each of the last days: reports and copies, and what else its entries became."""
    all_days = [today - timedelta(days=DAYS - 1 - n) for n in range(DAYS)]
    rows = []
    for day in all_days:
        came = Counter(days.get(day, {}))
        kept = came["indexed"] + came["copy"]
        rows.append((day, kept, came.total() - kept))
    most = max((kept + rest for _, kept, rest in rows), default=0)
    step = _WIDTH / DAYS
    bars = []
    for number, (day, kept, rest) in enumerate(rows):
        high, over = (round(_HEIGHT * part / max(most, 1), 1) for part in (kept, rest))
        words = f"{day:%d %b}: {kept} kept, {rest} not"
        bars.append(
            Bar(
                x=round(number * step + step * (1 - _BAR) / 2, 1),
                width=round(step * _BAR, 1),
                kept=(_HEIGHT - high, high),
                rest=(_HEIGHT - high - over, over),
                words=words,
            )
        )
    return History(tuple(bars), tuple(row for row in reversed(rows) if row[1] or row[2]), most)
