"""Parcels: opened for an outlet, closed with what lies in them, dispatched with all of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from delivery.domain import commands as c
from delivery.domain.clocks import day_of
from delivery.domain.parcel import CloseParcel, DispatchParcel, FillParcel, OpenParcel, Parcel
from delivery.domain.refusal import refusal
from delivery.models import DeliveryRow
from delivery.printing.streams import PARCEL, ParcelStreams, parcel_streams
from delivery.service.deliveries import Deliveries
from delivery.service.routing import Routing
from esign.public.events import retried
from esign.public.rows import new_id, table_of

LABEL: Final = "PCL-"
_LABEL: Final = re.compile(r"PCL-([0-9A-Z]{1,40})", re.ASCII)
_ROWS: Final = table_of(DeliveryRow)
_ID: Final = re.compile(rf"{PARCEL}_[0-9a-z]{{1,40}}", re.ASCII)


def label_of(parcel: str) -> str:
    """Return what the bar code of a parcel's label says."""
    return LABEL + parcel.partition("_")[2].upper()


def parcel_named(code: str) -> str | None:
    """Return the parcel of a label that was scanned, None where it is no such label."""
    label = _LABEL.fullmatch(code.upper())
    return None if label is None else f"{PARCEL}_{label[1].lower()}"


def is_parcel(told: str) -> bool:
    """Tell whether this is written as the id of a parcel is."""
    return _ID.fullmatch(told) is not None


@dataclass(frozen=True)
class InParcel:
    """A policy that lies in a parcel, and where it stands since when."""

    delivery: str
    policy: str
    state: str
    outlet: str
    last_at: datetime


class Parcels:
    """Opens, closes and dispatches."""

    def __init__(self, deliveries: Deliveries, routing: Routing) -> None:
        self._deliveries = deliveries
        self._routing = routing
        self._house = deliveries.house
        self._streams: ParcelStreams = parcel_streams()

    def get(self, session: Session, parcel: str) -> Parcel:
        """Return the parcel as it stands. Raises `DeliveryRefused` (`no-parcel`)."""
        state = self._streams.read(session, parcel).state
        if state is None:
            raise refusal("no-parcel")
        return state

    def comes_to(self, session: Session, parcel: str, outlet: str) -> bool:
        """Tell whether there is such a parcel, and it is for this outlet."""
        state = self._streams.read(session, parcel).state
        return state is not None and state.outlet == outlet

    def contents(self, session: Session, parcel: str) -> Sequence[InParcel]:
        """Return what lies in it, by number; what was printed anew since lies in it no more."""
        columns = (_ROWS.c.id, _ROWS.c.policy, _ROWS.c.state, _ROWS.c.institution, _ROWS.c.updated_at)
        chosen = select(*columns).where(_ROWS.c.is_open, _ROWS.c.parcel == parcel).order_by(_ROWS.c.policy)
        return [
            InParcel(str(one), str(policy), str(state), str(outlet), at)
            for one, policy, state, outlet, at in session.execute(chosen)
        ]

    def hold(self, session: Session, parcel: str) -> None:
        """Keep others from the parcel until the end of the transaction.

        Whoever holds policies besides holds the parcel first: who packs one into it and who dispatches all of it would
        else wait for each other.
        """
        self._streams.hold(session, parcel)

    def hold_contents(self, session: Session, parcel: str) -> Sequence[InParcel]:
        """Keep others from what lies in it until the end of the transaction, and return how that stands then.

        What somebody takes out of it, or does with it, in that moment comes before or after: no act is refused for it.
        """
        self._deliveries.streams.hold_many(session, [one.delivery for one in self.contents(session, parcel)])
        return self.contents(session, parcel)

    def open(self, print_centre: str, outlet: str, *, by: str, actor: str) -> str:
        """Open a parcel for an outlet, by the route of today, and return it.

        Raises `DeliveryRefused` (`delivery-no-route`, `scan-elsewhere` where another print centre serves it).
        """
        now = self._house.clock()
        parcel = new_id(PARCEL, now)

        def work(session: Session) -> str:
            route = self._routing.route_to(session, outlet, day_of(now))
            if route.print_centre != print_centre:
                raise refusal("scan-elsewhere", (outlet,))
            command = OpenParcel(
                at=now, print_centre=print_centre, outlet=outlet, way=route.way, stops=route.stops, by=by
            )
            self._streams.execute(session, parcel, command, actor=actor)
            return parcel

        return retried(self._house.database, work)

    def require_open(self, session: Session, parcel: str) -> Parcel:
        """Hold the parcel until the end of the transaction, and return it. Raises `DeliveryRefused`."""
        change = self._streams.execute(session, parcel, FillParcel(at=self._house.clock()), actor="system:delivery")
        if change.after is None:
            raise refusal("no-parcel")
        return change.after

    def close(self, parcel: str, *, by: str, actor: str) -> None:
        """Close it with what lies in it; again changes nothing. Raises `DeliveryRefused` (`parcel-empty`)."""

        def work(session: Session) -> None:
            self._streams.hold(session, parcel)  # nothing comes into it while it is counted
            self.get(session, parcel)
            command = CloseParcel(at=self._house.clock(), policies=len(self.contents(session, parcel)), by=by)
            self._streams.execute(session, parcel, command, actor=actor)

        retried(self._house.database, work)

    def dispatch(self, parcel: str, *, by: str, actor: str) -> int:
        """Dispatch it with all that lies in it, and return how many that are; again changes nothing.

        A policy that another machine packed, whose clock is ahead, is dispatched right after that.

        Raises `DeliveryRefused` (`parcel-open`, `no-parcel`).
        """

        def work(session: Session) -> int:
            self._streams.execute(session, parcel, DispatchParcel(at=self._house.clock(), by=by), actor=actor)
            lying, now = self.hold_contents(session, parcel), self._house.clock()
            asked = [(one.delivery, c.Dispatch(at=max(now, one.last_at), parcel=parcel, by=by)) for one in lying]
            self._deliveries.execute_many(session, asked, actor=actor)
            return len(lying)

        return retried(self._house.database, work)
