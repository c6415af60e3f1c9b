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
_CHUNK = re.compile(r"(?:self|window)\.\w+\.push\((\[.*)", re.DOTALL)
_ROW = re.compile(rb"(?:^|(?<=\n)|(?<=[^\n]))(?<![0-9a-f])[0-9a-f]{1,6}:(?:T([0-9a-f]{1,6}),|(?=[\[{\"]))")
_PLACE = re.compile(r"\$\$\w{1,40}\$\$|\{\{\w{1,40}\}\}|\[\[\w{1,40}\]\]")
"""Where a template puts advertisements and such."""
_TAGGED = re.compile(r"</p>|<br\s*/?>", re.IGNORECASE)
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


def _streamed(tree: HtmlElement) -> Iterator[Any]:
    """The rows of a page that React streams: JSON, or a text with its length in bytes, in hexadecimal, before it."""
    chunks = []
    for script in tree.iter("script"):
        found = _CHUNK.match((script.text or "").strip())
        try:
            chunk = json.JSONDecoder(strict=False).raw_decode(found[1])[0] if found else None
        except (ValueError, RecursionError):
            continue
        if isinstance(chunk, list) and len(chunk) > 1 and isinstance(chunk[1], str):
            chunks.append(chunk[1])
    data = "".join(chunks)[:LARGEST].encode("utf-8", "replace")
    at = 0
    while row := _ROW.search(data, at):
        if row[1]:
            at = row.end() + int(row[1], 16)
            yield data[row.end() : at].decode("utf-8", "replace")
            continue
        end = data.find(b"\n", row.end())
        at = len(data) if end < 0 else end
        try:
            yield json.loads(data[row.end() : at])
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


def embedded_text(tree: HtmlElement) -> tuple[str, str]:
    """The longest prose in one place of the data in a page's scripts, and its markup if it has any; empty if none."""
    best = markup = ""
    for block in (*_blocks(tree), *_streamed(tree)):
        for parts in _texts(block).values():
            tagged = [_PLACE.sub("", part) for part in parts]
            texts = [text for text in map(plain_text, tagged) if text]
            whole = "\n".join(dict.fromkeys(texts))
            lines = whole.split("\n")
            ended = sum(bool(_ENDED.search(line)) for line in lines)
            prose = len(whole) >= _PROSE * len(lines) and ended * 3 >= len(lines)
            if prose and len(whole) >= _ENOUGH and len(whole) > len(best):
                best, markup = whole, "\n".join(tagged)
    return best, markup if _TAGGED.search(markup) else ""
