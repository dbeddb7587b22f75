"""Proposals go out to be signed: documents set in type, an envelope with everybody who has to sign, consents."""

from __future__ import annotations

from sqlalchemy.orm import Session

from esign.public.envelopes import DocumentRequest, Owner, RecipientRequest, RecipientRole, ToSign
from esign.public.events import ConcurrentChange
from policy.documents import signing_documents
from policy.documents.consents import consents_of
from policy.documents.places import signing_places, signing_roles
from policy.documents.values import Application
from policy.domain import commands as c
from policy.domain.refusal import refusal
from policy.domain.state import Proposal as State
from policy.domain.table import TABLE
from policy.domain.values import day_of
from policy.proposing.signers import party_of
from policy.refusals import refused
from policy.service.applications import application_of
from policy.service.entering import person_of
from policy.service.office import Office

PHOTOGRAPHED = (RecipientRole.APPLICANT, RecipientRole.INSURED, RecipientRole.GUARDIAN)


class Sending:
    """Sends proposals, and offers of other terms."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def send(self, proposal: str, *, actor: str, by: str | None = None) -> str:
        """Have the proposal signed by everybody who has to, the applicant first; return the envelope's id.

        `by` is the member of staff who sends it, where it is one.
        It takes seconds: documents are set and read. What is out already is not sent again: its envelope is returned.
        Raises `PolicyRefused`, `ConcurrentChange` where other things are proposed meanwhile, and what
        `RoomEnvelopes.create` raises.
        """
        house = self._office.house
        if house.live and not house.identity_levels:
            raise refused("identity-not-chosen")
        with house.database.reading() as session:
            state = self._office.get(session, proposal)
            if state.envelope is not None:
                return state.envelope
            if c.Send not in TABLE[state.state].accepts:
                raise refusal(f"proposal-{state.state.value}")
            client = self._office.client_of(state.client)
            now = house.clocks.now(session, client)
            if state.offer is None and day_of(now) > state.contents.holds_until:
                raise refusal("quote-over", (state.contents.holds_until.isoformat(),))
            application = application_of(self._office, session, proposal, state)
        document = signing_documents(application, house.typeface)
        wanted = self._wanted(proposal, state, application, document)

        def sent(session: Session, envelope: str) -> None:
            self._office.proposals.hold(session, proposal)
            found = self._office.get(session, proposal)
            if (found.contents, found.offer) != (state.contents, state.offer):
                raise ConcurrentChange(
                    "stream-changed",
                    f"the proposal {proposal} was changed while its documents were set",
                    "send it again: what goes out is what is proposed",
                )
            command = c.Send(at=house.clocks.now(session, client), envelope=envelope, by=by)
            self._office.execute(session, proposal, command, actor=actor)

        return house.envelopes.create(client, wanted, beside=sent, by=by).envelope

    def _wanted(self, proposal: str, state: State, application: Application, document: bytes) -> ToSign:
        content, product = application.proposal, application.product
        roles = signing_roles(content, agent_signs=application.agent_signs)
        places = signing_places(roles)
        signers = state.contents.signers
        recipients = [
            RecipientRequest(RecipientRole(one.value), person_of(party_of(content, one)), group, 0, places[one.value])
            for group, one in enumerate(signers, 1)
        ]
        photographed = tuple(role for role in PHOTOGRAPHED if role.value in {one.value for one in signers})
        title = f"{product.name.zh}投保文件"
        return ToSign(
            title=title,
            documents=[DocumentRequest(f"{title}.pdf", document, places["seal"])],
            recipients=recipients,
            external_id=f"{proposal}-{len(state.sent) + 1}",
            owner=Owner(state.institution, state.salesperson),
            consents=consents_of(product, application.quote, photographed, content.delivery),
            photo_roles=photographed,
            identity_levels=self._office.house.identity_levels if self._office.house.live else (),
            reading_seconds=product.reading_seconds,
        )
