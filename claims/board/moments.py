"""What time it is for a claim: in test mode a client moves its own clock, and its claims are late by that one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy.orm import Session

from claims.models import ClaimRow
from esign.public.house import House


@dataclass(frozen=True)
class Moments:
    """`now` is the system's (UTC); `ahead` is how far each client has moved its own, where it has."""

    now: datetime
    ahead: Mapping[str, timedelta]

    @staticmethod
    def of(session: Session, house: House) -> Moments:
        return Moments(house.clock(), house.clocks.ahead(session))

    def of_client(self, client: str | None) -> datetime:
        return self.now + self.ahead.get(client or "", timedelta())

    def left(self, row: ClaimRow) -> timedelta | None:
        """Return what is left of the first clock of a claim, negative where it is over, None where none runs."""
        return None if row.next_due is None else row.next_due - self.of_client(row.client)

    def due_by(self, further: timedelta = timedelta()) -> ColumnElement[bool]:
        """Return the condition that the first clock of a claim ends within `further` from now, or ended."""
        moved = [
            and_(ClaimRow.client == client, ClaimRow.next_due <= self.now + by + further)
            for client, by in sorted(self.ahead.items())
        ]
        usual = ClaimRow.next_due <= self.now + further
        if moved:
            usual = and_(usual, or_(ClaimRow.client.is_(None), ClaimRow.client.not_in(sorted(self.ahead))))
        return or_(usual, *moved)
