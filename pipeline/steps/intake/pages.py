"""The pages that entries wait for: fetched politely, archived, and never older than what announced them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pipeline.collect.fetch import Fetcher
from pipeline.collect.revisit import asked
from pipeline.errors import FetchError, TallywireError
from pipeline.steps.intake.waiting import until_stopped
from pipeline.steps.services import Services
from schemas.article import Page
from schemas.feed import Entry, Origin
from schemas.visit import Visit

REUSE = timedelta(minutes=15)
"""A page fetched no longer ago is taken from the archive, where it was fetched after it was announced."""

_VALIDATORS_LAST = timedelta(days=30)
"""Older ones are not sent, as with feeds: some servers answer 304 for ever."""


@dataclass
class Pages:
    """What came of asking: by address the page, what was wrong, or None where we were asked to stop first; and what is
    known of each page since. ``before`` is what was known of them.
    """

    found: dict[str, Page | TallywireError | None] = field(default_factory=dict)
    visits: dict[str, Visit] = field(default_factory=dict)
    before: Mapping[str, Visit] = field(default_factory=dict)


async def fetch_pages(
    services: Services,
    fetcher: Fetcher,
    entries: Sequence[Entry],
    before: Mapping[str, Visit],
    now: datetime,
    stop: Callable[[], bool],
) -> Pages:
    """The page of each of ``entries``; ``before`` is what is known of earlier visits to them.

    An address that several feeds announce is fetched once. What is announced anew is asked for anew, on the condition
    that it has changed where we know it: an archived page is only as good as the announcement that it came after.
    """
    pages = Pages(before=before)

    async def one(url: str, waiting: Sequence[Entry]) -> Page | TallywireError:
        announced = max(entry.first_seen for entry in waiting)
        recent = services.archive.latest(url, max(now - REUSE, announced))
        if recent is not None:
            return recent
        known = before.get(url)
        etag, last_modified = _validators(known, waiting, now)
        try:
            page = await fetcher.fetch(url, etag=etag, last_modified=last_modified)
        except FetchError as error:
            return error
        if page.status == 200:
            page = services.archive.write(page)
        elif page.status == 304 and known is not None:
            services.archive.revisit(page, known.page, known.page_at)
        if page.status in (200, 304):
            pages.visits[url] = _visited(known, url, page, waiting, services.clock())
        return page

    urls: dict[str, list[Entry]] = {}
    for entry in entries:
        urls.setdefault(entry.announcement.url, []).append(entry)
    work = (one(url, waiting) for url, waiting in urls.items())
    pages.found = dict(zip(urls, await until_stopped(work, stop), strict=True))
    return pages


def _validators(known: Visit | None, waiting: Sequence[Entry], now: datetime) -> tuple[str | None, str | None]:
    """With what a page is asked for on condition: with nothing where what we know of it would not do for all.

    A topic that was never asked whether the article is of its coverage needs the page itself.
    """
    if known is None or known.article is None or now - known.last > _VALIDATORS_LAST:
        return None, None
    if not {topic for entry in waiting for topic in entry.topics} <= set(known.topics):
        return None, None
    return known.etag, known.last_modified


def _visited(known: Visit | None, url: str, page: Page, waiting: Sequence[Entry], now: datetime) -> Visit:
    etag, last_modified = page.header("ETag"), page.header("Last-Modified")
    if page.status == 304 and known is not None:
        etag, last_modified = etag or known.etag, last_modified or known.last_modified
    again = any(entry.origin is Origin.REVISIT for entry in waiting)
    visit = asked(known, url, now, etag, last_modified, again=again)
    archived = {"page": page.record, "page_at": page.fetched_at}
    return visit.model_copy(update=archived) if page.record is not None else visit
