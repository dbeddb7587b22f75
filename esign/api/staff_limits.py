"""Tries at the staff's door, counted across processes: the staff room's port over our rates.

A stranger's tries are counted by address, which a whole branch may share. Those from a browser in which the member
logged in before are counted for that member alone: a stranger behind the same address uses up nothing of theirs.
"""

from __future__ import annotations

from typing import Final

from esign.api.rates import Allowance, Rates, address_subject
from esign.infra.keystore import KeyStore

STAFF_LOGINS: Final = Allowance("staff-login", 30, minutes=15)
STAFF_INVITATIONS: Final = Allowance("staff-invitation", 30, minutes=15)
KNOWN_BROWSERS: Final = Allowance("staff-known", 10, minutes=15)


class TriesAtTheDoor:
    """Counts every try before it is looked at, and gives back what was right."""

    def __init__(
        self, rates: Rates, keys: KeyStore, strangers: Allowance = STAFF_LOGINS, known: Allowance = KNOWN_BROWSERS
    ) -> None:
        self._rates = rates
        self._keys = keys
        self._strangers = strangers
        self._known = known

    def lets_pass(self, address: str, member: str | None = None) -> bool:
        """Count a try; tell whether it may go on. `member` is whose browser it is known to be."""
        return self._rates.take(*self._counted(address, member)).allowed

    def give_back(self, address: str, member: str | None = None) -> None:
        """Let a try that was right count for nothing."""
        self._rates.give_back(*self._counted(address, member))

    def _counted(self, address: str, member: str | None) -> tuple[Allowance, str]:
        if member is not None:
            return self._known, member
        return self._strangers, address_subject(self._keys, address)
