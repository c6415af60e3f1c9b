"""Where in an archive everything stands: a look through WARC files that reads notes and passes over pages."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import IO, Any, NamedTuple

from pydantic import ValidationError

from pipeline.collect.archive import ENTRY, TURN, page_at, written_digest
from pipeline.errors import ArchiveError
from schemas.archive import EntryNote, TurnNote
from schemas.article import Page

_MOST_HEAD = 64 * 1024
_MOST_NOTE = 8 * 1024 * 1024
"""A note holds at most what a feed says of one item, which is bounded, and some words more."""
_PIECE = 64 * 1024
_HEAD_END = b"\r\n\r\n"


class Where(NamedTuple):
    """The place of a record."""

    file: Path
    offset: int


class Noted(NamedTuple):
    """What is kept in memory of an entry's note."""

    where: Where
    entry: str
    at: datetime
    page: str | None
    ended: bool


@dataclass
class Catalogue:
    """What some WARC files hold, by ids of records. ``undescribed`` are the pages from before there were notes."""

    pages: dict[str, Where] = field(default_factory=dict)
    notes: dict[str, Noted] = field(default_factory=dict)
    turns: list[TurnNote] = field(default_factory=list)
    undescribed: set[str] = field(default_factory=set)

    def page(self, record: str) -> Page | None:
        """The page of that id; None where it is not there, or not in one piece."""
        where = self.pages.get(record)
        return page_at(where.file, where.offset) if where else None

    def note(self, record: str) -> EntryNote | None:
        """The entry's note of that id; None where it is not there, or can't be read."""
        noted = self.notes.get(record)
        return _note_at(noted.where) if noted else None


