"""What was fetched, kept as it came: WARC files (ISO 28500:2017) that any archive tool reads.

Each page is one response record; one that a server says has not changed is a revisit record. Beside them metadata
records hold what feeds said of the pages (`EntryNote`), and what was judged together (`TurnNote`): with these a run can
be replayed as it went. Each record is a gzip member of its own, written in one piece and handed to the system at once,
so a killed process loses no more than the record in hand; `Archive.sync` hands all of them to the disk, before the
database names them. A process writes files of its own, so none ever waits for another. Beside each file an index of
JSON lines tells which page begins where; it can be deleted at any time.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import os
import secrets
import uuid
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from typing import IO, Any, NamedTuple

from pydantic import ValidationError

from pipeline import __version__
from pipeline.collect.headers import safe_headers
from pipeline.errors import ArchiveError
from schemas.archive import EntryNote, TurnNote
from schemas.article import Page, Redirect

MOST_FILE_BYTES = 1024**3
MOST_PAGE_BYTES = 32 * 1024 * 1024
"""A larger body in an archive is passed over; nothing that we fetch comes near it."""

ENTRY, TURN = "application/vnd.tallywire.entry+json", "application/vnd.tallywire.turn+json"
"""The kinds of notes, by the Content-Type of their records."""

_REQUESTED, _REDIRECTS = "X-Requested-URL", "X-Redirects"
# They speak of the body as it travelled; it is kept as it was decoded (the naming is Common Crawl's).
_OF_THE_JOURNEY = {"content-encoding", "transfer-encoding", "content-length"}


class _Where(NamedTuple):
    at: datetime
    file: Path
    offset: int


class Archive:
    """The archive in ``directory``: a folder for each day (UTC), made when its first page is written."""

    def __init__(self, directory: Path, *, most_file_bytes: int = MOST_FILE_BYTES) -> None:
        self.directory = Path(directory)
        self._most_file_bytes = most_file_bytes
        self._file: IO[bytes] | None = None
        self._path = self.directory
        self._day = ""
        self._known: dict[str, _Where] = {}
        self._index_read: dict[Path, int] = {}

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def files(self) -> tuple[Path, ...]:
        """The WARC files, oldest first."""
        return tuple(sorted(self.directory.glob("*/*.warc.gz")))

    def write(self, page: Page) -> Page:
        """Keep ``page``, and give it with the id of its record.

        Raises `ArchiveError`, as all that write do, where it can't be kept, as on a full disk; nothing half is left
        behind.
        """
        kept = page.model_copy(update={"record": _new_id()})
        with self._writing("the page can't be archived"):
            offset = self._append(_record(kept), kept.fetched_at)
            self._index(kept, offset)
        return kept

    def revisit(self, page: Page, of: str | None, at: datetime | None) -> str:
        """Keep that a page has not changed (HTTP 304) since the record ``of``, fetched ``at``; gives the id."""
        identity = _new_id()
        with self._writing("the answer can't be archived"):
            self._append(_revisit(identity, page, of, at), page.fetched_at)
        return identity

    def note(self, note: EntryNote | TurnNote) -> str:
        """Keep a note; gives the id of its record."""
        identity = _new_id()
        with self._writing("a note can't be archived"):
            self._append(_note(identity, note), note.at)
        return identity

    def sync(self) -> None:
        """Hand what was written to the disk itself: what the record names must be there after a power cut too."""
        if self._file is not None:
            with self._writing("the archive can't be synced"):
                os.fsync(self._file.fileno())

    def latest(self, url: str, since: datetime) -> Page | None:
        """The last good page (HTTP 2xx) that was asked for at ``url`` not before ``since``, by any process."""
        self._learn_index(since)
        where = self._known.get(url)
        if where is None or where.at < since:
            return None
        return page_at(where.file, where.offset)

    def close(self) -> None:
        """Hand everything to the disk itself."""
        if self._file is not None:
            file, self._file = self._file, None
            try:
                os.fsync(file.fileno())
            finally:
                file.close()

    @contextmanager
    def _writing(self, trouble: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            self._abandon()
            raise ArchiveError(
                trouble,
                where=str(self._path),
                why=(error.strerror or type(error).__name__).lower(),
                hint="free some disk space, and check that the folder is writable",
            ) from error

    def _append(self, record: bytes, at: datetime) -> int:
        file = self._open_for(at)
        offset = file.seek(0, io.SEEK_END)
        try:
            _write_at_once(file, record)
        except OSError:
            file.truncate(offset)
            raise
        return offset

    def _open_for(self, at: datetime) -> IO[bytes]:
        at = at.astimezone(UTC)
        day = at.strftime("%Y%m%d")
        if self._file is not None and (day != self._day or self._file.tell() >= self._most_file_bytes):
            self.close()
        if self._file is None:
            folder = self.directory / day
            folder.mkdir(parents=True, exist_ok=True)
            name = f"{at:%Y%m%dT%H%M%S%f}-{os.getpid()}-{secrets.token_hex(2)}.warc.gz"
            self._path, self._day = folder / name, day
            self._file = self._path.open("xb", buffering=0)
            _write_at_once(self._file, _warcinfo(name, at))
            for folder_of_new in (folder, self.directory):
                _sync_folder(folder_of_new)
        return self._file

    def _abandon(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _index(self, page: Page, offset: int) -> None:
        line = json.dumps({"url": page.url, "at": page.fetched_at.isoformat(), "status": page.status, "offset": offset})
        with _index_of(self._path).open("a", encoding="ascii") as index:
            index.write(line + "\n")

    def _learn_index(self, since: datetime) -> None:
        first_day = since.astimezone(UTC).strftime("%Y%m%d")
        self._known = {url: where for url, where in self._known.items() if where.at >= since}
        for index in (one for day in self.directory.glob("*/") if day.name >= first_day for one in day.glob("*.index")):
            read = self._index_read.get(index, 0)
            if index.stat().st_size <= read:
                continue
            with index.open("rb") as lines:
                lines.seek(read)
                for line in lines:
                    if not line.endswith(b"\n"):
                        break
                    read += len(line)
                    self._learn(line, index.with_suffix(""))
            self._index_read[index] = read

    def _learn(self, line: bytes, file: Path) -> None:
        try:
            said = json.loads(line)
            url, where = str(said["url"]), _Where(datetime.fromisoformat(said["at"]), file, int(said["offset"]))
            good = 200 <= said["status"] < 300
        except (ValueError, KeyError, TypeError):
            return
        if good and (url not in self._known or self._known[url].at <= where.at):
            self._known[url] = where


def read_warc(path: Path, *, damaged: Callable[[str], None] | None = None) -> Iterator[Page]:
    """The pages of a WARC file, compressed or not, ours or another's, in file order.

    Records that are no HTTP responses are passed over. ``damaged`` is told in words what was passed over because it
    is broken or too large; a file that breaks off ends there. Raises `ArchiveError` where the file can't be opened or
    is no WARC at all.
    """
    tell = damaged or (lambda _: None)
    try:
        with path.open("rb") as file:
            compressed = _is_compressed(file)
            start = (_Unzipped(file) if compressed else file).read(16)
            if not start.startswith((b"WARC/", b"filedesc://")):
                raise ArchiveError(
                    "this is not a WARC file", where=str(path), why="it does not start with a WARC record"
                )
            file.seek(0)
            stream = _Unzipped(file) if compressed else file
            yield from _pages(stream, tell)
    except OSError as error:
        raise ArchiveError(
            "the archive can't be read", where=str(path), why=(error.strerror or str(error)).lower()
        ) from error


def page_at(path: Path, offset: int) -> Page | None:
    """The page whose record begins at ``offset``; None where there is none, or not in one piece."""
    try:
        with path.open("rb") as file:
            compressed = _is_compressed(file, offset)
            return next(_pages(_Unzipped(file) if compressed else file, lambda _: None), None)
    except OSError:
        return None


def _is_compressed(file: IO[bytes], offset: int = 0) -> bool:
    """Whether a gzip member begins at ``offset``, which is where the file stands then."""
    file.seek(offset)
    start = file.read(2)
    file.seek(offset)
    return start == b"\x1f\x8b"


class _Unzipped:
    """The content of a gzip file of any number of members, up to where it breaks off; bounded work for each read."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._waiting = b""
        self._member: Any = None
        self.broken: str | None = None

    def read(self, size: int = 64 * 1024) -> bytes:
        while self.broken is None:
            given = self._waiting or self._file.read(64 * 1024)
            if not given:
                self.broken = None if self._member is None else "the file is incomplete"
                return b""
            if self._member is None:
                self._member = zlib.decompressobj(wbits=31)
            try:
                data: bytes = self._member.decompress(given, max(size, 1))
            except zlib.error as error:
                self.broken = str(error)
                return b""
            self._waiting = self._member.unconsumed_tail
            if self._member.eof:
                self._waiting, self._member = self._member.unused_data, None
            if data:
                return data
        return b""


