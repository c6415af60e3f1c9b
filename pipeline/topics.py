"""Topic files: YAML read strictly, every mistake named with its file and line."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from pipeline.errors import TopicError
from schemas.topic import Topic

_MAX_BYTES = 1_000_000


def read_topic(path: Path) -> Topic:
    """The topic that a file holds.

    Raises TopicError listing all that is wrong with the file, each with its line.
    """
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise TopicError("this is too large for a topic file", where=str(path), hint="it may have 1 MB at most")
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise TopicError(
            "the topic file can't be read",
            where=str(path),
            why=error.strerror or str(error),
            hint="`tallywire topics new NAME` writes one to start from",
        ) from error
    except UnicodeDecodeError as error:
        raise TopicError("the topic file is not UTF-8", where=str(path), hint="save it as UTF-8 text") from error
    return parse_topic(text, where=str(path))


def parse_topic(text: str, *, where: str = "topic") -> Topic:
    """The topic that a YAML text holds. Raises TopicError."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        if isinstance(root, yaml.MappingNode):
            _no_twin_keys(root, where)
        value = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        raise TopicError(
            "this is no valid YAML",
            where=f"{where}:{mark.line + 1}" if mark else where,
            why=getattr(error, "problem", None) or str(error),
            hint="check the indentation and the colons there",
        ) from error
    if not isinstance(root, yaml.MappingNode) or not isinstance(value, dict):
        raise TopicError(
            "a topic file holds keys and values",
            where=where,
            hint="`tallywire topics new NAME` writes one to start from",
        )
    try:
        return Topic.model_validate(value)
    except ValidationError as error:
        problems = [
            f"{where}:{_line(root, problem['loc'])}: {_path(problem['loc'])}{_words(problem)}"
            for problem in error.errors(include_url=False)
        ]
        raise TopicError(
            "\n".join(problems), hint="`tallywire topics schema` prints what a topic file may hold"
        ) from None


def read_topics(paths: Iterable[Path]) -> tuple[Topic, ...]:
    """The topics of several files or folders of ``*.yaml``; two of one name are refused. Raises TopicError."""
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            files += sorted(p for p in path.iterdir() if p.suffix in (".yaml", ".yml"))
        else:
            files.append(path)
    seen: dict[str, Path] = {}
    topics = []
    for path in files:
        topic = read_topic(path)
        if topic.name in seen and seen[topic.name].resolve() != path.resolve():
            raise _taken(topic.name, path, seen[topic.name])
        if topic.name not in seen:
            topics.append(topic)
        seen[topic.name] = path
    return tuple(topics)


def read_folder(folder: Path) -> tuple[tuple[Topic, ...], tuple[TopicError, ...]]:
    """The topics of a folder, and what is wrong with the files that hold none; a broken file harms no other.

    Of two files of one name the first by file name counts. A folder that is not there is one error.
    """
    try:
        files = sorted(path for path in folder.iterdir() if path.suffix in (".yaml", ".yml"))
    except OSError as error:
        return (), (
            TopicError(
                "the folder of topic files can't be read",
                where=str(folder),
                why=error.strerror or str(error),
                hint="make it, or name another with TALLYWIRE_TOPICS",
            ),
        )
    topics: dict[str, tuple[Topic, Path]] = {}
    broken: list[TopicError] = []
    for path in files:
        try:
            topic = read_topic(path)
            if topic.name in topics:
                raise _taken(topic.name, path, topics[topic.name][1])
        except TopicError as error:
            broken.append(error)
        else:
            topics[topic.name] = topic, path
    return tuple(topic for topic, _ in topics.values()), tuple(broken)


def _taken(name: str, path: Path, by: Path) -> TopicError:
    return TopicError(f"the topic name {name!r} is taken", where=str(path), why=f"by {by}", hint="rename one")


def _no_twin_keys(node: yaml.Node, where: str) -> None:
    # YAML keeps the last of two equal keys in silence; a watcher would lose half a topic and never know.
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            name = str(key.value)
            if name in seen:
                raise TopicError(
                    f"the key {name!r} stands twice", where=f"{where}:{key.start_mark.line + 1}", hint="join the two"
                )
            seen.add(name)
            _no_twin_keys(value, where)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _no_twin_keys(item, where)


def _line(node: yaml.Node, location: tuple[int | str, ...]) -> int:
    """The line of the deepest node that ``location`` still names."""
    line = node.start_mark.line + 1
    for step in location:
        if isinstance(node, yaml.MappingNode):
            found = next(((k, v) for k, v in node.value if k.value == str(step)), None)
            if found is None:
                # A key that stands for another in the file, such as a plain list for its `every`.
                continue
            line, node = found[0].start_mark.line + 1, found[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            line = node.start_mark.line + 1
    return line


def _path(location: tuple[int | str, ...]) -> str:
    return f"{'.'.join(str(step) for step in location)}: " if location else ""


def _words(problem: Any) -> str:
    match problem["type"]:
        case "extra_forbidden":
            return "there is no such key"
        case "missing":
            return "this key is needed"
        case "tuple_type":
            return f"a list is needed, not {problem['input']!r}"
        case "value_error":
            return str(problem["msg"]).removeprefix("Value error, ")
        case _:
            return f"{problem['msg']}, not {problem['input']!r}"
