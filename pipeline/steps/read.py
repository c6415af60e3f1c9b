"""Fetch, archive, read and match the entries that wait; each ends here or goes on to the judge."""

from __future__ import annotations

import os
import socket
import uuid
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from pipeline.collect.fetch import Fetcher
from pipeline.errors import (
    AddressRefused,
    ArchiveError,
    FetchFailed,
    HostPaused,
    NotHtml,
    RobotsDisallowed,
    TallywireError,
    TooLarge,
)
from pipeline.read.page import hint_of
from pipeline.read.workers import Interrupted, WorkerPool
from pipeline.record import Record
from pipeline.steps.intake.pages import REUSE, Pages, fetch_pages
from pipeline.steps.intake.reading import ArticleRead, ReadJob, question
from pipeline.steps.intake.revisit import visited
from pipeline.steps.services import Services
from schemas.archive import EntryNote
from schemas.article import Article, Page, PageKind, ReadEntry, Reading
from schemas.base import stable_id
from schemas.feed import Entry, Origin, Outcome
from schemas.visit import Visit

if TYPE_CHECKING:
    from pipeline.record import Transaction

LEASE = timedelta(minutes=15)
_WAITS = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6))
_FEED_TEXT_IS_ENOUGH = 600
_UNJUDGED = 256
"""Readings that wait for the judge at most: two turns, and more only beside others who read."""
_FEED_INSTEAD_FROM = 3
"""Tries after which an article whose page gives no answer is read from its feed: the page is most likely there within
the quarter of an hour that two tries take, and news should not wait for hours."""


@dataclass(frozen=True)
class End:
    """That an entry ends here, as what, and why; ``article`` is the known one that it is about."""

    outcome: Outcome
    reason: str
    article: str | None = None


@dataclass(frozen=True)
class Again:
    """That an entry is worth another try later; ``asked`` says whether its site was asked at all this time."""

    reason: str
    wait: timedelta | None = None
    asked: bool = True


def judged_by_status(page: Page, *, attempts: int) -> End | Again | None:
    """What an HTTP status means for the entry; None where the page is there to be read.

    401, 402, 403 and 451 are a refusal, which we take for an answer. A 404 is tried once more, since a feed is often
    ahead of its own site by some minutes. 408, 425, 429 and 5xx are passing troubles.
    """
    status = page.status
    if status in (200, 203, 206):
        return None
    said = f"the server answered {status}"
    if status in (401, 402, 403, 407, 451):
        return End(Outcome.BLOCKED, said)
    if status == 410 or (status == 404 and attempts > 1):
        return End(Outcome.GONE, said)
    if status in (404, 408, 425, 429) or status >= 500:
        return Again(said)
    return End(Outcome.FAILED, said)


def judged_by_error(error: TallywireError) -> End | Again:
    """What an error in fetching or reading means for the entry."""
    match error:
        case RobotsDisallowed():
            return End(Outcome.ROBOTS, str(error))
        case AddressRefused():
            return End(Outcome.BLOCKED, str(error))
        case TooLarge():
            return End(Outcome.TOO_LARGE, str(error))
        case HostPaused():
            return Again(str(error), wait=timedelta(seconds=error.seconds), asked=False)
        case FetchFailed() | ArchiveError() | Interrupted():
            return Again(str(error))
        case NotHtml():
            return End(Outcome.NOT_HTML, str(error))
        case _:
            return End(Outcome.FAILED, str(error))


def wait_before_try(attempts: int) -> timedelta | None:
    """How long to wait after the n-th failed try; None when it was the last."""
    return _WAITS[attempts - 1] if 0 < attempts <= len(_WAITS) else None


def feed_text(entry: Entry) -> str | None:
    """The article as the feed itself carries it in full, which may be read when its page is closed to us."""
    content = entry.announcement.content
    return content if len(content) >= _FEED_TEXT_IS_ENOUGH else None


