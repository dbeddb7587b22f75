"""Signed receipts that deliveries do not take: found when they are heard of, seen to by who sees to the delivery."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, TypeAlias

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from delivery.domain import Delivery
from delivery.domain import commands as c
from delivery.domain.command import Command
from delivery.domain.event import Event
from delivery.domain.refusal import refusal
from delivery.domain.stray_receipt import (
    FindStrayReceipt,
    SettleStrayReceipt,
    StrayReceipt,
    StrayReceiptSettled,
    act_of,
    decide_stray,
    evolve_stray,
    who_sees_to,
)
from delivery.domain.table import Owner
from delivery.models import DeliveryRow, StrayReceiptRow
from delivery.service.deliveries import Deliveries
from delivery.service.streams import FORMS
from esign.public.events import Change, Streams, holding

STRAY: Final = "stray"
StrayChange: TypeAlias = Change[StrayReceipt | None, Event]
StrayStreams: TypeAlias = Streams[StrayReceipt | None, Command, Event]


@dataclass(frozen=True)
class Stray:
    """One that waits: whose it is now, doing what (codes)."""

    id: str
    signed_on: date
    found_at: datetime
    refused: str
    signed_by: str
    owner: Owner
    act: str


def stray_of(envelope: str) -> str:
    """Return the id under which the receipt of an envelope strayed: one, however often it is heard of."""
    return f"{STRAY}_{envelope.partition('_')[2]}"


def open_strays() -> ColumnElement[bool]:
    """Return the condition over `DeliveryRow` that a receipt of it strayed, and nobody saw to that yet."""
    return DeliveryRow.id.in_(select(StrayReceiptRow.delivery).where(StrayReceiptRow.settled_at.is_(None)))


class Strays:
    """Finds, lists and settles them."""

    def __init__(self, deliveries: Deliveries) -> None:
        self._deliveries = deliveries
        self._house = deliveries.house
        self._streams: StrayStreams = Streams(
            FORMS,
            prefix=f"{STRAY}_",
            start=None,
            decide=decide_stray,
            evolve=evolve_stray,
            project=_project,
            hold=holding(StrayReceiptRow),
        )

    def find(self, session: Session, delivery: str, signed: c.Sign, refused: str, *, actor: str) -> None:
        """Record in the caller's transaction that the delivery refused what was signed; again changes nothing."""
        command = FindStrayReceipt(
            at=signed.at,
            delivery=delivery,
            envelope=signed.record,
            receipt=signed.receipt,
            way=signed.way,
            signed_by=signed.signed_by,
            signed_on=signed.received_on,
            refused=refused,
        )
        self._streams.execute(session, stray_of(signed.record), command, actor=actor)

    def waiting(self, session: Session, delivery: str, state: Delivery) -> Sequence[Stray]:
        """Return those of a delivery that nobody saw to yet, the oldest first."""
        row = StrayReceiptRow
        chosen = select(row).where(row.delivery == delivery, row.settled_at.is_(None)).order_by(row.found_at, row.id)
        owner, act = who_sees_to(state), act_of(state)
        return [
            Stray(one.id, one.signed_on, one.found_at, one.refused, one.signed_by, owner, act)
            for one in session.scalars(chosen)
        ]

    def all_of(self, session: Session, delivery: str) -> Sequence[str]:
        """Return the streams of all that ever strayed, for the story of the delivery."""
        chosen = select(StrayReceiptRow.id).where(StrayReceiptRow.delivery == delivery)
        return session.scalars(chosen.order_by(StrayReceiptRow.found_at, StrayReceiptRow.id)).all()

    def settle(self, session: Session, delivery: str, stray: str, outcome: str, *, by: str, actor: str) -> None:
        """Record in the caller's transaction what came of it, under the member's id; the same again changes nothing.

        Raises `DeliveryRefused`: `no-stray-receipt` where it is none of this delivery's, `stray-receipt-settled`.
        """
        self._streams.hold(session, stray)
        state = self._streams.read(session, stray).state
        if state is None or state.delivery != delivery:
            raise refusal("no-stray-receipt")
        command = SettleStrayReceipt(at=max(self._house.clock(), state.found_at), outcome=outcome, by=by)
        self._streams.execute(session, stray, command, actor=actor)


def _project(session: Session, change: StrayChange) -> None:
    """Bring the row to where the change leaves it."""
    state = change.after
    if state is None or not change.events:
        return
    row = session.get(StrayReceiptRow, change.stream)
    if row is None:
        row = StrayReceiptRow(
            id=change.stream,
            delivery=state.delivery,
            envelope=state.envelope,
            way=state.way.value,
            signed_by=state.signed_by.value,
            signed_on=state.signed_on,
            refused=state.refused,
            found_at=state.found_at,
        )
        session.add(row)
    for event in change.events:
        if isinstance(event, StrayReceiptSettled):
            row.settled_at, row.settled_by, row.outcome = event.at, event.by, event.outcome
    session.flush()
