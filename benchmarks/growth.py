"""What judging an article costs as a topic grows.

    python -m benchmarks.growth [--topics 20] [--sizes 500 1000 …] [--without-telling] [--readings FILE] [--check]
                                [--profile FILE]

Invented reports of many events, 1,500 a day, come in one after the other: each event is reported by several outlets
over two days, its counts move, some reports are copies, every report states several figures. All of it lies within one
open window, so that nothing is forgotten: what grows with the open window shows, and what grows with the record too.

Printed at each of the ``--sizes``: CPU milliseconds per article judged, over the last 512; what one more article costs
in a process that has just begun (CPU and elapsed time of the judge, on a copy of the record), and the memory of both
processes; and what it costs a judge that stays, as the median of `ALONE` turns of one article. With ``--topics N`` each
report is coverage of four of N topics. ``--without-telling`` leaves out what desks are told.

Reading is not measured: it is done once, by two processes, and kept in ``--readings`` (made if absent). ``--check``
prints a digest of everything that was decided, to compare two versions of the program. ``--profile`` profiles the last
512 articles of the largest size.
"""

from __future__ import annotations

import argparse
import cProfile
import gzip
import hashlib
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

from pipeline.settings import Settings
from pipeline.steps.deciding.enrol import enrol
from pipeline.steps.deciding.feeds import logins_of
from pipeline.steps.intake.reading import ReadJob, question, read_job
from pipeline.steps.judge import Judge
from pipeline.steps.judging.turn import Run
from pipeline.steps.services import Services, open_services
from schemas.article import Article, Hint, MetadataSource, ReadEntry, Reading, TopicMatch
from schemas.base import stable_id
from schemas.feed import Announcement, Entry, Origin
from schemas.figure import FigureInArticle, Tell, Telling, VerdictKind
from schemas.topic import Topic

SIZES = (500, 1_000, 2_000, 5_000, 10_000)
START = datetime(2026, 1, 5, 6, tzinfo=UTC)
A_DAY = 1_500
TURN = 64
LAST = 512
ALONE = 9
OF_TOPICS = 4

_HEADS = "Kal Dun Ost Ler Tar Bran Vel Quil Por Hex Skar Mir Tol Arn Cas Fin Gal Hur Ivan Jarl Kel Lom Mur Ny"
_TAILS = "vik more rova with ragol nock sund lan denza ley nes ova bridge heim trell mor dera stow kovo sby dan"
_FIRST = "Ada Bram Cato Dina Emil Fenna Goran Hedda Ivo Jorun Kasper Lotte Milan Nora Otto Petra Runa Stefan"
_LAST = "Aasgard Brekken Castelo Dvorak Eklund Farnham Grimaldi Holloway Ingram Jurado Kestner Moravec"
_OUTLETS = tuple(
    f"{one} {other}" for one in ("North", "Coast", "Inland", "Evening", "City") for other in ("Post", "Wire")
)
_SPEAKERS = ("police", "the interior ministry", "the fire service", "the mayor", "the Red Cross", "a hospital")

_EVENTS = (
    ("flood", "the river {thing} burst its banks", "evacuated", "homes", "Boats took families from roofs and attics."),
    ("fire", "a fire at the {thing} works", "injured", "firefighters", "Smoke stood over the chimneys until morning."),
    ("quake", "an earthquake near the {thing} fault", "killed", "houses", "Aftershocks kept people in the streets."),
    ("crash", "a train left the tracks on the {thing} line", "injured", "carriages", "Cranes lifted the wrecks away."),
    ("strike", "dockers walked out over the {thing} deal", "dismissed", "ships", "Freighters waited in the roads."),
    ("raid", "raids on the {thing} network", "arrested", "flats", "Officers carried boxes of papers from offices."),
    (
        "outbreak",
        "an outbreak of measles in {thing} schools",
        "vaccinated",
        "classes",
        "Nurses set up tables in a gym.",
    ),
    ("protest", "protests over the {thing} dam", "detained", "tents", "Drummers led the march past the parliament."),
)
_MORE = (
    "The road to {place} stays closed until {weekday}, and trains are {late} minutes late.",
    "{person}, who keeps a shop in {place}, said nothing like it had happened in {years} years.",
    "A fund of ${fund} million is to help those who lost their work, the government said.",
    "Schools in {place} with {pupils:,} pupils stay shut, and {person} asked for patience.",
    "Reporters were kept behind a rope, and neighbours of {person} brought them tea.",
    "{person} leads the inquiry in {place} and wants to hear {witnesses} witnesses this week.",
)


