"""What operators watch, read from the tables: how old, how many, how long still."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from esign.ceremony.models import EnvelopeRow, RecipientRow, Task
from esign.infra.clock import Clock
from esign.infra.database import Database
from esign.infra.metrics import Readings
from esign.infra.models import Message
from esign.trail.models import TrailCheckpoint
from esign.webhooks.models import WebhookDelivery

UNSEALED = ("sealing", "seal_failed")
DEAD = "dead"


def readings_of(
    database: Database,
    clock: Clock,
    certificates: Callable[[], Mapping[str, datetime]],
    stored_faces: Callable[[], int] = lambda: 0,
) -> Callable[[], Readings]:
    """Return what reads them now; `certificates` tells when each certificate of ours expires, by what it is for, and
    `stored_faces` how many people's faces are stored."""

    def read() -> Readings:
        now = clock()
        with database.reading() as session:
            oldest, checkpoint = _oldest_unsealed(session), session.scalar(select(func.max(TrailCheckpoint.time)))
            return Readings(
                oldest_unsealed=_age(now, oldest),
                checkpoint_age=_age(now, checkpoint),
                queues=_waiting(session),
                dead=_dead(session),
                certificates={name: (expiry - now).total_seconds() for name, expiry in certificates().items()},
                stored_faces=stored_faces(),
            )

    return read


def _oldest_unsealed(session: Session) -> datetime | None:
    """Return when the last signature was made in the envelope that waits longest for its seal."""
    last = (
        select(func.max(RecipientRow.signed_at).label("at"))
        .join(EnvelopeRow, EnvelopeRow.id == RecipientRow.envelope)
        .where(EnvelopeRow.state.in_(UNSEALED))
        .group_by(EnvelopeRow.id)
        .subquery()
    )
    found: datetime | None = session.scalar(select(func.min(last.c.at)))
    return found


def _waiting(session: Session) -> dict[tuple[str, str], int]:
    tasks = select(Task.kind, func.count()).group_by(Task.kind)
    deliveries = select(func.count()).select_from(WebhookDelivery).where(WebhookDelivery.due_at.is_not(None))
    messages = select(Message.kind, func.count()).where(Message.due_at.is_not(None)).group_by(Message.kind)
    return {
        **{("tasks", kind): count for kind, count in session.execute(tasks)},
        ("deliveries", "webhook"): session.scalar(deliveries) or 0,
        **{("messages", kind): count for kind, count in session.execute(messages)},
    }


def _dead(session: Session) -> dict[tuple[str, str], int]:
    deliveries = select(func.count()).select_from(WebhookDelivery).where(WebhookDelivery.state == DEAD)
    messages = select(Message.kind, func.count()).where(Message.state == DEAD).group_by(Message.kind)
    counts = {("messages", kind): count for kind, count in session.execute(messages)}
    return {("deliveries", "webhook"): session.scalar(deliveries) or 0, **counts}


def _age(now: datetime, then: datetime | None) -> float | None:
    return None if then is None else max(0.0, (now - then).total_seconds())
