"""Bad luck inside a round: it costs what it touches, for as long as it lasts, and nothing else."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.collect.archive import Archive
from pipeline.collect.fetch import Fetcher
from pipeline.errors import ArchiveError, RecordBusy, RecordError
from pipeline.read.workers import WorkerPool
from pipeline.record import Record
from pipeline.runner import Runner, Stop
from pipeline.steps.intake.reading import ArticleRead, ReadJob, read_job
from pipeline.steps.poll import PollReport, poll
from pipeline.steps.read import ReadReport, read
from pipeline.steps.services import Services
from pipeline.steps.transport import limits_of
from schemas.feed import Outcome
from schemas.search import Query
from tests.hostile import command, environment, exported, feed, html_answer, leased, page, serving, topic_file
from tests.steps.conftest import House, Site
from tests.steps.test_replay import stream, write
from tests.steps.test_rounds import FLOOD, outcomes, topic_for

SCRIPTED = 8.0
"""Seconds of processor time that a page may take: more than a reader needs to start on a slow machine."""


def scripted(job: ReadJob) -> ArticleRead:
    """Reads as always, but some pages take their process along."""
    assert job.page is not None
    if job.page.url.endswith("dies"):
        os._exit(7)
    if job.page.url.endswith("spins"):
        while True:
            pass
    if job.page.url.endswith("killed"):
        os.kill(os.getpid(), signal.SIGKILL)
    return read_job(job)


def fetched_and_read(
    house: House, pool: WorkerPool[ReadJob, ArticleRead], services: Services | None = None
) -> ReadReport:
    async def go() -> ReadReport:
        async with Fetcher(limits_of(house.services.settings), clock=house.clock) as fetcher:
            await poll(house.services, fetcher, every_feed=True)
            return await read(services or house.services, fetcher, pool)

    return asyncio.run(go())


def test_a_page_that_kills_or_holds_up_its_reader_fails_alone(house: House, site: Site) -> None:
    for slug in ("first", "dies", "second", "spins", "third"):
        site.publish(slug, f"Flood, the {slug}", *FLOOD)
    house.enrol(topic_for(site))
    # However little of the processor time is ours: only what a page takes of it is meant here.
    with WorkerPool(scripted, workers=1, seconds=SCRIPTED, patience=1_000) as pool:
        report = fetched_and_read(house, pool)
    assert (report.read, report.ended) == (3, {Outcome.FAILED: 2})
    entries = outcomes(house.services)
    assert "it ended its process (exit code 7)" in entries["dies"].reason
    assert f"it took longer than {SCRIPTED:g} s" in entries["spins"].reason
    assert house.round().judged.judged == 3


def test_a_page_whose_reader_was_killed_from_outside_is_read_once_more(house: House, site: Site) -> None:
    site.publish("killed", "Flood", *FLOOD)
    house.enrol(topic_for(site))
    with WorkerPool(scripted, workers=1) as pool:
        report = fetched_and_read(house, pool)
    assert (report.read, report.again, report.ended) == (0, 1, {})
    house.clock.forward(minutes=2)
    assert house.round().judged.judged == 1


def test_a_feed_of_three_thousand_items_is_read_as_far_as_one_is_and_the_rest_is_told(house: House) -> None:
    links = [f"/{number}" for number in range(3000)]
    with serving({"/feed": feed(links)}) as web:
        house.enrol(topic_for(feeds=[web.url("/feed")]))
        limits = limits_of(house.services.settings).model_copy(update={"allowed_hosts": ("127.0.0.1",)})

        async def polled() -> PollReport:
            async with Fetcher(limits, clock=house.clock) as fetcher:
                return await poll(house.services, fetcher)

        report = asyncio.run(polled())
        assert (report.new, report.left_out) == (2000, [(web.url("/feed"), 1000)])
        with house.services.record.read() as tx:
            # Without dates they enter the inbox by their ids.
            found = [entry.announcement.url for entry in tx.entries.find()]
            assert sorted(found) == sorted(web.url(link) for link in links[:2000])


def test_an_index_that_is_no_index_holds_up_no_mail_and_is_mended_by_a_rebuild(house: House, site: Site) -> None:
    house.services.settings.index_path.write_bytes(b"Dear editor, " * 500)
    site.publish("flood", "Hospital evacuated as Malva floods Tarn", *FLOOD)
    house.enrol(topic_for(site))
    done = house.round()
    assert "index rebuild" in done.unpublished
    assert len(house.post.mails) == 1
    rebuilt = subprocess.run(
        command("index", "rebuild", "--home", house.services.settings.home), capture_output=True, text=True, check=False
    )
    assert rebuilt.returncode == 0, rebuilt.stderr
    house.services.index.close()
    assert house.services.index.search(Query(text="hospital")).total == 1
    assert house.round().unpublished == ""


def test_pages_that_can_not_be_archived_wait_until_they_can(house: House, site: Site, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    site.publish("flood", "Hospital evacuated as Malva floods Tarn", *FLOOD)
    house.enrol(topic_for(site))
    with WorkerPool(read_job, workers=0) as pool, pytest.raises(ArchiveError, match="can't be archived") as caught:
        fetched_and_read(house, pool, replace(house.services, archive=Archive(tmp_path / "file")))
    assert caught.value.hint
    entry = outcomes(house.services)["flood"]
    assert (entry.outcome, entry.attempts) == (None, 0)
    assert leased(house.services.settings.home) == 0
    assert house.round().judged.ended == {Outcome.INDEXED: 1}


def test_a_record_that_another_process_holds_is_told_and_waits(house: House, site: Site) -> None:
    site.publish("flood", "Hospital evacuated as Malva floods Tarn", *FLOOD)
    house.enrol(topic_for(site))
    with Record(house.services.settings.record_url, wait=0.1) as record:
        hurried = replace(house.services, record=record)
        with (
            closing(sqlite3.connect(house.services.settings.home / "tallywire.db", isolation_level=None)) as other,
            Runner(hurried, mailer=house.post) as runner,
        ):
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(RecordBusy, match="another process has locked the record"):
                runner.round(every_feed=True)
            other.execute("ROLLBACK")
            assert runner.round(every_feed=True).judged.ended == {Outcome.INDEXED: 1}
    assert len(house.post.mails) == 1


def test_a_watch_outlives_what_breaks_off_a_round(house: House, site: Site) -> None:
    site.publish("flood", "Hospital evacuated as Malva floods Tarn", *FLOOD)
    house.enrol(topic_for(site))
    settings = house.services.settings.model_copy(update={"poll_every": timedelta(0)})
    stop, told = Stop(), []
    with (
        Record(settings.record_url, wait=0.1) as record,
        closing(sqlite3.connect(settings.home / "tallywire.db", isolation_level=None)) as other,
        Runner(replace(house.services, record=record, settings=settings), mailer=house.post, stop=stop) as runner,
    ):
        other.execute("BEGIN IMMEDIATE")

        def trouble(error: Exception) -> None:
            told.append(error)
            other.execute("ROLLBACK")

        runner.watch(on_round=lambda done: stop.wish() if done.judged.judged else None, on_trouble=trouble)
    assert [type(error) for error in told] == [RecordBusy]
    assert outcomes(house.services)["flood"].outcome is Outcome.INDEXED


def test_a_record_of_a_newer_program_is_left_alone(house: House) -> None:
    house.enrol(topic_for())
    with closing(sqlite3.connect(house.services.settings.home / "tallywire.db")) as connection:
        connection.execute("UPDATE tallywire_version SET version_num = '9999'")
        connection.commit()
    with pytest.raises(RecordError, match="newer Tallywire") as caught:
        house.services.record.migrate()
    assert "9999" in str(caught.value)
    assert caught.value.hint


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 2 MB, which `remount` changes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = os.geteuid() == 0 and not _mounted("-t", "tmpfs", "-o", "size=2m", "tmpfs", folder)
    if not mounted:
        pytest.skip("a small disk can't be mounted here: that takes root")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def _mounted(*arguments: object) -> int:
    return subprocess.run(["mount", *map(str, arguments)], capture_output=True, check=False).returncode


def remount(disk: Path, option: str) -> None:
    assert not _mounted("-o", f"remount,{option}", disk)


def test_a_run_that_fills_the_disk_is_finished_when_there_is_room(small_disk: Path, tmp_path: Path) -> None:
    noise = [os.urandom(110_000).hex() for _ in range(16)]
    pages = {
        f"/{number}": html_answer(
            page(f"Flood in Tarn, report {number}").replace(b"</p>", f" {words[:40]}.</p>".encode())
            + f"<!-- {words} -->".encode()
        )
        for number, words in enumerate(noise)
    }
    with serving(pages | {"/feed": feed(pages)}) as web:
        words = command("run", topic_file(tmp_path, web.url("/feed")), "--home", small_disk / "home", "--every-feed")
        full = subprocess.run([*words, "--workers", "0"], env=environment(web), capture_output=True, text=True)
        remount(small_disk, "size=64m")
        done = subprocess.run([*words, "--workers", "0"], env=environment(web), capture_output=True, text=True)
    assert full.returncode == 1
    assert full.stderr.startswith("tallywire: ")
    assert "disk space" in full.stderr
    assert "Traceback" not in full.stderr
    assert "unexpected error" not in full.stderr
    assert (done.returncode, done.stderr) == (0, "")
    rows = exported(small_disk / "home")
    assert len(rows["articles"]) == len(rows["entries"]) == len(pages)
    assert {entry["outcome"] for entry in rows["entries"]} <= {"indexed", "copy"}
    assert {entry["attempts"] for entry in rows["entries"]} == {1}
    assert len(list((small_disk / "home" / "mail").glob("*.eml"))) == 1


def test_a_replay_that_fills_the_disk_ends_as_one_that_had_room(small_disk: Path, tmp_path: Path) -> None:
    path = write(tmp_path / "stream.jsonl.gz", stream(80))

    def replayed(home: Path) -> subprocess.CompletedProcess[str]:
        words = command("replay", path, "--home", home, "--workers", 0)
        return subprocess.run(words, capture_output=True, text=True, check=False)

    remount(small_disk, "size=1200k")
    full = replayed(small_disk / "home")
    assert full.returncode == 1
    assert "disk space" in full.stderr
    remount(small_disk, "size=64m")
    assert replayed(small_disk / "home").returncode == 0
    assert replayed(tmp_path / "calm").returncode == 0
    assert exported(small_disk / "home") == exported(tmp_path / "calm")


def test_a_home_that_can_not_be_written_is_told(small_disk: Path, tmp_path: Path) -> None:
    remount(small_disk, "ro")
    done = subprocess.run(
        command("run", topic_file(tmp_path), "--home", small_disk / "home"), capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "the home folder can't be used (Read-only file system)" in done.stderr
    assert "--home" in done.stderr
