"""The desk of an outlet's clerk, or of a relay station: what comes, what goes on, what lies here for salespeople."""

from __future__ import annotations

from typing import Final

from flask import Response

from delivery.pages.paper_trade import PaperTrade
from esign.public.console import N_, Entry, Role, RoomConsole, caller, only, page

ROLES: Final = frozenset({Role.CLERK})
ENTRIES: Final = (Entry(N_("网点收发"), "delivery_outlet", N_("在途的包裹，和等业务员领取的保单"), ROLES),)
SENTENCES: Final[dict[str, str]] = {}


def declare(console: RoomConsole, trade: PaperTrade) -> None:
    """Declare them."""

    @console.page("/outlet", to=only(*ROLES))
    def delivery_outlet() -> Response:
        with trade.house.database.reading() as session:
            desk = trade.desks.outlet(session, caller().institution)
        return page("delivery_outlet.html", desk=desk)

    def waiting() -> int:
        with trade.house.database.reading() as session:
            return len(trade.desks.outlet(session, caller().institution).lying)

    console.count("delivery_outlet", waiting)
