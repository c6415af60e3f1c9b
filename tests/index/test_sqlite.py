"""What only the embedded index has to answer for."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from pipeline.errors import SearchIndexError
from pipeline.index.contract import Batch
from pipeline.index.sqlite import SqliteIndex
from schemas.search import Query
from tests.index.test_contract import ARTICLES, document, found, write


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


def test_a_reader_beside_a_rebuild_goes_on_reading_what_it_opened(tmp_path: Path) -> None:
    path = tmp_path / "index.db"
    writer, reader = SqliteIndex(path), SqliteIndex(path)
    write(writer, [document("a", "Old")], heard=1)
    assert found(reader, "old") == ["a"]
    writer.rebuild(ARTICLES, iter([Batch([document("b", "New")], 2)]))
    assert found(reader, "old") == ["a"]
    reader.close()
    assert found(reader, "new") == ["b"]
    writer.close()
    reader.close()
