"""The streams of proposals (`prp_...`) and service requests (`srq_...`): their events in the trail, their rows."""

from __future__ import annotations

from typing import Final, TypeAlias

from esign.public.events import EventForms, Streams, holding
from policy.domain import Proposal, Request, decide, decide_request, evolve, evolve_request
from policy.domain.commands import Command
from policy.domain.event import Event
from policy.domain.events import EVENTS
from policy.domain.refusal import broken
from policy.domain.request_events import REQUEST_EVENTS
from policy.models import ProposalRow, RequestRow
from policy.service.projection import project_proposal, project_request

PROPOSAL: Final = "prp"
REQUEST: Final = "srq"
FORMS: Final = EventForms[Event]((*EVENTS, *REQUEST_EVENTS), broken=broken)
"""Every text member has a form of its own (`policy.domain.forms`): what is none of these cannot be written."""

ProposalStreams: TypeAlias = Streams[Proposal | None, Command, Event]
RequestStreams: TypeAlias = Streams[Request | None, Command, Event]


def proposal_streams() -> ProposalStreams:
    return Streams(
        FORMS,
        prefix=f"{PROPOSAL}_",
        start=None,
        decide=decide,
        evolve=evolve,
        project=project_proposal,
        hold=holding(ProposalRow),
    )


def request_streams() -> RequestStreams:
    return Streams(
        FORMS,
        prefix=f"{REQUEST}_",
        start=None,
        decide=decide_request,
        evolve=evolve_request,
        project=project_request,
        hold=holding(RequestRow),
    )
