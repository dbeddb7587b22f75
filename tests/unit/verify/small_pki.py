"""Certificates, OCSP answers, CRLs and timestamp tokens that no honest authority would make."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from asn1crypto import algos, core, crl
from asn1crypto import ocsp as asn1_ocsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import NameOID

from ca.authority.keys import SoftwareKey
from ca.authority.profiles import key_usage
from ca.authority.timestamp_token import Imprint, TokenSigner
from ca.ports import CertifiedKey
from esign.verify.cms.certificates import CertificatePool
from esign.verify.trust.algorithm_constraints import OPEN, default_constraints
from esign.verify.trust.existence import Proofs, When
from esign.verify.trust.revocation import RevocationData
from esign.verify.trust.revocation_status import AnswerJudge, RevocationState

NOW = datetime.now(UTC).replace(microsecond=0)
YEAR = timedelta(days=365)
_SHA1 = algos.SignedDigestAlgorithm({"algorithm": "sha1_ecdsa"})
LISTED_AT = "http://ca.example/list.crl"


@dataclass(frozen=True)
class Holder:
    """A certificate and its private key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def parsed(self) -> asn1_x509.Certificate:
        return asn1_x509.Certificate.load(self.der)


def certify(
    name: str,
    issuer: Holder | None,
    *extensions: x509.ExtensionType,
    valid: tuple[datetime, datetime] = (NOW - YEAR, NOW + YEAR),
    weak: bool = False,
    key: ec.EllipticCurvePrivateKey | None = None,
) -> Holder:
    """Issue a certificate, for a new key unless told otherwise; without `issuer` it signs itself."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = x509.CertificateBuilder().subject_name(subject).public_key(key.public_key())
    builder = builder.issuer_name(issuer.certificate.subject if issuer else subject)
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(valid[0]).not_valid_after(valid[1])
    for extension in extensions:
        builder = builder.add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
    signing_key = issuer.key if issuer else key
    made = builder.sign(signing_key, hashes.SHA256())
    if weak:
        parsed = asn1_x509.Certificate.load(made.public_bytes(Encoding.DER))
        parsed["tbs_certificate"]["signature"] = _SHA1
        _sign_again(parsed, "tbs_certificate", "signature_value", signing_key)
        made = x509.load_der_x509_certificate(parsed.dump(force=True))
    return Holder(made, key)


def _sign_again(
    signed: core.Sequence, body: str, value: str, key: ec.EllipticCurvePrivateKey, *, weak: bool = True
) -> None:
    """Sign what was altered; with SHA-1, which the makers of certificates no longer do, if it is to be weak."""
    if weak:
        signed["signature_algorithm"] = _SHA1
    digest = hashes.SHA1() if weak else hashes.SHA256()  # noqa: S303
    signed[value] = key.sign(signed[body].dump(force=True), ec.ECDSA(digest))


@cache
def root() -> Holder:
    usage = key_usage(key_cert_sign=True, crl_sign=True)
    return certify("root", None, x509.BasicConstraints(ca=True, path_length=None), usage)


@cache
def leaf() -> Holder:
    """A signer whose certificate names the address of its CRL."""
    point = x509.DistributionPoint([x509.UniformResourceIdentifier(LISTED_AT)], None, None, None)
    return certify("signer", root(), x509.CRLDistributionPoints([point]))


def issuing_point(
    *,
    full_name: str | None = None,
    user: bool = False,
    authority: bool = False,
    attribute: bool = False,
    indirect: bool = False,
    reasons: frozenset[x509.ReasonFlags] | None = None,
) -> x509.IssuingDistributionPoint:
    names = [x509.UniformResourceIdentifier(full_name)] if full_name else None
    return x509.IssuingDistributionPoint(names, None, user, authority, reasons, indirect, attribute)


def crl_of(
    issuer: Holder,
    *extensions: x509.ExtensionType,
    entry: x509.RevokedCertificate | None = None,
    weak: bool = False,
    made_at: datetime = NOW,
) -> bytes:
    """A CRL whose extensions are all critical."""
    builder = x509.CertificateRevocationListBuilder().issuer_name(issuer.certificate.subject)
    builder = builder.last_update(made_at).next_update(made_at + timedelta(days=7))
    for extension in extensions:
        builder = builder.add_extension(extension, critical=True)
    if entry is not None:
        builder = builder.add_revoked_certificate(entry)
    made = builder.sign(issuer.key, hashes.SHA256()).public_bytes(Encoding.DER)
    if not weak:
        return made
    parsed = crl.CertificateList.load(made)
    parsed["tbs_cert_list"]["signature"] = _SHA1
    _sign_again(parsed, "tbs_cert_list", "signature", issuer.key)
    return bytes(parsed.dump(force=True))


def listed(
    serial: int, *extensions: x509.ExtensionType, at: datetime = NOW - timedelta(days=1)
) -> x509.RevokedCertificate:
    builder = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(at)
    for extension in extensions:
        builder = builder.add_extension(extension, critical=True)
    return builder.build()


def ocsp_answer(
    asked: Holder,
    issuer: Holder,
    signer: Holder,
    *,
    revoked_at: datetime | None = None,
    weak: bool = False,
    hashed: tuple[bytes, bytes] | None = None,
    nonce: bytes | None = None,
    made_at: datetime = NOW,
    kept_since: datetime | None = None,
) -> bytes:
    """An OCSP answer by `signer`; `hashed` are other hashes of the issuer's name and key.

    `kept_since` is the archive cutoff: since when the responder keeps what expired.
    """
    status = ocsp.OCSPCertStatus.REVOKED if revoked_at else ocsp.OCSPCertStatus.GOOD
    about = (status, made_at, made_at + timedelta(days=1), revoked_at, None)
    builder = ocsp.OCSPResponseBuilder()
    if hashed is None:
        builder = builder.add_response(asked.certificate, issuer.certificate, hashes.SHA256(), *about)
    else:
        serial = asked.certificate.serial_number
        builder = builder.add_response_by_hash(*hashed, serial, hashes.SHA256(), *about)
    builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, signer.certificate)
    builder = builder.certificates([signer.certificate])
    if nonce is not None:
        builder = builder.add_extension(x509.OCSPNonce(nonce), critical=False)
    made = builder.sign(signer.key, hashes.SHA256()).public_bytes(Encoding.DER)
    if not weak and made_at == NOW and kept_since is None:
        return made
    parsed = asn1_ocsp.OCSPResponse.load(made)
    basic = parsed.basic_ocsp_response
    basic["tbs_response_data"]["produced_at"] = made_at  # the builder knows the present alone
    if kept_since is not None:
        cutoff = {"extn_id": "archive_cutoff", "critical": False, "extn_value": core.GeneralizedTime(kept_since)}
        basic["tbs_response_data"]["responses"][0]["single_extensions"] = [cutoff]
    _sign_again(basic, "tbs_response_data", "signature", signer.key, weak=weak)
    parsed["response_bytes"]["response"] = core.ParsableOctetString(basic.dump(force=True))
    return bytes(parsed.dump(force=True))


def state_of(asked: Holder, *, ocsp_responses: tuple[bytes, ...] = (), crls: tuple[bytes, ...] = ()) -> RevocationState:
    """What these answers say of a certificate of the root."""
    data = RevocationData(list(ocsp_responses), list(crls))
    answers = data.answers(asked.parsed, root().parsed, CertificatePool([root().parsed]))
    when = When(NOW, is_proven=False, fresh_for=NOW, answers_since=NOW)
    return AnswerJudge(Proofs(NOW), default_constraints()).status(answers, when, OPEN).state


def token_signer(holder: Holder) -> TokenSigner:
    return TokenSigner(CertifiedKey(SoftwareKey(holder.key), holder.der, (root().der,)), "1.2.3.4")


def token(signer: TokenSigner, digest: bytes, gen_time: datetime = NOW) -> bytes:
    return signer.token(Imprint("sha256", digest), gen_time, 7)
