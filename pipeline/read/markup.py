"""A page's element tree and what stands in its head."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree
from lxml.html import HtmlElement

from pipeline.errors import ReadError
from pipeline.text import plain_text

_REFERENCE = re.compile(r"&#(?:[xX]([0-9a-fA-F]{1,8})|([0-9]{1,9}));?")

LARGEST = 8_000_000
"""Characters; what follows them is left out."""
MOST_ELEMENTS = 150_000
LONGEST_VALUE = 2_000


@dataclass(frozen=True, slots=True)
class Markup:
    """An element tree and its ``<meta>`` values by lower-case name, property or itemprop, in document order."""

    tree: HtmlElement
    tags: dict[str, list[str]] = field(default_factory=dict)

    def tag(self, *names: str) -> Iterator[str]:
        """The values of these tags, in the order of ``names``, plain and without repeats."""
        seen = set()
        for name in names:
            for value in self.tags.get(name, ()):
                text = plain_text(value)
                if text and text not in seen:
                    seen.add(text)
                    yield text

    def first(self, *names: str) -> str:
        return next(self.tag(*names), "")


def _readable(reference: re.Match[str]) -> str:
    """A character reference, or a space in place of one to what XML can't hold, which would break extraction."""
    code = int(reference[1], 16) if reference[1] else int(reference[2])
    control = code < 0x20 and code not in (0x09, 0x0A, 0x0D)
    return " " if control or 0xD800 <= code <= 0xDFFF or code in (0xFFFE, 0xFFFF) else reference[0]


def _set_readings(tree: HtmlElement) -> None:
    """Readings printed above Japanese and Chinese words become part of the sentence; extraction would break it there.

    They stay in the brackets that a page gives them, as browsers without such readings show them; where it gives none,
    they would run into the words, and go.
    """
    bare = [
        reading
        for reading in tree.iter("rt", "rtc")
        if not any(True for _ in reading.itersiblings("rp", preceding=True))
    ]
    for reading in bare:
        reading.drop_tree()
    etree.strip_tags(tree, "ruby", "rb", "rt", "rp", "rtc")


def parse(html: str, *, where: str = "") -> Markup:
    """The tree of a page; never deeper than libxml2 goes (256 elements), so that nothing that walks it can recurse far.

    Raises `ReadError` where there is no markup, or more than anyone wrote by hand or program in good faith.
    """
    from trafilatura.utils import load_html

    tree = load_html(_REFERENCE.sub(_readable, html[:LARGEST]))
    if tree is None:
        raise ReadError("the page holds nothing that can be read", where=where)
    count = int(tree.xpath("count(//*)"))
    if count > MOST_ELEMENTS:
        raise ReadError(f"the page has {count} elements", where=where, why=f"more than {MOST_ELEMENTS} are not read")
    _set_readings(tree)
    tags: dict[str, list[str]] = {}
    for element in tree.iter("meta"):
        value = (element.get("content") or "").strip()
        if value and len(value) <= LONGEST_VALUE:
            for attribute in ("property", "name", "itemprop", "http-equiv"):
                for name in (element.get(attribute) or "").lower().split():
                    tags.setdefault(name, []).append(value)
    return Markup(tree, tags)
