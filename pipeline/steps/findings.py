"""What is right and wrong with feeds and index, in words with what to do: for the doctor and for the daily upkeep."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Literal

from pydantic import Field

from pipeline.errors import TallywireError
from pipeline.record import Record
from pipeline.steps.publish import behind, check_owner, refusals
from pipeline.steps.services import Services
from pipeline.tell.health import feed_news
from pipeline.tell.words import count, singular
from schemas.base import Model
from schemas.feed import Feed, Health
from schemas.search import IndexKind

_LATELY = timedelta(days=1)


class Finding(Model):
    """One thing that was looked at."""

    level: Literal["ok", "warning", "problem"]
    what: str
    advice: str = ""


class IndexCheck(Model):
    """One kind of documents: what the index holds of what the record wants there."""

    kind: IndexKind
    wanted: int = Field(description="documents that the record makes")
    held: int = Field(description="documents in the index")
    refused: int = Field(default=0, description="documents that the index would not take")
    behind: bool = Field(description="whether something changed that the index has not heard of")
    lacks: int = Field(default=0, description="documents that are missing though the index has heard of them")
    surplus: int = Field(default=0, description="documents of which the record knows nothing")


def check_index(services: Services) -> list[IndexCheck]:
    """Hold the index against the record. Raises SearchIndexError where it can't be used.

    Safe beside others at work: what changes while it is counted is not held against the index.
    """
    refused = [one.kind for one in refusals(services.record)]
    checks = []
    for kind in services.index.kinds:
        late, before = behind(services, kind), wanted(services.record)[kind]
        held = services.index.count(kind)
        after = wanted(services.record)[kind]
        late = late or behind(services, kind)
        missing, too_many = min(before, after) - held - refused.count(kind), held - max(before, after)
        checks.append(
            IndexCheck(
                kind=kind,
                wanted=after,
                held=held,
                refused=refused.count(kind),
                behind=late,
                lacks=0 if late else max(missing, 0),
                surplus=0 if late else max(too_many, 0),
            )
        )
    check_owner(services)
    return checks


def wanted(record: Record) -> dict[IndexKind, int]:
    """How many documents of each kind the record makes; of briefs how many there are, one for each development."""
    with record.read() as tx:
        totals = tx.totals()
        counted = {IndexKind.FIGURES: tx.figures.rows(), IndexKind.BRIEFS: tx.stories.count_developments()}
        return {kind: counted[kind] if kind in counted else totals[kind.value] for kind in IndexKind}


def index_findings(checks: Sequence[IndexCheck]) -> Iterator[Finding]:
    """What is to be said of an index that answers."""
    for one in checks:
        if one.behind:
            yield Finding(
                level="warning",
                what=f"the index has not heard of all {one.kind}: it holds {one.held} of {one.wanted}",
                advice="the next round tells it; `tallywire index setup` does so now, and says what keeps it from that",
            )
        if one.lacks:
            yield Finding(
                level="warning",
                what=f"the index lacks {_many(one.lacks, one.kind)} that it has heard of",
                advice="`tallywire index rebuild` makes it anew from the record, while the old one serves",
            )
        if one.surplus:
            yield Finding(
                level="warning",
                what=f"the index holds {_many(one.surplus, one.kind)} that the record doesn't",
                advice="was an older record put in place? `tallywire index rebuild` makes the index anew from this one",
            )
        if one.refused:
            yield Finding(
                level="warning",
                what=f"the index refused {_many(one.refused, one.kind)}",
                advice="`tallywire index status` gives the reason of each; the next rebuild tries them again",
            )
    if not any(one.behind or one.lacks or one.surplus or one.refused for one in checks):
        kinds = ", ".join(_many(one.held, one.kind) for one in checks)
        yield Finding(level="ok", what=f"the index holds what it should: {kinds}")


def window_findings(crowded: str | None, most: int, now: datetime) -> Iterator[Finding]:
    """What is to be said of the articles that grouping holds open; ``crowded`` is the note of that name."""
    if crowded is not None and now - datetime.fromisoformat(crowded) < _LATELY:
        when = f"{datetime.fromisoformat(crowded):%Y-%m-%d %H:%M}"
        yield Finding(
            level="warning",
            what=f"more than {most} articles are open: at {when} UTC the oldest were let go of early, and late reports "
            "of what they report open stories of their own",
            advice="narrow what the topics match, shorten their windows, or allow more with TALLYWIRE_OPEN_ARTICLES "
            "where there is memory",
        )


def feed_findings(feeds: Iterable[Feed]) -> Iterator[Finding]:
    """What is to be said of the feeds that are polled."""
    polled = [feed for feed in feeds if feed.topics]
    ill = [feed for feed in polled if feed.state.health is not Health.OK]
    for feed in ill:
        news = feed_news(feed)
        since = f" since {news.since:%Y-%m-%d %H:%M} UTC" if news else ""
        why = feed.state.error or "nothing new for longer than usual"
        yield Finding(
            level="warning",
            what=f"feed {feed.url} is {feed.state.health}{since}: {why}",
            advice="it is polled on, less often; `tallywire feeds check URL` shows what it answers now, "
            "`tallywire feeds discover SITE` finds its new address",
        )
    if polled and not ill:
        yield Finding(level="ok", what=f"{count(len(polled), 'feed')}, none failing")


def _many(number: int, kind: IndexKind) -> str:
    return count(number, singular(kind.value), kind.value)


def trouble(error: TallywireError) -> Finding:
    """An error as a finding."""
    return Finding(level="problem", what=error.what, advice="; ".join(part for part in (error.why, error.hint) if part))
