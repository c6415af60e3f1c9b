from __future__ import annotations

import pytest

from pipeline.collect.head import NotHttp, chunk_size, end_of_head, read_head


@pytest.mark.parametrize(
    ("raw", "where"),
    [(b"A\r\n\r\nB", 5), (b"A\n\nB", 3), (b"A\r\n\nB", 4), (b"A\n\r\nB", 4), (b"A\r\nB\r\n", None), (b"", None)],
)
def test_a_head_ends_with_the_first_empty_line(raw: bytes, where: int | None) -> None:
    assert end_of_head(raw) == where
    assert end_of_head(raw, max(0, (where or 1) - 1)) == where


@pytest.mark.parametrize(
    ("lines", "length", "chunked", "keeps_open"),
    [
        ("Content-Length: 5", 5, False, True),
        ("Content-Length: 5\nConnection: close", 5, False, False),
        ("Content-Length: 5\nContent-Length: 5", 5, False, False),
        ("Content-Length: 5, 5", 5, False, False),
        ("Content-Length: ", None, False, False),
        ("Content-Length: +5", None, False, False),
        ("Content-Length: 5\nContent-Length: x", None, False, False),
        ("Content-Length : 5", 5, False, False),
        ("Transfer-Encoding: chunked", None, True, True),
        ("Transfer-Encoding: Chunked\nContent-Length: 5", None, True, False),
        ("Transfer-Encoding: identity\nContent-Length: 5", 5, False, True),
        ("Transfer-Encoding: chunked, gzip", None, False, False),
        ("X: y", None, False, False),
        ("no header\nContent-Length: 5", 5, False, False),
    ],
)
def test_a_connection_goes_on_only_where_its_framing_is_beyond_doubt(
    lines: str, length: int | None, chunked: bool, keeps_open: bool
) -> None:
    raw = "\n".join(["HTTP/1.1 200 OK", *lines.split("\n"), "", ""]).replace("\n", "\r\n").encode()
    head = read_head(raw)
    assert (head.length, head.chunked, head.keeps_open) == (length, chunked, keeps_open)


@pytest.mark.parametrize("status", [204, 304, 103])
def test_some_answers_have_no_body_whatever_they_announce(status: int) -> None:
    head = read_head(b"HTTP/1.1 %d X\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n" % status)
    assert (head.length, head.chunked) == (0, False)


def test_a_server_of_the_old_days_hangs_up_unless_it_says_otherwise() -> None:
    assert not read_head(b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\n").keeps_open
    assert read_head(b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\nConnection: Keep-Alive\r\n\r\n").keeps_open


@pytest.mark.parametrize("raw", [b"", b"SSH-2.0", b"HTTP/1.1 999999 ?", b"HTTP/1.1 OK", b"<html>"])
def test_what_does_not_begin_as_http_is_refused(raw: bytes) -> None:
    with pytest.raises(NotHttp):
        read_head(raw)


def test_encodings_are_named_in_the_order_they_were_made() -> None:
    raw = b"HTTP/1.1 200 OK\r\nContent-Encoding: GZIP, br\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"
    assert read_head(raw).codings == ("gzip", "br", "gzip")


@pytest.mark.parametrize(("line", "size"), [(b"1f\r\n", 31), (b"1F ; a=b\r\n", 31), (b"000\n", 0)])
def test_a_chunk_has_a_size(line: bytes, size: int) -> None:
    assert chunk_size(line) == size


@pytest.mark.parametrize("line", [b"\r\n", b"zz\r\n", b"-1\r\n", b"1_0\r\n", b"f" * 16 + b"\r\n", b"0x1f\r\n"])
def test_a_chunk_without_a_size_is_refused(line: bytes) -> None:
    with pytest.raises(NotHttp):
        chunk_size(line)
