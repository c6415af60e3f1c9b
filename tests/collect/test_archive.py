from __future__ import annotations

import gzip
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.collect import archive
from pipeline.collect.archive import Archive, read_warc
from pipeline.collect.catalogue import catalogue_of
from pipeline.errors import ArchiveError
from schemas.archive import EntryNote, TurnNote
from schemas.article import Page, Redirect
from schemas.feed import Announcement, Entry

AT = datetime(2026, 11, 22, 12, 30, 15, 123456, tzinfo=UTC)
PAGE = Page(
    url="https://outlet.example/a?utm_source=rss",
    final_url="https://outlet.example/a",
    status=200,
    headers=(("Content-Type", "text/html; charset=utf-8"), ("X-Name", "café"), ("Content-Encoding", "gzip")),
    body=b"<p>\x00\xff Hello</p>\r\n\r\nWARC/1.1\r\n",
    fetched_at=AT,
    redirects=(
        Redirect(status=301, url="https://outlet.example/b"),
        Redirect(status=302, url="https://outlet.example/a"),
    ),
)


def page(n: int, at: datetime = AT, status: int = 200) -> Page:
    url = f"https://outlet.example/{n}"
    return Page(url=url, final_url=url, status=status, body=f"page {n}".encode() * 100, fetched_at=at)


def written(folder: Path, *pages: Page) -> Path:
    with Archive(folder) as kept:
        for one in pages:
            kept.write(one)
    return kept.files()[-1]


def test_a_page_comes_back_as_it_was(tmp_path: Path) -> None:
    (back,) = read_warc(written(tmp_path, PAGE))
    assert back.model_dump(exclude={"headers", "record"}) == PAGE.model_dump(exclude={"headers", "record"})
    assert back.record
    assert back.record.startswith("<urn:uuid:")
    assert back.header("content-type") == "text/html; charset=utf-8"
    assert back.header("x-name") == "café"
    assert (back.header("X-Crawler-Content-Encoding"), back.header("Content-Encoding")) == ("gzip", None)


@settings(max_examples=50, deadline=None)
@given(body=st.binary(max_size=3_000), status=st.integers(100, 599))
def test_any_body_comes_back_byte_for_byte(tmp_path_factory: pytest.TempPathFactory, body: bytes, status: int) -> None:
    one = PAGE.model_copy(update={"body": body, "status": status})
    (back,) = read_warc(written(tmp_path_factory.mktemp("archive"), one))
    assert (back.body, back.status) == (body, status)


def test_other_tools_can_read_it(tmp_path: Path) -> None:
    text = gzip.decompress(written(tmp_path, PAGE).read_bytes())
    assert text.startswith(b"WARC/1.1\r\n")
    assert text.count(b"WARC-Type: warcinfo") == text.count(b"WARC-Type: response") == 1
    assert b"WARC-Date: 2026-11-22T12:30:15.123456Z" in text


def test_a_new_day_and_a_full_file_begin_a_new_one(tmp_path: Path) -> None:
    with Archive(tmp_path, most_file_bytes=1_000) as kept:
        for n in range(6):
            kept.write(page(n, AT + timedelta(minutes=n)))
        kept.write(page(7, AT + timedelta(days=1)))
    assert len(kept.files()) > 2
    assert [folder.name for folder in sorted(tmp_path.iterdir())] == ["20261122", "20261123"]
    urls = [one.url[-1] for file in kept.files() for one in read_warc(file)]
    assert urls == list("0123457")


def test_the_latest_page_is_found_again_by_any_process(tmp_path: Path) -> None:
    one, other = Archive(tmp_path), Archive(tmp_path)
    first = one.write(page(1))
    one.write(page(2))
    assert other.latest("https://outlet.example/1", AT - timedelta(hours=1)) == first.model_copy(
        update={"headers": (("Content-Length", "600"),)}
    )
    assert other.latest("https://outlet.example/1", AT + timedelta(seconds=1)) is None
    assert other.latest("https://outlet.example/9", AT) is None
    newer = page(1, AT + timedelta(minutes=1)).model_copy(update={"body": b"newer"})
    one.write(newer)
    found = other.latest("https://outlet.example/1", AT)
    assert found is not None
    assert found.body == b"newer"
    one.close()


def test_a_page_that_failed_is_not_used_again(tmp_path: Path) -> None:
    written(tmp_path, page(1, status=503))
    assert Archive(tmp_path).latest("https://outlet.example/1", AT - timedelta(hours=1)) is None


def test_an_empty_archive_has_nothing(tmp_path: Path) -> None:
    kept = Archive(tmp_path / "none")
    assert kept.latest("https://outlet.example/1", AT) is None
    assert kept.files() == ()


