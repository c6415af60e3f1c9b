"""Indices behind aliases: made, filled, rebuilt and refused, on a real server."""

from __future__ import annotations

import threading
import time
import traceback
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from elasticsearch import Elasticsearch

from pipeline.errors import SearchIndexError
from pipeline.index.contract import Batch
from pipeline.index.elastic.index import ElasticIndex
from schemas.search import ArticleDocument, IndexKind, Query, Refusal
from tests.elastic.sharing import Running
from tests.index.conftest import elastic_index, names, remove
from tests.index.test_contract import ARTICLES, document, found, write
from tests.index.test_publish import story_document

pytestmark = pytest.mark.elasticsearch


def test_setting_up_makes_an_alias_for_each_kind_once(
    elastic: ElasticIndex, cluster: Elasticsearch, prefix: str
) -> None:
    elastic.setup()
    first = names(cluster, prefix)
    elastic.setup()
    assert names(cluster, prefix) == first
    aliases = cluster.indices.get_alias(index=f"{prefix}-*").body
    behind = {alias for held in aliases.values() for alias in held["aliases"]}
    assert behind == {f"{prefix}-{kind}" for kind in ("articles", "stories", "figures", "alerts", "entries", "briefs")}


def test_processes_that_set_up_at_once_make_each_index_once(
    elasticsearch_server: Running, cluster: Elasticsearch
) -> None:
    name = f"t{uuid.uuid4().hex[:12]}"
    indexes = [elastic_index(elasticsearch_server.url, name) for _ in range(4)]
    start = threading.Barrier(len(indexes))

    def set_up(index: ElasticIndex) -> None:
        start.wait()
        index.setup()

    try:
        with ThreadPoolExecutor(len(indexes)) as pool:
            list(pool.map(set_up, indexes))
        aliases = cluster.indices.get_alias(index=f"{name}-*").body
        served = [alias for held in aliases.values() for alias in held["aliases"]]
        assert sorted(served) == sorted(f"{name}-{kind.value}" for kind in IndexKind)
    finally:
        for index in indexes:
            index.close()
        remove(cluster, *names(cluster, name))
        cluster.indices.delete_index_template(name=f"{name}-*")


def test_an_index_never_comes_into_being_by_a_write(elastic: ElasticIndex, cluster: Elasticsearch, prefix: str) -> None:
    elastic.setup()
    items = cluster.bulk(operations=[{"index": {"_index": f"{prefix}-articles-v99", "_id": "x"}}, {"x": 1}])["items"]
    assert "forbids index auto creation" in items[0]["index"]["error"]["reason"]


def test_an_index_that_was_dropped_has_heard_nothing(
    elastic: ElasticIndex, cluster: Elasticsearch, prefix: str
) -> None:
    elastic.setup()
    write(elastic, [document("a", "Flood")], heard=7)
    assert elastic.heard() == 7
    cluster.indices.delete(index=articles_behind(cluster, prefix))
    with pytest.raises(SearchIndexError, match="tallywire index setup"):
        elastic.heard()
    elastic.setup()
    assert elastic.heard() == 0


def test_an_index_that_vanishes_is_told_and_nothing_counts_as_heard(
    elastic: ElasticIndex, cluster: Elasticsearch, prefix: str
) -> None:
    elastic.setup()
    assert elastic.heard() == 0
    cluster.indices.delete(index=articles_behind(cluster, prefix))
    settled: list[Batch] = []
    with pytest.raises(SearchIndexError, match="the index does not exist"):
        elastic.write(Batch([document("a", "Flood")], 1), lambda batch, refused: settled.append(batch))
    assert settled == []


def test_a_nearly_full_disk_is_told_and_nothing_is_lost(
    elastic: ElasticIndex, cluster: Elasticsearch, prefix: str
) -> None:
    elastic.setup()
    alias = f"{prefix}-articles"
    cluster.indices.put_settings(index=alias, settings={"index.blocks.read_only_allow_delete": True})
    with pytest.raises(SearchIndexError, match="disk is nearly full") as caught:
        write(elastic, [document("a", "Flood")], heard=1)
    assert "wait in the record" in str(caught.value)
    assert elastic.heard() == 0
    cluster.indices.put_settings(index=alias, settings={"index.blocks.read_only_allow_delete": None})
    write(elastic, [document("a", "Flood")], heard=1)
    assert found(elastic, "flood") == ["a"]


