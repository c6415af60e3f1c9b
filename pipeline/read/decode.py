"""Is it a web page at all, and what do its bytes say.

Servers are often wrong about the encoding, and sometimes about the type, so what the bytes themselves show comes first:
text that is valid UTF-8 and not plain ASCII is practically never anything else. After that the order is the browsers'
(WHATWG Encoding, HTML "determining the character encoding"): byte order mark, HTTP header, ``<meta>``, a guess.
"""

from __future__ import annotations

import codecs
import re

from pipeline.errors import NotHtml
from schemas.article import Page

SNIFFED = 2048
"""How many bytes show what a body is; the HTML specification looks for the encoding in the first 1024."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MAGIC = (
    (b"%PDF-", "a PDF document"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"RIFF", "a picture or a recording"),
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"\x1f\x8b", "compressed data"),
    (b"\xd0\xcf\x11\xe0", "an office document"),
    (b"ID3", "a recording"),
    (b"OggS", "a recording"),
    (b"\x1a\x45\xdf\xa3", "a video"),
    (b"\x00\x00\x00", "a video"),
)
_HTML_TYPES = {
    "",
    "text/html",
    "application/xhtml+xml",
    "text/plain",
    "application/octet-stream",
    "text/xml",
    "application/xml",
}
_HTML = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|meta|title|script|link|div|p|article|h1|span|table)[\s/>]", re.IGNORECASE
)
_FEED = re.compile(
    rb"\A\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:rss|feed|rdf:rdf|urlset|sitemapindex|svg|opml)[\s>]", re.I | re.S
)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:+-]{2,40})", re.IGNORECASE)
_META_CHARSET = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([\w.:+-]{2,40})", re.IGNORECASE)
_XML_ENCODING = re.compile(rb"\A\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:+-]{2,40})", re.IGNORECASE)

# What pages mean by these labels is the wider Microsoft or national superset (WHATWG Encoding, "Names and labels").
_MEANT = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "johab": "cp949",
}


def _codec(label: str | None) -> str | None:
    if not label:
        return None
    try:
        name = codecs.lookup(label.lower().removeprefix("x-")).name
        "".encode(name)  # refuses what is no text encoding, such as rot13 or zip
    except (LookupError, UnicodeError):
        return None
    # UTF-7 hides markup from whoever checks for it; no browser reads it.
    return None if name == "utf-7" else _MEANT.get(name, name)


def _detected(body: bytes) -> str | None:
    from charset_normalizer import from_bytes

    best = from_bytes(body[:65536], cp_exclusion=["utf_16", "utf_32", "utf_7"]).best()
    return best.encoding if best else None


def _foreign_to_latin(body: bytes) -> bool:
    """Whether so many letters lie outside ASCII that the text can't be of a Western European language."""
    letters = re.sub(rb"<[^>]*>|[^A-Za-z\x80-\xff]", b"", body[: 4 * 65536])
    return bool(letters) and sum(byte >= 0x80 for byte in letters) > 0.35 * len(letters)


def decode(body: bytes, content_type: str = "") -> tuple[str, tuple[str, ...]]:
    """The characters of an HTML body, and notes on what was wrong with what it said of its encoding.

    Never raises: bytes that mean nothing become U+FFFD.
    """
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return body.decode(encoding, "replace"), ()
    declared = _CHARSET.search(content_type)
    meta = _META_CHARSET.search(body[:SNIFFED]) or _XML_ENCODING.search(body[:SNIFFED])
    labels = [declared[1] if declared else None, meta[1].decode("ascii") if meta else None]
    said = list(dict.fromkeys(name for label in labels if (name := _codec(label))))
    seven_bit = [name for name in said if name.startswith(("iso2022", "hz"))]
    if b"\x00" not in body[:SNIFFED] and not (seven_bit and body.isascii()):
        try:
            text = body.decode("utf-8")
        except UnicodeDecodeError:
            pass
        else:
            wrong = not body.isascii() and bool(said) and said[0] != "utf-8"
            return text, (f"the page says it is {said[0]}, but it is UTF-8",) if wrong else ()
    for name in said:
        if name == "utf-8":
            text = body.decode("utf-8", "replace")
            # A cut or a few stray bytes leave the rest readable; a wrong label leaves nothing.
            stray = text.count("\ufffd")
            if stray <= max(3, len(text) // 1000):
                if stray * 2 <= sum(char > "\x7f" for char in text):
                    return text, ("a few bytes of the page are not UTF-8",)
                # Nothing else in it is of UTF-8 either, and too little to guess by.
                return body.decode("cp1252", "replace"), ("the page says it is UTF-8; read as cp1252",)
        elif not (name == "cp1252" and _foreign_to_latin(body)):
            try:
                return body.decode(name), ()
            except UnicodeDecodeError:
                continue
    guess = _detected(body) or "cp1252"
    return body.decode(guess, "replace"), (f"the page declares its encoding wrongly; read as {guess}",)


def html_of(page: Page) -> tuple[str, tuple[str, ...]]:
    """The characters of a page, and notes on its encoding.

    Raises `NotHtml` where the bytes, or else the type the server gave, show that it is something else.
    """
    kind = (page.header("content-type") or "").lower()
    media = kind.partition(";")[0].strip()
    start = page.body[:SNIFFED]
    hint = "remove the address, or wait until it returns a page"
    for magic, what in _MAGIC:
        if start.startswith(magic):
            raise NotHtml(f"it is {what}, not a web page", where=page.final_url, hint=hint)
    if _FEED.match(start):
        raise NotHtml(
            "it is a feed or another XML document, not a web page", where=page.final_url, hint="add it as a feed"
        )
    html, notes = decode(page.body, kind)
    # UTF-16 hides the tags from a search among bytes.
    seen = _HTML.search(html[:SNIFFED].encode("utf-8", "replace")) or _HTML.search(page.body[: 16 * SNIFFED])
    if not seen or (media not in _HTML_TYPES and html.lstrip()[:1] != "<"):
        if not page.body.strip():
            raise NotHtml("the page is empty", where=page.final_url)
        raise NotHtml(f"it is {media or 'something else'}, not a web page", where=page.final_url, hint=hint)
    return html, notes
