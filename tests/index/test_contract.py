"""What every index must do, whatever it is made of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.errors import SearchIndexError
from pipeline.index import sqlitesearch
from pipeline.index.contract import Batch, SearchIndex
from pipeline.index.cursors import Cursor
from pipeline.index.elastic import searching
from pipeline.index.sqlite import SqliteIndex
from pipeline.index.words import understand
from schemas.search import ArticleDocument, IndexKind, Query, Refusal, Sort

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


def test_each_article_tells_the_version_it_is_of(index: SearchIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.index.elastic.looking._VERSIONS", 2)
    write(index, [document(one, "Flood", version=number) for number, one in enumerate("abcde", 1)], heard=5)
    write(index, [document("b", "Flood", version=6)], heard=6)
    assert index.versions() == {"a": 1, "b": 6, "c": 3, "d": 4, "e": 5}


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
    assert sorted(found(index, "flood", stories=("s1",))) == ["a"]
    assert sorted(found(index, "flood", copies=False)) == ["a", "c"]
    assert found(index, "flood", until=NOON) == ["c"]
    assert found(index, since=NOON) == ["a"]
    assert sorted(found(index, "flood", off_topic=True)) == ["a", "c", "off"]


def test_a_copy_is_shown_under_its_original(index: SearchIndex) -> None:
    write(
        index,
        [
            document("a", "Flood in Norden"),
            document("b", "Flood in Norden: the wire report", outlet="Südpost", copy_of="a", outcome="copy"),
            document("c", "Levee holds"),
        ],
        heard=3,
    )
    results = index.search(Query(text="flood"))
    assert (results.total, results.copied) == (2, 1)
    (hit,) = results.hits
    assert hit.document.id == "a"
    assert [(copy.id, copy.outlet) for copy in hit.copies] == [("b", "Südpost")]
    assert index.search(Query(text="flood", copies=False)).hits[0].copies == ()


def test_a_copy_is_shown_by_itself_where_its_original_lacks_the_words(index: SearchIndex) -> None:
    write(
        index,
        [document("a", "Flood: 40 missing"), document("b", "Flood: 41 missing", copy_of="a", outcome="copy")],
        heard=2,
    )
    assert found(index, "flood 41") == ["b"]
    assert index.search(Query(text="flood 41")).total == 1


@pytest.mark.parametrize("sort", Sort)
def test_pages_of_many_copies_show_each_original_once(index: SearchIndex, sort: Sort) -> None:
    documents = [document(f"d{n:02}", "Flood", published=NOON - timedelta(hours=n)) for n in range(6)]
    documents += [
        document(f"copy{n:02}", "Flood " * (n % 5), copy_of=f"d{n % 6:02}", published=NOON - timedelta(minutes=n))
        for n in range(24)
    ]
    write(index, documents, heard=30)
    seen: list[str] = []
    cursor = None
    while True:
        page = index.search(Query(text="flood", limit=2, after=cursor, sort=sort))
        seen += [hit.document.id for hit in page.hits]
        if (cursor := page.next) is None:
            break
    assert sorted(seen) == [f"d{n:02}" for n in range(6)]


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("The I.R.S. said so", "IRS"),
        ("The IRS said so", "I.R.S."),
        ("The IRS said so", "i.r.s"),
        ("Минфин С.Ш.А. сообщил", "сша"),
        ("Минфин США сообщил", '"Минфин С.Ш.А."'),
        ("U.S.-led troops", "US led"),
        ("The U.S. troops left", '"US troops"'),
        ("US troops left", '"U.S. troop"'),
    ],
)
def test_an_acronym_is_found_with_its_dots_and_without(index: SearchIndex, written: str, asked: str) -> None:
    write(
        index, [document("a", "News", written), document("b", "Else", "irregular shipments; us and them. r s")], heard=1
    )
    assert "a" in found(index, asked)
    if asked in ("IRS", "I.R.S.", "i.r.s"):
        assert found(index, asked) == ["a"]


def test_an_acronym_is_marked_as_it_is_written(index: SearchIndex) -> None:
    write(index, [document("a", "News", "Last year the I.R.S. said so.")], heard=1)
    (hit,) = index.search(Query(text="irs")).hits
    assert hit.highlights[0].replace("⟦I.R.S.⟧", "⟦I.R.S⟧.") == "Last year the ⟦I.R.S⟧. said so."


def test_names_with_dots_that_are_no_acronyms_are_left_alone(index: SearchIndex) -> None:
    write(index, [document("a", "News", "See example.org and j.smith, version 1.2.3")], heard=1)
    assert found(index, '"example.org"') == ["a"]
    assert found(index, "exampleorg") == []


def test_one_missing_word_of_four_does_not_hide_a_report(index: SearchIndex) -> None:
    write(index, [document("a", "Flood in Norden kills twelve"), document("b", "Fire in Suden kills nobody")], heard=2)
    assert found(index, "flood norden kills yesterday") == ["a"]
    assert found(index, "flood norden yesterday") == []
    assert found(index, "flood norden kills twelve dozens yesterday evening late") == []


def test_phrases_prefixes_and_exclusions_are_never_the_missing_word(index: SearchIndex) -> None:
    write(index, [document("a", "Flood in Norden kills twelve")], heard=1)
    assert found(index, 'flood norden kills twelve "kills dozens"') == []
    assert found(index, "flood norden kills twelve even*") == []
    assert found(index, "flood norden kills twelve -norden") == []
    assert found(index, 'flood norden kills yesterday "kills twelve" nord*') == ["a"]


def test_an_article_with_all_words_comes_before_one_that_lacks_a_word(index: SearchIndex) -> None:
    filler = "Reporters spoke to crews. " * 5
    write(
        index,
        [
            document("three", "Flood kills twelve", filler),
            document("four", "Flood kills twelve miners", filler),
            document("other", "Budget passed", filler),
        ],
        heard=3,
    )
    assert found(index, "flood kills twelve miners") == ["four", "three"]


def test_of_equal_articles_the_fresh_one_is_more_relevant(index: SearchIndex) -> None:
    write(index, [document("a", "Flood", published=NOON - timedelta(days=90)), document("b", "Flood")], heard=2)
    assert found(index, "flood", at=NOON + timedelta(hours=1)) == ["b", "a"]
    assert found(index, "flood") == ["a", "b"]


def test_an_old_article_that_says_it_stays_above_a_new_one_that_hardly_does(index: SearchIndex) -> None:
    filler = "Reporters spoke to rescue crews about the long night behind them. " * 30
    write(
        index,
        [
            document("old", "Flood in Norden", "A flood. " * 5, published=NOON - timedelta(days=900)),
            document("new", "Weather", filler + "No flood."),
            document("other", "Budget", filler),
        ],
        heard=3,
    )
    assert found(index, "flood", at=NOON) == ["old", "new"]


def test_sorted_by_date_the_latest_comes_first_whatever_it_says(index: SearchIndex) -> None:
    write(
        index,
        [document("a", "Flood flood flood"), document("b", "Calm", "A flood", published=NOON + timedelta(hours=1))],
        heard=2,
    )
    assert found(index, "flood", sort=Sort.DATE) == ["b", "a"]
    assert found(index, "flood") == ["a", "b"]
    (first, _) = index.search(Query(text="flood", sort=Sort.DATE)).hits
    assert first.highlights == ("A ⟦flood⟧",)


def test_the_order_stays_from_page_to_page_as_time_goes_by(index: SearchIndex) -> None:
    write(index, [document(f"d{n}", "Flood", published=NOON - timedelta(days=n * 20)) for n in range(6)], heard=6)
    first = index.search(Query(text="flood", limit=3, at=NOON))
    second = index.search(Query(text="flood", limit=3, at=NOON + timedelta(days=400), after=first.next))
    assert [hit.document.id for hit in (*first.hits, *second.hits)] == [f"d{n}" for n in range(6)]
    again = index.search(Query(text="flood", limit=3, at=NOON + timedelta(days=500), after=first.next))
    assert [hit.document.id for hit in again.hits] == [hit.document.id for hit in second.hits]


def test_a_cursor_of_another_order_is_refused(index: SearchIndex) -> None:
    write(index, [document(f"d{n}", "Flood") for n in range(3)], heard=3)
    by_date = index.search(Query(text="flood", limit=1, sort=Sort.DATE)).next
    assert by_date is not None
    wrong = by_date if isinstance(index, SqliteIndex) else str(Cursor(("2026", "d0")))
    with pytest.raises(SearchIndexError, match="not a cursor"):
        index.search(Query(text="flood", limit=1, after=wrong))


@pytest.mark.parametrize(
    ("text", "remark"),
    [
        ("เด็กกลับบ้าน" * 170, "only its first 64 characters"),
        ("ウクライナ" * 100, "only its first 64 characters"),
        ('flood "in norden', "not closed"),
        (" ".join(f"flood{n}" for n in range(200)), "only its first 64 words"),
        ('"' + "flood " * 200 + '"', "only its first 64 words"),
        ("flood" * 1000, "only its first 2,000 characters"),
    ],
)
def test_what_is_too_long_or_left_open_is_searched_for_as_far_as_it_goes_and_said(
    index: SearchIndex, text: str, remark: str
) -> None:
    write(index, [document("a", "Flood in Norden"), document("th", "x", "เด็กกลับบ้าน" * 170, language="th")], heard=2)
    results = index.search(Query(text=text))
    assert any(remark in one for one in results.remarks)
    assert index.search(Query(text="flood")).remarks == ()


def test_a_long_run_is_found_by_its_beginning_and_marked(index: SearchIndex) -> None:
    text = "เด็กกลับบ้าน" * 4
    write(index, [document("th", "ข่าว", text, language="th")], heard=1)
    assert found(index, text) == ["th"]
    assert found(index, text + "ไม่") == []
    (hit,) = index.search(Query(text="กลับบ้าน")).hits
    assert any("⟦" in part for part in hit.highlights)


def test_words_with_an_apostrophe_or_a_hyphen_are_found(index: SearchIndex) -> None:
    write(index, [document("a", "O'Brien's co-op didn't pay")], heard=1)
    assert found(index, "O'Brien co-op didn't") == ["a"]


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
    assert [(f.value, f.count) for f in results.facets["topic"]] == [("floods", 5)]
    assert [(f.value, f.count) for f in results.facets["language"]] == [("en", 5)]
    following = index.search(Query(text="flood", limit=1, after=results.next))
    assert (following.total, following.facets) == (5, {})


def test_without_words_no_more_than_the_latest_are_counted(index: SearchIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (sqlitesearch, searching):
        monkeypatch.setattr(module, "MOST_COUNTED", 5)
    write(index, [document(f"d{n}", "Flood", published=NOON - timedelta(days=n)) for n in range(8)], heard=8)
    first = index.search(Query(limit=6))
    assert (first.total, first.more) == (5, True)
    assert [hit.document.id for hit in first.hits] == [f"d{n}" for n in range(6)]
    assert found(index, limit=6, after=first.next) == ["d6", "d7"]
    exact = index.search(Query(text="flood"))
    assert (exact.total, exact.more) == (8, False)
    few = index.search(Query(since=NOON - timedelta(days=3)))
    assert (few.total, few.more) == (4, False)


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
    with pytest.raises(SearchIndexError, match="not a cursor"):
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
