"""Time the whole replay, step by step, against trafilatura alone on the same pages.

usage: nice python -m benchmarks.replay [--shared DIR] [--only pages|texts] [--topic FILE] [--profile FILE]

Two replays, each into a fresh home, reading in this process, so that all of it takes one core:

- **pages**: the labelled HTML pages of DIR/data/pages, packed into a WARC file; besides, trafilatura alone reads them
  in the same run, once for the text and once for text and metadata.
- **texts**: DIR/data/stories/basil.jsonl.gz, articles given as text.

Without a topic everything is on topic, the hardest case; with one, no figures are read of what it does not take.
Times are CPU seconds of this process. A step's time is what it takes itself, without the steps it calls. DIR is
``TALLYWIRE_SHARED``, or ../shared beside the checkout; where it is absent there is nothing to time.
"""

from __future__ import annotations

import argparse
import cProfile
import functools
import gzip
import json
import os
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest import mock

from sqlalchemy.engine.default import DefaultDialect

from pipeline.collect.archive import Archive
from pipeline.figures.following import Follower
from pipeline.group import Grouper, Threads
from pipeline.read import body, boilerplate, decode, jsonld, kinds, markup, metadata
from pipeline.read.workers import WorkerPool
from pipeline.record import alerts, articles, entries, feeds, figures, notes, stories, topics
from pipeline.settings import Settings
from pipeline.steps import judge, replay
from pipeline.steps.intake import reading
from pipeline.steps.intake.reading import ArticleRead, ReadJob, read_job
from pipeline.steps.judging import developments
from pipeline.steps.judging import turn as judging
from pipeline.steps.services import Services, open_services
from pipeline.topics import read_topics
from schemas.article import Page
from schemas.feed import Outcome
from schemas.topic import Topic

