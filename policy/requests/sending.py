"""Service requests go out to be signed: by the applicant, and by the insured's side where beneficiaries change."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from sqlalchemy.orm import Session

from esign.public.envelopes import (
    USUAL_LIFE,
    DocumentRequest,
    Owner,
    RecipientRequest,
    RecipientRole,
    ToSign,
)
from esign.public.events import ConcurrentChange
from policy.documents import request_roles, service_request
from policy.documents.consents import request_consents
from policy.documents.places import request_places
from policy.documents.values import PolicyFacts, ServiceRequest
from policy.domain import Proposal as State
from policy.domain import Request
from policy.domain.refusal import refusal
from policy.domain.requests import REQUEST_TABLE, SendRequest
from policy.domain.values import INSURERS_ZONE, ProposalState, Signer, day_of
from policy.products.catalogue import Product
from policy.proposal import Proposal
from policy.proposing.signers import party_of
from policy.refusals import refused
from policy.requests.paying_back import policy_of
from policy.requests.register import Register
from policy.service.entering import person_of
from policy.service.in_force import change_of, in_force
from policy.service.numbers import NumberKind, number_of

SIGNED_WITHIN: Final = timedelta(days=30)
"""From the day on which a request was entered: day and amounts are those of then, and do not stay open for ever."""
NOT_SIGNED: Final = "not-signed-in-time"
READING_SECONDS: Final = 10


def is_over(asked_on: date, day: date) -> bool:
    """Tell whether a request of that day can be signed no more."""
    return day > asked_on + SIGNED_WITHIN


class RequestSending:
    """Sends service requests."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self._office = register.office

    def send(self, request: str, *, actor: str, by: str | None = None) -> str:
        """Have the request signed by everybody who has to, the applicant first; return the envelope's id.

        What is out already is not sent again. It takes seconds. Raises `PolicyRefused`, `ConcurrentChange`,
        `RecordErased`, and what `RoomEnvelopes.create` raises.
        """
        house = self._office.house
        if house.live and not house.identity_levels:
            raise refused("identity-not-chosen")
        with house.database.reading() as session:
            state = self._register.get(session, request)
            if state.envelope is not None:
                return state.envelope
            if SendRequest not in REQUEST_TABLE[state.state]:
                raise refusal(f"request-{state.state.value}")
            policy = self._office.get(session, state.proposal)
            client = self._office.client_of(policy.client)
            now = house.clocks.now(session, client)
            if policy.state is not ProposalState.ISSUED:
                raise refusal(f"proposal-{policy.state.value}")
            if is_over(state.asked_on, day_of(now)):
                raise refused("request-over", (state.asked_on.isoformat(),))
            content = in_force(self._office, session, state.proposal, policy)
            printed = self.printed(session, request, state, policy, content)
            owner = self._owner(session, policy)
        document = service_request(printed, house.typeface)
        wanted = self._wanted(request, state, content, printed, document, owner, now)

        def sent(session: Session, envelope: str) -> None:
            self._office.proposals.hold(session, state.proposal)
            policy = self._office.get(session, state.proposal)
            if in_force(self._office, session, state.proposal, policy) != content:
                raise ConcurrentChange(
                    "stream-changed",
                    f"the policy of {state.proposal} was changed while a request about it was set",
                    "send it again: what goes out says what is in force, and goes to where people are reached now",
                )
            command = SendRequest(at=house.clocks.now(session, client), envelope=envelope, by=by)
            self._register.execute(session, request, command, actor=actor)

        return house.envelopes.create(client, wanted, beside=sent, by=by).envelope

    def printed(
        self, session: Session, request: str, state: Request, policy: State, content: Proposal
    ) -> ServiceRequest:
        """Return the request as its document says it. Raises `RecordErased`."""
        number = number_of(session, request, NumberKind.REQUEST)
        facts = facts_of(policy, content, self._office.product(policy))
        return ServiceRequest(number, state.asked_on, facts, change_of(self._office, session, state))

    def _owner(self, session: Session, policy: State) -> Owner:
        """Whose the envelope is: the salesperson's, as long as they work there, then their institution's."""
        owner = Owner(policy.institution, policy.salesperson)
        return owner if self._office.house.find_owner(session, owner) is not None else Owner(policy.institution)

    def _wanted(
        self,
        request: str,
        state: Request,
        content: Proposal,
        printed: ServiceRequest,
        document: bytes,
        owner: Owner,
        now: datetime,
    ) -> ToSign:
        roles = tuple(RecipientRole(one.value) for one in state.signers)
        places = request_places(request_roles(printed.change))
        recipients = [
            RecipientRequest(RecipientRole(one.value), person_of(party_of(content, one)), group, 0, places[one.value])
            for group, one in enumerate(state.signers, 1)
        ]
        title = f"{printed.policy.product}保全申请书"
        last = datetime.combine(state.asked_on + SIGNED_WITHIN + timedelta(days=1), time(), INSURERS_ZONE)
        return ToSign(
            title=title,
            documents=[DocumentRequest(f"{title}.pdf", document, places["seal"])],
            recipients=recipients,
            external_id=f"{request}-{len(state.sent) + 1}",
            owner=owner,
            consents=request_consents(state.kind, printed.change, printed.policy.product, roles, roles),
            photo_roles=roles,
            identity_levels=self._office.house.identity_levels if self._office.house.live else (),
            reading_seconds=READING_SECONDS,
            expires_at=min(now + USUAL_LIFE, last.astimezone(UTC)),
        )


def facts_of(policy: State, content: Proposal, product: Product) -> PolicyFacts:
    """Return what a request says of the policy; the applicant is reached as is in force."""
    issued = policy_of(policy)
    return PolicyFacts(
        number=issued.number,
        product=product.name.zh,
        filing=product.filing,
        effective_on=issued.effective_on,
        applicant=party_of(content, Signer.APPLICANT).name,
        applicant_id=content.applicant.id_number,
        applicant_phone=content.applicant.phone,
        insured=content.insured.name,
        company=product.company.zh,
    )
