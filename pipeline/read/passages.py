"""Passages of an article that an extraction left out, put back where they stand, and links that it took for its text.

An extraction decides by what surrounds a passage, and loses some on the way: the standfirst in the header, a list or a
second part of the body, the captions that are a gallery's text, a correction in a block of its own. What was extracted
tells where the article stands and how its passages are held; what is held like them belongs to it. A sentence before or
after the body is put back where it has a number that the text lacks: most standfirsts say again what the text says.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cached_property

from lxml.html import HtmlElement

from pipeline.read.boilerplate import is_boilerplate
from pipeline.read.bylines import Region
from pipeline.read.dates import dates_in
from pipeline.read.layout import AUTHOR, CAPTION, DATED, Block, Layout
from pipeline.read.names import begins_byline
from pipeline.read.shingles import covered
from pipeline.read.titles import words
from pipeline.text import normalise

_SENTENCE, _ROW = 60, 12
"""Characters; shorter blocks, and shorter rows of a list, are put back nowhere."""
_GALLERY, _CAPTIONS = 900, 3
"""A text with fewer characters, beside so many captions or more, may be that of a gallery."""
_LINKED, _LINK = 0.3, 0.8
"""Shares of a block that are links: up to the first it is text, from the second on it is a link."""
_WORDS_OF_A_LINK, _LONGEST_LINK, _WORDS_OF_A_SLUG = 3, 120, 4
_LONGER = 3
"""Times the length of the longest link from which on a line is none of them, however it is spaced and marked."""
_SLUG = re.compile(r"[^\W_]+")
_SHARE_OF_LINKS = 1 / 3
"""Where more of a text is links, they are what it is about."""
_MAIN = 1 / 4
"""What holds so much of the text as what holds most of it, holds its body."""
_PRESENT = 0.6
"""Share of a passage's runs of words in the text from which on it is there, whatever its lines are."""
_DESCRIBED = 40
_LABEL, _SEVERAL = 60, 2
"""Characters of a label, and links that must follow it."""
_NOTICES, _AFTER = 2, 30
"""Blocks after the last long one that was extracted in which a notice, or links, may stand."""
_ENDED = re.compile(r"[.!?。！？…”\"»'’)\]]$")
_NUMBER = re.compile(r"\d[\d.,]*")
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_LISTS = frozenset({"ul", "ol", "li", "dl", "figure", "blockquote"})


def _holder(block: Block) -> HtmlElement | None:
    """The element that holds a block among its like: of a row, what holds its list."""
    element = block.element.getparent()
    while element is not None and element.tag in _LISTS:
        element = element.getparent()
    return element


def _form(element: HtmlElement | None) -> tuple[str, str, str]:
    if element is None:
        return "", "", ""
    parent = element.getparent()
    return str(element.tag), element.get("class") or "", (parent.get("class") or "") if parent is not None else ""


class _Extracted:
    """What was extracted of a page, and what holds it there."""

    def __init__(self, text: str, layout: Layout, region: Region) -> None:
        self.text, self.blocks, self.region = text, layout.blocks, region
        self.lines = text.split("\n")
        self.numbers = set(_NUMBER.findall(text))
        weights: Counter[tuple[str, str, str]] = Counter()
        for block in self.blocks[region.first : region.last + 1]:
            if len(block.text) >= _SENTENCE and block.text in text:
                weights[_form(_holder(block))] += len(block.text)
        most = max(weights.values(), default=0)
        self.forms = {form for form, weight in weights.items() if weight >= _MAIN * most}

    @cached_property
    def keys(self) -> set[str]:
        return set(map(words, self.lines))

    def between(self, start: int, stop: int) -> Iterator[Block]:
        yield from self.blocks[max(0, start) : max(0, stop)]

    def lacks(self, block: Block) -> bool:
        """Whether the text lacks a block, however it was broken into lines."""
        if block.text in self.text or block.key in self.keys:
            return False
        return len(block.text) < _SENTENCE or covered(normalise(block.text), self.text) < _PRESENT

    def adds_number(self, block: Block) -> bool:
        return not set(_NUMBER.findall(block.text)) <= self.numbers

    def is_text(self, block: Block, not_with: int = AUTHOR | CAPTION) -> bool:
        """Whether a block is words rather than links, a byline or something beside the article."""
        linked = block.linked > _LINKED * len(block.text)
        return not (linked or block.signs & (self.region.ours | not_with) or is_boilerplate(block.text))


def _further_body(page: _Extracted) -> Iterator[Block]:
    """The blocks after the last extracted one, as long as they are held by an element of the body's class."""
    for block in page.between(page.region.last + 1, len(page.blocks)):
        form = _form(_holder(block))
        if form not in page.forms or not form[1] or block.signs & page.region.ours:
            return
        yield block


def _is_row(block: Block) -> bool:
    parent = block.element.getparent()
    return block.element.tag == "li" or (parent is not None and parent.tag == "li")


def _lost_in_body(page: _Extracted) -> Iterator[Block]:
    """Blocks among the extracted ones, and right after them, that are held as these are."""
    said = Counter(block.text for block in page.blocks)
    for block in (*page.between(page.region.first, page.region.last), *_further_body(page)):
        if said[block.text] > 1:
            continue  # a placeholder for what can't be shown
        if block.element.tag in _HEADINGS or _form(_holder(block)) not in page.forms or not page.is_text(block):
            continue
        if len(block.text) >= (_ROW if _is_row(block) else _SENTENCE) and page.lacks(block):
            yield block


