"""A test message to an endpoint, sent at once: signed as every message is, and about nothing that happened."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from ca.ports import HttpTransport, TransportFailed
from esign.infra.columns import canonical_json
from esign.infra.database import Database
from esign.infra.ids import new_id
from esign.webhooks.deliveries import DeliveryFailure
from esign.webhooks.endpoints import Endpoints
from esign.webhooks.errors import WebhookError
from esign.webhooks.models import WebhookEndpoint
from esign.webhooks.sending import ANSWER_BYTES_AT_MOST, HEADERS, TIMEOUT_SECONDS, failure_of
from esign.webhooks.signature import sign

PING: Final = "ping"


@dataclass(frozen=True)
class Ping:
    """A test message and what came of it; `failure` is None where it arrived."""

    id: str
    status: int | None
    failure: DeliveryFailure | None


class Pinger:
    """Sends test messages, to a disabled endpoint too: that is when one wants to try. Nothing is kept of them.

    Whoever asks waits in a thread of the web process, so a client has one of them at a time. Safe to share between
    threads.
    """

    def __init__(self, database: Database, endpoints: Endpoints, transport: HttpTransport) -> None:
        self._database = database
        self._endpoints = endpoints
        self._transport = transport
        self._guard = threading.Lock()
        self._pinging: set[str] = set()

    def ping(self, client: str, endpoint_id: str, now: datetime) -> Ping:
        """Send one message and wait for the answer, ten seconds at most; no transaction is open meanwhile.

        Raises `WebhookError` (`webhook-endpoint-missing`, `webhook-ping-running`).
        """
        with self._alone(client):
            return self._ping(client, endpoint_id, now)

    @contextmanager
    def _alone(self, client: str) -> Iterator[None]:
        with self._guard:
            if client in self._pinging:
                raise WebhookError(
                    "webhook-ping-running", "a test message of this client is under way", "wait for its answer"
                )
            self._pinging.add(client)
        try:
            yield
        finally:
            with self._guard:
                self._pinging.discard(client)

    def _ping(self, client: str, endpoint_id: str, now: datetime) -> Ping:
        with self._database.reading() as session:
            found = self._endpoints.get(session, client, endpoint_id)
            target = self._endpoints.target(session, session.get_one(WebhookEndpoint, found.id), now)
        message = new_id("png", now)
        timestamp = now.isoformat(timespec="microseconds").replace("+00:00", "Z")
        body = canonical_json({"id": message, "type": PING, "timestamp": timestamp, "data": {"endpoint": found.id}})
        try:
            answer = self._transport.post(
                target.url,
                body=body,
                headers={**HEADERS, **sign(target.secrets, message, now, body)},
                timeout_seconds=TIMEOUT_SECONDS,
                max_bytes=ANSWER_BYTES_AT_MOST,
            )
        except TransportFailed as error:
            return Ping(message, None, DeliveryFailure(error.failure.value))
        return Ping(message, answer.status, failure_of(answer.status))
