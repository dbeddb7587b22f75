"""The simulated bank of a service: its books are in the database, so that every process asks one bank.

It is a stand-in: nobody's money moves, and every answer says so. What it does with an account is told by its last
digits (`policy.bank.port.CONDUCT`), so that a demonstration and a test can have every trouble that a bank can make.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from esign.public.rows import Database
from esign.public.values import encode_canonical
from policy.bank.port import CONDUCT, BankAnswer, BankOutcome, BankRefused, BankSilent, Conduct, DebitOrder, RefundOrder
from policy.models import BankEntry

DEBIT, REFUND, AGAIN, CORRECTION = "debit", "refund", "again", "correction"
LOOKED_BACK: Final = 1000
"""How many entries behind the newest are looked at again for one that was not visible yet."""


class BookedBank:
    """A `DebitPort` that keeps its books in the tables of the room."""

    simulated: Final = True

    def __init__(self, database: Database) -> None:
        self._database = database
        self._heard = 0
        self._told: frozenset[int] = frozenset()
        """The highest number of an entry that this process was told of, and which of the `LOOKED_BACK` before it were:
        numbers are drawn in one order and become visible in another, where two transactions are open at once."""

    def collect(self, order: DebitOrder) -> BankAnswer:
        conduct, digest = CONDUCT.get(order.account[-4:], Conduct()), _digest(order)
        with self._database.transaction() as session:
            known = _find(session, order.debit, DEBIT)
            if known is not None:
                if known.order != digest:
                    raise BankRefused("debit-differs", "this debit was ordered otherwise", "take another id")
                return self._present(session, known)
            if not conduct.arrives:
                raise BankSilent
            outcome = BankOutcome.MADE if conduct.reason is None else BankOutcome.FAILED
            entry = _entry(DEBIT, order.debit, order.debit, digest, order.fen, outcome, conduct.reason)
            session.add(entry)
            session.flush()
            if conduct.again:
                session.add(_entry(AGAIN, order.debit, order.debit, digest, order.fen, outcome, conduct.reason))
            if conduct.corrects:
                made = _entry(CORRECTION, order.debit, order.debit, digest, order.fen, BankOutcome.MADE, None)
                session.add(made)
            answer = self._answer(entry)
        if not conduct.answers:
            raise BankSilent
        return answer

    def refund(self, order: RefundOrder) -> BankAnswer:
        digest = _digest(order)
        with self._database.transaction() as session:
            known = _find(session, order.refund, REFUND)
            if known is not None:
                if known.order != digest:
                    raise BankRefused("refund-differs", "this refund was ordered otherwise", "take another id")
                return self._answer(known)
            if order.fen <= 0 or self._collected(session, order.debit) - _refunded(session, order.debit) < order.fen:
                raise BankRefused(
                    "refund-unfounded", "there is not so much money of this debit", "check the debit and the amount"
                )
            entry = _entry(REFUND, order.refund, order.debit, digest, order.fen, BankOutcome.MADE, None)
            session.add(entry)
            return self._answer(entry)

    def find(self, id: str) -> BankAnswer | None:
        with self._database.reading() as session:
            known = _find(session, id, DEBIT) or _find(session, id, REFUND)
            return None if known is None else self._present(session, known)

    def unasked(self) -> tuple[BankAnswer, ...]:
        """Return what it says by itself since this process last listened: answers a second time, and corrections."""
        since = self._heard - LOOKED_BACK
        with self._database.reading() as session:
            chosen = select(BankEntry).where(BankEntry.number > since, BankEntry.kind.in_((AGAIN, CORRECTION)))
            entries = session.scalars(chosen.order_by(BankEntry.number)).all()
            told, self._told = self._told, frozenset(entry.number for entry in entries)
            self._heard = max([self._heard, *self._told])
            return tuple(self._answer(entry) for entry in entries if entry.number not in told)

    def _present(self, session: Session, entry: BankEntry) -> BankAnswer:
        """Return what holds of an entry now: its correction, if there is one."""
        return self._answer(_find(session, entry.id, CORRECTION) or entry)

    def _collected(self, session: Session, debit: str) -> int:
        known = _find(session, debit, DEBIT)
        answer = None if known is None else self._present(session, known)
        return answer.fen if answer is not None and answer.outcome is BankOutcome.MADE else 0

    def _answer(self, entry: BankEntry) -> BankAnswer:
        return BankAnswer(entry.id, entry.fen, BankOutcome(entry.outcome), entry.reason, self.simulated)


def _find(session: Session, id: str, kind: str) -> BankEntry | None:
    return session.scalars(select(BankEntry).filter_by(id=id, kind=kind)).one_or_none()


def _refunded(session: Session, debit: str) -> int:
    chosen = select(func.coalesce(func.sum(BankEntry.fen), 0)).where(BankEntry.debit == debit, BankEntry.kind == REFUND)
    return int(session.scalar(chosen) or 0)


def _entry(
    kind: str, id: str, debit: str, order: bytes, fen: int, outcome: BankOutcome, reason: str | None
) -> BankEntry:
    return BankEntry(kind=kind, id=id, debit=debit, order=order, fen=fen, outcome=outcome.value, reason=reason)


def _digest(order: DebitOrder | RefundOrder) -> bytes:
    """Return a digest of all that was ordered: the same order again is told from another one, and nothing is kept."""
    return sha256(encode_canonical(vars(order))).digest()
