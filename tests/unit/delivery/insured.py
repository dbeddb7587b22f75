"""An insurer with the policy and delivery rooms: policies are sold and issued, and delivered by link."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import select
from werkzeug.test import TestResponse

from delivery.domain import Delivery
from delivery.domain import commands as c
from delivery.domain.clocks import day_of
from delivery.domain.command import Command
from delivery.domain.values import RouteWay
from delivery.models import Addressee, ReceiptEnvelope
from delivery.room import ROOM
from delivery.service.deliveries import Deliveries
from delivery.service.notes import KIND
from delivery.service.streams import delivery_of
from esign.infra.models import Message
from esign.public.house import House
from esign.public.people import Person
from esign.public.rooms import house_of
from esign.public.rows import new_id
from esign.public.values import encode_canonical
from esign.staff.domain.roles import Role
from policy.api.examples import PROPOSAL_EXAMPLE
from policy.proposal import Gender
from tests.rooms import PUBLIC_URL
from tests.service import system_now
from tests.unit.delivery.delivery_play import Play
from tests.unit.policy.insurer import Insurer, born, insurer
from tests.unit.policy.policy_people import id_number
from tests.unit.web.console_room import Member, form_in
from tests.unit.web.page_room import SAME

AGE = 40


@dataclass
class Delivering:
    """The insurer, and the deliveries of what it sold."""

    insurer: Insurer
    _members: dict[str, Member] = field(default_factory=dict)
    _numbers: count[int] = field(default_factory=lambda: count(26_000_001))

    @cached_property
    def house(self) -> House:
        return house_of(ROOM, self.insurer.house.process.service, PUBLIC_URL)

    @cached_property
    def deliveries(self) -> Deliveries:
        return Deliveries(self.house)

    @property
    def applicant(self) -> Person:
        told = PROPOSAL_EXAMPLE["applicant"]
        return Person(told["name"], told["phone"], id_number(born(AGE), Gender.MALE))

    @property
    def tail(self) -> str:
        return str(self.applicant.id_number)[-4:]

    def sell(self) -> str:
        """Sell and issue a policy; return the id of its delivery."""
        delivery = delivery_of(self.insurer.sell(age=AGE))
        self.insurer.work()
        return delivery

    def on_paper(self, *kinds: type[Command], days_ago: int = 4, by: str = "zhou.ming") -> str:
        """Have a paper policy of this seller that was signed so many days ago, and brought on by these commands."""
        now = system_now() - timedelta(days=days_ago)
        proposal, note = new_id("prp", now), new_id("pdn", now)
        outlet, number = self.insurer.institution, f"CY{next(self._numbers):010d}"
        play = Play(
            proposal=proposal,
            applied_on=day_of(now),
            institution=outlet,
            salesperson=self.insurer.console.id_of(by),
        )
        play.now = now
        changes: dict[type[Command], dict[str, Any]] = {
            c.RecordIssued: {"policy": number, "note": note},
            c.Pack: {"outlet": outlet, "stops": (), "way": RouteWay.DIRECT},
            c.Arrive: {"outlet": outlet},
        }
        asked = []
        for kind in (c.Open, *(one for one in kinds if one not in (c.Reach, c.Forward))):
            command = play.command(kind, **changes.get(kind, {}))
            play.do(command)
            asked.append(command)
        delivery = delivery_of(proposal)
        with self.house.database.transaction() as session:
            self.house.records.keep(session, note, KIND, self._note(number, now), at=now)
            self.deliveries.execute(session, delivery, *asked, actor="tests")
        return delivery

    def _note(self, policy: str, now: datetime) -> bytes:
        person, day = self.applicant, day_of(now).isoformat()
        return encode_canonical(
            {
                "schema": "policy-delivery-note/1",
                "policy": policy,
                "product": "遂安终身寿险",
                "delivery": "paper",
                "applicant": {
                    "name": person.name,
                    "phone": person.phone,
                    "email": None,
                    "address": "栖川市望潮路 18 号 2 单元 301 室",
                    "id_type": "resident-identity-card",
                    "id_number": person.id_number,
                    "locale": "zh-CN",
                },
                "insured": person.name,
                "underwritten_on": day,
                "effective_on": day,
                "hesitation_days": 15,
            }
        )

    def staff(self, login: str, *roles: Role, name: str) -> Member:
        """Return somebody at the console, who is logged in once."""
        if login not in self._members:
            self._members[login] = self.insurer.console.member(
                login, *roles, institution=self.insurer.institution, name=name
            )
        return self._members[login]

    @property
    def seller(self) -> Member:
        return self.insurer.staff["zhou.ming"]

    @property
    def clerk(self) -> Member:
        return self.staff("fang.min", Role.CLERK, name="方敏")

    @property
    def supervisor(self) -> Member:
        return self.staff("qi.lan", Role.SUPERVISOR, name="齐岚")

    def state(self, delivery: str) -> Delivery:
        with self.house.database.reading() as session:
            return self.deliveries.get(session, delivery)

    def link(self, delivery: str) -> str:
        """Return the path of the link by which the customer comes."""
        with self.house.database.reading() as session:
            row = session.get(Addressee, delivery)
        assert row is not None, "nobody is reached"
        return f"/r/delivery/{self.house.links.link(delivery, row.person)}"

    def told(self, kind: str) -> int:
        """Return how many messages of this kind there are."""
        with self.house.database.reading() as session:
            return len(session.scalars(select(Message.id).where(Message.kind == kind)).all())

    def get(self, path: str) -> TestResponse:
        return self.insurer.house.visit(path)

    def send(self, page: str, action: str, **filled: str) -> TestResponse:
        """Fill in the form with this action as it stands in the page, and send it."""
        form = form_in(self.get(page), action)
        return self.insurer.house.outside.post(
            action, base_url=PUBLIC_URL, data={**form.fields, **filled}, headers=SAME
        )

    def envelopes(self, delivery: str) -> list[str]:
        """Return the envelopes of its receipts, in order."""
        with self.house.database.reading() as session:
            chosen = select(ReceiptEnvelope.envelope).where(ReceiptEnvelope.delivery == delivery)
            return list(session.scalars(chosen.order_by(ReceiptEnvelope.number)))

    def sign(self, delivery: str) -> None:
        """Have the applicant sign the receipt that is out, and do what follows."""
        desk = self.insurer.house.desk
        desk.play(desk.envelope(self.envelopes(delivery)[-1]), 0, self.applicant)
        self.insurer.work()


@contextmanager
def delivering(folder: Path) -> Iterator[Delivering]:
    """Open a service with both rooms, and its console with everybody logged in."""
    with insurer(folder, ROOM) as opened:
        yield Delivering(opened)
