"""A whole service with the policy room and its staff at the console: proposals are sold, signed and worked on."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from werkzeug.test import TestResponse

from esign.public.house import House
from esign.public.people import Person
from esign.public.room import Room, RoomParts
from esign.public.rooms import Rooms
from esign.public.rows import new_id
from esign.staff.domain.roles import Role
from policy.api.examples import PROPOSAL_EXAMPLE
from policy.bank.books import BookedBank
from policy.bank.port import BankSilent
from policy.domain import commands as c
from policy.domain.values import Signer, day_of
from policy.products.files import load_catalogue
from policy.proposal import Gender
from policy.room import ROOM, open_room
from policy.service.office import Office
from tests.rooms import RoomHouse, room_house
from tests.service import system_now
from tests.unit.policy.policy_people import id_number
from tests.unit.web.console_room import ConsoleRoom, Member, console_over

SUGAR: Final = "2021 年确诊 2 型糖尿病，口服二甲双胍，糖化血红蛋白 6.4%"
STAFF: Final = (
    ("zhou.ming", "周明", (Role.SALES,)),
    ("he.yun", "贺云", (Role.UNDERWRITER,)),
    ("tang.yi", "唐仪", (Role.OPERATIONS,)),
    ("xu.an", "许安", (Role.SALES, Role.UNDERWRITER, Role.COMPLIANCE)),
)


@dataclass
class Insurer:
    """The service, and who works there, by login name; `he.yun` underwrites, `xu.an` sells too."""

    house: RoomHouse
    office: Office
    console: ConsoleRoom
    institution: str
    staff: dict[str, Member]

    @property
    def underwriter(self) -> Member:
        return self.staff["he.yun"]

    @property
    def operations(self) -> Member:
        return self.staff["tang.yi"]

    def sell(self, *, sick: bool = False, account: str = "5183", by: str = "zhou.ming", age: int = 40) -> str:
        """Enter a proposal by the API and have it signed on a phone; return its id.

        The applicant insures themselves; one who is `sick` is referred by the table.
        """
        told = self._enter(sick, account, by, age)
        self.sign(told["envelope"], age)
        return str(told["id"])

    def sell_on_paper(self, *, sick: bool = False, account: str = "9001", by: str = "zhou.ming", age: int = 40) -> str:
        """Enter one that counts as signed without any signing, which takes time: its contract cannot be issued."""
        proposal, now = str(self._enter(sick, account, by, age, send=False)["id"]), system_now()
        envelope, signed = new_id("env", now), "5f" * 32
        for command in (
            c.Send(at=now, envelope=envelope),
            c.RecordSigned(
                at=now,
                envelope=envelope,
                document=signed,
                signers=(Signer.APPLICANT,),
                signed_on=day_of(now),
                applicant_on=day_of(now),
            ),
        ):
            self.office.change(proposal, lambda _session, _state, one=command: one, actor="tests")  # type: ignore[misc]
        self.work()
        return proposal

    def sign(self, envelope: str, age: int) -> None:
        """Have the applicant of that age sign an envelope, and do what follows."""
        told = PROPOSAL_EXAMPLE["applicant"]
        person = Person(told["name"], told["phone"], id_number(born(age), Gender.MALE))
        self.house.desk.play(self.house.desk.envelope(envelope), 0, person)
        self.work()

    def work(self) -> None:
        """Do all tasks; a bank that falls silent is asked again."""
        for _ in range(5):
            try:
                self.house.work()
            except BankSilent:
                continue
            return
        raise AssertionError("the bank is silent for ever")

    def state(self, proposal: str) -> str:
        return str(self.told(proposal)["state"])

    def told(self, proposal: str) -> dict[str, Any]:
        """Return what the API tells of a proposal."""
        answer: dict[str, Any] = self.house.call("GET", f"/v1/proposals/{proposal}").get_json()
        return answer

    def record(self, proposal: str, digest: str = "ab" * 32, **changes: Any) -> TestResponse:
        """File a recording by the API."""
        body = {"sha256": digest, "seconds": 754, "checklist": "2026-1", "done": ["papers-shown", "cover-told"]}
        return self.house.call("POST", f"/v1/proposals/{proposal}/recordings", json=body | changes)

    def _enter(self, sick: bool, account: str, by: str, age: int, *, send: bool = True) -> dict[str, Any]:
        made = copy.deepcopy(PROPOSAL_EXAMPLE) | {"external_id": None, "send": send}
        made |= {"applied_on": day_of(system_now()).isoformat(), "beneficiaries": []}
        made |= {"insured": None, "applicant_is": "self"}
        made["applicant"] |= {"born": born(age).isoformat(), "id_number": id_number(born(age), Gender.MALE)}
        made["payment"]["account"] = f"620000000000{account}"
        name = next(one for login, one, _roles in STAFF if login == by)
        made["sales"] |= {"id": self.console.id_of(by), "name": name, "institution": self.institution}
        if sick:
            made["health"]["answers"]["diabetes"] = {"yes": True, "words": SUGAR}
        answer = self.house.call("POST", "/v1/proposals", json=made)
        assert answer.status_code == 201, answer.text
        told: dict[str, Any] = answer.get_json()
        return told


def born(age: int) -> date:
    """Return the birthday of somebody of that age."""
    today = day_of(system_now())
    return date(today.year - age, 1, 1)


@contextmanager
def insurer(folder: Path, *further: Room, **settings: str) -> Iterator[Insurer]:
    """Open a service with the room and further ones, and its console with everybody logged in."""
    houses: list[House] = []

    def opened(house: House) -> RoomParts:
        houses.append(house)
        return open_room(house)

    with room_house(folder, Rooms((replace(ROOM, open=opened), *further)), **settings) as house:
        office = Office(houses[-1], load_catalogue(), BookedBank(house.database))
        parts = [part.console for part in house.process.parts if part.console is not None]
        console = console_over(house.process.service, parts, codes=house.process.rooms.codes)
        institution = console.begin()
        staff = {
            login: console.member(login, *roles, institution=institution, name=name) for login, name, roles in STAFF
        }
        yield Insurer(house, office, console, institution, staff)
