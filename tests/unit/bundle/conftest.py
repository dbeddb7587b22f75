"""A bundle of an envelope that two signed, made once for the tests that change it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from esign.pades.typeface import Typeface
from tests.bundles import Case, case_in
from tests.renewed_bundles import RenewedCase, renewed_case_in


@pytest.fixture(scope="session")
def office_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the service of the bundle lies, with its authority in `ca`."""
    return tmp_path_factory.mktemp("bundled")


@pytest.fixture(scope="session")
def case(office_folder: Path, typeface: Typeface, contract: bytes) -> Iterator[Case]:
    with case_in(office_folder, typeface, contract) as made:
        yield made


@pytest.fixture(scope="session")
def bundle(case: Case) -> bytes:
    return case.exported


@pytest.fixture(scope="session")
def renewed(tmp_path_factory: pytest.TempPathFactory, typeface: Typeface, contract: bytes) -> Iterator[RenewedCase]:
    """A bundle with a checkpoint whose timestamp was renewed twice."""
    with renewed_case_in(tmp_path_factory.mktemp("renewed"), typeface, contract) as made:
        yield made
