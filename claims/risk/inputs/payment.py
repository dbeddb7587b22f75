"""Inputs of the payment: who is paid, on which account, and what was asked."""

from __future__ import annotations

from claims.risk.comparing import Input, differ
from claims.risk.facts import Facts


def payment_inputs(facts: Facts) -> dict[str, Input]:
    """Return what the tables of the payment compare."""
    payment, history = facts.payment, facts.history
    another = differ(payment.payee, payment.insured)
    return {
        "payee_is_insured": None if another is None else not another,
        "account_unrelated_payees": history.account_payees,
        "account_known_days": history.account_known_days,
        "account_changed": differ(payment.account, payment.approved_account),
        "payee_is_shop": payment.payee_is_shop,
        "payments_asked": payment.payments_asked,
        "urgings": payment.urgings,
        "third_party_paid": payment.third_party_paid,
    }
