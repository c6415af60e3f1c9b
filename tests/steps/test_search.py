"""Searching a record: topics and developments that are there, and what of the articles found is of which."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.errors import TallywireError
from pipeline.index.contract import Batch
from pipeline.settings import Settings
from pipeline.steps.services import Services, open_services
from pipeline.steps.showing import search as searching
from pipeline.steps.showing.search import rows, search
from schemas.search import Query
from schemas.story import Story
from schemas.topic import Topic
from tests.index.test_contract import document
from tests.steps.conftest import START, MovableClock


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    """Two stories of one development, one of none; three articles of the first, one of each other, and a copy."""
    services = open_services(Settings(home=tmp_path), clock=MovableClock(START))
    with services.record.begin() as tx:
        for name in ("floods", "fires"):
            tx.topics.put(Topic(name=name))
        for id, thread, headline in (
            ("s1", "t1", "River bursts its banks"),
            ("s2", "t1", "Levee holds"),
            ("s3", None, "Cup final"),
        ):
            tx.stories.put(
                Story(
                    id=id,
                    topics=("floods",),
                    headline=headline,
                    thread=thread,
                    first_seen=START,
                    last_seen=START,
                    articles=("a", "b", "c") if id == "s1" else (id,),
                )
            )
    documents = [document(name, f"Flood {name}", story="s1", published=START) for name in "abc"]
    documents += [
        document("d", "Flood d", story="s2", published=START - timedelta(days=1)),
        document("e", "Flood e; =1+1", story="s3", published=START - timedelta(days=2)),
        document("copy", "Flood", story="s1", copy_of="a", outlet="Südpost", published=START),
    ]
    services.index.setup()
    services.index.write(Batch(documents, 6))
    yield services
    services.close()


def test_articles_are_counted_by_their_development(services: Services) -> None:
    found = search(services, Query(text="flood"))
    assert [(one.id, one.headline, one.count) for one in found.developments] == [
        ("t1", "River bursts its banks", 5),
        ("s3", "Cup final", 1),
    ]


def test_a_development_is_all_its_stories(services: Services) -> None:
    found = search(services, Query(text="flood"), ("t1",))
    assert sorted(hit.document.id for hit in found.results.hits) == ["a", "b", "c", "d"]
    assert found.results.total == 5
    nothing = search(services, Query(text="flood", stories=("s3",)), ("t1",))
    assert nothing.results.total == 0


@pytest.mark.parametrize(
    ("query", "developments", "said"),
    [
        (Query(topics=("flods",)), (), "there is no topic 'flods'\n  → did you mean 'floods'?"),
        (Query(topics=("x" * 500,)), (), "the topics are: fires, floods"),
        (Query(), ("t9",), "there is no development 't9'"),
    ],
)
def test_what_is_not_known_is_said(services: Services, query: Query, developments: tuple[str, ...], said: str) -> None:
    for ask in (search, rows):
        with pytest.raises(TallywireError) as caught:
            ask(services, query, developments)
        assert said in str(caught.value)


def test_a_name_that_is_no_text_is_nobody_s(services: Services) -> None:
    assert search(services, Query(text="flood", outlets=("\udcff",), languages=("\udcff",))).results.total == 0


def test_freshness_is_counted_from_the_clock_of_the_services(services: Services) -> None:
    scores = {hit.document.id: hit.score for hit in search(services, Query(text="flood")).results.hits}
    assert scores["a"] > scores["d"] > scores["e"]


def test_rows_are_all_that_is_found_whatever_fits_a_page(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "_PAGE", 2)
    found = list(rows(services, Query(text="flood", limit=1)))
    assert sorted(row.id for row in found) == ["a", "b", "c", "d", "e"]
    assert {row.id: row.copies for row in found}["a"] == ("copy",)
    assert {row.excerpt for row in found} == {f"Flood {name}" for name in "abcd"} | {"Flood e; =1+1"}
    monkeypatch.setattr(searching, "MOST_ROWS", 3)
    assert len(list(rows(services, Query(text="flood")))) == 3
