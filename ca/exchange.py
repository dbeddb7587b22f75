"""One HTTP exchange: limited in time and size, without redirects and proxies, with whom the caller's lookup names.

What is here connects to the addresses that a `Lookup` returned and to no others. So whoever supplies the lookup
decides who is reached, and the name is looked up once. It needs the standard library alone.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from ca.ports import HttpAnswer, TransportFailed, TransportFailure

SocketAddress: TypeAlias = "tuple[str, int] | tuple[str, int, int, int]"
"""What a socket connects to: address and port, for IPv6 also flow and scope."""

Lookup: TypeAlias = Callable[[str, int, float], Sequence[SocketAddress]]
"""Returns the addresses of a host and port, given the seconds that are left. Raises `OSError`, `TransportFailed`."""


@dataclass(frozen=True)
class Destination:
    """Whom a request goes to: `host` as it is named in the certificate, `target` the path with its query."""

    is_https: bool
    host: str
    port: int
    target: str


def system_lookup(host: str, port: int, seconds: float) -> list[SocketAddress]:
    """Return what the system's resolver says; how long that may take is the system's own setting."""
    return [
        (str(found[0]), int(found[1]))
        if len(found) == 2
        else (str(found[0]), int(found[1]), int(found[2]), int(found[3]))
        for *_, found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    ]


def exchange(
    method: str,
    destination: Destination,
    *,
    lookup: Lookup,
    tls: ssl.SSLContext,
    body: bytes | None,
    headers: Mapping[str, str],
    timeout_seconds: float,
    max_bytes: int,
) -> HttpAnswer:
    """Send one request and return the answer. Raises `TransportFailed`.

    The limit in time is for all of it, if the lookup keeps to the seconds that it is given.
    """
    deadline = _Deadline(timeout_seconds)
    try:
        connection = _connected(destination, lookup, tls, deadline)
        with contextlib.closing(connection):
            connection.request(method, destination.target, body=body, headers=dict(headers))
            with connection.getresponse() as response:
                content = response.read(max_bytes + 1)
                missing = response.length
        content_type = (response.getheader("Content-Type") or "").split(";")[0].strip().lower()
    except (OSError, http.client.HTTPException) as error:
        if deadline.passed or isinstance(error, TimeoutError):
            raise _timeout(timeout_seconds) from error
        raise TransportFailed(TransportFailure.UNREACHABLE, str(error) or type(error).__name__) from error
    except ValueError as error:
        # What the parsers say may quote the address, and with it credentials.
        raise TransportFailed(TransportFailure.UNREACHABLE, "the address is not one that can be asked") from error
    finally:
        deadline.cancel()
    if deadline.passed:
        raise _timeout(timeout_seconds)
    if len(content) > max_bytes:
        raise TransportFailed(TransportFailure.TOO_LARGE, f"the answer is longer than {max_bytes} bytes")
    if missing:
        raise TransportFailed(TransportFailure.UNREACHABLE, f"the answer ended {missing} bytes too early")
    return HttpAnswer(response.status, content_type, content)


def _connected(
    destination: Destination, lookup: Lookup, tls: ssl.SSLContext, deadline: _Deadline
) -> http.client.HTTPConnection:
    """Return a connection that stands, handshake included. Its host, for the certificate too, is the name's."""
    connection: http.client.HTTPConnection
    if destination.is_https:
        connection = http.client.HTTPSConnection(destination.host, destination.port, context=tls)
    else:
        connection = http.client.HTTPConnection(destination.host, destination.port)
    opened = _opened(lookup(destination.host, destination.port, deadline.left), deadline)
    if not destination.is_https:
        connection.sock = opened
        return connection
    try:
        # The handshake is left to the watched socket: a server may drag it out without end.
        secured = tls.wrap_socket(opened, server_hostname=destination.host, do_handshake_on_connect=False)
    except BaseException:
        opened.close()
        raise
    connection.sock = secured
    try:
        deadline.watch(secured)
        secured.do_handshake()
    except BaseException:
        secured.close()
        raise
    return connection


class _Deadline:
    """Ends a socket when its time is up: a socket's own timeout begins anew with every byte."""

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds
        self._socket: socket.socket | None = None
        self.passed = False
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True
        self._timer.start()

    @property
    def left(self) -> float:
        """Seconds that are left. Raises `TimeoutError` where none are."""
        left = self._ends - time.monotonic()
        if self.passed or left <= 0:
            raise TimeoutError
        return left

    def watch(self, opened: socket.socket) -> None:
        """End this socket from now on. Raises `TimeoutError` if it is too late already."""
        self._socket = opened
        opened.settimeout(self.left)

    def cancel(self) -> None:
        self._timer.cancel()

    def _end(self) -> None:
        self.passed = True
        try:
            if self._socket is not None:
                self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # the other side, or the reader, has closed it already


def _opened(addresses: Sequence[SocketAddress], deadline: _Deadline) -> socket.socket:
    """Connect to the first of the addresses that answers, all of them under the one deadline."""
    failure = OSError("the host has no address")
    for address in addresses:
        opened = socket.socket(socket.AF_INET if len(address) == 2 else socket.AF_INET6, socket.SOCK_STREAM)
        try:
            deadline.watch(opened)
            opened.connect(address)
        except TimeoutError:
            opened.close()
            raise
        except OSError as error:
            opened.close()
            failure = error
        else:
            return opened
    raise failure


def _timeout(seconds: float) -> TransportFailed:
    return TransportFailed(TransportFailure.TIMEOUT, f"no complete answer within {seconds:g} s")
