"""A service with the room in it, for many tests: opening one takes longer than most tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.claims_shell import ClaimsHouse, claims_house
from tests.unit.claims.claims_desk import ClaimsDesk
from tests.unit.claims.claims_office import ClaimsOffice, claims_office


@pytest.fixture(scope="session")
def claims(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClaimsHouse]:
    """A service that does no tasks but those that a test names; each test reports claims of its own."""
    with claims_house(tmp_path_factory.mktemp("claims")) as opened:
        yield opened


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClaimsOffice]:
    """A service whose claims staff are at the console; each test reports claims of its own."""
    with claims_office(tmp_path_factory.mktemp("claims-office")) as opened:
        yield opened


@pytest.fixture(scope="session")
def desk(office: ClaimsOffice) -> ClaimsDesk:
    return ClaimsDesk(office)
