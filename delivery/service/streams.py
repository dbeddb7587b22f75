"""The streams of deliveries (`dlv_...`) and the one of the route table: their events in the trail, their rows."""

from __future__ import annotations

from typing import Final, TypeAlias

from delivery.domain import Delivery, RouteTable, decide, decide_route, evolve, evolve_route
from delivery.domain.chats import ChatClosed, ChatOpened
from delivery.domain.command import Command
from delivery.domain.event import Event
from delivery.domain.events import EVENTS
from delivery.domain.parcel import PARCEL_EVENTS
from delivery.domain.print_run import RUN_EVENTS
from delivery.domain.refusal import broken
from delivery.domain.routes import RouteSet
from delivery.domain.stray_receipt import STRAY_EVENTS
from delivery.models import DeliveryRow
from delivery.service.projection import project_deliveries, project_delivery, project_routes
from esign.public.events import EventForms, Streams, holding

DELIVERY: Final = "dlv"
CHASE: Final = "chs"
ROUTES: Final = "delivery-routes"
"""The stream of the whole route table."""
FORMS: Final = EventForms[Event](
    (*EVENTS, RouteSet, ChatOpened, ChatClosed, *RUN_EVENTS, *PARCEL_EVENTS, *STRAY_EVENTS), broken=broken
)
"""Every text member has a form of its own (`delivery.domain.forms`): what is none of these cannot be written."""

DeliveryStreams: TypeAlias = Streams[Delivery | None, Command, Event]
RouteStreams: TypeAlias = Streams[RouteTable, Command, Event]


def delivery_of(proposal: str) -> str:
    """Return the id of a proposal's delivery: the same in every process and at every retry, so it is opened once."""
    return f"{DELIVERY}_{proposal.partition('_')[2]}"


def chase_of(delivery: str) -> str:
    """Return the id of a delivery's chase: there is one, whatever is retried."""
    return f"{CHASE}_{delivery.partition('_')[2]}"


def delivery_streams(*, kept: int = 0) -> DeliveryStreams:
    """Return the streams of deliveries, of which so many states are remembered: for whoever changes thousands."""
    return Streams(
        FORMS,
        prefix=f"{DELIVERY}_",
        start=None,
        decide=decide,
        evolve=evolve,
        project=project_delivery,
        project_many=project_deliveries,
        hold=holding(DeliveryRow),
        kept=kept,
    )


def route_streams() -> RouteStreams:
    return Streams(
        FORMS,
        prefix=ROUTES,
        start=RouteTable(),
        decide=decide_route,
        evolve=evolve_route,
        project=project_routes,
    )
