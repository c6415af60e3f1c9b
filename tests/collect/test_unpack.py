from __future__ import annotations

import gzip
import os
import zlib

import brotli
import pytest
from backports import zstd

from pipeline.collect.unpack import Garbled, TooMuch, Unpacker, codings_of, is_complete, unzipped

TEXT = os.urandom(3_000).hex().encode() + bytes(300_000) + b"the end"
ENCODED = {
    ("gzip",): gzip.compress(TEXT),
    ("x-gzip",): gzip.compress(TEXT[:50_000]) + gzip.compress(TEXT[50_000:]),
    ("deflate",): zlib.compress(TEXT),
    ("br",): brotli.compress(TEXT, quality=3),
    ("zstd",): zstd.compress(TEXT),
    ("gzip", "br"): brotli.compress(gzip.compress(TEXT), quality=3),
    ("utf-8",): TEXT,
    (): TEXT,
}


@pytest.mark.parametrize("size", [1, 7, 1_000, 1_000_000])
@pytest.mark.parametrize("codings", list(ENCODED), ids="-".join)
def test_a_body_is_the_same_in_whatever_pieces_it_comes(codings: tuple[str, ...], size: int) -> None:
    sent = ENCODED[codings]
    if size == 1:
        sent = sent[:20_000]
    unpacker = Unpacker(codings, len(TEXT))
    for start in range(0, len(sent), size):
        unpacker.feed(sent[start : start + size])
    assert TEXT.startswith(unpacker.body)
    assert size == 1 or unpacker.body == TEXT


@pytest.mark.parametrize("codings", list(ENCODED), ids="-".join)
def test_a_body_is_never_longer_than_its_bound(codings: tuple[str, ...]) -> None:
    unpacker = Unpacker(codings, len(TEXT) - 1)
    with pytest.raises(TooMuch):
        unpacker.feed(ENCODED[codings])
    assert unpacker.body == TEXT[:-1]


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_what_is_not_encoded_as_it_says_is_garbled(coding: str) -> None:
    with pytest.raises(Garbled):
        Unpacker((coding,), 1_000).feed(b"\x11no encoding at all, only words that go on for a while")


def test_more_layers_than_any_server_makes_are_refused() -> None:
    with pytest.raises(Garbled, match="too many times"):
        Unpacker(("gzip",) * 4, 1_000)


def test_encodings_are_named_in_the_order_they_were_made() -> None:
    headers = [
        (b"Transfer-Encoding", b"gzip, chunked"),
        (b"content-encoding", b"GZIP , identity"),
        (b"Content-Encoding", b"br"),
    ]
    assert codings_of(headers) == ("gzip", "br", "gzip")
    assert codings_of([(b"Content-Encoding", b"")]) == ()


def test_a_zipped_file_is_what_it_holds() -> None:
    assert unzipped(gzip.compress(b"<urlset/>"), 9) == b"<urlset/>"
    with pytest.raises(TooMuch):
        unzipped(gzip.compress(b"<urlset/>"), 8)
    assert unzipped(b"\x1f\x8b\x08 no zip", 100) == b"\x1f\x8b\x08 no zip"
    assert unzipped(b"PK", 1) == b"PK"


@pytest.mark.parametrize(
    ("body", "complete"),
    [
        (b"<!doctype html><html lang=en><body>a</body></html>", True),
        (b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- made by x -->\n<rss><channel/></rss>\n<!-- 2 ms -->\n", True),
        ("\ufeff<html>ä</html>".encode("utf-16-le"), True),
        (b"<!DOCTYPE rss [<!ENTITY a 'b'>]><rss></rss>", True),
        (b"<HTML></html >", True),
        (b"<html><body>a</body>", False),
        (b"<html><body>a</html", False),
        (b"<rss><channel></channel>", False),
        (b"<rdf:RDF></rdf:RDF>", True),
        (b'{"items": []}', True),
        (b'{"items": [', False),
        (b"[" * 100_000, False),
        (b"words </html>", False),
        (b"", False),
    ],
)
def test_a_document_is_complete_where_its_first_element_is_closed(body: bytes, complete: bool) -> None:
    assert is_complete(body) is complete
