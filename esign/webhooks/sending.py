"""Sending what is due to an endpoint, in the order of the trail, through the one guarded way out.

Each delivery is claimed before it is sent: its due time moves ahead, by a conditional update that one worker wins.
So a worker that is killed has lost nothing, its delivery is due again, and the receiver may see an id twice but never
two ids of one event. No transaction is open while the network is asked.

What fails is due again after 5 seconds, then later and later, and is dead after ten tries. While an endpoint is ill
(silent, or answering 5xx), what follows waits too, a minute at most: an endpoint that comes back gets everything in
order, one that stays down costs one request a minute, and one event that always breaks the receiver does not keep back
the others. An endpoint that refuses a message (4xx) is not ill, and the next message follows at once.

An endpoint that answers well and slowly is not ill either: a flush ends after 20 seconds, and of one client two run at
once in a process, so that nobody's endpoints hold up everybody's.
"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from ca.ports import HttpTransport, TransportFailed
from esign.infra.clock import Clock
from esign.infra.database import Database
from esign.infra.exclusive import Exclusive
from esign.infra.logs import log_for
from esign.infra.statements import rows_changed
from esign.trail.log import COLUMNS, event_of_row
from esign.trail.models import TrailEvent, TrailLeaf
from esign.webhooks.deliveries import DeliveryFailure, DeliveryState, PublicEvents
from esign.webhooks.endpoints import DisabledBecause, Endpoints
from esign.webhooks.models import WebhookDelivery, WebhookEndpoint
from esign.webhooks.signature import sign

AT_ONCE: Final = 100
FLUSH_SECONDS: Final = 20.0
"""After this no further message is begun; the one that is being sent comes to its end."""
PLACES_OF_A_CLIENT: Final = 2
BACKOFF: Final = (
    timedelta(seconds=5),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=3),
    timedelta(hours=6),
    timedelta(hours=12),
    timedelta(hours=24),
)
ATTEMPTS_AT_MOST: Final = len(BACKOFF) + 1
JITTER: Final = 0.2
PAUSE: Final = timedelta(minutes=1)
DISABLED_AFTER: Final = timedelta(days=5)
TIMEOUT_SECONDS: Final = 10.0
CLAIMED_FOR: Final = timedelta(seconds=60)
"""Longer than one exchange and both transactions around it."""
ANSWER_BYTES_AT_MOST: Final = 64 * 1024
GONE: Final = 410
HEADERS: Final = {"Content-Type": "application/json", "User-Agent": "esign-webhooks/1"}
_ASKS_FOR_LATER: Final = frozenset({408, 425, 429})

_log = log_for(__name__)


@dataclass(frozen=True)
class _Due:
    """A delivery as it was when it was found due."""

    id: str
    event: str
    due_at: datetime
    attempts: int


@dataclass(frozen=True)
class _Try:
    """A claimed delivery and what came of sending it; `failure` is None where it arrived."""

    delivery: str
    attempt: int
    claimed_until: datetime
    status: int | None
    failure: DeliveryFailure | None


def backoff(attempt: int, chance: float) -> timedelta:
    """Return how long to wait after so many failed tries (1 to 9); `chance` (0 to 1) spreads it by 20 % each way."""
    return BACKOFF[attempt - 1] * (1 - JITTER + 2 * JITTER * chance)


class Sender:
    """Sends to endpoints. Safe to share between threads; `jitter` returns numbers from 0 to 1.

    `timeout_seconds` is for one exchange, and well below the minute for which a delivery is claimed.
    """

    def __init__(
        self,
        database: Database,
        endpoints: Endpoints,
        events: PublicEvents,
        transport: HttpTransport,
        exclusive: Exclusive,
        clock: Clock,
        *,
        jitter: Callable[[], float] = random.random,
        timeout_seconds: float = TIMEOUT_SECONDS,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._endpoints = endpoints
        self._events = events
        self._transport = transport
        self._exclusive = exclusive
        self._clock = clock
        self._jitter = jitter
        self._timeout_seconds = timeout_seconds
        self._monotonic = monotonic
        self._guard = threading.Lock()
        self._places: Counter[str] = Counter()

    def flush(self, endpoint_id: str) -> int:
        """Send what is due to the endpoint, 100 messages and 20 seconds at most; return how many, well or not.

        Does nothing while somebody else flushes this endpoint or two of the client's are flushed here, or where it is
        disabled or gone. Raises what `PublicEvents.body` raises: that delivery is then due again after a minute, and
        the others meanwhile go on.
        """
        with self._database.reading() as session:
            client = session.scalar(select(WebhookEndpoint.client).where(WebhookEndpoint.id == endpoint_id))
        if client is None:
            return 0
        with self._place(client) as free:
            if not free:
                return 0
            with self._exclusive.attempt(_hold(endpoint_id)) as mine:
                return self._flush(endpoint_id) if mine else 0

    def is_flushing(self, endpoint_id: str) -> bool:
        """Tell whether anybody flushes this endpoint now, in whichever process."""
        with self._exclusive.attempt(_hold(endpoint_id)) as mine:
            return not mine

    @contextmanager
    def _place(self, client: str) -> Iterator[bool]:
        """Yield whether the client has a place left in this process; it is held until the end."""
        with self._guard:
            free = self._places[client] < PLACES_OF_A_CLIENT
            self._places[client] += free
        try:
            yield free
        finally:
            with self._guard:
                self._places[client] -= free
                self._places += Counter()  # forgets whoever holds none

    def _flush(self, endpoint_id: str) -> int:
        sent = 0
        last: _Try | None = None
        end = self._monotonic() + FLUSH_SECONDS
        for due in self._due(endpoint_id):
            if self._monotonic() >= end:
                break
            # One transaction between two messages: it writes down the one and claims the next.
            with self._database.transaction() as session:
                goes_on = last is None or self._settle(session, endpoint_id, last)
                claimed_until = self._claim(session, due) if goes_on else None
            last = None
            if claimed_until is None:
                return sent
            if due.attempts < ATTEMPTS_AT_MOST:
                last = self._send(endpoint_id, due, claimed_until)
                if last is None:
                    return sent
                sent += 1
            else:
                last = _Try(due.id, due.attempts, claimed_until, None, DeliveryFailure.ABANDONED)
        if last is not None:
            with self._database.transaction() as session:
                self._settle(session, endpoint_id, last)
        return sent

    def _due(self, endpoint_id: str) -> list[_Due]:
        with self._database.reading() as session:
            found = session.execute(
                select(WebhookDelivery.id, WebhookDelivery.event, WebhookDelivery.due_at, WebhookDelivery.attempts)
                .join(TrailLeaf, TrailLeaf.event_id == WebhookDelivery.event)
                .where(WebhookDelivery.endpoint == endpoint_id, WebhookDelivery.due_at <= self._clock())
                .order_by(TrailLeaf.position)
                .limit(AT_ONCE)
            )
            return [_Due(id_, event, due_at, attempts) for id_, event, due_at, attempts in found if due_at is not None]

    def _claim(self, session: Session, due: _Due) -> datetime | None:
        """Take the delivery for a minute and return until when; None if somebody else has, or must not be told."""
        until = self._clock() + CLAIMED_FOR
        enabled = exists().where(WebhookEndpoint.id == WebhookDelivery.endpoint, WebhookEndpoint.disabled_at.is_(None))
        claim = (
            update(WebhookDelivery)
            .where(WebhookDelivery.id == due.id, WebhookDelivery.due_at == due.due_at, enabled)
            .values(due_at=until, attempts=WebhookDelivery.attempts + 1)
        )
        claimed = session.execute(claim)
        return until if rows_changed(claimed) == 1 else None

    def _send(self, endpoint_id: str, due: _Due, claimed_until: datetime) -> _Try | None:
        """Send one message and return what came of it, None if the endpoint was deleted at this moment."""
        now = self._clock()
        with self._database.reading() as session:
            row = session.get(WebhookEndpoint, endpoint_id)
            if row is None:
                return None
            target = self._endpoints.target(session, row, now)
            event = event_of_row(session.execute(select(*COLUMNS).where(TrailEvent.id == due.event)).one()[:])
            body = self._events.body(session, event)
        status: int | None = None
        try:
            answer = self._transport.post(
                target.url,
                body=body,
                headers={**HEADERS, **sign(target.secrets, event.id, now, body)},
                timeout_seconds=self._timeout_seconds,
                max_bytes=ANSWER_BYTES_AT_MOST,
            )
        except TransportFailed as error:
            failure: DeliveryFailure | None = DeliveryFailure(error.failure.value)
        else:
            status = answer.status
            failure = failure_of(status)
        return _Try(due.id, due.attempts + 1, claimed_until, status, failure)

    def _settle(self, session: Session, endpoint_id: str, ended: _Try) -> bool:
        """Write down what came of a try; return whether the next message may follow now."""
        # The endpoint first, as whoever deletes it does, or the two would wait for each other.
        endpoint = session.get(WebhookEndpoint, endpoint_id, with_for_update={"key_share": True})
        if endpoint is None:
            return False
        now = self._clock()
        if ended.failure is None:
            arrived = {"state": DeliveryState.DELIVERED, "due_at": None, "delivered_at": now, "last_failure": None}
            this = WebhookDelivery.id == ended.delivery
            session.execute(update(WebhookDelivery).where(this).values(**arrived, last_status=ended.status))
            endpoint.failing_since = None
            return True
        endpoint.failing_since = endpoint.failing_since or now
        gone, ill = ended.failure is DeliveryFailure.GONE, _is_ill(ended)
        dead = gone or ended.attempt >= ATTEMPTS_AT_MOST
        due_at = None if dead else now + backoff(ended.attempt, self._jitter())
        pause = min(due_at or now + PAUSE, now + PAUSE)
        if ill and now - endpoint.failing_since >= PAUSE:
            pause = now + PAUSE
            due_at = due_at and max(due_at, pause)
        # If the claim is no longer ours, somebody asked for the delivery anew or took it over: this try is history.
        session.execute(
            update(WebhookDelivery)
            .where(WebhookDelivery.id == ended.delivery, WebhookDelivery.due_at == ended.claimed_until)
            .values(
                state=DeliveryState.DEAD if dead else DeliveryState.PENDING,
                due_at=due_at,
                last_status=ended.status,
                last_failure=ended.failure,
            )
        )
        _tell(endpoint_id, ended, dead=dead)
        if gone:
            _disable(endpoint, now, "gone")
        elif now - endpoint.failing_since >= DISABLED_AFTER:
            _disable(endpoint, now, "failing")
        if ill:
            waiting = (WebhookDelivery.endpoint == endpoint_id, WebhookDelivery.due_at <= now)
            session.execute(update(WebhookDelivery).where(*waiting).values(due_at=pause))
        return not ill


def _hold(endpoint_id: str) -> str:
    return f"webhooks.{endpoint_id}"


def failure_of(status: int) -> DeliveryFailure | None:
    """Return why an answer with this status is none that a message arrived; None if it is."""
    if 200 <= status < 300:
        return None
    if status == GONE:
        return DeliveryFailure.GONE
    return DeliveryFailure.REDIRECTED if 300 <= status < 400 else DeliveryFailure.HTTP_ERROR


def _is_ill(ended: _Try) -> bool:
    """Tell whether the endpoint failed as such, so that the next message would fare no better."""
    if ended.failure is DeliveryFailure.ABANDONED:
        return False
    return ended.status is None or not 400 <= ended.status < 500 or ended.status in _ASKS_FOR_LATER


def _disable(endpoint: WebhookEndpoint, now: datetime, because: DisabledBecause) -> None:
    if endpoint.disabled_at is None:
        endpoint.disabled_at, endpoint.disabled_because = now, because
        _log.warning("a webhook endpoint was disabled", endpoint=endpoint.id, code=because)


def _tell(endpoint_id: str, ended: _Try, *, dead: bool) -> None:
    _log.warning(
        "a webhook was given up" if dead else "a webhook was not delivered",
        endpoint=endpoint_id,
        delivery=ended.delivery,
        attempt=ended.attempt,
        status=ended.status,
        code=ended.failure,
    )
