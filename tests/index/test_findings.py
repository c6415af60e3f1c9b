"""An index held against the record: what it has not heard of, lacks, refused, or has too many of."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.errors import SearchIndexError
from pipeline.index.elastic.index import ElasticIndex
from pipeline.settings import Settings
from pipeline.steps.keeping.findings import IndexCheck, check_index, index_findings
from pipeline.steps.publish import publish, rebuild
from pipeline.steps.services import Services, open_services
from schemas.alert import AlertKind, FeedNews
from schemas.feed import Health
from schemas.search import IndexKind
from tests.index.test_publish import MemoryIndex, fill, with_index
from tests.record import examples


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    with_record = open_services(Settings(_env_file=None, home=tmp_path, database_url=None, elasticsearch_url=None))
    yield with_record
    with_record.close()


def check(services: Services, kind: IndexKind) -> IndexCheck:
    (found,) = [one for one in check_index(services) if one.kind is kind]
    return found


def levels(services: Services) -> list[str]:
    return [finding.level for finding in index_findings(check_index(services))]


def test_an_index_that_holds_everything_is_sound_figures_of_two_topics_included(services: Services) -> None:
    published = with_index(services, MemoryIndex())
    fill(services)
    publish(published)
    figures = check(published, IndexKind.FIGURES)
    assert (figures.wanted, figures.held, figures.lacks, figures.surplus) == (3, 3, 0, 0)
    assert levels(published) == ["ok"]


def test_what_it_has_not_heard_of_is_not_what_it_lacks(services: Services) -> None:
    published = with_index(services, MemoryIndex())
    fill(services)
    found = check(published, IndexKind.STORIES)
    assert (found.behind, found.lacks) == (True, 0)


def test_what_went_missing_and_what_the_record_does_not_know_is_told(services: Services) -> None:
    index = MemoryIndex()
    published = with_index(services, index)
    fill(services)
    publish(published)
    stray = index.documents.pop((IndexKind.STORIES, "s0"))
    index.documents[IndexKind.ALERTS, "stray"] = stray
    assert check(published, IndexKind.STORIES).lacks == 1
    assert check(published, IndexKind.ALERTS).surplus == 1
    said = [finding.what for finding in index_findings(check_index(published))]
    assert said == [
        "the index lacks 1 story that it should have",
        "the index holds 1 alert that the record doesn't",
    ]


def test_what_was_refused_is_not_missing(services: Services) -> None:
    published = with_index(services, MemoryIndex(refuses={"a1"}))
    fill(services)
    publish(published)
    found = check(published, IndexKind.ARTICLES)
    assert (found.refused, found.lacks) == (1, 0)
    assert levels(published) == ["warning"]


def test_an_index_of_another_record_is_an_error(services: Services) -> None:
    published = with_index(services, MemoryIndex(record="another"))
    with pytest.raises(SearchIndexError, match="another record"):
        check_index(published)


@pytest.mark.elasticsearch
def test_a_real_index_is_held_against_the_record(services: Services, elastic: ElasticIndex) -> None:
    published = with_index(services, elastic)
    fill(services)
    with pytest.raises(SearchIndexError):
        check_index(published)
    publish(published)
    assert levels(published) == ["ok"]
    news = FeedNews(
        id="feed-a",
        url="https://a.example/feed",
        health=Health.GONE,
        since=examples.NOW,
        illness=examples.NOW,
        error="the site says it is gone for good (HTTP 410)",
    )
    with services.record.begin() as tx:
        tx.stories.put(examples.story("s9", "floods"))
        tx.alerts.put(examples.alert("ill", "floods", kind=AlertKind.FEED_HEALTH, feed=news))
    assert check(published, IndexKind.STORIES).behind
    publish(published)
    assert levels(published) == ["ok"]
    assert check(published, IndexKind.ALERTS).held == 4
    rebuild(published)
    assert levels(published) == ["ok"]
