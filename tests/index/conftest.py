"""The indexes that the contract is held against."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.index.contract import SearchIndex
from pipeline.index.sqlite import SqliteIndex


@pytest.fixture(params=["sqlite"])
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SearchIndex]:
    made: SearchIndex = SqliteIndex(tmp_path / "index.db")
    made.setup()
    yield made
    made.close()
