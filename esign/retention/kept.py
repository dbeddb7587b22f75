"""What is kept of an envelope, and until when: by the rules of today, what was told of the contract, and holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy.orm import Session

from esign.retention.holds import is_held
from esign.retention.models import RetainedEnvelope
from esign.retention.periods import day_of
from esign.retention.projection import UNFINISHED
from esign.retention.rules import Kind, Of, Rule, Rules, Term

KINDS: Final = (Kind.DOCUMENTS, Kind.EVIDENCE, Kind.PHOTO)
"""What an envelope leaves."""


@dataclass(frozen=True)
class Kept:
    """One kind. `until` is the last day of keeping; None where that is not known yet: held until the contract's end is
    told. `demanded`: a law demands keeping. `rule` is None while the envelope goes on or its term is not told."""

    kind: Kind
    until: date | None
    demanded: bool
    rule: Rule | None

    def is_over(self, today: date) -> bool:
        return self.until is not None and self.until < today


@dataclass(frozen=True)
class KeptOfEnvelope:
    """All of it; `held` tells that a legal hold is on the envelope, and nothing is erased."""

    envelope: str
    is_over: bool
    is_completed: bool
    term: Term | None
    ended_on: date | None
    held: bool
    kept: Sequence[Kept]

    def of(self, kind: Kind) -> Kept | None:
        """Return what is kept of this kind, None for what is not, or not any more."""
        return next((one for one in self.kept if one.kind is kind), None)

    def over(self, today: date) -> Sequence[Kept]:
        """Return what is to be erased: nothing under a hold."""
        return () if self.held else [one for one in self.kept if one.is_over(today)]


def kept_of(session: Session, rules: Rules, row: RetainedEnvelope, *, now: datetime) -> KeptOfEnvelope:
    """Return what is kept of the row's envelope."""
    today = day_of(now)
    term = Term(row.term) if row.term is not None and row.term != UNFINISHED else None
    kept = [_kept(rules, row, kind, today) for kind in KINDS if _is_there(row, kind)]
    return KeptOfEnvelope(
        envelope=row.envelope,
        is_over=row.outcome is not None,
        is_completed=row.outcome == "completed",
        term=term,
        ended_on=None if row.ended_on is None else date.fromisoformat(row.ended_on),
        held=is_held(session, row.envelope),
        kept=kept,
    )


def rule_for(rules: Rules, kind: Kind, outcome: str | None, term: str | None, today: date) -> Rule | None:
    """Return the rule for this kind of an envelope, by how it ended and what was told of the contract's term; None
    while that is not decided."""
    if outcome is None:
        return None
    if outcome != "completed":
        return rules.for_(kind, Of.UNFINISHED, None, today)
    if kind is Kind.PHOTO:
        return rules.for_(kind, Of.COMPLETED, None, today)
    return None if term is None else rules.for_(kind, Of.COMPLETED, Term(term), today)


def _kept(rules: Rules, row: RetainedEnvelope, kind: Kind, today: date) -> Kept:
    rule = rule_for(rules, kind, row.outcome, row.term, today)
    begun = _begun(row, kind)
    if rule is None or begun is None:
        # Nobody has told the contract's end: whatever its term, a law demands keeping.
        return Kept(kind, None, row.outcome in {None, "completed"} and kind is not Kind.PHOTO, rule)
    return Kept(kind, rule.until(begun), rule.demanded, rule)


def _begun(row: RetainedEnvelope, kind: Kind) -> date | None:
    """Return the day from which keeping is counted, None where it is not known."""
    if kind is Kind.PHOTO:
        return None if row.photos_since is None else day_of(row.photos_since)
    return None if row.counts_from is None else date.fromisoformat(row.counts_from)


def _is_there(row: RetainedEnvelope, kind: Kind) -> bool:
    if kind is Kind.PHOTO:
        return row.photos_since is not None
    return (row.erased_at if kind is Kind.EVIDENCE else row.documents_erased_at) is None
