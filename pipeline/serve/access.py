"""Who may look, and under which names: decided from the settings once, then asked of each request. Pure."""

from __future__ import annotations

import ipaddress
import socket
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from pipeline.errors import SettingsError
from pipeline.settings import Settings

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip")

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True)
class Access:
    """The rules of one window."""

    login: bool
    names: frozenset[str]
    """Host names it answers to, in lower case, without port."""
    any_address: bool = False
    """Whether it answers to any IP address as well: no name leads to one, so no name can be bent to it."""
    proxies: tuple[Network, ...] = ()
    header: str = ""
    """The header in which a trusted proxy says who asks, in lower case; empty: there is none."""
    secure: frozenset[str] = field(default_factory=frozenset)
    """Those of the names that are reached by HTTPS."""

    def answers_to(self, host: str) -> bool:
        """Whether a Host header names this window, as that of a page bent to its address (DNS rebinding) does not."""
        name = host_name(host)
        return name is not None and (name in self.names or (self.any_address and _address(name) is not None))

    def is_trusted(self, peer: str | None) -> bool:
        """Whether a request comes from a proxy whose word is taken."""
        address = _address(peer or "")
        return address is not None and any(address in network for network in self.proxies)

    def named_by_proxy(self, peer: str | None, headers: Mapping[str, str]) -> str:
        """Who a trusted proxy says asks; empty where none does."""
        return headers.get(self.header, "").strip()[:200] if self.header and self.is_trusted(peer) else ""

    def is_near(self, peer: str | None, headers: Mapping[str, str]) -> bool:
        """Whether whoever asks sits at this machine, as far as a request tells: a proxy passes on what is from afar."""
        address = _address(peer or "")
        return address is not None and address.is_loopback and not any(name in headers for name in _FORWARDED)


def access_of(settings: Settings, host: str) -> Access:
    """The rules of a window bound to ``host``.

    No login is asked for on loopback, unless other names or a proxy are set: then people come from elsewhere. Raises
    SettingsError where only half of the proxy is set, or an address is none.
    """
    header, proxies = settings.serve_proxy_header or "", tuple(map(_network, settings.serve_proxies))
    if bool(header) != bool(proxies):
        raise SettingsError(
            "only one of the two proxy settings is set",
            where="TALLYWIRE_SERVE_PROXY_HEADER, TALLYWIRE_SERVE_PROXIES",
            hint="set both: the header in which the proxy names the user, and the addresses of the proxy",
        )
    near = is_loopback(host)
    login = not near or bool(header) or bool(settings.serve_hosts)
    public = urlsplit(settings.public_url or "")
    names = set(_LOOPBACK) | {name.lower() for name in settings.serve_hosts}
    if login:
        names |= {(public.hostname or "").lower(), socket.gethostname().lower(), host.lower()} - {""}
    return Access(
        login=login,
        names=frozenset(names),
        any_address=not near,
        proxies=proxies,
        header=header.lower(),
        secure=frozenset({(public.hostname or "").lower()} - {""} if public.scheme == "https" else ()),
    )


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches what is bound to ``host``."""
    address = _address(host)
    return host.lower() == "localhost" or (address is not None and address.is_loopback)


def host_name(host: str) -> str | None:
    """The name or address in a Host header, in lower case and without port; None where it is none."""
    try:
        parts = urlsplit(f"//{host}")
        name, _ = parts.hostname, parts.port
    except ValueError:
        return None
    bare = bool(name) and not (parts.username or parts.password or parts.path or parts.query or parts.fragment)
    return name.lower() if bare and name else None


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _network(text: str) -> Network:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError as error:
        raise SettingsError(
            "not an IP address or network",
            where="TALLYWIRE_SERVE_PROXIES",
            why=str(error),
            hint="write for example 172.18.0.2 or 10.0.0.0/8",
        ) from error


@dataclass
class Tries:
    """Wrong tokens, counted by where they come from: after ``MOST`` within ``SPAN`` nothing more is looked at."""

    MOST = 5
    EVERYONE = 100
    SPAN = timedelta(minutes=15)
    _KEPT = 10_000

    wrong: OrderedDict[str, list[datetime]] = field(default_factory=OrderedDict)

    def wait(self, peer: str | None, now: datetime) -> int:
        """Seconds until ``peer`` may try again; 0: now."""
        own = self._lately(_place(peer), now)
        everyone = [at for place in self.wrong for at in self._lately(place, now)]
        waits = [
            self.SPAN - (now - some[-most])
            for some, most in ((own, self.MOST), (sorted(everyone), self.EVERYONE))
            if len(some) >= most
        ]
        return max((int(wait.total_seconds()) + 1 for wait in waits), default=0)

    def failed(self, peer: str | None, now: datetime) -> None:
        """Count a wrong token."""
        place = _place(peer)
        self.wrong[place] = [*self._lately(place, now), now]
        self.wrong.move_to_end(place)
        while len(self.wrong) > self._KEPT:
            self.wrong.popitem(last=False)

    def _lately(self, place: str, now: datetime) -> list[datetime]:
        return [at for at in self.wrong.get(place, ()) if now - at < self.SPAN]


def _place(peer: str | None) -> str:
    """Where a request comes from: an address, of IPv6 the network of one customer."""
    address = _address(peer or "")
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
