"""Receipts' envelopes that came to their end and are still led to: found by `esign doctor`, set free by the operator.

An envelope is over when its end is heard. One that a stranger completed, or whose receipt the delivery did not accept,
was left open before 27 November 2026: the link and the tablet lead to it for good, and nobody can sign.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from delivery.domain import Delivery
from delivery.domain import commands as c
from delivery.domain.refusal import refusal
from delivery.models import DeliveryRow, ReceiptEnvelope
from delivery.receipts.hearing import COMPLETED, OVER
from delivery.service.deliveries import Deliveries
from delivery.service.projection import DeliveryChange
from esign.public.errors import EsignError
from esign.public.events import read_streams
from esign.public.people import PersonalRecords
from esign.public.rows import Database, table_of

HEARD_WITHIN: Final = timedelta(hours=1)
"""An end that was recorded so lately may not be heard yet."""
READ_AT_ONCE: Final = 500
NAMED: Final = 3
OPERATOR: Final = "operator"
_ENDS: Final = (COMPLETED, *sorted(OVER))
_ENVELOPES: Final = table_of(ReceiptEnvelope)
_ROWS: Final = table_of(DeliveryRow)
_AWAITED: Final = (
    select(_ENVELOPES.c.envelope, _ENVELOPES.c.delivery, _ROWS.c.policy)
    .join(_ROWS, _ROWS.c.id == _ENVELOPES.c.delivery)
    .where(_ENVELOPES.c.over_at.is_(None), _ROWS.c.is_open)
)


@dataclass(frozen=True)
class StuckReceipt:
    """An envelope that ended, at `ended_at` and as the type of its event says, and in which a delivery still waits."""

    envelope: str
    delivery: str
    policy: str
    ended: str
    ended_at: datetime


def stuck_receipts(session: Session, now: datetime) -> Sequence[StuckReceipt]:
    """Return them by envelope: of deliveries whose receipt is awaited."""
    found: list[StuckReceipt] = []
    after = ""
    while True:
        chosen = _AWAITED.where(_ENVELOPES.c.envelope > after).order_by(_ENVELOPES.c.envelope).limit(READ_AT_ONCE)
        rows = session.execute(chosen).all()
        found += _stuck_among(session, rows, now)
        if len(rows) < READ_AT_ONCE:
            return found
        after = rows[-1].envelope


def _is_stuck(session: Session, envelope: str, now: datetime) -> bool:
    rows = session.execute(_AWAITED.where(_ENVELOPES.c.envelope == envelope)).all()
    return bool(_stuck_among(session, rows, now))


def _stuck_among(session: Session, rows: Sequence[Row[Any, Any, Any]], now: datetime) -> list[StuckReceipt]:
    ends = read_streams(session, [row.envelope for row in rows], types=_ENDS)
    last = [(row, ends[row.envelope][-1]) for row in rows if row.envelope in ends]
    return [
        StuckReceipt(row.envelope, row.delivery, row.policy, end.type, end.time)
        for row, end in last
        if end.time <= now - HEARD_WITHIN
    ]


def told_of_receipts(database: Database, _records: PersonalRecords) -> str:
    """Say for `esign doctor` that no receipt is led to an envelope that is over.

    Raises `EsignError` (`receipts-stuck`) where one is: its policy cannot be signed for.
    """
    with database.reading() as session:
        stuck = stuck_receipts(session, datetime.now(UTC))
    if stuck:
        named = ", ".join(one.envelope for one in stuck[:NAMED])
        raise EsignError(
            "receipts-stuck",
            f"{len(stuck)} deliveries wait in envelopes of receipts that came to their end, such as {named}",
            "look at them and set them free: esign delivery receipts show, esign delivery receipts release",
        )
    return "every receipt that can be signed has an envelope that is open"


class ReleasedReceipts:
    """Sets them free."""

    def __init__(self, deliveries: Deliveries) -> None:
        self._deliveries = deliveries
        self._house = deliveries.house

    def show(self) -> Sequence[StuckReceipt]:
        """Return what is stuck."""
        with self._house.database.reading() as session:
            return stuck_receipts(session, self._house.clock())

    def release(self, envelope: str, *, by: str, reason: str) -> bool:
        """Put the envelope aside, so that the next who signs is led to another; return false where it was already.

        `by` is the id of who ordered it, `reason` a code: the trail keeps both. Raises `DeliveryRefused`:
        `no-stuck-receipt` for an envelope that is not stuck, `malformed-command`.
        """
        with self._house.database.reading() as session:
            row = session.get(ReceiptEnvelope, envelope)
            delivery = None if row is None else row.delivery
        if delivery is None:
            raise refusal("no-stuck-receipt", (envelope,))

        def command(session: Session, state: Delivery) -> c.ReleaseReceipt:
            if envelope not in state.released and not _is_stuck(session, envelope, self._house.clock()):
                raise refusal("no-stuck-receipt", (envelope,))
            at = max(self._house.clock(), state.last_at)
            return c.ReleaseReceipt(at=at, envelope=envelope, reason=reason, by=by)

        def put_aside(session: Session, change: DeliveryChange) -> None:
            for event in change.events:
                session.get_one(ReceiptEnvelope, envelope).over_at = event.at

        return bool(self._deliveries.change(delivery, command, actor=OPERATOR, beside=put_aside).events)
