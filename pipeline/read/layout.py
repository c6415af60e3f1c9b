"""One walk over a page: its blocks of text in order, what stands around them, and who and when it names.

Everything that needs to know where on a page something stands asks the `Layout`: the date and the byline beside the
headline count, those of comments and of other stories do not. What readers are not shown can be put aside, so that no
extraction meets it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import Any

from lxml.etree import XPath
from lxml.html import HtmlElement

from pipeline.read.titles import words

# Signs of an element, out of its classes, identifiers and roles.
OTHER, AUTHOR, JOB, DATED, HIDDEN, CAPTION, NAMED = 1, 2, 4, 8, 16, 32, 64
"""Not the article's; a byline; what an author is or does; a date; not shown; of a picture; an author, said by rule."""

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_PART = r"(?<![a-z])(?:{})(?![a-z])"
# English is what most templates are written in, whatever the language of the outlet.
_SIGNS = (
    (
        OTHER,
        _PART.format(
            r"comments?|disqus|commentlist|respond|related|relateds?|recommend\w*|recirc\w*|promos?|newsletters?|sidebar"
            r"|rail|trending|popular|most|outbrain|taboola|(?<!post-)(?<!entry-)(?<!article-)(?<!story-)footer|nav|navbar|navigation|menu|breadcrumbs?|share|sharing"
            r"|social|socials|advert\w*|ads?|cookies?|consent|subscri\w+|paywall|widgets?|carousel|ticker|teaserlist"
            r"|mostread|readmore|moreon|more-\w+|further|zum-thema|kommentare?|verwandt\w*|similar|next-up|upnext"
            r"|alsoread|also-read|see-?also|popup|modal|overlay|tags|toolbar|infobox-related|contentinfo|complementary"
        ),
    ),
    (
        AUTHOR,
        _PART.format(
            r"authors?|author-?names?|authored|byline\w*|by-?author|auteurs?|autor\w{0,3}|redakteur\w*|verfasser\w*"
            r"|journalists?|journaliste\w*|writers?|written-?by|signature|firma|firmante|vcard|creator|reporters?"
            r"|posted-?by|contributors?|yazar\w*|penulis|penulisan|skribent\w*|forfatter\w*|redaktor\w*|writer-?name"
        ),
    ),
    (
        JOB,
        _PART.format(
            r"bio|biography|title|role|jobs?|job-?title|desc|description|image|img|avatar|photo|picture|follow|twitter"
            r"|e-?mails?|position|function|about|contact|org|social"
        ),
    ),
    (
        DATED,
        _PART.format(
            r"dates?|date-?time|datetime|time|times?tamp|published|publish|pubdate|posted|posted-?on|created|updated"
            r"|modified|datum|fecha|data|tarih|zeit|dateline|publikacja|tanggal"
        ),
    ),
    (CAPTION, _PART.format(r"captions?|figcaption|credits?|wp-caption-text|bildunterschrift|legende|photo-?credit")),
)
_PATTERNS = tuple((flag, re.compile(pattern)) for flag, pattern in _SIGNS)
_NOT_SHOWN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_HIDING = re.compile(r"(?:^|[\s_-])(?:hidden|hide|invisible|sr-only|visually-hidden|d-none|modal)(?:$|[\s_-])")

_INLINE = frozenset(
    re.findall(
        r"\w+",
        """a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd mark q s samp small span strike strong
        sub sup time tt u var wbr""",
    )
)
_SKIPPED = frozenset({"script", "style", "svg", "template", "iframe", "object", "select", "canvas", "math", "noscript"})
_DROPPED = frozenset({"script", "style", "svg", "template", "canvas"})
"""Elements without words for readers, taken out before anything else copies and searches the tree."""
_BESIDE = frozenset({"aside", "audio", "button", "dialog", "figure", "footer", "menu", "nav", "picture", "video"})
_BESIDE |= {"iframe", "noscript", "object", "select"}
"""Elements that extraction takes out in any case; a figure that holds a table it keeps."""
_OTHERS = {"nav": OTHER, "footer": OTHER, "form": OTHER, "figcaption": CAPTION, "dialog": OTHER, "button": OTHER}
_ATTRIBUTES = ("class", "id", "itemprop", "data-testid", "data-component", "data-type", "data-qa", "role")
_ASIDE = frozenset({"nav", "header", "footer", "aside", "script", "style", "template", "noscript", "head", "select"})
_ASIDE |= {"dialog", "iframe", "svg"}
_ROLES_ASIDE = frozenset({"navigation", "banner", "contentinfo", "dialog", "complementary"})
_WITH_PROPERTY: Any = XPath("descendant::*[@itemprop]")
_DEEPEST = 250
LONGEST_BYLINE = 240
_LINKS = 0.3
_PARAGRAPH, _MUCH = 80, 400
"""Characters: of a text that is a paragraph rather than a label, and of paragraphs that are more than a notice."""


Attributes = Mapping[str, str]


