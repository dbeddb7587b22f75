"""One insurer for all pages of the room: opening it takes longer than most tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.unit.policy.insurer import Insurer, insurer


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Insurer]:
    with insurer(tmp_path_factory.mktemp("insurer")) as opened:
        yield opened
