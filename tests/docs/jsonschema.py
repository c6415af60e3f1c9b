"""The little of JSON Schema (draft 2020-12) that the schema of topic files uses; any other keyword is an error."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

_TYPES = {
    "object": dict,
    "array": list,
    "string": str,
    "number": (int, float),
    "integer": int,
    "boolean": bool,
    "null": type(None),
}
_WORDS_ONLY = {"title", "description", "default", "examples", "$schema", "$defs", "$id"}


def mistakes(value: Any, schema: dict[str, Any], root: dict[str, Any], where: str = "") -> Iterator[str]:
    """What is wrong with ``value``, a line each."""
    for keyword, rule in schema.items():
        if keyword in _WORDS_ONLY:
            continue
        yield from _CHECKS[keyword](value, rule, schema, root, where)


def _of_type(value: Any, rule: Any, schema: Any, root: Any, where: str) -> Iterator[str]:
    if not isinstance(value, _TYPES[rule]) or (isinstance(value, bool) and rule in ("number", "integer")):
        yield f"{where}: {value!r} is no {rule}"


def _any_of(value: Any, rule: Any, schema: Any, root: Any, where: str) -> Iterator[str]:
    if all(any(True for _ in mistakes(value, one, root, where)) for one in rule):
        yield f"{where}: {value!r} fits none of {len(rule)} forms"


def _referred(value: Any, rule: Any, schema: Any, root: Any, where: str) -> Iterator[str]:
    yield from mistakes(value, root["$defs"][rule.removeprefix("#/$defs/")], root, where)


def _properties(value: Any, rule: Any, schema: Any, root: Any, where: str) -> Iterator[str]:
    for name, part in rule.items():
        if isinstance(value, dict) and name in value:
            yield from mistakes(value[name], part, root, f"{where}.{name}")


def _additional(value: Any, rule: Any, schema: Any, root: Any, where: str) -> Iterator[str]:
    for name in set(value) - set(schema.get("properties", {})) if isinstance(value, dict) else ():
        if rule is False:
            yield f"{where}: {name!r} is unknown"
        else:
            yield from mistakes(value[name], rule, root, f"{where}.{name}")


def _names(value: Any, rule: Any, schema: Any, root: Any, where: str) -> Iterator[str]:
    for name in value if isinstance(value, dict) else ():
        yield from mistakes(name, rule, root, f"{where}.{name}")


def _required(value: Any, rule: Any, schema: Any, root: Any, where: str) -> Iterator[str]:
    yield from (f"{where}: {name!r} is missing" for name in rule if isinstance(value, dict) and name not in value)


def _items(value: Any, rule: Any, schema: Any, root: Any, where: str) -> Iterator[str]:
    for at, item in enumerate(value if isinstance(value, list) else ()):
        yield from mistakes(item, rule, root, f"{where}[{at}]")


def _one_of_these(value: Any, rule: Any, schema: Any, root: Any, where: str) -> Iterator[str]:
    if value not in rule:
        yield f"{where}: {value!r} is none of {rule}"


def _pattern(value: Any, rule: Any, schema: Any, root: Any, where: str) -> Iterator[str]:
    if isinstance(value, str) and not re.search(rule, value):
        yield f"{where}: {value!r} does not match {rule}"


def _minimum(value: Any, rule: Any, schema: Any, root: Any, where: str) -> Iterator[str]:
    if isinstance(value, (int, float)) and value < rule:
        yield f"{where}: {value} is less than {rule}"


def _maximum(value: Any, rule: Any, schema: Any, root: Any, where: str) -> Iterator[str]:
    if isinstance(value, (int, float)) and value > rule:
        yield f"{where}: {value} is more than {rule}"


def _shortest(value: Any, rule: Any, schema: Any, root: Any, where: str) -> Iterator[str]:
    if isinstance(value, str) and len(value) < rule:
        yield f"{where}: {value!r} is shorter than {rule}"


def _longest(value: Any, rule: Any, schema: Any, root: Any, where: str) -> Iterator[str]:
    if isinstance(value, str) and len(value) > rule:
        yield f"{where}: {value!r} is longer than {rule}"


_CHECKS = {
    "type": _of_type,
    "anyOf": _any_of,
    "$ref": _referred,
    "properties": _properties,
    "additionalProperties": _additional,
    "propertyNames": _names,
    "required": _required,
    "items": _items,
    "enum": _one_of_these,
    "pattern": _pattern,
    "minimum": _minimum,
    "maximum": _maximum,
    "minLength": _shortest,
    "maxLength": _longest,
}
