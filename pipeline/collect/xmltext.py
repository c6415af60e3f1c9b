"""The bytes of an XML feed as text that a strict parser takes: decoded, bounded and mended.

Programs that write feeds break them in few ways, over and over. Mending the text first keeps nearly every feed on the
fast strict path and away from the lenient one, which takes seconds for a megabyte of rubbish.
"""

from __future__ import annotations

import codecs
import re
from html.entities import html5
from typing import NamedTuple

from pipeline.collect.guess import likeliest

_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# What the first character of a document, "<", looks like without a byte order mark (XML 1.0, appendix F).
_NUL_PATTERNS = (
    (b"\0\0\0<", "utf-32-be"),
    (b"<\0\0\0", "utf-32-le"),
    (b"\0<", "utf-16-be"),
    (b"<\0", "utf-16-le"),
)
# Labels stand for more than their names say (WHATWG Encoding, section 4.2).
_WIDER = {
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "big5": "big5hkscs",
}
_NO_TEXT = {"unicode_escape", "raw_unicode_escape", "idna", "punycode", "utf-7", "undefined", "mbcs", "oem"}
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']", re.IGNORECASE)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.IGNORECASE)

ROOTS = ("rss", "feed", "rdf", "channel", "urlset", "sitemapindex", "opml", "html")
_ROOT = re.compile(
    r"<!--|<\?|<!DOCTYPE|<(?:(?P<prefix>[A-Za-z][\w.-]{0,40}):)?(?P<name>" + "|".join(ROOTS) + r")(?=[\s/>])",
    re.IGNORECASE,
)
_PRELUDE = 20_000
"""Characters of rubbish before the root; comments and declarations don't count."""

_SUBSET_END = re.compile(r"\]\s*>")
_SKIPPED = re.compile(r"<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)", re.DOTALL)
_LITERAL = re.compile(r"(<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z))", re.DOTALL)
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_AMPERSAND = re.compile(r"&(?:#(?:(\d{1,7})|[xX]([0-9a-fA-F]{1,6}));|([A-Za-z][A-Za-z0-9]{1,31});)?")
_LONE_LT = re.compile(r"<(?![A-Za-z_/!?])")
_PREFIX_USED = re.compile(r"<([A-Za-z][\w.-]{0,40}):")
_PREFIX_DECLARED = re.compile(r"xmlns:([A-Za-z][\w.-]{0,40})\s*=")
_SECTION = re.compile(r"<!\[CDATA\[(.*?)(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)", re.DOTALL)
_CUT_OFF = re.compile(r"</?[A-Za-z][^<>]*\Z")
_ITEM_TAG = re.compile(r"<(/?)((?:[A-Za-z][\w.-]{0,40}:)?(?:item|entry))(?=[\s/>])[^<>]*>", re.IGNORECASE)
_ITEM = re.compile(
    r"(<((?:[A-Za-z][\w.-]{0,40}:)?(?:item|entry))(?=[\s/>])[^<>]*(?<!/)>)(.*?)(</\2>)", re.IGNORECASE | re.DOTALL
)
_TAG = re.compile(r"<(/?)([A-Za-z_][\w.:-]*)[^<>]*>")
_TEXTS = "title|link|guid|id|pubDate|published|updated|description|summary|content:encoded|dc:date|dc:creator"
_TEXT = re.compile(
    rf"<(?P<name>{_TEXTS})(?P<rest>\s[^<>]*)?(?<!/)>(?P<text>.*?)(?:</(?P=name)\s*>"
    rf"|(?=<(?:{_TEXTS}|author|category|comments|enclosure|item|entry|media:\w+)[\s/>]"
    r"|</(?:item|entry|channel|feed|rss)[\s>])|\Z)",
    re.IGNORECASE | re.DOTALL,
)
_NAMESPACES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
    "image": "http://www.google.com/schemas/sitemap-image/1.1",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "media": "http://search.yahoo.com/mrss/",
    "news": "http://www.google.com/schemas/sitemap-news/0.9",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "slash": "http://purl.org/rss/1.0/modules/slash/",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "wfw": "http://wellformedweb.org/CommentAPI/",
}


class XmlText(NamedTuple):
    """XML ready for a parser: ``root`` is the local name of its root in lower case, empty where there is none known."""

    text: str
    root: str
    notes: tuple[str, ...]