def texts(element: HtmlElement) -> Iterator[str]:
    """The texts within an element, in order, without those of scripts and comments."""
    if not isinstance(element.tag, str) or element.tag in _SKIPPED:
        return
    if element.text:
        yield element.text
    for child in element:
        yield from texts(child)
        if child.tail:
            yield child.tail


@dataclass(slots=True)
class Block:
    """A run of text between two boundaries of blocks, such as a paragraph, a heading or a row of a list."""

    text: str
    element: HtmlElement
    signs: int
    linked: int
    """Characters of the text that are links."""
    _key: str | None = None

    @property
    def key(self) -> str:
        """The text as texts are compared: its folded words."""
        if self._key is None:
            self._key = words(self.text)
        return self._key


@dataclass(slots=True)
class Spot:
    """An element that may name an author or a date: its text by lines, and the number of the block it stands in."""

    element: HtmlElement
    signs: int
    at: int

    @property
    def lines(self) -> str:
        return "\n".join(texts(self.element))


@dataclass(slots=True)
class Layout:
    blocks: list[Block] = field(default_factory=list)
    bylines: list[Spot] = field(default_factory=list)
    times: list[Spot] = field(default_factory=list)
    headings: list[int] = field(default_factory=list)
    """Numbers of the blocks in ``h1``."""
    properties: dict[str, list[HtmlElement]] = field(default_factory=dict)
    """The elements that name a property of schema.org (``itemprop``), by its name in lower case."""
    unread: list[HtmlElement] = field(default_factory=list)
    """Elements that hold no words for readers, or are not shown to them."""
    beside: list[HtmlElement] = field(default_factory=list)
    """Elements that no article has its text in, whatever stands in them."""
    shown: list[HtmlElement] = field(default_factory=list)
    """The elements that a reader sees in the main part of the page: see `stands_aside`."""
    names: list[str] = field(default_factory=list)
    """What the makers of the page called each of these: its identifier and classes."""
    main: list[str] = field(default_factory=list)
    """The texts within these, in order."""

    @property
    def written(self) -> int:
        """Characters in the paragraphs of the page that are neither links nor beside its main matter."""
        return sum(
            len(block.text)
            for block in self.blocks
            if len(block.text) > _PARAGRAPH and block.linked < _LINKS * len(block.text) and not block.signs & OTHER
        )


@lru_cache(maxsize=1 << 14)
def _signs_of_name(name: str) -> int:
    plain = _CAMEL.sub("-", name).lower().replace("_", "-")
    return sum(flag for flag, pattern in _PATTERNS if pattern.search(plain))


@lru_cache(maxsize=1 << 14)
def signs_of(marks: str) -> int:
    """The signs that the classes, identifiers and roles of an element give."""
    signs = 0
    for name in marks.split():
        signs |= _signs_of_name(name)
    return signs


def _hidden(attributes: Attributes) -> bool:
    if "style" not in attributes and "hidden" not in attributes:
        return False
    style, hidden = attributes.get("style"), attributes.get("hidden")
    return bool(style and _NOT_SHOWN.search(style)) or (hidden is not None and hidden.lower() != "until-found")


def stands_aside(tag: str, attributes: Attributes, *, dialogs: bool = False) -> bool:
    """Whether an element is none of the main part of a page: a menu, a header, a footer, something not shown.

    ``dialogs`` counts a dialog among the main part.
    """
    if tag in _ASIDE:
        return not (dialogs and tag == "dialog")
    if not attributes:
        return False
    if "hidden" in attributes or attributes.get("aria-hidden") == "true" or _hidden(attributes) or _hiding(attributes):
        return not (dialogs and "modal" in attributes.get("class", ""))
    role = attributes.get("role")
    return bool(role) and role in _ROLES_ASIDE and not (dialogs and role == "dialog")


def _hiding(attributes: Attributes) -> bool:
    names = attributes.get("class")
    return bool(names) and _says_hidden(names)


@lru_cache(maxsize=1 << 14)
def _says_hidden(names: str) -> bool:
    return bool(_HIDING.search(names.lower()))


