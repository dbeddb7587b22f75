"""Which deliveries a member of staff sees: their own sales, or those of their institution and all below it."""

from __future__ import annotations

from typing import Final

from sqlalchemy import ColumnElement, false, or_
from sqlalchemy.orm import Session

from delivery.domain.refusal import refusal
from delivery.models import DeliveryRow
from esign.public.console import Caller, Role, institution_and_below

BELOW: Final = frozenset({Role.SUPERVISOR, Role.OPERATIONS, Role.CLERK})
"""Roles that see what belongs to their institution and all below it, and not their own sales alone."""


def seen_by(session: Session, who: Caller) -> ColumnElement[bool]:
    """Return the condition over `DeliveryRow` that says what the caller sees."""
    choices: list[ColumnElement[bool]] = []
    if Role.SALES in who.roles:
        choices.append(DeliveryRow.salesperson == who.member)
    if not BELOW.isdisjoint(who.roles):
        choices.append(DeliveryRow.institution.in_(sorted(institution_and_below(session, who.institution))))
    return or_(*choices) if choices else false()


def require_seen(session: Session, who: Caller, delivery: str) -> DeliveryRow:
    """Return the row of a delivery that the caller sees. Raises `DeliveryRefused` (`no-delivery`) for any other."""
    row = session.get(DeliveryRow, delivery)
    if row is None or not _sees(session, who, row):
        raise refusal("no-delivery")
    return row


def _sees(session: Session, who: Caller, row: DeliveryRow) -> bool:
    if Role.SALES in who.roles and row.salesperson == who.member:
        return True
    return not BELOW.isdisjoint(who.roles) and row.institution in institution_and_below(session, who.institution)
