"""The words that docs/style.md rewrites do not come back."""

from __future__ import annotations

import re

import pytest

from tests.docs.pages import DOCS, PAGES, ROOT, table_cells

PAIRS = [cells for cells in table_cells((DOCS / "style.md").read_text(encoding="utf-8")) if len(cells) == 2]
SOURCES = {
    path: " ".join(re.sub(r'"\s*\n\s*f?"', "", path.read_text(encoding="utf-8")).split())
    for path in [
        *(path for suffix in ("py", "j2", "yaml") for path in (ROOT / "pipeline").rglob(f"*.{suffix}")),
        *(page for page in PAGES if page.name not in ("style.md", "CHANGELOG.md")),
    ]
}


def test_there_are_twenty_pairs_or_more() -> None:
    assert len(PAIRS) >= 20


@pytest.mark.parametrize(("before", "after"), PAIRS)
def test_what_was_rewritten_stays_rewritten(before: str, after: str) -> None:
    assert before != after
    assert not [str(path.relative_to(ROOT)) for path, text in SOURCES.items() if before in text]
