"""Bodies as they travel and as they are meant: decoded within bounds, and told whole from broken off. Pure."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterable, Sequence
from typing import Protocol

from aiohttp.compression_utils import BrotliDecompressor, ZSTDDecompressor

ENCODINGS = "gzip, deflate, br, zstd"
"""What servers are told that we read."""

MOST_LAYERS = 3
"""Encodings around one body; a server that zips what is zipped needs two."""

_GZIP = b"\x1f\x8b\x08"
"""How every gzip file begins (RFC 1952, section 2.3.1): two bytes of magic, and the only method there is."""

_STEP = 64 * 1024
_GZIP_NAMES = {"gzip", "x-gzip"}
_BEGINS = re.compile(
    rb"\s*(?:<\?[^>]*\?>\s*|<!--.*?-->\s*|<![^>\[]*(?:\[.*?\]\s*)?>\s*)*<([A-Za-z][\w.:-]*)", re.DOTALL
)
_ENDS = re.compile(rb"</([A-Za-z][\w.:-]*)\s*>(?:\s|<!--(?:(?!-->).)*-->)*\Z", re.DOTALL)
_LOOKED_AT = 64 * 1024
"""Bytes at either end in which a document's first and last tag are looked for."""


class TooMuch(ValueError):
    """What a body decodes to passes the bound."""


class Garbled(ValueError):
    """A body that is not in the encoding it is said to be in."""


class _Decoder(Protocol):
    def decode(self, data: bytes, most: int) -> bytes:
        """What ``data`` and what was left of earlier data give, at most ``most`` bytes; raises `Garbled`."""
        ...

    @property
    def has_more(self) -> bool:
        """Whether a call with no data would give more."""
        ...


class _Zlib:
    """gzip and deflate. After a whole member anything may follow: another one, or padding, which is passed over."""

    def __init__(self, bits: int) -> None:
        self._bits = bits
        self._one = zlib.decompressobj(bits)
        self._rest = b""
        self._holds_back = False
        self._began = False
        self._members = 0

    @property
    def has_more(self) -> bool:
        return bool(self._rest) or self._holds_back

    def decode(self, data: bytes, most: int) -> bytes:
        data, self._rest = self._rest + data, b""
        if not data and not self._holds_back:
            return b""
        if data and not self._began and self._bits == zlib.MAX_WBITS and data[0] & 0x0F != 8:
            # Deflate without the zlib header that RFC 9110, section 8.4.1.2, asks for; many servers leave it out.
            self._one = zlib.decompressobj(-zlib.MAX_WBITS)
        self._began = True
        if self._one.eof:
            self._holds_back = False
            if not data.startswith(_GZIP[: len(data)]):
                return b""
            self._one = zlib.decompressobj(self._bits)
        try:
            decoded = self._one.decompress(data, most)
        except zlib.error as error:
            self._holds_back = False
            if self._members:
                return b""
            raise Garbled(str(error)) from None
        self._members += self._one.eof
        self._rest = self._one.unused_data if self._one.eof else self._one.unconsumed_tail
        # All input may be used up while the end of a repetition still waits for room.
        self._holds_back = len(decoded) == most and not self._one.eof
        return decoded


class _Other:
    """Brotli and Zstandard, by the decoders that aiohttp brings."""

    def __init__(self, decoder: BrotliDecompressor | ZSTDDecompressor) -> None:
        self._decoder = decoder

    @property
    def has_more(self) -> bool:
        return self._decoder.data_available

    def decode(self, data: bytes, most: int) -> bytes:
        try:
            return self._decoder.decompress_sync(data, max_length=most)
        except Exception as error:
            # Each of them raises an error class of its own.
            raise Garbled(str(error)) from None


class Unpacker:
    """Takes the encodings off a body as it comes; never holds more than ``most`` bytes of what it decodes to."""

    def __init__(self, codings: Sequence[str], most: int) -> None:
        """Raises `Garbled` where more is wrapped around the body than any server does."""
        if len(codings) > MOST_LAYERS:
            raise Garbled("it is encoded too many times")
        # An encoding that nobody knows, such as `utf-8`, is a mistake of the header: browsers show the body as it is.
        self._decoders = [one for coding in reversed(codings) if (one := _decoder(coding)) is not None]
        self._most = most
        self.body = bytearray()

    def feed(self, data: bytes) -> None:
        """Decode ``data`` into ``body``. Raises `TooMuch`, with the body full to the brim, or `Garbled`."""
        self._through(data, 0)

    def _through(self, data: bytes, layer: int) -> None:
        if layer == len(self._decoders):
            room = self._most - len(self.body)
            self.body += data[:room]
            if len(data) > room:
                raise TooMuch
            return
        decoder = self._decoders[layer]
        decoded = decoder.decode(data, _STEP)
        while True:
            if decoded:
                self._through(decoded, layer + 1)
            elif not decoder.has_more:
                return
            decoded = decoder.decode(b"", _STEP) if decoder.has_more else b""


def codings_of(headers: Iterable[tuple[bytes, bytes]]) -> tuple[str, ...]:
    """The encodings around a body by its raw headers, in the order in which the server made them.

    A body is encoded for what it is, then for the way (RFC 9110, section 8.4, and RFC 9112, section 6.1); chunks are
    taken off by whoever reads the connection.
    """
    given = [(name.lower(), value.decode("latin-1").lower()) for name, value in headers]
    ordered = (
        value for wanted in (b"content-encoding", b"transfer-encoding") for name, value in given if name == wanted
    )
    codings = (coding.strip() for value in ordered for coding in value.split(","))
    return tuple(coding for coding in codings if coding not in ("", "chunked", "identity"))


def unzipped(body: bytes, most: int) -> bytes:
    """``body``, or what it holds where it is a gzip file itself (``sitemap.xml.gz``). Raises `TooMuch`.

    One that can't be unzipped stays as it is.
    """
    for _ in range(MOST_LAYERS):
        if not body.startswith(_GZIP):
            break
        unpacker = Unpacker(("gzip",), most)
        try:
            unpacker.feed(body)
        except Garbled:
            break
        body = bytes(unpacker.body)
    return body


def is_complete(body: bytes) -> bool:
    """Whether a body that broke off is a whole document all the same: its first element is closed, or it is JSON."""
    # Bytes of zero stand between the letters of UTF-16; in no other encoding of text do they mean anything.
    head = body[:_LOOKED_AT].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe")
    tail = body[-_LOOKED_AT:].replace(b"\0", b"").rstrip()
    if head.lstrip()[:1] in (b"{", b"["):
        try:
            json.loads(body)
        except (ValueError, RecursionError):
            return False
        return True
    begins, ends = _BEGINS.match(head), _ENDS.search(tail)
    return bool(begins and ends and begins[1].lower() == ends[1].lower())


def _decoder(coding: str) -> _Decoder | None:
    if coding in _GZIP_NAMES:
        return _Zlib(zlib.MAX_WBITS | 16)
    match coding:
        case "deflate":
            return _Zlib(zlib.MAX_WBITS)
        case "br":
            return _Other(BrotliDecompressor())
        case "zstd":
            return _Other(ZSTDDecompressor())
    return None
