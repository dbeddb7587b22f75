"""Payments of ours that the bank's statement of their days lacks: answered as made, and booked nowhere.

A bank may book a payment a day later than it answers. So a statement is asked for what was made until a day before its
end, and since a day before its beginning: statements that follow one another ask for every moment once.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from typing import Final

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from claims.domain.state import find
from claims.domain.values import PaymentState
from claims.models import PaymentOf
from claims.payment.statement import Covers, EntryKind, Statement
from claims.reconciling.comparing import MEANINGS, Found
from claims.reconciling.models import StatementEntry
from claims.service.office import Office
from esign.public.events import read_streams, retried

BOOKED_LATER: Final = timedelta(days=1)
MISSING: Final = "missing"
"""The kind of such a row, and what begins its number: no bank gave it one."""
MADE: Final = "claim.payment-made"
AT_ONCE: Final = 500


class MissingPayments:
    """Finds them, and has a manager see to each."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._house = office.house

    def take_down(self, statement: Statement) -> int:
        """Take down what this statement lacks, once its entries were taken; return how many are new.

        A statement that does not say which days it covers lacks nothing. Again changes nothing.
        """
        if statement.covers is None:
            return 0
        with self._house.database.reading() as session:
            lacking = list(self._lacking(session, statement.covers))
        return sum(self._take_down(statement.id, payment, claim) for payment, claim in lacking)

    def _lacking(self, session: Session, covers: Covers) -> Iterator[tuple[str, str]]:
        """Yield payments and their claims that were made in these days and that no entry, nor an earlier row, names."""
        named = exists().where(
            StatementEntry.payment == PaymentOf.id, StatementEntry.kind.in_((EntryKind.PAID.value, MISSING))
        )
        unnamed = session.scalars(select(PaymentOf).where(~named))
        claim_of = {one.id: one.claim for one in unnamed}
        claims, since, until = sorted(set(claim_of.values())), covers.since - BOOKED_LATER, covers.until - BOOKED_LATER
        for start in range(0, len(claims), AT_ONCE):
            for claim, told in read_streams(session, claims[start : start + AT_ONCE], types=(MADE,)).items():
                made = {str(one.payload["payment"]) for one in told if since <= one.time < until}
                yield from ((payment, claim) for payment in sorted(made) if claim_of.get(payment) == claim)

    def _take_down(self, statement: str, payment: str, claim: str) -> bool:
        """Take one down, unless the money came back meanwhile or somebody was quicker; tell whether it is new."""

        def work(session: Session) -> bool:
            self._office.claims.hold(session, claim)
            state, entry = self._office.get(session, claim), f"{MISSING}-{payment}"
            ours = find(state.payments, payment)
            if ours is None or ours.state is not PaymentState.MADE or session.get(StatementEntry, entry) is not None:
                return False
            owner = MEANINGS[Found.MISSING].owner
            session.add(
                StatementEntry(
                    entry=entry,
                    statement=statement,
                    digest=sha256(entry.encode()).hexdigest(),
                    kind=MISSING,
                    found=Found.MISSING.value,
                    payment=payment,
                    claim=claim,
                    institution=state.institution,
                    fen=ours.fen,
                    ours=ours.fen,
                    owner=None if owner is None else owner.value,
                    taken_at=self._house.clock(),
                )
            )
            session.flush()
            return True

        return retried(self._house.database, work)
