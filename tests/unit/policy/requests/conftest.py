"""A service whose worker does all that there is to do, for the tests of requests: opening one takes long."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from esign.public.rooms import Rooms
from policy.room import ROOM
from tests.policy_shell import policy_house
from tests.rooms import room_house
from tests.unit.policy.requests.served import Served


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with room_house(tmp_path_factory.mktemp("served"), Rooms((ROOM,))) as house:
        yield Served(policy_house(house))
