"""An archive plays the part of poll and read: the same judging, without network, giving the same result each time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from urllib.parse import quote

from pipeline.collect.archive import read_warc
from pipeline.collect.replay import BrokenLine, ReplayItem, read_jsonl
from pipeline.errors import ArchiveError, TallywireError
from pipeline.read.workers import WorkerPool
from pipeline.steps.enrol import enrol
from pipeline.steps.judge import Judge, JudgeReport
from pipeline.steps.publish import publish
from pipeline.steps.read import End, judged_by_error, judged_by_status, read_all
from pipeline.steps.reading import ArticleRead, ReadJob, question
from pipeline.steps.services import Services
from pipeline.urls import canonical
from schemas.article import Hint, MetadataSource, Page, ReadEntry
from schemas.base import stable_id
from schemas.feed import Announcement, Entry, Origin, Outcome
from schemas.topic import Topic

CHUNK = 64
"""How many articles one judge run takes. It is fixed, and chunks are counted by place in the file, so that a replay
that was killed and taken up again groups at the same points as one that was not."""

_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)

EVERYTHING = Topic(name="replay", title="Replay", digest=None)
"""The topic of a replay that names none: everything is coverage of it."""


@dataclass
class ReplayReport:
    """What the files held, and what became of it; ``broken`` says of each unusable line where it is and why."""

    items: int = 0
    known: int = 0
    broken: list[str] = field(default_factory=list)
    judged: JudgeReport = field(default_factory=JudgeReport)
    stopped: bool = False


@dataclass
class ReplayClock:
    """Time as the archive tells it: it never runs backwards, and never ahead of the real clock."""

    real: Callable[[], datetime]
    at: datetime = _BEGINNING
    undated: datetime = _BEGINNING

    def __call__(self) -> datetime:
        return self.at

    def advance(self, moment: datetime | None) -> datetime:
        """Move on to ``moment`` if that is later, and give the time it is then.

        What bears no date comes at the time of what came before it; at the beginning, of the file that holds it.
        """
        if moment is None and self.at == _BEGINNING:
            moment = self.undated
        if moment is not None:
            self.at = max(self.at, min(moment, self.real()))
        return self.at


def replay(
    services: Services,
    pool: WorkerPool[ReadJob, ArticleRead],
    paths: Sequence[Path],
    topics: Sequence[Topic] = (),
    *,
    regroup: bool = True,
    stop: Callable[[], bool] = lambda: False,
    on_progress: Callable[[int], None] = lambda done: None,
) -> ReplayReport:
    """Bring what the files hold through reading, judging and publishing, in file order.

    What is in the record already is passed over, so a replay that broke off goes on where it stopped. Raises
    ArchiveError where a file can't be used; what came before it is kept.
    """
    report = ReplayReport()
    asked = tuple(topics) or (EVERYTHING,)
    enrol(services.record, asked)
    clock = ReplayClock(services.clock)
    services = replace(services, clock=clock)
    judge = Judge(services, regroup=regroup)
    questions = {topic.name: question(topic) for topic in asked}
    seen: dict[str, int] = {}

    def judge_all() -> None:
        while (judged := judge.run(limit=CHUNK)).judged:
            report.judged.add(judged)

    with services.record.read() as tx:
        for left in tx.entries.unjudged(CHUNK):
            clock.advance(left.entry.first_seen)
    judge_all()
    try:
        for path in paths:
            clock.undated = _file_time(path)
            for chunk in _chunks(_items(path, report, seen)):
                if stop() or not _take(services, pool, chunk, questions, clock, report, stop):
                    report.stopped = True
                    return report
                judge_all()
                report.items += len(chunk)
                on_progress(len(chunk))
    except ArchiveError:
        publish(services)
        raise
    publish(services)
    return report


def _take(
    services: Services,
    pool: WorkerPool[ReadJob, ArticleRead],
    chunk: Sequence[ReplayItem | Page],
    questions: Mapping[str, str],
    clock: ReplayClock,
    report: ReplayReport,
    stop: Callable[[], bool],
) -> bool:
    """Read one chunk and put it before the judge, all in one transaction; False, and nothing, if stopped before."""
    prepared = [_prepare(item, questions, clock) for item in chunk]
    with services.record.read() as tx:
        known = tx.entries.known([entry.id for entry, _ in prepared])
    fresh = list({entry.id: (entry, job) for entry, job in prepared if entry.id not in known}.values())
    jobs = {entry.id: job for entry, job in fresh if isinstance(job, ReadJob)}
    found = read_all(services.record, pool, {entry.id: entry for entry, _ in fresh}, jobs, stop=stop)
    if len(found) < len(jobs):
        return False
    report.known += len(chunk) - len(fresh)
    with services.record.begin() as tx:
        tx.entries.add([entry for entry, _ in fresh])
        for entry, job in fresh:
            result: object = job if isinstance(job, End) else found[entry.id]
            if isinstance(result, TallywireError):
                fate = judged_by_error(result)
                result = fate if isinstance(fate, End) else End(Outcome.FAILED, fate.reason)
            if isinstance(result, End):
                tx.entries.end(entry.id, result.outcome, result.reason, entry.first_seen, article=None)
                report.judged.judged += 1
                report.judged.ended[result.outcome] += 1
            elif isinstance(result, ArticleRead):
                read = ReadEntry(entry=entry, reading=result.reading, matches=result.matches)
                tx.entries.put_reading(entry.id, read)
    return True


def _prepare(item: ReplayItem | Page, questions: Mapping[str, str], clock: ReplayClock) -> tuple[Entry, ReadJob | End]:
    topics, asked = tuple(questions), tuple(questions.values())
    if isinstance(item, Page):
        moment = clock.advance(item.fetched_at)
        entry = _entry(
            stable_id("entry", "replay", item.url, item.fetched_at.isoformat()), item.url, "", topics, moment
        )
        fate = judged_by_status(item, attempts=2)
        if fate is not None:
            return entry, fate if isinstance(fate, End) else End(Outcome.FAILED, fate.reason)
        return entry, ReadJob(hint=Hint(), now=moment, page=item, topics=asked)
    moment = clock.advance(item.published)
    url = item.url or f"https://replay.invalid/{quote(item.id, safe='')}"
    entry = _entry(stable_id("entry", "replay", item.id), url, item.title, topics, moment, article=item.id)
    hint = Hint(
        title=item.title,
        published=item.published,
        language=item.language,
        outlet=item.source,
        source=MetadataSource.GIVEN,
    )
    return entry, ReadJob(hint=hint, now=moment, url=url, html=item.html, text=item.text, topics=asked)


def _entry(
    identity: str, url: str, title: str, topics: tuple[str, ...], moment: datetime, article: str | None = None
) -> Entry:
    try:
        place = canonical(url)
    except TallywireError:
        # What is given to be read needs no address that could be visited.
        place = url
    return Entry(
        id=identity,
        origin=Origin.REPLAY,
        topics=topics,
        announcement=Announcement(url=url, canonical_url=place, title=title, fingerprint=identity),
        first_seen=moment,
        article=article,
    )


def _items(path: Path, report: ReplayReport, seen: dict[str, int]) -> Iterator[ReplayItem | Page]:
    if path.name.endswith((".warc", ".warc.gz")):
        yield from read_warc(path, damaged=lambda why: report.broken.append(f"{path}: {why}"))
    elif path.name.endswith((".jsonl", ".jsonl.gz")):
        begun = False
        try:
            for item in read_jsonl(path):
                begun = True
                if isinstance(item, BrokenLine):
                    report.broken.append(f"{path}:{item.line}: {item.why}")
                    continue
                words = hash((item.title, item.text, item.html))
                if words == seen.setdefault(item.id, words):
                    yield item
                else:
                    report.broken.append(f"{path}:{item.line}: another article of the id {item.id!r} came before")
        except ArchiveError as error:
            # What came before the place where a file breaks off is kept, and the other files are still to come.
            if not begun:
                raise
            report.broken.append(str(error))
    else:
        raise ArchiveError(
            "this is no archive that can be replayed",
            where=str(path),
            hint="give .warc, .warc.gz, .jsonl or .jsonl.gz files",
        )


def _chunks(items: Iterable[ReplayItem | Page]) -> Iterator[list[ReplayItem | Page]]:
    rest = iter(items)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk


def _file_time(path: Path) -> datetime:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except OSError as error:
        raise ArchiveError("the file can't be read", where=str(path), why=error.strerror or str(error)) from error
