"""HTTP/1.1 over sockets that the address guard makes: one request, one answer, all of it within bounds."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import socket
import ssl
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn, SupportsIndex
from urllib.parse import quote, unquote

import aiohappyeyeballs
from yarl import URL

from pipeline.collect.head import Head, NotHttp, chunk_size, end_of_head, read_head
from pipeline.collect.unpack import Garbled, TooMuch, Unpacker, is_complete, unzipped
from pipeline.errors import FetchFailed, TooLarge

AddressInfo = tuple[Any, ...]
"""An entry of ``getaddrinfo``."""

Resolve = Callable[[str, int], Awaitable[Sequence[AddressInfo]]]
"""Gives the addresses of a host and port; raises ``OSError`` where there are none."""

ENCODINGS = "gzip, deflate, br, zstd"

_CHUNK = 64 * 1024
_LONGEST_SIZE_LINE = 4 * 1024
"""Bytes of the line before a chunk; its extensions are passed over."""

_SECOND_FAMILY_AFTER = 0.25
"""Seconds until a host's other addresses are tried beside the first (RFC 8305, section 8)."""

_IDLE = 15.0
"""Seconds that a connection is kept for the next request; most servers close theirs after some more."""

_IDLE_KEPT = 100
_PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))


async def system_resolver(host: str, port: int) -> Sequence[AddressInfo]:
    """The system's own resolver, in a thread: it knows hosts files and split zones."""
    flags = socket.AI_ADDRCONFIG if ":" not in host and not host.replace(".", "").isdigit() else 0
    return await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=flags)


@dataclass(frozen=True)
class Bounds:
    """How far one answer may go. Times are seconds, sizes bytes; ``body`` counts it as sent and as decoded."""

    body: int
    head: int
    connect: float


@dataclass(frozen=True)
class Answer:
    """What a server answered; ``body`` is decoded, and empty where it was not wanted."""

    head: Head
    body: bytes = b""


class _Reader(asyncio.StreamReader):
    """Counts what came in, so that an answer to nothing that was asked is noticed."""

    received = 0

    def feed_data(self, data: Iterable[SupportsIndex]) -> None:
        came = bytes(data)
        self.received += len(came)
        super().feed_data(came)


@dataclass
class _Line:
    """A connection, and how much was taken from it; ``unread`` is what was taken and given back."""

    reader: _Reader
    writer: asyncio.StreamWriter
    taken: int = 0
    unread: bytearray = field(default_factory=bytearray)
    idle_since: float = 0.0

    @property
    def is_quiet(self) -> bool:
        """Whether it may carry another request: the server said nothing more, and has not hung up."""
        return self.taken == self.reader.received and not self.unread and not self.reader.at_eof()

    async def read(self, most: int = _CHUNK) -> bytes:
        """Some bytes; none where the server hung up."""
        if self.unread:
            some = bytes(self.unread[:most])
            del self.unread[:most]
            return some
        some = await self.reader.read(most)
        self.taken += len(some)
        return some

    async def read_line(self, most: int) -> bytes:
        """A line of at most ``most`` bytes with its end. Raises `NotHttp`, or ``EOFError`` where there is none."""
        while (end := self.unread.find(b"\n")) < 0:
            if len(self.unread) > most:
                raise NotHttp("a line that does not end")
            some = await self.reader.read(_CHUNK)
            self.taken += len(some)
            if not some:
                raise EOFError
            self.unread += some
        line = bytes(self.unread[: end + 1])
        del self.unread[: end + 1]
        return line

    def close(self) -> None:
        # Not gently: what a server still has to say, perhaps without end, is for nobody.
        self.writer.transport.abort()


