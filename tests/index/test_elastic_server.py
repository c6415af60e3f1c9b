"""What stands between us and Elasticsearch is told in words; no server is needed for these."""

from __future__ import annotations

import json
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from pipeline.errors import SearchIndexError
from pipeline.index.contract import Batch
from pipeline.index.elastic.index import ElasticIndex
from pipeline.index.elastic.mappings import fingerprint
from pipeline.index.elastic.server import Address, Server
from schemas.search import IndexKind, Query, Refusal
from tests.index.conftest import ANALYZERS
from tests.index.test_contract import document

PRODUCT = {"X-Elastic-Product": "Elasticsearch"}


class Fake:
    """A server that says of itself what a test wants, and answers to bulk requests what it is told to."""

    def __init__(self, http: HTTPServer, version: str = "9.5.0") -> None:
        self.url = http.url_for("")
        self.bulks: list[Callable[[int], list[dict[str, Any]] | int]] = []
        self.asked: list[str] = []
        self._version = version
        http.expect_request("/_nodes/_all/_none").respond_with_handler(self._nodes)
        http.expect_request("/tallywire-articles/_bulk").respond_with_handler(self._bulk)
        http.expect_request("/tallywire-articles/_refresh").respond_with_handler(lambda _: answer({}))
        http.expect_request("/tallywire-articles").respond_with_handler(self._index)
        http.expect_request("/tallywire-heard/_doc/unique-1").respond_with_handler(lambda _: answer({}))

    def index(self, pauses: list[float] | None = None) -> ElasticIndex:
        seen: list[float] = [] if pauses is None else pauses
        return ElasticIndex(
            Server(Address(self.url.rstrip("/")), pause=seen.append), prefix="tallywire", analyzers=ANALYZERS
        )

    def _nodes(self, request: Request) -> Response:
        return answer({"nodes": {"n": {"version": self._version}}})

    def _index(self, request: Request) -> Response:
        meta = {"mapping": fingerprint(IndexKind.ARTICLES, ANALYZERS)}
        described = {
            "aliases": {"tallywire-articles": {}},
            "mappings": {"_meta": meta},
            "settings": {"index": {"uuid": "unique-1"}},
        }
        return answer({"tallywire-articles-v1": described})

    def _bulk(self, request: Request) -> Response:
        lines = request.get_data(as_text=True).splitlines()
        count = len(lines) // 2
        self.asked.append(f"{count} documents")
        said = self.bulks.pop(0)(count) if self.bulks else [{"status": 201}] * count
        if isinstance(said, int):
            return answer({"error": {"type": "es_rejected_execution_exception", "reason": "full"}}, said)
        return answer({"errors": True, "items": [{"index": item} for item in said]})


def answer(body: object, status: int = 200) -> Response:
    return Response(json.dumps(body), status=status, headers=PRODUCT, content_type="application/json")


def busy(count: int) -> int:
    return 429


def test_a_server_of_another_major_version_is_named_with_both_versions(httpserver: HTTPServer) -> None:
    with pytest.raises(SearchIndexError, match=r"runs Elasticsearch 8\.19\.1, .*\(9\.") as caught:
        Fake(httpserver, "8.19.1").index().search(Query(text="x"))
    assert "run Elasticsearch 9.x" in str(caught.value)


def test_a_server_that_does_not_know_the_clients_dialect_is_of_another_major_version(httpserver: HTTPServer) -> None:
    refusal = {"error": {"type": "media_type_header_exception", "reason": "Invalid media-type value on [Accept]"}}
    httpserver.expect_request("/_nodes/_all/_none").respond_with_handler(lambda _: answer(refusal, 400))
    index = ElasticIndex(Server(Address(httpserver.url_for(""))), prefix="tallywire", analyzers=ANALYZERS)
    with pytest.raises(SearchIndexError, match="different major versions"):
        index.count()


def test_something_else_that_answers_is_told(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/_nodes/_all/_none").respond_with_data("<h1>It works</h1>", content_type="text/html")
    index = ElasticIndex(Server(Address(httpserver.url_for(""))), prefix="tallywire", analyzers=ANALYZERS)
    with pytest.raises(SearchIndexError, match="not Elasticsearch"):
        index.count()


def test_a_client_that_is_not_installed_is_told_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "elasticsearch", None)
    index = ElasticIndex(Server(Address("http://localhost:9")), prefix="tallywire", analyzers=ANALYZERS)
    with pytest.raises(SearchIndexError, match=r"pip install 'tallywire\[elasticsearch\]'"):
        index.count()


