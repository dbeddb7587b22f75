"""The streams of proposals (`prp_...`) and service requests (`srq_...`): their events in the trail, their rows."""

from __future__ import annotations

import re
from typing import Final, TypeAlias

from esign.public.events import EventForms, Streams, holding
from policy.domain import Proposal, Request, decide, decide_request, evolve, evolve_request
from policy.domain.commands import Command
from policy.domain.event import Event
from policy.domain.events import EVENTS
from policy.domain.refusal import broken
from policy.domain.request_events import REQUEST_EVENTS
from policy.models import ProposalRow, RequestRow
from policy.projection import project_proposal, project_request

PROPOSAL: Final = "prp"
REQUEST: Final = "srq"
WORDS: Final = re.compile(
    r"[a-z]{2,8}_[0-9A-Za-z_-]{1,64}|[a-z][a-z0-9-]{0,63}|[0-9a-f]{64}|[0-9]{4}[0-9.-]{1,12}|[A-Z]{2}[0-9]{6,18}",
    re.ASCII,
)
"""What a text in an event may be: an id, a code, a digest, a day or version, a policy number. `policy.domain.forms`
says which of these each member is; `decide` refuses whatever is not."""
FORMS: Final = EventForms[Event]((*EVENTS, *REQUEST_EVENTS), words=WORDS, broken=broken)

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
