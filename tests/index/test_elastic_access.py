"""With security on: who is let in, who is not, and that the role of least privilege is enough and no more."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from elasticsearch import AuthorizationException, Elasticsearch

from pipeline.errors import SearchIndexError
from pipeline.index.contract import Batch
from pipeline.index.elastic.index import ElasticIndex
from tests.elastic.local import LIMITED
from tests.elastic.sharing import Running
from tests.index.conftest import elastic_index
from tests.index.test_contract import ARTICLES, document, found, write

pytestmark = pytest.mark.elasticsearch
PREFIX = "tallywire"


@pytest.fixture(scope="module")
def admin(secure_elasticsearch: Running) -> Iterator[ElasticIndex]:
    """The index as an administrator made it; this module is the only one on that server."""
    index = connect(secure_elasticsearch)
    index.setup()
    yield index
    index.close()


def connect(server: Running, prefix: str = PREFIX, **address: object) -> ElasticIndex:
    given: dict[str, object] = {"ca": Path(server.ca or ""), "user": server.user, "password": server.password}
    return elastic_index(server.url, prefix, **given | address)


def may_publish_and_search_and_nothing_else(index: ElasticIndex, server: Running, name: str) -> None:
    index.setup()
    write(index, [document(name, "Flood")], heard=index.heard() + 1)
    assert name in found(index, "flood")
    for refused in (lambda: index.rebuild(ARTICLES, [Batch([], 1)]), index.grant):
        with pytest.raises(SearchIndexError, match="not allow this user"):
            refused()


def test_a_file_user_of_the_role_may_publish_and_search_and_nothing_else(
    secure_elasticsearch: Running, admin: ElasticIndex
) -> None:
    limited = connect(secure_elasticsearch, user=LIMITED)
    may_publish_and_search_and_nothing_else(limited, secure_elasticsearch, "by-user")
    limited.close()
    elsewhere = connect(secure_elasticsearch, prefix="other", user=LIMITED)
    with pytest.raises(SearchIndexError, match="not allow this user"):
        elsewhere.setup()
    elsewhere.close()


def test_an_api_key_that_setting_up_gives_may_do_the_same_and_no_more(
    secure_elasticsearch: Running, admin: ElasticIndex
) -> None:
    key = admin.grant()
    keyed = connect(secure_elasticsearch, user=None, api_key=key)
    may_publish_and_search_and_nothing_else(keyed, secure_elasticsearch, "by-key")
    keyed.close()
    with (
        Elasticsearch(secure_elasticsearch.url, api_key=key, ca_certs=secure_elasticsearch.ca) as client,
        pytest.raises(AuthorizationException),
    ):
        client.indices.delete(index=f"{PREFIX}-articles-v1")


def test_a_wrong_password_is_told_without_repeating_it(secure_elasticsearch: Running) -> None:
    index = connect(secure_elasticsearch, password="hunter2")
    with pytest.raises(SearchIndexError, match="rejects the credentials") as caught:
        index.count()
    assert "hunter2" not in str(caught.value)
    assert "hunter2" not in repr(index._server._address)
    index.close()


def test_a_certificate_that_nobody_vouches_for_is_told(secure_elasticsearch: Running) -> None:
    index = connect(secure_elasticsearch, ca=None)
    with pytest.raises(SearchIndexError, match=r"(?s)certificate can't be trusted.*TALLYWIRE_ELASTICSEARCH_CA"):
        index.count()
    index.close()


def test_a_server_without_security_makes_no_api_keys(elasticsearch_server: Running, elastic: ElasticIndex) -> None:
    with pytest.raises(SearchIndexError):
        elastic.grant()
