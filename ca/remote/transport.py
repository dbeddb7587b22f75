"""How a request leaves: one exchange, limited in time and size, no redirects.

A transport is a port: the service puts its guarded client behind it, the command line uses `DirectTransport`.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol
from urllib.parse import urlsplit


class TransportFailure(StrEnum):
    """Why no answer came."""

    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    TOO_LARGE = "too-large"


class TransportFailed(Exception):
    """No usable answer came; `detail` says what happened, without credentials."""

    def __init__(self, failure: TransportFailure, detail: str) -> None:
        super().__init__(detail)
        self.failure = failure
        self.detail = detail


@dataclass(frozen=True)
class HttpAnswer:
    """An HTTP response, redirects included: nobody follows them. `content_type` is without parameters."""

    status: int
    content_type: str
    body: bytes


class HttpTransport(Protocol):
    """Sends one request. Both ways raise `TransportFailed` where no usable answer comes.

    `timeout_seconds` is for the whole exchange; a body of more than `max_bytes` is `TOO_LARGE`.
    """

    def post(
        self, url: str, *, body: bytes, headers: Mapping[str, str], timeout_seconds: float, max_bytes: int
    ) -> HttpAnswer: ...

    def get(self, url: str, *, timeout_seconds: float, max_bytes: int) -> HttpAnswer: ...


class DirectTransport:
    """Connects to the host itself, without proxies; https with the system's roots, or with `tls`."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls

    def post(
        self, url: str, *, body: bytes, headers: Mapping[str, str], timeout_seconds: float, max_bytes: int
    ) -> HttpAnswer:
        """See `HttpTransport`. Looking up the host's name is not under the time limit."""
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
        deadline = _Deadline(timeout_seconds)
        try:
            connection, target = self._connected(url, deadline)
            with contextlib.closing(connection):
                connection.request(method, target, body=body, headers=dict(headers))
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

    def _connected(self, url: str, deadline: _Deadline) -> tuple[http.client.HTTPConnection, str]:
        """Return a connection that stands, handshake included, and the request's target. Raises `ValueError`."""
        parts = urlsplit(url)
        if not parts.hostname:
            raise ValueError("the address names no host")
        if parts.scheme == "https":
            tls = self._tls or ssl.create_default_context()
            connection: http.client.HTTPConnection = http.client.HTTPSConnection(
                parts.hostname, parts.port, context=tls
            )
            opened = _opened(connection.host, connection.port, deadline)
            try:
                # The handshake is left to the watched socket: a server may drag it out without end.
                secured = tls.wrap_socket(opened, server_hostname=parts.hostname, do_handshake_on_connect=False)
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
        else:
            connection = http.client.HTTPConnection(parts.hostname, parts.port)
            connection.sock = _opened(connection.host, connection.port, deadline)
        return connection, (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


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


def _opened(host: str, port: int, deadline: _Deadline) -> socket.socket:
    """Connect to the first of the host's addresses that answers, all of them under the one deadline."""
    failure = OSError("the host has no address")
    for family, kind, protocol, _, address in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        opened = socket.socket(family, kind, protocol)
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
