"""What every index must do, whatever it is made of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.errors import SearchIndexError
from pipeline.index.contract import Batch, SearchIndex, understand
from schemas.search import ArticleDocument, IndexKind, Query, Refusal

ARTICLES = IndexKind.ARTICLES
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def document(identity: str, title: str, text: str = "", **fields: Any) -> ArticleDocument:
    given = {
        "version": 1,
        "url": f"https://{identity}.example/",
        "outlet": "Nordwire",
        "language": "en",
        "published": NOON,
        "ingested": NOON,
        "topics": ("floods",),
        "outcome": "indexed",
    } | fields
    return ArticleDocument(id=identity, title=title, text=text, **given)


def write(index: SearchIndex, documents: list[ArticleDocument], heard: int) -> None:
    index.write(Batch(documents, heard))


def found(index: SearchIndex, text: str = "", **fields: Any) -> list[str]:
    return [hit.document.id for hit in index.search(Query(text=text, **fields)).hits]


def test_a_word_is_found_in_title_and_text_without_case_and_accents(index: SearchIndex) -> None:
    write(index, [document("a", "Río bursts its banks"), document("b", "Calm", "The RIO was calm.")], heard=1)
    assert sorted(found(index, "rio")) == ["a", "b"]


def test_an_article_that_names_the_word_in_its_title_comes_first(index: SearchIndex) -> None:
    filler = "Rescue crews spoke to reporters about the long night behind them. " * 5
    write(index, [document("text", "A long night", filler + "A flood."), document("title", "Flood", filler)], heard=1)
    assert found(index, "flood") == ["title", "text"]


def test_english_words_are_found_by_their_stem(index: SearchIndex) -> None:
    write(index, [document("a", "Families reunited")], heard=1)
    assert found(index, "family reunite") == ["a"]


def test_every_word_must_be_there_unless_it_is_ruled_out(index: SearchIndex) -> None:
    write(
        index,
        [document("a", "Flood in Norden"), document("b", "Flood in Suden"), document("c", "Norden votes")],
        heard=1,
    )
    assert found(index, "flood norden") == ["a"]
    assert found(index, "flood -norden") == ["b"]
    assert sorted(found(index, "-flood")) == ["c"]


def test_a_phrase_keeps_its_order_and_a_star_lets_a_word_go_on(index: SearchIndex) -> None:
    write(index, [document("a", "Deported children return"), document("b", "Children deported")], heard=1)
    assert found(index, '"deported children"') == ["a"]
    assert sorted(found(index, "deport*")) == ["a", "b"]


def test_languages_without_spaces_are_searched_by_their_characters(index: SearchIndex) -> None:
    write(
        index,
        [document("zh", "乌克兰儿童返回家园", language="zh"), document("th", "เด็กกลับบ้าน", language="th")],
        heard=1,
    )
    assert found(index, "儿童") == ["zh"]
    assert found(index, "กลับ") == ["th"]
    assert found(index, "-儿童") == ["th"]


def test_highlights_mark_the_words_found_and_hold_no_markup(index: SearchIndex) -> None:
    write(index, [document("a", "News", "<b>One</b> flood came. " * 30)], heard=1)
    (hit,) = index.search(Query(text="flood")).hits
    assert any("⟦flood⟧" in part for part in hit.highlights)


def test_filters_narrow_what_is_found(index: SearchIndex) -> None:
    write(
        index,
        [
            document("a", "Flood", outlet="Nordwire", language="en", story="s1"),
            document("b", "Flood", outlet="Südpost", language="de", story="s1", copy_of="a", outcome="copy"),
            document("c", "Flood", published=NOON - timedelta(days=3), topics=("floods", "fires")),
            document("off", "Flood", topics=(), outcome="off_topic"),
        ],
        heard=4,
    )
    assert found(index, "flood", outlets=("Südpost",)) == ["b"]
    assert found(index, "flood", languages=("de",)) == ["b"]
    assert found(index, "flood", topics=("fires",)) == ["c"]
    assert sorted(found(index, "flood", story="s1")) == ["a", "b"]
    assert sorted(found(index, "flood", copies=False)) == ["a", "c"]
    assert found(index, "flood", until=NOON) == ["c"]
    assert sorted(found(index, since=NOON)) == ["a", "b"]
    assert sorted(found(index, "flood", off_topic=True)) == ["a", "b", "c", "off"]


def test_facets_count_all_that_was_found_not_only_the_page_shown(index: SearchIndex) -> None:
    write(
        index,
        [document(str(n), "Flood", outlet="A" if n < 3 else "B", story="s" if n else None) for n in range(5)],
        heard=5,
    )
    results = index.search(Query(text="flood", limit=1))
    assert results.total == 5
    assert [(f.value, f.count) for f in results.facets["outlet"]] == [("A", 3), ("B", 2)]
    assert [(f.value, f.count) for f in results.facets["story"]] == [("s", 4)]
    assert [(f.value, f.count) for f in results.facets["day"]] == [("2026-03-02", 5)]


@pytest.mark.parametrize("text", ["flood", ""])
def test_pages_follow_one_another_without_gap_or_repeat(index: SearchIndex, text: str) -> None:
    write(
        index,
        [document(f"d{n:02}", "Flood " * (n % 4 + 1), published=NOON + timedelta(hours=n // 2)) for n in range(23)],
        heard=23,
    )
    seen: list[str] = []
    cursor = None
    while True:
        page = index.search(Query(text=text, limit=5, after=cursor))
        seen += [hit.document.id for hit in page.hits]
        if (cursor := page.next) is None:
            break
    assert len(seen) == 23
    assert len(set(seen)) == 23
    assert seen == found(index, text, limit=100)


def test_a_made_up_cursor_is_refused_in_words(index: SearchIndex) -> None:
    with pytest.raises(SearchIndexError, match="no cursor"):
        index.search(Query(text="x", after="nonsense"))


def test_an_older_version_never_replaces_a_newer_one(index: SearchIndex) -> None:
    write(index, [document("a", "Second", version=7)], heard=7)
    write(index, [document("a", "First", version=5)], heard=5)
    assert found(index, "second") == ["a"]
    assert found(index, "first") == []
    assert index.heard() == 7
    assert index.count() == 1


def test_a_rebuild_replaces_everything_and_remembers_what_it_heard(index: SearchIndex) -> None:
    write(index, [document("stale", "Stale")], heard=3)
    batches = [Batch([document("a", "Fresh")], 4), Batch([document("b", "Fresh")], 9)]
    assert index.rebuild(ARTICLES, iter(batches)) == 2
    assert sorted(found(index)) == ["a", "b"]
    assert index.heard() == 9
    write(index, [document("c", "Fresh", version=10)], heard=10)
    assert sorted(found(index, "fresh")) == ["a", "b", "c"]


def test_a_rebuild_that_breaks_off_leaves_the_serving_index_alone(index: SearchIndex) -> None:
    write(index, [document("a", "Serving")], heard=1)

    def broken() -> Iterator[Batch]:
        yield Batch([document("b", "Half")], 2)
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        index.rebuild(ARTICLES, broken())
    assert found(index) == ["a"]
    assert index.rebuild(ARTICLES, iter([Batch([document("b", "Whole")], 2)])) == 1


def test_what_was_refused_is_told_before_a_batch_counts_as_heard(index: SearchIndex) -> None:
    told: list[tuple[int, int]] = []

    def settle(batch: Batch, refused: Sequence[Refusal]) -> None:
        told.append((batch.heard, len(refused)))

    index.write(Batch([document("a", "Flood")], 3), settle)
    index.rebuild(ARTICLES, [Batch([document("a", "Flood")], 4)], settle)
    assert told == [(3, 0), (4, 0)]

    def power_cut(batch: Batch, refused: Sequence[Refusal]) -> None:
        raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        index.write(Batch([document("b", "Flood")], 9), power_cut)
    assert index.heard() == 4


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100, deadline=None)
@given(st.text(max_size=60))
def test_nothing_a_reader_types_is_an_error(index: SearchIndex, text: str) -> None:
    if not index.heard():
        write(index, [document("a", "Flood")], heard=1)
    index.search(Query(text=text))


@given(st.text(alphabet='ab"*-ß 語', max_size=40))
def test_understanding_keeps_only_words(text: str) -> None:
    for term in understand(text).terms:
        assert term.words.strip()
        assert '"' not in term.words


def test_words_found_by_their_stem_are_marked_too(index: SearchIndex) -> None:
    text = "At least 40 people were evacuated from the hospital by boat on Sunday. The river burst its banks."
    write(index, [document("a", "Flood in Tarn", text)], heard=1)
    (hit,) = index.search(Query(text="floods evacuate")).hits
    marked = " ".join(hit.highlights)
    assert "⟦Flood⟧" in marked
    assert "⟦evacuated⟧" in marked