def test_a_certificate_that_is_not_there_is_named(tmp_path: Path) -> None:
    missing = tmp_path / "ca.pem"
    server = Server(Address("https://localhost:9", ca=missing))
    with pytest.raises(SearchIndexError, match="TALLYWIRE_ELASTICSEARCH_CA") as caught:
        ElasticIndex(server, prefix="tallywire", analyzers=ANALYZERS).count()
    assert str(missing) in str(caught.value)


def test_nothing_listening_is_waited_for_a_bounded_time_and_told() -> None:
    pauses: list[float] = []
    index = ElasticIndex(
        Server(Address("http://localhost:9"), pause=pauses.append), prefix="tallywire", analyzers=ANALYZERS
    )
    with pytest.raises(SearchIndexError, match=r"(?s)does not answer.*wait in the record"):
        index.write(Batch([document("a", "Flood")], 1))
    assert pauses == [0.5, 1.0, 2.0, 4.0, 8.0]


def test_a_server_that_hangs_is_not_asked_for_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.index.elastic.server._TIMEOUT", 0.2)
    monkeypatch.setattr("pipeline.index.elastic.server.IN_ALL", 0.3)
    pauses: list[float] = []
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = Address(f"http://127.0.0.1:{silent.getsockname()[1]}")
        index = ElasticIndex(Server(address, pause=pauses.append), prefix="tallywire", analyzers=ANALYZERS)
        with pytest.raises(SearchIndexError, match="does not answer in time"):
            index.heard()
    assert pauses == [0.5]


def test_a_reader_is_kept_waiting_for_less_than_a_second() -> None:
    pauses: list[float] = []
    index = ElasticIndex(
        Server(Address("http://localhost:9"), pause=pauses.append), prefix="tallywire", analyzers=ANALYZERS
    )
    with pytest.raises(SearchIndexError, match="does not answer"):
        index.search(Query(text="x"))
    assert 0 < sum(pauses) < 1


def test_a_busy_server_is_asked_again_after_growing_pauses(httpserver: HTTPServer) -> None:
    fake, pauses = Fake(httpserver), []
    fake.bulks = [busy, busy]
    fake.index(pauses).write(Batch([document("a", "Flood")], 1))
    assert fake.asked == ["1 documents"] * 3
    assert pauses == [0.5, 1.0]


def test_a_server_that_stays_busy_is_left_alone_and_nothing_counts_as_heard(httpserver: HTTPServer) -> None:
    fake, pauses = Fake(httpserver), []
    settled: list[Batch] = []
    fake.bulks = [busy] * 6
    with pytest.raises(SearchIndexError, match="too busy"):
        fake.index(pauses).write(Batch([document("a", "Flood")], 1), lambda batch, refused: settled.append(batch))
    assert (len(fake.asked), len(pauses), settled) == (6, 5, [])


def test_only_what_was_turned_away_is_sent_again(httpserver: HTTPServer) -> None:
    fake = Fake(httpserver)
    full = {"status": 429, "error": {"type": "es_rejected_execution_exception", "reason": "queue full"}}
    fake.bulks = [lambda count: [{"status": 201}, full, {"status": 201}]]
    fake.index().write(Batch([document(name, "Flood") for name in "abc"], 3))
    assert fake.asked == ["3 documents", "1 documents"]


def test_a_document_that_is_refused_is_told_with_its_reason_and_the_rest_goes_on(httpserver: HTTPServer) -> None:
    fake = Fake(httpserver)
    cause = {"type": "illegal_argument_exception", "reason": "Expected text"}
    unread = {"type": "document_parsing_exception", "reason": "failed to parse field [x]", "caused_by": cause}
    older = {"type": "version_conflict_engine_exception", "reason": "current version is higher"}
    fake.bulks = [lambda count: [{"status": 400, "error": unread}, {"status": 409, "error": older}, {"status": 201}]]
    told: list[Refusal] = []
    fake.index().write(
        Batch([document(name, "Flood") for name in "abc"], 3), lambda batch, refused: told.extend(refused)
    )
    reason = "document_parsing_exception: failed to parse field [x]: Expected text"
    assert told == [Refusal(kind=IndexKind.ARTICLES, id="a", version=1, reason=reason)]


def test_a_large_batch_goes_in_several_requests(httpserver: HTTPServer) -> None:
    fake = Fake(httpserver)
    text = "flood " * 30_000
    fake.index().write(Batch([document(str(n), "Flood", text, language=None) for n in range(40)], 40))
    assert fake.asked == ["27 documents", "13 documents"]
