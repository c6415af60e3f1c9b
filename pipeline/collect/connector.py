"""aiohttp's connections, over sockets that the address guard makes, for servers that do not keep to what they announce.

The protocol and the parser are aiohttp's. Three things are done around them, each at the edge of a block of data:

- aiohttp gives up an answer whose head comes in one block with something that is wrong, such as more bytes than were
  announced. Head and body are handed on one after the other, so that what was right before it is there to be read.
- Where the chunks of a body turn out to be none, aiohttp leaves the reader waiting. The reader is told.
- Bytes that come when nothing was asked would be taken for the answer to the next request. The connection ends instead.
"""

from __future__ import annotations

import asyncio
import functools
import re
import socket
from collections.abc import Callable
from typing import Any

import aiohttp
from aiohttp.abc import AbstractResolver
from aiohttp.client_proto import ResponseHandler
from aiohttp.http import RawResponseMessage
from aiohttp.streams import StreamReader

_EMPTY_LINE = re.compile(rb"\n\r?\n")


class _Protocol(ResponseHandler):
    _body: StreamReader | None = None
    """The body of the answer to what was asked last; None while its head has not come."""

    def set_response_params(self, **params: Any) -> None:
        self._body = None
        super().set_response_params(**params)

    def feed_data(self, data: tuple[RawResponseMessage, StreamReader], size: int = 0) -> None:
        message, body = data
        # What goes before the answer (RFC 9110, section 15.2) is not the answer.
        if message.code >= 200 and self._body is None:
            self._body = body
        super().feed_data(data, size)

    def data_received(self, data: bytes) -> None:
        if data and self._body is not None and self._body.is_eof():
            self.abort()
            return
        # Wherever it is cut, the parser reads the same: an empty line within a body does no harm.
        found = _EMPTY_LINE.search(data)
        end = found.end() if found else len(data)
        for part in (data[:end], data[end:]) if data[end:] else (data,):
            super().data_received(part)
            error = self.exception()
            if error is not None:
                self._break_off(error)
                return

    def _break_off(self, error: BaseException) -> None:
        body = self._body
        if body is not None and not body.is_eof() and body.exception() is None:
            # In the next turn of the loop: what came before is read first.
            self._loop.call_soon(body.set_exception, aiohttp.ClientPayloadError(str(error)))


def _protocol(loop: asyncio.AbstractEventLoop) -> ResponseHandler:
    return _Protocol(loop)


class GuardedConnector(aiohttp.TCPConnector):
    """Connects with sockets of ``make_socket``, which raises ``OSError`` where an address may not be visited.

    DNS is asked anew for each connection, and what it says goes to ``make_socket`` and nowhere else.
    """

    def __init__(
        self, make_socket: Callable[[tuple[Any, ...]], socket.socket], resolver: AbstractResolver | None, **options: Any
    ) -> None:
        super().__init__(
            # The system's own resolver, in threads: it knows hosts files and split zones, which c-ares may not.
            resolver=resolver or aiohttp.ThreadedResolver(),
            use_dns_cache=False,
            socket_factory=make_socket,
            **options,
        )
        self._factory = functools.partial(_protocol, self._loop)
