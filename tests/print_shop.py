"""A print centre with its outlet in a whole service: paper policies are there at once, nobody signs or pays."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from delivery.domain import Delivery
from delivery.domain import commands as c
from delivery.domain.clocks import day_of
from delivery.domain.routes import SetRoute
from delivery.domain.values import Medium, RouteWay
from delivery.printing.lists import Lists
from delivery.printing.parcels import Parcels
from delivery.printing.runs import PrintRuns
from delivery.printing.scanning import Scanning
from delivery.room import ROOM
from delivery.service.deliveries import Deliveries
from delivery.service.routing import Routing
from delivery.service.streams import delivery_of
from esign.public.events import Trail
from esign.public.house import House
from esign.public.rooms import house_of
from esign.public.rows import new_id
from esign.staff.domain.roles import Role
from policy.domain.policy_events import PolicyIssued
from policy.domain.values import Delivery as PolicyMedium
from policy.models import Contract
from policy.service.delivery_note import Addressee, DeliveryNote, IdType, Seller, encode_note
from policy.service.streams import FORMS as POLICY_FORMS
from tests.documents import contract
from tests.rooms import PUBLIC_URL
from tests.service import system_now
from tests.unit.policy.insurer import Insurer, insurer
from tests.unit.staff.staff_office import OPERATOR
from tests.unit.web.console_room import Member

ADDRESS: Final = "栖川市湖滨区柳岸路 18 号 3 幢 502 室"
APPLICANTS: Final = ("沈知夏", "方木兰", "顾知行", "叶小禾", "罗一帆", "魏小满", "康大海", "于文山")


@dataclass
class PrintShop:
    """An outlet, its print centre, who works there: `printer` at the centre, `clerk` and `seller` at the outlet."""

    insurer: Insurer
    outlet: str
    centre: str
    printer: Member
    clerk: Member
    numbers: list[str] = field(default_factory=list)

    @cached_property
    def house(self) -> House:
        return house_of(ROOM, self.insurer.house.process.service, PUBLIC_URL)

    @cached_property
    def deliveries(self) -> Deliveries:
        return Deliveries(self.house)

    @cached_property
    def routing(self) -> Routing:
        return Routing(self.house)

    @cached_property
    def runs(self) -> PrintRuns:
        return PrintRuns(self.deliveries, self.routing, self._link)

    def _link(self, _session: Session, house: House, delivery: str, _state: Delivery) -> str | None:
        return f"{house.public_url}/r/delivery/{house.links.link(delivery, 'person')}"

    @cached_property
    def parcels(self) -> Parcels:
        return Parcels(self.deliveries, self.routing)

    @cached_property
    def scanning(self) -> Scanning:
        return Scanning(self.deliveries, self.routing, self.parcels)

    @cached_property
    def lists(self) -> Lists:
        return Lists(self.house)

    @property
    def printer_id(self) -> str:
        return self.insurer.console.id_of("wen.qing")

    @property
    def seller(self) -> str:
        return self.insurer.console.id_of("zhou.ming")

    @cached_property
    def contract(self) -> bytes:
        return self.house.documents.seal("保险合同.pdf", contract(), about="prp_shop").content

    def issue(self, *, days_ago: int = 0, outlet: str | None = None, applicant: str | None = None) -> str:
        """Have a paper policy that is issued now; return its number."""
        now, place = system_now(), outlet or self.outlet
        number = f"CY2611{len(self.numbers) + 1:06d}"
        proposal, document, noted = new_id("prp", now), new_id("con", now), new_id("pdn", now)
        name = applicant or APPLICANTS[len(self.numbers) % len(APPLICANTS)]
        note = DeliveryNote(
            policy=number,
            product="岁安终身寿险",
            delivery=PolicyMedium.PAPER,
            applicant=Addressee(
                name,
                "13800137000",
                None,
                "栖川市湖滨区柳岸路 18 号",
                IdType.RESIDENT_CARD,
                "11010519900307002X",
                "zh-CN",
            ),
            insured=name,
            sales=Seller(self.seller, "周明", place),
            underwritten_on=day_of(now),
            effective_on=day_of(now),
            hesitation_days=15,
        )
        written = self.house.documents.write(self.contract)
        digest = hashlib.sha256(self.contract).hexdigest()
        issued = PolicyIssued(
            at=now,
            policy=number,
            effective_on=day_of(now),
            applied_on=day_of(now),
            document=document,
            contract=digest,
            note=noted,
            delivery=PolicyMedium.PAPER,
        )
        opened = now - timedelta(days=days_ago)
        with self.house.database.transaction() as session:
            self.house.documents.keep(session, document, written)
            session.add(
                Contract(
                    id=document,
                    proposal=proposal,
                    made_at=now,
                    sha256=digest,
                    size=written.size,
                    blob=written.name,
                    record=document,
                )
            )
            self.house.records.keep(session, noted, "delivery-note", encode_note(note), at=now)
            new = POLICY_FORMS.new_events([issued])
            Trail(POLICY_FORMS.vocabulary).append(session, proposal, 0, new, actor="tests", time=now)
            self.deliveries.execute(
                session,
                delivery_of(proposal),
                c.Open(
                    at=opened,
                    proposal=proposal,
                    applied_on=day_of(opened),
                    institution=place,
                    salesperson=self.seller,
                    channel="agency",
                    product="whole-life-suian",
                    hesitation_days=15,
                ),
                c.RecordIssued(
                    at=now,
                    policy=number,
                    underwritten_on=day_of(now),
                    issued_on=day_of(now),
                    medium=Medium.PAPER,
                    note=noted,
                ),
                actor="tests",
            )
        self.numbers.append(number)
        return number

    def state(self, number: str) -> str:
        with self.house.database.reading() as session:
            return self.deliveries.get(session, self.deliveries.find(session, number)).state.value

    def events(self, number: str) -> list[str]:
        with self.house.database.reading() as session:
            delivery = self.deliveries.find(session, number)
        return self.insurer.house.events(delivery)


@contextmanager
def print_shop(folder: Path, **settings: str) -> Iterator[PrintShop]:
    """Open an insurer whose head office is an outlet here, and a print centre below it that prints for it."""
    with insurer(folder, ROOM, **settings) as opened:
        yield shop_over(opened)


def shop_over(opened: Insurer) -> PrintShop:
    """Return the shop in an insurer that is open."""
    office, outlet = opened.console.office, opened.institution
    centre = office.room.institutions.open(OPERATOR, "栖川印制中心", outlet, now=office.now)
    printer = opened.console.member("wen.qing", Role.PRINTER, institution=centre, name="温青")
    clerk = opened.console.member("fang.he", Role.CLERK, institution=outlet, name="方荷")
    shop = PrintShop(opened, outlet, centre, printer, clerk)
    now = system_now()
    shop.routing.set(
        SetRoute(at=now, institution=outlet, from_on=day_of(now), print_centre=centre, way=RouteWay.DIRECT),
        actor="tests",
    )
    return shop
