"""What only the embedded index has to answer for."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from random import Random
from threading import Barrier

import pytest

from pipeline.errors import SearchIndexError
from pipeline.index import sqlitesearch
from pipeline.index.contract import Batch
from pipeline.index.sqlite import _SCHEMA_VERSION, SqliteIndex
from pipeline.index.words import joined, may_miss
from schemas.search import Query
from tests.index.test_contract import ARTICLES, NOON, document, found, write


def test_a_file_that_is_no_index_is_named_with_the_way_out(tmp_path: Path) -> None:
    path = tmp_path / "index.db"
    path.write_bytes(b"this is a letter to the editor, not a database " * 100)
    with pytest.raises(SearchIndexError, match="index rebuild") as caught:
        SqliteIndex(path).search(Query(text="x"))
    assert str(path) in str(caught.value)


def test_a_rebuild_repairs_a_file_that_is_no_index(tmp_path: Path) -> None:
    path = tmp_path / "index.db"
    path.write_bytes(b"not a database" * 1000)
    index = SqliteIndex(path)
    assert index.rebuild(ARTICLES, iter([Batch([document("a", "Back")], 1)])) == 1
    assert found(index, "back") == ["a"]
    index.close()


def test_a_new_file_may_be_opened_by_many_at_the_same_moment(tmp_path: Path) -> None:
    for number in range(60):
        together = Barrier(8)

        def open_it(_: int, *, together: Barrier = together, path: Path = tmp_path / f"{number}.db") -> None:
            index = SqliteIndex(path)
            together.wait()
            index.setup()
            index.close()

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(open_it, range(8)))


def test_a_reader_beside_a_rebuild_reads_what_was_rebuilt(tmp_path: Path) -> None:
    path = tmp_path / "index.db"
    writer, reader = SqliteIndex(path), SqliteIndex(path)
    write(writer, [document("a", "Old")], heard=1)
    assert found(reader, "old") == ["a"]
    writer.rebuild(ARTICLES, iter([Batch([document("b", "New")], 2)]))
    assert found(reader, "old") == []
    assert found(reader, "new") == ["b"]
    writer.close()
    reader.close()


def test_what_is_written_beside_a_rebuild_goes_into_the_file_that_is_there_now(tmp_path: Path) -> None:
    path = tmp_path / "index.db"
    daemon, command = SqliteIndex(path), SqliteIndex(path)
    write(daemon, [document("a", "Old")], heard=1)
    command.rebuild(ARTICLES, iter([Batch([document("a", "Old")], 1)]))
    command.close()
    write(daemon, [document("b", "New")], heard=2)
    anew = SqliteIndex(path)
    assert (sorted(found(anew)), anew.heard()) == (["a", "b"], 2)
    anew.close()
    daemon.close()


def test_an_index_whose_file_was_deleted_is_empty_and_has_heard_nothing(tmp_path: Path) -> None:
    path = tmp_path / "index.db"
    index = SqliteIndex(path)
    write(index, [document("a", "Old")], heard=7)
    path.unlink()
    assert (index.heard(), index.count(), found(index, "old")) == (0, 0, [])
    write(index, [document("a", "Old")], heard=7)
    assert (index.heard(), found(index, "old")) == (7, ["a"])
    index.close()


def test_many_threads_search_at_once(tmp_path: Path) -> None:
    index = SqliteIndex(tmp_path / "index.db")
    write(index, [document(f"d{n}", f"Flood number{n}") for n in range(8)], heard=8)
    together = Barrier(8)

    def ask(number: int) -> list[str]:
        together.wait()
        return found(index, f"number{number}")

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(ask, range(8))) == [[f"d{n}"] for n in range(8)]
    index.close()


def test_a_file_of_another_version_is_emptied_and_has_heard_nothing(tmp_path: Path) -> None:
    path = tmp_path / "index.db"
    with closing(sqlite3.connect(path)) as old:
        old.executescript(
            "CREATE TABLE document (number INTEGER PRIMARY KEY, title TEXT);"
            "CREATE VIRTUAL TABLE words USING fts5 (title, content='document', content_rowid='number');"
            "CREATE TRIGGER added AFTER INSERT ON document BEGIN"
            " INSERT INTO words (rowid, title) VALUES (new.number, new.title); END;"
            "CREATE TABLE heard (version INTEGER NOT NULL);"
            "INSERT INTO document (title) VALUES ('Old'); INSERT INTO heard VALUES (7);"
        )
    index = SqliteIndex(path)
    assert index.heard() == 0
    write(index, [document("a", "New")], heard=8)
    assert found(index) == ["a"]
    index.close()


def test_what_is_gone_is_not_found_by_any_of_its_words(tmp_path: Path) -> None:
    index = SqliteIndex(tmp_path / "index.db")
    write(index, [document("a", "The I.R.S. speaks", "เด็กกลับบ้าน")], heard=1)
    write(index, [document("a", "Nothing", "Nothing", version=2)], heard=2)
    assert [found(index, text) for text in ("irs", "กลับ", "speaks", "nothing")] == [[], [], [], ["a"]]
    with closing(sqlite3.connect(tmp_path / "index.db")) as file:
        file.create_function("joined", 1, joined)
        file.execute("INSERT INTO words (words) VALUES ('integrity-check')")
    index.close()


def test_a_file_of_the_version_before_gets_its_topics_and_keeps_what_it_has(tmp_path: Path) -> None:
    path = tmp_path / "index.db"
    off_topic = document("b", "Flood", topics=())
    with closing(SqliteIndex(path)) as index:
        write(index, [document("a", "Flood", topics=("floods", "norden")), off_topic], heard=3)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("ALTER TABLE document DROP COLUMN topics")
        connection.execute(f"PRAGMA user_version = {_SCHEMA_VERSION - 1}")
    with closing(SqliteIndex(path)) as index:
        results = index.search(Query(text="flood"))
        assert ([hit.document.id for hit in results.hits], index.heard()) == (["a"], 3)
        assert [(one.value, one.count) for one in results.facets["topic"]] == [("floods", 1), ("norden", 1)]


WORDS = ["flood", "norden", "dike", "water", "rescue", "boat", "night", "river"]


@pytest.mark.parametrize("rare", [0, 10_000])
@pytest.mark.parametrize("most", [3, 1000])
def test_whatever_is_asked_the_latest_with_enough_of_the_words_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rare: int, most: int
) -> None:
    monkeypatch.setattr(sqlitesearch, "_RARE", rare)
    monkeypatch.setattr(sqlitesearch, "_AHEAD", 0)
    monkeypatch.setattr(sqlitesearch, "MOST_COUNTED", most)
    chance = Random(4)
    held = {f"d{n:03}": set(chance.sample(WORDS, chance.randrange(9))) for n in range(120)}
    with closing(SqliteIndex(tmp_path / "index.db")) as index:
        days = {id: NOON - timedelta(days=chance.randrange(9)) for id in held}
        write(
            index,
            [
                document(id, "News", " ".join(sorted(words)), published=days[id], outlet=f"Outlet {n % 3}")
                for n, (id, words) in enumerate(held.items())
            ],
            heard=1,
        )
        for number in range(1, 9):
            asked, unwanted = chance.sample(WORDS, number), chance.choice(WORDS)
            since, outlet = NOON - timedelta(days=chance.randrange(9)), f"Outlet {chance.randrange(3)}"
            for excluded, filters in ((set(), {}), ({unwanted} - set(asked), {}), (set(), {"since": since})):
                query = Query(
                    text=" ".join([*asked, *(f"-{word}" for word in excluded)]), outlets=(outlet,), limit=200, **filters
                )
                right = [
                    id
                    for n, (id, words) in enumerate(held.items())
                    if len(words & set(asked)) >= number - may_miss(number)
                    and not words & excluded
                    and f"Outlet {n % 3}" == outlet
                    and (not filters or days[id] >= since)
                ]
                results = index.search(query)
                assert sorted(hit.document.id for hit in results.hits) == right[-most:], query
                assert (results.total, results.more) == (min(len(right), most), len(right) > most)
                assert [(one.value, one.count) for one in results.facets["topic"]] == [("floods", results.total)][
                    : results.total
                ]
                assert sum(one.count for one in results.facets["day"]) == results.total
