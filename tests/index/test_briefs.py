"""What holds now in each development, as the index has it: what the brief says, for every development there is."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.figures.claims import is_claim
from pipeline.figures.reading import read_figures
from pipeline.index.elastic.index import ElasticIndex
from pipeline.record import Transaction
from pipeline.settings import Settings
from pipeline.steps.known.briefs import LINES, Briefs
from pipeline.steps.known.threads import development_of
from pipeline.steps.publish import publish, rebuild
from pipeline.steps.services import Services, open_services
from schemas.figure import FigureInArticle, Tell, Telling, Verdict, VerdictKind
from schemas.search import BriefDocument, IndexKind
from schemas.story import Story
from tests.index.test_publish import MemoryIndex, with_index
from tests.record import examples

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
FIRST = "At least 12 people were killed when the ferry sank off Tarn, police said."
AGAIN = "Police said 12 people were killed in the ferry disaster off Tarn."
LATER = "The ferry that sank off Tarn killed 17 people, police said."
DAMAGE = "The owner of the ferry put the damage at $15 million."
CALM = "Flags were lowered in the port."


@contextmanager
def opened(home: Path) -> Iterator[Services]:
    services = open_services(Settings(_env_file=None, home=home, database_url=None, elasticsearch_url=None))
    try:
        yield services
    finally:
        services.close()


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    with opened(tmp_path) as services:
        yield services


def report(tx: Transaction, name: str, text: str, outlet: str, story: str, hours: float = 0) -> None:
    """Keep an article of ``story``, all of whose figures are worth a line in a digest."""
    at = NOON + timedelta(hours=hours)
    reading = examples.reading(name, text, outlet=outlet, published=at)
    tx.articles.put(examples.article(name, "ferry", reading=reading, first_seen=at, story=story))
    for figure in filter(is_claim, read_figures(text, title="", language="en", published=at).figures):
        identity = f"{name}:{figure.span[0]}"
        kept = FigureInArticle(id=identity, article=name, revision=1, outlet=outlet, published=at, figure=figure)
        telling = Telling(worth=0.6, tell=Tell.DIGEST, kind=VerdictKind.NEW)
        tx.figures.put(kept)
        tx.figures.put_verdict(
            Verdict(
                figure=identity,
                topic="ferry",
                series="s",
                kind=VerdictKind.NEW,
                reason="nothing like it",
                telling=telling,
            )
        )


def tell(tx: Transaction, name: str, *articles: str, thread: str | None = None) -> Story:
    """Keep the story ``name``, as of the articles that were put into it."""
    kept = [tx.articles.get(one) for one in articles]
    outlets = tuple(dict.fromkeys(one.reading.outlet for one in kept if one))
    last = max((one.first_seen for one in kept if one), default=NOON)
    story = Story(
        id=name, topics=("ferry",), headline=f"Of {name}", first_seen=NOON, last_seen=last, articles=articles,
        outlets=outlets, thread=thread,
    )  # fmt: skip
    tx.stories.put(story)
    return story


def lines_of(index: MemoryIndex, thread: str) -> list[BriefDocument]:
    found = [one for (kind, _), one in index.documents.items() if kind is IndexKind.BRIEFS]
    lines = [one for one in found if isinstance(one, BriefDocument) and one.thread == thread]
    return sorted(lines, key=lambda line: line.place)


def sink(tx: Transaction) -> None:
    """A ferry sinks: two stories of one thread, and one of no thread that states no figure."""
    report(tx, "a1", FIRST, "Daily", "s1")
    report(tx, "a2", AGAIN, "Herald", "s1", 1)
    report(tx, "a3", f"{LATER} {DAMAGE}", "Herald", "s2", 30)
    report(tx, "a4", LATER, "Post", "s2", 31)
    report(tx, "a5", CALM, "Post", "s3", 2)
    tell(tx, "s1", "a1", "a2", thread="t")
    tell(tx, "s2", "a3", "a4", thread="t")
    tell(tx, "s3", "a5")


def test_a_brief_is_published_line_by_line_as_the_one_function_makes_it(services: Services) -> None:
    index = MemoryIndex()
    with services.record.begin() as tx:
        sink(tx)
    publish(with_index(services, index))
    with services.record.read() as tx:
        development = development_of(tx, "t")
        assert development is not None
        brief = Briefs(tx).of_development(development)
    killed, damage = lines_of(index, "t")
    assert [killed.wording, damage.wording] == [figure.headline for figure in brief.figures]
    assert (killed.id, killed.place, damage.id, damage.place) == ("t", 1, "t@2", 2)
    assert (killed.headline, killed.topics, killed.stories, killed.reports) == ("Of s1", ("ferry",), 2, 4)
    assert (killed.value, killed.speaker, killed.witnesses, killed.sure) == (17, "police", 1, True)
    assert (killed.stating, killed.since) == (("Herald", "Post"), NOON + timedelta(hours=30))
    assert (killed.before, killed.contradicted, killed.rivals) == ("12 (police)", False, None)
    assert (killed.article, killed.url) == (brief.figures[0].article, f"https://news.example/{killed.article}")
    assert (damage.value, damage.unit, damage.witnesses) == (15e6, "USD", 1)
    assert killed.importance == damage.importance == brief.figures[0].importance


def test_a_development_without_figures_is_one_document_that_tells_of_it_alone(services: Services) -> None:
    index = MemoryIndex()
    with services.record.begin() as tx:
        sink(tx)
    publish(with_index(services, index))
    (line,) = lines_of(index, "s3")
    assert (line.id, line.headline, line.reports, line.outlets) == ("s3", "Of s3", 1, ("Post",))
    assert (line.figure, line.value, line.contradicted, line.importance) == (None, None, None, None)
    assert index.count(IndexKind.BRIEFS) == 2


def test_who_contradicts_a_figure_is_named(services: Services) -> None:
    index = MemoryIndex()
    with services.record.begin() as tx:
        report(tx, "a1", LATER, "Herald", "s1")
        report(tx, "a2", LATER, "Post", "s1", 1)
        report(tx, "a3", "The ferry that sank off Tarn killed 71 people.", "Echo", "s1", 2)
        tell(tx, "s1", "a1", "a2", "a3")
    publish(with_index(services, index))
    line = lines_of(index, "s1")[0]
    assert (line.value, line.contradicted) == (17, True)
    assert (line.rivals, line.rivals_by) == ("71 (Echo)", ("Echo",))


def test_the_day_a_figure_holds_for_is_told_where_its_sentence_says_it(services: Services) -> None:
    index = MemoryIndex()
    with services.record.begin() as tx:
        report(tx, "a1", "By 28 February 2026, 17 people had been killed off Tarn, police said.", "Herald", "s1")
        tell(tx, "s1", "a1")
    publish(with_index(services, index))
    assert lines_of(index, "s1")[0].as_of == date(2026, 2, 28)


def test_a_brief_that_got_shorter_loses_its_last_lines(services: Services) -> None:
    index = MemoryIndex()
    published = with_index(services, index)
    with services.record.begin() as tx:
        sink(tx)
    publish(published)
    assert len(lines_of(index, "t")) == 2
    with services.record.begin() as tx:
        found = tx.articles.get("a3")
        assert found is not None
        tx.articles.put(found.model_copy(update={"story": "s9"}))
        tell(tx, "s2", "a4", thread="t")
        tell(tx, "s9", "a3")
    publish(published)
    assert [line.value for line in lines_of(index, "t")] == [17]
    assert {line.value for line in lines_of(index, "s9")} == {17, 15e6}


def test_a_thread_that_became_part_of_another_goes_from_the_index(services: Services) -> None:
    index = MemoryIndex()
    published = with_index(services, index)
    with services.record.begin() as tx:
        sink(tx)
    publish(published)
    with services.record.begin() as tx:
        tell(tx, "s1", "a1", "a2", thread="u")
        tell(tx, "s2", "a3", "a4", thread="u")
        tx.stories.remove("s3")
    assert publish(published) == 2 + len(lines_of(index, "u"))
    assert len(lines_of(index, "u")) == 2
    assert {one.thread for (kind, _), one in index.documents.items() if isinstance(one, BriefDocument)} == {"u"}
    assert index.count(IndexKind.BRIEFS) == 1


def test_a_report_that_changes_what_a_closed_story_says_changes_its_brief(services: Services) -> None:
    index = MemoryIndex()
    published = with_index(services, index)
    with services.record.begin() as tx:
        report(tx, "a1", FIRST, "Daily", "s1")
        tell(tx, "s1", "a1", thread="t")
    publish(published)
    with services.record.begin() as tx:
        report(tx, "a1", LATER, "Daily", "s1")
        tx.stories.touch("s1")
        tx.stories.touch(None)
        tx.stories.touch("unheard of")
    publish(published)
    assert 17 in {line.value for line in lines_of(index, "t")}


def test_a_new_report_of_a_long_development_rewrites_its_few_lines_and_no_other_storys_document(
    services: Services,
) -> None:
    index = MemoryIndex()
    published = with_index(services, index)
    with services.record.begin() as tx:
        for number in range(12):
            names = [f"a{number}-{n}" for n in range(40)]
            for hours, name in enumerate(names):
                report(tx, name, CALM, f"Outlet {hours}", f"s{number}", number)
            tell(tx, f"s{number}", *names, thread="t")
    publish(published)
    with services.record.begin() as tx:
        report(tx, "new", f"{LATER} {DAMAGE}", "Herald", "s11", 99)
        tell(tx, "s11", *(f"a11-{n}" for n in range(40)), "new", thread="t")
    # The article, its two figures, its story, and the two lines of the brief.
    assert publish(published) == 1 + 2 + 1 + 2
    assert [line.reports for line in lines_of(index, "t")] == [481, 481]


steps = st.lists(
    st.one_of(
        st.tuples(st.just("report"), st.integers(0, 3), st.sampled_from([FIRST, AGAIN, LATER, DAMAGE, CALM])),
        st.tuples(st.just("thread"), st.integers(0, 3), st.sampled_from([None, "t", "u", "s0"])),
        st.tuples(st.just("remove"), st.integers(0, 3), st.none()),
        st.tuples(st.just("publish"), st.just(0), st.none()),
    ),
    max_size=12,
)


@settings(max_examples=25, deadline=None)
@given(steps)
def test_whenever_it_is_published_the_index_ends_as_one_that_is_built_anew(
    acts: list[tuple[str, int, str | None]],
) -> None:
    threads: dict[int, str | None] = {}
    articles: dict[int, list[str]] = {}
    index, anew = MemoryIndex(), MemoryIndex()
    with tempfile.TemporaryDirectory() as home, opened(Path(home)) as services:
        for number, (what, story, said) in enumerate(acts):
            with services.record.begin() as tx:
                if what == "report":
                    report(tx, f"a{number}", said or "", f"Outlet {number % 3}", f"s{story}", number)
                    articles.setdefault(story, []).append(f"a{number}")
                elif what == "thread":
                    threads[story] = said
                elif what == "remove":
                    tx.stories.remove(f"s{story}")
                    articles.pop(story, None)
                if what in ("report", "thread") and story in articles:
                    tell(tx, f"s{story}", *articles[story], thread=threads.get(story))
            if what == "publish":
                publish(with_index(services, index))
        publish(with_index(services, index))
        rebuild(with_index(services, anew))
        assert index.documents == anew.documents
        with services.record.read() as tx:
            developments = {story.development for story in tx.stories.find()}
            assert tx.stories.count_developments() == len(developments)
        assert {id for id in index.ids(IndexKind.BRIEFS) if "@" not in id} == developments


@pytest.mark.elasticsearch
def test_elasticsearch_tells_what_holds_by_thread_as_kibana_asks_for_it(
    services: Services, elastic: ElasticIndex, cluster: Elasticsearch, prefix: str
) -> None:
    with services.record.begin() as tx:
        sink(tx)
        report(tx, "b1", "The mayor of Lerwick said 300 houses were flooded.", "Post", "s4", 3)
        tell(tx, "s4", "b1")
    deployed = with_index(services, elastic)
    publish(deployed)
    assert elastic.count(IndexKind.BRIEFS) == 3
    asked = {
        "threads": {
            "terms": {"field": "thread.id", "order": {"importance": "desc"}},
            "aggs": {
                "importance": {"max": {"field": "thread.importance"}},
                "lines": {
                    "terms": {"field": "brief.place", "order": {"_key": "asc"}},
                    "aggs": {"says": {"terms": {"field": "figure.wording.raw"}}},
                },
            },
        }
    }
    query = {"exists": {"field": "figure.wording"}}
    answer = cluster.search(index=f"{prefix}-briefs", size=0, query=query, aggs=asked).body["aggregations"]
    found = {
        bucket["key"]: [said["key"] for line in bucket["lines"]["buckets"] for said in line["says"]["buckets"]]
        for bucket in answer["threads"]["buckets"]
    }
    with services.record.read() as tx:
        briefs = [Briefs(tx).of_development(one) for name in ("t", "s4") if (one := development_of(tx, name))]
    assert list(found.items()) == [(brief.id, [figure.headline for figure in brief.figures]) for brief in briefs]
    with services.record.begin() as tx:
        tell(tx, "s1", "a1", "a2", thread="u")
        tell(tx, "s2", "a3", "a4", thread="u")
    publish(deployed)
    hits = cluster.search(index=f"{prefix}-briefs", query={"terms": {"thread.id": ["t", "u"]}}).body["hits"]["hits"]
    assert {hit["_id"] for hit in hits} == {"u", "u@2"}
    assert rebuild(deployed)[IndexKind.BRIEFS] == 3
    assert max(len(brief.figures) for brief in briefs) <= LINES
