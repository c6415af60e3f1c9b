"""Articles from a file of JSON lines, to go through the same steps without a network."""

from __future__ import annotations

import gzip
import json
import math
import zlib
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC
from pathlib import Path
from typing import IO, Annotated, Any

from pydantic import BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from pipeline.collect.dates import feed_date
from pipeline.errors import ArchiveError
from schemas.base import Model, Utc

LONGEST_LINE = 32 * 1024 * 1024
"""Bytes; a longer line is broken."""


def _as_text(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _as_moment(value: Any) -> Any:
    """A moment from any date that a feed may write; a day is its first moment in UTC, no date at all is none."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        # JSON as Python reads it knows NaN and numbers beyond all bounds.
        value = str(int(value)) if math.isfinite(value) else str(value)
    if not isinstance(value, str):
        return value
    if not value.strip():
        return None
    moment = feed_date(value)
    if moment is not None:
        with suppress(OverflowError):
            return moment.astimezone(UTC)
    raise ValueError(f"{value[:60]!a} is not a date; write for example 2026-03-01T12:00:00Z")


class ReplayItem(Model):
    """One article as a replay file gives it: its text, or the HTML page to read it from."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: Annotated[str, BeforeValidator(_as_text)] = Field(min_length=1, max_length=500)
    url: str = ""
    title: str = ""
    text: str | None = None
    html: str | None = None
    published: Annotated[Utc | None, BeforeValidator(_as_moment)] = None
    source: str | None = None
    language: str | None = None
    line: int = Field(default=0, description="where it stood in its file, counted from 1")

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, value: Any) -> Any:
        return {key: said for key, said in value.items() if said is not None} if isinstance(value, dict) else value

    @model_validator(mode="after")
    def _something_to_read(self) -> ReplayItem:
        if self.text is None and self.html is None:
            raise ValueError("it has neither text nor html")
        return self


class BrokenLine(Model):
    """A line that gives no article; the rest of its file is read all the same."""

    line: int
    why: str


def read_jsonl(path: Path) -> Iterator[ReplayItem | BrokenLine]:
    """The articles of a ``.jsonl`` or ``.jsonl.gz`` file in file order; empty lines are passed over.

    Raises `ArchiveError` where the file can't be opened, and, after what could be read, where it breaks off.
    """
    count = 0
    try:
        with _opened(path) as file:
            while line := file.readline(LONGEST_LINE + 1):
                count += 1
                if len(line) > LONGEST_LINE:
                    yield BrokenLine(line=count, why=f"longer than {LONGEST_LINE // 1024**2} MB")
                    while line and not line.endswith(b"\n"):
                        line = file.readline(LONGEST_LINE)
                elif line.strip():
                    yield _item(line, count)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ArchiveError("the file is incomplete", where=f"{path}:{count + 1}", why=str(error)) from error
    except OSError as error:
        raise ArchiveError(
            "the file can't be read", where=str(path), why=(error.strerror or str(error)).lower()
        ) from error


def _opened(path: Path) -> IO[bytes]:
    file = path.open("rb")
    start = file.read(2)
    file.seek(0)
    if start != b"\x1f\x8b":
        return file
    file.close()
    return gzip.open(path, "rb")  # type: ignore[return-value]


def _item(line: bytes, number: int) -> ReplayItem | BrokenLine:
    try:
        said = json.loads(line.decode("utf-8-sig"))
        if not isinstance(said, dict):
            return BrokenLine(line=number, why="it is JSON, but not an object")
        return ReplayItem.model_validate({**said, "line": number})
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        why = str(first["msg"]).removeprefix("Value error, ")
        return BrokenLine(line=number, why=f"{field}: {why}" if field else why)
    except RecursionError:
        return BrokenLine(line=number, why="it is nested too deeply")
    except UnicodeDecodeError:
        return BrokenLine(line=number, why="it is not UTF-8 text")
    except ValueError as error:
        return BrokenLine(line=number, why=f"it is not JSON: {error}")
