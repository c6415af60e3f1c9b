"""Links in mails by which a reader decides: signed, so that whoever holds one may do what it says, and nothing else.

A token says what may be decided about, who got the mail, and until when, under HMAC-SHA-256 (RFC 2104) of a key that
never leaves the deployment. It is read without the record, and what it leads to is asked of a person before it is done:
programs that look at the links of a mail do nothing.

    token   = base64url(body tag)              no padding; the one spelling that bytes have
    body    = version expiry rule names        version: 1 byte; expiry: seconds since 1970, 4 bytes; rule: 1 byte
    names   = topic recipient series figure thread    each a length and UTF-8, or the 8 bytes of a stable id
    tag     = HMAC-SHA-256(key, domain body)   its first 16 bytes, as RFC 2104 §5 allows
"""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pydantic import Field, ValidationError

from pipeline.errors import TallywireError
from schemas.alert import AlertKind
from schemas.base import Model, Utc
from schemas.decision import Act, Choice, Mails, Subject, SubjectKind

LASTS = timedelta(days=60)
"""How long a link can be used: as long as a development stays open without a report."""
A_WEEK = timedelta(weeks=1)
PATH = "/decide/"
"""Where the window answers to links."""
STOP_PATH = "/stop/"
"""Where it answers to those that stop mails: a mail program asks there by itself (RFC 8058)."""

_DOMAIN = b"tallywire mail link\0"
_VERSION = 1
_TAG = 16
_LONGEST = 2000
"""Characters of a token that are looked at: no mail has a longer one."""
_KINDS = ("series", "figure", "thread", "story")
_STABLE = re.compile(f"({'|'.join(_KINDS)})-([0-9a-f]{{16}})")
_FIRST_KIND = 250
"""From here on a length says which kind of id follows in 8 bytes; a name is shorter."""
_RULES = tuple(AlertKind)


class LinkRefused(TallywireError):
    """A link that does nothing: it was forged or garbled, or its time is over."""


class Link(Model):
    """What a link lets its holder decide about: a figure and its series, a development, a rule; else their mails."""

    topic: str = Field(max_length=63)
    recipient: str = Field(max_length=240, description="who got the mail")
    series: str | None = Field(default=None, max_length=240)
    figure: str | None = Field(default=None, max_length=240)
    thread: str | None = Field(default=None, max_length=240)
    rule: AlertKind | None = None
    until: Utc = Field(description="when it expires; whole seconds")

    @property
    def stops(self) -> bool:
        """Whether it is about the reader's own mails."""
        return not (self.series or self.figure or self.thread)


@dataclass(frozen=True)
class Offer:
    """One thing that a link offers: its name in an address, what it is about, and what is decided, as of a moment."""

    name: str
    subject: Subject
    act: Act
    lasts: timedelta | None = None

    def choice(self, now: datetime) -> Choice:
        """What is decided by taking it at ``now``; of a wrong figure the reader has to say what is wrong."""
        return Choice(act=self.act, until=now + self.lasts if self.lasts else None)


def offers(link: Link) -> Iterator[Offer]:
    """What the holder of a link may mute, the nearest thing first."""
    named = {SubjectKind.SERIES: link.series, SubjectKind.THREAD: link.thread, SubjectKind.RULE: link.rule}
    for kind, id in named.items():
        if id is not None:
            subject = Subject(kind=kind, id=id, topic=link.topic)
            yield Offer(f"mute-{kind.value}", subject, Act.MUTE)
            yield Offer(f"snooze-{kind.value}", subject, Act.MUTE, A_WEEK)


def figure_of(link: Link) -> Subject | None:
    """The figure that the holder may find wrong."""
    return Subject(kind=SubjectKind.FIGURE, id=link.figure) if link.figure else None


def recipient_of(link: Link) -> Subject:
    """The reader whose mails it stops."""
    return Subject(kind=SubjectKind.RECIPIENT, id=link.recipient, topic=link.topic)


def stop_of(mails: Mails) -> Choice:
    return Choice(act=Act.STOP, mails=mails)


