"""The room in a whole service, on both databases: from a proposal by the API to the sealed contract of the same day."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from esign.public.events import Trail, read_stream
from esign.public.rooms import Rooms
from esign.public.rows import new_id
from esign.verify import verify
from policy.api.examples import PROPOSAL_EXAMPLE
from policy.domain.values import day_of
from policy.room import ROOM
from policy.visits.answering import Answering
from policy.visits.inviting import Inviting
from tests.databases import _fresh
from tests.policy_shell import policy_house
from tests.printed import pages_of
from tests.proposals import proposal_body, salesperson, signer
from tests.rooms import RoomHouse, room_house
from tests.service import system_now
from tests.unit.policy import deliveries

ROOMS = Rooms((ROOM, deliveries.ROOM))


@dataclass
class Sold:
    """A service, and a proposal in it that was signed, paid and issued."""

    house: RoomHouse
    proposal: dict[str, Any]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def sold(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sold]:
    folder = tmp_path_factory.mktemp("policy")
    if request.param == "sqlite":
        with room_house(folder, ROOMS) as house:
            yield _sold(house)
    else:
        with (
            _fresh("template0") as url,
            room_house(folder, ROOMS, ESIGN_DATABASE_URL=url) as house,
        ):
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


def test_other_rooms_find_in_events_what_they_need_and_the_rest_in_the_note(sold: Sold) -> None:
    house, today = sold.house, day_of(system_now())
    with house.database.reading() as session:
        told = {one.type: dict(one.payload) for one in read_stream(session, sold.proposal["id"])}
        note = json.loads(house.process.service.records.read(session, str(told["policy.issued"]["note"])))
    assert told["proposal.signed"]["signed_on"] == today.isoformat()
    issued = told["policy.issued"]
    assert issued["applied_on"] == issued["effective_on"] == today.isoformat()
    assert issued["delivery"] == "electronic"
    applicant = PROPOSAL_EXAMPLE["applicant"]
    assert note == {
        "schema": "policy-delivery-note/1",
        "policy": issued["policy"],
        "product": "岁安终身寿险",
        "delivery": "electronic",
        "applicant": {
            "name": applicant["name"],
            "phone": applicant["phone"],
            "email": None,
            "address": applicant["address"],
            "id_type": "resident-identity-card",
            "id_number": applicant["id_number"],
            "locale": "zh-CN",
        },
        "insured": PROPOSAL_EXAMPLE["insured"]["name"],
        "sales": {
            "id": told["proposal.entered"]["salesperson"],
            "name": "周明",
            "institution": told["proposal.entered"]["institution"],
        },
        "underwritten_on": today.isoformat(),
        "effective_on": today.isoformat(),
        "hesitation_days": 15,
    }
    assert "于文山" not in json.dumps(told, ensure_ascii=False)


def test_the_applicants_copy_has_the_note_and_the_insureds_has_not(sold: Sold) -> None:
    part = next(one for one in sold.house.process.parts if one.held is not None)
    envelope = sold.house.desk.envelope(sold.proposal["envelope"])
    with sold.house.database.reading() as session:
        assert part.held is not None
        copies = [{one.name for one in part.held(session, envelope.id, who.id)} for who in envelope.recipients]
    assert copies == [{"proposal.json", "contract.pdf", "delivery.json"}, {"proposal.json"}]


def test_the_receipt_leads_to_a_visit_that_is_answered_once(sold: Sold) -> None:
    house, proposal = sold.house, sold.proposal["id"]
    told = {
        "proposal": proposal,
        "policy": house.call("GET", f"/v1/proposals/{proposal}").get_json()["policy"],
        "received_on": day_of(system_now()).isoformat(),
        "signed_by": "applicant",
        "way": "self",
        "receipt": "ab" * 32,
    }
    with house.database.transaction() as session:
        stream = new_id("dlv", system_now())
        Trail(deliveries.VOCABULARY).append(
            session, stream, 0, [deliveries.RECEIVED(**told)], actor="tests", time=system_now()
        )
    house.work()
    visit = house.call("GET", f"/v1/proposals/{proposal}").get_json()["visit"]["id"]
    answering = Answering(policy_house(house, sales={}).office)
    for one in answering.now(visit).asked:
        answering.answer(visit, one.id, one.answers[0].id)
    answering.hand_in(visit, "")
    answering.hand_in(visit, "")
    assert house.events(proposal)[-3:] == ["policy.received", "visit.invited", "visit.answered"]
    assert Inviting(policy_house(house, sales={}).office).remind() == 0


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