class Wire:
    """Asks servers for pages over one connection at a time for each of them; closed with `close`."""

    def __init__(self, make_socket: Callable[[AddressInfo], socket.socket], *, resolve: Resolve | None = None) -> None:
        """``make_socket`` makes the socket for an address, or raises ``OSError`` where it may not be visited."""
        self._make_socket = make_socket
        self._resolve = resolve or system_resolver
        self._tls: ssl.SSLContext | None = None
        self._idle: dict[tuple[str, str, int], _Line] = {}

    def close(self) -> None:
        for line in self._idle.values():
            line.close()
        self._idle.clear()

    async def get(
        self,
        address: str,
        headers: Mapping[str, str],
        bounds: Bounds,
        *,
        wanted: Callable[[Head], bool] = lambda head: True,
        cut: bool = False,
    ) -> Answer:
        """The answer of ``address``, whose body is read where it is ``wanted``, and ``cut`` where it is too long.

        Raises `TooLarge`, `FetchFailed` in words, or ``OSError`` where no socket could be made.
        """
        url = URL(address, encoded=True)
        where = str(url.with_user(None))
        try:
            line, head = await self._asked(url, headers, bounds, where)
        except NotHttp as error:
            _fail(where, f"what it answers is no HTTP: {error}")
        kept = False
        try:
            if not wanted(head):
                return Answer(head)
            body = await self._body(line, head, bounds, where, cut=cut)
            kept = head.keeps_open and line.is_quiet
            return Answer(head, body)
        finally:
            if kept:
                self._keep(url, line)
            else:
                line.close()

    async def _asked(self, url: URL, headers: Mapping[str, str], bounds: Bounds, where: str) -> tuple[_Line, Head]:
        """A connection on which the head of the answer has come."""
        request = _request(url, headers)
        line = self._idle_line(url)
        if line is not None:
            # The server may hang up at the very moment; what it never answered may be asked again (RFC 9112, 9.3.1).
            with contextlib.suppress(EOFError, OSError):
                return line, await _spoken(line, request, bounds.head)
        line = await self._connected(url, bounds.connect, where)
        try:
            return line, await _spoken(line, request, bounds.head)
        except (EOFError, OSError):
            _fail(where, "the server hung up")

    def _idle_line(self, url: URL) -> _Line | None:
        line = self._idle.pop(_key(url), None)
        if line is None:
            return None
        if line.is_quiet and time.monotonic() - line.idle_since < _IDLE:
            return line
        line.close()
        return None

    def _keep(self, url: URL, line: _Line) -> None:
        line.idle_since = time.monotonic()
        while len(self._idle) >= _IDLE_KEPT:
            self._idle.pop(next(iter(self._idle))).close()
        self._idle[_key(url)] = line

    async def _connected(self, url: URL, seconds: float, where: str) -> _Line:
        host, port = url.raw_host or "", url.port or 80
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(seconds):
                try:
                    infos = await self._resolve(host, port)
                except (socket.gaierror, UnicodeError):
                    _fail(where, "its host name is unknown")
                sock = await aiohappyeyeballs.start_connection(
                    [tuple(info) for info in infos],
                    happy_eyeballs_delay=_SECOND_FAMILY_AFTER,
                    interleave=1,
                    socket_factory=self._make_socket,
                )
                reader = _Reader(limit=_CHUNK, loop=loop)
                protocol = asyncio.StreamReaderProtocol(reader, loop=loop)
                safe = url.scheme == "https"
                try:
                    transport, _ = await loop.create_connection(
                        lambda: protocol,
                        sock=sock,
                        ssl=self._context() if safe else None,
                        server_hostname=host.rstrip(".") if safe else None,
                    )
                except BaseException:
                    sock.close()
                    raise
        except TimeoutError:
            _fail(where, f"no connection within {seconds:g} seconds")
        except ssl.SSLCertVerificationError:
            _fail(where, "its certificate is not valid")
        except ssl.SSLError:
            _fail(where, "no safe connection could be made")
        return _Line(reader, asyncio.StreamWriter(transport, protocol, reader, loop))

    def _context(self) -> ssl.SSLContext:
        if self._tls is None:
            self._tls = ssl.create_default_context()
            self._tls.set_alpn_protocols(["http/1.1"])
        return self._tls

    async def _body(self, line: _Line, head: Head, bounds: Bounds, where: str, *, cut: bool) -> bytes:
        """The body, decoded. One that breaks off is taken where it is a whole document; browsers show it all the same.

        A server that announces too much, or forgets the last chunk, would otherwise never be read.
        """
        try:
            unpacker = Unpacker(head.codings, bounds.body)
            try:
                whole = await _received(line, head, unpacker, bounds)
            except Garbled:
                _fail(where, "its body broke off or is garbled")
            body = unzipped(bytes(unpacker.body), bounds.body)
        except TooMuch:
            if cut:
                return bytes(unpacker.body)
            why = f"more than {bounds.body:,} bytes"
            raise TooLarge("the page is too large", where=where, why=why) from None
        except NotHttp as error:
            _fail(where, f"what it answers is no HTTP: {error}")
        if not whole and not is_complete(body):
            _fail(where, "its body broke off or is garbled")
        return body


