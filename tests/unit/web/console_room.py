"""The console over a service and an office of staff, and members at its pages, without a browser."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from prometheus_client import CollectorRegistry
from werkzeug.test import Client, TestResponse

from esign.api.rates import Allowance, RateLimits, Rates
from esign.infra.metrics import Metrics
from esign.infra.secret import Secret
from esign.service import Service
from esign.staff.domain.roles import Role
from esign.staff.room import staff_door, staff_room
from esign.web.console.access import Console
from esign.web.console.app import create_console
from esign.web.console.console_services import ConsoleServices
from esign.web.console.room_part import ConsolePart
from esign.web.forgery import Forms
from tests.unit.staff.staff_office import CHEAP, OPERATOR, PASSWORD, Limits, Office, person
from tests.unit.web.page_room import SAME, SITE, Form, read_page

AMPLE: Final = RateLimits(
    address=Allowance("address", 1_000_000),
    staff=Allowance("staff", 1_000_000),
    asking=Allowance("asking", 1_000_000),
)
SESSION: Final = "__Host-staff"


@dataclass
class Member:
    """One browser of somebody of the staff. Forms are filled in and sent as they stand in the page."""

    client: Client
    login: str = ""
    headers: Mapping[str, str] = field(default_factory=lambda: SAME)

    def get(self, path: str, **given: Any) -> TestResponse:
        headers = {"Accept-Language": "zh-CN", **given.pop("headers", {})}
        return self.client.get(path, base_url=SITE, headers=headers, **given)

    def post(self, path: str, data: object = None, **given: Any) -> TestResponse:
        headers = {**self.headers, "Accept-Language": "zh-CN", **given.pop("headers", {})}
        return self.client.post(path, base_url=SITE, data=data, headers=headers, **given)

    def form(self, page: str, action: str) -> Form:
        """Return the form with this action in the page at this path."""
        told = self.get(page)
        assert told.status_code == 200, (page, told.status_code, told.text)
        return form_in(told, action)

    def send(self, page: str, action: str, **filled: object) -> TestResponse:
        """Fill in the form and send it."""
        return self.post(action, {**self.form(page, action).fields, **filled})

    def fill(self, told: TestResponse, action: str, **filled: object) -> TestResponse:
        """Fill in the form of an answer that is at hand, and send it."""
        return self.post(action, {**form_in(told, action).fields, **filled})

    def token(self) -> str | None:
        """Return the token of the session that this browser has."""
        cookie = self.client.get_cookie(SESSION, domain="sign.example")
        return None if cookie is None else cookie.value


@dataclass
class ConsoleRoom:
    """The console, and the office whose members use it. Time is the office's."""

    office: Office
    console: Console
    services: ConsoleServices

    def visitor(self) -> Member:
        """Return a browser that nobody has logged in with."""
        return Member(Client(self.console))

    def log_in(self, login: str, password: Secret = PASSWORD) -> Member:
        """Log somebody in through the pages, with a code if an authenticator is bound."""
        member = self.visitor()
        member.login = login
        told = member.send("/console/login", "/console/login", login=login, password=password.reveal())
        if told.status_code == 200:
            self.office.wait(minutes=1)  # a step of the authenticator counts once
            told = member.fill(told, "/console/login/code", code=self.office.code(self.id_of(login)))
        assert told.status_code == 303, (told.status_code, told.text)
        return member

    def id_of(self, login: str) -> str:
        """Return the id of the member with this login name."""
        return next(one.id for one in self.office.room.directory.visible(OPERATOR) if one.login == login)

    def begin(self) -> str:
        """Open the first institution with two who lead it (lin.qiushi, zhao.min); return its id."""
        return self.office.leadership()[0].institution

    def member(self, login: str, *roles: Role, institution: str, name: str = "孙小梅") -> Member:
        """Invite somebody with these roles, by the operator, and log them in; a second factor where one is needed.

        Call `begin` first. Roles beyond sales and operations are given by the two who lead.
        """
        plain = [role for role in roles if role in {Role.SALES, Role.OPERATIONS}] or [Role.SALES]
        office = self.office
        office.accept(office.room.accounts.invite(OPERATOR, person(login, name), institution, plain, now=office.now))
        if set(plain) != set(roles):
            lin, zhao = (self.caller(one) for one in ("lin.qiushi", "zhao.min"))
            office.give(self.id_of(login), *roles, by=lin, and_by=zhao)
            office.with_totp(login)
        return self.log_in(login)

    def caller(self, login: str) -> Any:
        office = self.office
        office.wait(minutes=1)
        opened = office.log_in(login, totp=office.code(self.id_of(login)))
        return opened.caller


def form_in(told: TestResponse, action: str) -> Form:
    """Return the form with this action in an answer."""
    return next(one for one in read_page(told.text).forms if one.action == action)


def console_over(service: Service, parts: Sequence[ConsolePart] = (), **changes: Any) -> ConsoleRoom:
    """Return the console over a service, with the parts of rooms; `changes` are to what it stands on."""
    ports = service.ports
    room, limits = staff_room(ports.database, ports.keys), Limits()
    office = Office(
        ports.database, ports.keys, room, staff_door(room, ports.keys, limits, issuer="esign", cost=CHEAP), limits
    )
    services = ConsoleServices(
        service=service,
        room=room,
        door=office.door,
        invitations=limits,
        rates=Rates(ports.database, lambda: office.now),
        forms=Forms(ports.keys, SITE),
        metrics=Metrics(CollectorRegistry()),
        clock=lambda: office.now,
        public_url=SITE,
        limits=AMPLE,
    )
    services = replace(services, **changes)
    return ConsoleRoom(office, create_console(services, parts), services)
