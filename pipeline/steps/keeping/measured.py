"""What is counted from round to round and kept in the record: how long news took, messages sent, the judge's time.

Kept there, the numbers go on where a killed process stopped, and whoever serves them need not be who does the work.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from pydantic import Field

from pipeline.steps.services import Services
from schemas.alert import Alert
from schemas.base import Model, Utc
from schemas.feed import Entry, Outcome

if TYPE_CHECKING:
    from pipeline.record import Transaction

_NOTE = "measured"
BOUNDS = (1.0, 5.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0, 21600.0, 86400.0)
"""Seconds up to which a lag counts in each bucket: from a round at once to a page that is asked for next day."""
_AT_ONCE = 500
_SEARCHABLE = (Outcome.INDEXED, Outcome.COPY)


class Lag(Model):
    """How long something took: how many took so long, by `BOUNDS` and beyond, and the seconds of all together."""

    buckets: tuple[int, ...] = (0,) * (len(BOUNDS) + 1)
    seconds: float = 0.0

    @property
    def count(self) -> int:
        return sum(self.buckets)

    def with_these(self, spans: Iterable[float]) -> Lag:
        """This and ``spans`` in seconds; a negative one, by a clock that was set back, counts as none."""
        buckets, seconds = list(self.buckets), self.seconds
        for span in spans:
            buckets[bisect_left(BOUNDS, max(span, 0.0))] += 1
            seconds += max(span, 0.0)
        return Lag(buckets=tuple(buckets), seconds=seconds)


class Measured(Model):
    """All that is counted since ``since``."""

    since: Utc
    entries: int = Field(description="version of the entries up to which they are counted")
    told: Utc = Field(description="the moment up to which messages that were sent are counted")
    judged: int = 0
    judge_seconds: float = 0.0
    sent: int = Field(default=0, description="messages")
    troubles: int = Field(default=0, description="tries to send one that failed")
    published_to_searchable: Lag = Lag()
    seen_to_searchable: Lag = Lag()
    published_to_told: Lag = Lag()
    judged_to_told: Lag = Lag()


def measured(tx: Transaction) -> Measured | None:
    """What was counted so far; None before the first count."""
    kept = tx.notes.get(_NOTE)
    return None if kept is None else Measured.model_validate_json(kept)


def entry_version(services: Services) -> int:
    """The version that entries have reached: what ended up to it is searchable once a publish that begins now ends."""
    with services.record.read() as tx:
        return tx.measuring.entry_version()


def measure(
    services: Services,
    *,
    searchable: int | None = None,
    judged: int = 0,
    judge_seconds: float = 0.0,
    troubles: int = 0,
) -> None:
    """Count what happened since the last time.

    ``searchable`` is what `entry_version` gave before a publish that went well, ``troubles`` how many tries to send
    failed. Safe beside others who count. Nothing is written if there is nothing to count.
    """
    now = services.clock()
    with services.record.read() as tx:
        if (before := measured(tx)) is not None and not (judged or troubles):
            behind = searchable is not None and searchable > before.entries
            if not behind and not tx.measuring.sent_since(min(before.told, now)):
                return
    with services.record.begin() as tx:
        # Whoever else counts waits here, and goes on from what this one wrote.
        tx.hold_versions()
        kept = measured(tx) or Measured(since=now, entries=searchable or tx.measuring.entry_version(), told=now)
        kept = _with_mails(tx, _with_entries(tx, kept, searchable, now), now)
        done = {
            "judged": kept.judged + judged,
            "judge_seconds": kept.judge_seconds + judge_seconds,
            "troubles": kept.troubles + troubles,
        }
        tx.notes.set(_NOTE, kept.model_copy(update=done).model_dump_json())


def _with_entries(tx: Transaction, kept: Measured, until: int | None, now: datetime) -> Measured:
    """``kept`` with the lags of the entries that ended up to the version ``until``, and are searchable ``now``."""
    while until is not None and kept.entries < until:
        changed = [one for one in tx.entries.changed_since(kept.entries, _AT_ONCE) if one[0] <= until]
        found = [entry for _, entry in changed if entry.outcome in _SEARCHABLE]
        kept = kept.model_copy(
            update={
                "entries": changed[-1][0] if changed else until,
                "seen_to_searchable": kept.seen_to_searchable.with_these(
                    (now - entry.first_seen).total_seconds() for entry in found
                ),
                "published_to_searchable": kept.published_to_searchable.with_these(
                    (now - published).total_seconds() for published in map(_published, found) if published
                ),
            }
        )
    return kept


def _published(entry: Entry) -> datetime | None:
    """When the feed says that an entry was published; a feed that is new brings what is old."""
    return entry.announcement.published


def _with_mails(tx: Transaction, kept: Measured, now: datetime) -> Measured:
    """``kept`` with the messages that were sent since, and how long the alerts in them took."""
    # A clock that was set back finds nothing between what was counted last and now; it goes on from now.
    sent = [one for one in tx.measuring.sent_since(min(kept.told, now)) if one.sent is not None and one.sent <= now]
    judged, published = [], []
    for message in sent:
        for alert in filter(None, map(tx.alerts.get, message.alerts)):
            assert message.sent is not None
            judged.append((message.sent - alert.created).total_seconds())
            if (moment := _of(alert)) is not None:
                published.append((message.sent - moment).total_seconds())
    return kept.model_copy(
        update={
            "told": now,
            "sent": kept.sent + len(sent),
            "judged_to_told": kept.judged_to_told.with_these(judged),
            "published_to_told": kept.published_to_told.with_these(published),
        }
    )


def _of(alert: Alert) -> datetime | None:
    """When the article was published that an alert is about; None of a feed's."""
    if alert.figure is not None:
        return alert.figure.statement.article.published
    news = alert.story_news
    return news.lead_article.published if news is not None and news.lead_article is not None else None