def test_a_damaged_index_is_only_slower(tmp_path: Path) -> None:
    file = written(tmp_path, page(1))
    index = file.with_suffix(".gz.index")
    index.write_text("no json\n[]\n" + index.read_text() + '{"url": "https://outl')
    assert Archive(tmp_path).latest("https://outlet.example/1", AT) is not None


@pytest.mark.parametrize(("cut", "whole"), [(1, "123"), (60, "12"), (150, "12")])
def test_a_file_that_breaks_off_gives_what_is_whole(tmp_path: Path, cut: int, whole: str) -> None:
    file = written(tmp_path, page(1), page(2), page(3))
    file.write_bytes(file.read_bytes()[:-cut])
    told: list[str] = []
    assert [one.url[-1] for one in read_warc(file, damaged=told.append)] == list(whole)
    assert len(told) == 1
    assert "unexpectedly" in told[0] or "off" in told[0]


def test_an_uncompressed_file_that_breaks_off_too(tmp_path: Path) -> None:
    file = tmp_path / "a.warc"
    file.write_bytes(gzip.decompress(written(tmp_path / "in", page(1), page(2)).read_bytes())[:-30])
    assert [one.url[-1] for one in read_warc(file)] == ["1"]


def test_a_process_killed_at_once_loses_nothing_written(tmp_path: Path) -> None:
    script = """
import os, sys
from pathlib import Path
from tests.collect.test_archive import Archive, page
kept = Archive(Path(sys.argv[1]))
for n in range(3):
    kept.write(page(n))
os.kill(os.getpid(), 9)
"""
    subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=False)
    (file,) = Archive(tmp_path).files()
    assert [one.url[-1] for one in read_warc(file)] == list("012")


