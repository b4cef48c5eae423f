"""Where the hub may call to: addresses of the public internet, and what the configuration file allows besides. Pure.

A name is judged by what it resolves to, never by how it is spelt: `0x7f000001`, `127.1` and a name that points at this machine
are all the same address.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address

_UNICAST = IPv6Network("2000::/3")
"""All of IPv6 that is given out for the public internet."""
_NAT64 = IPv6Network("64:ff9b::/96")
"""Where a network without IPv4 of its own translates: the address that is meant is the last 32 bits."""


def is_public(address: Address) -> bool:
    """Whether the address is one host of the public internet, whichever version of Python judges it."""
    if isinstance(address, IPv6Address):
        if address.scope_id:
            return False
        if meant := _meant(address):
            return is_public(meant)
        if address not in _UNICAST or address.sixtofour or address.teredo:  # tunnels, to IPv4 addresses of any kind
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _meant(address: IPv6Address) -> IPv4Address | None:
    return address.ipv4_mapped or (IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else None)


class Allowed:
    """The exceptions: addresses (`127.0.0.1`), networks (`10.0.0.0/8`) and host names (`hooks.internal`), these wherever they
    lead."""

    def __init__(self, entries: Iterable[str] = ()) -> None:
        self._names: set[str] = set()
        self._networks = []
        for entry in entries:
            try:
                self._networks.append(ip_network(entry))
            except ValueError:
                self._names.add(_plain(entry))

    def refused(self, host: str, addresses: Sequence[Address]) -> Address | None:
        """The first address of the host that must not be called; None: it may be."""
        if _plain(host) in self._names:
            return None
        return next((address for address in addresses if not is_public(address) and not self._is_allowed(address)), None)

    def _is_allowed(self, address: Address) -> bool:
        if isinstance(address, IPv6Address):
            address = _meant(address) or address
        return any(address in network for network in self._networks)


def _plain(host: str) -> str:
    return host.lower().rstrip(".")


def parsed(text: str) -> Address:
    """An address as a resolver spells it, its zone included."""
    return ip_address(text)
