"""The archive tells a run again as it went, and which host answered first or who stopped it made no difference."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import format_datetime
from functools import cache
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from pipeline.collect.catalogue import catalogue_of
from pipeline.collect.fetch import Fetcher
from pipeline.errors import TallywireError
from pipeline.read.workers import WorkerPool
from pipeline.settings import Settings
from pipeline.steps.deciding.enrol import enrol
from pipeline.steps.deciding.feeds import logins_of
from pipeline.steps.intake.reading import ArticleRead, ReadJob, read_job
from pipeline.steps.intake.revisit import visit_again
from pipeline.steps.judge import Judge
from pipeline.steps.poll import poll
from pipeline.steps.read import read
from pipeline.steps.replay import ReplayReport, replay
from pipeline.steps.services import Services, open_services
from schemas.article import Page
from schemas.feed import Outcome
from schemas.topic import Topic
from tests.hostile import exported
from tests.steps.conftest import START, MovableClock
from tests.steps.test_rounds import FLOOD, OTHER_WORDS

HOSTS = ("agency", "post", "mirror", "herald")
TIMES = ("seq", "at", "first_seen", "last_seen", "ended", "created", "due", "revised", "attempts", "since")
"""What a run that was broken off has otherwise."""
TOPIC = Topic.model_validate(
    {
        "name": "floods",
        "match": {"any": ["flood*"], "languages": ["en"]},
        "feeds": [f"https://{host}.example/feed" for host in HOSTS],
        "alerts": {"bundle": "0s"},
    }
)


@dataclass(frozen=True)
class Story:
    """An article of one host: in which round it appears, when it is dated, and what its page gives."""

    host: str
    slug: str
    title: str
    text: tuple[str, ...]
    round: int
    published: timedelta
    status: int = 200
    fed: bool = False

    @property
    def url(self) -> str:
        return f"https://{self.host}.example/{self.slug}"


def told(number: int) -> tuple[str, ...]:
    return (FLOOD[0], FLOOD[1].replace("40", str(number)), *FLOOD[2:])


LONG = (
    *FLOOD,
    "The mayor thanked the crews, who had worked through the night, for all they did. " * 24,
)
MINUTE = timedelta(minutes=1)
STORIES = (
    Story("agency", "flood", "Hospital evacuated as Malva floods Tarn", FLOOD, 0, -30 * MINUTE),
    Story("post", "flood", "Malva floods Tarn", FLOOD, 0, -20 * MINUTE),
    Story("mirror", "flood", "Flood in Tarn: hospital evacuated", (*FLOOD[:3],), 0, -10 * MINUTE),
    Story("herald", "boats", "Boats bring patients out of flooded Tarn", OTHER_WORDS, 0, -5 * MINUTE),
    Story("herald", "cup", "Tarn win the cup", ("Tarn won the cup on Sunday and sang all night. " * 5,), 0, -MINUTE),
    Story("post", "closed", "The flood, hour by hour", LONG, 0, -2 * MINUTE, status=403, fed=True),
    Story("mirror", "lost", "A flood of tears", ("x",), 0, -3 * MINUTE, status=410),
    # The page changes: what was announced in the first round is revised.
    Story("agency", "flood", "Hospital evacuated as Malva floods Tarn", told(65), 1, -30 * MINUTE),
    Story("herald", "flood", "Malva floods Tarn: 65 evacuated", told(65), 1, 40 * MINUTE),
    Story("mirror", "later", "Flood: 90 evacuated", told(90), 2, 110 * MINUTE),
    Story("agency", "later", "Flood in Tarn: 90 evacuated", told(90), 2, 100 * MINUTE),
)
ADDRESSES = sorted({one.url for one in STORIES} | {f"https://{host}.example/feed" for host in HOSTS})


@dataclass
class Web:
    """A network in which it is chosen who answers when, and after how many answers none comes any more."""

    order: dict[str, int]
    round: int = 0
    stories: tuple[Story, ...] = STORIES
    answers_left: int | None = None
    silent: set[str] = field(default_factory=set)

    def stopped(self) -> bool:
        return self.answers_left is not None and self.answers_left <= 0

    async def fetch(self, url: str, *, etag: str | None = None, **_: object) -> Page:
        for _ in range(5 * self.order[url]):
            await asyncio.sleep(0)
        if self.stopped():
            await asyncio.Event().wait()
        if self.answers_left is not None:
            self.answers_left -= 1
        status, kind, body = self.answer(url)
        headers = (("Content-Type", kind), ("ETag", f'"{hashlib.sha1(body).hexdigest()}"'))
        if etag == headers[1][1]:
            status, body = 304, b""
        return Page(url=url, final_url=url, status=status, headers=headers, body=body, fetched_at=self.clock())

    clock: Any = None

    def answer(self, url: str) -> tuple[int, str, bytes]:
        host = url.split("/")[2].removesuffix(".example")
        if url.endswith("/feed"):
            if host in self.silent:
                return 503, "text/plain", b""
            now = {one.url: one for one in self.stories if one.host == host and one.round <= self.round}
            return 200, "application/rss+xml", feed_of(host, list(now.values()))
        one = [one for one in self.stories if one.url == url and one.round <= self.round][-1]
        return one.status, "text/html; charset=utf-8", page_of(one)


def feed_of(host: str, stories: list[Story]) -> bytes:
    items = "".join(
        f"<item><title>{escape(one.title)}</title><link>{one.url}</link>"
        f"<pubDate>{format_datetime(START + one.published)}</pubDate><description>"
        + escape("".join(f"<p>{part}</p>" for part in one.text) if one.fed else one.text[0][:80])
        + "</description></item>"
        for one in reversed(stories)
    )
    return f'<rss version="2.0"><channel><title>The {host}</title>{items}</channel></rss>'.encode()


def page_of(one: Story) -> bytes:
    facts = {"@type": "NewsArticle", "headline": one.title, "datePublished": (START + one.published).isoformat()}
    text = "".join(f"<p>{escape(part)}</p>" for part in one.text)
    return (
        f'<html lang="en"><head><title>{escape(one.title)}</title><script type="application/ld+json">'
        f"{json.dumps(facts)}</script></head><body><article><h1>{escape(one.title)}</h1>{text}</article></body></html>"
    ).encode()


_READ: dict[tuple[object, ...], ArticleRead | TallywireError] = {}


def read_once(job: ReadJob) -> ArticleRead:
    """`read_job`, which is pure: the same pages are read once for all examples."""
    page = (job.page.url, job.page.body) if job.page else ()
    key = (page, job.hint.model_dump_json(), job.now, job.url, job.html, job.topics, job.figures)
    if key not in _READ:
        try:
            _READ[key] = read_job(job)
        except TallywireError as error:
            _READ[key] = error
    found = _READ[key]
    if isinstance(found, TallywireError):
        raise found
    return found


@contextmanager
def home(clock: MovableClock) -> Iterator[Services]:
    with TemporaryDirectory() as folder:
        given = {"home": Path(folder), "database_url": None, "smtp_url": None, "elasticsearch_url": None}
        settings = Settings(_env_file=None, workers=0, revisit_after=(timedelta(minutes=30),), **given)
        services = open_services(settings, clock=clock)
        enrol(services.record, [TOPIC], logins_of(services))
        try:
            yield services
        finally:
            services.close()


def played(services: Services, web: Web, judge: Judge, *, batch: int = 64) -> None:
    """One round, as far as the web lets it come."""

    async def work() -> None:
        fetcher = cast(Fetcher, web)
        with WorkerPool(read_once, workers=0) as pool:
            await poll(services, fetcher, every_feed=True, stop=web.stopped)
            if not web.stopped():
                visit_again(services)
            while not web.stopped():
                report = await read(services, fetcher, pool, stop=web.stopped, limit=batch)
                while not web.stopped() and judge.run().judged:
                    pass
                if not report.claimed:
                    break

    asyncio.run(work())


def newsroom(services: Services, clock: MovableClock, web: Web, stops: dict[int, int], *, batch: int = 64) -> Services:
    """Three rounds, each broken off after so many answers as ``stops`` says and taken up at once by another process."""
    web.clock, judge = clock, Judge(services)
    for number in range(3):
        web.round, web.answers_left = number, stops.get(number)
        if web.answers_left is not None:
            played(services, web, judge, batch=batch)
            web.answers_left, judge = None, Judge(services)
        played(services, web, judge, batch=batch)
        clock.now = START + timedelta(hours=number + 1)
    return services


def again(clock: MovableClock, services: Services) -> tuple[dict[str, list[dict[str, Any]]], ReplayReport]:
    """What a replay of the archive exports."""
    later = MovableClock(clock.now + timedelta(days=1))
    with home(later) as other, WorkerPool(read_once, workers=0) as pool:
        report = replay(other, pool, services.archive.files(), [TOPIC])
        return exported(other.settings.home), report


def differences(
    one: dict[str, list[dict[str, Any]]], other: dict[str, list[dict[str, Any]]], without: Collection[str] = ("seq",)
) -> list[str]:
    """What only one of two exports holds, a few rows of it; the order of rows is that of arrival, and says nothing."""

    def shown(what: str, row: dict[str, Any]) -> str:
        kept = {name: value for name, value in row.items() if name not in without and name != "text"}
        return f"{what} {json.dumps(kept, sort_keys=True)}"

    was, now = (Counter(shown(what, row) for what, some in rows.items() for row in some) for rows in (one, other))
    return [f"- {row}" for row in sorted(was - now)][:3] + [f"+ {row}" for row in sorted(now - was)][:3]


@cache
def calm() -> dict[str, list[dict[str, Any]]]:
    """What three rounds export in which every host answers in turn and nobody stops anything."""
    clock = MovableClock(START)
    with home(clock) as services:
        newsroom(services, clock, Web(dict.fromkeys(ADDRESSES, 0)), {})
        return exported(services.settings.home)


def test_the_newsroom_of_these_tests_holds_what_they_are_about() -> None:
    outcomes = {row["outcome"] for row in calm()["entries"]}
    assert outcomes >= {Outcome.INDEXED, Outcome.COPY, Outcome.OFF_TOPIC, Outcome.KNOWN, Outcome.GONE}
    articles = {row["requested_url"].removeprefix("https://"): row for row in calm()["articles"]}
    assert articles["post.example/flood"]["copy_of"] == articles["agency.example/flood"]["id"]
    assert articles["mirror.example/later"]["copy_of"] is not None
    assert articles["agency.example/flood"]["revision"] == 2
    assert articles["post.example/closed"]["text"].startswith(FLOOD[0])
    assert calm()["alerts"]


ORDERS = st.permutations(ADDRESSES).map(lambda urls: {url: at for at, url in enumerate(urls)})


@settings(max_examples=8, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(
    order=ORDERS,
    stops=st.dictionaries(st.integers(0, 2), st.integers(0, 9), max_size=3),
    batch=st.sampled_from([2, 3, 64]),
)
def test_any_run_gives_the_same_and_its_archive_gives_it_again(
    order: dict[str, int], stops: dict[int, int], batch: int
) -> None:
    clock = MovableClock(START)
    with home(clock) as services:
        newsroom(services, clock, Web(order), stops, batch=batch)
        rows = exported(services.settings.home)
        assert differences(calm(), rows, TIMES) == []
        replayed, report = again(clock, services)
        assert report.broken == report.notes == []
        assert differences(rows, replayed) == []


def test_an_agency_that_answers_a_round_later_is_the_original_and_nothing_is_told_twice() -> None:
    clock = MovableClock(START)
    web = Web(dict.fromkeys(ADDRESSES, 0), silent={"agency"})
    with home(clock) as services:
        judge, web.clock = Judge(services), clock
        played(services, web, judge)
        before = exported(services.settings.home)
        web.silent.clear()
        clock.forward(minutes=10)
        played(services, web, judge)
        rows = exported(services.settings.home)
        replayed, _ = again(clock, services)
    articles = {row["requested_url"].removeprefix("https://"): row for row in rows["articles"]}
    agency = articles["agency.example/flood"]
    assert agency["copy_of"] is None
    assert {articles[f"{host}.example/flood"]["copy_of"] for host in ("post", "mirror")} == {agency["id"]}
    was = {row["requested_url"].removeprefix("https://"): row for row in before["articles"]}
    assert agency["story"] == was["post.example/flood"]["story"]
    assert [row["id"] for row in rows["alerts"]] == [row["id"] for row in before["alerts"]]
    assert differences(rows, replayed) == []


def test_a_topic_that_is_new_to_an_archive_is_asked_of_everything_in_it() -> None:
    clock = MovableClock(START)
    with home(clock) as services:
        newsroom(services, clock, Web(dict.fromkeys(ADDRESSES, 0)), {})
        files = services.archive.files()
        with home(MovableClock(clock.now)) as other, WorkerPool(read_once, workers=0) as pool:
            cup = Topic.model_validate({"name": "cup", "match": {"any": ["cup"]}})
            replay(other, pool, files, [cup, TOPIC])
            found = {row["requested_url"]: row["topics"] for row in exported(other.settings.home)["articles"]}
    assert found["https://herald.example/cup"] == ["cup"]
    assert found["https://agency.example/flood"] == ["floods"]


def test_a_page_that_has_not_changed_is_a_revisit_of_what_it_was() -> None:
    clock = MovableClock(START)
    with home(clock) as services:
        newsroom(services, clock, Web(dict.fromkeys(ADDRESSES, 0)), {})
        from warcio.archiveiterator import ArchiveIterator

        kinds: dict[str, list[Any]] = {}
        for path in services.archive.files():
            with path.open("rb") as file:
                for record in ArchiveIterator(file):
                    kinds.setdefault(record.rec_type, []).append(record.rec_headers)
    pages = {headers.get_header("WARC-Record-ID"): headers for headers in kinds["response"]}
    revisits = kinds["revisit"]
    assert revisits
    for headers in revisits:
        page = pages[headers.get_header("WARC-Refers-To")]
        assert headers.get_header("WARC-Refers-To-Date") == page.get_header("WARC-Date")
        assert headers.get_header("WARC-Target-URI") == page.get_header("WARC-Target-URI")


def test_an_archive_without_notes_is_replayed_in_file_order_and_says_so(tmp_path: Path) -> None:
    clock = MovableClock(START)
    with home(clock) as services:
        web = Web(dict.fromkeys(ADDRESSES, 0), clock=clock)
        for url in ("https://post.example/flood", "https://agency.example/flood"):
            services.archive.write(asyncio.run(web.fetch(url)))
            clock.forward(minutes=1)
        rows, report = again(clock, services)
    assert len(rows["articles"]) == 2
    (note,) = report.notes
    assert "does not say what feeds said of 2 of its pages" in note


def test_a_cut_record_is_named_and_what_came_before_it_is_replayed() -> None:
    clock = MovableClock(START)
    with home(clock) as services:
        newsroom(services, clock, Web(dict.fromkeys(ADDRESSES, 0)), {})
        rows = exported(services.settings.home)
        path = services.archive.files()[-1]
        path.write_bytes(path.read_bytes()[:-20])
        replayed, report = again(clock, services)
    assert any("is cut off" in why for why in report.broken)
    # Only the last turn is not told of any more; what was read for it is judged all the same.
    assert len(replayed["articles"]) == len(rows["articles"])


def test_files_are_found_in_any_order_and_uncompressed(tmp_path: Path) -> None:
    clock = MovableClock(START)
    with home(clock) as services:
        newsroom(services, clock, Web(dict.fromkeys(ADDRESSES, 0)), {0: 6})
        packed = catalogue_of(services.archive.files())
        plain = []
        for at, path in enumerate(reversed(services.archive.files())):
            plain.append(tmp_path / f"{at}.warc")
            plain[-1].write_bytes(gzip.decompress(path.read_bytes()))
        unpacked = catalogue_of(plain)
        assert unpacked.turns == packed.turns
        assert {id: unpacked.note(id) for id in unpacked.notes} == {id: packed.note(id) for id in packed.notes}
        assert {id: unpacked.page(id) for id in unpacked.pages} == {id: packed.page(id) for id in packed.pages}
