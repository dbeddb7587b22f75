"""How a request leaves where nobody guards it: the command line's own way, to the addresses its user chose.

The service puts `esign.infra.outgoing.GuardedTransport` behind the same port, `ca.ports.HttpTransport`.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from urllib.parse import urlsplit

from ca.exchange import Destination, exchange, system_lookup
from ca.ports import HttpAnswer, TransportFailed, TransportFailure


class DirectTransport:
    """Connects to the host itself, without proxies; https with the system's roots, or with `tls`."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls

    def post(
        self, url: str, *, body: bytes, headers: Mapping[str, str], timeout_seconds: float, max_bytes: int
    ) -> HttpAnswer:
        """See `ca.ports.HttpTransport`. Looking up the host's name is not under the time limit."""
        return self._exchange("POST", url, body, headers, timeout_seconds, max_bytes)

    def get(self, url: str, *, timeout_seconds: float, max_bytes: int) -> HttpAnswer:
        """See `ca.ports.HttpTransport`."""
        return self._exchange("GET", url, None, {}, timeout_seconds, max_bytes)

    def _exchange(
        self,
        method: str,
        url: str,
        body: bytes | None,
        headers: Mapping[str, str],
        timeout_seconds: float,
        max_bytes: int,
    ) -> HttpAnswer:
        return exchange(
            method,
            _destination(url),
            lookup=system_lookup,
            tls=self._tls or ssl.create_default_context(),
            body=body,
            headers=headers,
            timeout_seconds=timeout_seconds,
            max_bytes=max_bytes,
        )


def _destination(url: str) -> Destination:
    try:
        parts = urlsplit(url)
        is_https = parts.scheme == "https"
        port = (443 if is_https else 80) if parts.port is None else parts.port
    except ValueError as error:
        raise _unusable() from error
    if not parts.hostname:
        raise _unusable()
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Destination(is_https, parts.hostname, port, target)


def _unusable() -> TransportFailed:
    # What the parsers say may quote the address, and with it credentials.
    return TransportFailed(TransportFailure.UNREACHABLE, "the address is not one that can be asked")
