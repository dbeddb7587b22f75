"""Contracts signed end to end for the verifier's tests: two people, the seal, every level, true manifests."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from ca.authority import EmbeddedAuthority
from ca.trust import TrustStore
from esign.evidence.items import Placement
from esign.evidence.manifest import Manifest, PresentSignature, SignatureEvidence, encode_manifest, parse_manifest
from esign.pades.act import (
    Act,
    Signature,
    archive,
    opener_of,
    sign_for_recipient,
    timestamp_signature,
    validation_data_for,
)
from esign.pades.revision import add_validation_data
from esign.pades.typeface import Typeface
from esign.pades.validation_data import ValidationData
from esign.verify import Report, SecurityStore, verify
from esign.verify.judge import NOTHING_MORE
from tests import acts

EditManifest = Callable[[Manifest], Manifest]


def judge(
    document: bytes,
    trust: TrustStore,
    *,
    at: datetime | None = None,
    password: str | None = None,
    supplement: SecurityStore = NOTHING_MORE,
) -> Report:
    """Verify bytes, now unless told otherwise."""
    moment = at or datetime.now(UTC)
    return verify(
        io.BytesIO(document), name="contract.pdf", trust=trust, at=moment, password=password, supplement=supplement
    )


def codes(report: Report, severity: str = "error") -> set[str]:
    """The codes of the findings of one severity."""
    return {finding.code for finding in report.findings if finding.severity == severity}


@dataclass
class Desk:
    """A prepared contract that is being signed; `document` grows by one revision per act."""

    authority: EmbeddedAuthority
    document: bytes
    prepared_sha256: bytes
    present: list[PresentSignature] = field(default_factory=list)
    data: ValidationData = ValidationData()  # frozen and empty

    @classmethod
    def open(cls, contract: bytes, typeface: Typeface, authority: EmbeddedAuthority) -> Desk:
        document = acts.prepared(contract, typeface)
        return cls(authority, document, hashlib.sha256(document).digest())

    def evidence(self, name: str, *, placement: Placement, edit: EditManifest) -> SignatureEvidence:
        made = acts.evidence_of(name, placement=placement)
        manifest = replace(
            parse_manifest(made.manifest),
            prepared_sha256=self.prepared_sha256,
            signatures_present=tuple(self.present),
        )
        return SignatureEvidence(encode_manifest(edit(manifest)), made.items)

    def sign(
        self,
        name: str,
        *,
        placement: Placement = Placement.VISIBLE,
        timestamp: bool = True,
        edit: EditManifest = lambda manifest: manifest,
        evidence: SignatureEvidence | None = None,
        person: str | None = None,
        typeface: Typeface | None = None,
    ) -> Signature:
        act = acts.act_of(name, placement=placement, person=person)
        act = Act(
            act.field,
            act.signer_name,
            act.claimed_time,
            evidence or self.evidence(name, placement=placement, edit=edit),
            act.appearance,
        )
        size = self.authority.timestamp_authority.token_size_bound if timestamp else 0
        plain = opener_of(io.BytesIO(self.document))
        opener = plain if typeface is None else acts.opener_with(self.document, typeface)
        signature = sign_for_recipient(opener, act, self.authority.issuer, token_size=size)
        return self._keep(name, signature, timestamp=timestamp)

    def seal(self) -> Signature:
        return self._keep("seal", acts.put_seal(self.document, self.authority, timestamp=False), timestamp=False)

    def _keep(self, name: str, signature: Signature, *, timestamp: bool) -> Signature:
        if timestamp:
            signature = timestamp_signature(signature, self.authority.timestamp_authority)
        self.document += signature.increment
        self.present.append(PresentSignature(name, hashlib.sha256(signature.cms.der).digest()))
        if timestamp:
            self.data += validation_data_for(signature, self.authority.revocation, roots=self.authority.roots)
        return signature

    def add_validation_data(self) -> None:
        self.document += add_validation_data(io.BytesIO(self.document), self.data)

    def archive(self) -> None:
        self.document += archive(io.BytesIO(self.document), self.data, self.authority.timestamp_authority)


def signed_contract(
    contract: bytes, typeface: Typeface, authority: EmbeddedAuthority, order: Sequence[str] = ("applicant", "insured")
) -> bytes:
    """A contract that these recipients signed in this order, sealed, at B-LTA."""
    desk = Desk.open(contract, typeface, authority)
    for name in order:
        desk.sign(name)
    seal = acts.put_seal(desk.document, authority)
    desk.document += seal.increment
    desk.data += validation_data_for(seal, authority.revocation, roots=authority.roots)
    desk.archive()
    return desk.document
