"""What must not be believed: signatures that hide, keys for other purposes, weak digests, timestamps of anybody."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import re
from datetime import datetime, timedelta

import pytest
from asn1crypto import algos, cms
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID
from signed_material import Desk, codes, judge
from small_pki import (
    NOW,
    Holder,
    certify,
    crl_of,
    root,
    token,
    token_signer,
)

from ca.authority import EmbeddedAuthority, Role
from ca.authority.keys import SoftwareKey
from ca.authority.profiles import key_usage
from ca.encoding import encoding_of
from ca.ports import CertifiedKey
from ca.trust import TrustAnchor, TrustStore
from esign.pades.act import opener_of, sign_with_seal, timestamp_signature, validation_data_for
from esign.pades.appearance import SealAppearance
from esign.verify.cms.algorithms import SignatureScheme
from esign.verify.cms.certificates import CertificatePool, CertificateReader
from esign.verify.cms.signed_data import Integrity
from esign.verify.cms.timestamps import Timestamp, read_timestamp
from esign.verify.limits import Limits
from esign.verify.reading.byte_range import Coverage, ends_revision, judge_coverage
from esign.verify.reading.document import PdfFile
from esign.verify.reading.signature_fields import signature_fields
from esign.verify.trust.certificate_use import may_sign
from esign.verify.trust.judging import TrustJudge
from esign.verify.trust.revocation import RevocationData
from tests import acts

OCSP_SIGNING, TIME_STAMPING = ExtendedKeyUsageOID.OCSP_SIGNING, ExtendedKeyUsageOID.TIME_STAMPING
SHA1 = hashes.SHA1()  # noqa: S303  # what must not be relied upon
DATA = b"what is timestamped"


# Signatures that hide, and signatures that call themselves timestamps.


def seal_contents(document: bytes) -> int:
    return [found.start() for found in re.finditer(rb"/Contents <", document)][2]


def test_a_stray_byte_in_its_hexadecimal_digits_does_not_hide_the_seal(signed: bytes, trust: TrustStore) -> None:
    damaged = bytearray(signed)
    damaged[seal_contents(signed) + 500] = ord("?")
    report = judge(bytes(damaged), trust)
    assert "seal" in {found.field for found in report.signatures}
    assert report.conclusion == "TOTAL-FAILED"


@pytest.mark.parametrize("bad", [b"<", b">", b"("])
def test_a_signature_that_cannot_be_read_is_listed_as_such(bad: bytes, signed: bytes, trust: TrustStore) -> None:
    damaged = bytearray(signed)
    at = seal_contents(signed) + 500
    damaged[at : at + 1] = bad
    report = judge(bytes(damaged), trust)
    seal = next(found for found in report.signatures if found.field == "seal")
    assert (seal.kind, seal.integrity, seal.indication) == ("signature", "unverifiable", "TOTAL-FAILED")
    assert "signature-unverifiable" in codes(report)


def test_a_broken_signature_does_not_become_a_timestamp_by_saying_so(signed: bytes, trust: TrustStore) -> None:
    renamed = signed.replace(b"/ETSI.CAdES.detached", b"/ETSI.RFC3161       ")
    report = judge(renamed, trust)
    assert [found.kind for found in report.signatures] == ["signature"] * 3 + ["document-timestamp"]
    assert "signature-broken" in codes(report)
    assert report.conclusion == "TOTAL-FAILED"


def test_a_timestamp_that_is_broken_stays_a_timestamp(signed: bytes, trust: TrustStore) -> None:
    damaged = bytearray(signed)
    at = signed.rindex(b"/DSS")
    damaged[at + 1 : at + 4] = b"DSX"  # bytes that the timestamp alone covers
    report = judge(bytes(damaged), trust)
    assert (report.signatures[-1].kind, report.signatures[-1].integrity) == ("document-timestamp", "broken")
    assert "timestamp-broken" in codes(report, "warning")


def test_what_a_signature_covers_ends_where_a_revision_ends(signed: bytes) -> None:
    file = PdfFile(io.BytesIO(signed), Limits(), None)
    assert ends_revision(file, file.size)
    assert not ends_revision(file, len(signed.rstrip()) - 1)
    signature = signature_fields(file)[0]
    assert judge_coverage(file, signature).coverage is Coverage.WHOLE_REVISION
    assert signature.byte_range is not None
    *first, length = signature.byte_range
    short = dataclasses.replace(signature, byte_range=(*first, length - 8))
    assert judge_coverage(file, short).coverage is Coverage.INVALID


# Digests that are too weak.


def resigned_with_sha1(der: bytes, key: ec.EllipticCurvePrivateKey) -> bytes:
    info = cms.ContentInfo.load(der)
    signer = info["content"]["signer_infos"][0]
    signer["signature_algorithm"] = algos.SignedDigestAlgorithm({"algorithm": "sha1_ecdsa"})
    signer["signature"] = key.sign(b"\x31" + encoding_of(signer["signed_attrs"])[1:], ec.ECDSA(SHA1))
    return bytes(info.dump(force=True))


def test_a_signature_value_over_sha1_is_intact_and_not_relied_upon(
    desk: Desk, authority: EmbeddedAuthority, trust: TrustStore
) -> None:
    signature = desk.seal()
    key = next(value for value in vars(authority.seal.key).values() if isinstance(value, ec.EllipticCurvePrivateKey))
    weak = resigned_with_sha1(signature.cms.der, key).hex().encode()
    start, end = (desk.document.index(mark, desk.document.rindex(b"/Contents <")) for mark in (b"<", b">"))
    desk.document = desk.document[: start + 1] + weak.ljust(end - start - 1, b"0") + desk.document[end:]
    desk.data = validation_data_for(signature, authority.revocation, roots=authority.roots)
    desk.archive()
    report = judge(desk.document, trust)
    seal = report.signatures[0]
    assert (seal.integrity, seal.indication, seal.sub_indication) == (
        "intact",
        "INDETERMINATE",
        "CRYPTO_CONSTRAINTS_FAILURE",
    )
    assert (codes(report), "weak-algorithm" in codes(report, "warning")) == (set(), True)


# Timestamps.


def timestamp(holder: Holder, gen_time: datetime = NOW, *, named: Holder | None = None) -> Timestamp:
    signer = token_signer(holder)
    if named is not None:
        signer._signing_certificate = token_signer(named)._signing_certificate
    digest = hashlib.sha256(DATA).digest()
    return read_timestamp(
        token(signer, digest, gen_time), lambda name: hashlib.new(name, DATA).digest(), CertificateReader()
    )


def timestamper(*usages: x509.ObjectIdentifier) -> Holder:
    extensions = [x509.ExtendedKeyUsage(usages)] if usages else []
    return certify("timestamper", root(), *extensions)


def verdict_on(found: Timestamp) -> str | None:
    data = RevocationData([], [crl_of(root(), made_at=NOW + timedelta(minutes=1))])
    judge_of_trust = TrustJudge(
        TrustStore((TrustAnchor(root().der),)), NOW + timedelta(hours=1), CertificatePool([root().parsed]), data
    )
    return judge_of_trust.judge_timestamp(found, NOW).sub_indication


def test_a_timestamp_by_a_timestamper_proves_its_time() -> None:
    assert verdict_on(timestamp(timestamper(TIME_STAMPING))) is None


@pytest.mark.parametrize("usages", [(), (OCSP_SIGNING,)])
def test_a_certificate_for_something_else_makes_no_timestamp(usages: tuple[x509.ObjectIdentifier, ...]) -> None:
    assert verdict_on(timestamp(timestamper(*usages))) == "CHAIN_CONSTRAINTS_FAILURE"


def test_a_timestamp_from_the_future_proves_nothing() -> None:
    tomorrow = timestamp(timestamper(TIME_STAMPING), NOW + timedelta(days=1))
    assert verdict_on(tomorrow) == "TIMESTAMP_ORDER_FAILURE"


def test_a_timestamp_that_names_another_certificate_is_broken() -> None:
    one = timestamper(TIME_STAMPING)
    assert timestamp(one, named=one).integrity is Integrity.INTACT
    assert timestamp(one, named=timestamper(TIME_STAMPING)).integrity is Integrity.BROKEN


def test_a_weak_timestamp_proves_nothing() -> None:
    found = timestamp(timestamper(TIME_STAMPING))
    assert verdict_on(dataclasses.replace(found, digest="sha1")) == "CRYPTO_CONSTRAINTS_FAILURE"
    assert found.cms is not None
    weak = dataclasses.replace(found.cms.signers[0], scheme=SignatureScheme("ecdsa", "sha1"))
    weak_cms = dataclasses.replace(found.cms, signers=(weak,))
    assert verdict_on(dataclasses.replace(found, cms=weak_cms)) == "CRYPTO_CONSTRAINTS_FAILURE"


# What keys are for.


@pytest.mark.parametrize(
    ("extensions", "may"),
    [
        ((), True),
        ((key_usage(digital_signature=True),), True),
        ((key_usage(content_commitment=True),), True),
        ((key_usage(key_agreement=True),), False),
        ((x509.BasicConstraints(ca=True, path_length=0), key_usage(digital_signature=True)), False),
        ((x509.ExtendedKeyUsage([OCSP_SIGNING]),), False),
        ((x509.ExtendedKeyUsage([TIME_STAMPING]),), False),
        ((x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]),), False),
        ((x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.EMAIL_PROTECTION]),), True),
    ],
)
def test_a_key_signs_documents_only_if_it_is_for_that(extensions: tuple[x509.ExtensionType, ...], may: bool) -> None:
    assert may_sign(asn1_x509.Certificate.load(certify("signer", root(), *extensions).der)) is may


def test_a_seal_by_the_key_of_a_service_is_not_recognised(
    desk: Desk, authority: EmbeddedAuthority, trust: TrustStore
) -> None:
    responder = authority.ocsp_responder._responder  # the key that a thief would have
    key = CertifiedKey(SoftwareKey(responder.private_key), authority.certificate(Role.OCSP), authority.seal.chain)
    claimed = acts.moment()
    signature = sign_with_seal(
        opener_of(io.BytesIO(desk.document)),
        field="seal",
        organisation=acts.ORGANISATION,
        claimed_time=claimed,
        seal=key,
        appearance=lambda serial: SealAppearance(acts.ORGANISATION, claimed, serial, acts.NOTICE),
        token_size=authority.timestamp_authority.token_size_bound,
    )
    signature = timestamp_signature(signature, authority.timestamp_authority)
    desk.document += signature.increment
    desk.data = validation_data_for(signature, authority.revocation, roots=authority.roots)
    desk.archive()
    seal = judge(desk.document, trust).signatures[0]
    assert (seal.integrity, seal.indication, seal.sub_indication) == (
        "intact",
        "INDETERMINATE",
        "CHAIN_CONSTRAINTS_FAILURE",
    )
