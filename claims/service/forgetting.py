"""What was erased links nobody: a claim leaves the index when its report is erased with the agreement's envelope."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from claims.models import AgreementOf
from claims.risk.index import ClaimIndex
from claims.service.office import Office
from esign.public.events import LoggedEvent

ERASED: Final = frozenset({"evidence.erased", "documents.erased"})


class Forgetting:
    """Forgets the links of claims whose report was erased."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def hear(self, session: Session, logged: LoggedEvent) -> None:
        """Forget the claims of an envelope that was erased; the consumer's handler. Doing it again changes nothing."""
        if logged.event.type not in ERASED:
            return
        envelope = str(logged.event.payload["envelope"])
        for claim in session.scalars(select(AgreementOf.claim).where(AgreementOf.envelope == envelope)).all():
            state = self._office.get(session, claim)
            if self._office.house.records.is_erased(session, state.reported.record):
                ClaimIndex(session).forget(claim)
