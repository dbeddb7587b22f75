"""Service requests that nobody remembers: signed ones without a task, and those that were not signed in their days."""

from __future__ import annotations

from datetime import date
from typing import Final

from sqlalchemy import select

from policy.domain.requests import RequestState
from policy.domain.values import day_of
from policy.errors import PolicyRefused
from policy.models import RequestRow
from policy.requests.register import Register
from policy.requests.sending import NOT_SIGNED, SIGNED_WITHIN
from policy.service.office import ACTOR, CARRY_OUT

SWEPT_AT_ONCE: Final = 200


class RequestSweep:
    """Looks for them; a beat of the worker."""

    def __init__(self, register: Register) -> None:
        self._register = register

    def sweep(self) -> int:
        """Enter tasks for signed requests, and refuse those that can be signed no more; return how many there were."""
        house = self._register.office.house
        signed = self._found(RequestState.SIGNED, None)
        if signed:
            with house.database.transaction() as session:
                for request in signed:
                    house.tasks.add(session, CARRY_OUT, request)
        over = self._found(RequestState.ENTERED, day_of(house.clock()) - SIGNED_WITHIN)
        return len(signed) + sum(self._refused(request) for request in over)

    def _found(self, state: RequestState, before: date | None) -> list[str]:
        chosen = select(RequestRow.id).where(RequestRow.state == state.value)
        if before is not None:
            chosen = chosen.where(RequestRow.asked_on < before)
        with self._register.office.house.database.reading() as session:
            return list(session.scalars(chosen.order_by(RequestRow.updated_at).limit(SWEPT_AT_ONCE)))

    def _refused(self, request: str) -> bool:
        try:
            self._register.refuse(request, NOT_SIGNED, actor=ACTOR)
        except PolicyRefused:  # done or sent again since it was found
            return False
        return True
