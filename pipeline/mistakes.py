"""What is wrong with a topic file, in the words of the file rather than of the models that read it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from types import UnionType
from typing import Any, Union, get_args, get_origin

import yaml
from pydantic import BaseModel

from pipeline.yamltree import line_of
from schemas.topic import Terms, Topic

_Location = tuple[int | str, ...]

_FORMS = {
    "name": "use lower-case letters, digits and hyphens, 63 at most, for example floods-2026",
    "url": "write a web address that starts with http:// or https://",
    "recipients": "write a mail address, for example desk@newsroom.example",
    "languages": "write a language code of two or three letters, for example en or uk",
}
"""What a text has to look like, by its key."""

_SHOWN = 60


def in_words(problems: list[Any], root: yaml.Node, where: str) -> str:
    """What pydantic found wrong with a file, a line for each problem in the order of the file's lines."""
    told = []
    for problem in problems:
        line, path = line_of(root, problem["loc"])
        if problem["type"] == "missing":
            told.append((line, f"{_path(path)}the key `{problem['loc'][-1]}` is missing"))
        elif problem["type"] == "extra_forbidden":
            told.append((line, f"{_path(path[:-1])}{_unknown(problem['loc'])}"))
        else:
            told.append((line, f"{_path(path)}{_words(problem)}"))
    return "\n".join(f"{where}:{line}: {words}" for line, words in sorted(dict.fromkeys(told)))


def _path(location: _Location) -> str:
    steps = [f"item {step + 1}" if isinstance(step, int) else str(step)[:_SHOWN] for step in location]
    return f"{', '.join(steps)}: " if steps else ""


def _unknown(location: _Location) -> str:
    """That a key is unknown, and which one may be meant: of those that fit there, then of those that fit elsewhere."""
    key = str(location[-1])[:_SHOWN]
    here = _keys_at(location[:-1])
    if close := get_close_matches(key.lower(), here, n=1, cutoff=0.6):
        return f"unknown key `{key}`; did you mean `{close[0]}`?"
    elsewhere = {name: path for path, names in reversed(list(_all_keys(Topic))) for name in names if path}
    if key in elsewhere:
        return f"`{key}` does not belong here but under `{elsewhere[key]}`"
    return f"unknown key `{key}`; known keys here: {', '.join(here)}"


def _keys_at(location: _Location) -> list[str]:
    names = dict(_all_keys(Topic))
    return list(names.get(".".join(step for step in location if isinstance(step, str)), ()))


def _all_keys(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, tuple[str, ...]]]:
    """The keys of a topic file by the path of the key that holds them."""
    yield prefix, tuple(model.model_fields)
    for name, field in model.model_fields.items():
        inner = _model_in(field.annotation)
        if inner is not None and inner is not Terms:
            yield from _all_keys(inner, f"{prefix}.{name}" if prefix else name)


def _model_in(kind: Any) -> type[BaseModel] | None:
    """The model of which a field holds one or several."""
    if get_origin(kind) in (Union, UnionType, tuple):
        return next((found for one in get_args(kind) if (found := _model_in(one))), None)
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def _words(problem: Mapping[str, Any]) -> str:
    kind, given = str(problem["type"]), _shown(problem["input"])
    context = problem.get("ctx", {})
    key = next((step for step in reversed(problem["loc"]) if isinstance(step, str)), "")
    if kind == "value_error":
        return str(problem["msg"]).removeprefix("Value error, ")
    if kind == "string_pattern_mismatch" and key in _FORMS:
        return f"{given} can't be used; {_FORMS[key]}"
    if kind == "enum":
        return f"{given} is not one of {context['expected'].replace(chr(39), '')}{_meant(problem['input'], context)}"
    if kind in ("tuple_type", "list_type"):
        return f"a list is needed, such as [one, two], not {given}"
    if kind.startswith("string_"):
        return _text_words(kind, given, context)
    if kind in ("greater_than_equal", "greater_than", "less_than_equal", "less_than"):
        return f"{given} is too {'small' if kind.startswith('greater') else 'large'}; {_bound(kind, context)}"
    return f"{_needed(kind)}, not {given}"


def _needed(kind: str) -> str:
    if kind.startswith("time_delta"):
        return "a duration is needed, such as 30s, 15m, 6h, 2d or 1w"
    if kind.startswith("time"):
        return "a time of day is needed, such as 07:00"
    if kind.startswith("bool"):
        return "true or false is needed"
    if kind.startswith("int"):
        return "a whole number is needed"
    if kind.startswith(("float", "decimal", "finite")):
        return "a number is needed"
    if kind.startswith(("model", "dict", "mapping")):
        return "keys and values are needed"
    return "this can't be used; `tallywire topics schema` says what can"


def _text_words(kind: str, given: str, context: Mapping[str, Any]) -> str:
    if kind == "string_too_short":
        return "it is empty"
    if kind == "string_too_long":
        return f"it is longer than {context['max_length']} characters"
    if kind == "string_pattern_mismatch":
        return f"{given} can't be used here"
    return f"text is needed, not {given}; put it in quotes if it is meant as text"


def _bound(kind: str, context: Mapping[str, Any]) -> str:
    if kind.startswith("greater"):
        return f"at least {context.get('ge', context.get('gt'))}"
    return f"at most {context.get('le', context.get('lt'))}"


def _meant(given: Any, context: Mapping[str, Any]) -> str:
    options = context["expected"].replace("'", "").replace(" or ", ", ").split(", ")
    close = get_close_matches(str(given).lower(), options, n=1, cutoff=0.6)
    return f"; did you mean {close[0]}?" if close else ""


def _shown(value: Any) -> str:
    """A value as it may stand in a file, not too long."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