def _pages(stream: Any, tell: Callable[[str], None]) -> Iterator[Page]:
    from warcio.archiveiterator import ArchiveIterator

    records, count = iter(ArchiveIterator(stream, arc2warc=True)), 0
    while True:
        try:
            record = next(records, None)
            if record is None:
                break
            count += 1
            page = _page(record) if record.rec_type == "response" and record.http_headers is not None else None
        except EOFError:
            tell(f"record {count} is cut off")
            return
        except (ValueError, ValidationError) as error:
            tell(f"record {count} was skipped: {_first_line(error)}")
            continue
        except Exception as error:  # warcio raises whatever comes of broken bytes
            tell(f"it ends unexpectedly after record {count}: {_first_line(error)}")
            return
        if page is not None:
            yield page
    if getattr(stream, "broken", None):
        tell(f"it ends unexpectedly after record {count}: {stream.broken}")


def _page(record: Any) -> Page:
    headers, http = record.rec_headers, record.http_headers
    target = (headers.get_header("WARC-Target-URI") or "").strip("<> ")
    if not target.startswith(("http://", "https://")):
        raise ValueError("its address is not a web address")
    status = http.get_statuscode()
    if not status.isdecimal():
        raise ValueError("its HTTP status is not a number")
    redirects = json.loads(headers.get_header(_REDIRECTS) or "[]")
    raw = [(name.encode("utf-8", "replace"), value.encode("utf-8", "replace")) for name, value in http.headers]
    return Page(
        url=headers.get_header(_REQUESTED) or target,
        final_url=target,
        status=int(status),
        headers=safe_headers(raw),
        body=_body(record),
        fetched_at=datetime.fromisoformat(headers.get_header("WARC-Date") or ""),
        redirects=tuple(Redirect(status=code, url=url) for code, url in redirects),
        record=headers.get_header("WARC-Record-ID"),
    )


