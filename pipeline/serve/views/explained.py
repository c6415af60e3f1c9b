"""The trail of a thing, as `explain` tells it: lines with their depth, and links where they name something."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.serve.views.common import harmless

MOST = 400
"""Lines that are shown; `tallywire explain` prints all of them."""

_LONG = 2000
_ID = re.compile(r"\b(entry|article|story|thread|figure|series|alert|feed)-[0-9a-f]{16}\b")
_PLACES = {
    "article": "/articles/",
    "story": "/stories/",
    "thread": "/developments/",
    "figure": "/figures/",
    "series": "/figures/",
    "feed": "/feeds/",
}


@dataclass(frozen=True)
class Step:
    """A line of a trail: how deep, and its pieces, each with the address it leads to."""

    depth: int
    pieces: tuple[tuple[str, str], ...]


def trail_of(lines: Sequence[str]) -> tuple[list[Step], int]:
    """The lines as steps, and how many were left out."""
    return [_step(line) for line in lines[:MOST]], max(len(lines) - MOST, 0)


def _step(line: str) -> Step:
    words = line.lstrip(" ")
    return Step(min((len(line) - len(words)) // 2 - 1, 6), tuple(_pieces(harmless(words[:_LONG]))))


def _pieces(words: str) -> Iterable[tuple[str, str]]:
    at = 0
    for found in _ID.finditer(words):
        yield words[at : found.start()], ""
        yield found[0], f"{_PLACES.get(found[1], '/explain/')}{found[0]}"
        at = found.end()
    yield words[at:], ""
