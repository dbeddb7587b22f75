"""The room in a whole service, on both databases: from a proposal by the API to the sealed contract of the same day."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from esign.public.rooms import Rooms
from esign.verify import verify
from policy.room import ROOM
from tests.databases import _fresh
from tests.printed import pages_of
from tests.proposals import proposal_body, salesperson, signer
from tests.rooms import RoomHouse, room_house
from tests.service import system_now


@dataclass
class Sold:
    """A service, and a proposal in it that was signed, paid and issued."""

    house: RoomHouse
    proposal: dict[str, Any]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def sold(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sold]:
    folder = tmp_path_factory.mktemp("policy")
    if request.param == "sqlite":
        with room_house(folder, Rooms((ROOM,))) as house:
            yield _sold(house)
    else:
        with _fresh("template0") as url, room_house(folder, Rooms((ROOM,)), ESIGN_DATABASE_URL=url) as house:
            yield _sold(house)


def _sold(house: RoomHouse) -> Sold:
    made = house.call("POST", "/v1/proposals", json=proposal_body(salesperson(house.process.service)))
    assert made.status_code == 201, made.text
    envelope = house.desk.envelope(made.get_json()["envelope"])
    for number, part in enumerate(("applicant", "insured")):
        house.desk.play(envelope, number, signer(part))
        house.work()
    return Sold(house, made.get_json())


def test_it_is_issued_on_the_same_day(sold: Sold) -> None:
    shown = sold.house.call("GET", f"/v1/proposals/{sold.proposal['id']}").get_json()
    assert shown["state"] == "issued", shown
    assert sold.house.events(sold.proposal["id"]) == [
        "proposal.entered",
        "proposal.sent",
        "proposal.signed",
        "underwriting.decided",
        "debit.ordered",
        "debit.collected",
        "policy.issued",
    ]


def test_the_contract_is_sealed_and_passes_our_verifier(sold: Sold) -> None:
    answer = sold.house.call("GET", f"/v1/proposals/{sold.proposal['id']}/contract")
    assert answer.status_code == 200, answer.text
    trust = sold.house.process.trusted.services.trust
    report = verify(io.BytesIO(answer.data), name="contract.pdf", trust=trust, at=system_now())
    assert str(report.conclusion) == "TOTAL-PASSED"


def test_its_institution_is_called_by_its_name(sold: Sold) -> None:
    contract = sold.house.call("GET", f"/v1/proposals/{sold.proposal['id']}/contract").data
    printed = "".join(pages_of(contract))
    assert "周明" in printed
    assert "ins_" not in printed
