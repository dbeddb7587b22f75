"""The link on a cover sheet: to the receipt that the customer signs by themselves, at `/r/delivery/<link>`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from sqlalchemy import select
from sqlalchemy.orm import Session

from delivery.domain import Delivery
from delivery.models import EnvelopeOf
from esign.public.envelopes import RecipientRole, Refusal
from esign.public.house import House

LinkOf: TypeAlias = Callable[[Session, House, str, Delivery], str | None]
"""Returns the address at which the customer signs the receipt of a delivery, None where there is none."""


def applicant_of(house: House, session: Session, delivery: str) -> str | None:
    """Return the record of the applicant, as they signed the application; None where no envelope tells."""
    belonging = select(EnvelopeOf.envelope).where(EnvelopeOf.delivery == delivery).order_by(EnvelopeOf.envelope)
    for envelope in session.scalars(belonging):
        try:
            recipients = house.envelopes.get(session, envelope).recipients
        except Refusal:
            continue
        for one in recipients:
            if one.plan.role is RecipientRole.APPLICANT:
                return one.plan.person
    return None


def receipt_link(session: Session, house: House, delivery: str, state: Delivery) -> str | None:
    """Return the address of the customer's page about this delivery, None where nobody is known to whom it leads."""
    del state
    person = applicant_of(house, session, delivery)
    if person is None:
        return None
    return f"{house.public_url.rstrip('/')}/r/delivery/{house.links.link(delivery, person)}"
