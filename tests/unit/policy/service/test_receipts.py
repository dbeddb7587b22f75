"""The receipt is heard from another room: what counts, what is passed over, and what is set aside for operations."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from esign.infra.models import Message
from esign.trail.models import TrailConsumer
from policy.domain import Proposal
from policy.domain import commands as c
from policy.domain.values import ProposalState, day_of
from policy.errors import PolicyTrailBroken
from policy.service.office import Office
from tests.service import system_now
from tests.unit.policy.deliveries import deliver, issue, later, number_of, state_of, visited
from tests.unit.policy.insurer import Insurer

S = ProposalState


def told_of(house: Insurer, visit: str) -> list[Any]:
    with house.house.database.reading() as session:
        return [one for one in session.scalars(select(Message)) if dict(one.facts).get("subject") == visit]


def aside(house: Insurer, kind: str) -> dict[str, str | None]:
    """Return the events that are set aside, with the code of what hindered them the last time."""
    return {one.subject: one.failure for one in house.house.desk.tasks() if one.kind == f"policy-{kind}"}


def heard(house: Insurer) -> None:
    """Place and publish what was recorded, and let the consumers read it; no task is done."""
    keeper = house.house.worker._keeper
    keeper.place()
    keeper.publish()
    while keeper.consume():
        pass


def test_from_the_receipt_on_the_hesitation_period_runs_and_the_applicant_is_invited(house: Insurer) -> None:
    proposal, visit = visited(house)
    policy = state_of(house, proposal).policy
    assert policy is not None
    assert policy.hesitation_ends == day_of(system_now()) + timedelta(days=15)
    (message,) = told_of(house, visit)
    assert (message.kind, message.facts["number"]) == ("policy-visit", number_of(proposal))
    assert house.told(proposal)["next"][0]["act"] == "answer-visit"


def test_the_same_receipt_again_changes_nothing(house: Insurer) -> None:
    proposal, _visit = visited(house)
    before = house.house.events(proposal)
    deliver(house, proposal, receipt="cd" * 32)
    house.work()
    assert house.house.events(proposal) == before


@pytest.mark.parametrize(
    "changes",
    [
        {"proposal": "prp_01k9x7m2qv8w3c5t6r4n0b1d2e"},
        {"policy": "ZZ20260101000001"},
        {"signed_by": "insured"},
    ],
)
def test_what_is_no_receipt_of_ours_is_passed_over(house: Insurer, changes: dict[str, Any]) -> None:
    proposal = issue(house)
    deliver(house, proposal, **changes)
    house.work()
    assert not state_of(house, proposal).received
    assert aside(house, "receive") == {}


def test_a_receipt_that_comes_after_the_cancellation_is_passed_over(house: Insurer) -> None:
    proposal = issue(house)
    later(house, proposal, c.Cancel, request=f"srq_{proposal[4:]}", refund=f"rfd_c{proposal[4:]}")
    deliver(house, proposal)
    heard(house)
    assert state_of(house, proposal).state is S.CANCELLED
    assert aside(house, "receive") == {}


def test_a_receipt_that_cannot_be_is_set_aside_and_the_others_go_on(house: Insurer) -> None:
    impossible, possible = issue(house), issue(house)
    tomorrow = day_of(system_now()) + timedelta(days=1)
    stream = deliver(house, impossible, received_on=tomorrow.isoformat())
    odd = deliver(house, impossible, receipt="seen")
    deliver(house, possible)
    heard(house)
    assert state_of(house, possible).received
    assert not state_of(house, impossible).received
    assert set(aside(house, "receive")) == {f"{stream}.1", f"{odd}.1"}
    with house.house.database.reading() as session:
        assert session.get_one(TrailConsumer, "policy-deliveries").stopped_by is None
    runs = {job.name: job.run for part in house.house.process.parts for job in part.jobs}
    for subject, code in ((f"{stream}.1", "day-in-future"), (f"{odd}.1", "receipt-malformed")):
        task = f"policy-receive:{subject}"
        runs["policy-receive"](task)
        assert aside(house, "receive")[subject] == code
        with house.house.database.transaction() as session:
            house.office.house.tasks.end(session, "receive", subject)


def test_one_broken_proposal_holds_up_no_other_and_is_taken_up_when_it_is_mended(
    house: Insurer, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, sound = issue(house), issue(house)
    get = Office.get

    def fails(office: Office, session: Session, proposal: str) -> Proposal:
        if proposal == broken:
            raise PolicyTrailBroken("trail-broken", "an event is unknown", "use a build that knows it")
        return get(office, session, proposal)

    with monkeypatch.context() as patched:
        patched.setattr(Office, "get", fails)
        stream = deliver(house, broken)
        deliver(house, sound)
        heard(house)
        assert state_of(house, sound).received
        assert set(aside(house, "receive")) == {f"{stream}.1"}
        assert "签收结果记到保单上" in house.operations.get("/console/jobs").text
    house.work()
    assert state_of(house, broken).received
    assert aside(house, "receive") == {}
