"""The receipt is signed in a ceremony of its own: an envelope with one document and one recipient, the applicant.

There is one at a time: by the link or on the salesperson's tablet, it is the same envelope. Which of the two it was,
the ceremony itself records. One that goes to a phone which was corrected since, or that is another salesperson's, is
withdrawn: its codes would go to a stranger, and who sees to the delivery now could not hand it over.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from delivery.documents.receipt import PLACE, SEAL_PLACE, Receipt, receipt_pdf
from delivery.domain import Delivery
from delivery.domain.clocks import day_of, hesitation_period
from delivery.domain.refusal import refusal
from delivery.domain.values import DeliveryState
from delivery.errors import DeliveryRefused
from delivery.models import ReceiptEnvelope
from delivery.receipts.addressees import note_of
from delivery.receipts.contracts import contract_of
from delivery.service.deliveries import Deliveries, belongs
from delivery.service.notes import Note
from esign.public.envelopes import (
    DocumentRequest,
    Envelope,
    EnvelopeError,
    Owner,
    RecipientRequest,
    RecipientRole,
    Refusal,
    Reminders,
    ToSign,
    whoever_signs,
)
from esign.public.people import RecordErased, parse_person
from esign.public.work import log_for

TITLE: Final = "保险合同签收回执"
LIFE: Final = timedelta(days=30)
REMINDERS: Final = Reminders(first_after_hours=24, every_hours=48, at_most=3)
CAN_SIGN: Final = frozenset(
    {
        DeliveryState.AT_OUTLET,
        DeliveryState.WITH_SALESPERSON,
        DeliveryState.TO_SEND,
        DeliveryState.LINK_SENT,
        DeliveryState.LINK_OPENED,
        DeliveryState.ADDRESS_WRONG,
        DeliveryState.CUSTOMER_AWAY,
        DeliveryState.REFUSED,
        DeliveryState.SIGNED_BY_OTHER,
        DeliveryState.PHOTOGRAPHED,
    }
)
"""Where the policy is there and no receipt that counts: before, and after, nobody begins to sign."""
OUTDATED: Final = "receipt-outdated"
"""The reason with which an envelope is withdrawn whose phone or salesperson is another now."""
_CHANNELS: Final = {"platform": "销售平台", "counter": "柜面", "agency": "个人代理", "bank": "银行代理"}

_log = log_for(__name__)


class ReceiptCeremony:
    """Has receipts signed."""

    def __init__(self, deliveries: Deliveries) -> None:
        self._deliveries = deliveries
        self._house = deliveries.house

    def open_envelope(self, session: Session, delivery: str) -> str | None:
        """Return the envelope in which the receipt can be signed now, None where there is none."""
        chosen = select(ReceiptEnvelope.envelope).where(
            ReceiptEnvelope.delivery == delivery, ReceiptEnvelope.over_at.is_(None)
        )
        return session.scalar(chosen.order_by(ReceiptEnvelope.number.desc()).limit(1))

    def begin(self, delivery: str, *, by: str | None = None) -> str:
        """Return the envelope in which the receipt is signed; it is made and sent where there is none that is open.

        `by` is the member of staff who begins it. It takes a second: the document is set and read. Raises
        `DeliveryRefused`: what the delivery's state says, `delivery-no-note`, `delivery-note-broken`,
        `delivery-no-contract`,
        `delivery-identity-not-chosen`, and what `RoomEnvelopes.create` raises.
        """
        house = self._house
        with house.database.reading() as session:
            state = self._deliveries.get(session, delivery)
            require_signable(state)
            found = self.open_envelope(session, delivery)
            if found is not None and self._fits(session, found, state, by):
                return found
            if house.live and not house.identity_levels:
                raise refusal("delivery-identity-not-chosen")
            note, contract = note_of(session, house, state), contract_of(session, state)
            now = self._deliveries.now(session, state.application.client)
            earlier = len(
                session.scalars(select(ReceiptEnvelope.envelope).where(ReceiptEnvelope.delivery == delivery)).all()
            )
        if found is not None and not self.withdraw(found, by=by or house.envelopes.own_client, reason=OUTDATED):
            return found
        pdf = receipt_pdf(self._receipt(state, note, contract.sha256), house.typeface)
        number = earlier + 1
        wanted = ToSign(
            title=TITLE,
            documents=[DocumentRequest(f"{TITLE}.pdf", pdf, SEAL_PLACE)],
            recipients=[RecipientRequest(RecipientRole.APPLICANT, note.applicant.person, 1, 0, PLACE)],
            external_id=f"{delivery}-{number}",
            owner=_owner(state),
            identity_levels=house.identity_levels if house.live else (),
            reminders=REMINDERS,
            expires_at=now + LIFE,
        )

        def made(session: Session, envelope: str) -> None:
            self._deliveries.streams.hold(session, delivery)
            require_signable(self._deliveries.get(session, delivery))
            session.merge(
                ReceiptEnvelope(
                    envelope=envelope, delivery=delivery, number=number, contract=contract.sha256, made_at=house.clock()
                )
            )
            belongs(session, envelope, delivery)

        client = state.application.client or house.envelopes.own_client
        try:
            return house.envelopes.create(client, wanted, beside=made, by=by).envelope
        except EnvelopeError:  # pressed twice, or by link and on the tablet at once: the number is taken, it is one
            with house.database.reading() as session:
                begun = self.open_envelope(session, delivery)
            if begun is None or begun == found:
                raise
            return begun

    def withdraw_outdated(self, delivery: str, *, by: str) -> None:
        """Withdraw the envelope that goes to a phone which was corrected: nobody there is reminded of it any more."""
        with self._house.database.reading() as session:
            state = self._deliveries.get(session, delivery)
            found = self.open_envelope(session, delivery)
            if found is None or self._fits(session, found, state, None):
                return
        self.withdraw(found, by=by, reason=OUTDATED)

    def withdraw(self, envelope: str, *, by: str, reason: str) -> bool:
        """Withdraw an envelope; return False where it is signed or being sealed in this moment, and stays."""
        try:
            self._house.envelopes.void(envelope, by=by, reason=reason)
        except Refusal as refused:
            _log.failed("a receipt was not withdrawn", refused, record=envelope)
            return False
        return True

    def _fits(self, session: Session, envelope: str, state: Delivery, by: str | None) -> bool:
        """Tell whether it goes to the applicant as they are reached now, and, where a member of staff begins it, is
        in the hands of who sees to the delivery. What was erased is not compared."""
        found: Envelope = self._house.envelopes.get(session, envelope)
        if by is not None and found.salesperson != _owner(state).salesperson:
            return False
        try:
            person = parse_person(self._house.records.read(session, whoever_signs(found).plan.person))
            return person == note_of(session, self._house, state).applicant.person
        except (RecordErased, DeliveryRefused):
            return True

    def link(self, envelope: str) -> str:
        """Return the address at which the applicant signs: to be shown to them, and stored nowhere."""
        with self._house.database.reading() as session:
            found = self._house.envelopes.get(session, envelope)
            return self._house.envelopes.link(session, envelope, whoever_signs(found).id)

    def _receipt(self, state: Delivery, note: Note, digest: str) -> Receipt:
        issued = state.issued
        if issued is None:
            raise refusal("delivery-awaiting-issue")
        today = day_of(max(self._house.clock(), state.last_at))
        message = state.links[-1] if state.links else ""
        on_paper = f"纸质保单，{note.applicant.address}"
        reached = f"电子保单，短信链接 {message}".rstrip() if state.is_electronic else on_paper
        return Receipt(
            policy=issued.policy,
            proposal=state.application.proposal,
            company=self._house.organisation,
            product=note.product,
            applicant=note.applicant.name,
            applicant_id=note.applicant.id_number,
            insured=note.insured,
            underwritten_on=issued.underwritten_on,
            issued_on=issued.issued_on,
            effective_on=note.effective_on,
            channel=_CHANNELS.get(state.application.channel, state.application.channel),
            reached_by=reached,
            digest=digest,
            hesitation_days=state.application.hesitation_days,
            hesitation=hesitation_period(today, state.application.hesitation_days),
            made_on=today,
        )


def _owner(state: Delivery) -> Owner:
    """Return whose the envelope is: nobody's in person where the salesperson left."""
    return Owner(state.application.institution, None if state.orphaned else state.salesperson)


def require_signable(state: Delivery) -> None:
    """Raise `DeliveryRefused` unless the policy is there and no receipt that counts: as its state says."""
    if state.state not in CAN_SIGN:
        raise refusal(f"delivery-{state.state.value}")
