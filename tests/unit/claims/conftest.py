"""A service with the room in it, for many tests: opening one takes longer than most tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.claims_shell import ClaimsHouse, claims_house


@pytest.fixture(scope="session")
def claims(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClaimsHouse]:
    """A service that does no tasks but those that a test names; each test reports claims of its own."""
    with claims_house(tmp_path_factory.mktemp("claims")) as opened:
        yield opened
