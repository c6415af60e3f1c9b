"""An archive plays the part of poll and read: the same judging, without network, giving the same result each time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from itertools import groupby, islice
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from pipeline.collect.archive import read_warc
from pipeline.collect.catalogue import Catalogue, catalogue_of
from pipeline.collect.replay import BrokenLine, ReplayItem, read_jsonl
from pipeline.errors import ArchiveError, TallywireError
from pipeline.read.workers import WorkerPool
from pipeline.steps.deciding.enrol import enrol
from pipeline.steps.deciding.feeds import logins_of
from pipeline.steps.intake.reading import ArticleRead, ReadJob, question
from pipeline.steps.judge import Judge
from pipeline.steps.judging.turn import JudgeReport
from pipeline.steps.publish import publish
from pipeline.steps.read import End, judged_by_error, judged_by_status, read_all
from pipeline.steps.retold import Turn, as_it_was_read, turns_of
from pipeline.steps.services import Services
from pipeline.urls import canonical
from schemas.article import Hint, MetadataSource, Page, ReadEntry
from schemas.base import stable_id
from schemas.feed import Announcement, Entry, Origin, Outcome
from schemas.topic import Topic

if TYPE_CHECKING:
    from pipeline.record import Transaction

CHUNK = 64
"""How many articles one judge run takes. It is fixed, and chunks are counted by place in the file, so that a replay
that was killed and taken up again groups at the same points as one that was not."""

_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_WARC = (".warc", ".warc.gz")

EVERYTHING = Topic(name="replay", title="Replay", digest=None)
"""The topic of a replay that names none: everything is coverage of it."""


@dataclass
class ReplayReport:
    """What the files held, and what became of it; ``broken`` says of each unusable line where it is and why, ``notes``
    what else is to be known of the replay.
    """

    items: int = 0
    known: int = 0
    broken: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
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
    most: int | None = None,
    stop: Callable[[], bool] = lambda: False,
    on_progress: Callable[[int], None] = lambda done: None,
) -> ReplayReport:
    """Bring what the files hold through reading, judging and publishing: a run's archive in the order in which that run
    judged, anything else in file order; no more than about ``most`` entries, if that is given.

    What is in the record already is passed over, so a replay that broke off goes on where it stopped. Raises
    ArchiveError where a file can't be used; what came before it is kept.
    """
    asked = tuple(topics) or (EVERYTHING,)
    enrol(services.record, asked, logins_of(services))
    clock = ReplayClock(services.clock)
    services = replace(services, clock=clock)
    questions = {topic.name: question(topic) for topic in asked}
    playing = _Replay(services, pool, Judge(services, regroup=regroup), clock, questions)
    report = playing.report
    try:
        for batch in playing.batches(paths):
            if most is not None and report.items and report.items + len(batch) > most:
                break
            if stop() or not playing.play(batch, stop):
                report.stopped = True
                return report
            on_progress(len(batch))
    except ArchiveError:
        publish(services)
        raise
    publish(services)
    return report


@dataclass(frozen=True)
class _Prepared:
    """An entry, what it is read from or how it ended, and when that was."""

    entry: Entry
    job: ReadJob | End
    at: datetime


@dataclass
class _Replay:
    """One replay, batch by batch: what is read together, and judged together then."""

    services: Services
    pool: WorkerPool[ReadJob, ArticleRead]
    judge: Judge
    clock: ReplayClock
    questions: Mapping[str, str]
    report: ReplayReport = field(default_factory=ReplayReport)
    _seen: dict[str, int] = field(default_factory=dict)

    def batches(self, paths: Sequence[Path]) -> Iterator[list[_Prepared]]:
        """What the files hold; WARC files that are named one after the other are one archive."""
        for warc, some in groupby(paths, key=lambda path: path.name.endswith(_WARC)):
            if warc:
                yield from self._archived(list(some))
                continue
            for path in some:
                self.clock.undated = _file_time(path)
                yield from self._chunks(_items(path, self.report, self._seen))

    def play(self, batch: Sequence[_Prepared], stop: Callable[[], bool]) -> bool:
        """Read and judge a batch; False, and nothing, if stopped before.

        All that was read enters the record in one transaction, so that a killed replay judges at the same points as one
        that was not.
        """
        ids = [one.entry.id for one in batch]
        with self.services.record.read() as tx:
            known = tx.entries.known(ids)
        fresh = {one.entry.id: one for one in batch if one.entry.id not in known}
        entries = {id: one.entry for id, one in fresh.items()}
        jobs = {id: one.job for id, one in fresh.items() if isinstance(one.job, ReadJob)}
        found = read_all(self.services.record, self.pool, entries, jobs, stop=stop)
        if len(found) < len(jobs):
            return False
        self.report.known += len(batch) - len(fresh)
        with self.services.record.begin() as tx:
            tx.entries.add(entries.values())
            for id, one in fresh.items():
                self._settle(tx, one, one.job if isinstance(one.job, End) else found[id])
        while (judged := self.judge.run(limit=CHUNK, among=ids)).judged:
            self.report.judged.add(judged)
        self.report.items += len(batch)
        return True

    def _settle(self, tx: Transaction, one: _Prepared, result: ArticleRead | TallywireError | End) -> None:
        entry = one.entry
        if isinstance(result, TallywireError):
            fate = judged_by_error(result)
            result = fate if isinstance(fate, End) else End(Outcome.FAILED, fate.reason)
        if isinstance(result, End):
            tx.entries.end(entry.id, result.outcome, result.reason, one.at, result.article)
            self.report.judged.judged += 1
            self.report.judged.ended[result.outcome] += 1
        else:
            tx.entries.put_reading(entry.id, ReadEntry(entry=entry, reading=result.reading, matches=result.matches))

    def _archived(self, paths: Sequence[Path]) -> Iterator[list[_Prepared]]:
        """An archive of ours as its run went; first the pages of which it does not say how that was."""
        broken: list[str] = []
        catalogue = catalogue_of(paths, damaged=broken.append)
        yield from self._undescribed(paths, catalogue)
        if catalogue.notes:
            self.report.broken += broken
        for turn in turns_of(catalogue, CHUNK):
            self.clock.advance(turn.at)
            if batch := self._turn(catalogue, turn):
                yield batch

    def _undescribed(self, paths: Sequence[Path], catalogue: Catalogue) -> Iterator[list[_Prepared]]:
        """The pages of an archive that is not ours, or older than its notes, in file order."""
        count = 0
        for path in paths if catalogue.undescribed or not catalogue.notes else ():
            self.clock.undated = _file_time(path)
            tell = partial(_tell_of, path, [] if catalogue.notes else self.report.broken)
            pages = (one for one in read_warc(path, damaged=tell) if _is_alone(one, catalogue))
            for batch in self._chunks(pages):
                count += len(batch)
                yield batch
        if count:
            self.report.notes.append(
                f"the archive does not say what feeds said of {count} of its pages: they were judged by their own "
                "words, in the order in which they were fetched"
            )

    def _turn(self, catalogue: Catalogue, turn: Turn) -> list[_Prepared]:
        """What is replayed together, as far as it is in the archive."""
        batch = []
        for identity in (*turn.ended, *turn.notes):
            note = catalogue.note(identity)
            found = as_it_was_read(catalogue, note, self.questions) if note else None
            if note and found:
                batch.append(_Prepared(*found, note.at))
            else:
                what = f"the page of {note.entry.announcement.url}" if note else f"the note {identity}"
                self.report.broken.append(f"{what} is not in these files, or not in one piece")
        return batch

    def _chunks(self, items: Iterable[ReplayItem | Page]) -> Iterator[list[_Prepared]]:
        rest = iter(items)
        while chunk := list(islice(rest, CHUNK)):
            yield [_prepare(item, self.questions, self.clock) for item in chunk]


def _is_alone(page: Page, catalogue: Catalogue) -> bool:
    """Whether there is no note of a page, for there were none when it was fetched."""
    return not catalogue.notes or page.record in catalogue.undescribed


def _tell_of(path: Path, broken: list[str], why: str) -> None:
    broken.append(f"{path}: {why}")


def _prepare(item: ReplayItem | Page, questions: Mapping[str, str], clock: ReplayClock) -> _Prepared:
    topics, asked = tuple(questions), tuple(questions.values())
    if isinstance(item, Page):
        moment = clock.advance(item.fetched_at)
        entry = _entry(
            stable_id("entry", "replay", item.url, item.fetched_at.isoformat()), item.url, "", topics, moment
        )
        fate = judged_by_status(item, attempts=2)
        if fate is not None:
            return _Prepared(entry, fate if isinstance(fate, End) else End(Outcome.FAILED, fate.reason), moment)
        return _Prepared(entry, ReadJob(hint=Hint(), now=moment, page=item, topics=asked), moment)
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
    job = ReadJob(hint=hint, now=moment, url=url, html=item.html, text=item.text, topics=asked)
    return _Prepared(entry, job, moment)


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


def _items(path: Path, report: ReplayReport, seen: dict[str, int]) -> Iterator[ReplayItem]:
    if path.name.endswith((".jsonl", ".jsonl.gz")):
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
                    report.broken.append(f"{path}:{item.line}: another article with the ID {item.id!r} came before")
        except ArchiveError as error:
            # What came before the place where a file breaks off is kept, and the other files are still to come.
            if not begun:
                raise
            report.broken.append(str(error))
    else:
        raise ArchiveError(
            "this file can't be replayed",
            where=str(path),
            hint="give .warc, .warc.gz, .jsonl or .jsonl.gz files",
        )


def _file_time(path: Path) -> datetime:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except OSError as error:
        raise ArchiveError("the file can't be read", where=str(path), why=error.strerror or str(error)) from error
