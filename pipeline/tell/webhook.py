"""Webhooks: a message as signed JSON, posted once for each try.

Ids, times and signatures are those of Standard Webhooks 1.0 (https://www.standardwebhooks.com): ``webhook-id`` is the
same at each try, ``webhook-signature`` is ``v1,`` and HMAC-SHA-256 over id, time and body in base64.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

import aiohttp

from pipeline.errors import DeliveryError, DeliveryRefused
from pipeline.guard import AddressGuard
from pipeline.tell.channels import Post
from pipeline.tell.payload import payload
from pipeline.tell.words import one_line
from schemas.channel import WebhookSettings

_SECONDS = 15.0
"""The time a webhook has to answer, as Standard Webhooks advises at least."""
_SAID = 2_000
"""Bytes of its answer that are read: enough to say what it did not like."""
_GONE = 410


def signature(key: bytes, identity: str, timestamp: int, body: bytes) -> str:
    """The value of ``webhook-signature``."""
    signed = f"{identity}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode("ascii")


@dataclass(frozen=True)
class _Answer:
    status: int
    said: str


class WebhookChannel:
    """Posts messages to the webhook ``name``. Its address must be global and HTTPS, unless its host is allowed.

    A redirect is not followed: it would take a signed message somewhere that nobody chose.
    """

    def __init__(
        self, name: str, settings: WebhookSettings, *, allowed_hosts: Iterable[str] = (), seconds: float = _SECONDS
    ) -> None:
        self._name, self._seconds = name, seconds
        self._url, self._key = settings.url.get_secret_value(), settings.key_bytes()
        self._guard = AddressGuard(allowed_hosts)

    def post(self, post: Post, *, date: datetime) -> None:
        """Post a message; any answer of 2xx takes it. 410 says that nothing will be taken any more.

        Raises as `Channel` says. No error names the address, which may hold a secret.
        """
        if urlsplit(self._url).scheme != "https" and not self._guard.allows(self._url):
            raise self._failure("its address is not https", "add its host to TALLYWIRE_ALLOWED_HOSTS, or use https")
        body = payload(post).model_dump_json().encode()
        timestamp = int(date.timestamp())
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Tallywire",
            "webhook-id": post.id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signature(self._key, post.id, timestamp, body),
        }
        # Whoever calls may be within an event loop of its own.
        with ThreadPoolExecutor(1) as apart:
            answer = apart.submit(asyncio.run, self._answer(body, headers)).result()
        if answer.status == _GONE:
            raise DeliveryRefused("the webhook no longer accepts messages", where=self._name, why="HTTP 410")
        if not 200 <= answer.status < 300:
            redirects = "redirects are not followed; set the address that it redirects to"
            why = f"HTTP {answer.status}{': ' if answer.said else ''}{answer.said}"
            raise self._failure(why, redirects if 300 <= answer.status < 400 else "it will be tried again")

    async def _answer(self, body: bytes, headers: dict[str, str]) -> _Answer:
        connector = aiohttp.TCPConnector(
            resolver=aiohttp.ThreadedResolver(), use_dns_cache=False, socket_factory=self._guard.socket
        )
        with self._guard.visiting(self._url) as visit:
            try:
                async with (
                    aiohttp.ClientSession(
                        connector=connector,
                        timeout=aiohttp.ClientTimeout(total=self._seconds),
                        cookie_jar=aiohttp.DummyCookieJar(),
                        auto_decompress=False,
                    ) as session,
                    session.post(self._url, data=body, headers=headers, allow_redirects=False) as answer,
                ):
                    taken = 200 <= answer.status < 300
                    said = b"" if taken else await answer.content.read(_SAID)
                    return _Answer(answer.status, one_line(said.decode("utf-8", "replace"), 200))
            except TimeoutError as error:
                raise self._failure(
                    f"no answer within {self._seconds:.0f} seconds", "it will be tried again"
                ) from error
            except (aiohttp.ClientError, ValueError) as error:
                if visit.refused is not None:
                    raise self._failure(
                        f"its address leads to {visit.refused}, in a private network",
                        "if this is intended, add its host to TALLYWIRE_ALLOWED_HOSTS",
                    ) from error
                # What aiohttp says of it names the address.
                number = error.errno if isinstance(error, aiohttp.ClientOSError) else None
                why = os.strerror(number) if number and number > 0 else type(error).__name__
                raise self._failure(why, "it will be tried again") from error

    def _failure(self, why: str, hint: str) -> DeliveryError:
        return DeliveryError("the message could not be sent to the webhook", where=self._name, why=why, hint=hint)
