"""An offer above the limit is signed: an envelope with one paper and one recipient, the insured. One is out at a time.

The room sends it as soon as the offer is made, and withdraws it when the offer is over: disputed, supplemented, ended.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims.agreements.paper import PLACE, SEAL_PLACE, TITLE, SettlementPaper, settlement_pdf
from claims.domain import Claim
from claims.domain import commands as c
from claims.domain.values import Agreement, ClaimState, day_of
from claims.models import AgreementOf
from claims.refusals import refused
from claims.selfservice.inviting import Inviting
from claims.selfservice.offers import offered
from claims.service.office import ACTOR, Office
from esign.public.envelopes import (
    DocumentRequest,
    Owner,
    RecipientRequest,
    RecipientRole,
    Refusal,
    Reminders,
    ToSign,
    whoever_signs,
)
from esign.public.people import parse_person
from esign.public.work import log_for

AGREEMENT: Final = "agreement"
"""The kind of the task that sends what is to be signed, and withdraws what is not."""
LIFE: Final = timedelta(days=30)
REMINDERS: Final = Reminders(first_after_hours=24, every_hours=48, at_most=3)
OVER: Final = "offer-over"
_log = log_for(__name__)


class Agreements:
    """Has settlements signed."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._house = office.house

    def see_to(self, claim: str) -> None:
        """Send the offer that waits for a signature, and withdraw those that are over; the work of the task.

        Raises what `begin` does, but for an offer that is over meanwhile.
        """
        with self._house.database.reading() as session:
            state = self._office.get(session, claim)
            sent = session.scalars(select(AgreementOf.envelope).where(AgreementOf.claim == claim)).all()
        current = None if state.offer is None or state.state is not ClaimState.OFFERED else state.offer.envelope
        for envelope in sent:
            if envelope != current and (state.offer is None or state.offer.envelope != envelope or not _agreed(state)):
                self._withdraw(envelope)
        if _signs(state) and current is None:
            self.begin(claim)

    def give_up(self, claim: str, reason: str) -> None:
        """Tell that nothing was sent: the offer stays with the handler, whose list says so (`send-agreement`)."""
        _log.error("an agreement was not sent", record=claim, code=reason)

    def begin(self, claim: str) -> str:
        """Return the envelope in which the offer is signed; it is made and sent where none is out.

        It takes a second: the paper is set and read. Raises `ClaimRefused` (`no-offer-now`, `no-customer-phone`,
        `claim-identity-not-chosen`), `RecordErased`, and what `RoomEnvelopes.create` raises.
        """
        house = self._house
        with house.database.transaction() as session:
            person = Inviting(self._office).customer(session, claim)
        with house.database.reading() as session:
            state = self._office.get(session, claim)
            offer = state.offer
            if offer is None or not _signs(state):
                raise refused("no-offer-now")
            if offer.envelope is not None:
                return offer.envelope
            if house.live and not house.identity_levels:
                raise refused("claim-identity-not-chosen")
            now = self._office.now(session, state)
            paper = self._paper(session, claim, state)
            insured = parse_person(house.records.read(session, person))
            number = len(session.scalars(select(AgreementOf.envelope).where(AgreementOf.claim == claim)).all()) + 1
        pdf = settlement_pdf(paper, house.typeface)
        wanted = ToSign(
            title=TITLE,
            documents=[DocumentRequest(f"{TITLE}.pdf", pdf, SEAL_PLACE)],
            recipients=[RecipientRequest(RecipientRole.INSURED, insured, 1, 0, PLACE)],
            external_id=f"{offer.id}-{number}",
            owner=Owner(state.institution, None),
            identity_levels=house.identity_levels if house.live else (),
            reminders=REMINDERS,
            expires_at=now + LIFE,
        )

        def made(session: Session, envelope: str) -> None:
            self._office.claims.hold(session, claim)
            at = self._office.now(session, self._office.get(session, claim))
            self._office.execute(session, claim, c.SendAgreement(at=at, offer=offer.id, envelope=envelope), actor=ACTOR)

        return house.envelopes.create(state.client or house.envelopes.own_client, wanted, beside=made).envelope

    def link(self, envelope: str) -> str:
        """Return the address at which the insured signs: to be shown to them, and stored nowhere."""
        with self._house.database.reading() as session:
            found = self._house.envelopes.get(session, envelope)
            return self._house.envelopes.link(session, envelope, whoever_signs(found).id)

    def _paper(self, session: Session, claim: str, state: Claim) -> SettlementPaper:
        found = offered(self._office, session, claim, state)
        policy = self._office.policy_of(session, state)
        return SettlementPaper(
            company=self._house.organisation,
            policy=policy.number,
            insured=policy.insured.name,
            insured_id=policy.insured.id_number or "",
            plate=policy.car.plate,
            occurred_at=state.reported.occurred_at,
            lines=[(one.words.zh, one.quantity, one.fen) for one in found.lines],
            injury=found.injury,
            steps=[one.zh for one in found.steps],
            covers=[(words.zh, fen) for words, fen in found.covers],
            fen=found.shown.fen,
            premium_without=found.shown.premium.without,
            premium_with=found.shown.premium.with_claim,
            digest=found.shown.digest,
            made_on=day_of(self._office.now(session, state)),
        )

    def _withdraw(self, envelope: str) -> None:
        try:
            self._house.envelopes.void(envelope, by=self._house.envelopes.own_client, reason=OVER)
        except Refusal as refusal:  # it is over already: signed, declined, expired
            _log.failed("an agreement is not withdrawn", refusal, record=envelope)


def _signs(state: Claim) -> bool:
    """Tell whether an offer waits for a signature."""
    offer = state.offer
    return state.state is ClaimState.OFFERED and offer is not None and offer.agreement is Agreement.SIGNATURE


def _agreed(state: Claim) -> bool:
    return state.offer is not None and state.offer.agreed_at is not None
