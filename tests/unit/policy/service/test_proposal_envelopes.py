"""What becomes of a proposal when its envelope is changed, withdrawn or sent twice by others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from sqlalchemy import select

from esign.ceremony.domain.commands import Expire
from esign.ceremony.models import EnvelopeRow
from esign.public.envelopes import EnvelopeState, ToSign
from esign.public.events import ConcurrentChange
from esign.public.people import Person
from esign.public.rooms import Rooms
from policy.api.examples import PROPOSAL_EXAMPLE
from policy.documents.values import Application
from policy.domain import Proposal as State
from policy.domain import commands as c
from policy.domain.values import ProposalState
from policy.errors import PolicyRefused
from policy.room import ROOM
from policy.service.office import ACTOR
from policy.service.sending import Sending
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


def held(room: PolicyHouse, envelope: str, recipient: str) -> dict[str, bytes | None]:
    """Return the files that the room keeps on a recipient."""
    (part,) = room.house.process.parts
    assert part.held is not None
    with room.house.database.reading() as session:
        return {one.name: one.content for one in part.held(session, envelope, recipient)}


def test_who_took_the_insureds_place_in_the_envelope_has_not_signed_for_the_insured(room: PolicyHouse) -> None:
    proposal, out = send(room)
    envelope = room.house.desk.envelope(out)
    insured = envelope.recipients[1].id
    body = {"name": STRANGER.name, "phone": STRANGER.phone, "id_number": STRANGER.id_number, "approved_by": "usr_2"}
    replaced = room.house.call("POST", f"/v1/envelopes/{out}/recipients/{insured}/replace", json=body)
    assert replaced.status_code == 200, replaced.text
    assert held(room, out, room.house.desk.envelope(out).recipients[2].id) == {}
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


def test_a_copy_holds_what_the_proposal_says_of_that_person_and_of_nobody_else(room: PolicyHouse) -> None:
    proposal, out = send(room)
    applicant, insured = (held(room, out, one.id) for one in room.house.desk.envelope(out).recipients)
    told = PROPOSAL_EXAMPLE
    for files, mine, other in ((applicant, "applicant", "insured"), (insured, "insured", "applicant")):
        text = (files["proposal.json"] or b"").decode()
        assert told[mine]["id_number"] in text and told[other]["id_number"] not in text
        assert ('"health"' in text, told["payment"]["account"] in text) == (mine == "insured", mine == "applicant")
    with room.house.database.transaction() as session:
        record = room.state(proposal).contents.record
        room.office.house.records.erase(session, record, at=room.office.house.clock())
    assert held(room, out, room.house.desk.envelope(out).recipients[1].id) == {"proposal.json": None}


def test_the_same_call_again_finds_the_proposal_and_sends_nothing_that_came_back(room: PolicyHouse) -> None:
    body = proposal_body(room.sales, external_id="order-again")
    first = room.house.call("POST", "/v1/proposals", json=body).get_json()
    room.give(first["id"], c.RecordReturned)
    again = room.house.call("POST", "/v1/proposals", json=body)
    assert again.status_code == 201, again.text
    assert (again.get_json()["id"], again.get_json()["state"]) == (first["id"], "lapsed")


class Overtaken(Sending):
    """Is overtaken by another call once it has read the proposal, before it makes an envelope."""

    meanwhile: Callable[[], object] | None = None

    def _wanted(self, proposal: str, state: State, application: Application, document: bytes) -> ToSign:
        if self.meanwhile is not None:
            first, self.meanwhile = self.meanwhile, None
            first()
        return super()._wanted(proposal, state, application, document)


def test_of_two_sends_at_once_one_envelope_is_out_and_both_are_told_of_it(room: PolicyHouse) -> None:
    proposal, told = room.enter(), []
    sending = Overtaken(room.office)
    sending.meanwhile = lambda: told.append(Sending(room.office).send(proposal, actor="tests"))
    told.append(sending.send(proposal, actor="tests"))
    assert told == [*room.state(proposal).sent] * 2
    with room.house.database.reading() as session:
        chosen = select(EnvelopeRow.id).where(EnvelopeRow.external_id.startswith(f"policy:{proposal}"))
        assert list(session.scalars(chosen)) == told[:1]


def test_nothing_goes_out_when_the_proposal_was_withdrawn_while_its_documents_were_set(room: PolicyHouse) -> None:
    proposal = room.enter()
    sending = Overtaken(room.office)
    sending.meanwhile = lambda: room.give(proposal, c.Withdraw)
    with pytest.raises(PolicyRefused, match="withdrawn"):
        sending.send(proposal, actor="tests")
    with room.house.database.reading() as session:
        chosen = select(EnvelopeRow.id).where(EnvelopeRow.external_id.startswith(f"policy:{proposal}"))
        assert list(session.scalars(chosen)) == []


def test_nothing_goes_out_that_says_what_is_not_proposed_any_more(room: PolicyHouse) -> None:
    proposal = room.enter()
    sending = Overtaken(room.office)
    sending.meanwhile = lambda: room.give(proposal, c.Amend, record=room.state(proposal).contents.record)
    with pytest.raises(ConcurrentChange):
        sending.send(proposal, actor="tests")
    assert room.state(proposal).sent == ()


def test_nothing_goes_out_in_live_mode_before_it_is_chosen_how_well_signers_must_be_known(room: PolicyHouse) -> None:
    live = replace(room.office, house=replace(room.office.house, live=True))
    proposal = room.enter()
    with pytest.raises(PolicyRefused) as refused:
        Sending(live).send(proposal, actor=ACTOR)
    assert refused.value.code == "identity-not-chosen"
    assert room.state(proposal).envelope is None


def test_in_live_mode_signers_must_be_known_as_the_operator_chose(room: PolicyHouse) -> None:
    live = replace(room.office, house=replace(room.office.house, live=True, identity_levels=("three-factor",)))
    proposal = room.enter()
    envelope = Sending(live).send(proposal, actor=ACTOR)
    assert room.house.desk.envelope(envelope).settings.identity_levels == ("three-factor",)


def test_who_wants_the_contract_on_paper_is_not_asked_to_consent_to_an_electronic_one(room: PolicyHouse) -> None:
    asked = {}
    for delivery in ("electronic", "paper"):
        proposal = room.enter(delivery=delivery)
        envelope = Sending(room.office).send(proposal, actor=ACTOR)
        asked[delivery] = {one.id for one in room.house.desk.envelope(envelope).settings.consents}
    assert asked["electronic"] - asked["paper"] == {"electronic-policy"}
    assert asked["paper"] < asked["electronic"]
