"""What else becomes of proposals: asked twice, declined, withdrawn, sent again, signed by a guardian."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from esign.ceremony.domain import commands
from esign.ceremony.domain.values import EnvelopeState
from esign.public.people import Person
from esign.public.rooms import Rooms
from policy.room import ROOM
from tests.proposals import proposal_body, salesperson, signer
from tests.rooms import RoomHouse, room_house
from tests.service import system_now

CHILD = {
    "name": "于小满",
    "id_number": "990106201806014326",
    "born": "2018-06-01",
    "gender": "female",
    "address": "栖川市望潮区槐荫路 18 号 3 幢 502 室",
    "occupation": "student",
    "annual_income": "0.00",
}


@dataclass
class Desk:
    """A service, its salesperson, and the sales platform that calls it."""

    house: RoomHouse
    sales: dict[str, str]

    def propose(self, **changes: Any) -> dict[str, Any]:
        """Enter a proposal by the API, which sends it unless told otherwise; return it."""
        made = self.house.call("POST", "/v1/proposals", json=proposal_body(self.sales, **changes))
        assert made.status_code == 201, made.text
        return dict(made.get_json())

    def see(self, proposal: dict[str, Any]) -> dict[str, Any]:
        return dict(self.house.call("GET", f"/v1/proposals/{proposal['id']}").get_json())

    def sign(self, proposal: dict[str, Any], *people: Person) -> None:
        """Let everybody in the envelope sign, and workers do what is left."""
        envelope = self.house.desk.envelope(proposal["envelope"])
        for number, person in enumerate(people):
            self.house.desk.play(envelope, number, person)
            self.house.work()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder: Path = tmp_path_factory.mktemp("story")
    with room_house(folder, Rooms((ROOM,))) as house:
        yield Desk(house, salesperson(house.process.service))


def test_a_call_that_is_made_again_makes_no_second_proposal(desk: Desk) -> None:
    first = desk.propose(external_id="asked-twice")
    again = desk.propose(external_id="asked-twice")
    assert (again["id"], again["envelope"]) == (first["id"], first["envelope"])
    other = desk.house.call(
        "POST", "/v1/proposals", json=proposal_body(desk.sales, external_id="asked-twice", sum_insured="200000.00")
    )
    assert (other.status_code, other.get_json()["code"]) == (409, "proposal-name-taken")


def test_everything_that_is_the_matter_is_told_at_once_with_its_place(desk: Desk) -> None:
    body = proposal_body(desk.sales, external_id="wrong")
    body["applicant"] |= {"id_number": "990106199105192217"}
    body["beneficiaries"][0]["share"] = 60
    refused = desk.house.call("POST", "/v1/proposals", json=body)
    assert refused.status_code == 422
    assert {one["pointer"] for one in refused.get_json()["errors"]} >= {"/applicant/id_number", "/beneficiaries"}
    listed = desk.house.call("GET", "/v1/proposals?limit=100").get_json()["items"]
    assert all(one["id"] != "wrong" for one in listed)


def test_one_who_declines_ends_it(desk: Desk) -> None:
    made = desk.propose(external_id="declined")
    envelope = desk.house.desk.envelope(made["envelope"])
    token = desk.house.desk.enter(envelope, 0, signer("applicant"))
    desk.house.process.service.ceremony.decline(token, "changed-mind", None)
    desk.house.work()
    assert desk.see(made)["state"] == "refused-by-customer"
    assert desk.see(made)["next"] == [{"actor": "nobody", "act": "none", "due": None, "about": None}]


def test_what_the_platform_voids_can_be_sent_again(desk: Desk) -> None:
    made = desk.propose(external_id="voided")
    desk.house.process.service.envelopes.change(
        made["envelope"],
        lambda _session, state: commands.Void(at=system_now(), by=state.client, reason="mistake"),
        actor="system:tests",
    )
    desk.house.work()
    assert desk.see(made)["state"] == "lapsed"
    sent = desk.house.call("POST", f"/v1/proposals/{made['id']}/send").get_json()
    assert sent["state"] == "sent"
    assert sent["envelope"] != made["envelope"]


def test_a_withdrawn_proposal_takes_its_envelope_along(desk: Desk) -> None:
    made = desk.propose(external_id="withdrawn")
    gone = desk.house.call("POST", f"/v1/proposals/{made['id']}/withdraw", json={"reason": "customer-changed-mind"})
    assert gone.get_json()["state"] == "withdrawn"
    assert desk.house.desk.envelope(made["envelope"]).state is EnvelopeState.VOIDED
    desk.house.work()
    assert desk.see(made)["state"] == "withdrawn"


def test_the_guardian_signs_for_a_child(desk: Desk) -> None:
    body = proposal_body(desk.sales, external_id="child")
    mother = body["insured"] | {"id_number": "99010619920308048X", "born": "1992-03-08", "occupation": "teacher"}
    made = desk.propose(
        external_id="child",
        insured=CHILD,
        applicant_is="parent",
        guardian={"party": mother, "is_insureds": "parent"},
        beneficiaries=[],
        payment=body["payment"] | {"years": 10},
    )
    assert made["signers"] == ["applicant", "guardian"]
    desk.sign(made, signer("applicant"), Person(mother["name"], mother["phone"], mother["id_number"]))
    assert desk.see(made)["state"] == "issued", desk.see(made)
