"""The head of an HTTP/1 answer (RFC 9112), read as browsers and curl read it. Pure.

Servers write a space before the colon, one length twice, a line that is no header; every reader of the web takes these
as they are meant. Where an answer could be taken for two different ones it is refused, and a connection whose framing
had to be guessed carries nothing further: so nobody can slip in a second answer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

RawHeader = tuple[bytes, bytes]

_END = re.compile(rb"\r?\n\r?\n")
_STATUS = re.compile(rb"HTTP/(\d)(?:\.(\d))?[ \t]+(\d{3})(?:[ \t].*)?", re.DOTALL)
_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_WITHOUT_BODY = {204, 304}
_SIZE = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,15})[ \t]*(?:;.*)?", re.DOTALL)
_LENGTH = re.compile(r"[0-9]{1,18}")
"""Digits that a 64-bit number surely holds; no body is longer."""


class NotHttp(ValueError):
    """Bytes that are no answer a browser would show, or that could be taken for two answers."""


@dataclass(frozen=True, slots=True)
class Head:
    """Status and headers, and how the body after them is told from what follows.

    ``length`` is None where the body lasts until the server hangs up, or is ``chunked``. ``codings`` are how the body
    is encoded, in the order in which the server did it. Unless it ``keeps_open``, the connection ends with the body.
    """

    status: int
    headers: tuple[RawHeader, ...]
    length: int | None = None
    chunked: bool = False
    codings: tuple[str, ...] = ()
    keeps_open: bool = False


@dataclass(slots=True)
class _Lines:
    """Header lines as they were told apart; ``clean`` says that none had to be guessed at."""

    headers: list[RawHeader] = field(default_factory=list)
    clean: bool = True


def end_of_head(raw: bytes | bytearray, start: int = 0) -> int | None:
    """Where the body begins: after the first empty line, whichever line ends are used; None while it is not there.

    ``start`` is how far earlier calls have looked.
    """
    found = _END.search(raw, max(0, start - 3))
    return found.end() if found else None


def read_head(raw: bytes) -> Head:
    """The head that ``raw`` is. Raises `NotHttp`."""
    first, *rest = re.split(rb"\r?\n", raw.rstrip(b"\r\n"))
    status = _STATUS.fullmatch(first.rstrip())
    if status is None:
        raise NotHttp("it does not begin as HTTP does")
    lines = _read_lines(rest)
    major, minor, code = int(status[1]), int(status[2] or 0), int(status[3])
    headers = tuple(lines.headers)
    transfer = [coding.lower() for coding in _values(headers, "transfer-encoding")]
    length, exact = _length(headers)
    chunked = bool(transfer) and transfer[-1] == "chunked"
    if chunked or any(coding != "identity" for coding in transfer):
        # Section 6.3: the transfer coding goes before the length, and who sends both is not trusted further.
        exact = exact and length is None
        length = None
    if code < 200 or code in _WITHOUT_BODY:
        length, chunked = 0, False
    connection = {word.lower() for word in _values(headers, "connection")}
    lasting = "close" not in connection and ((major, minor) >= (1, 1) or "keep-alive" in connection)
    content = [coding.lower() for coding in _values(headers, "content-encoding")]
    return Head(
        status=code,
        headers=headers,
        length=length,
        chunked=chunked,
        codings=tuple(coding for coding in (*content, *transfer) if coding not in ("chunked", "identity")),
        keeps_open=lasting and lines.clean and exact and (chunked or length is not None),
    )


def chunk_size(line: bytes) -> int:
    """The size that the line before a chunk says, its extensions passed over (section 7.1). Raises `NotHttp`."""
    found = _SIZE.fullmatch(line.rstrip(b"\r\n"))
    if found is None:
        raise NotHttp("a chunk of its body has no size")
    return int(found[1], 16)


def _read_lines(raw: list[bytes]) -> _Lines:
    lines = _Lines()
    for line in raw:
        if line[:1] in (b" ", b"\t") and lines.headers:
            # A value that goes on in the next line (section 5.2).
            name, value = lines.headers[-1]
            lines.headers[-1] = (name, value + b" " + line.strip())
            continue
        name, colon, value = line.partition(b":")
        if not colon or not _NAME.fullmatch(name):
            lines.clean = False
            name = name.rstrip(b" \t")
            if not colon or not _NAME.fullmatch(name):
                continue
        lines.headers.append((name, value.strip(b" \t\r\0")))
    return lines


def _length(headers: tuple[RawHeader, ...]) -> tuple[int | None, bool]:
    """The length that is announced, and whether it was said once and well.

    One number said twice is that number; two numbers are two answers, and refused (section 6.3). What is no number is
    no length.
    """
    said = _values(headers, "content-length")
    numbers = {int(value) for value in said if _LENGTH.fullmatch(value)}
    if len(numbers) > 1:
        raise NotHttp("it announces two lengths")
    sound = all(_LENGTH.fullmatch(value) for value in said)
    present = any(name.lower() == b"content-length" for name, _ in headers)
    if not sound or not numbers:
        return None, not present
    return numbers.pop(), len(said) == 1


def _values(headers: tuple[RawHeader, ...], name: str) -> list[str]:
    wanted = name.encode("ascii")
    said = (_text(value).split(",") for key, value in headers if key.lower() == wanted)
    return [word for words in said for value in words if (word := value.strip())]


def _text(value: bytes) -> str:
    return value.decode("latin-1")
