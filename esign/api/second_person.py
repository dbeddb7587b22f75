"""The second person behind a change after sending, as a program names them: an approval that was given in the console.

Whoever holds a key is one: what they write of a second person proves nothing. So in live mode `approved_by` is the id
of an approval (SECURITY.md, "two people"), and the change uses it up in its own transaction. In test mode any other id
stands in for the second person, so that a program can be tried without a console.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from esign.api.call import Call
from esign.api.errors import ApiError
from esign.ceremony.domain import Envelope, Recipient
from esign.ceremony.domain.values import EnvelopeMode, EnvelopeState
from esign.ceremony.models import EnvelopeRow
from esign.ceremony.people import Person, parse_person
from esign.infra.ids import is_id
from esign.service import Service
from esign.staff.actors import Program
from esign.staff.domain.roles import ApprovalKind
from esign.staff.errors import StaffRefused
from esign.staff.models import ApprovalRow
from esign.staff.room import staff_room

_APPROVAL: Final = "apr"


@dataclass(frozen=True)
class Agreed:
    """Who agreed, and the record of the person as agreed to, None where an id only stands in for an approval."""

    by: str | None
    record: str | None = None


class SecondPerson:
    """Finds who agreed to a change, and uses the approval up."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._approvals = staff_room(service.ports.database, service.ports.keys).approvals

    def agreed(
        self,
        session: Session,
        call: Call,
        envelope: Envelope,
        recipient: Recipient,
        kind: ApprovalKind,
        named: str | None,
        is_asked: Callable[[Person], bool],
    ) -> Agreed:
        """Return who agreed that this recipient becomes the person for whom `is_asked` is true.

        Raises `ApiError`: `approval-in-console` for a name in live mode, `approval-not-usable` for an approval of
        something else, not given, over or used; `ConcurrentChange`.
        """
        if named is None or not is_id(_APPROVAL, named):
            if named is not None and self._is_strict(envelope):
                raise ApiError("approval-in-console")
            return Agreed(named)
        row = session.get(ApprovalRow, named)
        if row is None or row.terms is None or row.kind != kind or row.subject != recipient.id:
            raise ApiError("approval-not-usable")
        if not is_asked(parse_person(self._service.records.read(session, row.terms))):
            raise ApiError("approval-not-usable")
        if recipient.plan.person == row.terms:
            return Agreed(row.decided_by, row.terms)  # done before: nothing changes, nothing is used up twice
        owner = session.scalar(select(EnvelopeRow.institution).where(EnvelopeRow.id == envelope.id))
        program = Program(call.client.client)
        now = self._service.ports.trust_services.clock()
        try:
            self._approvals.consume(
                session, program, named, kind, recipient.id, owner or row.institution, now=now, terms=row.terms
            )
        except StaffRefused as error:
            raise ApiError("approval-not-usable") from error
        return Agreed(row.decided_by, row.terms)

    @staticmethod
    def _is_strict(envelope: Envelope) -> bool:
        return envelope.settings.mode is EnvelopeMode.LIVE and envelope.state is not EnvelopeState.DRAFT
