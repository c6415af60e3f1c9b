"""Where a page of results ended, as a reader hands it back for the next one."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import UTC, datetime

from pipeline.errors import SearchRefused

_LONGEST = 20_000
"""Characters of a cursor; a view of Elasticsearch takes some hundreds, an id at most 1,024."""

Key = str | int | float


@dataclass(frozen=True)
class Cursor:
    """The sort values of a page's last hit: what it is ordered by, its id, and whatever the index adds to those.

    ``at`` is the moment from which the first page counted how fresh articles are, for the order must not change from
    page to page; ``view`` names a frozen view of the index, where it has such.
    """

    last: tuple[Key, ...]
    at: datetime | None = None
    view: str = ""

    def __str__(self) -> str:
        said = json.dumps([list(self.last), self.at.timestamp() if self.at else None, self.view], separators=(",", ":"))
        return base64.urlsafe_b64encode(said.encode()).decode().rstrip("=")


def read_cursor(text: str) -> Cursor:
    """The cursor that ``text`` says. Raises SearchRefused if it is none."""
    try:
        if len(text) > _LONGEST:
            raise ValueError("too long")
        padded = text + "=" * (-len(text) % 4)
        last, at, view = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        key, identity, *rest = last
        if not (isinstance(view, str) and isinstance(identity, str) and all(isinstance(n, int) for n in rest)):
            raise ValueError("not what a cursor holds")
        moment = None if at is None else datetime.fromtimestamp(float(at), UTC)
        return Cursor((key if isinstance(key, str | int) else float(key), identity, *rest), moment, view)
    except (ValueError, TypeError, OverflowError, OSError, RecursionError, binascii.Error) as error:
        raise no_cursor(text) from error


def no_cursor(text: str) -> SearchRefused:
    """``text`` is not a cursor that a page of this search gave."""
    shown = text if len(text) <= 80 else text[:80] + "…"
    return SearchRefused(
        "the requested page can't be found",
        why=f"{shown!r} is not a cursor of this search",
        hint="start from the first page, or copy `next` from the previous page unchanged",
    )
