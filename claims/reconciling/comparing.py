"""One entry of a bank's statement beside the payment that it names: what it means, and who sees to it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from claims.domain.state import Payment
from claims.domain.table import Actor
from claims.domain.values import PaymentState
from claims.payment.statement import Entry, EntryKind


class Found(StrEnum):
    """What an entry is; the first two ask nothing of anybody. `MISSING` is a payment of ours that has none."""

    KNOWN = "known"
    KNOWN_RETURN = "known-return"
    MADE_UNANSWERED = "made-unanswered"
    MADE_AFTER_ALL = "made-after-all"
    GIVEN_BACK = "given-back"
    SURPLUS_BACK = "surplus-back"
    NOT_OURS = "not-ours"
    AMOUNT_DIFFERS = "amount-differs"
    PAID_TWICE = "paid-twice"
    NOT_PAID_BEFORE = "not-paid-before"
    NOT_TAKEN = "not-taken"
    MISSING = "missing"


@dataclass(frozen=True)
class Meaning:
    """`tells_claim` says that the claim takes it down as an event of its own; `owner` is who sees to it, None where the
    claim itself says who acts next, or nobody has to."""

    tells_claim: bool
    owner: Actor | None


MEANINGS: Final[Mapping[Found, Meaning]] = {
    Found.KNOWN: Meaning(tells_claim=False, owner=None),
    Found.KNOWN_RETURN: Meaning(tells_claim=False, owner=None),
    Found.MADE_UNANSWERED: Meaning(tells_claim=True, owner=None),
    Found.MADE_AFTER_ALL: Meaning(tells_claim=True, owner=None),
    Found.GIVEN_BACK: Meaning(tells_claim=True, owner=None),
    Found.SURPLUS_BACK: Meaning(tells_claim=False, owner=Actor.MANAGER),
    Found.NOT_OURS: Meaning(tells_claim=False, owner=Actor.MANAGER),
    Found.AMOUNT_DIFFERS: Meaning(tells_claim=False, owner=Actor.MANAGER),
    Found.PAID_TWICE: Meaning(tells_claim=False, owner=Actor.MANAGER),
    Found.NOT_PAID_BEFORE: Meaning(tells_claim=False, owner=Actor.MANAGER),
    Found.NOT_TAKEN: Meaning(tells_claim=False, owner=Actor.MANAGER),
    Found.MISSING: Meaning(tells_claim=False, owner=Actor.MANAGER),
}
"""Money that was given back opens the claim's own question: the bank is asked, then its handler sees to it."""
WITH_OWNER: Final = frozenset(found for found, meaning in MEANINGS.items() if meaning.owner is not None)


def compare(entry: Entry, payment: Payment | None, *, paid_before: bool, came_back: bool) -> Found:
    """Return what an entry is beside our payment, None where there is none of that id. `paid_before` tells that an
    earlier entry of the bank's says that this payment was paid; `came_back` that it is known, or stands in the same
    statement, that it was made and the money came back."""
    if payment is None:
        return Found.NOT_OURS
    if entry.fen != payment.fen:
        return Found.AMOUNT_DIFFERS
    if entry.kind is EntryKind.RETURNED:
        return _returned(payment)
    return Found.PAID_TWICE if paid_before else _paid(payment, came_back=came_back)


def _paid(payment: Payment, *, came_back: bool) -> Found:
    if payment.state in (PaymentState.MADE, PaymentState.SURPLUS) or payment.contradicted_at is not None:
        return Found.KNOWN
    if payment.state is PaymentState.FAILED:
        return Found.KNOWN if came_back else Found.MADE_AFTER_ALL
    return Found.MADE_UNANSWERED


def _returned(payment: Payment) -> Found:
    if payment.state is PaymentState.MADE:
        return Found.GIVEN_BACK
    if payment.state is PaymentState.SURPLUS:
        return Found.SURPLUS_BACK
    known = payment.state is PaymentState.FAILED or payment.contradicted_at is not None
    return Found.KNOWN_RETURN if known else Found.NOT_PAID_BEFORE
