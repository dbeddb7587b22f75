"""What goes with the last envelope of a proposal when it is erased, and what stays as long as it is needed."""

from __future__ import annotations

import dataclasses

import pytest

from policy.domain import commands as c
from policy.domain.events import EVENTS
from policy.domain.request_events import REQUEST_EVENTS
from policy.models import PersonOf
from policy.room import ROOM
from policy.service.keeping import NAMED, records_about
from tests.policy_shell import PolicyHouse
from tests.unit.policy.proposal_play import ACCEPTED, ISSUED, SENT


def about(room: PolicyHouse, *subjects: str) -> set[str]:
    with room.office.house.database.reading() as session:
        return set(records_about(session, subjects))


def issued(room: PolicyHouse) -> tuple[str, str]:
    """Return an issued proposal whose first envelope expired, and that first envelope."""
    proposal = room.enter()
    room.give(proposal, *SENT[1:], c.RecordReturned)
    room.give(proposal, *ISSUED[1:], policy=f"CY{int(proposal[4:], 36) % 10**14:014d}", document=f"con_{proposal[4:]}")
    return proposal, room.state(proposal).sent[0]


def test_content_trace_contract_and_people_go_with_the_envelope_that_was_signed(room: PolicyHouse) -> None:
    proposal, _first = issued(room)
    state = room.state(proposal)
    with room.office.house.database.reading() as session:
        people = {row.person for row in session.query(PersonOf).filter_by(proposal=proposal)}
    assert state.decision is not None
    named = about(room, state.sent[-1])
    assert named == {state.contents.record, state.decision.trace, f"con_{proposal[4:]}", "rec_note", *people}
    assert len(people) == 2


def test_an_earlier_envelope_that_expired_takes_nothing_along(room: PolicyHouse) -> None:
    _proposal, first = issued(room)
    assert about(room, first) == set()


@pytest.mark.parametrize("road", [SENT, ACCEPTED])
def test_nothing_goes_while_the_proposal_is_under_way(room: PolicyHouse, road: tuple[type[c.Command], ...]) -> None:
    proposal = room.enter()
    room.give(proposal, *road[1:])
    assert about(room, room.state(proposal).sent[-1]) == set()


def test_a_withdrawn_proposal_goes_with_its_envelope(room: PolicyHouse) -> None:
    proposal = room.enter()
    room.give(proposal, *SENT[1:], c.Withdraw)
    assert room.state(proposal).contents.record in about(room, room.state(proposal).sent[-1])


def test_what_was_filed_of_a_recording_goes_with_it(room: PolicyHouse) -> None:
    proposal = room.enter()
    room.give(proposal, c.AddRecording, *SENT[1:], c.Withdraw)
    state = room.state(proposal)
    assert state.recordings[0].id in about(room, state.sent[-1])


def test_the_room_tells_it_to_whoever_erases() -> None:
    assert ROOM.records_about is records_about


def test_every_member_that_is_named_is_one_of_an_event() -> None:
    members = {kind.type.name: {one.name for one in dataclasses.fields(kind)} for kind in (*EVENTS, *REQUEST_EVENTS)}
    assert {type_: set(names) - members[type_] for type_, names in NAMED.items()} == {type_: set() for type_ in NAMED}
