"""What a signed service request asks for is done: a change by an endorsement (批单), an end of the policy with
money owed back in the same transaction. What cannot be done any more is refused, and everybody is told.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from esign.public.documents import SealedDocument, WrittenBlob
from esign.public.events import retried
from esign.public.people import RecordErased, keep_person
from esign.public.rows import new_id
from esign.public.work import log_for
from policy.amounts import fen_of
from policy.documents import endorsement
from policy.documents.places import SEAL_PLACE
from policy.documents.values import AddressChange, Change, Endorsement, Surrender
from policy.domain import Proposal as State
from policy.domain import Request
from policy.domain import commands as c
from policy.domain.request_events import RequestKind
from policy.domain.requests import FinishRequest, RefuseRequest, RequestState
from policy.domain.values import ProposalState, Signer, day_of
from policy.errors import GoesNotOn, PolicyRefused, PolicyTrailBroken
from policy.models import EndorsementOf, PersonOf
from policy.proposal import Proposal
from policy.proposing.signers import party_of
from policy.requests.register import Register
from policy.requests.sending import RequestSending
from policy.service.entering import person_of
from policy.service.hearing import signing_times
from policy.service.in_force import change_of, changed_by, in_force
from policy.service.issuing import signature_lines
from policy.service.numbers import NumberKind, take_number
from policy.service.office import ACTOR, REFUND
from policy.visits.inviting import Inviting

ENDED: Final = "policy-ended"
ERASED: Final = "record-erased"
ENDING: Final = frozenset({RequestKind.SURRENDER, RequestKind.CANCELLATION})

_log = log_for(__name__)


@dataclass(frozen=True)
class _Made:
    """An endorsement that is sealed and written, and not recorded yet."""

    document: str
    sealed: SealedDocument
    written: WrittenBlob


class Doing:
    """Does what signed service requests ask for."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self._office = register.office
        self._printing = RequestSending(register)

    def do(self, request: str) -> None:
        """Do it, or refuse it; the work of the task. Raises what hinders it, and it is tried again.

        A change is set and sealed first, which takes seconds, and counts once that is recorded.
        """
        with self._office.house.database.reading() as session:
            state = self._register.get(session, request)
            if state.state is not RequestState.SIGNED:
                return
            policy = self._office.get(session, state.proposal)
        if policy.state is not ProposalState.ISSUED:
            self._refuse(request, ENDED)
            return
        try:
            made = None if state.kind in ENDING else self._endorse(request, state, policy)
            retried(self._office.house.database, lambda session: self._carry_out(session, request, made))
        except RecordErased:
            self._refuse(request, ERASED)
        except PolicyRefused as refused:
            self._refuse(request, refused.code)

    def give_up(self, request: str, reason: str) -> None:
        """Give nothing up: a customer signed it. It stays among the jobs that operations see, who may refuse it.

        Raises `GoesNotOn`, by which the task is put off.
        """
        _log.error("a service request does not go on", record=request, code=reason)
        raise GoesNotOn(reason)

    def _refuse(self, request: str, reason: str) -> None:
        _log.warning("a signed service request cannot be carried out", record=request, code=reason)
        self._register.refuse(request, reason, actor=ACTOR)

    def _carry_out(self, session: Session, request: str, made: _Made | None) -> None:
        proposal = self._register.get(session, request).proposal
        self._office.proposals.hold(session, proposal)
        self._office.requests.hold(session, request)
        state, policy = self._register.get(session, request), self._office.get(session, proposal)
        if state.state is not RequestState.SIGNED:
            return
        now = self._office.house.clocks.now(session, self._office.client_of(policy.client))
        if policy.state is not ProposalState.ISSUED:
            self._register.execute(session, request, RefuseRequest(at=now, reason=ENDED), actor=ACTOR)
            return
        change = change_of(self._office, session, state)
        if made is None:
            self._end(session, request, state, change, now)
            finish = FinishRequest(at=now)
        else:
            self._keep(session, request, made)
            if isinstance(change, AddressChange):
                self._reach_anew(session, request, proposal, policy, change, now)
            finish = FinishRequest(at=now, document=made.document, endorsement=made.sealed.sha256)
        self._register.execute(session, request, finish, actor=ACTOR)

    def _end(self, session: Session, request: str, state: Request, change: Change, now: datetime) -> None:
        """End the policy: the money is owed back by the same transaction, and given back under an id of its own."""
        refund = new_id(REFUND, now)
        if isinstance(change, Surrender):
            command: c.Command = c.Surrender(
                at=now, request=request, asked_on=state.asked_on, fen=fen_of(change.refund), refund=refund
            )
        else:
            command = c.Cancel(at=now, request=request, asked_on=state.asked_on, refund=refund)
        self._office.execute(session, state.proposal, command, actor=ACTOR)
        self._register.end_others(session, state.proposal, request, RefuseRequest(at=now, reason=ENDED))

    def _endorse(self, request: str, state: Request, policy: State) -> _Made:
        house = self._office.house
        with house.database.transaction() as session:
            now = house.clocks.now(session, self._office.client_of(policy.client))
            number = take_number(session, NumberKind.ENDORSEMENT, request, day_of(now))
        with house.database.reading() as session:
            content = in_force(self._office, session, state.proposal, policy)
            given = self._endorsement(session, request, state, policy, content, number, now)
        pdf = endorsement(given, house.typeface)
        sealed = house.documents.seal(f"批单 {number}.pdf", pdf, about=request, place=SEAL_PLACE)
        return _Made(new_id("end", now), sealed, house.documents.write(sealed.content))

    def _endorsement(
        self,
        session: Session,
        request: str,
        state: Request,
        policy: State,
        content: Proposal,
        number: str,
        now: datetime,
    ) -> Endorsement:
        if state.signed is None or state.document is None:
            raise PolicyTrailBroken(
                "trail-broken", "a signed request was never signed", "compare it with an exported trail"
            )
        envelope = self._office.house.envelopes.get(session, state.signed)
        names = {one.value: party_of(content, one).name for one in state.signers}
        return Endorsement(
            number=number,
            issued_on=day_of(now),
            request=self._printing.printed(session, request, state, policy, content),
            signed_sha256=state.document,
            signatures=signature_lines(envelope, names, signing_times(session, envelope.id)),
        )

    def _keep(self, session: Session, request: str, made: _Made) -> None:
        house = self._office.house
        house.documents.keep(session, made.document, made.written)
        session.add(
            EndorsementOf(
                id=made.document,
                request=request,
                made_at=house.clock(),
                sha256=made.sealed.sha256,
                size=made.written.size,
                blob=made.written.name,
                record=made.document,
            )
        )

    def _reach_anew(
        self, session: Session, request: str, proposal: str, policy: State, change: AddressChange, now: datetime
    ) -> None:
        """Have messages reach the applicant where they are from now on; the record of before stays with the request."""
        content = changed_by(in_force(self._office, session, proposal, policy), change)
        person = person_of(party_of(content, Signer.APPLICANT))
        row = session.get_one(PersonOf, (proposal, Signer.APPLICANT.value))
        session.add(PersonOf(proposal=request, part=row.part, person=row.person))
        row.person = keep_person(self._office.house.records, session, person, now=now)
        session.flush()
        Inviting(self._office).invite_anew(session, proposal, policy, now)
