"""Pages about parcels: opened for an outlet, closed, dispatched, with label and list; at the outlet what is missing."""

from __future__ import annotations

from typing import Final

from flask import Response, request
from werkzeug.wrappers import Response as AnyResponse

from delivery.codes import status_of
from delivery.domain.parcel import Parcel
from delivery.domain.refusal import refusal
from delivery.errors import DeliveryRefused
from delivery.pages.paper_trade import PaperTrade
from delivery.pages.saying import PARCELS, STATES, said_of, to_take_away
from delivery.printing.parcels import label_of
from esign.public.console import N_, Entry, Role, RoomConsole, caller, done, name_of, only, page
from esign.public.people import name_of_institution

HERE: Final = "/console/delivery/parcels"
ENTRIES: Final[tuple[Entry, ...]] = ()
SENTENCES: Final = {
    "delivery-parcel-opened": N_("包裹已开，请打印标签贴上，然后逐份扫描装入。"),
    "delivery-parcel-closed": N_("包裹已封口。请把包裹清单放进去，然后发出。"),
    "delivery-parcel-sent": N_("包裹已发出。"),
    "delivery-parcel-arrived": N_("包裹里的保单都登记到达了。"),
}


def declare(console: RoomConsole, trade: PaperTrade) -> None:
    """Declare them."""
    printers, both = only(Role.PRINTER), only(Role.PRINTER, Role.CLERK)

    @console.form("/parcels", to=printers)
    def open_parcel() -> AnyResponse:
        who = caller()
        parcel = trade.parcels.open(who.institution, request.form.get("outlet", ""), by=who.member, actor=name_of(who))
        return done(f"{HERE}/{parcel}", "delivery-parcel-opened")

    @console.page("/parcels/<parcel>", to=both)
    def delivery_parcel(parcel: str) -> Response:
        return _shown(trade, parcel)

    @console.form("/parcels/<parcel>/close", to=printers)
    def close_parcel(parcel: str) -> AnyResponse:
        return _acted(trade, parcel, "closed")

    @console.form("/parcels/<parcel>/dispatch", to=printers)
    def dispatch_parcel(parcel: str) -> AnyResponse:
        return _acted(trade, parcel, "sent")

    @console.form("/parcels/<parcel>/arrive", to=only(Role.CLERK))
    def arrive_parcel(parcel: str) -> AnyResponse:
        return _acted(trade, parcel, "arrived")

    @console.page("/parcels/<parcel>/label.pdf", to=printers)
    def parcel_label(parcel: str) -> AnyResponse:
        _own(trade, parcel)
        with trade.house.database.reading() as session:
            return to_take_away(trade.lists.label(session, parcel), f"{label_of(parcel)}.pdf", "application/pdf")

    @console.page("/parcels/<parcel>/list.pdf", to=both)
    def parcel_list(parcel: str) -> AnyResponse:
        _own(trade, parcel)
        with trade.house.database.reading() as session:
            made = trade.lists.parcel_pdf(session, parcel)
        return to_take_away(made, f"{label_of(parcel)}-list.pdf", "application/pdf")


def _acted(trade: PaperTrade, parcel: str, what: str) -> AnyResponse:
    who = caller()
    _own(trade, parcel)
    try:
        if what == "closed":
            trade.parcels.close(parcel, by=who.member, actor=name_of(who))
        elif what == "sent":
            trade.parcels.dispatch(parcel, by=who.member, actor=name_of(who))
        else:
            trade.scanning.arrive_all(who, parcel)
    except DeliveryRefused as refused:
        return _shown(trade, parcel, said_of(refused), status_of(refused))
    return done(f"{HERE}/{parcel}", f"delivery-parcel-{what}")


def _own(trade: PaperTrade, parcel: str) -> Parcel:
    """Return a parcel that the caller's institution sends, hands on or gets. Raises `DeliveryRefused` (`no-parcel`)."""
    with trade.house.database.reading() as session:
        found = trade.parcels.get(session, parcel)
    if caller().institution not in {found.print_centre, found.outlet, *found.stops}:
        raise refusal("no-parcel")
    return found


def _shown(trade: PaperTrade, parcel: str, said: str | None = None, status: int = 200) -> Response:
    found, records = _own(trade, parcel), trade.house.records
    with trade.house.database.reading() as session:
        lying = trade.parcels.contents(session, parcel)
        missing = trade.desks.missing(session, parcel)
        outlet = name_of_institution(session, records, found.outlet)
        stops = [name_of_institution(session, records, one) for one in found.stops]
    return page(
        "delivery_parcel.html",
        status,
        parcel=parcel,
        label=label_of(parcel),
        found=found,
        lying=lying,
        missing=missing,
        outlet=outlet,
        stops=stops,
        is_sender=Role.PRINTER in caller().roles and found.print_centre == caller().institution,
        is_receiver=Role.CLERK in caller().roles and found.outlet == caller().institution,
        said=said,
        states=STATES,
        parcels=PARCELS,
    )
