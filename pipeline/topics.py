"""Topic files: YAML read strictly, every mistake named with its file and line."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import yaml
from pydantic import ValidationError

from pipeline.errors import TopicError
from pipeline.mistakes import in_words
from pipeline.urls import host_of
from pipeline.yamltree import tree, value_of
from schemas.topic import Topic
from schemas.written import FROM_FILE

_MAX_BYTES = 1_000_000
_NOT_A_MAPPING = "a topic file holds keys and values, such as `name: floods`"
# Names that RFC 2606 keeps for examples.
_EXAMPLE = re.compile(r"(?:^|\.)(?:example|example\.(?:com|net|org))$")


def read_topic(path: Path) -> Topic:
    """The topic that a file holds.

    Raises TopicError listing all that is wrong with the file, each with its line.
    """
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise TopicError("the file is too large for a topic file", where=str(path), hint="the limit is 1 MB")
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise TopicError(
            "the topic file can't be read",
            where=str(path),
            why=error.strerror or str(error),
            hint="`tallywire topics new NAME` creates one to start from",
        ) from error
    except UnicodeDecodeError as error:
        raise TopicError("the topic file is not UTF-8", where=str(path), hint="save it as UTF-8 text") from error
    return parse_topic(text, where=str(path))


def parse_topic(text: str, *, where: str = "topic") -> Topic:
    """The topic that a YAML text holds. Raises TopicError."""
    try:
        root = tree(text)
        value = value_of(root) if root is not None else None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        raise TopicError(
            "this YAML can't be used",
            where=f"{where}:{mark.line + 1}" if mark else where,
            why=getattr(error, "problem", None) or _why(error),
            hint="check this line and the one above it: indentation, colons, quotes",
        ) from error
    if not isinstance(root, yaml.MappingNode) or not isinstance(value, dict):
        raise TopicError(
            "a topic file holds keys and values, and this one has none" if root is None else _NOT_A_MAPPING,
            where=where,
            hint="`tallywire topics new NAME` creates one to start from",
        )
    try:
        return Topic.model_validate(value, context=FROM_FILE)
    except ValidationError as error:
        raise TopicError(
            in_words(error.errors(include_url=False), root, where),
            hint="docs/topics.md describes every key; `tallywire topics schema` prints them for an editor",
        ) from None


def _why(error: Exception) -> str:
    return "it is nested too deeply" if isinstance(error, RecursionError) else str(error)


def unready(topic: Topic) -> tuple[str, ...]:
    """What keeps a valid topic from being of use: no feeds, or feeds at an address that is kept for examples."""
    if not topic.feeds:
        return ("it names no feeds, so there is nothing to read; list some under `feeds`",)
    return tuple(
        f"the feed {feed.url} is an example address; replace it with a real one"
        for feed in topic.feeds
        if _EXAMPLE.search(host_of(feed.url))
    )


def read_topics(paths: Iterable[Path]) -> tuple[Topic, ...]:
    """The topics of several files or folders of ``*.yaml``; two of one name are refused. Raises TopicError."""
    seen: dict[str, Path] = {}
    topics = []
    for path in topic_files(paths):
        topic = read_topic(path)
        if topic.name in seen and seen[topic.name].resolve() != path.resolve():
            raise _taken(topic.name, path, seen[topic.name])
        if topic.name not in seen:
            topics.append(topic)
        seen[topic.name] = path
    return tuple(topics)


def topic_files(paths: Iterable[Path]) -> list[Path]:
    """The files that ``paths`` name: themselves, or the ``*.yaml`` and ``*.yml`` of a folder by name."""
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            files += sorted(one for one in path.iterdir() if one.suffix in (".yaml", ".yml"))
        else:
            files.append(path)
    return files


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
                hint="create it, or choose another with TALLYWIRE_TOPICS",
            ),
        )
    topics, broken = read_each(files)
    return tuple(topics.values()), tuple(broken.values())


def read_each(files: Iterable[Path]) -> tuple[dict[Path, Topic], dict[Path, TopicError]]:
    """The topic of each file that holds one, and what is wrong with each other; of one name the first file counts."""
    topics: dict[Path, Topic] = {}
    broken: dict[Path, TopicError] = {}
    by: dict[str, Path] = {}
    for path in files:
        try:
            topic = read_topic(path)
            if topic.name in by:
                raise _taken(topic.name, path, by[topic.name])
        except TopicError as error:
            broken[path] = error
        else:
            by[topic.name] = path
            topics[path] = topic
    return topics, broken


def _taken(name: str, path: Path, by: Path) -> TopicError:
    return TopicError(f"the topic name {name!r} is already used", where=str(path), why=f"by {by}", hint="rename one")