async def _spoken(line: _Line, request: bytes, most: int) -> Head:
    """The head of the answer to ``request``. Raises `NotHttp`, or ``EOFError`` where the server hung up unheard."""
    try:
        line.writer.write(request)
        await line.writer.drain()
        return await _head(line, most)
    except BaseException:
        line.close()
        raise


async def _head(line: _Line, most: int) -> Head:
    """The head of the final answer; what goes before it (RFC 9110, section 15.2) counts to ``most`` bytes too."""
    raw = bytearray()
    seen, left = 0, most
    while True:
        end = end_of_head(raw, seen)
        if (len(raw) if end is None else end) > left:
            raise NotHttp(f"its head is longer than {most:,} bytes")
        if end is not None:
            head = read_head(bytes(raw[:end]))
            del raw[:end]
            if head.status >= 200:
                line.unread[:0] = raw
                return head
            seen, left = 0, left - end
            continue
        some = await line.read()
        if not some:
            if raw:
                raise NotHttp("it breaks off before its body")
            raise EOFError
        # Some servers end the answer before with a line too many.
        raw = (raw + some).lstrip(b"\r\n")
        seen = max(0, len(raw) - len(some))


async def _received(line: _Line, head: Head, unpacker: Unpacker, bounds: Bounds) -> bool:
    """Feed the body to ``unpacker``; whether all of it came. Raises `TooMuch`, `Garbled` or `NotHttp`."""
    left = bounds.body

    async def piece(size: int | None) -> bool:
        """Feed so many bytes, or all there are; whether they came."""
        nonlocal left
        while size is None or size > 0:
            some = await line.read(_CHUNK if size is None else min(size, _CHUNK))
            if not some:
                return size is None
            unpacker.feed(some)
            # Counted as sent too: some encodings can go on for ever and mean nothing.
            left -= len(some)
            if left < 0:
                raise TooMuch
            if size is not None:
                size -= len(some)
        return True

    try:
        if not head.chunked:
            return await piece(head.length)
        while size := chunk_size(await line.read_line(_LONGEST_SIZE_LINE)):
            if not await piece(size):
                return False
            if (await line.read_line(_LONGEST_SIZE_LINE)).strip():
                raise NotHttp("a chunk of its body is longer than it says")
        trailers = 0
        while (trailer := await line.read_line(bounds.head)).strip():
            trailers += len(trailer)
            if trailers > bounds.head:
                raise NotHttp("its trailers do not end")
    except (EOFError, OSError):
        return False
    return True


def _request(url: URL, headers: Mapping[str, str]) -> bytes:
    host = url.raw_host or ""
    port = "" if url.is_default_port() else f":{url.port}"
    shown = f"[{host}]" if ":" in host else host
    lines = {"Host": shown + port, **headers, "Accept-Encoding": ENCODINGS}
    if url.user is not None:
        named = f"{unquote(url.raw_user or '')}:{unquote(url.raw_password or '')}"
        lines["Authorization"] = "Basic " + base64.b64encode(named.encode()).decode("ascii")
    # Whatever an address or a validator may hold, it makes no second line.
    path = quote(url.raw_path_qs or "/", safe=_PRINTABLE)
    said = "".join(f"{name}: {''.join(filter(str.isprintable, value))}\r\n" for name, value in lines.items())
    return f"GET {path} HTTP/1.1\r\n{said}\r\n".encode()


def _key(url: URL) -> tuple[str, str, int]:
    return url.scheme, url.raw_host or "", url.port or 80


def _fail(where: str, why: str) -> NoReturn:
    raise FetchFailed("the address gave no page", where=where, why=why) from None
