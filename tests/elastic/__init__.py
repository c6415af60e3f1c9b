"""An Elasticsearch server for tests.

A room that wants one takes the fixtures into its own conftest::

    from tests.elastic import elasticsearch_server, secure_elasticsearch

    __all__ = ["elasticsearch_server", "secure_elasticsearch"]

and marks its tests ``@pytest.mark.elasticsearch``. What is used is the first of these that is there:

1. ``TALLYWIRE_TEST_ELASTICSEARCH_URL``, a server without security that tests may write to;
2. a Docker engine, which runs the image that docker-compose.yml names;
3. Maven and a JDK of 21 or later: the distribution that Elasticsearch publishes for tests, kept unpacked in a cache
   folder. It lacks the language analysers, so a small plugin of Lucene's own is built into it (``Analysis.java``).

Only the third way can start a server with security on. Servers are shared between the processes of one run of pytest.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.elastic.docker import docker_server
from tests.elastic.local import Missing, local_server
from tests.elastic.sharing import Running, shared_server

SERVER_URL = "TALLYWIRE_TEST_ELASTICSEARCH_URL"


@pytest.fixture(scope="session")
def elasticsearch_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server without security."""
    if given := os.environ.get(SERVER_URL):
        yield Running(given)
        return
    try:
        with shared_server(tmp_path_factory, "plain", lambda: docker_server() or local_server(secure=False)) as server:
            yield server
    except Missing as missing:
        pytest.skip(f"NO ELASTICSEARCH, so search and publishing to it are not tested: {missing}, or set {SERVER_URL}")


@pytest.fixture(scope="session")
def secure_elasticsearch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server with TLS, a superuser ``admin`` and API keys."""
    try:
        with shared_server(tmp_path_factory, "secure", lambda: local_server(secure=True)) as server:
            yield server
    except Missing as missing:
        pytest.skip(f"NO ELASTICSEARCH WITH SECURITY, so TLS, users, role and API key are not tested: {missing}")
