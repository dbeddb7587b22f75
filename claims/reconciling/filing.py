"""Payment files for a bank (pain.001): every payment in one file, for ever, and a file written again is the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Final

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from claims.domain.state import find
from claims.domain.values import PaymentState
from claims.errors import PaymentFileRefused
from claims.models import PaymentOf
from claims.payment.pain001 import PAYMENTS_AT_MOST, Debtor, payment_file
from claims.payment.payees import parse_payee, plain_account
from claims.payment.port import PaymentOrder
from claims.reconciling.models import FiledPayment, PaymentFile
from claims.service.office import Office
from esign.public.events import read_streams
from esign.public.people import RecordErased
from esign.public.rows import among, table_of
from esign.public.values import encode_canonical

ORDERED: Final = "claim.payment-ordered"
LOOKED_AT_ONCE: Final = 1000


@dataclass(frozen=True)
class Written:
    """A payment file: its bytes, how many payments it holds, their sum in fen, and the ids of payments that it could
    not hold: the payee was erased, or the schema does not take a name or account. `again` tells that it was there."""

    content: bytes
    payments: int
    fen: int
    left_out: tuple[str, ...]
    again: bool


class PaymentFiles:
    """Writes them."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._house = office.house

    def write(self, id: str, debtor: Debtor, *, pay_on: date) -> Written:
        """Return the file `id` of payments that were made and that no file holds yet; at most `PAYMENTS_AT_MOST`.

        Under a known id it is the file of then. Raises `PaymentFileRefused`: `payment-file`, `payment-file-taken` where
        that id was written for another account or day, `payment-file-empty`, `payment-file-erased` where a payee of a
        known file is gone, `payment-file-busy` where somebody else writes one at this moment.
        """
        try:
            with self._house.database.transaction() as session:
                known = session.get(PaymentFile, id)
                return self._again(session, known, debtor, pay_on) if known else self._new(session, id, debtor, pay_on)
        except IntegrityError:  # a payment is in one file: whoever comes second finds it taken
            raise PaymentFileRefused(
                "payment-file-busy", "another payment file is written at this moment", "ask again when it is done"
            ) from None

    def _new(self, session: Session, id: str, debtor: Debtor, pay_on: date) -> Written:
        now = self._house.clock()
        orders, left_out = self._waiting(session, debtor, pay_on)
        if not orders:
            raise PaymentFileRefused(
                "payment-file-empty", "no payment waits for a file", "there is nothing to do until one is made"
            )
        content = payment_file(id, debtor, orders, made_at=now, pay_on=pay_on)
        session.add(PaymentFile(id=id, debtor=_digest(debtor), pay_on=pay_on, made_at=now))
        session.flush()
        session.add_all([FiledPayment(payment=one.payment, file=id) for one in orders])
        session.flush()
        return Written(content, len(orders), sum(one.fen for one in orders), tuple(left_out), again=False)

    def _again(self, session: Session, known: PaymentFile, debtor: Debtor, pay_on: date) -> Written:
        if (known.debtor, known.pay_on) != (_digest(debtor), pay_on):
            raise PaymentFileRefused(
                "payment-file-taken",
                "a file of this id was written for another account or day",
                "give the account and day of that file, or another id",
            )
        chosen = select(FiledPayment.payment).where(FiledPayment.file == known.id).order_by(FiledPayment.payment)
        payments = list(session.scalars(chosen))
        orders = [one for part in _parts(payments) for one in self._orders(session, part, made=False).values()]
        missing = [one for one in payments if one not in {order.payment for order in orders}]
        if missing:
            raise PaymentFileRefused(
                "payment-file-erased",
                f"the payee of {missing[0]} was erased since the file was written",
                "use the file as it was written then",
            )
        content = payment_file(known.id, debtor, orders, made_at=known.made_at, pay_on=pay_on)
        return Written(content, len(orders), sum(one.fen for one in orders), (), again=True)

    def _waiting(self, session: Session, debtor: Debtor, pay_on: date) -> tuple[list[PaymentOrder], list[str]]:
        """Return what a new file holds, in the order of the ids, and what it cannot hold."""
        orders: list[PaymentOrder] = []
        left_out: list[str] = []
        last = ""
        while len(orders) < PAYMENTS_AT_MOST:
            unfiled = ~select(FiledPayment.payment).where(FiledPayment.payment == PaymentOf.id).exists()
            chosen = select(PaymentOf.id).where(PaymentOf.id > last, unfiled).order_by(PaymentOf.id)
            part = list(session.scalars(chosen.limit(LOOKED_AT_ONCE)))
            if not part:
                break
            last = part[-1]
            found = self._orders(session, part, made=True, left_out=left_out)
            for order in self._taken(debtor, pay_on, found, left_out):
                orders.append(order)
        return orders[:PAYMENTS_AT_MOST], left_out

    def _taken(
        self, debtor: Debtor, pay_on: date, found: Mapping[str, PaymentOrder], left_out: list[str]
    ) -> Iterator[PaymentOrder]:
        """Yield those that the schema takes: all at once where it can be, one by one where one of them is refused."""
        if not found:
            return
        try:
            payment_file("check", debtor, list(found.values()), made_at=self._house.clock(), pay_on=pay_on)
        except PaymentFileRefused:
            payment_file("check", debtor, [_anybody()], made_at=self._house.clock(), pay_on=pay_on)  # the debtor itself
        else:
            yield from found.values()
            return
        for order in found.values():
            try:
                payment_file("check", debtor, [order], made_at=self._house.clock(), pay_on=pay_on)
            except PaymentFileRefused:
                left_out.append(order.payment)
            else:
                yield order

    def _orders(
        self, session: Session, payments: Sequence[str], *, made: bool, left_out: list[str] | None = None
    ) -> dict[str, PaymentOrder]:
        """Return the orders as they were given, by payment; with `made` those alone that the bank made and keeps."""
        rows = session.scalars(select(PaymentOf).where(among(session, table_of(PaymentOf).c.id, payments))).all()
        claims = {row.id: row.claim for row in rows}
        states = self._office.claims.read_many(session, sorted(set(claims.values())))
        ordered = {
            str(event.payload["payment"]): event
            for events in read_streams(session, sorted(set(claims.values())), types=(ORDERED,)).values()
            for event in events
        }
        orders: dict[str, PaymentOrder] = {}
        for payment in sorted(claims):
            state, event = states[claims[payment]].state, ordered.get(payment)
            known = None if state is None else find(state.payments, payment)
            if event is None or known is None or (made and known.state is not PaymentState.MADE):
                continue
            try:
                payee = parse_payee(self._house.records.read(session, str(event.payload["payee"])))
            except RecordErased:
                if left_out is not None:
                    left_out.append(payment)
                continue
            orders[payment] = PaymentOrder(payment, known.fen, payee.name, payee.bank_code, payee.account)
        return orders


def _anybody() -> PaymentOrder:
    """A payment that the schema takes: what it then refuses is the debtor or the id."""
    return PaymentOrder("pay_check", 1, "某人", "102100099996", "6200000000000000")


def _parts(payments: Sequence[str]) -> Iterator[Sequence[str]]:
    yield from (payments[start : start + LOOKED_AT_ONCE] for start in range(0, len(payments), LOOKED_AT_ONCE))


def _digest(debtor: Debtor) -> str:
    told = {"name": debtor.name, "bank_code": debtor.bank_code, "account": plain_account(debtor.account)}
    return sha256(encode_canonical(told)).hexdigest()
