"""One service with the policy and delivery rooms for all tests of this folder: it is slow to open and easy to share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from delivery.room import ROOM as DELIVERY
from esign.public.rooms import Rooms
from policy.room import ROOM as POLICY
from tests.delivery_shell import DeliveryHouse, delivery_house
from tests.rooms import RoomHouse, room_house
from tests.unit.delivery.insured import Delivering, delivering


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RoomHouse]:
    with room_house(tmp_path_factory.mktemp("delivery"), Rooms((POLICY, DELIVERY))) as house:
        yield house


@pytest.fixture(scope="session")
def room(house: RoomHouse) -> DeliveryHouse:
    return delivery_house(house)


@pytest.fixture(scope="session")
def sold(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Delivering]:
    """An insurer whose policies are issued and delivered, with staff at the console."""
    with delivering(tmp_path_factory.mktemp("delivering")) as opened:
        yield opened
