"""The PAdES baseline level of one signature, from what is there and what covers it (EN 319 142-1).

Trust plays no part: a level says what a verifier can find in the file, not whom it believes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from asn1crypto import x509

from ca.encoding import encoding_of
from esign.verify.cms.certificates import CertificatePool
from esign.verify.cms.signed_data import (
    COMMITMENT_TYPE,
    CONTENT_TYPE,
    MESSAGE_DIGEST,
    SIGNATURE_POLICY,
    SIGNING_CERTIFICATE,
    SIGNING_CERTIFICATE_V2,
    SIGNING_TIME,
    Cms,
    Integrity,
)
from esign.verify.cms.timestamps import Timestamp
from esign.verify.reading.signature_fields import SignatureField
from esign.verify.trust.revocation import RevocationData, has_revocation_data
from esign.verify.trust.validation_data import SecurityStore

_ONCE = ("M", "Contents", "Filter", "ByteRange")


@dataclass(frozen=True)
class CoveringTimestamp:
    """A document timestamp that is intact, where it ends, and the validation data inside what it covers."""

    end: int
    timestamp: Timestamp
    store: SecurityStore


def baseline_level(
    signature: SignatureField,
    cms: Cms,
    signature_timestamps: Sequence[Timestamp],
    document_timestamps: Sequence[CoveringTimestamp],
    present: SecurityStore,
    pool: CertificatePool,
    revocation: RevocationData,
) -> str:
    """Return `none`, `B-B`, `B-T`, `B-LT` or `B-LTA`.

    `document_timestamps` are the intact ones of the file, `present` the validation data of its last revision. `pool`
    and `revocation` are the certificates and answers of the whole file.
    """
    if b_b_defects(signature, cms):
        return "none"
    end = signature.end or 0
    covering = [found for found in document_timestamps if found.end > end]
    own = [found for found in signature_timestamps if found.is_intact]
    if not own and not covering:
        return "B-B"
    timestamps = own or [min(covering, key=lambda found: found.end).timestamp]
    signer = cms.signers[0].certificate
    if signer is None or not _has_validation_data(present, signer, timestamps, pool, revocation):
        return "B-T"
    if any(_has_validation_data(found.store, signer, timestamps, pool, revocation) for found in covering):
        return "B-LTA"
    return "B-LT"


def _has_validation_data(
    store: SecurityStore,
    signer: x509.Certificate,
    timestamps: Sequence[Timestamp],
    pool: CertificatePool,
    revocation: RevocationData,
) -> bool:
    """Whether the store has revocation data for the signer's chain and for that of a timestamp."""
    if not (store.ocsp_responses or store.crls or store.certificates):
        return False
    data = revocation.only(store.ocsp_responses, store.crls)
    if not has_revocation_data(pool.chain(signer), data, pool):
        return False
    chains = [pool.chain(found.certificate) for found in timestamps if found.certificate is not None]
    return any(has_revocation_data(chain, data, pool) for chain in chains)


def b_b_defects(signature: SignatureField, cms: Cms) -> list[str]:
    """Return what keeps the signature from level B-B, in short phrases; empty if nothing does."""
    dictionary = signature.dictionary
    defects = []
    if signature.sub_filter != "ETSI.CAdES.detached":
        defects.append("SubFilter is not ETSI.CAdES.detached")
    defects += [f"{key} is missing" for key in _ONCE if dictionary.get(key) is None]
    defects += [f"{key} is written twice" for key in _ONCE if key in signature.duplicate_keys]
    if "Cert" in dictionary:
        defects.append("Cert is present")
    if len(cms.signers) != 1:
        defects.append("there is not exactly one signer")
        return defects
    if cms.content is not None:
        defects.append("the content is not detached")
    signer = cms.signers[0]
    if signer.integrity is not Integrity.INTACT or signer.certificate is None:
        defects.append("the signature is not intact")
    elif encoding_of(signer.certificate) not in set(map(encoding_of, cms.certificates)):
        defects.append("the signer's certificate is not in the signature")
    for kind, name in ((CONTENT_TYPE, "content-type"), (MESSAGE_DIGEST, "message-digest")):
        if len(signer.attributes(kind)) != 1:
            defects.append(f"{name} is not there exactly once")
    if not _names_certificate_once(cms):
        defects.append("signing-certificate-v2 is not there exactly once")
    if signer.attributes(SIGNING_TIME):
        defects.append("signing-time is among the signed attributes")
    if dictionary.get("Reason") is not None and (
        signer.attributes(COMMITMENT_TYPE) or signer.attributes(SIGNATURE_POLICY)
    ):
        defects.append("Reason stands beside a commitment type or policy")
    return defects


def _names_certificate_once(cms: Cms) -> bool:
    signer = cms.signers[0]
    new, old = signer.attributes(SIGNING_CERTIFICATE_V2), signer.attributes(SIGNING_CERTIFICATE)
    return signer.names_its_certificate and (
        (len(new) == 1 and not old) or (len(old) == 1 and not new and signer.digest == "sha1")
    )
