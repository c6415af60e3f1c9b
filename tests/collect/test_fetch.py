from __future__ import annotations

import asyncio
import contextlib
import gzip
import socket
import struct
import zlib
from collections.abc import Callable, Coroutine, Mapping
from datetime import UTC, datetime
from typing import Any

import brotli
import pytest
from backports import zstd

from pipeline.collect.fetch import Fetcher, FetchLimits
from pipeline.errors import FetchError, FetchFailed, TallywireError, TooLarge
from schemas.article import Page, Redirect
from tests.collect.web import Answer, Web, answer

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
LIMITS = FetchLimits(
    contact="https://example.org/bot", per_host_delay=0, allowed_hosts=("127.0.0.1", "localhost"), max_bytes=100_000
)


Story = Callable[[Web, Fetcher], Coroutine[Any, Any, Any]]


def visit(pages: Mapping[str, Answer], story: Story, limits: FetchLimits = LIMITS, **scripted: Any) -> Any:
    async def run() -> Any:
        async with Web(pages) as web, Fetcher(limits, clock=lambda: AT, **scripted) as fetcher:
            return await story(web, fetcher)

    return asyncio.run(run())


def get(pages: Mapping[str, Answer], path: str = "/", limits: FetchLimits = LIMITS, **options: Any) -> Page:
    async def story(web: Web, fetcher: Fetcher) -> Page:
        return await fetcher.fetch(web.url(path), **{"robots": False, **options})

    page: Page = visit(pages, story, limits)
    return page


def failure(
    pages: Mapping[str, Answer], path: str = "/", limits: FetchLimits = LIMITS, **options: Any
) -> TallywireError:
    with pytest.raises(FetchError) as caught:
        get(pages, limits=limits, **options)
    return caught.value


def test_a_page_is_what_the_server_gave() -> None:
    page = get({"/a?b=1": answer(b"<p>Hello</p>", Content_Type="text/html; charset=utf-8")}, "/a?b=1")
    assert (page.status, page.body, page.fetched_at) == (200, b"<p>Hello</p>", AT)
    assert page.header("content-type") == "text/html; charset=utf-8"
    assert page.url == page.final_url
    assert page.redirects == ()


def test_we_say_who_we_are_and_keep_no_cookies() -> None:
    async def story(web: Web, fetcher: Fetcher) -> tuple[str, Page]:
        page = await fetcher.fetch(web.url(), robots=False)
        await fetcher.fetch(web.url(), robots=False)
        return web.asked[1], page

    head, page = visit({"/": answer(Set_Cookie="id=1")}, story)
    assert "User-Agent: Tallywire/" in head
    assert "(+https://example.org/bot)" in head
    assert "ookie" not in head
    assert page.header("Set-Cookie") is None


@pytest.mark.parametrize("status", ["403 Forbidden", "404 Not Found", "410 Gone", "500 Oops", "204 No Content"])
def test_any_status_is_an_answer(status: str) -> None:
    assert get({"/": answer(status=status)}).status == int(status[:3])


def test_a_conditional_request_sends_the_validators() -> None:
    async def story(web: Web, fetcher: Fetcher) -> tuple[str, Page]:
        page = await fetcher.fetch(web.url(), etag='W/"a\r\nX: 1"', last_modified="Mon, 1", robots=False)
        return web.asked[0], page

    head, page = visit({"/": b'HTTP/1.1 304 Not Modified\r\nETag: "b"\r\n\r\n'}, story)
    assert 'If-None-Match: W/"aX: 1"\r\n' in head
    assert "If-Modified-Since: Mon, 1\r\n" in head
    assert (page.status, page.body, page.header("etag")) == (304, b"", '"b"')


def test_redirects_are_followed_and_told() -> None:
    pages = {
        "/": answer(status="301 Moved", Location="/b"),
        "/b": answer(status="302 Found", Location="c?d=1#e"),
        "/c?d=1": answer(b"there"),
    }
    page = get(pages)
    base = page.url.removesuffix("/")
    assert (page.body, page.final_url) == (b"there", f"{base}/c?d=1")
    assert page.redirects == (Redirect(status=301, url=f"{base}/b"), Redirect(status=302, url=f"{base}/c?d=1"))


