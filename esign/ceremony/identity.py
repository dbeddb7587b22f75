"""Who checks that name, ID number and phone belong to one person: a port, nobody, or a vendor by HTTP.

What a vendor is sent (`vendor_call` has the envelope of it): an object of name, id_number (text or null), phone, and
schema `esign-identity-claim/1`. What it answers: an object of exactly

    outcome      matched or mismatched
    assurance    what was reached, as a code: three-factor, two-factor, ...
    reference    the vendor's own number of this check, one word
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Protocol

from ca.ports import Clock, HttpTransport
from esign.ceremony.errors import IdentityServiceRefused, IdentityServiceUnavailable
from esign.ceremony.vendor_call import Vendor, VendorCall, VendorService
from esign.infra.columns import canonical_json

NOT_VERIFIED: Final = "not-verified"
NOBODY: Final = "nobody"

_SERVICE: Final = VendorService("identity", "the identity service", IdentityServiceUnavailable, IdentityServiceRefused)
_SCHEMA: Final = "esign-identity-claim/1"


class IdentityOutcome(StrEnum):
    """What came of a check; `NOT_CHECKED` where nobody was asked."""

    MATCHED = "matched"
    MISMATCHED = "mismatched"
    NOT_CHECKED = "not-checked"


@dataclass(frozen=True)
class IdentityClaim:
    """Who somebody says they are; `id_number` is None where the contract asks for none."""

    name: str = field(repr=False)
    id_number: str | None = field(repr=False)
    phone: str = field(repr=False)


@dataclass(frozen=True)
class IdentityFinding:
    """What the evidence says of it: `assurance` that was reached and `by` whom, both codes.

    `reference` is the vendor's own number of the check, one word, or None.
    """

    assurance: str
    by: str
    outcome: IdentityOutcome
    reference: str | None = None

    @property
    def matched(self) -> bool:
        """Whether the person may go on: nobody found that the details do not belong together.

        That is so, too, where nobody was asked. Whether this is enough, the envelope's identity levels say.
        """
        return self.outcome is not IdentityOutcome.MISMATCHED


class IdentityVerifier(Protocol):
    """Checks identities."""

    def verify(self, person: IdentityClaim) -> IdentityFinding:
        """Check the claim. Raises `IdentityServiceUnavailable` or `IdentityServiceRefused`."""
        ...


class NoThirdParty:
    """The embedded verifier: asks nobody, and says so. Live mode counts it as a stand-in."""

    def verify(self, person: IdentityClaim) -> IdentityFinding:
        """Return `not-verified` by `nobody`, whoever it is."""
        return IdentityFinding(NOT_VERIFIED, NOBODY, IdentityOutcome.NOT_CHECKED)


class HttpIdentityVerifier:
    """A vendor that compares with the registers of residents and of telephone operators."""

    def __init__(self, vendor: Vendor, transport: HttpTransport, clock: Clock) -> None:
        """Raises `ConfigurationError` (`identity-...`) if the vendor cannot be asked so."""
        self._by = vendor.by
        self._call = VendorCall(_SERVICE, vendor, transport, clock)

    def verify(self, person: IdentityClaim) -> IdentityFinding:
        """Ask the vendor. What mismatched is `not-verified`, by the vendor.

        Raises `IdentityServiceUnavailable` and `IdentityServiceRefused` with the codes of `VendorCall.ask`.
        """
        claim = {"schema": _SCHEMA, "name": person.name, "id_number": person.id_number, "phone": person.phone}
        answer = self._call.ask(
            canonical_json(claim), media_type="application/json", members=("outcome", "assurance", "reference")
        )
        outcome = IdentityOutcome(
            answer.word("outcome", IdentityOutcome.MATCHED.value, IdentityOutcome.MISMATCHED.value)
        )
        assurance, reference = answer.code("assurance"), answer.reference("reference")
        if outcome is IdentityOutcome.MISMATCHED:
            assurance = NOT_VERIFIED
        elif assurance == NOT_VERIFIED:
            raise answer.malformed("it matched and is not verified at once")
        return IdentityFinding(assurance, self._by, outcome, reference)
