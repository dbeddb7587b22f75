"""Proposals are withdrawn: nobody signs them any more, and premium that was taken goes back."""

from __future__ import annotations

from sqlalchemy.orm import Session

from esign.public.rows import new_id
from policy.domain import commands as c
from policy.domain.state import Proposal as State
from policy.office import REFUND, Office


class Withdrawing:
    """Withdraws proposals that are not issued."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def withdraw(self, proposal: str, reason: str, *, actor: str, by: str | None = None) -> None:
        """Withdraw the proposal, and the envelope that is out. `reason` is a code, `by` a member of staff, if one.

        Raises `PolicyRefused`, `ConcurrentChange`.
        """
        house = self._office.house
        with house.database.reading() as session:
            state = self._office.get(session, proposal)
        envelope, client = state.envelope, self._office.client_of(state.client)

        def command(session: Session, _state: State) -> c.Command:
            at = house.clocks.now(session, client)
            return c.Withdraw(at=at, reason=reason, refund=new_id(REFUND, at), by=by)

        self._office.change(proposal, command, actor=actor)
        if envelope is not None:
            house.envelopes.void(envelope, by=by or client, reason="proposal-withdrawn")
