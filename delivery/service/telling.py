"""What salespeople are told by message: that a policy has arrived for them, that one is chased.

A message is read on locked screens: it names the policy's number and a day, and nobody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from delivery.domain import Delivery
from delivery.domain.events import DeliveryArrived
from delivery.service.projection import DeliveryChange
from esign.public.house import House
from esign.public.messages import MessageText, Words
from esign.public.people import member_record

ARRIVED: Final = "delivery-arrived"
CHASED: Final = "delivery-chased"
CHASED_UNISSUED: Final = "delivery-chased-unissued"
MESSAGES: Final[Mapping[str, MessageText]] = {
    ARRIVED: MessageText(
        Words("保单已到网点", "保单 {policy} 已到网点，请领取并送达客户，最晚 {day} 请客户签收。"),
        Words(
            "A policy has arrived",
            "The policy {policy} is at your outlet. Take it to the customer, and have the receipt signed by {day}.",
        ),
    ),
    CHASED: MessageText(
        Words("保单还没有签收", "保单 {policy} 投保已满 12 天，客户还没有签收，请在 {day} 前完成。"),
        Words(
            "A receipt is missing",
            "Twelve days after the application the receipt for {policy} is not signed. Have it signed by {day}.",
        ),
    ),
    CHASED_UNISSUED: MessageText(
        Words("投保还没有出单", "投保单 {proposal} 已满 12 天，还没有出单。请看在等什么，签收期限是 {day}。"),
        Words(
            "A policy is not issued",
            "Twelve days after the application {proposal} no policy is issued. See what it waits for: the receipt is "
            "due by {day}.",
        ),
    ),
}


class Telling:
    """Puts the messages, in the caller's transaction. Who is no member of staff any more is told nothing."""

    def __init__(self, house: House) -> None:
        self._house = house

    def tell_arrivals(self, session: Session, changes: Sequence[DeliveryChange]) -> None:
        """Tell the salesperson of each policy that has arrived at its outlet; a parcel asks for each of them once."""
        records: dict[str, str | None] = {}
        for change in changes:
            state = change.after
            for event in change.events:
                if not isinstance(event, DeliveryArrived) or state is None or state.issued is None:
                    continue
                if state.salesperson not in records:
                    records[state.salesperson] = member_record(session, state.salesperson)
                record = records[state.salesperson]
                if record is not None:
                    facts = {"policy": state.issued.policy, "day": state.due_on.isoformat()}
                    because = f"{change.stream}.{state.copy.number}"
                    self._put(session, ARRIVED, record, change.stream, because, event.at, facts)

    def tell_chased(self, session: Session, delivery: str, state: Delivery, at: datetime) -> bool:
        """Tell the salesperson that it is chased, once for each salesperson; return whether there is one to tell."""
        record = member_record(session, state.salesperson)
        if record is None or state.chase is None:
            return False
        day = state.due_on.isoformat()
        if state.issued is None:
            facts = {"proposal": state.application.proposal, "day": day}
            self._put(session, CHASED_UNISSUED, record, delivery, state.chase.id, at, facts)
        else:
            facts = {"policy": state.issued.policy, "day": day}
            self._put(session, CHASED, record, delivery, state.chase.id, at, facts)
        return True

    def _put(
        self,
        session: Session,
        kind: str,
        record: str,
        delivery: str,
        because: str,
        at: datetime,
        facts: Mapping[str, str],
    ) -> None:
        self._house.messages.tell(session, kind, record, about=delivery, because=because, at=at, facts=facts)
