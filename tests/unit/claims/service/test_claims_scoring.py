"""Claims are scored on their way: a small one is paid within minutes, one of a ring waits for a person."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from claims.domain import Actor, Move, next_moves
from claims.domain import commands as c
from claims.domain.values import Lane
from claims.models import AgreementOf
from claims.risk.errors import failed
from claims.risk.graph import EndedAs
from claims.risk.keeping import read_kept_trace
from claims.risk.models import IndexedClaim, KeptScoreRow
from claims.service.forgetting import Forgetting
from esign.public.events import EventType, LoggedEvent
from esign.trail.event import record as recorded
from tests.claims_shell import HANDLER, LEAD, ClaimsHouse
from tests.service import system_now

RING_PHONE, RING_ACCOUNT = "13900009999", "6200000077775183"


def ended_as(claims: ClaimsHouse, claim: str) -> str | None:
    with claims.house.database.reading() as session:
        return session.scalar(select(IndexedClaim.ended_as).filter_by(claim=claim))


def test_a_small_clear_claim_of_1500_yuan_is_scored_low_and_paid(claims: ClaimsHouse) -> None:
    claim = claims.report(estimate="1500.00")
    claims.to_offer(claim).agree(claim).payee(claim).advance(claim)
    state = claims.state(claim)
    assert (state.state.value, state.lane, state.paid) == ("closed", Lane.EXPRESS, 39_000)
    assert [one.step for one in state.scores] == [
        "report",
        "vehicle-policy",
        "assessment",
        "history-network",
        "payment",
    ]
    assert state.highest_score <= 9
    assert ended_as(claims, claim) == EndedAs.PAID


@pytest.fixture(scope="module")
def ring(claims: ClaimsHouse) -> str:
    """Six people report from one phone and name one account, the first of whom was refused; then comes a seventh."""
    for number in range(6):
        claim = claims.report(phone=RING_PHONE)
        claims.payee(claim, RING_ACCOUNT)
        if not number:
            claims.give(
                claim, lambda _state: c.Refuse(at=system_now(), reasons=("made-up",), words="wrd_1", by=HANDLER)
            )
            assert ended_as(claims, claim) == EndedAs.REFUSED
    return claims.report(phone=RING_PHONE, estimate="1500.00")


def test_a_claim_that_shares_phone_and_account_with_a_refused_one_is_blocked_and_does_not_pay_without_a_person(
    claims: ClaimsHouse, ring: str
) -> None:
    claims.advance(ring)
    state = claims.state(ring)
    assert (state.lane, state.reviewed) == (Lane.BLOCKED, False)
    assert claims.house.events(ring)[-1] == "claim.triaged"
    claims.survey(ring).assess(ring).advance(ring)
    assert next_moves(claims.state(ring))[0] == Move(Actor.TEAM_LEAD, "review-block")
    claims.give(ring, lambda _state: c.ReviewBlock(at=system_now(), released=False, reason="wrd_2", by=LEAD))
    claims.give(ring, lambda state: c.Verify(at=system_now(), assessment=state.assessment.id, passed=True, by=LEAD))  # type: ignore[union-attr]
    claims.settling.adjudicate(ring, None, actor="tests", by=HANDLER)
    claims.settling.offer(ring, actor="tests", by=HANDLER)
    claims.agree(ring).payee(ring, RING_ACCOUNT).advance(ring)
    assert (claims.state(ring).state.value, claims.state(ring).payments) == ("agreed", ())
    account = claims.state(ring).payee.account  # type: ignore[union-attr]
    claims.give(ring, lambda _state: c.ApprovePayment(at=system_now(), fen=39_000, account=account, by=LEAD))
    assert claims.advance(ring).state(ring).paid == 39_000


def test_a_score_is_kept_with_the_trace_that_its_event_names(claims: ClaimsHouse) -> None:
    claim = claims.report()
    claims.advance(claim)
    with claims.house.database.reading() as session:
        rows = session.scalars(select(KeptScoreRow).filter_by(claim=claim)).all()
        assert {row.step for row in rows} == {one.step for one in claims.state(claim).scores}
        trace = json.loads(read_kept_trace(session, rows[0].id))
    assert rows[0].amount == 120_000
    assert trace


def test_a_score_that_is_too_high_for_express_and_too_low_for_people_goes_the_ordinary_way(
    claims: ClaimsHouse,
) -> None:
    for _ in range(2):
        claims.report(phone="13900008888")
    claim = claims.report(phone="13900008888")
    claims.advance(claim)
    state = claims.state(claim)
    assert (state.lane, 9 < state.highest_score < 20) == (Lane.ORDINARY, True)


def test_a_step_that_cannot_be_scored_goes_to_people(claims: ClaimsHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_arguments: object, **_named: object) -> object:
        raise failed("the engine gave no answer")

    claim = claims.report()
    monkeypatch.setattr("claims.service.scoring.score_step", fails)
    state = claims.advance(claim).state(claim)
    assert (state.lane, state.scores, state.unscored) == (Lane.BLOCKED, (), frozenset())


def test_whoever_was_refused_for_fraud_is_blocked_by_a_hard_stop(claims: ClaimsHouse) -> None:
    policy = claims.register()
    first = claims.report(policy)
    claims.give(first, lambda _state: c.Refuse(at=system_now(), reasons=("fraud",), words="wrd_1", by=HANDLER))
    claim = claims.report(policy)
    state = claims.advance(claim).state(claim)
    assert (ended_as(claims, first), state.lane, state.highest_score >= 100) == (EndedAs.FRAUD, Lane.BLOCKED, True)


def test_a_claim_that_is_joined_leaves_the_index_and_one_that_is_opened_again_is_open(claims: ClaimsHouse) -> None:
    joined, withdrawn = claims.report(), claims.report()
    claims.give(joined, lambda _state: c.Join(at=system_now(), into=withdrawn, by=HANDLER))
    claims.give(withdrawn, lambda _state: c.Withdraw(at=system_now(), reason="no-need"))
    assert (ended_as(claims, joined), ended_as(claims, withdrawn)) == (None, EndedAs.WITHDRAWN)
    claims.give(withdrawn, lambda _state: c.Reopen(at=system_now(), reason="new-damage", words="wrd_1", by=HANDLER))
    assert ended_as(claims, withdrawn) == EndedAs.OPEN


def test_what_was_erased_leaves_the_index_and_a_claim_that_goes_on_stays(claims: ClaimsHouse) -> None:
    claim = claims.report()
    record = claims.state(claim).reported.record
    new = EventType("evidence.erased")(envelope="env_agreed")
    erased = recorded(new, id="evt_0000000000000001", stream="erasures", version=1, actor="tests", time=system_now())
    house, forgetting = claims.office.house, Forgetting(claims.office)
    with claims.house.database.transaction() as session:
        session.add(AgreementOf(envelope="env_agreed", claim=claim))
    for is_there in (True, False):
        with claims.house.database.transaction() as session:
            forgetting.hear(session, LoggedEvent(0, erased))
        assert (ended_as(claims, claim) is not None) is is_there
        with claims.house.database.transaction() as session:
            house.records.erase(session, record, at=system_now())
    with claims.house.database.transaction() as session:
        session.delete(session.get_one(AgreementOf, "env_agreed"))
    # Others use this house: nothing is left that its tasks could not do without the report.
    claims.give(claim, lambda _state: c.Withdraw(at=system_now(), reason="no-need"))