def test_an_index_of_another_mapping_is_not_written_to_until_it_is_rebuilt(
    elastic: ElasticIndex, elasticsearch_server: Running, prefix: str
) -> None:
    elastic.setup()
    write(elastic, [document("a", "Flood")], heard=1)
    newer = elastic_index(elasticsearch_server.url, prefix, {"*": "standard"})
    try:
        for refused in (newer.setup, newer.heard, lambda: write(newer, [document("b", "Flood")], heard=2)):
            with pytest.raises(SearchIndexError, match="tallywire index rebuild"):
                refused()
        assert found(newer, "flood") == ["a"]
        newer.rebuild(ARTICLES, [Batch([document("a", "Flood"), document("b", "Flood")], 2)])
        assert newer.heard() == 2
        assert sorted(found(newer, "flood")) == ["a", "b"]
        assert sorted(found(elastic, "flood")) == ["a", "b"]
    finally:
        # The next test's indices are made with the usual analysers.
        elastic.rebuild(ARTICLES, [])
        newer.close()


def test_a_mapping_changed_by_hand_stops_writing_instead_of_losing_documents(
    elastic: ElasticIndex, cluster: Elasticsearch, prefix: str
) -> None:
    remove(cluster, *articles_behind(cluster, prefix))
    cluster.indices.create(
        index=f"{prefix}-articles-by-hand",
        aliases={f"{prefix}-articles": {}},
        mappings={"dynamic": "strict", "properties": {"article": {"properties": {"id": {"type": "keyword"}}}}},
    )
    with pytest.raises(SearchIndexError, match="by another version"):
        write(elastic, [document("a", "Flood")], heard=1)
    assert elastic.rebuild(ARTICLES, [Batch([document("a", "Flood")], 1)]) == 1
    assert found(elastic, "flood") == ["a"]


def test_an_index_where_an_alias_belongs_is_told(elastic: ElasticIndex, cluster: Elasticsearch, prefix: str) -> None:
    remove(cluster, *(name for name in names(cluster, prefix) if "-alerts-" in name))
    cluster.indices.create(index=f"{prefix}-alerts")
    with pytest.raises(SearchIndexError, match=f"DELETE {prefix}-alerts"):
        elastic.setup()


def test_analysers_that_the_server_lacks_are_named_with_the_way_out(
    elasticsearch_server: Running, cluster: Elasticsearch
) -> None:
    index = elastic_index(elasticsearch_server.url, "unmade", {"*": "folding", "en": "english", "xx": "klingon"})
    with pytest.raises(SearchIndexError, match=r"lacks the analysers xx=klingon\n.*\n?.*\*=standard"):
        index.setup()
    index.close()
    assert names(cluster, "unmade") == []


def test_a_document_that_elasticsearch_cannot_hold_is_told_and_the_others_are_found(elastic: ElasticIndex) -> None:
    elastic.setup()
    huge = document("huge", "Flood", revision=2**40)
    told: list[Refusal] = []
    elastic.write(Batch([document("a", "Flood"), huge], 2), lambda batch, refused: told.extend(refused))
    assert [(one.id, "out of range" in one.reason) for one in told] == [("huge", True)]
    assert found(elastic, "flood") == ["a"]
    assert elastic.heard() == 2


def test_what_is_long_is_taken_all_the_same(elastic: ElasticIndex) -> None:
    elastic.setup()
    long = document(
        "i" * 2000,
        "T" * 40_000,
        "x" * 40_000 + " flood",
        url="https://a.example/" + "p" * 40_000,
        authors=("N" * 40_000,),
    )
    refused: list[Refusal] = []
    elastic.write(Batch([long], 1), lambda batch, some: refused.extend(some))
    assert refused == []
    assert found(elastic, "flood") == ["i" * 2000]


