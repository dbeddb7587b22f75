"""The receipt: only the applicant's counts, once, not before the policy was there, a paper one after a comparison."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from delivery.domain import commands as c
from delivery.domain import events as e
from delivery.domain.command import Command
from delivery.domain.paper_rules import require_paper
from delivery.domain.refusal import broken, refusal
from delivery.domain.rule import Rule, never
from delivery.domain.state import Delivery, Issued, Photo
from delivery.domain.values import DeliveryState, ReceiptWay, SignedBy

OVER: Final = (DeliveryState.ENDED, DeliveryState.SIGNED_AFTER_END)
PHOTOS_AT_MOST: Final = 20


def _is_known(state: Delivery, command: c.Sign) -> bool:
    if command.way is ReceiptWay.PAPER:
        raise refusal("delivery-receipt-way")
    counted = state.receipt is not None and state.receipt.digest == command.receipt
    return counted or command.receipt in state.strays


def _sign(state: Delivery, command: c.Sign) -> tuple[e.Event, ...]:
    at, receipt, way = command.at, command.receipt, command.way
    _require_day(command, command.received_on)
    if state.state in OVER:
        return (
            e.DeliverySignedAfterEnd(
                at=at, signed_by=command.signed_by, way=way, receipt=receipt, signed_on=command.received_on
            ),
        )
    _require_arrived(state, command.received_on)
    if command.signed_by is not SignedBy.APPLICANT:
        return (e.DeliverySignedByOther(at=at, signed_by=command.signed_by, way=way, receipt=receipt),)
    return (_received(state, command, receipt, command.received_on, way, command.record),)


def _was_photographed(state: Delivery, command: c.Photograph) -> bool:
    return command.photo in state.photos


def _photograph(state: Delivery, command: c.Photograph) -> tuple[e.Event, ...]:
    require_paper(state)
    _require_day(command, command.signed_on)
    if state.state in OVER:
        return (
            e.DeliverySignedAfterEnd(
                at=command.at,
                signed_by=SignedBy.APPLICANT,
                way=ReceiptWay.PAPER,
                receipt=command.receipt,
                signed_on=command.signed_on,
            ),
        )
    _require_arrived(state, command.signed_on)
    if command.receipt in state.strays:
        raise refusal("delivery-photo-known")
    if len(state.photos) >= PHOTOS_AT_MOST:
        raise refusal("delivery-photos-too-many")
    return (
        e.DeliveryPhotographed(
            at=command.at,
            photo=command.photo,
            receipt=command.receipt,
            signed_on=command.signed_on,
            by=command.by,
        ),
    )


def _is_accepted(state: Delivery, command: c.AcceptReceipt) -> bool:
    return state.receipt is not None and state.receipt.record == command.photo


def _accept(state: Delivery, command: c.AcceptReceipt) -> tuple[e.Event, ...]:
    photo = _photo(state, command)
    received = _received(state, command, photo.receipt, photo.signed_on, ReceiptWay.PAPER, photo.id)
    return (received, e.DeliveryReturned(at=command.at, by=command.by))


def _is_rejected(state: Delivery, command: c.RejectReceipt) -> bool:
    """What was compared, or gave way to a later picture, is not compared again."""
    is_current = state.photo is not None and state.photo.id == command.photo
    return command.photo in state.photos and not is_current and state.receipt is None


def _reject(state: Delivery, command: c.RejectReceipt) -> tuple[e.Event, ...]:
    photo = _photo(state, command)
    return (e.DeliveryRejected(at=command.at, photo=photo.id, reason=command.reason, by=command.by),)


def _photo(state: Delivery, command: c.AcceptReceipt | c.RejectReceipt) -> Photo:
    photo = state.photo
    if photo is None or photo.id != command.photo:
        raise refusal("delivery-no-photo", (command.photo,))
    if command.by in (photo.by, state.salesperson, state.application.salesperson):
        raise refusal("delivery-own-receipt")
    return photo


def _is_returned(state: Delivery, _command: c.Return) -> bool:
    return state.state is DeliveryState.RETURNED


def _return(_state: Delivery, command: c.Return) -> tuple[e.Event, ...]:
    return (e.DeliveryReturned(at=command.at, by=command.by),)


def _is_released(state: Delivery, command: c.ReleaseReceipt) -> bool:
    return command.envelope in state.released


def _release(_state: Delivery, command: c.ReleaseReceipt) -> tuple[e.Event, ...]:
    return (e.DeliveryReceiptReleased(at=command.at, envelope=command.envelope, reason=command.reason, by=command.by),)


def _settle(_state: Delivery, command: c.SettleSignature) -> tuple[e.Event, ...]:
    return (e.DeliverySettled(at=command.at, outcome=command.outcome, by=command.by),)


def _received(
    state: Delivery, command: Command, receipt: str, received_on: date, way: ReceiptWay, record: str
) -> e.DeliveryReceived:
    return e.DeliveryReceived(
        at=command.at,
        proposal=state.application.proposal,
        policy=_issued(state).policy,
        applied_on=state.application.applied_on,
        received_on=received_on,
        signed_by=SignedBy.APPLICANT,
        way=way,
        receipt=receipt,
        record=record,
    )


def _require_day(command: Command, day: date) -> None:
    if day > command.day:
        raise refusal("delivery-receipt-in-future", (day.isoformat(),))


def _require_arrived(state: Delivery, day: date) -> None:
    """Nobody signs for what was not there: on paper at the outlet, electronically since the issue."""
    there = _issued(state).issued_on if state.is_electronic else state.copy.arrived_on
    if there is None or day < there:
        raise refusal("delivery-receipt-before-arrival", (day.isoformat(),))


def _issued(state: Delivery) -> Issued:
    if state.issued is None:
        raise broken("a receipt is asked for where no policy was issued")
    return state.issued


RECEIPT_RULES: Final[Mapping[type[Command], Rule]] = {
    c.Sign: Rule(_is_known, _sign),
    c.Photograph: Rule(_was_photographed, _photograph),
    c.AcceptReceipt: Rule(_is_accepted, _accept),
    c.RejectReceipt: Rule(_is_rejected, _reject),
    c.Return: Rule(_is_returned, _return),
    c.ReleaseReceipt: Rule(_is_released, _release),
    c.SettleSignature: Rule(never, _settle),
}
