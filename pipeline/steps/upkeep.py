"""The daily upkeep: what may go goes, and what is not as it should be is said."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path

from pydantic import Field

from pipeline.collect.keeping import (
    Removed,
    remove_days,
    remove_digests,
    remove_empty_days,
    remove_leftovers,
    remove_mails,
)
from pipeline.errors import SearchIndexError
from pipeline.record.notes import CROWDED
from pipeline.settings import Settings
from pipeline.steps.keeping.findings import (
    Finding,
    IndexCheck,
    check_index,
    feed_findings,
    index_findings,
    trouble,
    window_findings,
)
from pipeline.steps.services import Services
from pipeline.tell.health import feed_news
from pipeline.tell.words import count
from schemas.alert import FeedNews
from schemas.base import Model
from schemas.feed import Health

_LAST = "upkeep last"
_DAY = timedelta(days=1)
_LEFT_BEHIND = _DAY
"""What is half written and was not touched for so long is nobody's work any more."""


class UpkeepReport(Model):
    """What one upkeep did and found."""

    removed: dict[str, Removed] = Field(default={}, description="by place: archive, mails, digests, leftovers")
    feeds: dict[Health, int] = Field(default={}, description="feeds that are polled, by their health")
    ill: tuple[FeedNews, ...] = ()
    index: tuple[IndexCheck, ...] = Field(default=(), description="empty where it can't be used")
    findings: tuple[Finding, ...] = Field(default=(), description="all of it in words, with what to do")

    @property
    def problems(self) -> tuple[Finding, ...]:
        """What kept the upkeep from a part of its work."""
        return tuple(one for one in self.findings if one.level == "problem")


def upkeep(services: Services) -> UpkeepReport:
    """Remove what the settings don't ask to keep, look at the feeds, and hold the index against the record.

    The record is left alone. Safe to repeat, to break off and to run beside everything else. An index that is down or a
    file that can't be removed is a finding; raises RecordError where the record can't be read.
    """
    findings: list[Finding] = []
    now = services.clock()
    removed = dict(_retention(services.settings, now, findings))
    with services.record.read() as tx:
        feeds = [feed for feed in tx.feeds.all() if feed.topics]
        crowded = tx.notes.get(CROWDED)
    findings += window_findings(crowded, services.settings.open_articles, now)
    findings += feed_findings(feeds)
    checks: list[IndexCheck] = []
    try:
        checks = check_index(services)
        findings += index_findings(checks)
    except SearchIndexError as error:
        findings.append(trouble(error))
    healths = [feed.state.health for feed in feeds]
    ill = (feed_news(feed) for feed in feeds if feed.state.health is not Health.OK)
    return UpkeepReport(
        removed=removed,
        feeds={health: healths.count(health) for health in Health},
        ill=tuple(news for news in ill if news is not None),
        index=tuple(checks),
        findings=tuple(findings),
    )


def daily_upkeep(services: Services) -> UpkeepReport | None:
    """`upkeep`, unless it was done within the last day, by whichever process; None then."""
    now = services.clock()
    with services.record.read() as tx:
        last = tx.notes.get(_LAST)
    if last is not None and timedelta(0) <= now - datetime.fromisoformat(last) < _DAY:
        return None
    report = upkeep(services)
    # Afterwards, for on a full disk the upkeep comes before anything can be written.
    with services.record.begin() as tx:
        tx.notes.set(_LAST, now.isoformat())
    return report


def _retention(settings: Settings, now: datetime, findings: list[Finding]) -> Iterator[tuple[str, Removed]]:
    archive, mails, digests = settings.archive_path, settings.mail_path, settings.digest_path
    wishes: list[tuple[str, timedelta | None, Callable[[datetime], Removed]]] = [
        ("archive", settings.keep_archive, lambda before: remove_days(archive, before.date())),
        ("mails", settings.keep_mails, lambda before: remove_mails(mails, before)),
        ("digests", settings.keep_digests, lambda before: remove_digests(digests, before)),
        ("leftovers", _LEFT_BEHIND, lambda before: remove_leftovers(_leftovers(settings), before)),
    ]
    for place, keep, remove in wishes:
        if keep is None:
            continue
        try:
            removed = remove(now - keep)
        except OSError as error:
            findings.append(
                Finding(
                    level="problem",
                    what=f"{error.filename or place} can't be removed: {error.strerror or error}",
                    advice="check that this user may write there; the next upkeep tries again",
                )
            )
            continue
        yield place, removed
        if removed.files:
            freed = f"{removed.bytes / 1e6:.1f} MB" if removed.bytes >= 1e6 else f"{removed.bytes / 1e3:.1f} kB"
            what = f"{place}: {count(removed.files, 'file')} removed, {freed} freed"
            findings.append(Finding(level="ok", what=what))
    remove_empty_days(archive, (now - _LEFT_BEHIND).date())


def _leftovers(settings: Settings) -> Iterator[Path]:
    """Mails and indices that a killed process left half written."""
    return chain(
        settings.mail_path.glob(".*.part"), settings.index_path.parent.glob(f"{settings.index_path.name}.next*")
    )
