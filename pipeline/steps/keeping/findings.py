"""What is right and wrong with feeds and index, in words with what to do: for the doctor and for the daily upkeep."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Literal

from pydantic import Field

from pipeline.errors import TallywireError
from pipeline.localtime import local
from pipeline.record import Record
from pipeline.steps.known.clock import SKEW
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
    behind: bool = Field(description="whether changes are not yet indexed")
    lacks: int = Field(default=0, description="documents that should be indexed and are missing")
    surplus: int = Field(default=0, description="documents that are not in the record")


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
                what=f"the index is behind: it has {one.held:,} of {one.wanted:,} {one.kind}",
                advice="the next round updates it; `tallywire index setup` does so now, or says what prevents it",
            )
        if one.lacks:
            yield Finding(
                level="warning",
                what=f"the index lacks {_many(one.lacks, one.kind)} that it should have",
                advice="`tallywire index rebuild` rebuilds it from the record, while the old one keeps serving",
            )
        if one.surplus:
            yield Finding(
                level="warning",
                what=f"the index holds {_many(one.surplus, one.kind)} that the record doesn't",
                advice="an older record may have been restored; `tallywire index rebuild` rebuilds the index",
            )
        if one.refused:
            yield Finding(
                level="warning",
                what=f"the index refused {_many(one.refused, one.kind)}",
                advice="`tallywire index status` gives the reasons; the next rebuild tries them again",
            )
    if not any(one.behind or one.lacks or one.surplus or one.refused for one in checks):
        kinds = ", ".join(_many(one.held, one.kind) for one in checks)
        yield Finding(level="ok", what=f"the index is complete: {kinds}")


def window_findings(crowded: str | None, most: int, now: datetime) -> Iterator[Finding]:
    """What is to be said of the articles that grouping holds open; ``crowded`` is the note of that name."""
    if crowded is not None and now - datetime.fromisoformat(crowded) < _LATELY:
        when = local(datetime.fromisoformat(crowded))
        yield Finding(
            level="warning",
            what=f"more than {most} articles are open: at {when} the oldest were closed early, so late "
            "reports on their events open new stories",
            advice="narrow the topics' terms, shorten their windows, or raise TALLYWIRE_OPEN_ARTICLES if there is "
            "enough memory",
        )


def clock_findings(last: datetime | None, now: datetime, ahead: int = 0) -> Iterator[Finding]:
    """What is to be said of the clock; ``last`` is when the last round was, by its own, ``ahead`` how many articles and
    stories are said to have come in later than now."""
    if last is not None and last > now + SKEW:
        yield Finding(
            level="warning",
            what=f"the last round was at {local(last)}, which is in the future: it is now {local(now)}",
            advice="check the clock of this machine (`timedatectl`) and of every other that uses this record; the next "
            "round corrects dates that are too far ahead",
        )
    if ahead:
        yield Finding(
            level="warning",
            what=f"{count(ahead, 'article or story', 'articles and stories')} came in at a time that is in the future",
            advice="a round ran while a clock was wrong; the next round corrects these dates",
        )


def feed_findings(feeds: Iterable[Feed]) -> Iterator[Finding]:
    """What is to be said of the feeds that are polled."""
    polled = [feed for feed in feeds if feed.topics]
    ill = [feed for feed in polled if feed.state.health is not Health.OK]
    for feed in ill:
        news = feed_news(feed)
        since = f" since {local(news.since)}" if news else ""
        why = feed.state.error or "no new entries for longer than usual"
        yield Finding(
            level="warning",
            what=f"feed {feed.url} is {feed.state.health}{since}: {why}",
            advice="it is still polled, less often; `tallywire feeds check URL` shows what it returns now, "
            "`tallywire feeds discover SITE` finds a new address",
        )
    if polled and not ill:
        yield Finding(level="ok", what=f"{count(len(polled), 'feed')}, none failing")


def _many(number: int, kind: IndexKind) -> str:
    return count(number, singular(kind.value), kind.value)


def trouble(error: TallywireError) -> Finding:
    """An error as a finding."""
    return Finding(level="problem", what=error.what, advice="; ".join(part for part in (error.why, error.hint) if part))
