"""What is paid back when a policy ends: all of the premium in the hesitation period, the cash value after it.

The money goes back to the account that paid: the bank gives the money of a debit back, and to no other account.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from policy.amounts import yuan_of
from policy.documents.values import Cancellation, Surrender
from policy.domain import Proposal as State
from policy.domain.refusal import broken
from policy.domain.state import Policy
from policy.products.catalogue import Product
from policy.proposal import Frequency, Proposal, age_on
from policy.proposing.quoting import cash_values, inquiry_of

COST: Final = Decimal("0.00")
"""The terms let the insurer keep ten yuan; it does not (`policy.domain.policy_rules` gives all the money back)."""
DEBTS: Final = Decimal("0.00")
"""No product lends on a policy, or pays premiums for the customer."""


def cancellation(state: State, sold: Proposal) -> Cancellation:
    """Return what a cancellation pays back of an issued policy; `sold` is what was signed."""
    ends = policy_of(state).hesitation_ends
    received = None if ends is None else ends - timedelta(days=state.contents.hesitation_days)
    payment = sold.payment
    return Cancellation(received, ends, premium_paid(state), COST, payment.bank, payment.account, payment.holder)


def surrender(state: State, sold: Proposal, product: Product, day: date) -> Surrender:
    """Return what a surrender that is asked for on that day pays back of an issued policy.

    It is the cash value at the end of the policy year that runs, and no more than the premiums pay for: later ones than
    the first are not collected here, so that a policy that is paid for year by year is worth its first year.
    """
    premium, payment = premium_paid(state), sold.payment
    year = age_on(policy_of(state).effective_on, day) + 1
    paid_for = year if payment.frequency is Frequency.ONCE else 1
    values = cash_values(product, inquiry_of(sold), premium)
    value = values[min(year, paid_for, len(values)) - 1].cash_value
    return Surrender(premium, value, DEBTS, payment.bank, payment.account, payment.holder)


def premium_paid(state: State) -> Decimal:
    """Return the premium that was taken, in yuan."""
    if state.collected is None:
        raise broken("a policy is issued and nobody paid for it")
    return yuan_of(state.collected.fen)


def policy_of(state: State) -> Policy:
    """Return the issued policy."""
    if state.policy is None:
        raise broken("a proposal is issued and has no policy")
    return state.policy
