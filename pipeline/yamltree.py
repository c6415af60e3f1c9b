"""YAML as a tree of nodes that know their lines: bounded, no key twice, and safe to turn into values."""

from __future__ import annotations

from typing import Any

import yaml
from yaml.constructor import SafeConstructor

MOST_NODES = 20_000
"""Keys and values of a file with its aliases written out; a topic with a thousand feeds and terms has 3,000."""


class Loader(yaml.SafeLoader):
    """A loader that gives up at once where a file holds too much, or one key twice."""

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self._nodes = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        self._nodes += 1
        if self._nodes > MOST_NODES:
            raise _refused(f"it holds more than {MOST_NODES:,} keys and values", self.peek_event().start_mark)  # type: ignore[no-untyped-call]
        return super().compose_node(parent, index)

    def compose_mapping_node(self, anchor: Any) -> yaml.MappingNode:
        node = super().compose_mapping_node(anchor)
        assert isinstance(node, yaml.MappingNode)
        # YAML keeps the last of two equal keys in silence; a watcher would lose half a topic and never know.
        seen: dict[str, int] = {}
        for key, _ in node.value:
            name, line = str(key.value)[:80], key.start_mark.line + 1
            if name in seen:
                raise _refused(f"the key `{name}` appears twice; the first is in line {seen[name]}", key.start_mark)
            seen[name] = line
        return node


def tree(text: str) -> yaml.Node | None:
    """The nodes of a YAML text; ``None`` where it is empty.

    Raises ``yaml.MarkedYAMLError`` where it is no YAML, or one that is refused: with a key twice, with an alias that
    holds itself, or with more than `MOST_NODES` nodes once every alias is written out ("billion laughs").
    """
    loader = Loader(text)
    try:
        root: yaml.Node | None = loader.get_single_node()
    finally:
        loader.dispose()
    if root is not None:
        _written_out(root, {}, set())
    return root


def value_of(root: yaml.Node) -> Any:
    """What the nodes stand for. Raises ``yaml.MarkedYAMLError`` or ``ValueError`` where one stands for nothing."""
    return SafeConstructor().construct_document(root)


def line_of(node: yaml.Node, location: tuple[int | str, ...]) -> tuple[int, tuple[int | str, ...]]:
    """The line of the deepest node that ``location`` names, and the steps of it that are in the file.

    A step may be missing there: a plain list stands for a mapping with the key ``every``, for example.
    """
    line, found = node.start_mark.line + 1, list[int | str]()
    for step in location:
        if isinstance(node, yaml.MappingNode):
            pair = next(((key, value) for key, value in node.value if key.value == str(step)), None)
            if pair is None:
                continue
            line, node = pair[0].start_mark.line + 1, pair[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            line = node.start_mark.line + 1
        else:
            continue
        found.append(step)
    return line, tuple(found)


def _written_out(node: yaml.Node, sizes: dict[int, int], open_: set[int]) -> int:
    """How many nodes ``node`` is with every alias in it written out."""
    if id(node) in open_:
        raise _refused("an alias that contains itself", node.start_mark)
    if id(node) not in sizes:
        open_.add(id(node))
        inner: list[yaml.Node] = []
        if isinstance(node, yaml.MappingNode):
            inner = [one for pair in node.value for one in pair]
        elif isinstance(node, yaml.SequenceNode):
            inner = node.value
        sizes[id(node)] = 1 + sum(_written_out(one, sizes, open_) for one in inner)
        open_.discard(id(node))
        if sizes[id(node)] > MOST_NODES:
            raise _refused(f"its aliases expand to more than {MOST_NODES:,} keys and values", node.start_mark)
    return sizes[id(node)]


def _refused(why: str, mark: yaml.Mark | None) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=why, problem_mark=mark)
