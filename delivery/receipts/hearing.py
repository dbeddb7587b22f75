"""What came of a receipt's ceremony is heard of the trail: signed and sealed, declined, expired, withdrawn."""

from __future__ import annotations

from typing import Final

from sqlalchemy.orm import Session

from delivery.domain import Delivery
from delivery.domain import commands as c
from delivery.domain.clocks import day_of
from delivery.domain.command import Command
from delivery.domain.table import TABLE
from delivery.domain.values import DeliveryState, ReceiptWay, SignedBy
from delivery.errors import DeliveryRefused
from delivery.models import ReceiptEnvelope
from delivery.receipts.addressees import note_of
from delivery.receipts.strays import Strays
from delivery.service.deliveries import ACTOR, Deliveries
from esign.public.envelopes import Envelope, whoever_signs
from esign.public.events import Event, LoggedEvent, read_stream
from esign.public.people import RecordErased, parse_person
from esign.public.work import log_for

COMPLETED: Final = "envelope.completed"
DECLINED: Final = "envelope.declined"
OVER: Final = frozenset({DECLINED, "envelope.expired", "envelope.voided"})
DECLINED_ONLINE: Final = "declined-online"
"""The reason with which the customer refuses who declines to sign the receipt in the ceremony."""
IN_PERSON: Final = "in-person"

_log = log_for(__name__)


class ReceiptHearing:
    """Takes down what came of receipts; the consumer's handler is `hear`."""

    def __init__(self, deliveries: Deliveries) -> None:
        self._deliveries = deliveries
        self._house = deliveries.house
        self._strays = Strays(deliveries)

    def hear(self, session: Session, logged: LoggedEvent) -> None:
        """Take down what the event means to a delivery. What is heard twice leads to nothing more.

        A receipt that a delivery does not accept any more (it is to be printed anew, say) strays: whoever sees to the
        delivery finds it there and talks to the customer. Another is begun once the policy is there again.
        """
        event = logged.event
        if event.type != COMPLETED and event.type not in OVER:
            return
        row = session.get(ReceiptEnvelope, event.stream)
        if row is None:
            return
        self._deliveries.streams.hold(session, row.delivery)  # what comes between would make the receipt back-dated
        state = self._deliveries.get(session, row.delivery)
        row.over_at = event.time  # nobody is led to sign it again: a receipt that does not count is followed by another
        session.flush()
        if event.type == COMPLETED:
            self._sign(session, row.delivery, state, event)
        else:
            self._end(session, row, state, event)

    def _sign(self, session: Session, delivery: str, state: Delivery, event: Event) -> None:
        envelope = self._house.envelopes.get(session, event.stream)
        story = read_stream(session, envelope.id)
        signed = next(one for one in reversed(story) if one.type == "recipient.signed")
        sealed = envelope.documents[0].sealed
        if sealed is None:  # completed and not sealed: no such envelope is
            return
        at = max(event.time, state.last_at)
        command = c.Sign(
            at=at,
            receipt=sealed,
            record=envelope.id,
            received_on=day_of(signed.time),
            way=_way(story),
            signed_by=self._signer(session, envelope, state),
        )
        try:
            after = self._deliveries.execute(session, delivery, command, actor=ACTOR).after
        except DeliveryRefused as refused:
            _log.failed("a signed receipt is not accepted", refused, record=event.stream)
            self._strays.find(session, delivery, command, refused.code, actor=ACTOR)
            return
        if after is not None and after.state is DeliveryState.RECEIVED:
            self._deliveries.execute(session, delivery, c.Return(at=at), actor=ACTOR)

    def _signer(self, session: Session, envelope: Envelope, state: Delivery) -> SignedBy:
        """Whoever took the applicant's place in the envelope is a stranger: what they sign does not count."""
        try:
            signer = whoever_signs(envelope)
            person = parse_person(self._house.records.read(session, signer.plan.person))
            applicant = note_of(session, self._house, state).applicant.person
        except (RecordErased, DeliveryRefused):  # nobody can tell any more who signed
            return SignedBy.STRANGER
        same = (person.name, person.id_number) == (applicant.name, applicant.id_number)
        return SignedBy.APPLICANT if same else SignedBy.STRANGER

    def _end(self, session: Session, row: ReceiptEnvelope, state: Delivery, event: Event) -> None:
        refuse: Command = c.ReportRefused(at=max(event.time, state.last_at), reason=DECLINED_ONLINE)
        if event.type == DECLINED and c.ReportRefused in TABLE[state.state].accepts:
            self._deliveries.execute(session, row.delivery, refuse, actor=ACTOR)


def _way(story: tuple[Event, ...] | list[Event]) -> ReceiptWay:
    """Return how it was signed, by what the ceremony recorded of the last time that somebody was identified."""
    identified = [one for one in story if one.type == "recipient.identified"]
    in_person = bool(identified) and identified[-1].payload.get("presence") == IN_PERSON
    return ReceiptWay.ASSISTED if in_person else ReceiptWay.SELF
