"""What came of an agreement's envelope is heard of the trail: signed and sealed, declined, expired, withdrawn.

Heard, too, is which steps of a claim send one, or make it void.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy.orm import Session

from claims.agreements.ceremony import AGREEMENT
from claims.domain import Claim
from claims.domain import commands as c
from claims.domain import events as e
from claims.domain.command import Command
from claims.errors import ClaimRefused
from claims.models import AgreementOf
from claims.service.office import ACTOR, Office
from esign.public.envelopes import whoever_signs
from esign.public.events import Event, LoggedEvent
from esign.public.people import RecordErased, parse_person
from esign.public.work import log_for

COMPLETED: Final = "envelope.completed"
REASONS: Final = {"envelope.declined": "declined", "envelope.expired": "expired", "envelope.voided": "voided"}
STRANGER: Final = "signed-by-other"
LOOKED_AT: Final = frozenset(
    one.type.name
    for one in (
        *(e.OfferMade, e.PriceDisputed, e.SupplementOpened, e.ClaimWithdrawn, e.RefusalDecided, e.ClaimJoined),
        e.DisputeAnswered,
    )
)
"""After these there is something to send, or something that nobody is to sign any more."""
_log = log_for(__name__)


class AgreementHearing:
    """Takes down what came of agreements; the consumer's handler is `hear`."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._house = office.house

    def hear(self, session: Session, logged: LoggedEvent) -> None:
        """Take down what the event means. What is heard twice leads to nothing more; what a claim does not take any
        more is told in the log."""
        event = logged.event
        if event.type in LOOKED_AT:
            self._house.tasks.add(session, AGREEMENT, event.stream)
            return
        if event.type != COMPLETED and event.type not in REASONS:
            return
        row = session.get(AgreementOf, event.stream)
        if row is None:
            return
        state = self._office.get(session, row.claim)
        try:
            self._office.execute(session, row.claim, self._command(session, state, event), actor=ACTOR)
        except ClaimRefused as refused:
            _log.failed("what came of an agreement is not taken", refused, record=event.stream)

    def _command(self, session: Session, state: Claim, event: Event) -> Command:
        at = max(event.time, self._office.now(session, state))
        if event.type != COMPLETED:
            return c.ReturnAgreement(at=at, envelope=event.stream, reason=REASONS[event.type])
        envelope = self._house.envelopes.get(session, event.stream)
        sealed = envelope.documents[0].sealed
        if sealed is None or not self._insured_signed(session, state, whoever_signs(envelope).plan.person):
            return c.ReturnAgreement(at=at, envelope=event.stream, reason=STRANGER)
        offer = "" if state.offer is None else state.offer.id
        return c.Agree(at=at, offer=offer, envelope=event.stream, document=sealed)

    def _insured_signed(self, session: Session, state: Claim, person: str) -> bool:
        """Whoever took the insured's place in the envelope agreed to nothing."""
        try:
            signer = parse_person(self._house.records.read(session, person))
            insured = self._office.policy_of(session, state).insured
        except RecordErased:  # nobody can tell any more who signed
            return False
        return (signer.name, signer.id_number) == (insured.name, insured.id_number)
