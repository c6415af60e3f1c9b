"""Addresses that are no place of the public internet. Pure; our own table, for that of Python differs by its version.

From IANA's special-purpose registries for IPv4 and IPv6 (RFC 6890, RFC 8190) as of October 2025, whose newest rows are
2001:1::3/128 (April 2024), 5f00::/16 and 3fff::/20 (2024) and 100:0:0:1::/64 (April 2025), and from the registries of
IPv6's address space and of multicast. Of what these call globally reachable, the blocks for protocols stay closed
(192.0.0.0/24, 2001::/23): anycast addresses in them mean the nearest gateway, which may be one's own.
"""

from __future__ import annotations

import ipaddress
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

_V4 = """
    0.0.0.0/8          this network (RFC 791)
    10.0.0.0/8         private use (RFC 1918)
    100.64.0.0/10      shared address space (RFC 6598)
    127.0.0.0/8        loopback (RFC 1122)
    169.254.0.0/16     link local (RFC 3927)
    172.16.0.0/12      private use (RFC 1918)
    192.0.0.0/24       IETF protocol assignments (RFC 6890), with the dummy address and NAT64's discovery
    192.0.2.0/24       documentation (RFC 5737)
    192.88.99.0/24     6to4 relay anycast (RFC 7526), with 6a44's (RFC 6751)
    192.168.0.0/16     private use (RFC 1918)
    198.18.0.0/15      benchmarking (RFC 2544)
    198.51.100.0/24    documentation (RFC 5737)
    203.0.113.0/24     documentation (RFC 5737)
    224.0.0.0/4        multicast (RFC 5771)
    240.0.0.0/4        reserved (RFC 1112), with the limited broadcast 255.255.255.255 (RFC 919)
"""

_V6 = """
    2001::/23          IETF protocol assignments (RFC 2928), with Teredo, benchmarking, ORCHID and anycast services
    2001:db8::/32      documentation (RFC 3849)
    3fff::/20          documentation (RFC 9637)
"""
"""Of the global unicast space alone. All else is closed: ::/8 with loopback, mapped and translated addresses, 100::/64
and 100:0:0:1::/64 (RFC 6666, RFC 9780), 5f00::/16 (SRv6, RFC 9602), fc00::/7, fe80::/10, fec0::/10, ff00::/8."""

GLOBAL_UNICAST = IPv6Network("2000::/3")
"""The only part of IPv6 that IANA gives out for places (RFC 4291, section 2.4)."""

CLOSED_V4 = tuple(IPv4Network(line.split()[0]) for line in _V4.strip().splitlines())
CLOSED_V6 = tuple(IPv6Network(line.split()[0]) for line in _V6.strip().splitlines())

# An IPv4 address in its last 32 bits, to which a gateway may hand on.
_MAPPED = IPv6Network("::ffff:0:0/96")
_NAT64 = IPv6Network("64:ff9b::/96")
_6TO4 = IPv6Network("2002::/16")
_ISATAP = (0x0000_5EFE, 0x0200_5EFE)


def is_global(address: str) -> bool:
    """Whether an IP address is a place of the public internet, and so is an IPv4 address that is wrapped in it.

    IPv4-mapped addresses, those of NAT64 (RFC 6052) and of 6to4 (RFC 3056), and ISATAP's interfaces (RFC 5214, section
    6.1) carry an IPv4 address inside, which a gateway may hand on to its own network. What is no address is no place.
    """
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return _is_open_v4(ip) if isinstance(ip, IPv4Address) else _is_open_v6(ip)


def _is_open_v4(ip: IPv4Address) -> bool:
    return not any(ip in network for network in CLOSED_V4)


def _is_open_v6(ip: IPv6Address) -> bool:
    number = int(ip)
    last = IPv4Address(number & 0xFFFF_FFFF)
    if ip in _MAPPED or ip in _NAT64:
        return _is_open_v4(last)
    if ip not in GLOBAL_UNICAST or any(ip in network for network in CLOSED_V6):
        return False
    if ip in _6TO4 and not _is_open_v4(IPv4Address((number >> 80) & 0xFFFF_FFFF)):
        return False
    return (number >> 32) & 0xFFFF_FFFF not in _ISATAP or _is_open_v4(last)