def test_removed_stories_go_and_stay_gone(elastic: ElasticIndex) -> None:
    elastic.setup()
    stories = IndexKind.STORIES
    elastic.write(Batch([story_document("s1", 1), story_document("s2", 2)], 2, stories))
    elastic.write(Batch([], 5, stories, [("s1", 5), ("never-there", 4)]))
    elastic.write(Batch([story_document("s1", 1)], 5, stories))
    assert elastic.count(stories) == 1
    assert elastic.heard(stories) == 5


def test_what_a_killed_rebuild_left_is_cleared_away(elastic: ElasticIndex, cluster: Elasticsearch, prefix: str) -> None:
    elastic.setup()
    write(elastic, [document("a", "Flood")], heard=1)
    cluster.indices.create(index=f"{prefix}-articles-v77")
    assert elastic.rebuild(ARTICLES, [Batch([document("b", "Flood")], 2)]) == 1
    left = [name for name in names(cluster, prefix) if "-articles-" in name]
    assert len(left) == 1
    assert found(elastic) == ["b"]


def test_a_reader_goes_on_from_page_to_page_over_a_rebuild(elastic: ElasticIndex) -> None:
    elastic.setup()
    documents = [document(f"d{n}", "Flood") for n in range(6)]
    write(elastic, documents, heard=6)
    first = elastic.search(Query(text="flood", limit=3))
    elastic.rebuild(ARTICLES, [Batch(documents, 6)])
    second = elastic.search(Query(text="flood", limit=3, after=first.next))
    assert [hit.document.id for hit in (*first.hits, *second.hits)] == [f"d{n}" for n in range(6)]
    assert second.next is None


def test_a_rebuild_beside_a_writer_and_a_searcher_misses_nothing(
    elastic: ElasticIndex, elasticsearch_server: Running, prefix: str
) -> None:
    elastic.setup()
    documents = [document(f"d{n}", "Flood", version=n) for n in range(1, 15)]
    stopped = threading.Event()
    record: list[ArticleDocument] = []
    failures: list[str] = []

    def publish(index: ElasticIndex) -> None:
        while batch := record[index.heard() :]:
            index.write(Batch(batch, batch[-1].version))

    def writer() -> None:
        index = elastic_index(elasticsearch_server.url, prefix, pause=time.sleep)
        try:
            for one in documents:
                record.append(one)
                publish(index)
        except BaseException:
            failures.append(traceback.format_exc())
        finally:
            stopped.set()
            index.close()

    def searcher() -> None:
        index = elastic_index(elasticsearch_server.url, prefix, pause=time.sleep)
        try:
            while not stopped.is_set():
                index.search(Query(text="flood"))
        except BaseException:
            failures.append(traceback.format_exc())
        finally:
            index.close()

    def batches() -> Iterator[Batch]:
        heard = 0
        while batch := record[heard : heard + 7]:
            heard = batch[-1].version
            yield Batch(batch, heard)

    threads = [threading.Thread(target=work) for work in (writer, searcher)]
    for thread in threads:
        thread.start()
    rebuilds = 0
    while not stopped.is_set():
        elastic.rebuild(ARTICLES, batches())
        rebuilds += 1
    for thread in threads:
        thread.join()
    publish(elastic)
    assert failures == []
    assert rebuilds
    assert elastic.count() == len(documents)


def test_german_words_are_found_by_their_stem_and_marked(elastic: ElasticIndex) -> None:
    elastic.setup()
    write(elastic, [document("a", "Kinder", "Die Häuser der Familien.", language="de")], heard=1)
    (hit,) = elastic.search(Query(text="haus", languages=("de",))).hits
    assert hit.highlights == ("Die ⟦Häuser⟧ der Familien.",)


def test_katakana_is_found_within_longer_words(elastic: ElasticIndex) -> None:
    elastic.setup()
    write(elastic, [document("ja", "ウクライナ政府の発表", language="ja")], heard=1)
    assert found(elastic, "クライナ政府") == ["ja"]


def test_no_number_of_words_is_too_many(elastic: ElasticIndex) -> None:
    elastic.setup()
    text = " ".join(f"word{n}" for n in range(64))
    write(elastic, [document("a", "Many", text)], heard=1)
    assert found(elastic, text) == ["a"]


def articles_behind(cluster: Elasticsearch, prefix: str) -> list[str]:
    return [name for name in names(cluster, prefix) if "-articles-" in name]
