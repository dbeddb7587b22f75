"""Services with the room in them, for many tests each: opening one takes longer than most tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from esign.public.rooms import Rooms
from policy.room import ROOM
from tests.policy_shell import PolicyHouse, policy_house
from tests.rooms import room_house
from tests.unit.policy import deliveries
from tests.unit.policy.insurer import Insurer, insurer


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Insurer]:
    """An insurer whose staff come to the room's pages, with a small room beside it that records receipts."""
    with insurer(tmp_path_factory.mktemp("insurer"), deliveries.ROOM) as opened:
        yield opened


@pytest.fixture(scope="session")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PolicyHouse]:
    """A service that does no tasks but those that a test names; each test enters proposals of its own."""
    with room_house(tmp_path_factory.mktemp("policy"), Rooms((ROOM,))) as opened:
        yield policy_house(opened)
