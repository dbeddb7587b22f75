"""The simulated bank that pays claims: its books are in the database, so that every process asks one bank.

It is a stand-in: nobody's money moves, and every answer says so. What it does with an account is told by its last
digits (`claims.payment.port.CONDUCT`), so that a demonstration and a test can have every trouble that a bank can make.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims.models import PaymentEntry
from claims.payment.port import (
    CONDUCT,
    Conduct,
    PaymentAnswer,
    PaymentNotTaken,
    PaymentOrder,
    PaymentOutcome,
    PaymentSilent,
)
from claims.payment.statement import ENTRIES_AT_MOST, Entry, EntryKind, Statement
from esign.public.rows import Database, among, insert_rows, table_of
from esign.public.values import encode_canonical

PAYMENT, AGAIN, CORRECTION, RETURN = "payment", "again", "correction", "return"
UNASKED: Final = (AGAIN, CORRECTION, RETURN)
ENTRY: Final = "sim"
"""What begins the numbers of entries in a statement: no real bank's are taken for them."""
_COLUMNS: Final = ("id", "kind", "ordered", "fen", "outcome", "reason")
_BOOKS: Final = table_of(PaymentEntry)
_KNOWN: Final = select(_BOOKS.c.id).where(_BOOKS.c.kind == PAYMENT)
LOOKED_BACK: Final = 1000
"""How many entries behind the newest are looked at again for one that was not visible yet."""


class PayingBooks:
    """A `PaymentPort` that keeps its books in the tables of the room."""

    simulated: Final = True

    def __init__(self, database: Database) -> None:
        self._database = database
        self._heard = 0
        self._told: frozenset[int] = frozenset()
        """The highest number of an entry that this process was told of, and which of the `LOOKED_BACK` before it were:
        numbers are drawn in one order and become visible in another, where two transactions are open at once."""

    def pay(self, order: PaymentOrder) -> PaymentAnswer:
        with self._database.transaction() as session:
            answer = self._take(session, order)
        if answer is None:
            raise PaymentSilent
        return answer

    def pay_many(self, orders: Sequence[PaymentOrder]) -> Mapping[str, PaymentAnswer]:
        said: dict[str, PaymentAnswer | None] = {}
        with self._database.transaction() as session:
            known = set(session.scalars(_KNOWN.where(among(session, _BOOKS.c.id, [one.payment for one in orders]))))
            new = {one.payment: one for one in reversed(orders) if one.payment not in known}
            rows = [row for order in new.values() for row in _rows(order)]
            insert_rows(session, _BOOKS, _COLUMNS, rows)
            for one in orders:
                said[one.payment] = self._said(one) if new.get(one.payment) is one else self._take(session, one)
        return {payment: answer for payment, answer in said.items() if answer is not None}

    def _take(self, session: Session, order: PaymentOrder) -> PaymentAnswer | None:
        """Enter a payment in the books; return the answer, None where the bank falls silent."""
        known = _find(session, order.payment, PAYMENT)
        if known is not None:
            if known.order != _digest(order):
                raise PaymentNotTaken("payment-order-differs", "this payment was ordered otherwise", "take another id")
            return self._present(session, known)
        insert_rows(session, _BOOKS, _COLUMNS, _rows(order))
        return self._said(order)

    def _said(self, order: PaymentOrder) -> PaymentAnswer | None:
        """Return what the bank says of an order that it just took, None where it falls silent."""
        conduct = _conduct(order)
        if not (conduct.arrives and conduct.answers):
            return None
        return PaymentAnswer(order.payment, order.fen, _outcome(conduct), conduct.reason, self.simulated)

    def find(self, id: str) -> PaymentAnswer | None:
        with self._database.reading() as session:
            known = _find(session, id, PAYMENT)
            return None if known is None else self._present(session, known)

    def unasked(self) -> tuple[PaymentAnswer, ...]:
        """Return what it says by itself since this process last listened."""
        since = self._heard - LOOKED_BACK
        with self._database.reading() as session:
            chosen = select(PaymentEntry).where(PaymentEntry.number > since, PaymentEntry.kind.in_(UNASKED))
            entries = session.scalars(chosen.order_by(PaymentEntry.number)).all()
            told, self._told = self._told, frozenset(entry.number for entry in entries)
            self._heard = max([self._heard, *self._told])
            return tuple(self._answer(entry) for entry in entries if entry.number not in told)

    def statement(self, after: int = 0) -> Statement:
        """Return what was booked behind entry `after`: payments that were made, also late, and money given back.

        What was only said again moved nothing, and is not in it. `ENTRIES_AT_MOST` at once, the oldest first.
        """
        moved = (PaymentEntry.kind == RETURN) | (
            PaymentEntry.kind.in_((PAYMENT, CORRECTION)) & (PaymentEntry.outcome == PaymentOutcome.MADE.value)
        )
        chosen = select(PaymentEntry).where(PaymentEntry.number > after, moved)
        with self._database.reading() as session:
            found = session.scalars(chosen.order_by(PaymentEntry.number).limit(ENTRIES_AT_MOST)).all()
            entries = tuple(_booked(one) for one in found)
        last = entries[-1].entry.removeprefix(ENTRY) if entries else after
        return Statement(f"sim-{after}-{last}", entries)

    def _present(self, session: Session, entry: PaymentEntry) -> PaymentAnswer:
        """Return what holds of an entry now: its correction or return, if there is one."""
        later = _find(session, entry.id, CORRECTION) or _find(session, entry.id, RETURN)
        return self._answer(later or entry)

    def _answer(self, entry: PaymentEntry) -> PaymentAnswer:
        return PaymentAnswer(entry.id, entry.fen, PaymentOutcome(entry.outcome), entry.reason, self.simulated)


def _booked(row: PaymentEntry) -> Entry:
    kind = EntryKind.RETURNED if row.kind == RETURN else EntryKind.PAID
    return Entry(f"{ENTRY}{row.number}", kind, row.id, row.fen)


def _find(session: Session, id: str, kind: str) -> PaymentEntry | None:
    return session.scalars(select(PaymentEntry).filter_by(id=id, kind=kind)).one_or_none()


def _conduct(order: PaymentOrder) -> Conduct:
    return CONDUCT.get(order.account[-4:], Conduct())


def _outcome(conduct: Conduct) -> PaymentOutcome:
    return PaymentOutcome.MADE if conduct.reason is None else PaymentOutcome.FAILED


def _rows(order: PaymentOrder) -> list[tuple[object, ...]]:
    """Return what is booked of an order, by `_COLUMNS`: nothing of one that never arrives."""
    conduct, digest = _conduct(order), _digest(order)
    booked: list[tuple[str, PaymentOutcome, str | None]] = []
    if conduct.arrives:
        booked.append((PAYMENT, _outcome(conduct), conduct.reason))
        if conduct.again:
            booked.append((AGAIN, _outcome(conduct), conduct.reason))
        if conduct.corrects:
            booked.append((CORRECTION, PaymentOutcome.MADE, None))
        if conduct.returns:
            booked.append((RETURN, PaymentOutcome.FAILED, "returned"))
    return [(order.payment, kind, digest, order.fen, outcome.value, reason) for kind, outcome, reason in booked]


def _digest(order: PaymentOrder) -> bytes:
    """Return a digest of all that was ordered: the same order again is told from another one, and nothing is kept."""
    return sha256(encode_canonical(vars(order))).digest()
