"""Markup as plain text, in one pass, whatever the markup."""

from __future__ import annotations

import html
import re

_TAG = re.compile(r"<!--.*?(?:-->|\Z)|</?([A-Za-z][\w:-]{0,40})[^<>]*>", re.DOTALL)
_UNSEEN = frozenset({"script", "style", "template", "noscript", "iframe", "svg"})
_INLINE = frozenset("a abbr b cite code em font i mark q s small span strong sub sup u".split())  # noqa: SIM905
_ELEMENTS = """
    a abbr acronym address applet area article aside audio b base bdi bdo big blink blockquote body br button canvas
    caption center cite code col colgroup data datalist dd del details dfn dialog dir div dl dt em embed fieldset
    figcaption figure font footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html i iframe img input
    ins kbd label legend li link main map mark marquee menu menuitem meta meter nav nobr noframes noscript object ol
    optgroup option output p param picture pre progress q rp rt ruby s samp script search section select slot small
    source span strike strong style sub summary sup svg table tbody td template textarea tfoot th thead time title tr
    track tt u ul var video wbr math mi mn mo mrow msub msup mfrac mtext
"""
_KNOWN = _INLINE | frozenset(_ELEMENTS.split())
"""What HTML has or had. In a title, ``<Lab>`` is a word that somebody put in angle brackets."""

_MARKS = re.compile(r"<(?:!--|/?[A-Za-z])|&[#A-Za-z]")
_REFERENCE = re.compile(r"&(?:#\d{1,7};?|#[xX][0-9a-fA-F]{1,6};?|[A-Za-z]\w{1,31};|nbsp(?!\w))")


def plain_text(text: str, *, longest: int | None = None) -> str:
    """``text`` without tags, scripts and entities, its white space single; cut at ``longest`` characters.

    Only what is an element of HTML is a tag, and only what ends in a semicolon an entity: in ``5 < 6``, ``R&D at
    <Lab>`` and ``AT&T`` nothing is.
    """
    if _MARKS.search(text):
        text = _REFERENCE.sub(lambda found: html.unescape(found[0]), _without_tags(text))
    text = " ".join(text.replace("\xad", "").split())
    if longest is not None and len(text) > longest:
        text = text[: longest - 1].rstrip() + "…"
    return text


def _without_tags(markup: str) -> str:
    kept, position, unseen = [], 0, ""
    for tag in _TAG.finditer(markup):
        name = (tag[1] or "").lower()
        if name and name not in _KNOWN and "-" not in name and ":" not in name:
            continue
        if not unseen:
            kept.append(markup[position : tag.start()])
        position = tag.end()
        closing = tag[0].startswith("</")
        if unseen:
            if closing and name == unseen:
                unseen = ""
        elif name in _UNSEEN and not closing and not tag[0].endswith("/>"):
            unseen = name
        elif name not in _INLINE:
            kept.append(" ")
    if not unseen:
        kept.append(markup[position:])
    return "".join(kept)
