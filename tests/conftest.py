"""What every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of labelled data beside the checkout; the test is skipped, saying so, where it is absent."""
    folder = Path(os.environ.get("TALLYWIRE_SHARED", Path(__file__).resolve().parents[2] / "shared"))
    if not (folder / "data").is_dir():
        pytest.skip(f"no labelled data at {folder}: set TALLYWIRE_SHARED to the folder that holds data/")
    return folder