def test_a_full_disk_is_told_and_leaves_nothing_half(tmp_path: Path) -> None:
    script = """
import resource, sys
from pathlib import Path
from pipeline.errors import ArchiveError
from tests.collect.test_archive import Archive, page
kept = Archive(Path(sys.argv[1]))
kept.write(page(1))
resource.setrlimit(resource.RLIMIT_FSIZE, (kept.files()[0].stat().st_size + 50,) * 2)
try:
    kept.write(page(2))
except ArchiveError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=True, capture_output=True, text=True)
    assert "can't be archived" in done.stdout
    assert "disk space" in done.stdout
    told: list[str] = []
    (file,) = Archive(tmp_path).files()
    assert [one.url[-1] for one in read_warc(file, damaged=told.append)] == ["1"]
    assert told == []


def foreign(*records: tuple[str, str, bytes, list[tuple[str, str]]], compressed: bool) -> bytes:
    whole = b""
    for kind, uri, body, headers in records:
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
        block = f"HTTP/1.0 200 OK\r\n{lines}\r\n".encode() + body if kind == "response" else body
        about = f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:x:1>\r\nWARC-Date: 2020-01-01T00:00:00Z\r\n"
        about += f"WARC-Target-URI: <{uri}>\r\nContent-Type: application/http; msgtype={kind}\r\n"
        record = f"{about}Content-Length: {len(block)}\r\n\r\n".encode() + block + b"\r\n\r\n"
        whole += gzip.compress(record) if compressed else record
    return whole


CHUNKED = b"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"


@pytest.mark.parametrize("compressed", [True, False])
def test_a_foreign_archive_is_read(tmp_path: Path, compressed: bool) -> None:
    file = tmp_path / "foreign.warc"
    file.write_bytes(
        foreign(
            ("metadata", "https://e.com/m", b"x: y", []),
            ("resource", "https://e.com/r", b"x", []),
            ("response", "dns:e.com", b"x", []),
            ("response", "https://e.com/g", gzip.compress(b"zipped"), [("Content-Encoding", "gzip")]),
            ("response", "https://e.com/c", CHUNKED, [("Transfer-Encoding", "chunked")]),
            compressed=compressed,
        )
    )
    told: list[str] = []
    assert [(one.url, one.body) for one in read_warc(file, damaged=told.append)] == [
        ("https://e.com/g", b"zipped"),
        ("https://e.com/c", b"hello world"),
    ]
    assert told == []


def test_an_archive_compressed_as_a_whole_is_read(tmp_path: Path) -> None:
    file = tmp_path / "whole.warc.gz"
    file.write_bytes(gzip.compress(gzip.decompress(written(tmp_path / "in", page(1), page(2)).read_bytes())))
    assert [one.url[-1] for one in read_warc(file)] == ["1", "2"]


def test_a_bomb_in_an_archive_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MOST_PAGE_BYTES", 1_000_000)
    bomb = ("response", "https://e.com/b", gzip.compress(bytes(5_000_000)), [("Content-Encoding", "gzip")])
    fine = ("response", "https://e.com/a", b"fine", [])
    file = tmp_path / "bomb.warc.gz"
    file.write_bytes(foreign(bomb, fine, compressed=True))
    told: list[str] = []
    assert [one.body for one in read_warc(file, damaged=told.append)] == [b"fine"]
    assert len(told) == 1


@pytest.mark.parametrize(
    "body", [b"", b"hello", b"\x1f\x8b", gzip.compress(b"hello", mtime=0), b"\x1f\x8b\x08nonsense"]
)
def test_what_is_no_archive_is_refused_in_words(tmp_path: Path, body: bytes) -> None:
    file = tmp_path / "a.warc.gz"
    file.write_bytes(body)
    with pytest.raises(ArchiveError, match="not a WARC file"):
        list(read_warc(file))


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="can't be read"):
        list(read_warc(tmp_path / "none.warc"))


@settings(max_examples=60, deadline=None)
@given(noise=st.binary(min_size=1, max_size=80), at=st.floats(0, 1), compressed=st.booleans())
def test_no_damage_breaks_the_reader(
    tmp_path_factory: pytest.TempPathFactory, noise: bytes, at: float, compressed: bool
) -> None:
    records = [("response", f"https://e.com/{n}", b"body" * 20, [("A", "b")]) for n in range(3)]
    whole = foreign(*records, compressed=compressed)
    begin = 12 + int(at * (len(whole) - 12))
    file = tmp_path_factory.mktemp("damaged") / "a.warc"
    file.write_bytes(whole[:begin] + noise + whole[begin + len(noise) :])
    try:
        assert len(list(read_warc(file))) <= 4
    except ArchiveError as error:
        assert error.where == str(file)  # noqa: PT017 - only where it raises at all


def test_a_note_says_what_a_feed_said_of_a_page_and_other_tools_read_it(tmp_path: Path) -> None:
    from warcio.archiveiterator import ArchiveIterator

    said = Announcement(url=PAGE.url, canonical_url=PAGE.url, title="Café", dates=("today",), fingerprint="f")
    entry = Entry(id="e", announcement=said, first_seen=AT, place=AT)
    with Archive(tmp_path) as kept:
        record = kept.write(PAGE).record
        note = EntryNote(entry=entry, outlet="The Outlet", at=AT, page=record)
        identity = kept.note(note)
        turn = TurnNote(turn=7, at=AT, entries=(identity,))
        kept.note(turn)
        kept.sync()
    catalogue = catalogue_of(kept.files())
    assert catalogue.note(identity) == note
    assert catalogue.turns == [turn]
    assert record is not None
    assert catalogue.page(record) == next(read_warc(kept.files()[0]))
    with kept.files()[0].open("rb") as file:
        records = [(one.rec_type, one.rec_headers, one.content_stream().read()) for one in ArchiveIterator(file)]
    kinds = [kind for kind, _, _ in records]
    assert kinds == ["warcinfo", "response", "metadata", "metadata"]
    assert records[2][1].get_header("WARC-Refers-To") == record
    assert EntryNote.model_validate_json(records[2][2]) == note


def test_of_two_turns_of_one_number_the_later_one_counts(tmp_path: Path) -> None:
    with Archive(tmp_path) as kept:
        kept.note(TurnNote(turn=1, at=AT + timedelta(minutes=1), entries=("a", "b")))
        kept.note(TurnNote(turn=1, at=AT, entries=("a",)))
    assert [turn.entries for turn in catalogue_of(kept.files()).turns] == [("a", "b")]


def test_what_was_changed_on_the_disk_is_noticed(tmp_path: Path) -> None:
    path = written(tmp_path, page(1), page(2))
    plain = tmp_path / "plain.warc"
    plain.write_bytes(gzip.decompress(path.read_bytes()).replace(b"page 2page 2", b"page 2page 3", 1))
    whole: dict[str, bool] = {}
    catalogue = catalogue_of([plain], checked=lambda record, fine: whole.update({record: fine}))
    assert list(whole.values()) == [True, False]
    assert len(catalogue.pages) == 2


@pytest.mark.parametrize("cut", [1, 30, 200])
def test_a_catalogue_names_a_record_that_is_cut_off(tmp_path: Path, cut: int) -> None:
    path = written(tmp_path, page(1), page(2))
    path.write_bytes(path.read_bytes()[:-cut])
    said: list[str] = []
    catalogue = catalogue_of([path], damaged=said.append)
    assert len(catalogue.pages) >= 1
    assert [why.partition(": ")[2] for why in said] == ["record 3 is cut off; what comes before it is used"]


def test_what_is_written_is_handed_to_the_disk_before_it_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda descriptor: synced.append(os.fstat(descriptor).st_size))
    with Archive(tmp_path) as kept:
        kept.write(page(1))
        synced.clear()
        kept.sync()
        assert synced == [kept.files()[0].stat().st_size]
