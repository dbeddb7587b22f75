"""Signatures and timestamps at chosen times, over certificates of a small PKI, judged as the parts of one file.

What a document would say is given straight: where each signature ends, and what the security store of a timestamped
revision holds. Timestamp tokens are real ones.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID
from small_pki import NOW, YEAR, Holder, certify, crl_of, root, token, token_signer

from ca.authority.profiles import key_usage
from ca.trust import TrustAnchor, TrustStore
from esign.verify.assessment import Assessment
from esign.verify.cms.algorithms import SignatureScheme
from esign.verify.cms.certificates import CertificatePool, CertificateReader
from esign.verify.cms.embedded_revocation import Attribute
from esign.verify.cms.signed_data import DATA, SIGNING_CERTIFICATE_V2, Cms, Integrity, Signer
from esign.verify.cms.timestamps import Timestamp, read_timestamp
from esign.verify.conclusion import indicate
from esign.verify.reading.byte_range import Coverage, CoverageVerdict
from esign.verify.reading.fields import Field
from esign.verify.reading.signature_fields import SignatureField
from esign.verify.trust.algorithm_constraints import AlgorithmConstraints
from esign.verify.trust.judging import TrustJudge
from esign.verify.trust.revocation import RevocationData
from esign.verify.trust.validation_data import SecurityStore

DAY = timedelta(days=1)
LONG = (NOW - 10 * YEAR, NOW + 10 * YEAR)
CA_USAGE = key_usage(key_cert_sign=True, crl_sign=True)
_STAMPED = b"what is timestamped"


@cache
def old_root() -> Holder:
    return certify("old root", None, x509.BasicConstraints(ca=True, path_length=None), CA_USAGE, valid=LONG)


@cache
def timestamper() -> Holder:
    """A timestamping authority of ten years past and ten to come, under a root of its own."""
    return certify("timestamper", old_root(), x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), valid=LONG)


def authority(name: str, issuer: Holder, **limits: tuple[datetime, datetime]) -> Holder:
    return certify(name, issuer, x509.BasicConstraints(ca=True, path_length=None), CA_USAGE, **limits)  # type: ignore[arg-type]


def stamp(moment: datetime, holder: Holder | None = None) -> Timestamp:
    """A timestamp that names that time."""
    made = token(token_signer(holder or timestamper()), hashlib.sha256(_STAMPED).digest(), moment)
    return read_timestamp(made, lambda name: hashlib.new(name, _STAMPED).digest(), CertificateReader())


def signature(
    holder: Holder | None,
    *,
    end: int = 1000,
    timestamps: Sequence[Timestamp] = (),
    content_timestamps: Sequence[Timestamp] = (),
    digest: str = "sha256",
    others: Sequence[Holder] = (),
    names_certificate: bool = True,
) -> Assessment:
    """An intact signature of a revision that ends at `end`; `others` signed the same message."""
    attributes = (Attribute(SIGNING_CERTIFICATE_V2, ()),) if names_certificate else ()
    scheme = SignatureScheme("ecdsa", digest)
    signers = tuple(
        Signer(
            certificate, Integrity.INTACT, None, None, digest, scheme, b"", attributes, (), names_its_certificate=True
        )
        for certificate in (None if one is None else one.parsed for one in (holder, *others))
    )
    carried = tuple(signer.certificate for signer in signers if signer.certificate is not None)
    cms = Cms(signers, carried, (), (), DATA, None, is_der=True)
    return _assessment({"SubFilter": "ETSI.CAdES.detached"}, b"", end, cms, timestamps, content_timestamps)


def document_timestamp(moment: datetime, *, end: int, holder: Holder | None = None) -> Assessment:
    """An intact document timestamp that names that time, of a revision that ends at `end`."""
    made = token(token_signer(holder or timestamper()), hashlib.sha256(_STAMPED).digest(), moment)
    found = read_timestamp(made, lambda name: hashlib.new(name, _STAMPED).digest(), CertificateReader())
    assessment = _assessment({"SubFilter": "ETSI.RFC3161"}, made, end, found.cms, (), ())
    assessment.timestamp = found
    return assessment


def _assessment(
    dictionary: Mapping[str, str],
    contents: bytes,
    end: int,
    cms: Cms | None,
    timestamps: Sequence[Timestamp],
    content_timestamps: Sequence[Timestamp],
) -> Assessment:
    place = Field("signature", None, {}, "Sig", None, ())
    found = SignatureField("signature", place, None, dict(dictionary), contents, (0, 10, 20, end - 20), None)
    return Assessment(
        found,
        CoverageVerdict(Coverage.WHOLE_REVISION),
        Integrity.INTACT,
        None,
        cms=cms,
        signature_timestamps=list(timestamps),
        content_timestamps=list(content_timestamps),
    )


@dataclass
class Case:
    """What is believed, what the file carries, and when it is judged. Lists are held by their makers' names alone."""

    at: datetime = NOW
    roots: Sequence[TrustAnchor] = field(default_factory=lambda: [TrustAnchor(root().der), TrustAnchor(old_root().der)])
    certificates: Sequence[Holder] = ()
    crls: Sequence[bytes] = ()
    ocsp_responses: Sequence[bytes] = ()
    stores: Mapping[int, SecurityStore] = field(default_factory=dict)
    constraints: AlgorithmConstraints | None = None

    def indications(self, *assessments: Assessment) -> list[tuple[str, str | None]]:
        """Indication and sub-indication of each. The timestamper is known not to have been revoked at any time."""
        known = [holder.parsed for holder in (root(), old_root(), timestamper(), *self.certificates)]
        always_good = [crl_of(old_root(), made_at=moment) for moment in (NOW - 3 * YEAR, NOW + YEAR)]
        judge = TrustJudge(
            TrustStore(tuple(self.roots)),
            self.at,
            CertificatePool(known),
            RevocationData(list(self.ocsp_responses), [*self.crls, *always_good]),
            constraints=self.constraints,
            stores=self.stores,
        )
        verdicts = judge.judge(assessments)
        return [indicate(found, verdicts.get(id(found))) for found in assessments]

    def of(self, *assessments: Assessment) -> tuple[str, str | None]:
        """Indication and sub-indication of the first."""
        return self.indications(*assessments)[0]