@pytest.mark.parametrize(
    ("location", "says"),
    [
        ("/", "loop"),
        ("ftp://127.0.0.1/", "not a web address"),
        ("javascript:alert(1)", "not a web address"),
    ],
)
def test_a_redirect_to_nowhere_fails_in_words(location: str, says: str) -> None:
    error = failure({"/": answer(status="302 Found", Location=location)})
    assert isinstance(error, FetchFailed)
    assert says in str(error)


def test_redirects_end() -> None:
    pages = {f"/{n}".rstrip("0"): answer(status="302 Found", Location=f"/{n + 1}") for n in range(10)}
    assert "too many redirects" in str(failure(pages))


def test_a_redirect_without_a_target_is_an_answer() -> None:
    assert get({"/": answer(b"", status="302 Found")}).status == 302


def test_a_redirect_hands_on_no_password() -> None:
    async def story(web: Web, fetcher: Fetcher) -> list[str]:
        web.pages["/"] = answer(status="302 Found", Location=f"http://user:secret@localhost:{web.port}/b")
        page = await fetcher.fetch(web.url(), robots=False)
        assert "secret" not in page.final_url
        return web.asked

    assert "uthorization" not in "".join(visit({"/b": answer()}, story))


def test_a_password_in_an_address_is_in_no_message() -> None:
    with pytest.raises(FetchFailed) as caught:
        visit({}, lambda web, fetcher: fetcher.fetch("http://user:secret@127.0.0.1:1/", robots=False))
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("url", ["news", "ftp://e.com/", "http://"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(FetchError, match="not a web address"):
        visit({}, lambda web, fetcher: fetcher.fetch(url))


TEXT = b"a line of text that goes on\n" * 3_000
ENCODED = {
    "gzip": gzip.compress(TEXT),
    "deflate": zlib.compress(TEXT),
    "br": brotli.compress(TEXT, quality=3),
    "zstd": zstd.compress(TEXT),
}


@pytest.mark.parametrize("encoding", list(ENCODED))
def test_a_body_is_decoded(encoding: str) -> None:
    assert get({"/": answer(ENCODED[encoding], Content_Encoding=encoding)}).body == TEXT


BOMB = bytes(50_000_000)
BOMBS = {"gzip": gzip.compress(BOMB, 9), "br": brotli.compress(BOMB, quality=5), "zstd": zstd.compress(BOMB)}


@pytest.mark.parametrize("encoding", list(BOMBS))
def test_a_bomb_is_too_large(encoding: str) -> None:
    assert len(BOMBS[encoding]) < 100_000
    assert isinstance(failure({"/": answer(BOMBS[encoding], Content_Encoding=encoding)}), TooLarge)


def test_a_body_is_counted_whatever_its_length_says() -> None:
    error = failure({"/": b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + b"x" * 100_001})
    assert isinstance(error, TooLarge)
    assert "100,000 bytes" in str(error)
    assert len(get({"/": answer(b"x" * 100_000)}).body) == 100_000
    assert isinstance(failure({"/": answer(b"x" * 1_001)}, max_bytes=1_000), TooLarge)


async def _never_ends(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        writer.write(b".")
        await writer.drain()
        await asyncio.sleep(0.02)


async def _never_begins(writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"H")
        await writer.drain()
        await asyncio.sleep(0.02)


async def _says_nothing(writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(30)


@pytest.mark.parametrize("server", [_never_ends, _never_begins, _says_nothing])
def test_time_is_bounded_however_slowly_it_trickles(server: Callable[[asyncio.StreamWriter], Any]) -> None:
    error = failure({"/": server}, limits=LIMITS.model_copy(update={"total": 0.3}))
    assert isinstance(error, FetchFailed)
    assert error.why.startswith(("no complete answer within 0.3 seconds", "its answer is not HTTP"))


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"", "closed the connection"),
        (b"SSH-2.0-OpenSSH\r\n", "not HTTP"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", "incomplete"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "incomplete"),
        (answer(b"no gzip", Content_Encoding="gzip"), "incomplete"),
        (answer(b"x", Content_Encoding="gzip, gzip, gzip, gzip"), "too many times"),
        (b"HTTP/1.1 999999 ?\r\n\r\n", "not HTTP"),
    ],
)
def test_a_broken_answer_fails_in_words(raw: bytes, says: str) -> None:
    error = failure({"/": raw})
    assert isinstance(error, FetchFailed)
    assert says in error.why


DOCUMENT = b"<!doctype html>\n<html><body><p>At least 40 people were evacuated.</p></body></html>\n"
LENGTH = b"Content-Length: %d\r\n" % len(DOCUMENT)
OK = b"HTTP/1.1 200 OK\r\n"
AS_SERVERS_SPEAK = {
    "a header of 11 kB": OK + b"Content-Security-Policy: " + b"a" * 11_000 + b"\r\n" + LENGTH + b"\r\n" + DOCUMENT,
    "300 headers": OK + b"X-A: b\r\n" * 300 + LENGTH + b"\r\n" + DOCUMENT,
    "more than announced": OK + LENGTH + b"\r\n" + DOCUMENT + b"\r\n<!-- cached -->",
    "less than announced": OK + b"Content-Length: 9999\r\n\r\n" + DOCUMENT,
    "no last chunk": OK + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(DOCUMENT) + DOCUMENT + b"\r\n",
    "x-gzip": answer(gzip.compress(DOCUMENT), Content_Encoding="x-gzip"),
    "gzip twice": answer(gzip.compress(gzip.compress(DOCUMENT)), Content_Encoding="gzip, gzip"),
    "gzip and padding": answer(gzip.compress(DOCUMENT) + bytes(8), Content_Encoding="gzip"),
    "gzip without a header": answer(gzip.compress(DOCUMENT), Content_Type="application/octet-stream"),
    "gzip in gzip": answer(gzip.compress(gzip.compress(DOCUMENT)), Content_Encoding="gzip"),
    "deflate without its own header": answer(zlib.compress(DOCUMENT)[2:-4], Content_Encoding="deflate"),
    "an encoding nobody knows": answer(DOCUMENT, Content_Encoding="UTF-8"),
    "a header over two lines": OK + b"X-A: b\r\n\tc\r\n" + LENGTH + b"\r\n" + DOCUMENT,
    "bare line feeds": (OK + LENGTH + b"\r\n").replace(b"\r", b"") + DOCUMENT,
    "an early hint": b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n" + OK + LENGTH + b"\r\n" + DOCUMENT,
    "HTTP/1.0": b"HTTP/1.0 200 OK\r\n\r\n" + DOCUMENT,
}


@pytest.mark.parametrize("raw", AS_SERVERS_SPEAK.values(), ids=AS_SERVERS_SPEAK.keys())
def test_servers_are_understood_as_browsers_understand_them(raw: bytes) -> None:
    page = get({"/": raw})
    assert (page.status, page.body) == (200, DOCUMENT)


REFUSED = {
    "one length twice": (OK + LENGTH + LENGTH + b"\r\n" + DOCUMENT, "Duplicate Content-Length"),
    "one length twice in a line": (
        OK + LENGTH.replace(b"\r\n", b", %d\r\n" % len(DOCUMENT)) + b"\r\n" + DOCUMENT,
        "Invalid character in Content-Length",
    ),
    "two lengths": (OK + LENGTH + b"Content-Length: 3\r\n\r\n" + DOCUMENT, "Duplicate Content-Length"),
    "a length that is none": (OK + b"Content-Length: -1\r\n\r\n" + DOCUMENT, "Invalid character in Content-Length"),
    "chunks and a length": (
        OK + b"Transfer-Encoding: chunked\r\n" + LENGTH + b"\r\n0\r\n\r\n",
        "Content-Length can't be present with Transfer-Encoding",
    ),
    "a space before the colon": (OK + b"Server : x\r\n" + LENGTH + b"\r\n" + DOCUMENT, "Invalid header token"),
    "a line that is no header": (OK + b"<meta>\r\n" + LENGTH + b"\r\n" + DOCUMENT, "Invalid header token"),
}
"""What browsers show and the parser of aiohttp refuses."""


@pytest.mark.parametrize(("raw", "says"), REFUSED.values(), ids=REFUSED.keys())
def test_an_answer_that_http_forbids_is_refused_and_the_reason_is_named(raw: bytes, says: str) -> None:
    error = failure({"/": raw})
    assert isinstance(error, FetchFailed)
    assert error.why == f"its answer is not HTTP: {says}"


def in_pieces(*pieces: bytes) -> Answer:
    """An answer that comes piece by piece, on a connection that stays open for long."""

    async def write(writer: asyncio.StreamWriter) -> None:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0.03)
        await asyncio.sleep(5)

    return write


CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"
CHUNK = b"%x\r\n" % len(DOCUMENT) + DOCUMENT + b"\r\n"


@pytest.mark.parametrize(
    "pieces",
    [
        (OK + LENGTH, b"\r\n" + DOCUMENT, b"\r\n<!-- cached -->"),
        (OK + LENGTH, b"\r\n", DOCUMENT + b"\r\n<!-- cached -->"),
        (OK + LENGTH + b"\r\n" + DOCUMENT + b"\r\n<!-- cached -->",),
        (OK + LENGTH + b"Connection: close\r\n\r\n" + DOCUMENT + b"<!-- cached -->",),
        (OK + CHUNKED + CHUNK + b"<!-- cached -->\r\n",),
        (OK + CHUNKED, CHUNK, b"<!-- cached -->\r\n"),
        (OK + CHUNKED + CHUNK[:9], CHUNK[9:], b"no chunk\r\n"),
    ],
    ids=["after", "with the body", "at once", "at once, at the end", "chunks", "chunks, after", "chunks in pieces"],
)
def test_what_comes_after_a_whole_document_is_passed_over_however_it_comes(pieces: tuple[bytes, ...]) -> None:
    assert get({"/": in_pieces(*pieces)}, limits=LIMITS.model_copy(update={"total": 2.0})).body == DOCUMENT


def test_an_early_hint_is_not_the_answer() -> None:
    answered = in_pieces(b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n", OK + LENGTH + b"\r\n" + DOCUMENT)
    assert get({"/": answered}).body == DOCUMENT


def test_what_a_redirect_says_besides_where_it_leads_is_not_read() -> None:
    async def chatters(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 302 Found\r\nLocation: /b\r\n\r\n")
        while True:
            writer.write(b"moved " * 1_000)
            await writer.drain()

    assert get({"/": chatters, "/b": answer(b"b")}, limits=LIMITS.model_copy(update={"total": 2.0})).body == b"b"


def test_a_server_that_breaks_the_connection_hung_up() -> None:
    async def reset(writer: asyncio.StreamWriter) -> None:
        # On closing it, nothing is sent but that the connection is no more (socket(7), SO_LINGER).
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()

    assert "closed the connection" in failure({"/": reset}).why


def test_chunks_that_are_none_keep_nobody_waiting() -> None:
    answered = in_pieces(OK + CHUNKED, b"5\r\n<html\r\n", b"zz\r\n")
    assert "incomplete" in failure({"/": answered}, limits=LIMITS.model_copy(update={"total": 2.0})).why


@pytest.mark.parametrize("size", [2_000, 2_001])
def test_a_header_has_a_bound(size: int) -> None:
    limits = LIMITS.model_copy(update={"max_header_bytes": 2_000})
    raw = OK + b"X: " + b"a" * (size - len("X")) + b"\r\n" + LENGTH + b"\r\n" + DOCUMENT
    if size <= 2_000:
        assert get({"/": raw}, limits=limits).body == DOCUMENT
    else:
        assert "Got more than 2000 bytes" in failure({"/": raw}, limits=limits).why


@pytest.mark.parametrize("count", [400, 401])
def test_headers_have_a_bound(count: int) -> None:
    limits = LIMITS.model_copy(update={"max_headers": 400})
    raw = OK + b"X: a\r\n" * (count - 1) + LENGTH + b"\r\n" + DOCUMENT
    if count <= 400:
        assert get({"/": raw}, limits=limits).body == DOCUMENT
    else:
        assert "Too many headers" in failure({"/": raw}, limits=limits).why


@pytest.mark.parametrize("size", [100_000, 100_001])
def test_a_zipped_file_has_the_bound_of_a_page(size: int) -> None:
    raw = answer(gzip.compress(b"x" * size))
    if size <= 100_000:
        assert len(get({"/": raw}).body) == size
    else:
        assert isinstance(failure({"/": raw}), TooLarge)


async def _empty_blocks(writer: asyncio.StreamWriter) -> None:
    writer.write(OK + b"Content-Encoding: deflate\r\n\r\n\x78\x9c")
    while True:
        writer.write(b"\x00\x00\x00\xff\xff" * 10_000)
        await writer.drain()


def test_an_encoding_that_goes_on_and_says_nothing_is_too_large() -> None:
    assert isinstance(failure({"/": _empty_blocks}), TooLarge)


def test_what_comes_after_an_answer_is_the_answer_to_nothing() -> None:
    async def story(web: Web, fetcher: Fetcher) -> list[bytes]:
        await fetcher.fetch(web.url("/a"), robots=False)
        await asyncio.sleep(0.05)
        return [(await fetcher.fetch(web.url(path), robots=False)).body for path in ("/b", "/b")]

    async def smuggled(writer: asyncio.StreamWriter) -> None:
        writer.write(OK + LENGTH + b"\r\n" + DOCUMENT)
        await writer.drain()
        await asyncio.sleep(0.02)
        writer.write(answer(b"poison"))
        await writer.drain()
        await asyncio.sleep(0.3)

    assert visit({"/a": smuggled, "/b": answer(b"b")}, story) == [b"b", b"b"]


def test_a_connection_is_used_again_and_asked_anew_where_the_server_hung_up() -> None:
    lines: list[list[bytes]] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lines.append([])
        with contextlib.suppress(asyncio.IncompleteReadError), contextlib.closing(writer):
            for _ in range(2):
                lines[-1].append(await reader.readuntil(b"\r\n\r\n"))
                writer.write(OK + b"Content-Length: 1\r\n\r\nx")
            await reader.readuntil(b"\r\n\r\n")

    async def run() -> list[bytes]:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with server, Fetcher(LIMITS, clock=lambda: AT) as fetcher:
            return [(await fetcher.fetch(f"http://127.0.0.1:{port}/", robots=False)).body for _ in range(4)]

    assert asyncio.run(run()) == [b"x"] * 4
    assert [len(asked) for asked in lines] == [2, 2]


def test_a_cookie_comes_back_within_the_redirects_and_is_forgotten_after() -> None:
    async def story(web: Web, fetcher: Fetcher) -> tuple[bytes, str]:
        async def doorman(writer: asyncio.StreamWriter) -> None:
            shown = "ookie: id=a b; seen=1\r\n" in web.asked[-1]
            writer.write(answer(b"in") if shown else answer(status="302 Found", Location="/gate"))

        web.pages["/news/a"] = doorman
        page = await fetcher.fetch(web.url("/news/a"), robots=False)
        await fetcher.fetch(web.url("/news/b"), robots=False)
        return page.body, web.asked[-1]

    gate = (
        b"HTTP/1.1 302 Found\r\nLocation: /news/a\r\nSet-Cookie: seen=1; Path=/; HttpOnly\r\n"
        b"Set-Cookie: id=a b; path=/news\r\nSet-Cookie: else=1; Path=/other\r\nSet-Cookie: gone=1; Max-Age=0\r\n\r\n"
    )
    body, last = visit({"/gate": gate, "/news/b": answer(b"b")}, story)
    assert body == b"in"
    assert "ookie" not in last


def test_a_cookie_goes_to_no_other_host() -> None:
    async def story(web: Web, fetcher: Fetcher) -> str:
        web.pages["/"] = answer(status="302 Found", Location=web.url("/b", host="localhost"), Set_Cookie="a=1; path=/")
        await fetcher.fetch(web.url(), robots=False)
        return web.asked[-1]

    assert "ookie" not in visit({"/b": answer()}, story)


def test_a_circle_without_a_new_cookie_is_still_a_circle() -> None:
    error = failure({"/": answer(status="302 Found", Location="/", Set_Cookie="a=1")})
    assert "loop" in error.what


def test_a_sites_cookies_have_a_bound() -> None:
    async def story(web: Web, fetcher: Fetcher) -> str:
        web.pages["/"] = answer(status="302 Found", Location="/b", Set_Cookie="a=" + "x" * 99)
        await fetcher.fetch(web.url(), robots=False)
        return web.asked[-1]

    for most, sent in ((100, True), (99, False)):
        limits = LIMITS.model_copy(update={"max_cookie_bytes": most})
        assert ("ookie: a=x" in visit({"/b": answer()}, story, limits)) is sent


def test_no_server_fails_in_words() -> None:
    with pytest.raises(FetchFailed, match="no connection"):
        visit({}, lambda web, fetcher: fetcher.fetch("http://127.0.0.1:1/", robots=False))


def test_headers_are_read_safely() -> None:
    raw = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Latin: caf\xe9\r\nX-Tab: a\tb\r\n\r\n".encode("latin-1")
    page = get({"/": raw})
    assert page.header("x-latin") == "café"
    assert Page.model_validate_json(page.model_dump_json(exclude={"body"})).headers == page.headers


def test_a_contact_can_add_no_header() -> None:
    with pytest.raises(ValueError, match="contact"):
        FetchLimits(contact="a\r\nX: 1")
