"""How a request leaves: one exchange, limited in time and size, no redirects.

A transport is a port: the service puts its guarded client behind it, the command line uses `DirectTransport`.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
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
        parts = urlsplit(url)
        host = parts.hostname or ""
        if parts.scheme == "https":
            tls = self._tls or ssl.create_default_context()
            connection: http.client.HTTPConnection = http.client.HTTPSConnection(
                host, parts.port, timeout=timeout_seconds, context=tls
            )
        else:
            connection = http.client.HTTPConnection(host, parts.port, timeout=timeout_seconds)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        deadline = _Deadline(connection, timeout_seconds)
        try:
            connection.connect()
            deadline.start()
            connection.request(method, target, body=body, headers=dict(headers))
            with connection.getresponse() as response:
                content = response.read(max_bytes + 1)
                missing = response.length
            content_type = (response.getheader("Content-Type") or "").split(";")[0].strip().lower()
        except (OSError, http.client.HTTPException) as error:
            if deadline.passed or isinstance(error, TimeoutError):
                raise _timeout(timeout_seconds) from error
            raise TransportFailed(TransportFailure.UNREACHABLE, str(error) or type(error).__name__) from error
        finally:
            deadline.cancel()
            connection.close()
        if deadline.passed:
            raise _timeout(timeout_seconds)
        if len(content) > max_bytes:
            raise TransportFailed(TransportFailure.TOO_LARGE, f"the answer is longer than {max_bytes} bytes")
        if missing:
            raise TransportFailed(TransportFailure.UNREACHABLE, f"the answer ended {missing} bytes too early")
        return HttpAnswer(response.status, content_type, content)


class _Deadline:
    """Ends a connection when its time is up: a socket's own timeout begins anew with every byte."""

    def __init__(self, connection: http.client.HTTPConnection, seconds: float) -> None:
        self._connection = connection
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True
        self.passed = False

    def start(self) -> None:
        self._socket: socket.socket = self._connection.sock
        self._timer.start()

    def cancel(self) -> None:
        self._timer.cancel()

    def _end(self) -> None:
        self.passed = True
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # the other side, or the reader, has closed it already


def _timeout(seconds: float) -> TransportFailed:
    return TransportFailed(TransportFailure.TIMEOUT, f"no complete answer within {seconds:g} s")
