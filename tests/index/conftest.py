"""The indexes that the contract is held against."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from elasticsearch import Elasticsearch

from pipeline.index.contract import SearchIndex
from pipeline.index.elastic.index import ElasticIndex
from pipeline.index.elastic.server import Address, Server
from pipeline.index.sqlite import SqliteIndex
from tests.elastic import elasticsearch_server, secure_elasticsearch
from tests.elastic.sharing import Running

__all__ = ["elasticsearch_server", "secure_elasticsearch"]

ANALYZERS = {"*": "folding", "en": "english", "de": "german"}


@pytest.fixture(params=["sqlite", pytest.param("elastic", marks=pytest.mark.elasticsearch)])
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SearchIndex]:
    made: SearchIndex = (
        SqliteIndex(tmp_path / "index.db") if request.param == "sqlite" else request.getfixturevalue("elastic")
    )
    made.setup()
    yield made
    made.close()


@pytest.fixture(scope="session")
def cluster(elasticsearch_server: Running) -> Iterator[Elasticsearch]:
    """The server as an administrator sees it."""
    with Elasticsearch(elasticsearch_server.url, request_timeout=60) as client:
        yield client


@pytest.fixture(scope="session")
def indices(cluster: Elasticsearch) -> Iterator[str]:
    """The prefix of this process's indices; whatever has it is gone afterwards."""
    name = f"t{uuid.uuid4().hex[:12]}"
    yield name
    remove(cluster, *names(cluster, name))
    cluster.indices.delete_index_template(name=f"{name}-*")


@pytest.fixture
def prefix(cluster: Elasticsearch, indices: str) -> Iterator[str]:
    """A prefix under which nothing is written; empty indices may be left there, for they take long to make."""
    yield indices
    found = names(cluster, indices)
    if found:
        cluster.indices.refresh(index=found)
    remove(cluster, *(name for name in found if not untouched(cluster, name)))


def names(cluster: Elasticsearch, prefix: str) -> list[str]:
    answer = cluster.indices.get(index=f"{prefix}-*", expand_wildcards="all", filter_path="*.aliases")
    return sorted(answer.body)


def untouched(cluster: Elasticsearch, name: str) -> bool:
    if name.endswith("-heard"):
        return False
    alias = name.rpartition("-v")[0]
    mapping = cluster.indices.get(index=name).body[name]
    made_by_us = alias in mapping["aliases"] and "_meta" in mapping["mappings"]
    return made_by_us and "blocks" not in mapping["settings"]["index"] and not cluster.count(index=name)["count"]


def remove(cluster: Elasticsearch, *found: str) -> None:
    if found:
        cluster.indices.delete(index=list(found))


@pytest.fixture
def elastic(elasticsearch_server: Running, prefix: str) -> Iterator[ElasticIndex]:
    """An index in Elasticsearch that waits for nothing; not set up yet."""
    index = elastic_index(elasticsearch_server.url, prefix)
    yield index
    index.close()


def no_pause(seconds: float) -> None:
    """For servers that are there or not, but never busy."""


def elastic_index(
    url: str,
    prefix: str,
    analyzers: Mapping[str, str] = ANALYZERS,
    *,
    pause: Callable[[float], None] = no_pause,
    **address: Any,
) -> ElasticIndex:
    server = Server(Address(url, **address), pause=pause)
    return ElasticIndex(server, prefix=prefix, analyzers=analyzers)
