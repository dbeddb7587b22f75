"""What was proposed and never sent is forgotten after ninety days, and nothing else is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from esign.public.people import RecordErased
from policy.domain import Proposal
from policy.domain import commands as c
from policy.errors import PolicyTrailBroken
from policy.models import ProposalRow
from policy.service.forgetting import KEPT_FOR, Forgetting
from policy.service.office import Office
from tests.policy_shell import PolicyHouse
from tests.unit.policy.proposal_play import SENT


def is_forgotten(room: PolicyHouse, proposal: str, *, after: timedelta) -> bool:
    office = room.office
    with office.house.database.transaction() as session:
        touched = session.get_one(ProposalRow, proposal).updated_at
        Forgetting(office).clean(session, touched + after)
    with office.house.database.reading() as session:
        try:
            office.content(session, office.get(session, proposal))
        except RecordErased:
            return True
    return False


LATER = KEPT_FOR + timedelta(seconds=1)


def test_a_proposal_that_was_never_sent_is_withdrawn_and_forgotten(room: PolicyHouse) -> None:
    proposal = room.enter()
    assert not is_forgotten(room, proposal, after=KEPT_FOR)
    assert is_forgotten(room, proposal, after=LATER)
    assert room.state(proposal).state.value == "withdrawn"
    version = room.office.proposals.read
    with room.office.house.database.reading() as session:
        before = version(session, proposal).version
    assert is_forgotten(room, proposal, after=2 * LATER)
    with room.office.house.database.reading() as session:
        assert version(session, proposal).version == before, "once is enough"


def test_one_that_was_withdrawn_before_it_was_sent_is_forgotten_too(room: PolicyHouse) -> None:
    proposal = room.enter()
    room.give(proposal, c.Withdraw)
    assert is_forgotten(room, proposal, after=LATER)


@pytest.mark.parametrize("further", [(), (c.RecordReturned,), (c.Withdraw,)])
def test_what_was_sent_goes_with_its_envelope_and_not_before(
    room: PolicyHouse, further: tuple[type[c.Command], ...]
) -> None:
    proposal = room.enter()
    room.give(proposal, *SENT[1:], *further)
    assert not is_forgotten(room, proposal, after=LATER)


def test_a_broken_proposal_keeps_nobody_elses_data(room: PolicyHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    broken, sound = room.enter(), room.enter()
    get = Office.get

    def fails(office: Office, session: Session, proposal: str) -> Proposal:
        if proposal == broken:
            raise PolicyTrailBroken("trail-broken", "an event is unknown", "use a build that knows it")
        return get(office, session, proposal)

    with monkeypatch.context() as patched:
        patched.setattr(Office, "get", fails)
        assert is_forgotten(room, sound, after=LATER)
    assert room.state(broken).state.value == "entered"
    assert is_forgotten(room, broken, after=LATER), "and goes once it is mended"
