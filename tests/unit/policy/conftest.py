"""A service with the room in it, for tests that do no tasks but those that they name; each enters its own proposals."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from esign.public.rooms import Rooms
from policy.room import ROOM
from tests.policy_shell import PolicyHouse, policy_house
from tests.rooms import room_house


@pytest.fixture(scope="session")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PolicyHouse]:
    with room_house(tmp_path_factory.mktemp("policy"), Rooms((ROOM,))) as house:
        yield policy_house(house)
