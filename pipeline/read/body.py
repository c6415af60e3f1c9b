"""The text of an article out of its page.

trafilatura does the work. Of its modes the precise one costs no more than the others on news pages, leaves the fewest
lines that are not the article's, and is at least as good by F1; what it misses now and then is most of a text. So its
result is held against what else the page shows of the article's length, and only where it falls short by much are the
broader mode and the page's own ``articleBody`` asked, of which the one that shows the same text more fully is taken.
"""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Callable
from typing import Any

from lxml.html import HtmlElement

from pipeline.read.jsonld import Said
from pipeline.text import normalise

# What these log as errors is said in readings and their errors instead; a child process has no other log settings.
for _library in ("trafilatura", "htmldate"):
    logging.getLogger(_library).setLevel(logging.CRITICAL)

LARGEST = 300_000
"""Characters of an article that are kept; the longest live pages and documents end here."""

_SHORTFALL = 0.75
"""Below this share of the length that the page shows of itself, something may be missing."""
_TINY = 400
_OFTEN = 3
_SENTENCE = 12
"""Characters; a shorter line, such as an answer in an interview, may well be said again."""
_WORDS = re.compile(r"\w+")


def _shingles(text: str) -> set[tuple[str, ...]]:
    # Characters, not words, for scripts that put no space between them.
    words = _WORDS.findall(text.lower()) if text.count(" ") > len(text) / 20 else list(text)
    return {tuple(words[at : at + 4]) for at in range(max(1, len(words) - 3))} if words else set()


def covered(part: str, whole: str) -> float:
    """The share of ``part``, in runs of four words, that stands in ``whole``; 1.0 for an empty part."""
    wanted = _shingles(part)
    return len(wanted & _shingles(whole)) / len(wanted) if wanted else 1.0


def _extracted(tree: HtmlElement, url: str, *, precise: bool) -> str:
    from trafilatura import bare_extraction

    document: Any = bare_extraction(tree, url=url, favor_precision=precise, include_comments=False)
    return _unrepeated(normalise(document.text)) if document is not None and document.text else ""


def _unrepeated(text: str) -> str:
    """``text`` without lines that stand in it three times or more: placeholders for what can't be shown, buttons.

    Rows of tables stay: their headings repeat.
    """
    lines = text.split("\n")
    counts = Counter(lines)
    return "\n".join(line for line in lines if counts[line] < _OFTEN or len(line) < _SENTENCE or line[0] == "|")


def _paragraphs(tree: HtmlElement) -> int:
    """Characters in the paragraphs of the part of the page that calls itself the article; 0 if none or several do."""
    parts = tree.xpath("//*[@itemprop='articleBody']") or tree.xpath("//article[not(ancestor::article)]")
    if len(parts) != 1:
        return 0
    paragraphs = parts[0].xpath(".//p[not(ancestor::aside or ancestor::footer or ancestor::figure or ancestor::form)]")
    texts = {" ".join("".join(paragraph.itertext()).split()) for paragraph in paragraphs}
    return sum(len(text) for text in texts if len(text) > 80)


def text_of(tree: HtmlElement, url: str, said: Said, *, walled: Callable[[str], bool]) -> tuple[str, str]:
    """The article's text, normalised, and a note where it is not the extraction's first result; empty if there is none.

    ``walled`` says whether a text is that of a wall; such a text is no measure. What a page that is not free keeps in
    its metadata is not taken: it is not shown to its readers.
    """
    precise = _extracted(tree, url, precise=True)
    if walled(precise):
        return _cut(precise), ""
    told = said.body if said.free is not False else ""
    shown = max(len(told), _paragraphs(tree))
    if len(precise) >= _TINY and len(precise) >= _SHORTFALL * shown:
        return _cut(precise), ""
    broad = _extracted(tree, url, precise=False)
    if len(told) > 1.25 * len(precise) and covered(precise, told) >= 0.5:
        # The page's own word on its text; the broad extraction is better only in that it keeps the paragraphs.
        if covered(told, broad) >= 0.9 and len(broad) <= 1.3 * len(told):
            return _cut(broad), "the text is that of a broader extraction"
        if told.count("\n") or len(told) > 1.6 * len(precise):
            return _cut(told), "the text is the page's articleBody"
    enough = len(broad) > (1.5 if shown else 2.0) * len(precise) and (not shown or len(broad) <= 1.4 * shown)
    if enough and not walled(broad) and covered(precise, broad) >= 0.5:
        return _cut(broad), "the text is that of a broader extraction"
    return _cut(precise), ""


def _cut(text: str) -> str:
    return text if len(text) <= LARGEST else text[:LARGEST].rpartition("\n")[0] or text[:LARGEST]
