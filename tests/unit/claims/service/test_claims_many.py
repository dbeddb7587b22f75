"""Many claims are brought on at once as each would be alone, and the bank takes a file of payments."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from claims.domain import Claim
from claims.domain import commands as c
from claims.errors import ClaimRefused
from tests.claims_shell import ClaimsHouse


def test_claims_that_are_advanced_together_come_to_where_each_comes_alone(claims: ClaimsHouse) -> None:
    alone, first, second = claims.report(), claims.report(), claims.report()
    claims.advance(alone).advancing.advance_many([first, second])
    assert [claims.house.events(one) for one in (first, second)] == [claims.house.events(alone)] * 2
    assert claims.state(first).lane is claims.state(alone).lane


def test_payments_of_one_file_are_made_once_and_what_the_bank_is_silent_about_is_asked_about(
    claims: ClaimsHouse,
) -> None:
    paid, wrong, silent = claims.agreed("5183"), claims.agreed("9001"), claims.agreed("9005")
    claims.advancing.advance_many([paid, wrong, silent])
    states = [claims.state(one).state.value for one in (paid, wrong, silent)]
    assert states == ["closed", "payment-failed", "payment-unknown"]
    claims.advancing.advance_many([paid, wrong, silent])
    assert claims.state(silent).state.value == "closed"
    assert [len(claims.state(one).payments) for one in (paid, wrong, silent)] == [1, 1, 1]


def test_what_is_refused_concerns_its_claim_alone(claims: ClaimsHouse) -> None:
    early, late = claims.report(), claims.report()
    claims.advance(late)

    def taken(session: Session, _claim: str, state: Claim) -> tuple[c.Command, ...]:
        at, survey = claims.office.now(session, state), "svy_none" if state.survey is None else state.survey.id
        return (c.RecordSurvey(at=at, survey=survey, record="rec_1", digest="4" * 64, fault=100),)

    done = claims.office.change_many([early, late], taken, actor="tests", refusals=(ClaimRefused,))
    assert (set(done.refused), set(done.changes)) == ({early}, {late})


def test_records_that_are_read_together_are_those_that_are_read_one_by_one(claims: ClaimsHouse) -> None:
    states = [claims.state(claims.report()) for _ in range(2)]
    names = [one.reported.record for one in states]
    records = claims.office.house.records
    with claims.house.database.reading() as session:
        assert records.read_many(session, names) == {name: records.read(session, name) for name in names}
        with pytest.raises(Exception, match="crp_nobody"):
            records.read_many(session, [*names, "crp_nobody"])