class _Walk:
    def __init__(self, inner: frozenset[HtmlElement]) -> None:
        self.layout = Layout()
        self.inner = inner
        self.unseen: list[HtmlElement] = []
        self.dropped: list[HtmlElement] = []
        self.is_beside = False
        self.pieces: list[str] = []
        self.linked = 0

    def flush(self, element: HtmlElement, signs: int) -> None:
        if self.pieces:
            text = " ".join("".join(self.pieces).split())
            if text:
                self.layout.blocks.append(Block(text, element, signs, self.linked))
            self.pieces, self.linked = [], 0

    def say(self, text: str | None, linked: bool, shown: bool) -> None:
        if text:
            self.pieces.append(text)
            if linked:
                self.linked += len(text.strip())
            if shown and not text.isspace():
                self.layout.main.append(text)

    def visit(
        self, element: HtmlElement, signs: int, linked: bool, block: HtmlElement, depth: int, shown: bool
    ) -> None:
        tag = element.tag
        if not isinstance(tag, str) or depth > _DEEPEST:
            return
        attributes = dict(element.items())
        outermost = tag in _BESIDE and not self.is_beside and (tag != "figure" or element.find(".//table") is None)
        if outermost:
            self.layout.beside.append(element)
        if tag in _SKIPPED:
            if tag in _DROPPED and "ld+json" not in attributes.get("type", ""):
                self.dropped.append(element)
            return
        inner = element in self.inner
        own = 0
        if attributes:
            if not inner and _hidden(attributes):
                self.unseen.append(element)
                return
            own = self.note(element, tag, attributes, signs, inner)
        elif tag == "time":
            self.layout.times.append(Spot(element, signs, len(self.layout.blocks)))
        within = shown and not stands_aside(tag, attributes)
        if within:
            self.layout.shown.append(element)
            self.layout.names.append(f"{attributes.get('id', '')} {attributes.get('class', '')}")
        if not inner:
            own |= _OTHERS.get(tag, 0)
        signs = (signs & (OTHER | CAPTION | AUTHOR)) | (own & ~JOB if not own & AUTHOR else own)
        boundary = tag not in _INLINE
        if boundary:
            self.flush(block, signs)
            block = element
            before = len(self.layout.blocks)
        linked = linked or tag == "a"
        self.say(element.text, linked, within)
        self.is_beside |= outermost
        for child in element:
            self.visit(child, signs, linked, block, depth + 1, within)
            self.say(child.tail, linked, within)
        self.is_beside &= not outermost
        if boundary:
            self.flush(element, signs)
            if tag == "h1" and len(self.layout.blocks) > before:
                self.layout.headings.append(before)

    def note(self, element: HtmlElement, tag: str, attributes: Attributes, around: int, inner: bool) -> int:
        """The signs of an element that has attributes; what may name an author or a date is kept."""
        marks = " ".join([attributes[name] for name in _ATTRIBUTES if name in attributes])
        own = signs_of(marks) if marks else 0
        if inner:
            own &= ~OTHER
        rel = attributes.get("rel")
        if (rel and "author" in rel.lower().split()) or attributes.get("itemprop", "").lower() == "author":
            own |= AUTHOR | NAMED
        if own & AUTHOR and tag not in ("meta", "link", "body", "main", "article"):
            self.layout.bylines.append(Spot(element, own | (around & OTHER), len(self.layout.blocks)))
        if tag == "time" or own & DATED or (tag == "abbr" and attributes.get("title")):
            self.layout.times.append(Spot(element, own | (around & OTHER), len(self.layout.blocks)))
        return own


def _properties(tree: HtmlElement) -> dict[str, list[HtmlElement]]:
    found: dict[str, list[HtmlElement]] = {}
    for element in _WITH_PROPERTY(tree):
        for name in (element.get("itemprop") or "").lower().split():
            found.setdefault(name, []).append(element)
    return found


def _holders(tree: HtmlElement, bodies: list[HtmlElement]) -> frozenset[HtmlElement]:
    """Elements that hold a main heading or the body: their classes speak of the page, not of something beside it."""
    inner: set[HtmlElement] = set()
    headings = list(islice(tree.iter("h1"), 3))
    for element in (*headings, *bodies[:2]):
        inner.update(element.iterancestors())
    inner.update(bodies[:2])
    inner.update(tree.iter("html", "body"))
    return frozenset(inner)


def _written(element: HtmlElement) -> int:
    return sum(len(text) for text in ("".join(p.itertext()) for p in element.iter("p")) if len(text) > _PARAGRAPH)


def layout_of(tree: HtmlElement) -> Layout:
    """The layout of a page."""
    properties = _properties(tree)
    walk = _Walk(_holders(tree, properties.get("articlebody", [])))
    walk.layout.properties = properties
    body = next(tree.iter("body"), tree)
    walk.visit(body, 0, False, body, 0, True)
    walk.flush(body, 0)
    layout = walk.layout
    hidden = sum(_written(element) for element in walk.unseen)
    # Where a page hides most of what it says until a script shows it, what is hidden stays.
    keep = hidden > _MUCH and hidden > sum(len(block.text) for block in layout.blocks if len(block.text) > _PARAGRAPH)
    layout.unread = walk.dropped if keep else [*walk.dropped, *walk.unseen]
    return layout


@contextmanager
def without(elements: Iterable[HtmlElement]) -> Iterator[None]:
    """The tree without these elements, which whichever they are, while the context lasts; then it is as before.

    What copies and searches the tree then has less to do, and reads nothing of them.
    """
    taken: list[tuple[HtmlElement, HtmlElement | None, HtmlElement, str | None]] = []
    for element in elements:
        parent = element.getparent()
        if parent is not None:
            before = element.getprevious()
            text = parent.text if before is None else before.tail
            taken.append((parent, before, element, text))
            tail = element.tail
            parent.remove(element)
            if tail:
                _set_text(parent, before, (text or "") + tail)
    try:
        yield
    finally:
        for parent, before, element, text in reversed(taken):
            _set_text(parent, before, text)
            parent.insert(0 if before is None else parent.index(before) + 1, element)


def _set_text(parent: HtmlElement, before: HtmlElement | None, text: str | None) -> None:
    if before is None:
        parent.text = text
    else:
        before.tail = text
