"""A claim is adjudicated and offered by the table, with what the customer is shown."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from claims.domain import commands as c
from claims.domain.values import Lane
from claims.errors import ClaimRefused
from claims.settlement.settling import Accident
from claims.settlement.table import Loss
from tests.claims_shell import HANDLER, LARGE, LEAD, MANAGER, ClaimsHouse
from tests.service import system_now


def test_a_small_clear_claim_is_settled_by_the_service_alone(claims: ClaimsHouse) -> None:
    claim = claims.report()
    claims.to_offer(claim)
    state = claims.state(claim)
    assert (state.lane, state.offer.fen if state.offer else None) == (Lane.EXPRESS, 39_000)
    with claims.house.database.reading() as session:
        shown = claims.settling.shown(session, state)
        assert state.settlement is not None
        trace = json.loads(claims.office.house.records.read(session, state.settlement.trace))
    assert (shown.fen, shown.premium.more) == (39_000, 64_000)
    assert state.offer is not None
    assert state.offer.shown == shown.digest
    assert trace["fen"] == 39_000
    assert trace["steps"] == [
        {"after": 39_000, "before": 39_000, "cover": "vehicle", "number": 100, "rule": "liability-share"}
    ]


def test_what_turns_out_large_waits_for_people_and_a_signature(claims: ClaimsHouse) -> None:
    claim = claims.report()
    claims.advance(claim).survey(claim).assess(claim, LARGE).advance(claim)
    state = claims.state(claim)
    assert state.state.value == "verifying"
    assert state.assessment is not None
    verify = c.Verify(at=system_now(), assessment=state.assessment.id, passed=True, by=LEAD)
    claims.give(claim, lambda _state: verify)
    accident = Accident({Loss.OWN_VEHICLE: state.loss}, 70, other_car=True)
    claims.settling.adjudicate(claim, accident, actor="tests", by=HANDLER)
    settled = claims.state(claim).settlement
    assert settled is not None
    assert (settled.tier, settled.agreement.value, settled.approvals) == ("within-a-day", "code", 1)
    assert settled.fen == (state.loss - 200_000) * 70 // 100


def test_where_the_liability_is_not_clear_a_handler_says_what_it_was(claims: ClaimsHouse) -> None:
    claim = claims.report()
    claims.advance(claim).survey(claim, fault=None).assess(claim).advance(claim)
    assert claims.state(claim).state.value == "adjudicating"
    with pytest.raises(ClaimRefused) as refused:
        claims.settling.adjudicate(claim, None, actor="tests")
    assert refused.value.code == "people-decide"
    claims.settling.adjudicate(claim, Accident({Loss.OWN_VEHICLE: 39_000}, 50), actor="tests", by=HANDLER)
    assert claims.state(claim).settlement.fen == 19_500  # type: ignore[union-attr]


def test_nobody_adjudicates_more_for_the_car_than_somebody_verified(claims: ClaimsHouse) -> None:
    claim = claims.report()
    claims.advance(claim).survey(claim, fault=None).assess(claim).advance(claim)
    with pytest.raises(ClaimRefused) as refused:
        claims.settling.adjudicate(claim, Accident({Loss.OWN_VEHICLE: 39_001}, 100), actor="tests", by=HANDLER)
    assert refused.value.code == "above-assessment"
    assert claims.state(claim).settlement is None


def test_what_a_handler_adds_to_what_was_verified_is_approved_by_somebody_else_however_small(
    claims: ClaimsHouse,
) -> None:
    claim = claims.report()
    claims.advance(claim).survey(claim, fault=None).assess(claim).advance(claim)
    losses = {Loss.OWN_VEHICLE: 39_000, Loss.THIRD_PROPERTY: 90_000}
    claims.settling.adjudicate(claim, Accident(losses, 100), actor="tests", by=LEAD)
    claims.advance(claim).agree(claim).payee(claim).advance(claim)
    state = claims.state(claim)
    assert (state.state.value, state.approvals_missing, state.payments) == ("agreed", 1, ())
    assert state.payee is not None
    approve = c.ApprovePayment(at=system_now(), fen=state.payable, account=state.payee.account, by=LEAD)
    with pytest.raises(ClaimRefused) as refused:
        claims.give(claim, lambda _state: approve)
    assert refused.value.code == "own-settlement"
    claims.give(claim, lambda _state: replace(approve, by=MANAGER)).advance(claim)
    assert claims.state(claim).state.value == "closed"


def test_the_eight_minute_case(claims: ClaimsHouse) -> None:
    claim = claims.report()
    claims.to_offer(claim).agree(claim).payee(claim).advance(claim)
    state = claims.state(claim)
    assert (state.state.value, state.paid) == ("closed", 39_000)
    assert state.since - state.reported_at < timedelta(minutes=8)