@dataclass
class _Event:
    """What happened, and how far it has gone."""

    number: int
    chance: random.Random
    reports: int
    told: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        pick = self.chance.choice
        self.kind = _EVENTS[self.number % len(_EVENTS)]
        self.place = f"{pick(_HEADS.split())}{pick(_TAILS.split())}"
        self.thing = f"{pick(_HEADS.split()).lower()}{pick(_TAILS.split())}".title()
        self.people = [f"{pick(_FIRST.split())} {pick(_LAST.split())}" for _ in range(3)]
        self.hurt = self.chance.randint(12, 900)
        self.second = self.chance.randint(3, 400)
        self.damaged = self.chance.randint(20, 4_000)

    def report(self, at: datetime) -> dict[str, Any]:
        """The next report: a copy of an earlier one, or in words of its own and with counts that have moved."""
        chance = self.chance
        outlet = chance.choice(_OUTLETS)
        if self.told and chance.random() < 0.12:
            base = chance.choice(self.told)
            return {**base, "source": outlet, "published": at.isoformat()}
        if self.told and chance.random() < 0.6:
            self.hurt += chance.randint(1, max(2, self.hurt // 6))
            self.damaged += chance.randint(5, 200)
        row = {"title": self._title(), "text": self._text(), "source": outlet, "published": at.isoformat()}
        self.told.append(row)
        return row

    def _title(self) -> str:
        kind, what, done, *_ = self.kind
        return self.chance.choice(
            (
                f"{self.place}: {self.hurt:,} {done} after {kind}",
                f"{kind.title()} in {self.place}: {self.hurt:,} people {done}",
                f"{self.place} counts its losses as {what.format(thing=self.thing)}",
            )
        )

    def _text(self) -> str:
        _, what, done, things, scene = self.kind
        chance = self.chance
        what, who = what.format(thing=self.thing), chance.choice(_SPEAKERS)
        opening = chance.choice(
            (
                f"At least {self.hurt:,} people were {done} in {self.place} after {what}, {who} said.",
                f"The number of people {done} in {self.place} has risen to {self.hurt:,}, {who} said, after {what}.",
                f"{who[0].upper()}{who[1:]} put the number of {done} in {self.place} at {self.hurt:,} after {what}.",
            )
        )
        counted = chance.choice(
            (
                f"Some {self.damaged:,} {things} were affected, and {self.second} people are missing.",
                f"{self.second} people are still missing, while {self.damaged:,} {things} are counted as damaged.",
            )
        )
        filled = [
            line.format(
                place=self.place,
                person=chance.choice(self.people),
                weekday=chance.choice(("Thursday", "Friday", "Monday")),
                late=chance.randint(15, 90),
                years=chance.randint(12, 60),
                fund=chance.randint(2, 95),
                pupils=chance.randint(200, 5_000),
                witnesses=chance.randint(14, 80),
            )
            for line in chance.sample(_MORE, 3)
        ]
        return "\n".join((f"{opening} {counted}", f"{scene} {filled[0]}", " ".join(filled[1:])))


def reports() -> Iterator[dict[str, Any]]:
    """Reports without end, in order of publication; the same in every run."""
    chance = random.Random(20260105)
    open_events: list[tuple[datetime, _Event]] = []
    number = events = 0
    while True:
        at = START + timedelta(days=number / A_DAY)
        open_events = [(end, event) for end, event in open_events if end > at and event.reports > 0]
        if not open_events or chance.random() < 0.14:
            event = _Event(events, random.Random(events), min(60, 1 + int(chance.paretovariate(0.9) * 2)))
            events += 1
            open_events.append((at + timedelta(days=2), event))
        else:
            event = chance.choice(open_events)[1]
        event.reports -= 1
        yield {"number": number, "event": event.number, **event.report(at)}
        number += 1


def read(row: dict[str, Any]) -> str:
    """The reading of a report, as JSON."""
    hint = Hint(
        title=row["title"],
        published=row["published"],
        language="en",
        outlet=row["source"],
        source=MetadataSource.GIVEN,
    )
    url = f"https://news.example/{row['number']}"
    job = ReadJob(
        hint=hint, now=hint.published or START, url=url, text=row["text"], topics=(question(Topic(name="all")),)
    )
    return json.dumps({"event": row["event"], "reading": read_job(job).reading.model_dump(mode="json")})


def readings(file: Path, count: int) -> Iterator[tuple[int, Reading]]:
    """The readings of so many reports with the numbers of their events; made first where the file has fewer."""
    have = 0
    if file.exists():
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            have = sum(1 for _ in lines)
    if have < count:
        began = time.monotonic()
        file.parent.mkdir(parents=True, exist_ok=True)
        with gzip.open(file, "at", encoding="utf-8", compresslevel=3) as out, ProcessPoolExecutor(2) as pool:
            for line in pool.map(read, islice(reports(), have, count), chunksize=16):
                out.write(f"{line}\n")
        print(f"{count - have:,} reports read in {time.monotonic() - began:.0f} s", file=sys.stderr)
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        for line in islice(lines, count):
            row = json.loads(line)
            yield row["event"], Reading.model_validate(row["reading"])


def topics_of(event: int, topics: Sequence[Topic]) -> Iterator[TopicMatch]:
    """The topics that a report of an event is coverage of."""
    wanted = {(event * step + step) % len(topics) for step in (1, 3, 7, 9)} if len(topics) > OF_TOPICS else {0}
    for at in sorted(wanted):
        yield TopicMatch(topic=topics[at].name, matched=True, reason="invented so")


class Growing:
    """A record that grows, and the judge that makes it grow."""

    def __init__(self, home: Path, topics: Sequence[Topic]) -> None:
        self.home = home
        self.now = START
        self.services = opened(home, lambda: self.now)
        self.topics = topics
        self.judge = Judge(self.services)
        self.count = 0
        enrol(self.services.record, topics, logins_of(self.services))

    def take(self, batch: Sequence[tuple[int, Reading]]) -> list[str]:
        """Put readings into the inbox; gives the ids of their entries."""
        self.now = max(self.now, batch[-1][1].published)
        ids = []
        with self.services.record.begin() as tx:
            for event, reading in batch:
                identity = stable_id("entry", reading.url)
                entry = Entry(
                    id=identity,
                    origin=Origin.REPLAY,
                    topics=tuple(topic.name for topic in self.topics),
                    announcement=Announcement(
                        url=reading.url, canonical_url=reading.url, title=reading.title, fingerprint=identity
                    ),
                    first_seen=reading.published,
                )
                tx.entries.add([entry])
                matches = tuple(topics_of(event, self.topics))
                tx.entries.put_reading(identity, ReadEntry(entry=entry, reading=reading, matches=matches))
                ids.append(identity)
        return ids

    def turn(self, batch: Sequence[tuple[int, Reading]]) -> float:
        """Judge a turn; gives the CPU seconds it took."""
        ids = self.take(batch)
        began = time.process_time()
        self.judge.run(limit=TURN, among=ids)
        self.count += len(batch)
        return time.process_time() - began

    def one_more(self, following: tuple[int, Reading]) -> str:
        """What the next report costs in a process of its own, on a copy of the record: as the columns of the table."""
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder) / "home"
            shutil.copytree(self.home, home)
            growing = Growing(home, self.topics)
            growing.take([following])
            growing.services.close()
            asked = [sys.executable, "-m", "benchmarks.growth", "--one", str(home)]
            asked += ["--without-telling"] * (Run._told is untold)
            made = subprocess.run(asked, check=True, stdout=subprocess.PIPE, text=True)
            return made.stdout.strip()


def untold(
    run: Run,  # noqa: ARG001
    topic: str,  # noqa: ARG001
    article: Article,  # noqa: ARG001
    figures: list[FigureInArticle],
    *more: object,  # noqa: ARG001
) -> list[Telling]:
    """What stands in for telling where it is left out."""
    return [Telling(worth=0, tell=Tell.NONE, kind=VerdictKind.NEW)] * len(figures)


def opened(home: Path, clock: Callable[[], datetime]) -> Services:
    return open_services(Settings(_env_file=None, home=home, database_url=None), clock=clock)


def judge_one(home: Path) -> None:
    """Judge what waits in a home, and print CPU and elapsed milliseconds and the memory of this process."""
    services = opened(home, lambda: START + timedelta(days=60))
    with services.record.read() as tx:
        waits = tx.entries.unjudged(1)[0].entry
    services = opened(home, lambda: waits.first_seen)
    cpu, clock = time.process_time(), time.monotonic()
    Judge(services).run()
    cpu, clock = time.process_time() - cpu, time.monotonic() - clock
    print(f"{1000 * cpu:.0f} | {1000 * clock:.0f} | {memory()}")


def memory() -> int:
    """The most memory that this process took, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def digest(services: Services) -> str:
    """A digest of what was decided: articles, stories, threads, verdicts with tellings, series and alerts."""
    made = hashlib.blake2b(digest_size=8)

    def add(*parts: object) -> None:
        made.update(repr(parts).encode())

    with services.record.read() as tx:
        for article in tx.articles.iterate():
            add(article.id, article.story, article.copy_of, article.outcome, article.reason)
        for story in sorted(tx.stories.find(), key=lambda one: one.id):
            add(story.model_dump_json())
        for topic in tx.topics.all():
            for figure, verdict in tx.figures.iterate(topic.name):
                add(figure.id, verdict.model_dump_json() if verdict else None)
            for series in sorted(tx.figures.series(topic.name), key=lambda one: one.id):
                add(series.model_dump_json())
            for alert in tx.alerts.find(topic=topic.name):
                add(alert.model_dump_json())
    return made.hexdigest()


def grow(topics: Sequence[Topic], sizes: Sequence[int], file: Path, given: argparse.Namespace) -> None:
    """Print the table of one run."""
    how = "one topic" if len(topics) == 1 else f"{len(topics)} topics, each report in {OF_TOPICS}"
    print(f"\n{how}\n\n| articles | ms / article | MB | one more: CPU ms | ms | MB | to one that stays |")
    print("|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        growing = Growing(Path(folder) / "home", topics)
        source = readings(file, sizes[-1] + ALONE * len(sizes))
        spent: list[float] = []
        profiler = cProfile.Profile(time.process_time)
        for size in sizes:
            while growing.count < size:
                batch = list(islice(source, min(TURN, size - growing.count)))
                profiled = given.profile and size == sizes[-1] and size - growing.count <= LAST
                took = profiler.runcall(growing.turn, batch) if profiled else growing.turn(batch)
                spent += [took / len(batch)] * len(batch)
            following = list(islice(source, ALONE))
            lately = spent[-LAST:]
            more = growing.one_more(following[0])
            print(f"| {size:,} | {1000 * sum(lately) / len(lately):.1f} | {memory()} | {more} ", end="", flush=True)
            print(f"| {1000 * median(growing.turn([one]) for one in following):.1f} |", flush=True)
        if given.profile:
            profiler.dump_stats(given.profile)
        if given.check:
            print(f"\ndecided: {digest(growing.services)}")
        growing.services.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--topics", type=int, default=1, help="1 topic, or so many (more than four)")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    beside = Path(tempfile.gettempdir()) / f"tallywire-growth-{os.getuid()}.jsonl.gz"
    parser.add_argument("--readings", type=Path, default=beside)
    parser.add_argument("--check", action="store_true", help="print a digest of what was decided")
    parser.add_argument("--profile", type=Path, help="write a profile of the last articles, for `python -m pstats`")
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--without-telling", action="store_true", help="leave out what desks are told")
    given = parser.parse_args()
    if given.without_telling:
        Run._told = untold  # type: ignore[assignment]
    if given.one:
        judge_one(given.one)
        return
    topics = [
        Topic(name=f"topic-{number:02}", title=_EVENTS[number % len(_EVENTS)][0].title(), digest=None)
        for number in range(given.topics)
    ]
    grow(topics, sorted(given.sizes), given.readings, given)


if __name__ == "__main__":
    main()
