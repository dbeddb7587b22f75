"""The room as the composition root takes it: what is so whether or not it is open, and what it does in a process."""

from __future__ import annotations

from typing import Final

from delivery.api import SCOPES, TOLD, client_of, deliveries_resource
from delivery.api.figures_resource import FIGURES_SCOPE, figures_resource
from delivery.chat.models import ChatPost, ChatRow
from delivery.chat.opening import address_erased
from delivery.chat.posting import POST, ChatPosts, told_of_chats
from delivery.codes import CODES
from delivery.errors import DeliveryDataBroken, DeliveryRefused
from delivery.figures.models import LotRow, UntilRow, WayRow
from delivery.figures.projecting import figures_projection
from delivery.lists.daily import MESSAGES as TOLD_OF_LISTS
from delivery.lists.daily import DailyLists
from delivery.models import (
    Addressee,
    DailyList,
    DeliveryRow,
    EnvelopeOf,
    ParcelRow,
    PrintFile,
    PrintLine,
    PrintRunRow,
    ReceiptEnvelope,
    ReceiptPicture,
    RouteRow,
    StrayReceiptRow,
)
from delivery.pages.console import console_part
from delivery.pages.linked import linked_part
from delivery.pages.paper_trade import paper_trade
from delivery.printing.daily import DailyRuns
from delivery.printing.runs import PRINT, PrintRuns
from delivery.receipts.addressees import self_service_link
from delivery.receipts.hearing import ReceiptHearing
from delivery.receipts.inviting import INVITE, Inviting
from delivery.receipts.inviting import MESSAGES as TOLD_OF_LINKS
from delivery.receipts.releasing import told_of_receipts
from delivery.service.deliveries import Deliveries
from delivery.service.hearing import Hearing
from delivery.service.held import Held
from delivery.service.keeping import files_erased, records_about
from delivery.service.reviewing import told_of_notes
from delivery.service.routing import Routing
from delivery.service.streams import FORMS
from delivery.service.sweeping import REMIND, Sweeping
from delivery.service.telling import MESSAGES
from esign.public.chats import ChannelRefused
from esign.public.events import Consumer
from esign.public.house import House
from esign.public.room import Room, RoomParts
from esign.public.work import Beat

SWEEP_SECONDS: Final = 60.0
LINKS_SECONDS: Final = 600.0


def open_room(house: House) -> RoomParts:
    """Return what the room does over what a process has open."""
    deliveries = Deliveries(house)
    sweeping, inviting, lists = Sweeping(deliveries), Inviting(deliveries), DailyLists(deliveries)
    routing = Routing(house)
    runs, posts = PrintRuns(deliveries, routing, self_service_link), ChatPosts(house)
    return RoomParts(
        resources=(deliveries_resource(deliveries), figures_resource(house)),
        console=console_part(deliveries, paper_trade(deliveries, routing, runs)),
        pages=linked_part(deliveries),
        cleanings=(runs.clean, lists.clean, posts.clean),
        consumers=(
            Consumer("delivery-policies", Hearing(deliveries, inviting.want).hear),
            Consumer("delivery-receipts", ReceiptHearing(deliveries).hear),
            figures_projection(),
        ),
        jobs=(
            house.tasks.job(REMIND, sweeping.remind, sweeping.give_up),
            house.tasks.job(INVITE, inviting.invite, inviting.give_up, final=(DeliveryRefused, DeliveryDataBroken)),
            house.tasks.job(POST, posts.post, posts.give_up, final=(ChannelRefused,)),
            house.tasks.job(PRINT, runs.make, runs.give_up, final=(DeliveryRefused,)),
        ),
        beats=(
            Beat("delivery sweep", SWEEP_SECONDS, sweeping.sweep),
            Beat("delivery links", LINKS_SECONDS, inviting.remind),
            Beat("delivery lists", LINKS_SECONDS, lists.make),
            Beat("delivery print runs", LINKS_SECONDS, DailyRuns(house, routing, runs).begin),
        ),
        held=Held(house).held,
    )


ROOM: Final = Room(
    "delivery",
    "delivery",
    FORMS.vocabulary,
    open=open_room,
    changing=(
        *(DeliveryRow, EnvelopeOf, RouteRow, PrintRunRow, PrintLine, PrintFile, ParcelRow),
        *(WayRow, LotRow, UntilRow),
        *(Addressee, ReceiptEnvelope, ReceiptPicture, StrayReceiptRow, DailyList),
        *(ChatRow, ChatPost),
    ),
    codes=CODES,
    scopes={**SCOPES, **FIGURES_SCOPE},
    told=TOLD,
    client_of=client_of,
    messages={**MESSAGES, **TOLD_OF_LINKS, **TOLD_OF_LISTS},
    has_signed=True,
    records_about=records_about,
    erasures={"print-run.file-erased": files_erased, "delivery-chat.closed": address_erased},
    looks={
        "group chats of deliveries": lambda database, _records: told_of_chats(database),
        "delivery notes": told_of_notes,
        "delivery receipts": told_of_receipts,
    },
)
