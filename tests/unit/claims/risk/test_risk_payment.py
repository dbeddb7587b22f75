"""Points of the payment."""

from __future__ import annotations

from typing import Any

import pytest

from claims.risk.facts import Facts, HistoryFacts, PaymentFacts, Step
from tests.unit.claims.risk.firing import check, observed_points


def paid(**known: Any) -> Facts:
    return Facts(payment=PaymentFacts(**known))


def account(**known: Any) -> Facts:
    return Facts(history=HistoryFacts(**known))


CASES = {
    "R107": (paid(payee="per_b", insured="per_a"), paid(payee="per_a", insured="per_a")),
    "R108": (account(account_payees=2), account(account_payees=1)),
    "R109": (account(account_known_days=0), account(account_known_days=400)),
    "R110": (
        paid(account="acc_2", approved_account="acc_1"),
        paid(account="acc_1", approved_account="acc_1"),
    ),
    "R111": (paid(payee_is_shop=True), paid(payee_is_shop=False)),
    "R112": (paid(payments_asked=2), paid(payments_asked=1)),
    "R113": (paid(urgings=2), paid(urgings=0)),
    "R114": (paid(third_party_paid=True), paid(third_party_paid=False)),
}


@pytest.mark.parametrize(("point", "fires", "quiet"), [(point, *both) for point, both in CASES.items()])
def test_a_point_of_the_payment_fires_on_what_it_is_about(point: str, fires: Facts, quiet: Facts) -> None:
    check(Step.PAYMENT, point, fires, quiet)


def test_every_computed_point_of_the_payment_has_its_case() -> None:
    assert CASES.keys() == observed_points(Step.PAYMENT)
