"""A transport that counts: how many requests, bytes and seconds one errand may take, and what was asked."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ca.ports import FETCH_SECONDS, Fetch, HttpAnswer, HttpTransport, TransportFailed, TransportFailure


@dataclass(frozen=True)
class FetchLimits:
    """Upper bounds for one errand: requests, bytes of all answers together, seconds from its first request on.

    The seconds are those of everything that the errand does between its first request and its last, in however many
    rounds: what its owner does in between counts too.
    """

    requests: int = 60
    total_bytes: int = 32 * 1024 * 1024
    seconds: float = FETCH_SECONDS


@dataclass
class MeteredTransport:
    """Sends by `inner` until the limits are reached, then refuses; keeps a record of every request.

    A request that is under way when the seconds end is given up then; `monotonic` (s) is the clock that counts them.
    """

    inner: HttpTransport
    limits: FetchLimits = field(default_factory=FetchLimits)
    fetches: list[Fetch] = field(default_factory=list)
    monotonic: Callable[[], float] = time.monotonic
    _received: int = 0
    _began: float | None = None

    def post(
        self, url: str, *, body: bytes, headers: Mapping[str, str], timeout_seconds: float, max_bytes: int
    ) -> HttpAnswer:
        """See `HttpTransport`."""
        return self._recorded(
            url,
            timeout_seconds,
            max_bytes,
            lambda seconds, most: self.inner.post(
                url, body=body, headers=headers, timeout_seconds=seconds, max_bytes=most
            ),
        )

    def get(self, url: str, *, timeout_seconds: float, max_bytes: int) -> HttpAnswer:
        """See `HttpTransport`."""
        return self._recorded(
            url,
            timeout_seconds,
            max_bytes,
            lambda seconds, most: self.inner.get(url, timeout_seconds=seconds, max_bytes=most),
        )

    def _recorded(
        self, url: str, timeout_seconds: float, max_bytes: int, send: Callable[[float, int], HttpAnswer]
    ) -> HttpAnswer:
        now = self.monotonic()
        self._began = now if self._began is None else self._began
        seconds = min(timeout_seconds, self.limits.seconds - (now - self._began))
        most = min(max_bytes, self.limits.total_bytes - self._received)
        if seconds <= 0:
            raise self._refused(url, f"the limit of {self.limits.seconds:g} seconds for all requests is reached")
        if len(self.fetches) >= self.limits.requests or most <= 0:
            raise self._refused(url, "the limit of what may be fetched is reached")
        try:
            answer = send(seconds, most)
        except TransportFailed as error:
            self.fetches.append(Fetch(url, 0, error.detail))
            raise
        self._received += len(answer.body)
        self.fetches.append(Fetch(url, len(answer.body), None if answer.status == 200 else f"status {answer.status}"))
        return answer

    def _refused(self, url: str, detail: str) -> TransportFailed:
        """Note that nobody was asked, and why; return what tells the caller."""
        self.fetches.append(Fetch(url, 0, detail))
        return TransportFailed(TransportFailure.REFUSED, detail)
