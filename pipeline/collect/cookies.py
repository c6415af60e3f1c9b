"""Cookies for as long as one page is on its way (RFC 6265): what a redirect gives, the next request brings back.

Sites send a reader round in a circle until he shows the cookie he was given. Ours are forgotten with the page, so they
tell nobody who came twice.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

_PAIR = re.compile(r"\s*([^\s=;,\x00-\x1f\x7f]+)\s*=\s*([^;\x00-\x1f\x7f]*)")
_GONE = re.compile(r"max-age\s*=\s*(?:0|-\d+)\s*", re.IGNORECASE)


@dataclass(frozen=True)
class _Cookie:
    name: str
    value: str
    domain: str
    host_only: bool
    path: str
    secure: bool

    @property
    def key(self) -> tuple[str, str, str]:
        return self.name, self.domain, self.path

    def is_for(self, scheme: str, host: str, path: str) -> bool:
        if self.secure and scheme != "https":
            return False
        if host != self.domain and (self.host_only or not host.endswith("." + self.domain)):
            return False
        return path == self.path or path.startswith(self.path.rstrip("/") + "/")


class Cookies:
    """The cookies of one chain of redirects; of more than ``max_bytes`` the later ones are not taken."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._kept: dict[tuple[str, str, str], _Cookie] = {}

    def take(self, url: str, headers: Iterable[tuple[bytes, bytes]]) -> None:
        """Keep what the Set-Cookie headers of an answer of ``url`` give."""
        for name, value in headers:
            if name.lower() == b"set-cookie":
                self._take(url, value.decode("latin-1"))

    def header(self, url: str) -> str | None:
        """What the Cookie header of a request to ``url`` says; None where there is nothing to say."""
        parts = urlsplit(url)
        path, host = parts.path or "/", (parts.hostname or "").rstrip(".")
        fitting = [one for one in self._kept.values() if one.is_for(parts.scheme, host, path)]
        fitting.sort(key=lambda one: -len(one.path))
        return "; ".join(f"{one.name}={one.value}" for one in fitting) or None

    def _take(self, url: str, said: str) -> None:
        pair = _PAIR.match(said)
        if pair is None:
            return
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
        attributes = [word.strip() for word in said[pair.end() :].split(";")]
        given = {name.strip().lower(): value.strip() for name, _, value in (one.partition("=") for one in attributes)}
        domain = given.get("domain", "").lstrip(".").lower()
        if domain and not _may_speak_for(host, domain):
            return
        path = given.get("path", "")
        cookie = _Cookie(
            name=pair[1],
            value=pair[2].strip(),
            domain=domain or host,
            host_only=not domain,
            path=path if path.startswith("/") else parts.path.rpartition("/")[0] or "/",
            secure="secure" in given,
        )
        self._kept.pop(cookie.key, None)
        if any(map(_GONE.fullmatch, attributes)):
            return
        size = sum(len(one.name) + len(one.value) for one in (*self._kept.values(), cookie))
        if size <= self._max_bytes:
            self._kept[cookie.key] = cookie


def _may_speak_for(host: str, domain: str) -> bool:
    """Whether a host may set a cookie for a domain: its own, or one above it that is no top-level domain."""
    if host == domain:
        return True
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return "." in domain and host.endswith("." + domain)
    return False
