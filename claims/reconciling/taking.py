"""A bank's statement is taken in: each entry once, with what follows for its claim in the same transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims.domain import Claim
from claims.domain import commands as c
from claims.domain.state import Payment, find
from claims.domain.values import PaymentState
from claims.errors import ClaimRefused, StatementRefused
from claims.models import PaymentOf
from claims.payment.statement import Entry, EntryKind, Statement
from claims.reconciling.comparing import MEANINGS, Found, compare
from claims.reconciling.missing import MADE, MissingPayments
from claims.reconciling.models import StatementEntry
from claims.service.office import ACTOR, Office
from esign.public.events import read_streams, retried

RETURNED: Final = "returned"


@dataclass(frozen=True)
class Reconciled:
    """What came of a statement: how many entries were what, what it lacks, and how many had been taken before."""

    statement: str
    found: Mapping[Found, int]
    before: int


class Reconciling:
    """Takes statements."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._house = office.house

    def take(self, statement: Statement) -> Reconciled:
        """Take every entry that is new; a fall in between leaves whole entries, and the same file goes on from there.

        Raises `StatementRefused` (`bank-entry-differs`) where an entry said something else before: nothing is taken.
        """
        with self._house.database.reading() as session:
            for entry in statement.entries:
                _require_same(session.get(StatementEntry, entry.entry), entry)
        returned = {one.reference for one in statement.entries if one.kind is EntryKind.RETURNED}
        found = Counter(self._take(statement.id, one, came_back=one.reference in returned) for one in statement.entries)
        before = found.pop(None, 0)
        if (missing := MissingPayments(self._office).take_down(statement)) > 0:
            found[Found.MISSING] = missing
        return Reconciled(statement.id, {one: number for one, number in found.items() if one is not None}, before)

    def _take(self, statement: str, entry: Entry, *, came_back: bool) -> Found | None:
        """Take an entry; return what it is, None where it was taken before."""

        def work(session: Session) -> Found | None:
            of = None if entry.payment is None else session.get(PaymentOf, entry.payment)
            if of is not None:
                self._office.claims.hold(session, of.claim)
            known = session.get(StatementEntry, entry.entry)
            _require_same(known, entry)
            if known is not None:
                return None
            row = StatementEntry(
                entry=entry.entry,
                statement=statement,
                digest=entry.digest,
                kind=entry.kind.value,
                payment=entry.payment,
                fen=entry.fen,
                taken_at=self._house.clock(),
            )
            found = Found.NOT_OURS if of is None else self._of_claim(session, of.claim, entry, row, came_back)
            owner = MEANINGS[found].owner
            row.found, row.owner = found.value, None if owner is None else owner.value
            session.add(row)
            session.flush()
            return found

        return retried(self._house.database, work)

    def _of_claim(self, session: Session, claim: str, entry: Entry, row: StatementEntry, came_back: bool) -> Found:
        state = self._office.get(session, claim)
        payment = find(state.payments, entry.reference)
        row.claim, row.institution = claim, state.institution
        row.ours = None if payment is None else payment.fen
        paid = select(StatementEntry.entry).where(
            StatementEntry.payment == entry.payment, StatementEntry.kind == EntryKind.PAID.value
        )
        before = session.scalars(paid.limit(1)).first() is not None
        back = came_back or self._was_made(session, claim, payment)
        found = compare(entry, payment, paid_before=before, came_back=back)
        if not MEANINGS[found].tells_claim:
            return found
        try:
            self._office.execute(session, claim, self._command(session, state, entry, found), actor=ACTOR)
        except ClaimRefused:  # it contradicts what is settled: somebody has to talk to the bank
            return Found.NOT_TAKEN
        return found

    @staticmethod
    def _was_made(session: Session, claim: str, payment: Payment | None) -> bool:
        """Tell of a payment that failed whether the claim had heard that it was made: then the money came back."""
        if payment is None or payment.state is not PaymentState.FAILED:
            return False
        made = read_streams(session, (claim,), types=(MADE,)).get(claim, [])
        return any(one.payload["payment"] == payment.id for one in made)

    def _command(self, session: Session, state: Claim, entry: Entry, found: Found) -> c.Command:
        at = self._office.now(session, state)
        if found is Found.GIVEN_BACK:
            return c.RecordPaymentFailed(at=at, payment=entry.reference, reason=RETURNED)
        return c.RecordPaid(at=at, payment=entry.reference, fen=entry.fen)


def _require_same(known: StatementEntry | None, entry: Entry) -> None:
    if known is not None and known.digest != entry.digest:
        raise StatementRefused(
            "bank-entry-differs",
            f"the bank's entry {entry.entry} said something else in an earlier statement",
            "ask the bank which of the two holds; nothing of this statement was taken",
        )
