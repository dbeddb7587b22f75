"""What waits, what is late, what failed: our own tasks, messages to people, webhooks; and trying those again.

Everything is of envelopes within the caller's reach. What has no envelope is shown to whoever reaches those that no
institution owns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from ca.ports import Clock
from esign.ceremony.domain.refusal import refusal
from esign.ceremony.domain.values import EnvelopeState
from esign.ceremony.models import EnvelopeRow, Task
from esign.desk.sight import Sight
from esign.infra.messages import DEAD, SENT, WAITING
from esign.infra.models import Message
from esign.staff.actors import Caller
from esign.staff.domain.refusal import refusal as staff_refusal
from esign.staff.domain.roles import Role
from esign.staff.reach import Reach
from esign.trail.models import TrailEvent
from esign.webhooks.deliveries import Deliveries, DeliveryState
from esign.webhooks.models import WebhookDelivery, WebhookEndpoint

WORKERS: Final = frozenset({Role.OPERATIONS, Role.ADMIN})
"""Whose roles let them see our own work and try it again."""
LATE_AFTER: Final = timedelta(minutes=5)
"""Work that should take seconds and is not done after that is late."""
SHOWN_AT_MOST: Final = 100
TOLD_FOR: Final = timedelta(days=7)
"""A message that was given up is told so long: it is not sent again itself, and cannot be put away by anybody."""


@dataclass(frozen=True)
class WaitingTask:
    """Work of ours. `failure` is the code of what hindered the last try."""

    id: str
    kind: str
    envelope: str | None
    since: datetime
    due_at: datetime
    attempts: int
    failure: str | None
    is_late: bool


@dataclass(frozen=True)
class WaitingMessage:
    """A message to a person that is not sent; `is_dead` where it was given up."""

    id: str
    kind: str
    envelope: str | None
    since: datetime
    due_at: datetime | None
    attempts: int
    failure: str | None
    is_dead: bool


@dataclass(frozen=True)
class WaitingDelivery:
    """A webhook that is not delivered; `is_dead` where it was given up."""

    id: str
    client: str
    event_type: str
    envelope: str
    since: datetime
    due_at: datetime | None
    attempts: int
    status: int | None
    failure: str | None
    is_dead: bool


@dataclass(frozen=True)
class Work:
    """All of it, what failed first. `unsealed` are envelopes whose seal failed."""

    tasks: tuple[WaitingTask, ...]
    messages: tuple[WaitingMessage, ...]
    deliveries: tuple[WaitingDelivery, ...]
    unsealed: int

    @property
    def is_empty(self) -> bool:
        return not (self.tasks or self.messages or self.deliveries or self.unsealed)


class WorkList:
    """Reads our own work and tries it again. Every method raises `StaffRefused` (`not-allowed`, `session-over`)."""

    def __init__(self, sight: Sight, deliveries: Deliveries, clock: Clock) -> None:
        self._sight = sight
        self._deliveries = deliveries
        self._clock = clock

    def get(self, caller: Caller) -> Work:
        """Return what is there now, at most a hundred of each kind."""
        now = self._clock()
        with self._sight.database.reading() as session:
            reach = self._reach(session, caller)
            failed = select(func.count()).where(_within(reach), EnvelopeRow.state == EnvelopeState.SEAL_FAILED.value)
            return Work(
                tasks=tuple(_task(row, now) for row in _tasks(session, reach)),
                messages=tuple(_message(row) for row in _messages(session, reach, now)),
                deliveries=tuple(_undelivered(session, reach)),
                unsealed=session.scalar(failed) or 0,
            )

    def hurry(self, caller: Caller, task: str) -> None:
        """Put a job for a task now, whenever it is due. Raises `Refusal` (`no-envelope`) for one that is not there."""
        with self._sight.database.transaction() as session:
            row = session.get(Task, task)
            if row is None or row.envelope is None:
                self._reach(session, caller)
                raise refusal("no-envelope")
            self._require(session, caller, row.envelope)
            self._sight.service.tasks.hurry(session, row.envelope, row.kind, now=self._clock())

    def failed(self, caller: Caller) -> int:
        """Return how much waits for somebody to do something about it: what was given up, and seals that failed."""
        with self._sight.database.reading() as session:
            within = _within(self._reach(session, caller))
            dead = select(func.count()).select_from(Message).join(EnvelopeRow, EnvelopeRow.id == Message.envelope)
            given_up = _given_up(self._clock())
            undelivered = _undelivered_ones().with_only_columns(func.count())
            failed = select(func.count()).where(EnvelopeRow.state == EnvelopeState.SEAL_FAILED.value)
            return sum(
                session.scalar(chosen.where(within)) or 0
                for chosen in (
                    dead.where(given_up),
                    undelivered.where(WebhookDelivery.state == DeliveryState.DEAD.value),
                    failed,
                )
            )

    def redeliver(self, caller: Caller, delivery: str, *, of: str | None = None) -> None:
        """Send a webhook again, if it is one about the envelope `of`, where one is named.

        Raises `Refusal` (`no-envelope`), `WebhookError` (`webhook-endpoint-disabled`).
        """
        with self._sight.database.transaction() as session:
            found = session.execute(
                select(TrailEvent.stream, WebhookEndpoint.client)
                .select_from(WebhookDelivery)
                .join(WebhookEndpoint, WebhookEndpoint.id == WebhookDelivery.endpoint)
                .join(TrailEvent, TrailEvent.id == WebhookDelivery.event)
                .where(WebhookDelivery.id == delivery)
            ).one_or_none()
            if found is None or of not in (None, found.stream):
                self._reach(session, caller)
                raise refusal("no-envelope")
            self._require(session, caller, found.stream)
            self._deliveries.redeliver(session, found.client, delivery, self._clock())

    def _reach(self, session: Session, caller: Caller) -> Reach:
        if WORKERS.isdisjoint(caller.roles):
            raise staff_refusal("not-allowed")
        return self._sight.reach(session, caller)

    def _require(self, session: Session, caller: Caller, envelope: str) -> None:
        self._reach(session, caller)
        self._sight.row(session, caller, envelope)


def _within(reach: Reach) -> ColumnElement[bool]:
    return reach.where(EnvelopeRow.institution, EnvelopeRow.salesperson)


def _given_up(now: datetime) -> ColumnElement[bool]:
    """Return what chooses messages given up lately to people whom no later message reached."""
    later = aliased(Message)
    followed = exists().where(later.person == Message.person, later.id > Message.id, later.state == SENT)
    return and_(Message.state == DEAD, Message.created_at > now - TOLD_FOR, ~followed)


def _tasks(session: Session, reach: Reach) -> Sequence[Task]:
    chosen = (
        select(Task)
        .outerjoin(EnvelopeRow, EnvelopeRow.id == Task.envelope)
        .where(or_(_within(reach), EnvelopeRow.id.is_(None)) if reach.unowned else _within(reach))
        .order_by(Task.failure.is_(None), Task.created_at)
        .limit(SHOWN_AT_MOST)
    )
    return session.scalars(chosen).all()


def _messages(session: Session, reach: Reach, now: datetime) -> Sequence[Message]:
    chosen = (
        select(Message)
        .outerjoin(EnvelopeRow, EnvelopeRow.id == Message.envelope)
        .where(or_(Message.state == WAITING, _given_up(now)))
        .where(or_(_within(reach), EnvelopeRow.id.is_(None)) if reach.unowned else _within(reach))
        .order_by(Message.state, Message.id.desc())
        .limit(SHOWN_AT_MOST)
    )
    return session.scalars(chosen).all()


def _undelivered(session: Session, reach: Reach) -> list[WaitingDelivery]:
    found = session.execute(
        _undelivered_ones()
        .where(WebhookDelivery.state.in_((DeliveryState.DEAD.value, DeliveryState.PENDING.value)), _within(reach))
        .order_by(WebhookDelivery.state, WebhookDelivery.id.desc())
        .limit(SHOWN_AT_MOST)
    )
    return [
        WaitingDelivery(
            id=row.id,
            client=client,
            event_type=type_,
            envelope=envelope,
            since=row.created_at,
            due_at=row.due_at,
            attempts=row.attempts,
            status=row.last_status,
            failure=row.last_failure,
            is_dead=row.state == DeliveryState.DEAD.value,
        )
        for row, client, type_, envelope in found
    ]


def _undelivered_ones() -> Select[WebhookDelivery, str, str, str]:
    return (
        select(WebhookDelivery, WebhookEndpoint.client, TrailEvent.type, TrailEvent.stream)
        .join(WebhookEndpoint, WebhookEndpoint.id == WebhookDelivery.endpoint)
        .join(TrailEvent, TrailEvent.id == WebhookDelivery.event)
        .join(EnvelopeRow, EnvelopeRow.id == TrailEvent.stream)
    )


def _task(row: Task, now: datetime) -> WaitingTask:
    is_late = now - row.created_at > LATE_AFTER
    return WaitingTask(row.id, row.kind, row.envelope, row.created_at, row.due_at, row.attempts, row.failure, is_late)


def _message(row: Message) -> WaitingMessage:
    return WaitingMessage(
        row.id,
        row.kind,
        row.envelope,
        row.created_at,
        row.due_at,
        row.attempts,
        row.last_failure,
        row.state == DEAD,
    )
