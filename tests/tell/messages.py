"""The messages that the code and the templates hold, as scripts/messages finds them."""

from __future__ import annotations

import importlib.util
import sys
from functools import cache
from pathlib import Path
from types import ModuleType

from babel.messages.catalog import Catalog

ROOT = Path(__file__).resolve().parents[2]


@cache
def script() -> ModuleType:
    """scripts/messages.py, which is no package."""
    spec = importlib.util.spec_from_file_location("scripts_messages", ROOT / "scripts" / "messages.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["scripts_messages"] = module
    spec.loader.exec_module(module)
    return module


@cache
def source() -> Catalog:
    """Every message, with where it stands."""
    return script().source()
