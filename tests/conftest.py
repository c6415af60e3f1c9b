"""What every test may use."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# How long an example takes, or the making of one, says something of the machine and nothing of the code.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

_UNASKED = ("celery", "long")
"""The marks of tests that take minutes: on another executor, or on servers that hang."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests marked ``celery`` or ``long`` unless ``-m`` speaks of such or their file is named.

    An ``-m`` in pyproject.toml would be forgotten as soon as someone gives another.
    """
    if any(mark in config.option.markexpr for mark in _UNASKED):
        return
    named = {Path(arg.split("::")[0]).resolve() for arg in config.args}
    left_out = [item for item in items if _is_unasked(item) and item.path not in named]
    if left_out:
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)


def _is_unasked(item: pytest.Item) -> bool:
    return any(item.get_closest_marker(mark) for mark in _UNASKED)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Refuse to start where workers would not keep the tests of one group together: each would start an Airflow."""
    grouped = [item for item in session.items if item.get_closest_marker("xdist_group")]
    if session.config.getoption("loadgroup", False) and any("@" not in item.nodeid for item in grouped):
        raise pytest.UsageError("pytest-xdist does not know groups of tests under this version of pytest")


@pytest.fixture(autouse=True)
def kept_umask() -> Iterator[None]:
    """The umask stays what it was: a home that a test opens makes its whole process private."""
    before = os.umask(0o022)
    os.umask(before)
    yield
    os.umask(before)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of labelled data beside the checkout; the test is skipped, saying so, where it is absent."""
    folder = Path(os.environ.get("TALLYWIRE_SHARED", Path(__file__).resolve().parents[2] / "shared"))
    if not (folder / "data").is_dir():
        pytest.skip(f"no labelled data at {folder}: set TALLYWIRE_SHARED to the folder that holds data/")
    return folder
