"""Many claims are brought on at once as each would be alone, and the bank takes a file of payments."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from claims.domain import Claim
from claims.domain import commands as c
from claims.errors import ClaimRefused
from claims.models import MotorPolicyRow, MotorPolicyVersion, PaymentEntry
from claims.motor_policy import MotorPolicy
from claims.payment.books import PayingBooks
from claims.payment.port import PaymentNotTaken, PaymentOrder
from claims.service.registering import Register
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


def policy_of(claims: ClaimsHouse) -> tuple[str, MotorPolicy]:
    """Return a client's name, and a policy of theirs as the register has it."""
    number = claims.register()
    with claims.house.database.reading() as session:
        client = session.get_one(MotorPolicyRow, number).client
        return client, Register(claims.office.house).find(session, client, number).policy


def versions(claims: ClaimsHouse, number: str) -> int:
    with claims.house.database.reading() as session:
        return len(session.scalars(select(MotorPolicyVersion).filter_by(number=number)).all())


def test_policies_that_are_registered_together_are_those_that_are_registered_one_by_one(claims: ClaimsHouse) -> None:
    client, known = policy_of(claims)
    register, new = Register(claims.office.house), replace(known, number="CX77000000000001")
    register.put_many(client, [known, new, replace(new, grade=1)])
    assert (versions(claims, known.number), versions(claims, new.number)) == (1, 2)
    with claims.house.database.reading() as session:
        found = register.find_many(session, client, [new.number, known.number, new.number])
        assert {number: one.policy for number, one in found.items()} == {
            known.number: known,
            new.number: replace(new, grade=1),
        }
        with pytest.raises(ClaimRefused, match="no such motor policy"):
            register.find_many(session, "cli_other", [new.number])


def test_of_policies_that_are_registered_together_one_that_is_refused_lets_none_in(claims: ClaimsHouse) -> None:
    client, known = policy_of(claims)
    good, bad = replace(known, number="CX77000000000002"), replace(known, number="X1")
    with pytest.raises(ClaimRefused, match="no number of a policy"):
        Register(claims.office.house).put_many(client, [good, bad])
    assert versions(claims, good.number) == 0


def test_a_file_of_payments_books_each_once_and_refuses_one_that_was_ordered_otherwise(claims: ClaimsHouse) -> None:
    bank = PayingBooks(claims.house.database)
    orders = [
        PaymentOrder(f"pay_file{place}", 100, "李雷", "102331000018", f"6200{end}")
        for place, end in enumerate(("5183", "9001", "9004", "9005", "9006", "9008", "9009"))
    ]
    said = bank.pay_many([*orders, orders[0]])
    assert {id: one.outcome.value for id, one in said.items()} == {
        "pay_file0": "made",
        "pay_file1": "failed",
        "pay_file2": "made",
        "pay_file5": "failed",
        "pay_file6": "made",
    }
    with claims.house.database.reading() as session:
        chosen = select(PaymentEntry.id, PaymentEntry.kind).where(PaymentEntry.id.like(r"pay\_file%", escape="\\"))
        booked = Counter(session.execute(chosen).all())
    assert set(booked.values()) == {1}
    assert len(booked) == 6 + 3  # one never arrived; one is told again, one corrected, one given back
    with pytest.raises(PaymentNotTaken):
        bank.pay_many([replace(orders[0], fen=101)])
