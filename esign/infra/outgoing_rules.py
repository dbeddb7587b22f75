"""Whom outgoing requests may reach (SECURITY.md, "One guarded way out"): pure rules over addresses.

Everything on the open internet by http and https, nothing inside: a client's webhook or a certificate's address must
not make this service speak to the machines around it. The operator's lists name the exceptions, each host and port:
one for what the operator chose (vendors, timestamps, revocation, channels), one for clients' webhooks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_address
from typing import Final
from urllib.parse import urlsplit

from ca.exchange import Destination

URL_AT_MOST: Final = 2048

_VISIBLE: Final = re.compile(r"[!-\[\]-~]{1,2048}")  # ASCII without spaces, control characters, backslash
_LABEL: Final = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST: Final = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*")
_LOWEST_FREE_PORT: Final = 1024
_WEB_PORTS: Final = frozenset({80, 443})

# Written out, after the IANA special-purpose registries: what Python calls global differs from release to release.
_CLOSED_V4: Final = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "168.63.129.16/32",  # no private range, and yet inside: Azure's host, which every machine there can ask
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",
            "240.0.0.0/4",
        ),
    )
)
# Of IPv6 only what is given out as global unicast. That leaves out loopback, IPv4-mapped and -compatible addresses,
# NAT64, unique local, link-local, site-local and multicast; below it are Teredo, ORCHID, 6to4 and documentation.
_OPEN_V6: Final = IPv6Network("2000::/3")
_CLOSED_V6: Final = tuple(map(IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))


class AddressRefused(Exception):
    """The rules forbid this address. `reason` follows "the address" in a sentence and quotes nothing of it."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the address {reason}")
        self.reason = reason


class OutgoingRules:
    """The rules with one of the operator's lists: `settings.outgoing_allow` or `webhooks_allow`, entries `host:port`.

    A listed host is reached on that port whatever address it has.
    """

    def __init__(self, allow: Iterable[str] = ()) -> None:
        self._listed = frozenset(map(_entry, allow))

    def destination(self, url: str) -> Destination:
        """Return whom the URL names. Raises `AddressRefused` for anything but a plain http or https URL."""
        if not _VISIBLE.fullmatch(url):
            raise AddressRefused(f"is not one of visible ASCII characters, {URL_AT_MOST} at most")
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise AddressRefused("cannot be read") from None
        if parts.scheme not in {"http", "https"}:
            raise AddressRefused("is neither http nor https")
        if "@" in parts.netloc:
            raise AddressRefused("holds credentials")
        host = parts.hostname or ""
        if not (_HOST.fullmatch(host) or _is_v6(parts.netloc, host)):
            raise AddressRefused("names no host that can be asked")
        is_https = parts.scheme == "https"
        port = (443 if is_https else 80) if port is None else port
        if not (port in _WEB_PORTS or port >= _LOWEST_FREE_PORT or (host, port) in self._listed):
            raise AddressRefused("has a port that is not for the web")
        return Destination(is_https, host, port, (parts.path or "/") + (f"?{parts.query}" if parts.query else ""))

    def lists(self, destination: Destination) -> bool:
        """Tell whether the operator's list names this host and port."""
        return (destination.host, destination.port) in self._listed

    def refuse_inside(self, host: str, port: int, addresses: Iterable[str]) -> None:
        """Raise `AddressRefused` if any of the host's addresses is not one on the open internet.

        Any, not all: a name that leads outside and inside is a trap, and nobody chooses which address is taken.
        """
        if (host, port) not in self._listed and not all(map(is_open, addresses)):
            raise AddressRefused("leads to a network that outgoing requests may not reach")


def is_open(address: str) -> bool:
    """Tell whether an IP address in text is one on the open internet; what is no address is not."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, IPv4Address):
        return not any(parsed in network for network in _CLOSED_V4)
    return parsed in _OPEN_V6 and not any(parsed in network for network in _CLOSED_V6)


def _entry(entry: str) -> tuple[str, int]:
    host, _, port = entry.rpartition(":")
    return host.strip("[]").lower().rstrip("."), int(port)


def _is_v6(netloc: str, host: str) -> bool:
    if not netloc.startswith("["):
        return False
    try:
        return ip_address(host).version == 6 and "%" not in host
    except ValueError:
        return False