def _body(record: Any) -> bytes:
    """The decoded body; raises ``EOFError`` where the file ends inside of it."""
    stream, body = record.content_stream(), bytearray()
    while chunk := stream.read(64 * 1024):
        body += chunk
        if len(body) > MOST_PAGE_BYTES:
            raise ValueError(f"its body has more than {MOST_PAGE_BYTES // 1024**2} MB")
    if getattr(record.raw_stream, "limit", 0) > 0:
        raise EOFError("the last record is cut off")
    return bytes(body)


def _record(page: Page) -> bytes:
    """A response record, in one gzip member."""
    # By hand: warcio's writer escapes header values that are no ASCII, and leaves temporary files open.
    try:
        phrase = HTTPStatus(page.status).phrase
    except ValueError:
        phrase = "Unknown"
    lines = [f"HTTP/1.1 {page.status} {phrase}"]
    for name, value in page.headers:
        lines.append(_line(f"X-Crawler-{name}" if name.lower() in _OF_THE_JOURNEY else name, value))
    lines.append(_line("Content-Length", str(len(page.body))))
    block = "\r\n".join([*lines, "", ""]).encode("utf-8", "replace") + page.body
    fields = {
        "WARC-Target-URI": page.final_url,
        "WARC-Payload-Digest": _digest(page.body),
        "WARC-Block-Digest": _digest(block),
        "Content-Type": "application/http; msgtype=response",
    }
    if page.url != page.final_url:
        fields[_REQUESTED] = page.url
    if page.redirects:
        fields[_REDIRECTS] = json.dumps([[one.status, one.url] for one in page.redirects])
    return _member("response", page.fetched_at, fields, block, page.record)


