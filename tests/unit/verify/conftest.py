"""A contract at B-LTA, made once for the verifier's tests."""

from __future__ import annotations

import pytest
from signed_material import Desk, signed_contract

from ca.authority import EmbeddedAuthority
from ca.trust import TrustStore
from esign.pades.typeface import Typeface


@pytest.fixture(scope="session")
def trust(authority: EmbeddedAuthority) -> TrustStore:
    return authority.trust_store()


@pytest.fixture(scope="session")
def signed(contract: bytes, typeface: Typeface, authority: EmbeddedAuthority) -> bytes:
    return signed_contract(contract, typeface, authority)


@pytest.fixture(scope="session")
def signed_by_one(contract: bytes, typeface: Typeface, authority: EmbeddedAuthority) -> bytes:
    """The applicant alone, at B-LT: the document is not closed."""
    desk = Desk.open(contract, typeface, authority)
    desk.sign("applicant")
    desk.add_validation_data()
    return desk.document


@pytest.fixture
def desk(contract: bytes, typeface: Typeface, authority: EmbeddedAuthority) -> Desk:
    return Desk.open(contract, typeface, authority)
