from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.collect import replay
from pipeline.collect.replay import BrokenLine, ReplayItem, read_jsonl
from pipeline.errors import ArchiveError


def lines(tmp_path: Path, *said: object) -> list[ReplayItem | BrokenLine]:
    file = tmp_path / "a.jsonl"
    file.write_text("\n".join(one if isinstance(one, str) else json.dumps(one) for one in said) + "\n")
    return list(read_jsonl(file))


def test_articles_are_read_and_unknown_keys_ignored(tmp_path: Path) -> None:
    first, second = lines(
        tmp_path,
        {
            "id": "a",
            "url": "https://e.com/a",
            "title": "A",
            "text": "Text",
            "published": "2026-11-20T10:00:00+02:00",
            "source": "Outlet",
            "language": "en",
            "gold": {"story": 1},
        },
        {"id": 2, "html": "<p>x</p>", "published": "2026-11-20", "text": None, "source": None},
    )
    assert isinstance(first, ReplayItem)
    assert (first.id, first.text, first.source, first.line) == ("a", "Text", "Outlet", 1)
    assert first.published == datetime(2026, 11, 20, 8, tzinfo=UTC)
    assert isinstance(second, ReplayItem)
    assert (second.id, second.html, second.text, second.url) == ("2", "<p>x</p>", None, "")
    assert second.published == datetime(2026, 11, 20, tzinfo=UTC)


@pytest.mark.parametrize("published", [None, "", "  "])
def test_a_date_may_be_missing(tmp_path: Path, published: str | None) -> None:
    (one,) = lines(tmp_path, {"id": "a", "text": "x", "published": published})
    assert isinstance(one, ReplayItem)
    assert one.published is None


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("{", "not JSON"),
        ("[1]", "not an object"),
        ('{"text": "x"}', "id: Field required"),
        ('{"id": "a"}', "neither text nor html"),
        ('{"id": "a", "text": 1}', "text: Input should be a valid string"),
        ('{"id": "a", "text": "x", "published": "soon"}', "published: 'soon' is not a date"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_a_broken_line_is_told_and_the_rest_goes_on(tmp_path: Path, line: str, why: str) -> None:
    broken, good = lines(tmp_path, "", line, {"id": "b", "text": "x"})
    assert isinstance(broken, BrokenLine)
    assert broken.line == 2
    assert why in broken.why
    assert isinstance(good, ReplayItem)
    assert good.line == 3


def test_a_line_without_end_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay, "LONGEST_LINE", 1_000)
    broken, good = lines(tmp_path, {"id": "a", "text": "x" * 5_000}, {"id": "b", "text": "x"})
    assert isinstance(broken, BrokenLine)
    assert isinstance(good, ReplayItem)
    assert (good.id, good.line) == ("b", 2)


def test_a_compressed_file_is_known_by_its_bytes(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_bytes(gzip.compress('\ufeff{"id": "a", "text": "é"}'.encode()))
    (one,) = read_jsonl(file)
    assert isinstance(one, ReplayItem)
    assert one.text == "é"


def test_a_file_that_breaks_off_is_told_after_what_could_be_read(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl.gz"
    rows = "".join(json.dumps({"id": str(n), "text": str(n * n)}) + "\n" for n in range(50_000))
    whole = gzip.compress(rows.encode())
    file.write_bytes(whole[: len(whole) // 2])
    read = []
    with pytest.raises(ArchiveError, match="is incomplete"):
        read.extend(one for one in iter(read_jsonl(file)) if not read.append(one))
    assert len(read) > 100
    assert all(isinstance(one, ReplayItem) for one in read)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="can't be read"):
        list(read_jsonl(tmp_path / "none.jsonl"))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(tmp_path_factory: pytest.TempPathFactory, noise: bytes) -> None:
    file = tmp_path_factory.mktemp("noise") / "a.jsonl"
    file.write_bytes(b"{" + noise)
    assert all(isinstance(one, BrokenLine) for one in read_jsonl(file))
