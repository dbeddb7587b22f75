"""A salesperson at the live page, and signers at theirs: the console and the pages over one service."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from werkzeug.test import Client

from esign.ceremony.creation import Owner
from esign.ceremony.domain import Envelope
from esign.ceremony.people import Person
from esign.staff.domain.roles import Role
from tests.service import YE, YU, Desk, request
from tests.unit.web.console_room import ConsoleRoom, Member
from tests.unit.web.page_room import Pages, Visitor, pages_over

PIN = "402967"


@dataclass
class LiveRoom:
    """One insurer with one salesperson (shen.zhiqiu), whose envelope of two it is."""

    console: ConsoleRoom
    pages: Pages
    institution: str
    sales: Member
    envelope: Envelope

    @property
    def desk(self) -> Desk:
        return self.pages.desk

    @property
    def base(self) -> str:
        return f"/console/envelopes/{self.envelope.id}/live"

    def recipient(self, number: int = 0) -> str:
        return self.envelope.recipients[number].id

    def phone(self, number: int = 0, person: Person = YU) -> Visitor:
        """Return a signer at a phone of their own."""
        return self.pages.visitor(self.envelope, number, person)

    def on_tablet(self, number: int = 0, person: Person = YU) -> Visitor:
        """Return the signer in the browser of the salesperson's tablet."""
        return Visitor(self.sales.client, self.desk.link(self.envelope, number), person)

    def hand_over(self, number: int = 0, **filled: object) -> Any:
        """Hand the tablet over; a PIN is set where it is asked for."""
        page = f"{self.base}/{self.recipient(number)}/hand-over"
        return self.sales.send(page, page, **{"pin": PIN, "again": PIN, **filled})

    def take_back(self, pin: str = PIN) -> Any:
        return self.sales.send("/console/tablet", "/console/tablet", pin=pin)


def live_room(console: ConsoleRoom, contract: bytes, **changes: Any) -> LiveRoom:
    """Open the room; `changes` are to the envelope."""
    service = console.services.service
    pages = pages_over(service)
    institution = console.begin()
    sales = console.member("shen.zhiqiu", Role.SALES, institution=institution, name="沈知秋")
    owner = console.id_of("shen.zhiqiu")
    envelope = pages.desk.create(request(contract, owner=Owner(institution, owner), **changes))
    sales.client = tablet_browser(sales.client, console, pages)
    return LiveRoom(console, pages, institution, sales, envelope)


def tablet_browser(logged_in: Client, console: ConsoleRoom, pages: Pages) -> Client:
    """Return a browser with both the console and the ceremony, in the session of one that is logged in."""

    def both(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        app = console.console if str(environ["PATH_INFO"]).startswith("/console") else pages.app
        return app(environ, start_response)

    client = Client(both)
    token = logged_in.get_cookie("__Host-staff", domain="sign.example")
    assert token is not None
    client.set_cookie("__Host-staff", token.value, domain="sign.example", secure=True, httponly=True, path="/")
    return client


__all__ = ["PIN", "YE", "YU", "LiveRoom", "live_room", "tablet_browser"]
