"""The customer is sent the link to the electronic policy, and reminded of it: each message once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from delivery.domain import Delivery
from delivery.domain import commands as c
from delivery.domain.values import DeliveryState
from delivery.errors import DeliveryRefused
from delivery.models import DeliveryRow
from delivery.receipts.addressees import addressee_of
from delivery.service.deliveries import ACTOR, Deliveries, signed_in
from esign.public.events import retried
from esign.public.messages import MessageText, Words
from esign.public.work import log_for

INVITE: Final = "invite"
"""The kind of the task that sends the link."""
LINK: Final = "delivery-link"
AGAIN: Final = "delivery-link-again"
REMINDED_AFTER: Final = timedelta(days=3)
"""So long after anything last happened to it, the customer is reminded of a link."""
REMINDED_AT_MOST: Final = 4
"""So many links in all; the salesperson goes on from there."""
LOOKED_AT_MOST: Final = 500
MESSAGES: Final[Mapping[str, MessageText]] = {
    LINK: MessageText(
        Words(
            "您的电子保单",
            "您的保险合同 {policy} 已承保。请本人打开链接，查看并签收，最晚 {day}： {link} 不要让别人替您签收。",
        ),
        Words(
            "Your electronic policy",
            "Your insurance contract {policy} is issued. Read it and sign the receipt yourself by {day}: {link} Let "
            "nobody sign for you.",
        ),
    ),
    AGAIN: MessageText(
        Words(
            "电子保单等您签收",
            "保险合同 {policy} 还没有签收，犹豫期从签收后起算。请打开签收，最晚 {day}： {link} 有疑问请联系业务员。",
        ),
        Words(
            "Your policy waits for its receipt",
            "The receipt for the contract {policy} is not signed yet; your hesitation period begins with it. Open it "
            "by {day}: {link} Ask your salesperson if anything is unclear.",
        ),
    ),
}
_WAITING: Final = (DeliveryState.LINK_SENT.value, DeliveryState.LINK_OPENED.value)

_log = log_for(__name__)


class Inviting:
    """Sends links and reminds of them."""

    def __init__(self, deliveries: Deliveries) -> None:
        self._deliveries = deliveries
        self._house = deliveries.house

    def want(self, session: Session, delivery: str) -> None:
        """Have the customer reached, in the caller's transaction: with the link, where the policy is electronic."""
        self._house.tasks.ask(session, INVITE, delivery)

    def invite(self, delivery: str) -> None:
        """Keep whom the delivery reaches, and send the link if the policy is electronic; the work of the task.

        What was sent, or needs no link any more, is left. Raises `DeliveryRefused` (`delivery-no-note`,
        `delivery-note-broken`).
        """

        def work(session: Session) -> None:
            self._deliveries.streams.hold(session, delivery)
            state = self._deliveries.get(session, delivery)
            if state.issued is None or not state.is_open:
                return
            addressee_of(session, self._house, delivery, state)
            if state.state is DeliveryState.TO_SEND:
                self._send(session, delivery, state, LINK)

        retried(self._house.database, work)

    def give_up(self, delivery: str, reason: str) -> None:
        """Tell that nobody is reached: who works on the delivery finds it among those that have no link yet."""
        _log.error("a customer was not sent the link", record=delivery, code=reason)

    def remind(self) -> int:
        """Remind who was sent a link and has not signed for some days; return how many. The work of a beat."""
        waiting = (
            select(DeliveryRow.id)
            .where(DeliveryRow.is_open.is_(True), DeliveryRow.state.in_(_WAITING))
            .where(DeliveryRow.updated_at <= self._house.clock() - REMINDED_AFTER)
            .order_by(DeliveryRow.due_on, DeliveryRow.id)
            .limit(LOOKED_AT_MOST)
        )
        with self._house.database.reading() as session:
            found = session.scalars(waiting).all()
        return sum(self._remind(delivery) for delivery in found)

    def _remind(self, delivery: str) -> bool:
        def work(session: Session) -> bool:
            self._deliveries.streams.hold(session, delivery)
            state = self._deliveries.get(session, delivery)
            if state.state.value not in _WAITING or len(state.links) >= REMINDED_AT_MOST:
                return False
            if state.last_at > self._deliveries.now(session, state.application.client) - REMINDED_AFTER:
                return False
            self._send(session, delivery, state, AGAIN)
            return True

        try:
            return retried(self._house.database, work)
        except DeliveryRefused as refused:  # one that cannot be reached keeps nobody else from being reminded
            _log.failed("a customer was not reminded", refused, record=delivery)
            return False

    def send_again(self, session: Session, delivery: str, seen: int, *, actor: str) -> bool:
        """Send the link once more in the caller's transaction, because somebody asked; return whether it was sent.

        `seen` is how many links whoever asks has seen: pressed twice, it is sent once. Raises `DeliveryRefused`: what
        the state says, `delivery-links-too-many`, `delivery-no-note`, `delivery-note-broken`.
        """
        self._deliveries.streams.hold(session, delivery)
        state = self._deliveries.get(session, delivery)
        if len(state.links) != seen:
            return False
        self._send(session, delivery, state, LINK, actor=actor)
        return True

    def _send(self, session: Session, delivery: str, state: Delivery, kind: str, *, actor: str = ACTOR) -> None:
        if state.issued is None:
            return
        at = max(self._deliveries.now(session, state.application.client), state.last_at)
        message = f"msg_{delivery.partition('_')[2]}-{len(state.links) + 1}"
        self._house.messages.tell(
            session,
            kind,
            addressee_of(session, self._house, delivery, state),
            about=delivery,
            because=message,
            at=at,
            facts={"policy": state.issued.policy, "day": state.due_on.isoformat()},
            envelope=signed_in(session, delivery),
        )
        self._deliveries.execute(session, delivery, c.SendLink(at=at, message=message), actor=actor)
