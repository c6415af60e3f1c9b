"""The way to Elasticsearch: opened when first needed, patient, and telling trouble in words."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pipeline.errors import SearchIndexError
from pipeline.index.elastic.trouble import MISSING_PACKAGE, Passing, other_major, translated

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

T = TypeVar("T")

PATIENCE = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds between one try of a write and the next."""
_TIMEOUT = 30.0
"""Seconds an answer may take."""
IN_ALL = 45.0
"""Seconds after which nothing is asked again: a server that hangs takes its time with each answer, and mails wait."""


@dataclass(frozen=True)
class Address:
    """Where Elasticsearch is and who asks. ``url`` may name several nodes, separated by commas; no credentials."""

    url: str
    api_key: str | None = field(default=None, repr=False)
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    ca: Path | None = None


class Server:
    """Elasticsearch as the index asks it. Raises SearchIndexError for whatever goes wrong.

    Nothing is opened before the first call, which also sees whether client and server are of the same major version:
    of different ones, each request would be refused with an error that names neither.
    """

    def __init__(
        self,
        address: Address,
        *,
        pause: Callable[[float], None] = time.sleep,
        patience: tuple[float, ...] = PATIENCE,
    ) -> None:
        self._address = address
        self._open: Elasticsearch | None = None
        self.place = address.url
        self.pause = pause
        self.patience = patience

    def ask(self, question: Callable[[Elasticsearch], T]) -> T:
        """The answer to one question, asked once."""
        if self._open is None:
            client = self._connect()
            try:
                self._check_version(client)
            except BaseException:
                client.close()
                raise
            self._open = client
        return self._translated(self._open, question)

    def insist(self, question: Callable[[Elasticsearch], T]) -> T:
        """The answer to a question that may be asked again, with pauses, while Elasticsearch is away or too busy."""
        give_up = time.monotonic() + IN_ALL
        for seconds in self.patience:
            try:
                return self.ask(question)
            except Passing:
                if time.monotonic() > give_up:
                    raise
                self.pause(seconds)
        return self.ask(question)

    def close(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None

    def _connect(self) -> Elasticsearch:
        try:
            from elasticsearch import Elasticsearch
        except ImportError as error:
            raise MISSING_PACKAGE from error
        # It would tell of each try that failed, in a traceback's words, before we do.
        logging.getLogger("elastic_transport").setLevel(logging.CRITICAL)
        address = self._address
        given: dict[str, Any] = {}
        if address.api_key:
            given["api_key"] = address.api_key
        elif address.user:
            given["basic_auth"] = (address.user, address.password or "")
        if address.ca is not None:
            if not address.ca.is_file():
                raise SearchIndexError(
                    "the CA certificate for Elasticsearch does not exist",
                    where=str(address.ca),
                    hint="set TALLYWIRE_ELASTICSEARCH_CA to the path of a PEM file",
                )
            given["ca_certs"] = str(address.ca)
        try:
            # The client would try again at once; pausing is ours.
            return Elasticsearch(
                address.url.split(","), request_timeout=_TIMEOUT, max_retries=0, retry_on_timeout=False, **given
            )
        except (ValueError, OSError) as error:
            raise SearchIndexError(
                "the address of Elasticsearch can't be used",
                where=self.place,
                why=str(error),
                hint="write TALLYWIRE_ELASTICSEARCH_URL like https://search.example.org:9200; "
                "set TALLYWIRE_ELASTICSEARCH_CA only for an https address",
            ) from error

    def _check_version(self, client: Elasticsearch) -> None:
        ours = version("elasticsearch")
        try:
            # `GET /` would do, but not every server answers it.
            nodes = self._translated(
                client, lambda one: one.nodes.info(node_id="_all", metric="_none", filter_path="nodes.*.version")
            )
        except Passing:
            raise
        except SearchIndexError as error:
            if "not allow this user" in error.what:
                return
            raise
        for node in nodes.body.get("nodes", {}).values():
            if str(node["version"]).split(".")[0] != ours.split(".")[0]:
                raise other_major(self.place, str(node["version"]), ours)

    def _translated(self, client: Elasticsearch, question: Callable[[Elasticsearch], T]) -> T:
        try:
            return question(client)
        except SearchIndexError:
            raise
        except Exception as error:
            told = translated(error, self.place)
            if told is None:
                raise
            raise told from error
