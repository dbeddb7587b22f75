"""An insurer with the policy and delivery rooms: policies are sold and issued, and delivered by link."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from sqlalchemy import select
from werkzeug.test import TestResponse

from delivery.domain import Delivery
from delivery.models import Addressee, ReceiptEnvelope
from delivery.room import ROOM
from delivery.service.deliveries import Deliveries
from delivery.service.streams import delivery_of
from esign.infra.models import Message
from esign.public.house import House
from esign.public.people import Person
from esign.public.rooms import house_of
from policy.api.examples import PROPOSAL_EXAMPLE
from policy.proposal import Gender
from tests.rooms import PUBLIC_URL
from tests.unit.policy.insurer import Insurer, born, insurer
from tests.unit.policy.policy_people import id_number
from tests.unit.web.console_room import form_in
from tests.unit.web.page_room import SAME

AGE = 40


@dataclass
class Delivering:
    """The insurer, and the deliveries of what it sold."""

    insurer: Insurer

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
