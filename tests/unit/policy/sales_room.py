"""The salesperson's pages over a whole service, without a browser: screens are filled in and sent as they stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from werkzeug.test import TestResponse

from esign.public.people import Person
from esign.public.rooms import Rooms
from esign.staff.domain.roles import Role
from policy.room import ROOM
from tests.rooms import RoomHouse, room_house
from tests.unit.policy.policy_people import CHILD, MOTHER, SON, product
from tests.unit.web.console_room import ConsoleRoom, Member, console_over

ROOMS = Rooms((ROOM,))
LIST = "/console/policy/proposals"
DRAFTS = "/console/policy/drafts"
FAMILY = {"applicant": SON, "insured": MOTHER, "child": CHILD}
COVER = {
    "product": "whole-life-suian",
    "applicant_is": "child",
    "insured.born": MOTHER.born.isoformat(),
    "insured.gender": "female",
    "applicant.born": SON.born.isoformat(),
    "applicant.gender": "male",
    "sum_insured": "100,000",
    "payment.years": "10:annual",
}
PAYMENT = {"payment.bank": "栖川银行望潮支行", "payment.account": "6200 0000 0000 5183"}
HEIRS = {
    "beneficiaries.by_law": "no",
    "beneficiaries[0].name": SON.name,
    "beneficiaries[0].id_number": SON.id_number,
    "beneficiaries[0].is_insureds": "child",
    "beneficiaries[0].share": "100",
}
LICENCE = "02000033010080002026001234"


def person(part: str, who: Any = None, **changes: str) -> dict[str, str]:
    """Return what is typed of a person."""
    one = who or FAMILY[part]
    typed = {
        "name": one.name,
        "id_number": one.id_number,
        "id_for_good": "yes",
        "phone": one.phone,
        "address": one.address,
        "occupation": one.occupation,
        "annual_income": f"{one.annual_income:f}",
    }
    return {f"{part}.{name}": text for name, text in {**typed, **changes}.items()}


def healthy() -> dict[str, str]:
    answers = {f"health.answers.{one.id}": "no" for one in product().questions}
    return {"health.height_cm": "158", "health.weight_kg": "57", "health.smoker": "no", **answers}


def screens() -> dict[str, dict[str, str]]:
    """Return what the son types who insures his mother, screen by screen."""
    return {
        "cover": COVER,
        "applicant": person("applicant"),
        "insured": person("insured"),
        "beneficiaries": HEIRS,
        "payment": PAYMENT,
        "health": healthy(),
    }


@dataclass
class SalesRoom:
    """The service, its console, and the institution that sells."""

    house: RoomHouse
    console: ConsoleRoom
    institution: str

    def seller(self, login: str, name: str = "孙小梅") -> Member:
        return self.console.member(login, Role.SALES, institution=self.institution, name=name)


def begin(member: Member) -> str:
    """Begin a new proposal at the list; return the draft's id."""
    told = member.send(LIST, DRAFTS)
    assert told.status_code == 303, told.text
    return told.location.split("/")[-2]


def write(member: Member, draft: str, step: str, typed: Mapping[str, str], go: str = "next") -> TestResponse:
    """Fill in a screen as it stands, and press one of its buttons."""
    page = f"{DRAFTS}/{draft}/{step}"
    return member.send(page, page, **typed, go=go)


def check(member: Member, draft: str, step: str, typed: Mapping[str, str]) -> dict[str, Any]:
    """Leave a field of a screen: what the server says then."""
    page = f"{DRAFTS}/{draft}/{step}"
    told = member.post(f"{page}/check", {**member.form(page, page).fields, **typed})
    assert told.status_code == 200, told.text
    return dict(told.get_json())


def write_all(member: Member, **changes: Mapping[str, str]) -> str:
    """Write a whole proposal, screen by screen, up to the last; return the draft's id."""
    draft = begin(member)
    whole: dict[str, Mapping[str, str]] = {**screens(), **changes}
    if whole["cover"]["applicant_is"] == "self":
        del whole["insured"]
    for step, typed in whole.items():
        told = write(member, draft, step, typed)
        assert told.status_code == 303, (step, told.text)
    return draft


def send(member: Member, draft: str) -> str:
    """Send what was written to be signed; return the proposal's id."""
    told = member.send(f"{DRAFTS}/{draft}/check", f"{DRAFTS}/{draft}/send", **{"sales.licence": LICENCE})
    assert told.status_code == 303, told.text
    return told.location.split("/")[-1].partition("?")[0]


def signer(part: str) -> Person:
    one = FAMILY[part]
    return Person(one.name, one.phone, one.id_number)


@contextmanager
def sales_room(folder: Path) -> Iterator[SalesRoom]:
    """Open the service on SQLite, with the console over it."""
    with room_house(folder, ROOMS) as house:
        parts = [part.console for part in house.process.parts if part.console is not None]
        console = console_over(house.process.service, parts, codes=ROOMS.codes)
        yield SalesRoom(house, console, console.begin())
