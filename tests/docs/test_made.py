"""What the docs take from the code is up to date."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from pipeline.steps.showing.export import EXPORTS
from tests.docs.pages import DOCS, ROOT


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("scripts_docs", ROOT / "scripts" / "docs.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["scripts_docs"] = module
    spec.loader.exec_module(module)
    return module


def test_nothing_is_out_of_date() -> None:
    # In a process of its own: click keeps a command's help option as whoever asked first for it had it.
    done = subprocess.run([ROOT / "scripts" / "docs", "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_everything_that_can_be_made_stands_somewhere(script: ModuleType) -> None:
    pages = "".join(path.read_text(encoding="utf-8") for path in DOCS.glob("*.md"))
    assert not [name for name in script.REGIONS if f"<!-- made: {name} -->" not in pages]


def test_every_exported_field_is_described() -> None:
    missing = [
        f"{kind}.{name}"
        for kind, (model, _) in EXPORTS.items()
        for name, field in model.model_fields.items()
        if not field.description
    ]
    assert not missing


def test_a_stale_page_is_noticed(script: ModuleType, tmp_path: Path) -> None:
    page = "by hand\n<!-- made: settings -->\nold\n<!-- end: settings -->\nby hand\n"
    made = script.made(page)
    assert "TALLYWIRE_HOME" in made
    assert "\nold\n" not in made
    assert made.startswith("by hand\n")
    assert script.made(made) == made


def test_an_unknown_part_is_an_error(script: ModuleType) -> None:
    with pytest.raises(KeyError):
        script.made("<!-- made: nothing -->\n<!-- end: nothing -->")
