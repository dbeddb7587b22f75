"""Claims in a whole service with the staff who handle them at the console: one of each role, in one institution."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select

from esign.infra.models import Message
from esign.staff.domain.roles import Role
from tests.claims_shell import ClaimsHouse, claims_house
from tests.unit.web.console_room import ConsoleRoom, Member, console_over

LEAD, MANAGER, HANDLER, SURVEYOR, DESK = "gu.yan", "qin.lan", "lin.hui", "gao.feng", "bai.ning"
STAFF: Final = (
    (LEAD, "顾岩", Role.TEAM_LEAD),
    (MANAGER, "秦岚", Role.CLAIMS_MANAGER),
    (HANDLER, "林慧", Role.HANDLER),
    (SURVEYOR, "高枫", Role.SURVEYOR),
    (DESK, "白宁", Role.QUOTATION),
)

OFTEN: Final = timedelta(minutes=5)


@dataclass
class ClaimsOffice:
    """The service, its console, and who works there, by login name."""

    claims: ClaimsHouse
    console: ConsoleRoom
    institution: str
    members: dict[str, Member]
    _seen: datetime | None = None

    @property
    def staff(self) -> dict[str, Member]:
        """Everybody, logged in: whoever is idle for half an hour of the console's clock would not be any more.

        Each login moves that clock on by minutes, and tests of many files share this office.
        """
        now = self.console.office.now
        if self._seen is None or now - self._seen >= OFTEN:
            for member in self.members.values():
                member.get("/console/account")
            self._seen = now
        return self.members

    def id_of(self, login: str) -> str:
        return self.console.id_of(login)

    def report(self, **changes: Any) -> str:
        """Report a loss on a policy of this institution."""
        return self.claims.report(self.claims.register(institution=self.institution), **changes)

    def told(self, kind: str) -> list[str]:
        """Return which claims messages of a kind tell of, by the ends of their ids."""
        with self.claims.house.database.reading() as session:
            found = session.scalars(select(Message).where(Message.kind == kind)).all()
            return [str(dict(one.facts)["claim"]) for one in found if isinstance(one.facts, dict)]


@contextmanager
def claims_office(folder: Path, **settings: str) -> Iterator[ClaimsOffice]:
    """Open the service on SQLite, with everybody logged in at its console."""
    with claims_house(folder, **settings) as claims:
        process = claims.house.process
        parts = [part.console for part in process.parts if part.console is not None]
        console = console_over(process.service, parts, codes=process.rooms.codes, retention=process.retention)
        institution = console.begin()
        staff = {login: console.member(login, role, institution=institution, name=name) for login, name, role in STAFF}
        yield ClaimsOffice(claims, console, institution, staff)
