"""Entries: what came in, and what became of it; as many go out, or wait, as come in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pipeline.serve.views.common import OUTCOMES
from pipeline.tell.pages import link
from pipeline.tell.words import one_line
from schemas.feed import Entry

PERIODS = (("1", "24 hours"), ("7", "7 days"), ("30", "30 days"))


@dataclass(frozen=True)
class OutcomeRow:
    """How many entries ended so; ``share`` is in hundredths of all that came in."""

    status: str
    words: str
    count: int
    share: int


def outcome_rows(counts: Mapping[str, int]) -> tuple[list[OutcomeRow], int, int, int]:
    """The outcomes that there were, most first; how many entries came in, how many ended, how many have not yet."""
    total = sum(counts.values())
    pending = sum(counts.get(status, 0) for status in ("waiting", "read"))
    rows = [
        OutcomeRow(status, words, counts[status], round(100 * counts[status] / total))
        for status, words in OUTCOMES.items()
        if counts.get(status)
    ]
    return sorted(rows, key=lambda row: -row.count), total, total - pending, pending


@dataclass(frozen=True)
class EntryLine:
    """An entry in a list."""

    id: str
    title: str
    url: str | None
    outcome: str
    status: str
    reason: str
    first_seen: datetime
    retry_at: datetime | None
    article: str | None
    feed: str | None
    origin: str

    @classmethod
    def of(cls, entry: Entry) -> EntryLine:
        status = entry.outcome.value if entry.outcome else "waiting"
        announced = entry.announcement
        return cls(
            id=entry.id,
            title=one_line(announced.title, 160) or one_line(announced.url, 160),
            url=link(announced.url),
            outcome=OUTCOMES[status],
            status=status,
            reason=one_line(entry.reason, 300),
            first_seen=entry.first_seen,
            retry_at=entry.retry_at,
            article=entry.article,
            feed=entry.feed,
            origin=entry.origin.value,
        )
