"""What becomes of a proposal when its envelope is changed, withdrawn or sent twice by others."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from esign.ceremony.domain.commands import Expire
from esign.public.envelopes import EnvelopeState
from esign.public.people import Person
from esign.public.rooms import Rooms
from policy.api.examples import PROPOSAL_EXAMPLE
from policy.domain import commands as c
from policy.domain.values import ProposalState
from policy.room import ROOM
from tests.policy_shell import PolicyHouse, policy_house
from tests.proposals import proposal_body, signer
from tests.rooms import room_house

STRANGER = Person("于文溪", "13600001234", "990106199406110669")


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PolicyHouse]:
    with room_house(tmp_path_factory.mktemp("envelopes"), Rooms((ROOM,))) as house:
        yield policy_house(house)


def send(room: PolicyHouse) -> tuple[str, str]:
    """Have a proposal sent; return it and its envelope."""
    made = room.house.call("POST", "/v1/proposals", json=proposal_body(room.sales, external_id=None))
    assert made.status_code == 201, made.text
    return made.get_json()["id"], made.get_json()["envelope"]


def test_who_took_the_insureds_place_in_the_envelope_has_not_signed_for_the_insured(room: PolicyHouse) -> None:
    proposal, out = send(room)
    envelope = room.house.desk.envelope(out)
    insured = envelope.recipients[1].id
    body = {"name": STRANGER.name, "phone": STRANGER.phone, "id_number": STRANGER.id_number, "approved_by": "usr_2"}
    replaced = room.house.call("POST", f"/v1/envelopes/{out}/recipients/{insured}/replace", json=body)
    assert replaced.status_code == 200, replaced.text
    room.house.desk.play(envelope, 0, signer("applicant"))
    room.house.work()
    room.house.desk.play(envelope, 2, STRANGER)
    room.house.work()
    assert room.state(proposal).state is ProposalState.LAPSED
    assert room.state(proposal).signed is None
    assert PROPOSAL_EXAMPLE["insured"]["name"] != STRANGER.name


def test_a_withdrawal_takes_along_the_envelope_that_went_out_meanwhile_even_after_a_fall(room: PolicyHouse) -> None:
    proposal, out = send(room)
    room.give(proposal, c.Withdraw)  # and then the process fell
    assert room.house.desk.envelope(out).state is EnvelopeState.IN_PROGRESS
    room.house.work()
    assert room.house.desk.envelope(out).state is EnvelopeState.VOIDED
    assert room.state(proposal).state is ProposalState.WITHDRAWN


def test_withdrawing_says_so_also_where_the_envelope_is_over_already(room: PolicyHouse) -> None:
    proposal, out = send(room)
    room.house.desk.service.envelopes.change(
        out, lambda _session, state: Expire(at=state.settings.expires_at), actor="system:tests"
    )
    answer = room.house.call("POST", f"/v1/proposals/{proposal}/withdraw", json={"reason": "changed-mind"})
    assert (answer.status_code, answer.get_json()["state"]) == (200, "withdrawn")


def test_the_same_call_again_finds_the_proposal_and_sends_nothing_that_came_back(room: PolicyHouse) -> None:
    body = proposal_body(room.sales, external_id="order-again")
    first = room.house.call("POST", "/v1/proposals", json=body).get_json()
    room.give(first["id"], c.RecordReturned)
    again = room.house.call("POST", "/v1/proposals", json=body)
    assert again.status_code == 201, again.text
    assert (again.get_json()["id"], again.get_json()["state"]) == (first["id"], "lapsed")
