"""The second person behind a change through the API: an approval from the console, used up; live, nothing less."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from ca.authority import EmbeddedAuthority
from esign.ceremony.people import Person
from esign.infra.database import Database
from esign.pades.typeface import Typeface
from esign.trail.log import read_stream
from esign.trail.models import TrailEvent
from tests.unit.api.client_office import Office, asked, code_of, open_office
from tests.unit.desk.desk_office import Branch, open_branch

WANTED = "13800000077"
LIU = Person("柳成荫", "13800000066", None)


@dataclass
class Both:
    """A branch with a console, and a sales platform that calls the API of the same service."""

    branch: Branch
    office: Office
    made: dict[str, Any]

    @property
    def path(self) -> str:
        return f"/v1/envelopes/{self.made['id']}/recipients/{self.made['recipients'][0]['id']}"

    def asked(self, phone: str = WANTED) -> str:
        """Return the approval that the salesperson asks for."""
        desk, shen = self.branch.desk, self.branch.shen
        approval = desk.changes.ask_phone(shen, self.made["id"], self.made["recipients"][0]["id"], phone, None)
        assert approval is not None
        return approval

    def agreed(self, phone: str = WANTED) -> str:
        approval = self.asked(phone)
        self.branch.approve(approval, self.branch.lead)
        return approval

    def correct(self, approved_by: str | None, phone: str = WANTED) -> Any:
        return self.office.client.post(f"{self.path}/correct-phone", json={"phone": phone, "approved_by": approved_by})


@pytest.fixture(params=[False, True], ids=["test", "live"])
def both(
    request: pytest.FixtureRequest,
    database: Database,
    tmp_path: Path,
    authority: EmbeddedAuthority,
    typeface: Typeface,
    contract: bytes,
) -> Both:
    branch = open_branch(database, tmp_path, authority, typeface, contract)
    office = open_office(replace(branch.service.ports, live=request.param), branch.messages)
    owner = {"institution": branch.east, "salesperson": branch.shen.member, "identity_levels": ["not-verified"]}
    answer = office.client.post("/v1/envelopes", json=asked(contract, **owner))
    assert answer.status_code == 201, answer.text
    return Both(branch, office, answer.get_json())


def test_a_change_that_was_agreed_to_in_the_console_is_done_once_and_names_who_agreed(both: Both) -> None:
    approval = both.agreed()
    told = both.correct(approval)
    assert (told.status_code, told.get_json()["phone"][-4:]) == (200, WANTED[-4:])
    with both.branch.service.ports.database.reading() as session:
        events = [one for one in read_stream(session, both.made["id"]) if one.type == "recipient.phone-corrected"]
        used = session.scalars(select(TrailEvent).where(TrailEvent.type == "approval.consumed")).all()
    client = both.office.state(both.made).client
    assert [(one.payload["by"], one.payload["approved_by"]) for one in events] == [(client, both.branch.lead.member)]
    assert [(one.stream, one.actor) for one in used] == [(approval, f"client:{client}")]
    assert both.correct(approval).status_code == 200  # done before: the same answer, and nothing more happens
    assert code_of(both.correct(approval, "13800000078")) == (409, "approval-not-usable")


def test_another_person_takes_the_place_only_as_agreed(both: Both) -> None:
    desk, branch = both.branch.desk, both.branch
    approval = desk.changes.ask_person(branch.shen, both.made["id"], both.made["recipients"][0]["id"], LIU, None)
    assert approval is not None
    branch.approve(approval, branch.lead)
    body = {"name": LIU.name, "phone": LIU.phone, "approved_by": approval}
    other = both.office.client.post(f"{both.path}/replace", json={**body, "name": "柳成荫二"})
    assert code_of(other) == (409, "approval-not-usable")
    told = both.office.client.post(f"{both.path}/replace", json=body)
    assert (told.status_code, told.get_json()["name"]) == (200, LIU.name)


def test_what_was_not_agreed_to_is_not_done(both: Both) -> None:
    open_one = both.asked()
    assert code_of(both.correct(open_one)) == (409, "approval-not-usable")
    both.branch.office.room.approvals.refuse(both.branch.lead, open_one, reason="not-known", now=both.branch.office.now)
    assert code_of(both.correct(open_one)) == (409, "approval-not-usable")
    assert code_of(both.correct("apr_01k9x7m2qv8w3c5t6r4n0b1d2e")) == (409, "approval-not-usable")
    assert code_of(both.correct(None)) == (409, "approval-missing")
    recipient = both.made["recipients"][1]["id"]
    elsewhere = f"/v1/envelopes/{both.made['id']}/recipients/{recipient}/correct-phone"
    given = both.office.client.post(elsewhere, json={"phone": WANTED, "approved_by": both.agreed()})
    assert code_of(given) == (409, "approval-not-usable")


def test_a_name_stands_in_for_a_second_person_in_test_mode_alone(both: Both) -> None:
    told = both.correct("usr_0217")
    if both.office.services.mode == "live":
        assert code_of(told) == (409, "approval-in-console")
    else:
        assert told.status_code == 200
