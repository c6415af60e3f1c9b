"""Rows as CSV: read back as they were, and nothing in them runs."""

from __future__ import annotations

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.steps.showing.tables import csv_lines, harmless
from schemas.export import Row


class _Row(Row):
    title: str
    count: float | None = None
    names: tuple[str, ...] = ()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("+49 30 1", "'+49 30 1"),
        ("-5 °C", "'-5 °C"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1+1", "'\t'=1+1"),
        ("\rx", "'\rx"),
        ("＝1+1", "'＝1+1"),
        ("＠x", "'＠x"),
        ("  =1", "'  =1"),
        ("Floods;=HYPERLINK(1)", "Floods;'=HYPERLINK(1)"),
        ('Floods; "=1"', 'Floods;\' "=1"'),
        ("Floods\n=1", "Floods\n'=1"),
        ("Floods - what we know; 1+1=2", "Floods - what we know; 1+1=2"),
        ("", ""),
    ],
)
def test_what_could_be_a_formula_is_not(text: str, shown: str) -> None:
    assert harmless(text) == shown


@given(st.text(alphabet=";=+-@＝ab\t\r\n\"' ", max_size=30))
def test_no_cell_of_either_separator_begins_with_a_formula(text: str) -> None:
    shown = harmless(text)
    for cell in re.split(r"[;\t\r\n]", shown):
        assert not re.match(r"[\s\"]*[=+\-@＝]", cell), shown
    assert re.sub("'", "", shown) == re.sub("'", "", text)


def test_rows_are_read_back_as_they_were() -> None:
    rows = [_Row(title='Floods, "again"', count=-1.5, names=("a", "b")), _Row(title="x\ny")]
    text = "".join(csv_lines(_Row, rows))
    assert text.startswith("\ufefftitle,count,names\r\n")
    first, second = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    assert first == {"title": 'Floods, "again"', "count": "-1.5", "names": '["a", "b"]'}
    assert second == {"title": "x\ny", "count": "", "names": "[]"}


def test_lists_are_made_harmless_too() -> None:
    assert '"[""a;\'=1""]"' in "".join(csv_lines(_Row, [_Row(title="x", names=("a;=1",))]))
