"""The pages over a service on SQLite: which database it is makes no difference to a page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ca.authority import EmbeddedAuthority
from esign.pades.typeface import Typeface
from esign.service import assemble
from esign.staff.sessions import is_there
from tests.databases import sqlite_with_tables
from tests.service import ports_for
from tests.unit.desk.desk_office import open_branch
from tests.unit.web.console_room import ConsoleRoom, console_over
from tests.unit.web.envelope_console import EnvelopeConsole, console_of
from tests.unit.web.page_room import Pages, pages_over


@pytest.fixture
def pages(tmp_path: Path, authority: EmbeddedAuthority, typeface: Typeface) -> Iterator[Pages]:
    opened = sqlite_with_tables(tmp_path / "esign.db")
    yield pages_over(assemble(ports_for(opened, tmp_path / "service", authority, typeface)))
    opened.close()


@pytest.fixture
def console(tmp_path: Path, authority: EmbeddedAuthority, typeface: Typeface) -> Iterator[ConsoleRoom]:
    opened = sqlite_with_tables(tmp_path / "esign.db")
    ports = replace(ports_for(opened, tmp_path / "service", authority, typeface), is_staff_there=is_there)
    yield console_over(assemble(ports))
    opened.close()


@pytest.fixture
def office(
    tmp_path: Path, authority: EmbeddedAuthority, typeface: Typeface, contract: bytes
) -> Iterator[EnvelopeConsole]:
    opened = sqlite_with_tables(tmp_path / "esign.db")
    yield console_of(open_branch(opened, tmp_path, authority, typeface, contract))
    opened.close()
