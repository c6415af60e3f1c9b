"""The text of an article out of its page.

trafilatura does the work. Of its modes the precise one costs no more than the others on news pages, leaves the fewest
lines that are not the article's, and is at least as good by F1; what it misses now and then is most of a text. So its
result is held against what else the page shows of the article's length, and only where it falls short by much are the
broader mode and the page's own ``articleBody`` asked, of which the one that shows the same text more fully is taken.
Passages that it lost are put back by `passages`.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from functools import cache
from typing import Any

from lxml.etree import XPath
from lxml.html import HtmlElement, fromstring

from pipeline.read.bylines import Region, region_of
from pipeline.read.embedded import embedded_text
from pipeline.read.jsonld import Said
from pipeline.read.layout import Layout, without
from pipeline.read.passages import completed, only_menus
from pipeline.read.shingles import covered
from pipeline.text import normalise

# What these log as errors is said in readings and their errors instead; a child process has no other log settings.
for _library in ("trafilatura", "htmldate"):
    logging.getLogger(_library).setLevel(logging.CRITICAL)

LARGEST = 300_000
"""Characters of an article that are kept; the longest live pages and documents end here."""

_SHORTFALL = 0.75
"""Below this share of the length that the page shows of itself, something may be missing."""
_TINY = 400
_FAST = 600
"""Characters; where the fast mode finds less, the whole one often finds the article (12 of 237 labelled pages)."""
_AGREED = 0.8
"""Not so where what it finds is that share of all that the page shows of its article: a short one (30 of 521 pages)."""
_WRITTEN = 0.5
"""So where it finds a smaller share of the page's paragraphs (2 of the 5 such of 344 labelled pages)."""
_SHOWN, _BRIEF = 0.5, 1_200
"""Share of the posts of a live page on the page itself, and characters of a text that is no more than their summary."""
_OWN_WORD = "the text is the page's articleBody"
_ARTICLES: Any = XPath("descendant::article[not(ancestor::article)]")
_ITS_PARAGRAPHS: Any = XPath(
    "descendant::p[not(ancestor::aside or ancestor::footer or ancestor::figure or ancestor::form)]"
)
_OFTEN = 3
_SENTENCE = 12
"""Characters; a shorter line, such as an answer in an interview, may well be said again."""


@cache
def _mode(precise: bool, fast: bool) -> Any:
    """The options of an extraction, made once: they take a thirtieth of its time."""
    from trafilatura.settings import Extractor

    return Extractor(output_format="python", precision=precise, fast=fast, comments=False)


def _extracted(tree: HtmlElement, *, precise: bool, fast: bool = False) -> str:
    from trafilatura import bare_extraction

    document: Any = bare_extraction(tree, options=_mode(precise, fast))
    return _unrepeated(normalise(document.text)) if document is not None and document.text else ""


def _unrepeated(text: str) -> str:
    """``text`` without lines that stand in it three times or more: placeholders for what can't be shown, buttons.

    Rows of tables stay: their headings repeat.
    """
    lines = text.split("\n")
    counts = Counter(lines)
    return "\n".join(line for line in lines if counts[line] < _OFTEN or len(line) < _SENTENCE or line[0] == "|")


def _paragraphs(tree: HtmlElement, layout: Layout) -> int:
    """Characters in the paragraphs of the part of the page that calls itself the article; 0 if none or several do."""
    parts = layout.properties.get("articlebody") or _ARTICLES(tree)
    if len(parts) != 1:
        return 0
    paragraphs = _ITS_PARAGRAPHS(parts[0])
    texts = {" ".join("".join(paragraph.itertext()).split()) for paragraph in paragraphs}
    return sum(len(text) for text in texts if len(text) > 80)


def text_of(
    tree: HtmlElement, said: Said, layout: Layout, *, walled: Callable[[str], bool], described: str = ""
) -> tuple[str, str]:
    """The article's text, normalised, and a note where it is not the extraction's first result; empty if there is none.

    ``walled`` says whether a text is that of a wall; such a text is no measure. What a page that is not free keeps in
    its metadata or its scripts is not taken: it is not shown to its readers. ``described`` is the page's description.
    """
    with without(layout.unread):
        text, note = _best(tree, said, layout, walled)
    if walled(text):
        return _cut(text), note
    region = region_of(layout, (said.headline,), text)
    if note != _OWN_WORD:
        text = completed(text, layout, region, described)
    if said.free is not False:
        text, note = _with_hidden(tree, said, layout, region, text, note)
    return _cut(text), note


def _with_hidden(
    tree: HtmlElement, said: Said, layout: Layout, region: Region, text: str, note: str
) -> tuple[str, str]:
    """The same with what a page that draws itself by scripts does not hold as text: its article, its live posts."""
    if len(text) < _TINY and not said.body:
        inner, markup = embedded_text(tree)
        if markup:
            # Markup knows captions and buttons from the text, as that of a page does.
            shown = _extracted(fromstring(f"<html><body><article>{markup}</article></body></html>"), precise=True)
            inner = shown if len(shown) > _SHOWN * len(inner) else inner
        if len(inner) > 2 * len(text):
            return inner, "the text is that of the page's scripts"
        if text and only_menus(text, layout, region.ours):
            return "", note
    if (
        said.posts
        and len(text) < _BRIEF
        and covered(said.posts, "\n".join(block.text for block in layout.blocks)) < _SHOWN
    ):
        lines = text.split("\n")
        posts = [line for line in said.posts.split("\n") if line not in lines]
        return "\n".join([*lines, *posts]).strip(), "posts that the page does not show are those of its metadata"
    return text, note


def _best(tree: HtmlElement, said: Said, layout: Layout, walled: Callable[[str], bool]) -> tuple[str, str]:
    """What the extraction finds, and where it falls short of what the page shows of the length of its article, more.

    The fast mode differs from the whole one in what it does where it finds next to nothing; so it is asked first, and
    alone where the paragraphs of the page and its ``articleBody`` show that there is no more.
    """
    told = said.body if said.free is not False else ""
    shown = max(len(told), _paragraphs(tree, layout))
    heads = list(tree.iter("head"))
    with without([*layout.beside, *heads]):
        precise = _extracted(tree, precise=True, fast=True)
    if precise and len(precise) >= _AGREED * max(shown, layout.written) > 0:
        return precise, ""
    if len(precise) < max(_FAST, _SHORTFALL * shown, _WRITTEN * layout.written):
        with without(heads):
            precise = _extracted(tree, precise=True)
    if walled(precise) or (len(precise) >= _TINY and len(precise) >= _SHORTFALL * shown):
        return precise, ""
    broad = _extracted(tree, precise=False)
    if len(told) > 1.25 * len(precise) and covered(precise, told) >= 0.5:
        # The page's own word on its text; the broad extraction is better only in that it keeps the paragraphs.
        if covered(told, broad) >= 0.9 and len(broad) <= 1.3 * len(told):
            return broad, "the text is that of a broader extraction"
        if told.count("\n") or len(told) > 1.6 * len(precise):
            return told, _OWN_WORD
    enough = len(broad) > (1.5 if shown else 2.0) * len(precise) and (not shown or len(broad) <= 1.4 * shown)
    if enough and not walled(broad) and covered(precise, broad) >= 0.5:
        return broad, "the text is that of a broader extraction"
    return precise, ""


def _cut(text: str) -> str:
    return text if len(text) <= LARGEST else text[:LARGEST].rpartition("\n")[0] or text[:LARGEST]
