"""Deliveries in a whole service, brought to where a test begins without anybody signing or printing."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from itertools import count
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from delivery.domain import Delivery
from delivery.domain import commands as c
from delivery.domain.clocks import day_of
from delivery.domain.command import Command
from delivery.models import DeliveryRow
from delivery.room import ROOM
from delivery.service.deliveries import Deliveries
from delivery.service.streams import delivery_of
from delivery.service.sweeping import Sweeping
from esign.infra.clock import ClientClocks
from esign.public.house import House
from esign.public.rooms import house_of
from esign.public.rows import new_id
from tests.policy_shell import PolicyHouse, policy_house
from tests.rooms import PUBLIC_URL, RoomHouse
from tests.service import system_now
from tests.unit.delivery.delivery_play import Play


@dataclass
class DeliveryHouse:
    """The room over a service."""

    house: RoomHouse
    _numbers: count[int] = field(default_factory=lambda: count(1))

    @cached_property
    def policy(self) -> PolicyHouse:
        """The policy room of the same service, with the first institution and a salesperson in it."""
        return policy_house(self.house)

    @cached_property
    def own(self) -> House:
        return house_of(ROOM, self.house.process.service, PUBLIC_URL)

    @cached_property
    def deliveries(self) -> Deliveries:
        return Deliveries(self.own)

    @cached_property
    def sweeping(self) -> Sweeping:
        return Sweeping(self.deliveries)

    def at(self, moment: datetime) -> Sweeping:
        """Return what sweeps at that moment."""
        own = replace(self.own, clock=lambda: moment, clocks=showing(self.own, moment))
        return Sweeping(Deliveries(own))

    def deliver(self, *kinds: type[Command], days_ago: int = 0, **opening: Any) -> str:
        """Have a delivery that was opened so many days ago and brought on by these commands; return its id."""
        number = next(self._numbers)
        now = system_now() - timedelta(days=days_ago)
        proposal = new_id("prp", now)
        play = Play(proposal=proposal, applied_on=day_of(now), **opening)
        play.now = now
        asked = []
        for kind in (c.Open, *kinds):
            changes = {"policy": f"CY{number:08d}"} if kind is c.RecordIssued else {}
            command = play.command(kind, **changes)
            play.do(command)
            asked.append(command)
        delivery = delivery_of(proposal)
        with self.house.database.transaction() as session:
            self.deliveries.execute(session, delivery, *asked, actor="tests")
        return delivery

    def do(self, delivery: str, kind: type[Command], **changes: Any) -> None:
        """Give a command that fits where the delivery stands, now."""

        def command(_session: Session, state: Delivery) -> Command:
            play = Play()
            play.state, play.now = state, system_now()
            return play.command(kind, **changes)

        self.deliveries.change(delivery, command, actor="tests")

    def state(self, delivery: str) -> Delivery:
        with self.house.database.reading() as session:
            return self.deliveries.get(session, delivery)

    def hear(self) -> None:
        """Place what was recorded, and let the consumers read it."""
        self.house.worker._keeper.place()
        self.house.worker._keeper.consume()

    def row(self, delivery: str) -> DeliveryRow:
        with self.house.database.reading() as session:
            return session.scalars(select(DeliveryRow).where(DeliveryRow.id == delivery)).one()


def showing(own: House, moment: datetime) -> ClientClocks:
    """Return clocks that all show the moment."""
    return ClientClocks(lambda: moment, own.database, movable=False)


def delivery_house(house: RoomHouse) -> DeliveryHouse:
    return DeliveryHouse(house)
