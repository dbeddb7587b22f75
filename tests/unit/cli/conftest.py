"""The commands of the service: run in process, against a data folder of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command import Desk
from tests.databases import *  # noqa: F403


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """The command in an empty working folder, with no settings but those of the place."""
    monkeypatch.chdir(tmp_path)
    return Desk(tmp_path)


@pytest.fixture
def started_office(office: Desk) -> Desk:
    """An office whose database is at this version's schema, in ./esign-data, with keys in ./esign-data-keys."""
    office.run("db", "upgrade")
    office.run("keys", "create")
    return office
