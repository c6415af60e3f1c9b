"""What every room takes text to be: one normal form, one form for matching, and plain text out of markup."""

from __future__ import annotations

import re
import unicodedata
from html import unescape

_REMOVED = re.compile(
    "["
    "\x00-\x08\x0e-\x1f\x7f"  # control characters without a meaning in text
    "\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"  # invisible and bidi controls
    "\ue000-\uf8ff\U000f0000-\U0010ffff"  # private use: icon fonts
    "\U000e0000-\U000e007f"  # tags
    "\ud800-\udfff"  # halves of a pair
    "\ufdd0-\ufdef\ufffe\uffff"
    "]"
)
_JOINERS = re.compile("[\u200c\u200d]+")
_C1 = re.compile("[\x80-\x9f]")
_BREAKS = re.compile(r"\r\n?|[\n\v\f\u2028\u2029]")
_SPACES = re.compile(r"[^\S\n]+")
_BLANK_LINES = re.compile(r" ?\n[ \n]*")


def _from_c1(match: re.Match[str]) -> str:
    return match[0].encode("latin-1").decode("cp1252", "ignore")


def _joins(character: str) -> bool:
    return character >= "\u0590" and not "\u2000" <= character <= "\u206f" and not character.isspace()


def _joiner(match: re.Match[str]) -> str:
    text, start, end = match.string, match.start(), match.end()
    between = start > 0 and end < len(text) and _joins(text[start - 1]) and _joins(text[end])
    return match[0][0] if between else ""


def normalise(text: str) -> str:
    r"""``text`` in the one form in which articles are kept, compared and counted.

    Unicode NFC; no control, zero-width, bidi, soft-hyphen or private-use character, and no half of a surrogate pair
    (the joiners of Persian, Indic scripts and emoji stay where they join something); C1 controls, which are
    Windows-1252 punctuation taken for Latin-1, become that punctuation; any white space is one space; paragraphs are
    separated by one ``"\n"`` and stripped. Typographic quotation marks and dashes stay as they were written.
    ``normalise(normalise(text)) == normalise(text)``.
    """
    if not (text.isascii() and text.isprintable()):
        text = _BREAKS.sub("\n", text)
        text = _C1.sub(_from_c1, text)
        text = _REMOVED.sub("", text)
        text = unicodedata.normalize("NFC", text)
        text = _JOINERS.sub(_joiner, text)
        # A joiner taken from between a letter and its accent lets the two compose.
        text = unicodedata.normalize("NFC", text)
    text = _SPACES.sub(" ", text)
    return _BLANK_LINES.sub("\n", text).strip()


_MARKS = re.compile(
    "[\u0300-\u036f"
    "\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"  # Hebrew points
    "\u0610-\u061a\u0640\u064b-\u065f\u0670]"  # Arabic vowel signs and the stretcher
)
_CYRILLIC_SHORT = re.compile("([\u0438\u0443\u0456])([\u0306\u0308])")
_LETTERS = str.maketrans(
    {
        "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ŧ": "t",
        "‘": "'", "’": "'", "ʼ": "'", "ʻ": "'", "‛": "'", "′": "'", "`": "'", "´": "'",
        "“": '"', "”": '"', "„": '"', "‟": '"', "«": '"', "»": '"', "″": '"',
        "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "―": "-", "−": "-",
    }
)  # fmt: skip


def _folded_once(text: str) -> str:
    text = unicodedata.normalize("NFKD", text).casefold()
    text = unicodedata.normalize("NFKD", text)
    if not text.isascii():
        # й, ў and ї are letters of their own, which differ from и, у and і in meaning; only ё is written е at will.
        text = _CYRILLIC_SHORT.sub(lambda found: unicodedata.normalize("NFC", found[0]), text)
        text = _MARKS.sub("", text)
        text = unicodedata.normalize("NFKC", text).translate(_LETTERS)
    return text


def fold(text: str) -> str:
    """``text`` as matching compares it: without case, accents, vowel points, typographic and width variants.

    "Świątek’s" and "swiatek's" fold alike, "Straße" and "STRASSE" too. The length may change, so positions in the
    result are no positions in ``text``. ``fold(fold(text)) == fold(text)``.
    """
    if text.isascii():
        return text.lower()
    folded = _folded_once(text)
    while not folded.isascii() and (again := _folded_once(folded)) != folded:
        folded = again
    return folded.lower() if folded.isascii() else folded


_NO_MARKUP = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
_BLOCKS = frozenset(
    {"address", "article", "aside", "blockquote", "br", "caption", "dd", "div", "dl", "dt", "fieldset", "figcaption"}
    | {"figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p"}
    | {"pre", "section", "table", "td", "th", "tr", "ul"}
)
_UNSEEN = frozenset({"script", "style", "template", "noscript", "svg", "head"})


def plain_text(html: str) -> str:
    """The words of an HTML fragment, normalised; block elements end a paragraph, scripts and styles say nothing.

    A text without markup is its own plain text, so it is safe to call on what may be either. Entities escaped twice,
    as feeds and JSON-LD often hold them, are resolved twice. Whatever lies deeper than the parser goes (256 elements)
    is left out.
    """
    if "<" not in html:
        return normalise(unescape(unescape(html)) if "&" in html else html)
    from lxml import etree  # takes a while to import, and most texts hold no markup

    parser = etree.HTMLParser(remove_comments=True, remove_pis=True)
    root = etree.fromstring(f"<div>{_NO_MARKUP.sub('', html)}</div>", parser)
    parts: list[str] = []
    unseen = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if element.tag in _UNSEEN:
            unseen += 1 if event == "start" else -1
        if element.tag in _BLOCKS:
            parts.append("\n")
        words = element.text if event == "start" else element.tail
        if words and not unseen:
            parts.append(words)
    text = "".join(parts)
    return normalise(unescape(text) if "&" in text else text)
