"""The one guarded way out: every request that the service sends anywhere goes through `GuardedTransport`.

The name is looked up once, every address it has is judged, and the connection goes to one of those addresses and to
nothing that a second look-up would bring. The certificate is checked for the name. No redirect is followed and no
proxy of the environment asked.
"""

from __future__ import annotations

import queue
import re
import ssl
import threading
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final

from ca.exchange import Destination, Lookup, SocketAddress, exchange, system_lookup
from ca.ports import HttpAnswer, TransportFailed, TransportFailure
from esign.infra.outgoing_rules import AddressRefused, OutgoingRules

_HEADER_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,63}")
_HEADER_VALUE: Final = re.compile(r"[ -~]{0,4096}")
_OUR_HEADERS: Final = frozenset({"host", "content-length", "transfer-encoding", "connection", "accept-encoding"})


@cache
def _system_roots() -> ssl.SSLContext:
    """Read the roots of the system, a hundred and more, once in a process: for all transports, which only use them."""
    return ssl.create_default_context()


class GuardedTransport:
    """A `ca.ports.HttpTransport` under the rules; https with the system's roots, or with `tls`.

    What the rules forbid raises `TransportFailed` (`REFUSED`), and nobody was asked. The limit in time holds for
    looking up the name too.
    """

    def __init__(
        self, rules: OutgoingRules, *, tls: ssl.SSLContext | None = None, lookup: Lookup = system_lookup
    ) -> None:
        self._rules = rules
        self._tls = tls or _system_roots()
        self._lookup = lookup

    def post(
        self, url: str, *, body: bytes, headers: Mapping[str, str], timeout_seconds: float, max_bytes: int
    ) -> HttpAnswer:
        """See `HttpTransport`."""
        for name, value in headers.items():
            plain = _HEADER_NAME.fullmatch(name) and _HEADER_VALUE.fullmatch(value)
            if not plain or name.lower() in _OUR_HEADERS:
                raise TransportFailed(TransportFailure.REFUSED, "a header is not one that may be sent")
        return self._exchange("POST", url, body, headers, timeout_seconds, max_bytes)

    def get(self, url: str, *, timeout_seconds: float, max_bytes: int) -> HttpAnswer:
        """See `HttpTransport`."""
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
        try:
            destination: Destination = self._rules.destination(url)
            return exchange(
                method,
                destination,
                lookup=self._guarded,
                tls=self._tls,
                body=body,
                headers=headers,
                timeout_seconds=timeout_seconds,
                max_bytes=max_bytes,
            )
        except AddressRefused as error:
            raise TransportFailed(TransportFailure.REFUSED, str(error)) from error

    def _guarded(self, host: str, port: int, seconds: float) -> Sequence[SocketAddress]:
        addresses = _within(self._lookup, host, port, seconds)
        self._rules.refuse_inside(host, port, [address[0] for address in addresses])
        return addresses


def _within(lookup: Lookup, host: str, port: int, seconds: float) -> Sequence[SocketAddress]:
    """Look the name up, and go on without the answer if it takes too long: the system's call cannot be ended."""
    answers: queue.SimpleQueue[Sequence[SocketAddress] | Exception] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put(lookup(host, port, seconds))
        except Exception as error:  # noqa: BLE001  # it is raised where the answer is awaited
            answers.put(error)

    threading.Thread(target=ask, daemon=True, name="outgoing-lookup").start()
    try:
        answer = answers.get(timeout=seconds)
    except queue.Empty:
        raise TimeoutError from None
    if isinstance(answer, Exception):
        raise answer
    return answer