FETCHED = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class Stopwatch:
    """CPU seconds by step; a step that is entered inside another one stops that one's time meanwhile."""

    spent: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    _stack: list[str] = field(default_factory=list)
    _since: float = 0.0

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        self._switch()
        self._stack.append(name)
        try:
            yield
        finally:
            self._switch()
            self._stack.pop()

    def around(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """``function``, timed as part of ``name``."""

        @functools.wraps(function)
        def timed(*args: Any, **kwargs: Any) -> Any:
            with self.step(name):
                return function(*args, **kwargs)

        return timed

    def _switch(self) -> None:
        now = time.process_time()
        if self._stack:
            self.spent[self._stack[-1]] += now - self._since
        self._since = now


STEPS: tuple[tuple[str, Any, tuple[str, ...]], ...] = (
    ("read: decode and parse", decode, ("html_of",)),
    ("read: decode and parse", markup, ("parse",)),
    ("read: extract text", body, ("text_of",)),
    ("read: extract text", boilerplate, ("without_boilerplate",)),
    ("read: metadata", jsonld, ("said",)),
    ("read: metadata", metadata, ("judge", "headings")),
    ("read: kind", kinds, ("judge", "reads_as_wall")),
    ("read: match", reading, ("match_all",)),
    ("read: figures", reading, ("read_figures",)),
    ("judge: group", Grouper, ("__init__", "place", "revise", "regroup", "forget", "remembered")),
    ("judge: group", judging, ("summarise",)),
    ("judge: follow", Follower, ("__init__", "follow")),
    ("judge: threads", Threads, ("place", "forget", "shrink")),
    ("judge: threads", developments, ("portrait_of", "together")),
    ("judge: news and rules", judging, ("figure_news", "put_alerts")),
    ("judge: rest", judge.Judge, ("run",)),
    ("publish", replay, ("publish",)),
)
"""What belongs to which step; a call inside another one counts for its own step only."""

_NOUNS = (
    articles.Articles,
    entries.Entries,
    stories.Stories,
    figures.Figures,
    alerts.Alerts,
    feeds.Feeds,
    topics.Topics,
    notes.Notes,
)
RECORD = "record"
READ = "read: rest"
REST = "rest (archive, topics)"


@contextmanager
def timed_steps(watch: Stopwatch) -> Iterator[None]:
    """Every step of a replay timed by ``watch``."""
    parts = [(step, owner, name) for step, owner, names in STEPS for name in names]
    parts += [
        (RECORD, noun, name)
        for noun in _NOUNS
        for name, method in vars(noun).items()
        if callable(method) and not name.startswith("_")
    ]
    parts.append((RECORD, DefaultDialect, "do_commit"))
    with ExitStack() as stack:
        for step, owner, name in parts:
            stack.enter_context(mock.patch.object(owner, name, watch.around(step, getattr(owner, name))))
        yield


def timed_job(watch: Stopwatch) -> Callable[[ReadJob], ArticleRead]:
    return watch.around(READ, read_job)


@dataclass(frozen=True)
class Timed:
    """One replay: how many articles, the CPU seconds of each step, and of the whole without and with the stopwatch."""

    articles: int
    on_topic: int
    steps: dict[str, float]
    seconds: float


def timed_replay(path: Path, topics: Sequence[Topic] = ()) -> Timed:
    """Replay ``path`` into a fresh home, twice: once as it is for the whole, once step by step."""
    with opened_home() as services, WorkerPool(read_job, workers=0) as pool:
        began = time.process_time()
        report = replay.replay(services, pool, [path], topics)
        seconds = time.process_time() - began
    if report.broken:
        sys.exit(f"{path}: {report.broken[0]}")
    watch = Stopwatch()
    with (
        opened_home() as services,
        timed_steps(watch),
        WorkerPool(timed_job(watch), workers=0) as pool,
        watch.step(REST),
    ):
        replay.replay(services, pool, [path], topics)
    on_topic = report.judged.ended[Outcome.INDEXED] + report.judged.ended[Outcome.COPY]
    return Timed(report.items, on_topic, dict(watch.spent), seconds)


@contextmanager
def opened_home() -> Iterator[Services]:
    with TemporaryDirectory() as folder:
        services = open_services(Settings(_env_file=None, home=Path(folder), database_url=None))
        try:
            yield services
        finally:
            services.close()


def labelled_pages(shared: Path) -> list[tuple[str, bytes]]:
    """Address and bytes of each labelled page."""
    folder = shared / "data" / "pages"
    found = []
    with gzip.open(folder / "gold.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            found.append((row["url"], gzip.decompress((folder / f"{row['id']}.html.gz").read_bytes())))
    return found


def pack(pages: list[tuple[str, bytes]], folder: Path) -> Path:
    """The pages as one WARC file, fetched a second apart."""
    with Archive(folder) as archive:
        for number, (url, html) in enumerate(pages):
            headers = (("Content-Type", "text/html"),)
            at = FETCHED + timedelta(seconds=number)
            archive.write(Page(url=url, final_url=url, status=200, headers=headers, body=html, fetched_at=at))
    (path,) = archive.files()
    return path


def rival(pages: list[tuple[str, bytes]], *, with_metadata: bool) -> float:
    """CPU seconds that trafilatura alone takes to read the pages."""
    import trafilatura

    began = time.process_time()
    for url, html in pages:
        trafilatura.bare_extraction(html, url=url, with_metadata=with_metadata)
    return time.process_time() - began


def show(title: str, timed: Timed, rivals: dict[str, float]) -> None:
    count, total = timed.articles, sum(timed.steps.values())
    print(f"## {title}: {count} articles, {timed.on_topic} of them on topic\n")
    print("| | CPU s | articles / CPU s | ratio |\n|---|---|---|---|")
    print(f"| whole replay | {timed.seconds:.2f} | {count / timed.seconds:.1f} | 1.00 |")
    for name, seconds in rivals.items():
        print(f"| {name} | {seconds:.2f} | {count / seconds:.1f} | {timed.seconds / seconds:.2f} |")
    print("\n| step | ms / article | share |\n|---|---|---|")
    for step, seconds in sorted(timed.steps.items(), key=lambda pair: -pair[1]):
        print(f"| {step} | {1000 * seconds / count:.2f} | {seconds / total:.1%} |")
    print()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    beside = Path(__file__).resolve().parents[2] / "shared"
    parser.add_argument("--shared", type=Path, default=Path(os.environ.get("TALLYWIRE_SHARED", beside)))
    parser.add_argument("--only", choices=("pages", "texts"), help="one of the two replays")
    parser.add_argument("--topic", type=Path, action="append", default=[], help="topic file; may be repeated")
    parser.add_argument("--profile", type=Path, help="write a profile of one more replay, for `python -m pstats`")
    options = parser.parse_args()
    texts = options.shared / "data" / "stories" / "basil.jsonl.gz"
    if not (options.shared / "data" / "pages").is_dir() or not texts.exists():
        sys.exit(f"no labelled pages at {options.shared}: set TALLYWIRE_SHARED to the folder that holds data/")
    topics = read_topics(options.topic)
    with TemporaryDirectory() as folder:
        paths = {}
        if options.only != "texts":
            pages = labelled_pages(options.shared)
            paths["pages"] = pack(pages, Path(folder))
            # Imports and the caches of the first pages are no one's cost.
            for metadata_too in (False, True):
                rival(pages[:20], with_metadata=metadata_too)
        if options.only != "pages":
            paths["texts"] = texts
        with gzip.open(Path(folder) / "warm.jsonl.gz", "wt", encoding="utf-8") as warm:
            json.dump({"id": "warm", "html": WARM, "url": "https://warm.example/"}, warm)
        timed_replay(Path(folder) / "warm.jsonl.gz")
        for title, path in paths.items():
            rivals = {}
            if title == "pages":
                rivals["trafilatura, text"] = rival(pages, with_metadata=False)
                rivals["trafilatura, text and metadata"] = rival(pages, with_metadata=True)
            show(title, timed_replay(path, topics), rivals)
        if options.profile:
            profile(list(paths.values()), topics, options.profile)


def profile(paths: list[Path], topics: Sequence[Topic], out: Path) -> None:
    profiler = cProfile.Profile(time.process_time)
    with opened_home() as services, WorkerPool(read_job, workers=0) as pool:
        profiler.runcall(replay.replay, services, pool, paths, topics)
    profiler.dump_stats(out)
    print(f"profile of {', '.join(path.name for path in paths)}: {out}")


WARM = """<html lang="en"><head><title>Two killed in flood</title></head><body><article><h1>Two killed in flood</h1>
<p>Two people were killed on Saturday when a bridge gave way, the fire service said, and 41 were rescued by boat.</p>
<p>The river broke its banks before dawn and flooded the lower town, and the mayor asked everyone to leave.</p>
</article></body></html>"""


if __name__ == "__main__":
    main()