def _revisit(identity: str, page: Page, of: str | None, at: datetime | None) -> bytes:
    """That a server says a page has not changed, with the headers in which it does (ISO 28500, 6.7.3)."""
    lines = ["HTTP/1.1 304 Not Modified", *(_line(name, value) for name, value in page.headers)]
    block = "\r\n".join([*lines, "", ""]).encode("utf-8", "replace")
    fields = {
        "WARC-Target-URI": page.final_url,
        "WARC-Profile": "http://netpreserve.org/warc/1.1/revisit/server-not-modified",
        "Content-Type": "application/http; msgtype=response",
    }
    if of is not None and at is not None:
        fields |= {"WARC-Refers-To": of, "WARC-Refers-To-Target-URI": page.final_url, "WARC-Refers-To-Date": _date(at)}
    return _member("revisit", page.fetched_at, fields, block, identity)


def _note(identity: str, note: EntryNote | TurnNote) -> bytes:
    block = note.model_dump_json(exclude_defaults=True).encode("utf-8", "replace")
    if isinstance(note, TurnNote):
        fields = {"WARC-Target-URI": f"urn:tallywire:turn:{note.turn}", "Content-Type": TURN}
    else:
        fields = {"WARC-Target-URI": note.entry.announcement.url, "Content-Type": ENTRY}
        if note.page is not None:
            fields["WARC-Refers-To"] = note.page
    fields["WARC-Block-Digest"] = _digest(block)
    return _member("metadata", note.at, fields, block, identity)


def _warcinfo(name: str, at: datetime) -> bytes:
    block = f"software: Tallywire/{__version__}\r\nformat: WARC File Format 1.1\r\n".encode()
    return _member("warcinfo", at, {"WARC-Filename": name, "Content-Type": "application/warc-fields"}, block)


def _member(kind: str, at: datetime, fields: dict[str, str], block: bytes, identity: str | None = None) -> bytes:
    own = {"WARC-Type": kind, "WARC-Record-ID": identity or _new_id(), "WARC-Date": _date(at)}
    lines = [_line(name, value) for name, value in {**own, **fields, "Content-Length": str(len(block))}.items()]
    head = "\r\n".join(["WARC/1.1", *lines, "", ""]).encode("utf-8", "replace")
    return gzip.compress(head + block + b"\r\n\r\n", compresslevel=6, mtime=0)


def _new_id() -> str:
    return f"<urn:uuid:{uuid.uuid4()}>"


def _date(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _line(name: str, value: str) -> str:
    return f"{name}: {value}".replace("\r", " ").replace("\n", " ")


def _digest(data: bytes) -> str:
    """SHA-1 in base 32, which is what archive tools compare; nothing here depends on its strength."""
    return written_digest(hashlib.sha1(data, usedforsecurity=False).digest())


def written_digest(digest: bytes) -> str:
    """A SHA-1 digest as WARC records write it."""
    return "sha1:" + base64.b32encode(digest).decode()


def _write_at_once(file: IO[bytes], data: bytes) -> None:
    """All of ``data``: a write to a nearly full disk may take only a part of it without complaint."""
    view = memoryview(data)
    while view:
        view = view[file.write(view) :]


def _sync_folder(folder: Path) -> None:
    """Hand the names in a folder to the disk, where the system can."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _index_of(file: Path) -> Path:
    return file.with_suffix(file.suffix + ".index")


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
