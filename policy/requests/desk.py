"""Service requests as staff see them: in lists, and one with what is asked for, who signed and what happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from esign.public.console import Caller, Reach, Role, member_name, name_of
from esign.public.envelopes import RecipientState
from esign.public.events import Event, read_stream
from esign.public.people import ERASED_TEXT, RecordErased, parse_person
from esign.public.values import Words
from policy.documents.values import Change
from policy.domain import Request
from policy.domain.refusal import refusal
from policy.domain.requests import RequestState
from policy.domain.values import Signer
from policy.models import EndorsementOf, ProposalRow, RequestRow
from policy.requests.register import OPEN, Register, reason_of
from policy.service.in_force import change_of
from policy.service.numbers import NumberKind, number_of
from policy.service.office import Office
from policy.service.sight import within

LISTED_AT_MOST: Final = 200
OVER_SHOWN: Final = timedelta(days=30)
_STAFF: Final = "staff:"


@dataclass(frozen=True)
class RequestLine:
    """A request in a list. `reason` is the code of why it was refused; `failed` that the service could not do it."""

    request: str
    proposal: str
    number: str
    policy: str
    applicant: str = field(repr=False)
    product: Words
    kind: str
    state: str
    asked_on: date
    since: datetime
    reason: str | None
    failed: bool


@dataclass(frozen=True)
class Signed:
    """How far somebody is with signing."""

    name: str = field(repr=False)
    part: str
    state: RecipientState


@dataclass(frozen=True)
class Happened:
    """What happened, when, and by whom: a name, or None for the service itself; `by_client` for a program."""

    type: str
    at: datetime
    by: str | None = field(repr=False)
    by_client: bool


@dataclass(frozen=True)
class Seen:
    """A request as it is looked at. `change` is None where it was erased; `is_own` tells that the caller sold it."""

    request: str
    proposal: str
    number: str
    applicant: str = field(repr=False)
    product: Words
    state: Request
    change: Change | None = field(repr=False)
    reason: str | None
    signed: Sequence[Signed]
    happened: Sequence[Happened]
    is_endorsed: bool
    is_own: bool


class RequestDesk:
    """Reads them, and refuses them, for a member of staff."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.register = Register(office)

    def waiting(self, caller: Caller) -> Sequence[RequestLine]:
        """Return the requests of which something can still come: signed ones first, then by how long they wait."""
        with self.office.house.database.reading() as session:
            chosen = self._chosen(session, caller).where(RequestRow.state.in_(OPEN))
            rows = session.scalars(chosen.order_by(RequestRow.updated_at, RequestRow.id).limit(LISTED_AT_MOST))
            lines = [self._line(session, row) for row in rows]
        return sorted(lines, key=lambda line: line.state != RequestState.SIGNED.value)

    def over(self, caller: Caller) -> Sequence[RequestLine]:
        """Return what was done or refused in the last thirty days, the newest first; what the service could not do
        comes before all."""
        with self.office.house.database.reading() as session:
            since = self.office.house.clock() - OVER_SHOWN
            chosen = self._chosen(session, caller).where(RequestRow.state.not_in(OPEN), RequestRow.updated_at > since)
            latest = RequestRow.updated_at.desc()
            rows = session.scalars(chosen.order_by(latest, RequestRow.id).limit(LISTED_AT_MOST))
            lines = [self._line(session, row) for row in rows]
        return sorted(lines, key=lambda line: not line.failed)

    def count(self, caller: Caller) -> int:
        """Return how many signed requests are not carried out yet."""
        with self.office.house.database.reading() as session:
            chosen = self._chosen(session, caller).where(RequestRow.state == RequestState.SIGNED.value)
            return session.scalar(select(func.count()).select_from(chosen.subquery())) or 0

    def about(self, session: Session, proposal: str) -> Sequence[RequestRow]:
        """Return the requests about one policy, the newest first."""
        chosen = select(RequestRow).filter_by(proposal=proposal).order_by(RequestRow.id.desc())
        return session.scalars(chosen.limit(LISTED_AT_MOST)).all()

    def one(self, caller: Caller, request: str) -> Seen:
        """Return one request. Raises `PolicyRefused` (`no-request`) also for one out of reach."""
        with self.office.house.database.reading() as session:
            row, proposal = self.row(session, caller, request)
            state = self.register.get(session, request)
            return Seen(
                request=request,
                proposal=row.proposal,
                number=number_of(session, request, NumberKind.REQUEST),
                applicant=self._applicant(session, row.proposal),
                product=self.office.product(self.office.get(session, row.proposal)).name,
                state=state,
                change=self._change(session, state),
                reason=reason_of(session, request),
                signed=self._signed(session, state),
                happened=[self._happened(session, one) for one in reversed(read_stream(session, request))],
                is_endorsed=session.scalar(select(EndorsementOf.id).filter_by(request=request)) is not None,
                is_own=_is_own(caller, proposal),
            )

    def refuse(self, caller: Caller, request: str, reason: str) -> None:
        """Refuse a request: operations one in reach, a salesperson one of their own sales that customers did not sign.

        Whoever sold loses by what customers sign, and refuses none of it, whatever other roles they have. Raises
        `PolicyRefused` (`no-request`, `request-signed`).
        """
        with self.office.house.database.reading() as session:
            own = _is_own(caller, self.row(session, caller, request)[1])
        if not own and Role.OPERATIONS not in caller.roles:
            raise refusal("no-request")
        self.register.refuse(request, reason, actor=name_of(caller), by=caller.member, takes_back=own)

    def own(self, caller: Caller, request: str) -> None:
        """Let a salesperson act on what is theirs. Raises `PolicyRefused` (`no-request`)."""
        with self.office.house.database.reading() as session:
            if not _is_own(caller, self.row(session, caller, request)[1]):
                raise refusal("no-request")

    def row(self, session: Session, caller: Caller, request: str) -> tuple[RequestRow, ProposalRow]:
        """Return the rows of a request in reach and its proposal. Raises `PolicyRefused` (`no-request`)."""
        row = session.get(RequestRow, request)
        proposal = None if row is None else session.get(ProposalRow, row.proposal)
        if row is None or proposal is None:
            raise refusal("no-request")
        if not Reach.of(session, caller).sees(proposal.institution, proposal.salesperson):
            raise refusal("no-request")
        return row, proposal

    def _chosen(self, session: Session, caller: Caller) -> Select[RequestRow]:
        joined = select(RequestRow).join(ProposalRow, ProposalRow.id == RequestRow.proposal)
        return joined.where(within(session, caller))

    def _line(self, session: Session, row: RequestRow) -> RequestLine:
        last = read_stream(session, row.id)[-1]
        refused = row.state == RequestState.REFUSED.value
        return RequestLine(
            request=row.id,
            proposal=row.proposal,
            number=number_of(session, row.id, NumberKind.REQUEST),
            policy=row.policy,
            applicant=self._applicant(session, row.proposal),
            product=self.office.product(self.office.get(session, row.proposal)).name,
            kind=row.kind,
            state=row.state,
            asked_on=row.asked_on,
            since=row.updated_at,
            reason=str(last.payload["reason"]) if refused else None,
            failed=refused
            and last.payload["by"] is None
            and last.payload["signer"] is None
            and _was_signed(session, row),
        )

    def _applicant(self, session: Session, proposal: str) -> str:
        try:
            return self.office.content(session, self.office.get(session, proposal)).applicant.name
        except RecordErased:
            return ERASED_TEXT

    def _change(self, session: Session, state: Request) -> Change | None:
        try:
            return change_of(self.office, session, state)
        except RecordErased:
            return None

    def _signed(self, session: Session, state: Request) -> Sequence[Signed]:
        """Return how far everybody is: in the envelope that is out, or in the last one that was."""
        if not state.sent:
            return ()
        envelope = self.office.house.envelopes.get(session, state.envelope or state.sent[-1])
        signers = {one.value for one in Signer}
        return [
            Signed(self._name(session, one.plan.person), one.plan.role.value, one.state)
            for one in envelope.recipients
            if one.plan.role.value in signers
        ]

    def _name(self, session: Session, record: str) -> str:
        try:
            return parse_person(self.office.house.records.read(session, record)).name
        except RecordErased:
            return ERASED_TEXT

    def _happened(self, session: Session, event: Event) -> Happened:
        by = None
        if event.actor.startswith(_STAFF):
            by = member_name(session, self.office.house.records, event.actor.removeprefix(_STAFF))
        return Happened(event.type, event.time, by, event.actor.startswith("client:"))


def _is_own(caller: Caller, proposal: ProposalRow) -> bool:
    return Role.SALES in caller.roles and proposal.salesperson == caller.member


def _was_signed(session: Session, row: RequestRow) -> bool:
    return any(one.type == "request.signed" for one in read_stream(session, row.id))
