"""Rows as CSV that a spreadsheet reads, and runs nothing of."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator

from schemas.export import Row

_FORMULA = re.compile(r"(?:^|(?<=[;\t\r\n]))(?=[\s\"']{0,64}[=+\-@＝＋－＠﹦﹢﹣﹫]|[\t\r])")
"""Where a cell begins in any spreadsheet: one that takes ; for the separator does not see quotation marks that stand
within its cells, and so begins a cell after each ; and a row after each end of a line."""


def csv_lines(model: type[Row], rows: Iterable[Row]) -> Iterator[str]:
    """``rows`` as CSV (RFC 4180), line by line: a header, then a line for each row.

    Begins with a byte order mark, without which spreadsheets take a file for anything but UTF-8. Lists and objects are
    JSON.
    """
    names = [field.alias or name for name, field in model.model_fields.items()]
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    written.write("\ufeff")
    writer.writerow(names)
    yield written.getvalue()
    for row in rows:
        written.seek(0)
        written.truncate()
        values = row.model_dump(mode="json", by_alias=True)
        writer.writerow([_cell(values[name]) for name in names])
        yield written.getvalue()


def _cell(value: object) -> object:
    if isinstance(value, list | dict):
        value = json.dumps(value, ensure_ascii=False)
    return harmless(value) if isinstance(value, str) else value


def harmless(text: str) -> str:
    """``text`` with an apostrophe before whatever a spreadsheet could take for a formula: a page must run none there.

    Formulas begin with ``= + - @``, in half or full width, after a tab or carriage return too; a cell begins at the
    start of ``text`` and, in the many countries where the semicolon separates cells, after each ``;``.
    """
    return _FORMULA.sub("'", text)