class Signer:
    """Makes tokens of links and reads them again, under one key."""

    def __init__(self, key: bytes) -> None:
        if len(key) < _TAG:
            raise ValueError("a key needs 16 bytes or more")
        self._key = key

    def token(self, link: Link) -> str:
        """``link`` as it stands in an address."""
        body = _body(link)
        return urlsafe_b64encode(body + self._tag(body)).rstrip(b"=").decode("ascii")

    def read(self, token: str, now: datetime) -> Link:
        """What a token lets its holder do.

        Raises LinkRefused where it was not made with this key, or has expired at ``now``.
        """
        raw = _bytes_of(token)
        body, tag = raw[:-_TAG], raw[-_TAG:]
        if len(raw) <= _TAG or not hmac.compare_digest(self._tag(body), tag):
            raise LinkRefused(
                "this link does not work",
                why="it is incomplete, or not from a mail of this deployment",
                hint="copy the whole address from the mail",
            )
        link = _link(body)
        if now >= link.until:
            raise LinkRefused(
                "this link has expired",
                why=f"it was valid until {link.until:%-d %B %Y}",
                hint="a newer mail has one that works",
            )
        return link

    def _tag(self, body: bytes) -> bytes:
        return hmac.digest(self._key, _DOMAIN + body, hashlib.sha256)[:_TAG]


def use_of(token: str, act: str) -> str:
    """What one use of a link is known by, so that it is not used twice."""
    return f"link {hashlib.sha256(_bytes_of(token)).hexdigest()} {act}"


def _bytes_of(token: str) -> bytes:
    """The bytes of a token; none where it is none, or another spelling of one."""
    if len(token) > _LONGEST or not re.fullmatch(r"[A-Za-z0-9_-]+", token):
        return b""
    try:
        raw = urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except (Base64Error, ValueError):
        return b""
    return raw if urlsafe_b64encode(raw).rstrip(b"=").decode("ascii") == token else b""


def _body(link: Link) -> bytes:
    expiry = int(link.until.timestamp())
    rule = 0 if link.rule is None else _RULES.index(link.rule) + 1
    names = (link.topic, link.recipient, link.series, link.figure, link.thread)
    return bytes([_VERSION]) + expiry.to_bytes(4, "big") + bytes([rule]) + b"".join(map(_packed, names))


def _packed(name: str | None) -> bytes:
    """A name with its length before it; a stable id in 9 bytes. Nothing is a name of no length."""
    if name and (match := _STABLE.fullmatch(name)):
        return bytes([_FIRST_KIND + _KINDS.index(match[1])]) + bytes.fromhex(match[2])
    encoded = (name or "").encode()
    if len(encoded) >= _FIRST_KIND:
        raise ValueError("a name of a link is too long")
    return bytes([len(encoded)]) + encoded


def _link(body: bytes) -> Link:
    """The link of a body that was signed. Raises LinkRefused where another version wrote it."""
    try:
        if body[0] != _VERSION:
            raise ValueError("another version")
        names, rest = [], body[6:]
        for _ in range(5):
            name, rest = _unpacked(rest)
            names.append(name)
        topic, recipient, series, figure, thread = names
        return Link(
            topic=topic or "",
            recipient=recipient or "",
            series=series,
            figure=figure,
            thread=thread,
            rule=_RULES[body[5] - 1] if body[5] else None,
            until=datetime.fromtimestamp(int.from_bytes(body[1:5], "big"), UTC),
        )
    except (IndexError, ValueError, ValidationError) as error:
        raise LinkRefused(
            "this link can't be read",
            why="another version of Tallywire wrote it",
            hint="use a link from a newer mail, or the command at the end of the mail",
        ) from error


def _unpacked(body: bytes) -> tuple[str | None, bytes]:
    length = body[0]
    if length >= _FIRST_KIND:
        return f"{_KINDS[length - _FIRST_KIND]}-{body[1:9].hex()}", body[9:]
    return body[1 : 1 + length].decode() or None, body[1 + length :]


@dataclass(frozen=True)
class Links:
    """The links of the mails of one deployment; ``base`` is where its window is reached, without a slash at the end."""

    signer: Signer
    base: str

    def to(self, link: Link) -> str:
        """The address at which a reader decides."""
        path = STOP_PATH if link.stops else PATH
        return f"{self.base}{path}{self.signer.token(link)}"
