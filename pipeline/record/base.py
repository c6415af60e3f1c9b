"""What the tables of every noun share: metadata, column types, documents, and writing a row again.

A row holds the columns that are searched or changed by themselves, and a ``document``: the pydantic model as JSON, from
which everything else is read back. Where a column and the document say the same, the column is the truth.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticSerializationError
from sqlalchemy import BigInteger, ColumnElement, Connection, DateTime, Dialect, Integer, MetaData, Table, Text, cast
from sqlalchemy.types import TypeDecorator, TypeEngine, UserDefinedType

from pipeline.errors import RecordError

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite

M = TypeVar("M", bound=BaseModel)
T = TypeVar("T")

AnyTable = Table[Any]

BATCH = 500
"""Rows read or ids asked for at once: few round trips, little memory."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Moment(TypeDecorator[datetime]):
    """An instant, aware and in UTC on both sides; SQLite keeps it as text that sorts by time."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone can't be kept")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


class Words(TypeDecorator[str]):
    """Text, made `keepable`, sorted by code point on both databases."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return Text(collation="C") if dialect.name == "postgresql" else Text()

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else keepable(value)


class _Jsonb(UserDefinedType[str]):
    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "JSONB"

    def column_expression(self, colexpr: ColumnElement[Any]) -> ColumnElement[str]:
        return cast(colexpr, Text)


class Document(TypeDecorator[str]):
    """A model as JSON: JSONB on PostgreSQL, text on SQLite.

    It goes in and comes out as text, for pydantic reads and writes JSON itself; a parser in between only costs time.
    """

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return _Jsonb() if dialect.name == "postgresql" else Text()


SERIAL = BigInteger().with_variant(Integer(), "sqlite")
"""A key the database counts up by itself; SQLite does so for INTEGER only."""

_UNKEEPABLE = re.compile("[\0\ud800-\udfff]")
_ESCAPED_NUL = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")


def keepable(text: str) -> str:
    """``text`` with U+FFFD for each NUL, which PostgreSQL can't keep, and each half of a surrogate pair, which UTF-8
    can't say: one character for one, so that spans still count the same.
    """
    return _UNKEEPABLE.sub("\ufffd", text)


def to_document(model: BaseModel) -> str:
    """``model`` as JSON, its texts made `keepable`."""
    try:
        text = model.model_dump_json()
    except PydanticSerializationError:
        text = keepable(json.dumps(model.model_dump(mode="json"), ensure_ascii=False))
    return _ESCAPED_NUL.sub("\\1\ufffd", text) if "\\u0000" in text else text


def from_document(kind: type[M], document: str, where: str) -> M:
    """The model that ``document`` holds. Raises ``RecordError``, naming ``where``, if it doesn't fit the model."""
    try:
        return kind.model_validate_json(document)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        at = ".".join(str(part) for part in first["loc"])
        raise RecordError(
            f"the stored {kind.__name__} can't be read by this version",
            where=where,
            why=f"{at}: {first['msg']}" if at else first["msg"],
            hint="it may have been written by another version; run `tallywire doctor`",
        ) from error


def url_key(url: str) -> str:
    """A short key of ``url`` to look it up by: an address may be longer than PostgreSQL lets an index row be."""
    return hashlib.blake2b(url.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def batches(items: Iterable[T], size: int = BATCH) -> Iterator[list[T]]:
    """``items`` in lists of at most ``size``."""
    remaining = iter(items)
    while batch := list(islice(remaining, size)):
        yield batch


def insert_into(dialect: str, table: AnyTable) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that can say what to do when the row is there; both dialects say it in the same words."""
    # Each takes a tenth of a second to import, and a process uses one.
    if dialect == "postgresql":
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(table)
    from sqlalchemy.dialects import sqlite

    return sqlite.insert(table)


def put_rows(connection: Connection, table: AnyTable, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert ``rows``, which all name the same columns, or replace those columns where the primary key is there."""
    if rows:
        connection.execute(_upsert(connection.dialect.name, table, tuple(rows[0])), list(rows))


def add_rows(connection: Connection, table: AnyTable, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert ``rows``; those whose primary key is there already are left as they are."""
    if rows:
        connection.execute(_add(connection.dialect.name, table), list(rows))


@cache
def _upsert(dialect: str, table: AnyTable, names: tuple[str, ...]) -> sqlite.Insert | postgresql.Insert:
    key = [column.name for column in table.primary_key]
    insert = insert_into(dialect, table)
    changes = {name: insert.excluded[name] for name in names if name not in key}
    if not changes:
        return insert.on_conflict_do_nothing(index_elements=key)
    return insert.on_conflict_do_update(index_elements=key, set_=changes)


@cache
def _add(dialect: str, table: AnyTable) -> sqlite.Insert | postgresql.Insert:
    return insert_into(dialect, table).on_conflict_do_nothing(
        index_elements=[column.name for column in table.primary_key]
    )
