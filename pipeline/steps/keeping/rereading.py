"""Whether the record agrees with itself (`agreeing`), and whether the archive holds what the record was made of, and
still gives it: pages, a sample read anew, a sample judged anew. Nothing is changed; what is judged anew is kept in a
folder of its own, and thrown away.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from pipeline.collect.catalogue import Catalogue, catalogue_of
from pipeline.errors import TallywireError
from pipeline.read.workers import WorkerPool
from pipeline.settings import Settings
from pipeline.steps.intake.reading import ArticleRead, ReadJob, preload_for, question, read_job
from pipeline.steps.keeping.agreeing import NAMED, agreement, listed
from pipeline.steps.keeping.findings import Finding, trouble
from pipeline.steps.replay import replay
from pipeline.steps.retold import as_it_was_read
from pipeline.steps.services import Services, open_services
from pipeline.tell.words import count
from schemas.article import Article, Reading
from schemas.story import MoveKind
from schemas.topic import Topic

if TYPE_CHECKING:
    from pipeline.record import Transaction

SAMPLE = 50
SECONDS = 300.0
_AT_ONCE = 16
_FIELDS = ("title", "text", "published", "outlet", "authors", "language", "url", "kind", "figures")
_CHANGED = "if the program or a topic was changed since, that explains it; if not, please report it"


@dataclass
class Limits:
    """How much is looked at: a sample of so many articles, and no more than so many seconds for all of it."""

    sample: int = SAMPLE
    seconds: float = SECONDS
    _began: float = field(default_factory=time.monotonic)

    def over(self) -> bool:
        return time.monotonic() - self._began > self.seconds


def reread(settings: Settings, limits: Limits) -> Iterator[Finding]:
    """Look at the archive and hold it against the record, one finding after another."""
    if settings.database_url is None and not (settings.home / "tallywire.db").exists():
        return
    try:
        services = open_services(settings)
    except TallywireError as error:
        yield trouble(error)
        return
    try:
        if not limits.over():
            yield from agreement(services)
        yield from _reread(services, limits)
    except TallywireError as error:
        yield trouble(error)
    finally:
        services.close()


def _reread(services: Services, limits: Limits) -> Iterator[Finding]:
    broken: list[str] = []
    halves: set[str] = set()
    files = services.archive.files()

    def checked(record: str, whole: bool) -> None:
        if not whole:
            halves.add(record)

    catalogue = catalogue_of(files, damaged=broken.append, checked=checked, stop=limits.over)
    yield from _files(files, catalogue, broken, halves, limits)
    if limits.over():
        return
    with services.record.read() as tx:
        articles = {one.id: one for one in tx.articles.iterate() if one.archived}
        others = tx.totals()["articles"] - len(articles)
        topics = tx.topics.all()
    yield from _pages(articles.values(), others, catalogue, halves, services)
    there = [
        one for one in articles.values() if _page_of(one, catalogue) not in halves and one.archived in catalogue.notes
    ]
    if not there:
        return
    chosen = random.Random(services.clock().date().toordinal()).sample(there, min(limits.sample, len(there)))
    with WorkerPool(
        read_job,
        workers=services.settings.worker_count,
        seconds=services.settings.read_timeout,
        preload=preload_for(topics),
    ) as pool:
        yield from _read_anew(chosen, catalogue, topics, pool, limits)
        if not limits.over():
            yield from _judged_anew(services, files, catalogue, topics, pool, limits)


def _files(
    files: Sequence[Path], catalogue: Catalogue, broken: Sequence[str], halves: set[str], limits: Limits
) -> Iterator[Finding]:
    for why in broken[:NAMED]:
        yield Finding(
            level="warning",
            what=f"archive: {why}",
            advice="a killed process may leave its last record incomplete; if that is not the cause, check the disk",
        )
    if len(broken) > NAMED:
        yield Finding(level="warning", what=f"archive: {len(broken) - NAMED} more files are damaged")
    if halves:
        yield Finding(
            level="problem",
            what=f"archive: {count(len(halves), 'page')} do not match their digests",
            advice="check the disk, and restore the files from a backup",
        )
    what = f"archive: {count(len(files), 'file')}, {count(len(catalogue.pages), 'page')}, "
    what += (
        f"{count(len(catalogue.notes), 'note')} of what feeds said, {count(len(catalogue.turns), 'turn')} of the judge"
    )
    if limits.over():
        yield Finding(
            level="warning",
            what=f"{what}; the check stopped after {limits.seconds:.0f} s",
            advice="allow more time with --seconds",
        )
    else:
        yield Finding(level="ok", what=what)


def _page_of(article: Article, catalogue: Catalogue) -> str | None:
    note = catalogue.notes.get(article.archived or "")
    return note.page if note else None


def _pages(
    articles: Iterable[Article], others: int, catalogue: Catalogue, halves: set[str], services: Services
) -> Iterator[Finding]:
    """Whether each article's page is in the archive, as far as it is not to be kept no more."""
    kept = services.settings.keep_archive
    since = services.clock() - kept if kept is not None else None
    missing: list[Article] = []
    looked = 0
    for article in articles:
        if since is not None and (article.revised or article.first_seen) < since:
            continue
        looked += 1
        page = _page_of(article, catalogue)
        if article.archived not in catalogue.notes or (page and (page not in catalogue.pages or page in halves)):
            missing.append(article)
    if missing:
        yield Finding(
            level="problem",
            what=f"the pages of {count(len(missing), 'article')} of {looked} are missing from the archive or damaged: "
            + listed(article.reading.requested_url for article in missing),
            advice="they cannot be replayed; restore the files of the archive from a backup",
        )
    elif looked:
        yield Finding(level="ok", what=f"the archive has the pages of all {count(looked, 'article')}, undamaged")
    if others:
        yield Finding(
            level="ok",
            what=f"{count(others, 'article')} came from an earlier version or a replay; their pages were not checked",
        )


