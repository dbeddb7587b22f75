"""A file signed as `esign sign` does it, with real evidence and an event certificate: what is judged and weighed."""

from __future__ import annotations

import secrets
from pathlib import Path

from bench.ours import now
from ca.authority import EmbeddedAuthority
from esign.ceremony.roles import Role
from esign.ceremony.signing_run import TEST_NOTICE, Order, Recipient, Seal, sign_contract
from esign.ceremony.trust_services import TrustServices
from esign.evidence.handwriting import parse_handwriting
from esign.evidence.items import Placement
from esign.evidence.photo import read_photo
from esign.pades.fields import DefaultPlace
from esign.pades.level import Level
from tests.signers import face_jpeg, handwriting_json
from wsgi import find_typeface


def sign_file(source: Path, destination: Path, authority: EmbeddedAuthority, level: Level, *, seal: bool) -> None:
    """Sign for one recipient, with the seal where asked for, and release the verified result."""
    recipient = Recipient(
        Role.APPLICANT,
        "张伟",
        parse_handwriting(handwriting_json(1)),
        read_photo(face_jpeg(1)),
        DefaultPlace("投保人签名"),
    )
    order = Order(
        [recipient],
        Seal("示例保险", authority.seal, DefaultPlace("保险人签章")) if seal else None,
        level,
        Placement.VISIBLE,
        find_typeface(),
        "env_bench",
    )
    sign_contract(source, destination, order, services_of(authority), lambda _step: None)


def services_of(authority: EmbeddedAuthority) -> TrustServices:
    """Return what the embedded authority does for a signing."""
    return TrustServices(
        authority.issuer,
        authority.timestamp_authority,
        authority.revocation,
        authority.trust_store(),
        authority.custodian_certificate,
        now,
        secrets.token_bytes,
        TEST_NOTICE,
    )
