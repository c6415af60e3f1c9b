"""Parts of a text with the words found in it marked, for an index that can't choose them itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from pipeline.index.contract import MARK_END, MARK_START
from pipeline.index.words import ACRONYM

Span = tuple[int, int]
"""The places of a text from the first up to the second."""

EXCERPT = 160
"""Characters of an excerpt."""
_BEFORE = 40
"""Of these, characters that stand before the first word found."""


def read_marks(marked: str, start: str, end: str) -> list[Span]:
    """Where the words found stand in the text that ``marked`` is without its marks."""
    spans: list[Span] = []
    removed = 0
    for found in re.finditer(f"{re.escape(start)}(.*?){re.escape(end)}", marked, re.DOTALL):
        begins = found.start() - removed
        spans.append((begins, begins + len(found[1])))
        removed += len(start) + len(end)
    return spans


def find_runs(text: str, runs: Iterable[str]) -> list[Span]:
    """Where any of ``runs`` stands in ``text``, whatever its case."""
    wanted = sorted(runs, key=len, reverse=True)
    if not wanted:
        return []
    return [found.span() for found in re.finditer("|".join(map(re.escape, wanted)), text, re.IGNORECASE)]


def mark(text: str, spans: Sequence[Span]) -> str:
    """``text`` with what stands at ``spans`` between ⟦ and ⟧; an acronym is marked with its dots."""
    parts: list[str] = []
    place = 0
    for begins, ends in _whole(text, spans):
        if begins >= place:
            parts += [text[place:begins], MARK_START, text[begins:ends], MARK_END]
            place = ends
    return "".join([*parts, text[place:]])


def excerpt(text: str, spans: Sequence[Span]) -> str:
    """The part of ``text`` in which most different words were found, of equals the first, marked.

    About `EXCERPT` characters, cut between words, with … where something was left out. Empty if nothing was found.
    """
    if not spans:
        return ""

    def found(start: int) -> tuple[int, int]:
        within = [text[a:b].casefold() for a, b in spans if start <= a and b <= start + EXCERPT - _BEFORE]
        return len(set(within)), len(within)

    first = max((span[0] for span in spans), key=lambda place: (*found(place), -place))
    start, end = max(0, first - _BEFORE), min(len(text), first - _BEFORE + EXCERPT)
    if start:
        start = next((gap.end() for gap in re.compile(r"\s+").finditer(text, start, first)), start)
    if end < len(text):
        end = max((gap.start() for gap in re.compile(r"\s+").finditer(text, first, end)), default=end)
    # A word that is longer than an excerpt is shown whole as far as it was found.
    end = max(end, min(b for a, b in spans if a == first))
    inside = [(a - start, b - start) for a, b in spans if start <= a and b <= end]
    return ("…" if start else "") + mark(text[start:end], inside) + ("…" if end < len(text) else "")


def _whole(text: str, spans: Sequence[Span]) -> list[Span]:
    return sorted((a, found.end() if (found := ACRONYM.match(text, a)) else b) for a, b in spans)
