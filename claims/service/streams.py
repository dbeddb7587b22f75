"""The streams of claims (`clm_...`): their events in the trail, their rows."""

from __future__ import annotations

from typing import Final, TypeAlias

from claims.domain import Claim, decide, evolve
from claims.domain.command import Command
from claims.domain.event import Event
from claims.domain.events import EVENTS
from claims.domain.refusal import broken
from claims.models import ClaimRow
from claims.service.projection import project_claim, project_claims
from esign.public.events import EventForms, Streams, holding

CLAIM: Final = "clm"
REMEMBERED: Final = 5000
"""States that batches leave behind and the next batch asks for, at most."""
FORMS: Final = EventForms[Event](EVENTS, broken=broken)
"""Every text member has a form of its own (`claims.domain.forms`): what is none of these cannot be written."""

ClaimStreams: TypeAlias = Streams[Claim | None, Command, Event]


def claim_streams(kept: int = REMEMBERED) -> ClaimStreams:
    """Return the streams of claims; `kept` is how many states they remember that batches leave behind."""
    return Streams(
        FORMS,
        prefix=f"{CLAIM}_",
        start=None,
        decide=decide,
        evolve=evolve,
        project=project_claim,
        project_many=project_claims,
        hold=holding(ClaimRow),
        kept=kept,
    )
