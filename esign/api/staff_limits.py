"""Tries at the staff's door, limited by address across processes: the staff room's port over our rates."""

from __future__ import annotations

from typing import Final

from esign.api.rates import Allowance, Rates, address_subject
from esign.infra.keystore import KeyStore

STAFF_LOGINS: Final = Allowance("staff-login", 60, minutes=15)
"""A branch comes to work through one address; guessing one password for many logins needs far more."""


class AddressLimits:
    """Counts every try, for what was wrong with one is known only later."""

    def __init__(self, rates: Rates, keys: KeyStore, allowance: Allowance = STAFF_LOGINS) -> None:
        self._rates = rates
        self._keys = keys
        self._allowance = allowance

    def lets_pass(self, address: str) -> bool:
        """Count a try from the address; tell whether it may go on."""
        return self._rates.take(self._allowance, address_subject(self._keys, address)).allowed