def _standfirst(page: _Extracted, described: str) -> Iterator[Block]:
    """Blocks before the body that the page's description repeats, or that stand beside the headline."""
    description = words(described)
    headline = page.blocks[page.region.heading].element if page.region.heading < len(page.blocks) else None
    for block in page.between(page.region.heading + 1, page.region.first):
        if len(block.text) < _SENTENCE or not page.is_text(block, AUTHOR | CAPTION | DATED):
            continue
        if begins_byline(block.text) or dates_in(block.text):
            continue
        key = block.key
        told = len(description) > _DESCRIBED and (key.startswith(description) or description.startswith(key))
        beside = headline is not None and block.element.getparent() is headline.getparent()
        if (told or (beside and _ENDED.search(block.text))) and page.adds_number(block) and page.lacks(block):
            yield block


def _captions(page: _Extracted) -> Iterator[Block]:
    """The captions of a page that has little else to say."""
    found = [
        block
        for block in page.between(page.region.heading + 1, len(page.blocks))
        if block.signs & CAPTION and not block.signs & page.region.ours and len(block.text) >= _SENTENCE
    ]
    lost = [block for block in found if page.lacks(block)] if len(page.text) < _GALLERY else []
    if len(lost) >= _CAPTIONS and sum(len(block.text) for block in lost) > len(page.text):
        yield from lost


def _notices(page: _Extracted) -> Iterator[Block]:
    """Sentences right after the body, beside what holds it: corrections."""
    last = page.region.last
    holder = _holder(page.blocks[last]) if last < len(page.blocks) else None
    outer = holder.getparent() if holder is not None else None
    for block in page.between(last + 1, last + 1 + _NOTICES):
        whole = len(block.text) >= _SENTENCE and not block.linked and _ENDED.search(block.text)
        if not whole or not page.is_text(block) or outer is None or outer not in block.element.iterancestors():
            return
        if page.adds_number(block) and page.lacks(block):
            yield block


def _leads_to_article(block: Block) -> bool:
    """Whether a linked block is the title of another article, by its length and an address that spells out a title."""
    link = next(iter(block.element.iter("a")), None)
    link = next(block.element.iterancestors("a"), None) if link is None else link
    path = (link.get("href") or "").partition("?")[0].rstrip("/") if link is not None else ""
    titled = len(_SLUG.findall(path.rpartition("/")[2])) >= _WORDS_OF_A_SLUG
    whole = len(block.text) > _LONGEST_LINK and _ENDED.search(block.text)
    words_enough = len(block.text.split()) >= _WORDS_OF_A_LINK
    return titled and words_enough and not whole and block.element.tag not in ("td", "th")


def _links(page: _Extracted) -> set[str]:
    """The lines that are links to other articles, and the labels before such links, as `words` gives them."""
    near = [*page.between(page.region.heading, page.region.last + _AFTER)]
    longest = max(map(len, page.lines))
    leading: list[Block] = []
    labels: list[Block] = []
    rest: list[Block] = []
    follows = 0
    for block in reversed(near):
        leads = block.linked >= _LINK * len(block.text) and _leads_to_article(block)
        if len(block.text) <= longest:
            if leads:
                leading.append(block)
            elif follows >= _SEVERAL and len(block.text) < _LABEL and not _ENDED.search(block.text):
                labels.append(block)
            elif not block.signs & CAPTION:
                rest.append(block)
        follows = follows + 1 if leads else 0
    if not leading:
        return set()
    most = _LONGER * max(len(block.text) for block in (*leading, *labels))
    lines = {words(line) for line in page.lines if len(line) <= most}
    counted = {block.key: len(block.text) for block in leading if block.key in lines}
    if sum(counted.values()) > _SHARE_OF_LINKS * len(page.text):
        return set()
    labelled = {block.key for block in labels if block.key in lines}
    found = set(counted) | labelled
    return found - {block.key for block in rest if len(block.text) <= most} if found else found


def _line_for(page: _Extracted, lines: list[str], block: Block) -> int:
    """The line before which a block belongs: after the nearest one before it that the text has."""
    number = next(n for n, other in enumerate(page.blocks) if other is block)
    if number < page.region.first:
        return 0
    at = {words(line): n for n, line in enumerate(lines)}
    before = (other.key for other in reversed(page.blocks[page.region.heading + 1 : number]))
    return next((at[key] + 1 for key in before if key in at), len(lines))


def completed(text: str, layout: Layout, region: Region, described: str = "") -> str:
    """``text`` with the passages that it lacks, in the order of the page, and without lines that are links.

    ``described`` is the description in the head of the page, of which many repeat the standfirst.
    """
    if not text or not layout.blocks:
        return text
    page = _Extracted(text, layout, region)
    lines = list(page.lines)
    for lost in (_standfirst(page, described), _lost_in_body(page), _notices(page), _captions(page)):
        for number, block in enumerate(list(lost)):
            at = _line_for(page, lines, block)
            # Rows of lists begin as the extraction begins them.
            line = f"- {normalise(block.text)}" if _is_row(block) else normalise(block.text)
            lines.insert(at + (number if at == 0 else 0), line)
    links = _links(page)
    return "\n".join(line for line in lines if words(line) not in links) if links else "\n".join(lines)


def only_menus(text: str, layout: Layout, ours: int) -> bool:
    """Whether each line of a short text stands on the page in a menu or as a link alone."""
    known = {b.key: bool(b.signs & ours) or b.linked >= _LINK * len(b.text) for b in layout.blocks}
    parts = {words(part) for b in layout.blocks if known[b.key] for part in b.element.itertext()}
    return all(known.get(words(line), words(line) in parts) for line in text.split("\n"))
