"""What is imported where each import is paid again and again."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("module", "needless"),
    [
        ("pipeline.steps.intake.reading", ("sqlalchemy", "aiohttp", "elasticsearch", "feedparser", "spacy")),
        ("pipeline.runner", ("spacy",)),
        ("pipeline.airflow.tasks", ("spacy",)),
        ("pipeline.airflow.feeds", ("aiohttp", "feedparser", "matplotlib", "trafilatura")),
        ("pipeline.airflow.trouble", ("aiohttp", "feedparser", "matplotlib", "sqlalchemy")),
        ("pipeline.steps.transport", ("aiohttp", "matplotlib")),
        ("pipeline.steps.tell", ("matplotlib",)),
    ],
)
def test_a_module_that_many_short_processes_import_needs_no_heavy_library(
    module: str, needless: tuple[str, ...]
) -> None:
    look = f"import sys, {module}; print(*(name for name in {needless!r} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
