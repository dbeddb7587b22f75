"""The customer's page behind the link, in the message or on the cover of the paper policy: read, and sign the receipt.

Looking changes nothing. Who told the last four characters of their ID number has opened the link; only they read the
contract, and only they are led on to sign.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final
from urllib.parse import quote

from flask import redirect, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from delivery.domain import Delivery
from delivery.domain import commands as c
from delivery.domain.values import DeliveryState
from delivery.errors import DeliveryRefused
from delivery.models import Addressee
from delivery.receipts.ceremony import CAN_SIGN, ReceiptCeremony
from delivery.receipts.contracts import read_contract
from delivery.receipts.strays import Strays
from delivery.service.deliveries import ACTOR, Deliveries
from esign.public.pages import N_, LinkedPages, LinkedPart, Told, Visitor, words

ROOM: Final = "delivery"
PACKAGE: Final = "delivery"
_SAID: Final[Mapping[Told, str]] = {
    Told.WRONG: N_("没有对上。请看身份证上的号码，再填一次最后四位。"),
    Told.TOO_OFTEN: N_("试的次数太多了。请过一小时再来，或者联系您的业务员。"),
}
_EMPTY: Final = N_("还没有填身份证号码的最后四位。")
_READABLE: Final = frozenset({*CAN_SIGN, DeliveryState.RECEIVED, DeliveryState.RETURNED})
"""Where the contract is the customer's to read: not before it has come to them, nor after it has ended."""


class Stage(StrEnum):
    """What the page has to say."""

    SIGN = "sign"
    NOT_THERE = "not-there"
    """On paper, and not arrived yet."""
    SIGNED = "signed"
    OVER = "over"


def stage_of(state: Delivery) -> Stage:
    """Return what the page says of a delivery that stands so."""
    if state.receipt is not None:
        return Stage.SIGNED
    if state.state in CAN_SIGN:
        return Stage.SIGN
    return Stage.NOT_THERE if state.is_open else Stage.OVER


def visitor_of(session: Session, subject: str) -> str | None:
    """Return the record of the applicant whom the link reaches, None where it is about no delivery."""
    row = session.get(Addressee, subject)
    return None if row is None else row.person


def linked_part(deliveries: Deliveries) -> LinkedPart:
    """Return the pages for customers."""

    def declare(pages: LinkedPages) -> None:
        _declare(pages, deliveries, ReceiptCeremony(deliveries))

    return LinkedPart(ROOM, PACKAGE, declare, visitor_of)


def _declare(pages: LinkedPages, deliveries: Deliveries, ceremony: ReceiptCeremony) -> None:
    house, strays = deliveries.house, Strays(deliveries)

    def state_of(visitor: Visitor) -> Delivery:
        with house.database.reading() as session:
            return deliveries.get(session, visitor.subject)

    def shown(visitor: Visitor, status: int = 200, said: str | None = None) -> AnyResponse:
        with house.database.reading() as session:
            state = deliveries.get(session, visitor.subject)
            waiting = strays.waiting(session, visitor.subject, state)
        stage, known = stage_of(state), pages.knows(visitor)
        template = "receipt_known.html" if known and stage in (Stage.SIGN, Stage.SIGNED) else "receipt_start.html"
        strayed = waiting[-1].signed_on if waiting and stage in (Stage.SIGN, Stage.NOT_THERE) else None
        values: dict[str, Any] = {"state": state, "stage": stage, "said": said, "known": known, "strayed": strayed}
        return pages.show(template, visitor, status, **values)

    @pages.page()
    def delivery_receipt(visitor: Visitor) -> AnyResponse:
        return shown(visitor)

    @pages.form("/identify")
    def delivery_identify(visitor: Visitor) -> AnyResponse:
        typed = request.form.get("tail", "").strip()[:16]
        if not typed:
            return shown(visitor, 422, words().say(_EMPTY))
        told = pages.identify(visitor, typed)
        if told is not Told.RIGHT:
            return shown(visitor, 429 if told is Told.TOO_OFTEN else 422, words().say(_SAID[told]))
        _record_opened(deliveries, visitor.subject)
        return pages.admit(visitor, redirect(f"/r/{ROOM}/{visitor.link}?admitted=1", 303))

    @pages.page("/contract")
    def delivery_contract(visitor: Visitor) -> AnyResponse:
        state = state_of(visitor)
        if not pages.knows(visitor) or state.issued is None or state.state not in _READABLE:
            return redirect(f"/r/{ROOM}/{visitor.link}", 303)
        try:
            with house.database.reading() as session:
                found = read_contract(session, house.documents, state)
        except DeliveryRefused as refused:
            return shown(visitor, 404, words().choose(refused.zh, refused.en))
        name = quote(f"保险合同 {state.issued.policy}.pdf", safe="")
        headers = {
            "Content-Disposition": f"inline; filename=\"contract.pdf\"; filename*=UTF-8''{name}",
            "Cache-Control": "private, no-store",
        }
        return AnyResponse(found.content, mimetype="application/pdf", headers=headers)

    @pages.form("/sign")
    def delivery_sign(visitor: Visitor) -> AnyResponse:
        if not pages.knows(visitor):
            return redirect(f"/r/{ROOM}/{visitor.link}", 303)
        try:
            envelope = ceremony.begin(visitor.subject)
        except DeliveryRefused as refused:
            return shown(visitor, 409, words().choose(refused.zh, refused.en))
        return redirect(ceremony.link(envelope), 303)


def _record_opened(deliveries: Deliveries, delivery: str) -> None:
    """Record that the customer opened the link to their electronic policy, once."""

    def command(session: Session, state: Delivery) -> c.OpenLink:
        return c.OpenLink(at=max(deliveries.now(session, state.application.client), state.last_at))

    with deliveries.house.database.reading() as session:
        waits = deliveries.get(session, delivery).state is DeliveryState.LINK_SENT
    if waits:
        deliveries.change(delivery, command, actor=ACTOR)
