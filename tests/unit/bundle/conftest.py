"""A bundle of an envelope that two signed, made once for the tests that change it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from esign.infra.database import open_database
from esign.pades.typeface import Typeface
from tests.authority import create_test_authority
from tests.bundles import Case
from tests.databases import create_tables
from tests.unit.exports.export_office import open_office


@pytest.fixture(scope="session")
def office_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the service of the bundle lies, with its authority in `ca`."""
    return tmp_path_factory.mktemp("bundled")


@pytest.fixture(scope="session")
def case(office_folder: Path, typeface: Typeface, contract: bytes) -> Iterator[Case]:
    authority = create_test_authority(office_folder / "ca")
    database = open_database(f"sqlite:///{office_folder}/esign.db")
    create_tables(database)
    office = open_office(database, office_folder, authority, typeface)
    yield Case.of(office, authority, office.completed(contract))
    database.close()


@pytest.fixture(scope="session")
def bundle(case: Case) -> bytes:
    return case.exported
