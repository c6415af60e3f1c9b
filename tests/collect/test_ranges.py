from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_network

import pytest

from pipeline.ranges import CLOSED_V4, CLOSED_V6, is_global


@pytest.mark.parametrize(
    "address",
    """
    93.184.215.14 8.8.8.8 192.31.196.1 192.52.193.1 192.175.48.1 2606:4700::1111 2620:4f:8000::1
    64:ff9b::808:808 2002:808:808::1 ::ffff:8.8.8.8 2606:4700::5efe:8.8.8.8
    """.split(),  # noqa: SIM905
)
def test_the_public_internet_is_global(address: str) -> None:
    assert is_global(address)


@pytest.mark.parametrize(
    "address",
    """
    127.0.0.1 127.8.8.8 0.0.0.0 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 192.0.2.1 198.18.0.1
    192.0.0.192 192.0.0.9 192.0.0.170 192.88.99.1 192.88.99.2
    224.0.0.1 255.255.255.255 240.0.0.1 :: ::1 fe80::1 fe80::1%eth0 fc00::1 fd12::1 fec0::1 ff02::1 2001:db8::1
    ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::127.0.0.1 64:ff9b::7f00:1 64:ff9b::a00:1 64:ff9b:1::1 2002:7f00:1::1
    ::ffff:0:127.0.0.1 ::ffff:0:8.8.8.8 2002:a00:1::1 2001:0:4136:e378:8000:63bf:80ff:fffe 2606:4700::5efe:10.0.0.1
    2606:4700::200:5efe:10.0.0.1 5f00::1 3fff::1 3fff:fff::1 100::1 100:0:0:1::1 2001:1::1 2001:2::1 2001:20::1
    nonsense 1 127.1
    """.split(),  # noqa: SIM905
)
def test_places_inside_networks_are_not_even_when_wrapped(address: str) -> None:
    assert not is_global(address)


# The rows of the registries, whether one is a row of ours or lies in one, with what lies just outside on either side.
ROWS = [
    ("0.0.0.0/8", None, "1.0.0.0"),
    ("10.0.0.0/8", "9.255.255.255", "11.0.0.0"),
    ("100.64.0.0/10", "100.63.255.255", "100.128.0.0"),
    ("127.0.0.0/8", "126.255.255.255", "128.0.0.0"),
    ("169.254.0.0/16", "169.253.255.255", "169.255.0.0"),
    ("172.16.0.0/12", "172.15.255.255", "172.32.0.0"),
    ("192.0.0.0/24", "191.255.255.255", "192.0.1.0"),
    ("192.0.2.0/24", "192.0.1.255", "192.0.3.0"),
    ("192.88.99.0/24", "192.88.98.255", "192.88.100.0"),
    ("192.168.0.0/16", "192.167.255.255", "192.169.0.0"),
    ("198.18.0.0/15", "198.17.255.255", "198.20.0.0"),
    ("198.51.100.0/24", "198.51.99.255", "198.51.101.0"),
    ("203.0.113.0/24", "203.0.112.255", "203.0.114.0"),
    ("224.0.0.0/4", "223.255.255.255", None),
    ("240.0.0.0/4", None, None),
    ("::/128", None, None),
    ("::1/128", None, None),
    ("::ffff:0:0:0/96", None, None),
    ("64:ff9b:1::/48", None, None),
    ("100::/64", None, None),
    ("100:0:0:1::/64", None, None),
    ("2001::/23", "2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2001:200::"),
    ("2001:db8::/32", "2001:db7:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db9::"),
    ("3fff::/20", "3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "3fff:1000::"),
    ("4000::/3", "3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", None),
    ("5f00::/16", None, None),
    ("fc00::/7", None, None),
    ("fe80::/10", None, None),
    ("fec0::/10", None, None),
    ("ff00::/8", None, None),
    ("::/3", None, "2000::"),
]


@pytest.mark.parametrize(("row", "before", "after"), ROWS, ids=[row for row, _, _ in ROWS])
def test_a_row_is_closed_up_to_its_borders(row: str, before: str | None, after: str | None) -> None:
    network = ip_network(row)
    if row != "::/3":
        assert not is_global(str(network[0]))
    assert not is_global(str(network[network.num_addresses // 2]))
    assert not is_global(str(network[-1]))
    assert before is None or is_global(before)
    assert after is None or is_global(after)
    if before is not None:
        assert int(type(network[0])(before)) + 1 == int(network[0])
    if after is not None:
        assert int(type(network[0])(after)) - 1 == int(network[-1])


def test_every_row_of_ours_is_tried_at_its_borders() -> None:
    assert {str(network) for network in (*CLOSED_V4, *CLOSED_V6)} <= {row for row, _, _ in ROWS}
    assert all(isinstance(network[0], IPv4Address) for network in CLOSED_V4)
    assert all(isinstance(network[0], IPv6Address) for network in CLOSED_V6)
