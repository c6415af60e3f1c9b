"""A batch of documents written in bulk, each with an answer of its own."""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from pipeline.index.contract import Batch
from pipeline.index.elastic.documents import source_of
from pipeline.index.elastic.server import IN_ALL, Server
from pipeline.index.elastic.trouble import Passing, of_answer, oneline, reason_of
from schemas.base import stable_id
from schemas.search import Refusal

_CHUNK = 5_000_000
"""Bytes of one request, unless a single document is longer."""
_LONGEST_KEY = 512
_DOCUMENTS_FAULT = {
    "document_parsing_exception",
    "mapper_parsing_exception",
    "illegal_argument_exception",
    "parsing_exception",
}


@dataclass(frozen=True)
class _Operation:
    id: str
    version: int
    lines: tuple[bytes, ...]
    removal: bool = False

    @property
    def size(self) -> int:
        return sum(map(len, self.lines))


def write_bulk(
    server: Server, target: str, batch: Batch, languages: Collection[str], *, alias: bool = True
) -> list[Refusal]:
    """Write ``batch`` to the alias or index ``target``; gives the documents that were refused for what they hold.

    A document of an older version than the one that is there is passed over. Raises SearchIndexError where it is not a
    document's own fault; some of the batch may be written then, and all of it may be written again.
    """
    refused: list[Refusal] = []
    for chunk in _chunks(_operations(batch, languages)):
        give_up = time.monotonic() + IN_ALL
        left = chunk
        for seconds in (*server.patience, None):
            left, trouble = _send(server, target, left, batch, refused, alias=alias)
            if trouble is None:
                break
            if seconds is None or time.monotonic() > give_up:
                raise trouble
            server.pause(seconds)
    return refused


def _operations(batch: Batch, languages: Collection[str]) -> Iterator[_Operation]:
    for document in batch.documents:
        action = {"index": _at(document.id, document.version)}
        source = source_of(batch.kind, document, languages)
        yield _Operation(document.id, document.version, (_line(action), _line(source)))
    for id, version in batch.removed:
        yield _Operation(id, version, (_line({"delete": _at(id, version)}),), removal=True)


def _at(id: str, version: int) -> dict[str, Any]:
    return {"_id": key_of(id), "version": version, "version_type": "external"}


def key_of(id: str) -> str:
    """The ``_id`` of a document: its id, or a digest of one that Elasticsearch would not take."""
    return id if 0 < len(id.encode("utf-8", "replace")) <= _LONGEST_KEY else stable_id("key", id)


def _line(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _chunks(operations: Iterator[_Operation]) -> Iterator[list[_Operation]]:
    chunk: list[_Operation] = []
    size = 0
    for operation in operations:
        if chunk and size + operation.size > _CHUNK:
            yield chunk
            chunk, size = [], 0
        chunk.append(operation)
        size += operation.size
    if chunk:
        yield chunk


def _send(
    server: Server, target: str, chunk: list[_Operation], batch: Batch, refused: list[Refusal], *, alias: bool
) -> tuple[list[_Operation], Passing | None]:
    """Send ``chunk`` once; gives what of it has to be sent again, and why."""
    lines: list[Any] = [line for operation in chunk for line in operation.lines]
    try:
        # An alias that is gone must not come back as an index whose mapping is guessed.
        answer = server.ask(lambda client: client.bulk(index=target, operations=lines, require_alias=alias)).body
    except Passing as trouble:
        return chunk, trouble
    again: list[_Operation] = []
    passing: Passing | None = None
    for operation, item in zip(chunk, answer["items"], strict=True):
        (result,) = item.values()
        error, status = result.get("error"), int(result["status"])
        if error is None or status == 409:
            continue
        kind, reason = reason_of(error)
        if kind in _DOCUMENTS_FAULT:
            refused.append(
                Refusal(
                    kind=batch.kind, id=operation.id, version=operation.version, reason=oneline(f"{kind}: {reason}")
                )
            )
            continue
        told = of_answer(status, kind, reason, f"{server.place} {target}")
        if kind == "index_not_found_exception":
            # A rebuild may just have put another index behind the alias.
            told = Passing(told.what, where=told.where, why=told.why, hint=told.hint)
        if not isinstance(told, Passing):
            raise told
        again.append(operation)
        passing = told
    return again, passing