def catalogue_of(
    paths: Iterable[Path],
    *,
    damaged: Callable[[str], None] = lambda why: None,
    checked: Callable[[str, bool], None] | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Catalogue:
    """Look through WARC files, until ``stop`` says so. ``damaged`` is told in words what is broken; ``checked``, if
    given, for each page's record by its id whether its content is what it was when it was written.

    Raises ArchiveError where a file can't be opened.
    """
    found = Catalogue()
    dates: dict[str, str] = {}
    for path in paths:
        try:
            with path.open("rb") as file:
                for record in _records(file, partial(_tell_of, path, damaged)):
                    if stop():
                        break
                    _take(found, record, Where(path, record.offset), dates, checked)
        except OSError as error:
            raise ArchiveError(
                "the archive can't be read", where=str(path), why=(error.strerror or str(error)).lower()
            ) from error
    described = {noted.page for noted in found.notes.values()}
    first = min((noted.at for noted in found.notes.values()), default=None)
    for identity, said in dates.items():
        if identity not in described and (first is None or _moment(said, first) < first):
            found.undescribed.add(identity)
    found.turns = list({turn.turn: turn for turn in sorted(found.turns, key=lambda one: (one.turn, one.at))}.values())
    return found


def _tell_of(path: Path, damaged: Callable[[str], None], why: str) -> None:
    damaged(f"{path}: {why}")


def _take(
    found: Catalogue,
    record: _Record,
    where: Where,
    dates: dict[str, str],
    checked: Callable[[str, bool], None] | None,
) -> None:
    identity, kind = record.headers.get("warc-record-id", ""), record.headers.get("content-type", "")
    if record.headers.get("warc-type") == "response":
        found.pages[identity] = where
        dates[identity] = record.headers.get("warc-date", "")
        if checked is not None:
            checked(identity, record.is_whole())
    elif kind == TURN:
        if (turn := _read(TurnNote, record)) is not None:
            found.turns.append(turn)
    elif kind == ENTRY and (note := _read(EntryNote, record)) is not None:
        found.notes[identity] = Noted(where, note.entry.id, note.at, note.page, note.outcome is not None)


def _moment(said: str, other: datetime) -> datetime:
    try:
        return datetime.fromisoformat(said)
    except ValueError:
        return other


def _note_at(where: Where) -> EntryNote | None:
    try:
        with where.file.open("rb") as file:
            file.seek(where.offset)
            record = next(_records(file, lambda _: None, one=True), None)
            return _read(EntryNote, record) if record else None
    except OSError:
        return None


def _read(kind: Any, record: _Record) -> Any:
    block = record.block(_MOST_NOTE)
    if block is None:
        return None
    try:
        return kind.model_validate_json(block)
    except ValidationError:
        # Of a version that knows more than this one, or not ours at all.
        return None


class _Cut(Exception):
    """The file ends within a record."""


class _Record:
    """A record whose head was read; its block is read as far as it is asked for."""

    def __init__(self, offset: int, headers: dict[str, str], begun: bytes, source: _Source) -> None:
        self.offset = offset
        self.headers = headers
        self._begun = begun
        self._source = source
        said = headers.get("content-length", "")
        self.length = int(said) if said.isdecimal() and len(said) < 16 else 0
        self._left = self.length

    def pieces(self) -> Iterator[bytes]:
        """The rest of the block; raises `_Cut` where the file ends before it does."""
        while self._left:
            piece = self._begun or self._source.read(_PIECE)
            if not piece:
                raise _Cut
            self._begun = b""
            piece = piece[: self._left]
            self._left -= len(piece)
            yield piece

    def pass_over(self) -> None:
        """Read on to where the next record begins."""
        for _ in self.pieces():
            pass
        self._source.drain()

    def block(self, most: int) -> bytes | None:
        """The whole block; None if it is longer than ``most``, or cut off, which `pass_over` says."""
        with suppress(_Cut, zlib.error):
            return b"".join(self.pieces()) if self._left <= most else None
        return None

    def is_whole(self) -> bool:
        """Whether the block is the one that its digest was taken of; one without a digest is as long as it says."""
        said = self.headers.get("warc-block-digest", "")
        digest = hashlib.sha1(usedforsecurity=False)
        try:
            for piece in self.pieces():
                digest.update(piece)
        except (_Cut, zlib.error):
            return False
        return not said.startswith("sha1:") or said == written_digest(digest.digest())


class _Source:
    """The bytes of a file from one record on: of one gzip member, or of a file that is not compressed."""

    def __init__(self, file: IO[bytes], *, compressed: bool) -> None:
        self._file = file
        self._member = zlib.decompressobj(wbits=31) if compressed else None
        self._waiting = b""

    def read(self, size: int) -> bytes:
        if self._member is None:
            return self._file.read(size)
        while not self._member.eof:
            given = self._waiting or self._file.read(_PIECE)
            if not given:
                raise _Cut
            data = self._member.decompress(given, size)
            self._waiting = self._member.unconsumed_tail
            if data:
                return data
        return b""

    def drain(self) -> None:
        """Read a member to its end, where its checksum is."""
        while self._member is not None and self.read(_PIECE):
            pass

    def end(self) -> int:
        """Where in the file the next member begins, once this one is drained."""
        return self._file.tell() - len(self._member.unused_data if self._member else b"")


def _records(file: IO[bytes], tell: Callable[[str], None], *, one: bool = False) -> Iterator[_Record]:
    """The records of a WARC file from where it stands, up to where it breaks off, which ``tell`` is told."""
    offset, count = file.tell(), 0
    while start := file.read(2):
        file.seek(offset)
        compressed, count = start == b"\x1f\x8b", count + 1
        source = _Source(file, compressed=compressed)
        try:
            headers, length, begun = _head(source)
            record = _Record(offset, headers, begun, source)
            yield record
            if one:
                return
            record.pass_over()
            offset = source.end() if compressed else offset + length + record.length + len(_HEAD_END)
        except _Cut:
            tell(f"record {count} is cut off; what comes before it is used")
            return
        except (ValueError, zlib.error) as error:
            tell(f"it ends unexpectedly after record {count - 1}: {error}")
            return
        file.seek(offset)


def _head(source: _Source) -> tuple[dict[str, str], int, bytes]:
    """The fields of a record by their names in lower case, how long its head is, and what was read beyond it."""
    read = bytearray()
    while (end := read.find(_HEAD_END)) < 0:
        if len(read) > _MOST_HEAD:
            raise ValueError("the header of a record does not end")
        piece = source.read(_PIECE)
        if not piece:
            raise _Cut
        read += piece
    version, *lines = read[:end].decode("utf-8", "replace").split("\r\n")
    if not version.startswith("WARC/"):
        raise ValueError("what follows is not a WARC record")
    fields = (line.partition(":") for line in lines)
    length = end + len(_HEAD_END)
    return {name.strip().lower(): value.strip() for name, _, value in fields}, length, bytes(read[length:])
