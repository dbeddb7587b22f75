"""The room as the composition root takes it: what is so whether or not it is open, and what it does in a process."""

from __future__ import annotations

from typing import Final

from delivery.codes import CODES
from delivery.errors import DeliveryRefused
from delivery.figures.models import LotRow, UntilRow, WayRow
from delivery.figures.projecting import figures_projection
from delivery.models import DeliveryRow, EnvelopeOf, ParcelRow, PrintFile, PrintLine, PrintRunRow, RouteRow
from delivery.pages.console import console_part
from delivery.pages.paper_trade import paper_trade
from delivery.printing.runs import PRINT, PrintRuns
from delivery.service.deliveries import Deliveries
from delivery.service.hearing import Hearing
from delivery.service.keeping import files_erased, records_about
from delivery.service.routing import Routing
from delivery.service.streams import FORMS
from delivery.service.sweeping import REMIND, Sweeping
from delivery.service.telling import MESSAGES
from esign.public.events import Consumer
from esign.public.house import House
from esign.public.room import Room, RoomParts
from esign.public.work import Beat

SWEEP_SECONDS: Final = 60.0


def open_room(house: House) -> RoomParts:
    """Return what the room does over what a process has open."""
    deliveries = Deliveries(house)
    sweeping = Sweeping(deliveries)
    routing = Routing(house)
    runs = PrintRuns(deliveries, routing)
    return RoomParts(
        console=console_part(deliveries, paper_trade(deliveries, routing, runs)),
        consumers=(Consumer("delivery-policies", Hearing(deliveries).hear), figures_projection()),
        cleanings=(runs.clean,),
        jobs=(
            house.tasks.job(REMIND, sweeping.remind, sweeping.give_up),
            house.tasks.job(PRINT, runs.make, runs.give_up, final=(DeliveryRefused,)),
        ),
        beats=(Beat("delivery sweep", SWEEP_SECONDS, sweeping.sweep),),
    )


ROOM: Final = Room(
    "delivery",
    "delivery",
    FORMS.vocabulary,
    open=open_room,
    changing=(
        *(DeliveryRow, EnvelopeOf, RouteRow, PrintRunRow, PrintLine, PrintFile, ParcelRow),
        *(WayRow, LotRow, UntilRow),
    ),
    codes=CODES,
    messages=MESSAGES,
    records_about=records_about,
    erasures={"print-run.file-erased": files_erased},
)