def decode(body: bytes, content_type: str | None = None) -> tuple[str, tuple[str, ...]]:
    """The text of ``body`` and what had to be assumed.

    A byte order mark decides, then what HTTP and then what the document declares (RFC 7303, section 3), unless the
    bytes belie it: bytes that form valid multi-byte UTF-8 are UTF-8, and a UTF-16 document has zero bytes.
    """
    for bom, name in _BOMS:
        if body.startswith(bom):
            return body.decode(name, "replace"), ()
    start = body.lstrip(b" \t\r\n")
    for pattern, name in _NUL_PATTERNS:
        if start.startswith(pattern):
            return body.decode(name, "replace"), ()
    declared = [label for label in (_charset(content_type), _declared(body)) if label]
    if not body.isascii():
        declared.insert(0, "utf-8")
    for label in declared:
        if (codec := _codec(label)) is None:
            continue
        try:
            text = body.decode(codec)
        except UnicodeDecodeError:
            continue
        belied = next((other for other in declared if _codec(other) is None), None)
        return text, (f"it declares the encoding {belied!a} but is {label}",) if belied else ()
    if body.isascii():
        return body.decode("ascii"), (f"it declares the encoding {declared[0]!a} but is ASCII",) if declared else ()
    # XML that declares none is in UTF-8 (XML 1.0, section 4.3.3).
    named: str | None = next((codec for label in declared[1:] if (codec := _codec(label))), "utf-8")
    if named == "utf-8":
        # A few broken letters among whole ones are damage; without whole ones the name is wrong.
        foreign = [char for char in body.decode("utf-8", "replace") if char > "\x7f"]
        if foreign.count("\ufffd") * 2 >= len(foreign):
            named = None
    name = named or likeliest(body) or "cp1252"
    return body.decode(name, "replace"), (f"its encoding is declared wrongly or not at all; read as {name}",)


def mend(text: str) -> XmlText:
    """``text`` as a strict parser takes it, with what was wrong with it.

    Entities that the document declares itself are never expanded, so nothing can grow.
    """
    notes = []
    start = _find_root(text)
    root = start.root
    if root is None:
        return XmlText("", "", ())
    name, prefix = root["name"], root["prefix"]
    if start.rubbish:
        notes.append("content before the feed was ignored")
    if start.entities:
        notes.append("its entity declarations were ignored")
    body = text[root.start() :]
    end = body.rfind(f"</{prefix + ':' if prefix else ''}{name}")
    closed = body.find(">", end) if end >= 0 else -1
    if closed >= 0:
        if body[closed + 1 :].strip() and _SKIPPED.sub("", body[closed + 1 :]).strip():
            notes.append("content after the feed was ignored")
        body = body[: closed + 1]
    elif not re.match(r"<[^<>]*/>", body):
        notes.append("it is incomplete")
    if FORBIDDEN.search(body):
        notes.append("characters that XML does not allow were removed")
        body = FORBIDDEN.sub("", body)
    parts = _LITERAL.split(body)
    parts[::2] = [_mend_markup(part) for part in parts[::2]]
    body = _declare_prefixes("".join(parts))
    return XmlText('<?xml version="1.0" encoding="utf-8"?>\n' + body, name.lower(), tuple(notes))


def close_and_escape(text: str) -> str:
    """``text`` with an end for each item and each of its texts, these with all markup escaped; for malformed XML only.

    A parser that recovers by itself closes whatever is open at an end tag it doesn't expect: one stray ``</b>`` in a
    title ends the title, and the next ends its item.
    """
    text = _SECTION.sub(lambda found: _escaped(found[1] or ""), _CUT_OFF.sub("", text))
    text = _close_items(text)
    text = _TEXT.sub(
        lambda found: f"<{found['name']}{found['rest'] or ''}>{_marks_escaped(found['text'])}</{found['name']}>", text
    )
    return _ITEM.sub(lambda found: found[1] + _without_orphans(found[3]) + found[4], text)


def _close_items(text: str) -> str:
    """``text`` with each item ended where another begins, and no end but that of an item."""
    parts, position, opened = [], 0, ""
    for tag in _ITEM_TAG.finditer(text):
        parts.append(text[position : tag.start()])
        position = tag.end()
        if tag[1]:
            parts.append(f"</{opened}>" if opened else "")
            opened = ""
        else:
            parts.append(f"</{opened}>{tag[0]}" if opened else tag[0])
            opened = "" if tag[0].endswith("/>") else tag[2]
    return "".join((*parts, text[position:]))


