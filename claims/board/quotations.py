"""The quotation desk's list: price disputes that stalled for twelve hours, each due on the next working day."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from claims.board.moments import Moments
from claims.board.reach import LEADERS, in_reach
from claims.domain import Actor
from claims.domain.values import ClaimState
from claims.models import ClaimRow
from claims.service.office import Office
from esign.public.console import Caller, Role, member_name

DESK: Final = LEADERS | {Role.QUOTATION}
SHOWN_AT_MOST: Final = 50
_WAITS: Final[ColumnElement[bool]] = (ClaimRow.state == ClaimState.DISPUTED.value) & (
    ClaimRow.actor == Actor.QUOTATION_DESK.value
)


@dataclass(frozen=True)
class Disputed:
    """A price that the customer does not agree with. `fen` is what was offered; `due` is when the desk answers."""

    claim: str
    fen: int
    lane: str
    since: datetime
    waited: timedelta
    due: datetime | None
    left: timedelta | None
    handler: str | None = field(repr=False)


class Quotations:
    """Lists them."""

    def __init__(self, office: Office) -> None:
        self._house = office.house

    def count(self, who: Caller) -> int:
        """Return how many wait: asked at every page of the console."""
        with self._house.database.reading() as session:
            return session.scalar(select(func.count()).where(self._seen(session, who), _WAITS)) or 0

    def disputes(self, who: Caller) -> list[Disputed]:
        """Return them, the first to end first."""
        row = ClaimRow
        chosen = select(row).order_by(row.next_due.is_(None), row.next_due, row.id).limit(SHOWN_AT_MOST)
        with self._house.database.reading() as session:
            moments = Moments.of(session, self._house)
            return [
                Disputed(
                    claim=one.id,
                    fen=one.fen,
                    lane=one.lane,
                    since=one.since,
                    waited=moments.of_client(one.client) - one.since,
                    due=one.next_due,
                    left=moments.left(one),
                    handler=None if one.handler is None else member_name(session, self._house.records, one.handler),
                )
                for one in session.scalars(chosen.where(self._seen(session, who), _WAITS))
            ]

    def _seen(self, session: Session, who: Caller) -> ColumnElement[bool]:
        return in_reach(session, who, roles=DESK)
