"""Service requests as they stand, and what follows a change of one: tasks for the service, words for the customer.

Whoever changes a policy and a request in one transaction holds the proposal first, so that nobody waits for another.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from esign.public.events import read_stream, retried
from policy.domain import Request
from policy.domain.commands import Command
from policy.domain.refusal import refusal
from policy.domain.requests import RefuseRequest, RequestState
from policy.models import RequestRow
from policy.requests.telling import tell_customers
from policy.service.in_force import request_as_it_stands
from policy.service.office import ACTOR, CARRY_OUT, RECALL, Office
from policy.service.projection import RequestChange

OPEN: Final = (RequestState.ENTERED.value, RequestState.SENT.value, RequestState.SIGNED.value)
"""States in which something can still come of a request."""
CommandOf = Callable[[Session, Request], Command]


class Register:
    """Reads and changes service requests."""

    def __init__(self, office: Office) -> None:
        self.office = office

    def get(self, session: Session, request: str) -> Request:
        """Return the request as it stands. Raises `PolicyRefused` (`no-request`)."""
        return request_as_it_stands(self.office, session, request)

    def open_of(self, session: Session, proposal: str) -> list[RequestRow]:
        """Return the requests about a policy of which something can still come, oldest first."""
        chosen = select(RequestRow).where(RequestRow.proposal == proposal, RequestRow.state.in_(OPEN))
        return list(session.scalars(chosen.order_by(RequestRow.id)))

    def execute(self, session: Session, request: str, *commands: Command, actor: str) -> RequestChange:
        """Execute the commands in the caller's transaction. Raises `PolicyRefused`, `ConcurrentChange`."""
        change = self.office.requests.execute(session, request, *commands, actor=actor)
        before, after, tasks = change.before, change.after, self.office.house.tasks
        if not change.events or after is None:
            return change
        if after.state is RequestState.SIGNED:
            tasks.add(session, CARRY_OUT, request, envelope=after.signed)
        elif after.state is RequestState.REFUSED and before is not None and before.envelope is not None:
            tasks.add(session, RECALL, before.envelope, envelope=before.envelope)
        tell_customers(self.office, session, change)
        return change

    def change(self, request: str, command_of: CommandOf, *, actor: str) -> RequestChange:
        """Execute what `command_of` makes of the request as it stands, in a transaction of its own.

        Raises `PolicyRefused`, and `ConcurrentChange` if others keep coming first.
        """

        def work(session: Session) -> RequestChange:
            self.office.requests.hold(session, request)
            return self.execute(session, request, command_of(session, self.get(session, request)), actor=actor)

        return retried(self.office.house.database, work)

    def refuse(
        self, request: str, reason: str, *, actor: str, by: str | None = None, takes_back: bool = False
    ) -> RequestChange:
        """Refuse it, and withdraw the envelope that is out; the customer is told. `reason` is a code, `by` a member of
        staff, if one. Again changes nothing.

        Who `takes_back` what they entered, as whoever sells does, is refused (`request-signed`) once customers have
        signed: from then on it is theirs. Raises `PolicyRefused`, `ConcurrentChange`.
        """

        def command(session: Session, state: Request) -> Command:
            if takes_back and state.state is RequestState.SIGNED:
                raise refusal("request-signed")
            policy = self.office.get(session, state.proposal)
            at = self.office.house.clocks.now(session, self.office.client_of(policy.client))
            return RefuseRequest(at=at, reason=reason, by=by)

        return self.change(request, command, actor=actor)

    def end_others(self, session: Session, proposal: str, request: str, command: RefuseRequest) -> None:
        """Refuse all other open requests about a policy that ended, in the caller's transaction."""
        for row in self.open_of(session, proposal):
            if row.id != request:
                self.execute(session, row.id, command, actor=ACTOR)


def reason_of(session: Session, request: str) -> str | None:
    """Return the code of why a request was refused, None where it was not."""
    last = read_stream(session, request)[-1]
    return str(last.payload["reason"]) if last.type == "request.refused" else None
