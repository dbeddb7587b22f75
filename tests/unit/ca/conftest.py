"""Authorities for the tests of the trust services: real ones, made once for each file."""

from __future__ import annotations

from pathlib import Path

import pytest

from ca.authority import EmbeddedAuthority
from tests.authority import SettableClock, create_test_authority


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("authority") / "ca"


@pytest.fixture(scope="module")
def authority(folder: Path) -> EmbeddedAuthority:
    return create_test_authority(folder)


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock()


@pytest.fixture
def clocked_authority(tmp_path: Path, clock: SettableClock) -> EmbeddedAuthority:
    """An authority of the test's own, whose clock the test moves."""
    return create_test_authority(tmp_path / "ca", now=clock)
