"""The rows of deliveries and routes: brought to where each change leaves them, made anew from the trail."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import delete
from sqlalchemy.orm import Session

from delivery.domain import Delivery, RouteTable, next_move, wants_reminder, watch_day
from delivery.domain.event import Event
from delivery.domain.routes import RouteSet
from delivery.models import DeliveryRow, RouteRow
from esign.public.events import Change
from esign.public.rows import forget_rows, insert_or_change, put_rows, table_of

DeliveryChange = Change[Delivery | None, Event]
RouteChange = Change[RouteTable, Event]

FIXED: Final = ("id", "proposal", "client", "institution", "channel", "product", "applied_on", "due_on")
"""Columns that never change."""
_TABLE: Final = table_of(DeliveryRow)
_COLUMNS: Final = tuple(one.key for one in _TABLE.c)
_KEEP: Final = insert_or_change(DeliveryRow, *(one for one in _COLUMNS if one not in FIXED))


def project_delivery(session: Session, change: DeliveryChange) -> None:
    """Bring the row of a delivery to its state."""
    if change.after is not None:
        session.execute(_KEEP, row_of(change.stream, change.after, change.version))
        forget_rows(session, DeliveryRow, (change.stream,))


def project_deliveries(session: Session, changes: Sequence[DeliveryChange]) -> None:
    """Bring the rows of many deliveries, each once, to their states."""
    rows = [row_of(one.stream, one.after, one.version) for one in changes if one.after is not None]
    put_rows(session, _TABLE, "id", _COLUMNS, [tuple(row.values()) for row in rows])
    forget_rows(session, DeliveryRow, [one.stream for one in changes])


def row_of(delivery: str, state: Delivery, version: int) -> Mapping[str, object]:
    """Return the columns of the row of a delivery that stands so, in the order of the table."""
    application, issued, receipt, move = state.application, state.issued, state.receipt, next_move(state)
    return {
        "id": delivery,
        "proposal": application.proposal,
        "policy": None if issued is None else issued.policy,
        "client": application.client,
        "institution": application.institution,
        "salesperson": state.salesperson,
        "channel": application.channel,
        "product": application.product,
        "medium": None if issued is None else issued.medium.value,
        "note": None if issued is None else issued.note,
        "state": state.state.value,
        "version": version,
        "is_open": state.is_open,
        "owner": move.owner.value,
        "act": move.act,
        "since": move.since,
        "until": move.until,
        "about": move.about,
        "applied_on": application.applied_on,
        "due_on": state.due_on,
        "watch_on": watch_day(state),
        "underwritten_on": None if issued is None else issued.underwritten_on,
        "issued_on": None if issued is None else issued.issued_on,
        "run": state.copy.run,
        "parcel": state.copy.parcel,
        "chase": None if state.chase is None else state.chase.id,
        "wants_reminder": wants_reminder(state),
        "orphaned": state.orphaned,
        "late": state.was_late,
        "received_on": None if receipt is None else receipt.received_on,
        "way": None if receipt is None else receipt.way.value,
        "ended_on": None if state.end is None else state.end.on,
        "updated_at": state.last_at,
    }


def project_routes(session: Session, change: RouteChange) -> None:
    """Keep the rules that were set."""
    for event in change.events:
        if isinstance(event, RouteSet):
            session.merge(
                RouteRow(
                    institution=event.institution,
                    from_on=event.from_on,
                    print_centre=event.print_centre,
                    way=event.way.value,
                )
            )
    session.flush()


def clear_deliveries(session: Session) -> None:
    """Remove every row that `project_delivery` ever wrote."""
    session.execute(delete(DeliveryRow))


def clear_routes(session: Session) -> None:
    """Remove every row that `project_routes` ever wrote."""
    session.execute(delete(RouteRow))