@dataclass
class ReadReport:
    """How the entries fared: those read go on to the judge, the rest ended or waits for another try."""

    claimed: int = 0
    read: int = 0
    again: int = 0
    released: int = 0
    ended: Counter[Outcome] = field(default_factory=Counter)


async def read(
    services: Services,
    fetcher: Fetcher,
    pool: WorkerPool[ReadJob, ArticleRead],
    *,
    limit: int = 64,
    among: Sequence[str] | None = None,
    owner: str | None = None,
    stop: Callable[[], bool] = lambda: False,
    on_entry: Callable[[Entry], None] = lambda entry: None,
) -> ReadReport:
    """Claim up to ``limit`` waiting entries (``among``: of those ids only) and bring each as far as it goes.

    Safe to run twice and beside itself: a claim is a lease, and what a killed process held comes back when it ends, or
    at once to a process of the same ``owner``. Raises ArchiveError, with nothing lost, where pages can't be archived.
    """
    owner = owner or f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:8]}"
    now = services.clock()
    with services.record.begin() as tx:
        entries = tx.entries.claim(now, limit, LEASE, owner, among=among)
        questions = {topic.name: question(topic) for topic in tx.topics.all()} if entries else {}
        outlets = {feed.id: feed.title for feed in tx.feeds.all()} if entries else {}
        visits = tx.visits.get_many(entry.announcement.url for entry in entries)
    report = ReadReport(claimed=len(entries))
    if not entries:
        return report
    try:
        pages = await fetch_pages(services, fetcher, entries, visits, now, stop)
        fates = {
            entry.id: unchanged or _fate_of(entry, fetched, outlets.get(entry.feed or ""), questions, now)
            for entry in entries
            if (fetched := pages.found[entry.announcement.url]) is not None
            for unchanged in [_unchanged(fetched, visits.get(entry.announcement.url))]
        }
        jobs = {id: fate for id, fate in fates.items() if isinstance(fate, ReadJob)}
        # Fewer readings than jobs where we were asked to stop; what is not read is given back below.
        found = read_all(services.record, pool, {entry.id: entry for entry in entries}, jobs, stop=stop)
        with services.record.read() as tx:
            decided = {entry.id: _decided(tx, entry, found.get(entry.id) or fates.get(entry.id)) for entry in entries}
        notes = _note_entries(services, entries, decided, jobs, outlets, frozenset(questions), now)
        with services.record.begin() as tx:
            _note_visits(tx, services, entries, fates, pages)
            for entry in entries:
                _settle(tx, entry, decided[entry.id], notes.get(entry.id), now, owner, report)
                on_entry(entry)
    finally:
        with services.record.begin() as tx:
            report.released = tx.entries.release(owner)
    return report


def _unchanged(fetched: Page | TallywireError, known: Visit | None) -> End | None:
    """That a page is still the one that we know; None where it is another, or none."""
    if not isinstance(fetched, Page) or fetched.status != 304 or known is None:
        return None
    since = f"{known.last:%Y-%m-%d %H:%M} UTC"
    return End(Outcome.KNOWN, f"its page has not changed since {since}", known.article)


def _note_visits(
    tx: Transaction,
    services: Services,
    entries: Sequence[Entry],
    fates: Mapping[str, ReadJob | End | Again],
    pages: Pages,
) -> None:
    """Remember what pages answered, and when those are visited again that end here; the judge says so of the rest."""
    steps, now = services.settings.revisit_after, services.clock()
    visits = dict(pages.visits)
    for entry in entries:
        url, fate = entry.announcement.url, fates.get(entry.id)
        visit = visits.get(url) or (pages.before.get(url) if entry.origin is Origin.REVISIT else None)
        if visit is not None and isinstance(fate, End):
            tried = visit.model_copy(update={"last": now})
            visits[url] = visited(tried, now, steps, gone=fate.outcome is Outcome.GONE)
        elif visit is None and isinstance(fate, ReadJob) and fate.page is None and _was_silent(pages.found[url]):
            # Read from its feed, while its page may yet come back.
            visits[url] = Visit(url=url, first=now, last=now)
    tx.visits.put(visits.values())


