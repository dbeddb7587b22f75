"""The bank's statement, taken in: every entry once, claims that go on by it, and what waits for a manager."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from lxml import etree

from claims.commands import claims_commands
from claims.domain import Actor
from claims.errors import PaymentFileRefused, StatementRefused
from claims.payment.books import PayingBooks
from claims.payment.pain001 import NAMESPACE, Debtor
from claims.payment.port import PaymentSilent
from claims.payment.statement import Covers, Entry, EntryKind, Statement, encode_statement
from claims.reconciling.comparing import Found
from claims.reconciling.filing import PaymentFiles
from claims.reconciling.models import StatementEntry
from claims.reconciling.taking import Reconciling
from claims.service.keeping import records_of_claim
from tests.claims_shell import ClaimsHouse
from tests.service import system_now
from tests.unit.claims.claims_desk import HERE, ClaimsDesk
from tests.unit.claims.payment.test_camt053 import detail, entry
from tests.unit.claims.payment.test_camt053 import file as camt053

PAID, BACK = EntryKind.PAID, EntryKind.RETURNED
OURS = Debtor("测试财产保险有限公司", "102100099996", "6222000000001234")
MONDAY = date(2026, 11, 30)
numbers = itertools.count(1)


def ordered(claims: ClaimsHouse, ending: str = "5183") -> tuple[str, str]:
    """Bring a claim to where the bank was asked; return it and its payment."""
    claim = claims.report()
    claims.to_offer(claim).agree(claim).payee(claim, f"620000000000{ending}")
    with suppress(PaymentSilent):
        claims.advance(claim)
    return claim, claims.state(claim).payments[-1].id


def take(claims: ClaimsHouse, *entries: tuple[EntryKind, str, int]) -> dict[Found, int]:
    made = tuple(Entry(f"test{next(numbers)}", *one) for one in entries)
    return dict(Reconciling(claims.office).take(Statement(f"test-{next(numbers)}", made)).found)


def test_a_payment_that_timed_out_and_was_made_goes_on_by_the_statement(claims: ClaimsHouse) -> None:
    claim, payment = ordered(claims, "9005")
    assert claims.state(claim).state.value == "payment-unknown"
    assert take(claims, (PAID, payment, 39_000)) == {Found.MADE_UNANSWERED: 1}
    assert claims.state(claim).state.value == "paid"
    claims.advance(claim)
    assert claims.state(claim).state.value == "closed"
    assert [one.id for one in claims.state(claim).payments] == [payment]  # and no other was ordered


def test_money_given_back_opens_the_claim_again_for_its_handler(claims: ClaimsHouse) -> None:
    claim, payment = ordered(claims, "9009")
    assert take(claims, (PAID, payment, 39_000)) == {Found.KNOWN: 1}
    assert take(claims, (BACK, payment, 39_000)) == {Found.GIVEN_BACK: 1}
    claims.advance(claim)  # the bank is asked
    state = claims.state(claim)
    assert (state.state.value, state.paid) == ("payment-failed", 0)
    # A later statement that tells both once more, under other numbers of the bank, makes nothing paid.
    assert take(claims, (BACK, payment, 39_000)) == {Found.KNOWN_RETURN: 1}
    assert claims.state(claim).paid == 0


def test_an_entry_counts_once_whatever_statement_brings_it(claims: ClaimsHouse) -> None:
    _claim, payment = ordered(claims)
    entry = Entry("once1", PAID, payment, 39_000)
    reconciling = Reconciling(claims.office)
    assert reconciling.take(Statement("once-1", (entry,))).found == {Found.KNOWN: 1}
    again = reconciling.take(Statement("once-2", (entry,)))
    assert (again.found, again.before) == ({}, 1)
    with pytest.raises(StatementRefused) as refused:
        reconciling.take(Statement("once-3", (Entry("new1", PAID, "other", 1), replace(entry, fen=1))))
    assert refused.value.code == "bank-entry-differs"
    with claims.house.database.reading() as session:
        assert session.get(StatementEntry, "new1") is None  # nothing of it was taken


def test_what_is_not_ours_keeps_no_word_of_the_bank(claims: ClaimsHouse) -> None:
    entry = Entry("strange1", PAID, "张三 房租 6222021234567890", 120_000)
    assert Reconciling(claims.office).take(Statement("s-1", (entry,))).found == {Found.NOT_OURS: 1}
    with claims.house.database.reading() as session:
        row = session.get_one(StatementEntry, "strange1")
        assert (row.payment, row.claim, row.owner) == (None, None, "manager")


def test_a_manager_says_once_what_was_done_about_what_does_not_fit(desk: ClaimsDesk) -> None:
    claims, here = desk.claims, f"{HERE}/reconciliation"
    claim = desk.office.report()
    claims.to_offer(claim).agree(claim).payee(claim).advance(claim)
    payment = claims.state(claim).payments[-1].id
    entries = (Entry("diff1", PAID, payment, 40_000), Entry("twice1", PAID, payment, 39_000))
    Reconciling(claims.office).take(Statement("bank-1", entries))
    told = desk.manager.get(here).text
    assert "金额不符" in told and "付了两次" in told and "400.00" in told and "390.00" in told
    assert "多付的要回来" in told  # the next step
    assert f"{here}/diff1" not in desk.lead.get(here).text  # who leads sees it, and does not settle it
    assert desk.handler.get(here).status_code in (403, 404)
    assert desk.manager.send(here, f"{here}/diff1", measure="", words="核过").status_code == 409
    done = {"measure": "bank-cleared", "words": "银行承认录错，已冲正。"}
    form = desk.manager.form(here, f"{here}/diff1").fields | done
    assert desk.manager.post(f"{here}/diff1", form).status_code == 303
    assert desk.manager.post(f"{here}/diff1", form).status_code == 409  # somebody said it already
    assert "金额不符" not in desk.manager.get(here).text.partition("最近的对账单")[0]
    assert "已冲正" in desk.manager.get(f"{here}?show=settled").text
    with claims.house.database.reading() as session:  # what was written about a claim goes with it
        assert session.get_one(StatementEntry, "diff1").words in records_of_claim(session, claim)


def names(content: bytes) -> list[str]:
    return [str(one.text) for one in etree.fromstring(content).iter(f"{{{NAMESPACE}}}EndToEndId")]


def test_a_payment_is_in_one_file_and_a_file_written_again_is_the_same(claims: ClaimsHouse) -> None:
    (_, first), (_, second), files = ordered(claims), ordered(claims), PaymentFiles(claims.office)
    _, failed = ordered(claims, "9001")
    written = files.write("CLM-1", OURS, pay_on=MONDAY)
    assert {first, second} <= set(names(written.content)) and failed not in names(written.content)
    again = files.write("CLM-1", OURS, pay_on=MONDAY)
    assert (again.content, again.again) == (written.content, True)
    _, third = ordered(claims)
    assert names(files.write("CLM-2", OURS, pay_on=MONDAY).content) == [third]
    for changed, code in (
        (lambda: files.write("CLM-3", OURS, pay_on=MONDAY), "payment-file-empty"),
        (lambda: files.write("CLM-1", replace(OURS, account="1"), pay_on=MONDAY), "payment-file-taken"),
    ):
        with pytest.raises(PaymentFileRefused) as refused:
            changed()
        assert refused.value.code == code


def test_one_payee_whom_the_schema_refuses_leaves_the_others_in(claims: ClaimsHouse) -> None:
    _, good = ordered(claims)
    _, bad = ordered(claims, "9" * 40)
    written = PaymentFiles(claims.office).write("CLM-4", OURS, pay_on=MONDAY)
    assert good in names(written.content)
    assert bad in written.left_out  # beside what other tests of this house ordered for such payees
    assert good not in written.left_out
    with pytest.raises(PaymentFileRefused) as refused:  # it is the debtor that is wrong, not everybody's account
        PaymentFiles(claims.office).write("CLM-5", replace(OURS, account="9" * 40), pay_on=MONDAY)
    assert refused.value.code in ("payment-file", "payment-file-empty")


def run(claims: ClaimsHouse, *arguments: str) -> Result:
    return CliRunner().invoke(claims_commands, arguments, obj=claims.house.builders, env=dict(claims.house.environment))


def test_the_simulated_banks_statement_is_reconciled_at_a_terminal(claims: ClaimsHouse, tmp_path: Path) -> None:
    ordered(claims)
    out = tmp_path / "today.json"
    assert "simulated" in run(claims, "bank-statement", "--out", str(out)).output
    told = json.loads(run(claims, "reconcile", str(out), "--json").output)
    assert told["found"]["known"] >= 1
    pay = tmp_path / "pay.xml"
    options = ("--account", OURS.account, "--bank-code", OURS.bank_code, "--pay-on", "2026-11-30")
    assert run(claims, "payment-file", "--id", "CLM-9", *options, "--out", str(pay)).exit_code == 0
    assert pay.stat().st_mode & 0o077 == 0  # it names people and accounts
    broken = tmp_path / "broken.json"
    broken.write_bytes(encode_statement(Statement("x", ())).replace(b"true", b"false"))
    refused = run(claims, "reconcile", str(broken))
    assert refused.exit_code == 10 and "fetch the file anew" in refused.output


def test_a_statement_of_a_real_bank_is_reconciled_at_a_terminal(claims: ClaimsHouse, tmp_path: Path) -> None:
    _, payment = ordered(claims, "5190")  # an account of its own: one that many share goes to people
    file = tmp_path / "today.xml"
    file.write_bytes(camt053(entry(detail(payment), number=f"CB{next(numbers)}"), id_=f"CMT-{next(numbers)}"))
    told = json.loads(run(claims, "reconcile", str(file), "--json").output)
    assert (told["found"], told["waiting"]) == ({"known": 1}, 0)


def test_a_payment_that_the_statement_of_its_day_lacks_waits_for_a_manager_once(desk: ClaimsDesk) -> None:
    claims, now = desk.claims, system_now()
    reconciling, claim = Reconciling(claims.office), desk.office.report()
    claims.to_offer(claim).agree(claim).payee(claim, "6200000000005191").advance(claim)
    payment = claims.state(claim).payments[-1]

    def lacked(*entries: Entry, until: timedelta) -> int:
        covers = Covers(now - timedelta(hours=1), now + until)
        statement = Statement(f"test-{next(numbers)}", entries, covers)
        return reconciling.take(statement).found.get(Found.MISSING, 0)

    def waits() -> bool:
        with claims.house.database.reading() as session:
            row = session.get(StatementEntry, f"missing-{payment.id}")
            return row is not None and (row.owner, row.fen, row.claim) == (Actor.MANAGER.value, payment.fen, claim)

    lacked(until=timedelta(hours=20))  # it may be booked a day later
    assert not waits()
    assert lacked(until=timedelta(days=2)) >= 1
    assert waits()
    assert lacked(until=timedelta(days=2)) == 0
    assert "我们的付款，当天的流水里没有" in desk.manager.get(f"{HERE}/reconciliation").text


def test_a_payment_that_a_statement_has_is_not_missing(claims: ClaimsHouse) -> None:
    claim, payment = ordered(claims, "5192")
    booked = Entry(f"test{next(numbers)}", PAID, payment, claims.state(claim).payments[-1].fen)
    covers = Covers(system_now() - timedelta(hours=1), system_now() + timedelta(days=2))
    Reconciling(claims.office).take(Statement(f"test-{next(numbers)}", (booked,), covers))
    with claims.house.database.reading() as session:
        assert session.get(StatementEntry, f"missing-{payment}") is None


def test_a_payments_own_answers_are_in_the_statement_once(claims: ClaimsHouse) -> None:
    _, twice = ordered(claims, "9004")
    _, back = ordered(claims, "9009")
    _, failed = ordered(claims, "9002")
    entries = PayingBooks(claims.house.database).statement().entries

    def of(payment: str) -> Sequence[EntryKind]:
        return [one.kind for one in entries if one.reference == payment]

    assert (of(twice), of(back), of(failed)) == ([PAID], [PAID, BACK], [])
