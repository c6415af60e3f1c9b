"""The text of an article that only a script of its page holds, as the data from which the page is to be drawn."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from lxml.html import HtmlElement

from pipeline.text import plain_text

LARGEST = 3_000_000
_MOST = 50_000
_DEEPEST = 40
"""Characters of a script, values and levels of its data that are looked at."""
_PROSE = 60
"""Characters on average from which on texts are paragraphs rather than labels."""
_ENOUGH = 300
_STATE = re.compile(r"(?:window|self|globalThis)(?:\.\w+|\[[\"']\w+[\"']\])\s*=\s*(?=[{\[])")
_ENDED = re.compile(r"[.!?。！？…”\"»'’]\s*$")


def _blocks(tree: HtmlElement) -> Iterator[Any]:
    for script in tree.iter("script"):
        kind, text = (script.get("type") or "").lower(), script.text or ""
        if not _ENOUGH < len(text) <= LARGEST or "ld+json" in kind:
            continue
        if "json" not in kind and not (found := _STATE.search(text)):
            continue
        start = 0 if "json" in kind else found.end() if found else 0
        try:
            yield json.JSONDecoder(strict=False).raw_decode(text[start:].lstrip())[0]
        except (ValueError, RecursionError):
            continue


def _texts(value: Any) -> dict[tuple[str, ...], list[str]]:
    """The texts of the data by where they stand; those in one list stand in one place."""
    found: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
    waiting: list[tuple[tuple[str, ...], Any]] = [((), value)]
    seen = 0
    while waiting and seen < _MOST:
        path, item = waiting.pop()
        seen += 1
        if isinstance(item, str):
            if " " in item.strip() or len(item) > _PROSE:
                found[path].append(item)
        elif len(path) < _DEEPEST and isinstance(item, dict):
            waiting.extend(((*path, key), inner) for key, inner in reversed(item.items()))
        elif len(path) < _DEEPEST and isinstance(item, list):
            # Paragraphs are a list of texts, or of objects that each hold one.
            flat = all(isinstance(inner, (str, dict)) for inner in item)
            named = (((*path, "*" if flat else str(number)), inner) for number, inner in enumerate(item))
            waiting.extend(reversed(list(named)))
    return found


def embedded_text(tree: HtmlElement) -> str:
    """The longest prose in one place of the data in a page's scripts; empty if there is none."""
    best = ""
    for block in _blocks(tree):
        for parts in _texts(block).values():
            texts = [text for text in map(plain_text, parts) if text]
            whole = "\n".join(dict.fromkeys(texts))
            ended = sum(bool(_ENDED.search(text)) for text in texts)
            prose = texts and len(whole) >= _PROSE * len(texts) and ended * 2 >= len(texts)
            if prose and len(whole) >= _ENOUGH and len(whole) > len(best):
                best = whole
    return best