def _was_silent(fetched: Page | TallywireError | None) -> bool:
    """Whether a page gave no answer, or none that says something of itself."""
    judged = judged_by_error(fetched) if isinstance(fetched, TallywireError) else None
    return isinstance(judged, Again) or (isinstance(fetched, Page) and fetched.status >= 500)


def _fate_of(
    entry: Entry, fetched: Page | TallywireError, outlet: str | None, questions: Mapping[str, str], now: datetime
) -> ReadJob | End | Again:
    """What becomes of an entry whose page was asked for; what a page does not give, the feed may say in full."""
    hint = hint_of(entry, outlet or None)
    asked = tuple(questions[name] for name in entry.topics if name in questions)
    if isinstance(fetched, TallywireError):
        fate = judged_by_error(fetched)
    elif (judged := judged_by_status(fetched, attempts=entry.attempts)) is None:
        return ReadJob(hint=hint, now=now, page=fetched, topics=asked)
    else:
        fate = judged
    if entry.origin is not Origin.REVISIT and _is_out_of_reach(entry, fate) and (content := feed_text(entry)):
        return ReadJob(hint=hint, now=now, url=entry.announcement.url, html=content, topics=asked)
    return fate


def _is_out_of_reach(entry: Entry, fate: End | Again) -> bool:
    """Whether there is no more hope for a page: it refuses, is gone, or did not answer when it was asked again."""
    if isinstance(fate, Again):
        return fate.asked and entry.attempts >= _FEED_INSTEAD_FROM
    return fate.outcome in (Outcome.BLOCKED, Outcome.ROBOTS, Outcome.GONE, Outcome.FAILED)


def _decided(
    tx: Transaction, entry: Entry, found: ArticleRead | TallywireError | ReadJob | End | Again | None
) -> ArticleRead | End | Again | None:
    """What is to become of an entry; None of one whose page was not asked for, or not read: it is given back."""
    if isinstance(found, ArticleRead) and (wait := _worth_another_look(tx, entry, found.reading)):
        found = Again(found.reading.teaser or "", wait)
    if isinstance(found, TallywireError):
        found = judged_by_error(found)
    if isinstance(found, Again) and found.asked and wait_before_try(entry.attempts) is None:
        found = End(Outcome.FAILED, f"{found.reason}, {entry.attempts} times")
    return None if isinstance(found, ReadJob) else found


def _note_entries(
    services: Services,
    entries: Sequence[Entry],
    decided: Mapping[str, ArticleRead | End | Again | None],
    jobs: Mapping[str, ReadJob],
    outlets: Mapping[str, str],
    topics: AbstractSet[str],
    now: datetime,
) -> dict[str, str]:
    """Archive what the feed said of each entry that was read or ended; gives the ids of the notes.

    All of it is on the disk then: the record names it next.
    """
    notes: dict[str, str] = {}
    for entry in entries:
        fate, job = decided[entry.id], jobs.get(entry.id)
        note = EntryNote(
            entry=entry,
            outlet=outlets.get(entry.feed or "") or None,
            others=tuple(sorted(topics - set(entry.topics))),
            at=now,
            page=job.page.record if job and job.page else None,
        )
        if isinstance(fate, ArticleRead):
            note = note.model_copy(update={"figures": fate.figures})
        elif isinstance(fate, End):
            note = note.model_copy(update={"outcome": fate.outcome, "reason": fate.reason, "article": fate.article})
        else:
            continue
        notes[entry.id] = services.archive.note(note)
    services.archive.sync()
    return notes


