"""Markup as plain text, in one pass, whatever the markup."""

from __future__ import annotations

import html
import re

_TAG = re.compile(r"<!--.*?(?:-->|\Z)|</?([A-Za-z][\w:-]{0,40})[^<>]*>", re.DOTALL)
_UNSEEN = {"script", "style", "template", "noscript", "iframe", "svg"}
_INLINE = {
    "a",
    "abbr",
    "b",
    "cite",
    "code",
    "em",
    "font",
    "i",
    "mark",
    "q",
    "s",
    "small",
    "span",
    "strong",
    "sub",
    "sup",
    "u",
}
_SPACE = re.compile(r"\s+")
_LOOKS_LIKE_MARKUP = re.compile(
    r"</?[A-Za-z][\w:-]{0,40}(?:\s[^<>]*)?/?>|&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]\w{1,31});"
)


def plain_text(text: str, *, longest: int | None = None) -> str:
    """``text`` without tags, scripts and entities, its white space single; cut at ``longest`` characters.

    Text in which nothing looks like markup (``5 < 6``) stays as it is.
    """
    if _LOOKS_LIKE_MARKUP.search(text) or "<!--" in text:
        text = html.unescape(_without_tags(text))
    text = _SPACE.sub(" ", text.replace("\xad", "")).strip()
    if longest is not None and len(text) > longest:
        text = text[: longest - 1].rstrip() + "…"
    return text


def _without_tags(markup: str) -> str:
    kept, position, unseen = [], 0, ""
    for tag in _TAG.finditer(markup):
        if not unseen:
            kept.append(markup[position : tag.start()])
        position = tag.end()
        name = (tag[1] or "").lower()
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