def _read_anew(
    articles: Sequence[Article],
    catalogue: Catalogue,
    topics: Sequence[Topic],
    pool: WorkerPool[ReadJob, ArticleRead],
    limits: Limits,
) -> Iterator[Finding]:
    """Read a sample of articles from the archive again, and compare."""
    questions = {topic.name: question(topic) for topic in topics}
    differing: list[str] = []
    done = 0
    rest = iter(articles)
    while not limits.over() and (some := list(islice(rest, _AT_ONCE))):
        jobs = {one.id: job for one in some if (job := _job_of(one, catalogue, questions))}
        found = dict(zip(jobs, pool.map(jobs.values()), strict=True))
        for article in some:
            done += 1
            if why := _otherwise(article.reading, found.get(article.id)):
                differing.append(f"{article.reading.requested_url} ({why})")
    if differing:
        yield Finding(
            level="warning",
            what=f"{len(differing)} of {count(done, 'article')} give another result when read again: "
            + listed(differing),
            advice=_CHANGED,
        )
    else:
        yield Finding(level="ok", what=f"{count(done, 'article')} gave the same result when read again")


def _job_of(article: Article, catalogue: Catalogue, questions: dict[str, str]) -> ReadJob | None:
    note = catalogue.note(article.archived or "")
    found = as_it_was_read(catalogue, note, questions) if note else None
    return found[1] if found and isinstance(found[1], ReadJob) else None


def _otherwise(was: Reading, now: ArticleRead | TallywireError | None) -> str:
    """In which fields two readings differ, in words; empty where in none."""
    if not isinstance(now, ArticleRead):
        return f"it can't be read: {now.what if now else 'its note is broken'}"
    # What was named later is left out: a text that a site gives everywhere, an address that is another's article.
    fields = [name for name in _FIELDS if getattr(was, name) != getattr(now.reading, name)]
    if was.kind is not now.reading.kind or (fields == ["url"] and was.notes != now.reading.notes):
        fields = [name for name in fields if name not in ("kind", "figures", "url")]
    return ", ".join(fields)


def _judged_anew(
    services: Services,
    files: Sequence[Path],
    catalogue: Catalogue,
    topics: Sequence[Topic],
    pool: WorkerPool[ReadJob, ArticleRead],
    limits: Limits,
) -> Iterator[Finding]:
    """Judge the beginning of the archive again, in a folder of its own, and compare what never changes afterwards."""
    if catalogue.undescribed or not catalogue.turns or catalogue.turns[0].turn != 1:
        yield Finding(
            level="ok",
            what="no decisions were checked: the archive does not begin with the first turn of the judge",
        )
        return
    with TemporaryDirectory(prefix="tallywire-doctor-") as folder:
        place = {"home": Path(folder), "database_url": None, "elasticsearch_url": None}
        other = open_services(services.settings.model_copy(update=place), clock=services.clock)
        try:
            report = replay(other, pool, files, topics, most=limits.sample, stop=limits.over)
            with other.record.read() as tx, services.record.read() as kept:
                differing = list(_compared(tx, kept))
                decided = _decided(kept)
        finally:
            other.close()
    judged = count(report.items, "entry", "entries")
    if not differing:
        yield Finding(
            level="ok",
            what=f"the first {judged} give the same outcomes, stories, verdicts and alerts when judged again",
        )
        return
    yield Finding(
        level="warning",
        what=f"the first {judged} were judged again, and {len(differing)} decisions differ: {listed(differing)}",
        advice="decisions that people made about stories are not in the archive; " * decided + _CHANGED,
    )


def _compared(anew: Transaction, kept: Transaction) -> Iterator[str]:
    """What was decided otherwise, in words: outcomes of entries, first stories, verdicts, alerts."""
    for entry in anew.entries.find():
        was = kept.entries.get(entry.id)
        if was is None or was.outcome != entry.outcome:
            ended = was.outcome if was else "unknown to the record"
            yield f"{entry.announcement.url} ends as {entry.outcome}, was {ended}"
    joined = {move.article: move.to_story for _, move in kept.stories.moves() if move.kind is MoveKind.JOIN}
    for _, move in anew.stories.moves():
        if move.kind is MoveKind.JOIN and joined.get(move.article) != move.to_story:
            yield f"{move.article} joins {move.to_story}, joined {joined.get(move.article, 'none')}"
    for figure, verdict in anew.figures.iterate():
        said = Counter((one.topic, one.kind) for one in kept.figures.verdicts_of(figure.id))
        if verdict is not None and not said[verdict.topic, verdict.kind]:
            yield f"{figure.id} is {verdict.kind} in {verdict.topic}"
    for alert in anew.alerts.find():
        if kept.alerts.get(alert.id) is None:
            yield f"{alert.id}, {alert.kind}, was never told"


def _decided(kept: Transaction) -> bool:
    """Whether people decided anything that grouping keeps to."""
    return bool(next(iter(kept.stories.decisions()), None) or next(iter(kept.threads.decisions()), None))
