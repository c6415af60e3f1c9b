"""What the docs say of topic files is what topic files hold."""

from __future__ import annotations

import json
import types
from datetime import timedelta
from typing import Any, Union, get_args, get_origin

import pytest
import yaml
from pydantic import BaseModel

from pipeline.topics import parse_topic, read_topic
from schemas.topic import Terms, Topic
from schemas.written import format_duration
from tests.docs.jsonschema import mistakes
from tests.docs.pages import DOCS, ROOT, Block, all_blocks, blocks, table_cells

PAGE = DOCS / "topics.md"
SCHEMA: dict[str, Any] = json.loads((DOCS / "topic.schema.json").read_text(encoding="utf-8"))
EXAMPLES = [block for block in all_blocks("yaml") if "topic" in block.marks]
FILES = sorted(ROOT.glob("topics/*.yaml"))


@pytest.mark.parametrize("block", EXAMPLES, ids=str)
def test_every_example_is_a_topic(block: Block) -> None:
    parse_topic(block.text, where=str(block))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_example_file_is_a_topic(path: Any) -> None:
    assert read_topic(path).feeds


@pytest.mark.parametrize("text", [*(b.text for b in EXAMPLES), *(p.read_text(encoding="utf-8") for p in FILES)])
def test_what_is_a_topic_fits_the_published_schema(text: str) -> None:
    # As an editor reads it: by YAML 1.2, in which 06:00 is text, and 22:30 is too.
    value = yaml.load(text, Loader=yaml.BaseLoader)
    assert not list(mistakes(_typed(value), SCHEMA, SCHEMA))


@pytest.mark.parametrize(
    "wrong",
    [
        "titel: no such key\nname: a",
        "title: no name",
        "name: Not An Id",
        "name: a\nmatch: {any: {english: [x]}}",
        "name: a\nfeeds: [ftp://example.org]",
        "name: a\ndigest: {at: ['25:00']}",
        "name: a\nalerts: {bundle: soon}",
        "name: a\nalerts: {daily_cap: 0}",
        "name: a\nalerts: {min_change: 5}",
        "name: a\nalerts: {figures: [strange]}",
        "name: a\nalerts: {tells: loud}",
        "name: a\nfigures: [{counted: people}]",
        "name: a\nfigures: [{name: b, counted: [' ']}]",
        "name: a\nfigures: [{name: b, counted: people, always: soon}]",
    ],
)
def test_what_is_no_topic_does_not_fit_the_schema(wrong: str) -> None:
    assert list(mistakes(_typed(yaml.load(wrong, Loader=yaml.BaseLoader)), SCHEMA, SCHEMA))


def test_every_example_of_the_page_is_tested() -> None:
    assert not [str(block) for block in blocks(PAGE) if block.language == "yaml" and "topic" not in block.marks]
    assert len(EXAMPLES) > 3
    assert FILES


def test_the_table_names_every_key_and_nothing_else() -> None:
    assert {name for name, *_ in _rows()} == set(_keys(Topic))


def test_the_table_tells_every_plain_default() -> None:
    told = {name: left_out for name, _, left_out, _ in _rows()}
    for name, default in _keys(Topic).items():
        if isinstance(default, bool):
            assert told[name] == f"`{str(default).lower()}`"
        elif isinstance(default, timedelta):
            assert told[name] == f"`{format_duration(default)}`"
        elif isinstance(default, int | float):
            assert told[name] == f"`{default}`"


def _rows() -> list[list[str]]:
    return [[name.strip("`"), *rest] for name, *rest in table_cells(PAGE.read_text(encoding="utf-8"))]


def _keys(model: type[BaseModel], prefix: str = "") -> dict[str, Any]:
    """The keys of a topic file, dotted, with their defaults; those that only hold others are left out."""
    found: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        default = None if field.is_required() else field.get_default(call_default_factory=True)
        if field.validate_default:
            default = getattr(Topic(name="a").alerts if prefix else Topic(name="a"), name)
        inner = _model_in(field.annotation)
        if field.annotation is not inner:
            found[prefix + name] = default
        if inner is not None:
            found |= _keys(inner, f"{prefix}{name}.")
    return found


def _model_in(kind: Any) -> type[BaseModel] | None:
    """The model of which a field holds one or several; terms are written as lists."""
    if get_origin(kind) in (Union, types.UnionType, tuple):
        return next((found for one in get_args(kind) if (found := _model_in(one))), None)
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) and kind is not Terms else None


def _typed(value: Any) -> Any:
    """What YAML's plain words stand for."""
    if isinstance(value, dict):
        return {key: _typed(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_typed(one) for one in value]
    plain = {"true": True, "false": False, "null": None}
    if value in plain:
        return plain[value]
    for number in (int, float):
        try:
            return number(value)
        except ValueError:
            continue
    return value
