"""Proposals are withdrawn: nobody signs them any more, and premium that was taken goes back."""

from __future__ import annotations

from sqlalchemy.orm import Session

from esign.public.rows import new_id
from policy.domain import commands as c
from policy.domain.state import Proposal as State
from policy.service.office import REFUND, Office
from policy.service.recalling import Recalling


class Withdrawing:
    """Withdraws proposals that are not issued."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._recalling = Recalling(office.house)

    def withdraw(self, proposal: str, reason: str, *, actor: str, by: str | None = None) -> None:
        """Withdraw the proposal, and the envelope that is out. `reason` is a code, `by` a member of staff, if one.

        Raises `PolicyRefused`, `ConcurrentChange`.
        """
        house = self._office.house

        def command(session: Session, state: State) -> c.Command:
            at = house.clocks.now(session, self._office.client_of(state.client))
            return c.Withdraw(at=at, reason=reason, refund=new_id(REFUND, at), by=by)

        before = self._office.change(proposal, command, actor=actor).before
        if before is not None and before.envelope is not None:
            self._recalling.recall(before.envelope)
