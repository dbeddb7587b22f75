"""Whose claim it is: the client of the API that reported it, or registered the policy that a link is about."""

from __future__ import annotations

from sqlalchemy.orm import Session

from claims.models import ClaimRow
from claims.parts_supply.models import QuoteRow
from claims.selfservice.models import InvitationToReport


def client_of(session: Session, subject: str) -> str | None:
    """Return the client whose a claim is, an invitation to report, or what a shop is asked to quote for; else None."""
    quote = session.get(QuoteRow, subject)
    row = session.get(ClaimRow, subject if quote is None else quote.claim)
    if row is not None:
        return row.client
    invitation = session.get(InvitationToReport, subject)
    return None if invitation is None else invitation.client
