"""What changed in the record reaches the index: all of it, once an outage is over, and nothing twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch

from pipeline.errors import SearchIndexError
from pipeline.index.contract import Batch, Settle, ignore_refusals
from pipeline.index.elastic.index import ElasticIndex
from pipeline.settings import Settings
from pipeline.steps.publish import behind, publish, rebuild, refusals
from pipeline.steps.services import Services, open_services
from pipeline.steps.showing.documents import CHANGES, alert_document
from schemas.alert import AlertKind, ArticleRef, FeedNews, FigureNews, Statement
from schemas.feed import Health, Outcome
from schemas.figure import Figure, VerdictKind
from schemas.search import Document, IndexKind, Query, Refusal, Results, StoryDocument
from tests.index.test_contract import NOON
from tests.record import examples


def story_document(name: str, version: int) -> StoryDocument:
    return StoryDocument(
        id=name,
        version=version,
        headline=name,
        first_seen=NOON,
        last_seen=NOON,
        reports=1,
        copies=0,
        topics=("floods",),
    )


@dataclass
class MemoryIndex:
    """Holds all kinds in memory, and fails as it is told to."""

    documents: dict[tuple[IndexKind, str], Document] = field(default_factory=dict)
    known: dict[IndexKind, int] = field(default_factory=dict)
    refuses: set[str] = field(default_factory=set)
    fails_after: int | None = None
    record: str | None = None

    @property
    def kinds(self) -> tuple[IndexKind, ...]:
        return tuple(IndexKind)

    def setup(self) -> None:
        pass

    def owner(self) -> str | None:
        return self.record

    def own(self, owner: str) -> None:
        self.record = owner

    def write(self, batch: Batch, settle: Settle = ignore_refusals) -> None:
        if self.fails_after is not None:
            if not self.fails_after:
                raise SearchIndexError("away")
            self.fails_after -= 1
        refused = [
            Refusal(kind=batch.kind, id=one.id, version=one.version, reason="too odd")
            for one in batch.documents
            if one.id in self.refuses
        ]
        for one in batch.documents:
            held = self.documents.get((batch.kind, one.id))
            if one.id not in self.refuses and (held is None or held.version < one.version):
                self.documents[batch.kind, one.id] = one
        for id, _ in batch.removed:
            self.documents.pop((batch.kind, id), None)
        settle(batch, refused)
        self.known[batch.kind] = max(batch.heard, self.heard(batch.kind))

    def heard(self, kind: IndexKind = IndexKind.ARTICLES) -> int:
        return self.known.get(kind, 0)

    def rebuild(self, kind: IndexKind, batches: Iterable[Batch], settle: Settle = ignore_refusals) -> int:
        self.known.pop(kind, None)
        for key in [key for key in self.documents if key[0] is kind]:
            del self.documents[key]
        for batch in batches:
            self.write(batch, settle)
        return self.count(kind)

    def count(self, kind: IndexKind = IndexKind.ARTICLES) -> int:
        # A brief has a document for each of its lines.
        return sum(1 for held, id in self.documents if held is kind and not (kind is IndexKind.BRIEFS and "@" in id))

    def search(self, query: Query) -> Results:
        raise NotImplementedError

    def close(self) -> None:
        pass

    def ids(self, kind: IndexKind) -> set[str]:
        return {id for held, id in self.documents if held is kind}


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    settings = Settings(_env_file=None, home=tmp_path / "home", database_url=None, elasticsearch_url=None)
    services = open_services(settings)
    yield services
    services.close()


def with_index(services: Services, index: object) -> Services:
    return replace(services, index=index)  # type: ignore[arg-type]


def fill(services: Services, count: int = 3) -> None:
    """Something of each kind: articles of two topics, the first with a figure that is followed in both."""
    with services.record.begin() as tx:
        tx.feeds.put(examples.feed("feed-a", "floods"))
        tx.entries.add(examples.entry(f"e{n}") for n in range(count))
        tx.entries.end("e0", Outcome.INDEXED, "floods", examples.NOW, article="a0")
        for n in range(count):
            tx.articles.put(examples.article(f"a{n}", "floods", "fires"))
            tx.stories.put(examples.story(f"s{n}", "floods"))
            tx.alerts.put(examples.alert(f"n{n}", "floods"))
        tx.figures.put(examples.figure("f0", "a0"), examples.figure("f1", "a1"))
        tx.figures.put_series(examples.series("series-a", "floods"))
        tx.figures.put_verdict(examples.verdict("f0", "floods"), examples.verdict("f0", "fires", in_series="other"))


def test_every_kind_reaches_an_index_that_holds_it(services: Services) -> None:
    index = MemoryIndex()
    fill(services)
    assert publish(with_index(services, index)) == 18
    assert [index.count(kind) for kind in IndexKind] == [3, 3, 3, 3, 3, 3]
    assert index.ids(IndexKind.FIGURES) == {"f0", "f0@floods", "f1"}
    assert publish(with_index(services, index)) == 0
    assert not any(behind(with_index(services, index), kind) for kind in IndexKind)


def test_the_embedded_index_is_given_articles_only(services: Services) -> None:
    fill(services)
    assert publish(services) == 3


def test_a_figure_says_in_each_topic_what_its_verdict_there_is(services: Services) -> None:
    index = MemoryIndex()
    fill(services)
    publish(with_index(services, index))
    first, second = index.documents[IndexKind.FIGURES, "f0"], index.documents[IndexKind.FIGURES, "f0@floods"]
    said = [(one.topic, one.series, one.series_label, one.verdict, one.url) for one in (first, second)]  # type: ignore[attr-defined]
    url = "https://news.example/a0"
    assert said == [("fires", "other", None, "new", url), ("floods", "series-a", "series-a", "new", url)]
    with services.record.begin() as tx:
        tx.figures.put_verdict(examples.verdict("f1", "floods", VerdictKind.REPEATED))
    publish(with_index(services, index))
    assert index.documents[IndexKind.FIGURES, "f1"].verdict == "repeated"  # type: ignore[attr-defined]


def test_an_alert_says_what_its_figure_states_and_replaces() -> None:
    article = ArticleRef(id="a0", title="Flood", url="https://a.example/", outlet="Nordwire", published=NOON)
    read = Figure(span=(0, 6), surface="dozens", quote="Dozens died.", low=24, high=99)
    news = FigureNews(
        series="series-a",
        label="dead",
        verdict=VerdictKind.CHANGED,
        statement=Statement(figure_id="f0", figure=read, article=article),
        from_value=(3, 7),
    )
    made = alert_document(examples.alert("n", kind=AlertKind.CHANGED_FIGURE, figure=news), 5)
    assert (made.value, made.from_value, made.verdict, made.quote) == ((24, 99), (3, 7), "changed", "Dozens died.")
    assert (made.article, made.outlet, made.url) == ("a0", "Nordwire", "https://a.example/")


def test_an_alert_of_a_feed_says_which_and_what_it_answered() -> None:
    news = FeedNews(
        id="feed-a",
        url="https://a.example/feed",
        health=Health.FAILING,
        since=NOON,
        illness=NOON,
        error="the site reports an error (HTTP 503)",
    )
    made = alert_document(examples.alert("n", kind=AlertKind.FEED_HEALTH, feed=news), 5)
    assert (made.feed, made.feed_url, made.health, made.since) == ("feed-a", news.url, "failing", NOON)
    assert made.reason == "the site reports an error (HTTP 503)"
    assert (made.article, made.url, made.verdict) == (None, None, None)


def test_a_story_that_is_gone_goes_from_the_index(services: Services) -> None:
    index = MemoryIndex()
    fill(services)
    publish(with_index(services, index))
    with services.record.begin() as tx:
        tx.stories.remove("s1")
        tx.stories.put(examples.story("s9", "floods"))
    publish(with_index(services, index))
    assert index.ids(IndexKind.STORIES) == {"s0", "s2", "s9"}


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_changes_and_removals_come_in_one_order_whatever_the_page(services: Services, limit: int) -> None:
    with services.record.begin() as tx:
        for n in range(6):
            tx.stories.put(examples.story(f"s{n}", "floods"))
        for n in (1, 3, 5):
            tx.stories.remove(f"s{n}")
        tx.stories.put(examples.story("s3", "floods"))
    index, heard = MemoryIndex(), 0
    with services.record.read() as tx:
        while batch := CHANGES[IndexKind.STORIES](tx, heard, limit):
            assert batch.heard > heard
            heard = batch.heard
            index.write(batch)
    assert index.ids(IndexKind.STORIES) == {"s0", "s2", "s3", "s4"}


def test_an_outage_only_delays(services: Services) -> None:
    index = MemoryIndex(fails_after=2)
    fill(services)
    with pytest.raises(SearchIndexError):
        publish(with_index(services, index))
    assert index.count(IndexKind.ENTRIES) == 0
    index.fails_after = None
    publish(with_index(services, index))
    assert [index.count(kind) for kind in IndexKind] == [3, 3, 3, 3, 3, 3]


def test_a_refused_document_is_kept_with_its_reason_until_it_is_taken(services: Services) -> None:
    index = MemoryIndex(refuses={"a1"})
    fill(services)
    publish(with_index(services, index))
    assert [(one.kind, one.id, one.reason) for one in refusals(services.record)] == [("articles", "a1", "too odd")]
    assert index.ids(IndexKind.ARTICLES) == {"a0", "a2"}
    assert publish(with_index(services, index)) == 0
    index.refuses.clear()
    with services.record.begin() as tx:
        tx.articles.put(examples.article("a1", "floods"))
    publish(with_index(services, index))
    assert refusals(services.record) == []


def test_a_rebuild_tries_what_was_refused_again(services: Services) -> None:
    index = MemoryIndex(refuses={"a1", "s1"})
    fill(services)
    publish(with_index(services, index))
    assert [one.kind for one in refusals(services.record)] == ["articles", "briefs", "stories"]
    with services.record.begin() as tx:
        tx.stories.remove("s1")
    index.refuses.clear()
    counts = rebuild(with_index(services, index))
    assert counts[IndexKind.ARTICLES] == 3
    assert refusals(services.record) == []


def test_an_index_of_another_record_is_left_alone_until_it_is_rebuilt(services: Services) -> None:
    index = MemoryIndex(known={IndexKind.ARTICLES: 10_000}, record="another")
    fill(services)
    with pytest.raises(SearchIndexError, match="another record"):
        publish(with_index(services, index))
    assert index.documents == {}
    rebuild(with_index(services, index))
    assert index.count() == 3
    assert publish(with_index(services, index)) == 0


@pytest.mark.elasticsearch
def test_two_records_do_not_mix_in_one_elasticsearch(services: Services, elastic: ElasticIndex, tmp_path: Path) -> None:
    fill(services)
    publish(with_index(services, elastic))
    other = open_services(Settings(_env_file=None, home=tmp_path / "other", database_url=None, elasticsearch_url=None))
    fill(other, 2)
    with pytest.raises(SearchIndexError, match="TALLYWIRE_ELASTICSEARCH_PREFIX"):
        publish(with_index(other, elastic))
    assert elastic.count() == 3
    assert rebuild(with_index(other, elastic))[IndexKind.ARTICLES] == 2
    assert elastic.count() == 2
    other.close()


@pytest.mark.elasticsearch
def test_all_of_a_record_is_in_elasticsearch_and_can_be_built_anew(
    services: Services, elastic: ElasticIndex, cluster: Elasticsearch, prefix: str
) -> None:
    fill(services)
    deployed = with_index(services, elastic)
    assert publish(deployed) == 18
    assert [elastic.count(kind) for kind in IndexKind] == [3, 3, 3, 3, 3, 3]
    assert publish(deployed) == 0
    assert refusals(services.record) == []
    figure = cluster.get(index=f"{prefix}-figures", id="f0@floods")["_source"]
    assert (figure["figure"]["value"], figure["verdict"]["kind"], figure["series"]["label"]) == (
        1605,
        "new",
        "series-a",
    )
    entry = cluster.get(index=f"{prefix}-entries", id="e0")["_source"]
    assert (entry["entry"]["outcome"], entry["feed"]["url"]) == ("indexed", "https://news.example/feed-a.xml")
    with services.record.begin() as tx:
        tx.stories.remove("s1")
    assert rebuild(deployed) == dict(zip(IndexKind, (3, 2, 3, 3, 3, 2), strict=True))
    assert elastic.count(IndexKind.STORIES) == 2
    assert publish(deployed) == 0


@pytest.mark.elasticsearch
def test_what_elasticsearch_refuses_shows_with_its_reason(services: Services, elastic: ElasticIndex) -> None:
    fill(services)
    with services.record.begin() as tx:
        tx.articles.put(examples.article("a1", "floods", revision=2**40))
    publish(with_index(services, elastic))
    ((kind, id, reason),) = [(one.kind, one.id, one.reason) for one in refusals(services.record)]
    assert (kind, id) == (IndexKind.ARTICLES, "a1")
    assert "out of range" in reason
    assert elastic.count() == 2