def _settle(
    tx: Transaction,
    entry: Entry,
    fate: ArticleRead | End | Again | None,
    note: str | None,
    now: datetime,
    owner: str,
    report: ReadReport,
) -> None:
    """Put an entry that was read before the judge; end another one, or let it wait for its next try."""
    match fate:
        case ArticleRead():
            read = ReadEntry(entry=entry, reading=fate.reading, matches=fate.matches, archived=note)
            tx.entries.put_reading(entry.id, read, owner=owner)
            report.read += 1
        case Again(asked=False):
            # A host that wants a pause is no trouble of the entry's, which would else be given up within hours.
            later = now + (fate.wait or _WAITS[0])
            tx.entries.retry(entry.id, later, fate.reason, owner=owner, attempts=entry.attempts - 1)
            report.again += 1
        case Again():
            wait = wait_before_try(entry.attempts) or _WAITS[-1]
            tx.entries.retry(entry.id, now + max(wait, fate.wait or wait), fate.reason, owner=owner)
            report.again += 1
        case End():
            tx.entries.end(entry.id, fate.outcome, fate.reason, now, fate.article, owner=owner)
            report.ended[fate.outcome] += 1


def _worth_another_look(tx: Transaction, entry: Entry, reading: Reading) -> timedelta | None:
    """After what time a page is to be asked for once more that says it is closed for now, or not there (yet).

    As with a status of 503 and of 404: a feed is often ahead of its own site. Not sooner than a page is asked for anew.
    """
    closed = reading.kind is PageKind.CLOSED
    missing = reading.kind is PageKind.MISSING and entry.attempts <= 1
    if not (closed or missing) or tx.articles.get(article_of(entry, reading)):
        return None
    return REUSE + _WAITS[0]


def read_all(
    record: Record,
    pool: WorkerPool[ReadJob, ArticleRead],
    entries: Mapping[str, Entry],
    jobs: Mapping[str, ReadJob],
    *,
    stop: Callable[[], bool],
) -> dict[str, ArticleRead | TallywireError]:
    """What came of each job, by the id of its entry; of fewer than all where we were asked to stop first.

    An article that a topic once took stays its coverage, even where a new text says no more why, or comes by a feed of
    other topics only. Its figures are still followed, so it is read once more with them.
    """
    found = dict(zip(jobs, pool.map(jobs.values(), stop=stop), strict=False))
    again = {id: replace(jobs[id], figures=True) for id in _still_followed(record, entries, found)}
    for id in again:
        del found[id]
    return found | dict(zip(again, pool.map(again.values(), stop=stop), strict=False))


def _still_followed(
    record: Record, entries: Mapping[str, Entry], found: Mapping[str, ArticleRead | TallywireError]
) -> list[str]:
    """Those that no topic takes now, but one took before, or takes by another entry that is not judged yet."""
    read = {id: one for id, one in found.items() if isinstance(one, ArticleRead) and not one.reading.teaser}
    articles = {id: article_of(entries[id], one.reading) for id, one in read.items()}
    taken = {articles[id] for id, one in read.items() if one.on_topic}
    left = [id for id, one in read.items() if not (one.on_topic or one.figures)]
    if not left:
        return []
    with record.read() as tx:
        known = tx.articles.get_many(articles[id] for id in left)
        waiting = [one for one in tx.entries.unjudged(_UNJUDGED) if any(match.matched for match in one.matches)]
    taken |= {article_of(one.entry, one.reading) for one in waiting}
    return [id for id in left if articles[id] in taken or _is_followed(known.get(articles[id]), read[id].reading)]


def _is_followed(known: Article | None, reading: Reading) -> bool:
    """Whether the judge will follow the figures of ``reading`` for a topic that took the article before."""
    if known is None or not known.on_topics:
        return False
    same = (known.reading.title, known.reading.text) == (reading.title, reading.text)
    return not same or known.outcome not in (Outcome.INDEXED, Outcome.COPY)


def article_of(entry: Entry, reading: Reading) -> str:
    """The id of the article that an entry brings: the one that a replay gave it, else that of its canonical address."""
    return entry.article or stable_id("article", reading.url)


def give_back(record: Record) -> int:
    """Free, untried, what killed processes had claimed; how many entries that were.

    Only for who knows that nobody else is at work, as the holder of a home does: leases would run out by themselves,
    but only after a while.
    """
    with record.begin() as tx:
        return tx.entries.release(None)
