"""What the steps work with."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from pipeline.collect.archive import Archive
from pipeline.index.contract import SearchIndex
from pipeline.index.elastic.index import ElasticIndex
from pipeline.index.elastic.server import Address, Server
from pipeline.index.sqlite import SqliteIndex
from pipeline.private import make_private
from pipeline.record import Record
from pipeline.settings import Settings

Clock = Callable[[], datetime]
"""Gives the present moment in UTC."""


def system_clock() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Services:
    """The record, the index, the archive and the clock of one deployment."""

    settings: Settings
    record: Record
    index: SearchIndex
    archive: Archive
    clock: Clock

    def close(self) -> None:
        self.archive.close()
        self.index.close()
        self.record.close()


def open_services(settings: Settings, *, clock: Clock = system_clock) -> Services:
    """The services that the settings name, the record brought up to date; what lies in the home, and whatever this
    process writes from here on, is for its user alone.

    Raises RecordError or SearchIndexError where one of them can't be used.
    """
    with suppress(OSError):
        # Whoever writes there says what is wrong; not all that is opened is written to.
        make_private(settings.home)
    record = Record(settings.record_url)
    record.migrate()
    return Services(
        settings=settings,
        record=record,
        index=open_index(settings),
        archive=Archive(settings.archive_path),
        clock=clock,
    )


def open_index(settings: Settings) -> SearchIndex:
    """Elasticsearch if its address is set, else SQLite in the home; nothing is opened before it is needed."""
    if settings.elasticsearch_url is None:
        return SqliteIndex(settings.index_path)
    key, password = settings.elasticsearch_api_key, settings.elasticsearch_password
    address = Address(
        url=settings.elasticsearch_url,
        api_key=key.get_secret_value() if key else None,
        user=settings.elasticsearch_user,
        password=password.get_secret_value() if password else None,
        ca=settings.elasticsearch_ca,
    )
    return ElasticIndex(Server(address), prefix=settings.elasticsearch_prefix, analyzers=settings.analyzers)
