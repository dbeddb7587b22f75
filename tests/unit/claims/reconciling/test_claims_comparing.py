"""What an entry of the bank's statement is beside our payment, and how strictly a statement is read. Pure."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from claims.domain.state import Payment
from claims.domain.values import PaymentKind, PaymentState
from claims.errors import StatementRefused
from claims.pages.reconciling_pages import FOUND, NEXT
from claims.payment.statement import Entry, EntryKind, Statement, encode_statement, read_statement
from claims.reconciling.commands import SAID
from claims.reconciling.comparing import WITH_OWNER, Found, compare

NOON = datetime(2026, 11, 27, 4, tzinfo=UTC)
PAID, BACK = EntryKind.PAID, EntryKind.RETURNED
S = PaymentState


def entry(kind: EntryKind = PAID, fen: int = 39_000, reference: str = "pay_1") -> Entry:
    return Entry("sim1", kind, reference, fen)


def payment(state: PaymentState, contradicted_at: datetime | None = None) -> Payment:
    return Payment("pay_1", PaymentKind.FINAL, 39_000, "a" * 64, state, contradicted_at)


@pytest.mark.parametrize(
    ("kind", "state", "found"),
    [
        (PAID, S.MADE, Found.KNOWN),
        (PAID, S.SURPLUS, Found.KNOWN),
        (PAID, S.ORDERED, Found.MADE_UNANSWERED),
        (PAID, S.UNANSWERED, Found.MADE_UNANSWERED),
        (PAID, S.FAILED, Found.MADE_AFTER_ALL),
        (BACK, S.MADE, Found.GIVEN_BACK),
        (BACK, S.SURPLUS, Found.SURPLUS_BACK),
        (BACK, S.FAILED, Found.KNOWN_RETURN),
        (BACK, S.ORDERED, Found.NOT_PAID_BEFORE),
        (BACK, S.UNANSWERED, Found.NOT_PAID_BEFORE),
    ],
)
def test_what_an_entry_is_follows_from_where_the_payment_stands(
    kind: EntryKind, state: PaymentState, found: Found
) -> None:
    assert compare(entry(kind), payment(state), paid_before=False, came_back=False) is found


def test_money_that_is_known_to_have_come_back_is_not_made_after_all() -> None:
    assert compare(entry(), payment(S.FAILED), paid_before=False, came_back=True) is Found.KNOWN
    asked = payment(S.UNANSWERED, NOON)  # the bank contradicted itself, and is being asked
    assert compare(entry(), asked, paid_before=False, came_back=False) is Found.KNOWN
    assert compare(entry(BACK), asked, paid_before=True, came_back=True) is Found.KNOWN_RETURN


def test_another_amount_a_second_payment_and_a_strangers_are_for_people() -> None:
    assert compare(entry(fen=1), payment(S.MADE), paid_before=False, came_back=False) is Found.AMOUNT_DIFFERS
    assert compare(entry(), payment(S.MADE), paid_before=True, came_back=False) is Found.PAID_TWICE
    assert compare(entry(), None, paid_before=False, came_back=False) is Found.NOT_OURS
    assert set(NEXT) == WITH_OWNER
    assert set(FOUND) == set(SAID) == set(Found)


def test_a_statement_is_read_as_it_was_written() -> None:
    statement = Statement("sim-0-2", (entry(), Entry("sim2", BACK, "张三 房租", 5)))
    data = encode_statement(statement)
    assert read_statement(data) == statement
    assert encode_statement(read_statement(data)) == data
    assert [one.payment for one in statement.entries] == ["pay_1", None]


@pytest.mark.parametrize(
    "change",
    [
        (b'"simulated":true', b'"simulated":false'),
        (b'"fen":39000', b'"fen":-39000'),
        (b'"fen":39000', b'"fen":39000.5'),
        (b'"fen":39000', b'"fen":"39000"'),
        (b'"kind":"paid"', b'"kind":"gift"'),
        (b'"entry":"sim1"', b'"entry":"sim1","further":"x"'),
        (b'"format":"simulated-bank-statement-1"', b'"format":"camt.053.001.08"'),
        (b"}]", b"}"),
    ],
)
def test_a_statement_of_another_form_is_refused_and_not_repeated(change: tuple[bytes, bytes]) -> None:
    data = encode_statement(Statement("sim-0-1", (entry(),))).replace(*change)
    with pytest.raises(StatementRefused) as refused:
        read_statement(data)
    assert refused.value.code == "bank-statement"
    assert "39000" not in str(refused.value)


def test_an_entry_that_stands_twice_in_a_statement_is_refused() -> None:
    with pytest.raises(StatementRefused):
        read_statement(encode_statement(Statement("sim-0-1", (entry(), entry()))))
