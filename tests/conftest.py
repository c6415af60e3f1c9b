"""What every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_UNASKED = "celery"
"""The mark of tests that take minutes and repeat what others prove, on another executor."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests marked ``celery`` unless ``-m`` speaks of them or their file is named.

    An ``-m`` in pyproject.toml would be forgotten as soon as someone gives another.
    """
    if _UNASKED in config.option.markexpr:
        return
    named = {Path(arg.split("::")[0]).resolve() for arg in config.args}
    left_out = [item for item in items if item.get_closest_marker(_UNASKED) and item.path not in named]
    if left_out:
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of labelled data beside the checkout; the test is skipped, saying so, where it is absent."""
    folder = Path(os.environ.get("TALLYWIRE_SHARED", Path(__file__).resolve().parents[2] / "shared"))
    if not (folder / "data").is_dir():
        pytest.skip(f"no labelled data at {folder}: set TALLYWIRE_SHARED to the folder that holds data/")
    return folder
