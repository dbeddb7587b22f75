"""Authorities that stamp one after another, for tests of renewal."""

from __future__ import annotations

from datetime import timedelta

from ca.authority import EmbeddedAuthority
from ca.errors import TrustServiceUnavailable
from ca.ports import TimestampToken
from ca.remote import FirstRevocationSource
from esign.renewal.renewing import Authorities
from esign.verify.trust.algorithm_constraints import AlgorithmConstraints
from tests.authority import present_time

ALWAYS = timedelta(days=365 * 50)
"""Whatever ends within so long is due: everything."""


class Down:
    """A timestamp authority that does not answer."""

    token_size_bound = 6000

    def timestamp(self, _digest: bytes) -> TimestampToken:
        raise TrustServiceUnavailable("tsa-down", "the timestamp authority does not answer", "try again")


def authorities(old: EmbeddedAuthority, new: EmbeddedAuthority, constraints: AlgorithmConstraints) -> Authorities:
    return Authorities(
        new.timestamp_authority,
        FirstRevocationSource(old.revocation, new.revocation),
        old.trust_store() + new.trust_store(),
        constraints,
        present_time,
    )