def _without_orphans(item: str) -> str:
    """What is in an item, without ends of what never begins, and with one for each start of what never ends."""
    tags = [(tag[1], tag[2]) for tag in _TAG.finditer(item) if not tag[0].endswith("/>")]
    orphans = {name for end, name in tags if not end} ^ {name for end, name in tags if end}

    def mended(tag: re.Match[str]) -> str:
        if tag[2] not in orphans or tag[0].endswith("/>"):
            return tag[0]
        return "" if tag[1] else tag[0][:-1] + "/>"

    return _TAG.sub(mended, item) if orphans else item


def _escaped(text: str) -> str:
    return _marks_escaped(text.replace("&", "&amp;"))


def _marks_escaped(text: str) -> str:
    return text.replace("<", "&lt;").replace(">", "&gt;")


def _charset(content_type: str | None) -> str | None:
    found = _CHARSET.search(content_type or "")
    return found[1] if found else None


def _declared(body: bytes) -> str | None:
    found = _DECLARED.search(body[:_PRELUDE])
    return found[1].decode("ascii", "replace") if found else None


def _codec(label: str) -> str | None:
    """The codec to use for a label; none for those that decode no text or that a body without zero bytes can't be."""
    try:
        name = codecs.lookup(label).name
    except LookupError:
        return None
    if name in _NO_TEXT or name.startswith(("utf-16", "utf-32")):
        return None
    try:
        "".encode(name)
    except LookupError:  # rot13, zlib and others that Python calls codecs all the same
        return None
    return _WIDER.get(name, name)


class _Start(NamedTuple):
    """Where a document begins, and what stood before it."""

    root: re.Match[str] | None
    rubbish: bool
    entities: bool


def _find_root(text: str) -> _Start:
    """The first tag of a known root outside of comments and declarations, however long these are."""
    rubbish, entities, position = 0, False, 0
    visible = False
    while rubbish <= _PRELUDE and (found := _ROOT.search(text, position)):
        between = text[position : found.start()]
        rubbish += len(between)
        visible = visible or bool(between.strip(" \t\r\n\ufeff"))
        if found["name"]:
            return _Start(found, visible, entities)
        if found[0] == "<!--":
            end = text.find("-->", found.end())
            position = end + 3 if end >= 0 else len(text)
        elif found[0] == "<?":
            end = text.find(">", found.end())
            position = end + 1 if end >= 0 else len(text)
        else:
            position, subset = _after_doctype(text, found.end())
            entities = entities or "<!ENTITY" in subset
    return _Start(None, visible, entities)


def _after_doctype(text: str, position: int) -> tuple[int, str]:
    """Where a document type declaration ends, and its internal subset."""
    opened = re.compile(r"[^\[<>]{0,1000}(\[|>)").match(text, position)
    if opened is None or opened[1] == ">":
        return (opened.end() if opened else position), ""
    end = _SUBSET_END.search(text, opened.end())
    return (end.end(), text[opened.end() : end.start()]) if end else (len(text), text[opened.end() :])


def _mend_markup(part: str) -> str:
    # The end of a section that lay in another, and so was ended before.
    return _AMPERSAND.sub(_mend_reference, _LONE_LT.sub("&lt;", part.replace("]]>", "")))


def _mend_reference(found: re.Match[str]) -> str:
    decimal, hexadecimal, name = found.groups()
    if name:
        if name in ("amp", "lt", "gt", "quot", "apos"):
            return found[0]
        known = html5.get(name + ";")
        return "".join(f"&#{ord(char)};" for char in known) if known else "&amp;" + found[0][1:]
    if not decimal and not hexadecimal:
        return "&amp;"
    number = int(decimal) if decimal else int(hexadecimal, 16)
    if number > 0x10FFFF or FORBIDDEN.match(chr(number)):
        return ""
    return found[0]


def _declare_prefixes(body: str) -> str:
    missing = set(_PREFIX_USED.findall(body)) - set(_PREFIX_DECLARED.findall(body)) - {"xml"}
    if not missing:
        return body
    declarations = "".join(
        f' xmlns:{prefix}="{_NAMESPACES.get(prefix, "urn:undeclared:" + prefix)}"' for prefix in sorted(missing)[:50]
    )
    return re.sub(r"(?<=[\w.-])(?=[\s/>])", lambda _: declarations, body, count=1)
