"""CMS as signers really make it: odd, where a verdict is due all the same, and forged."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
from asn1crypto import algos, cms, core, parser, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from ca.authority.der import constructed, sequence, set_of, tlv
from ca.encoding import content_of, encoding_of, seems_indefinite
from esign.verify.cms.ber import as_der, require_plain_integers
from esign.verify.cms.certificates import CertificateReader
from esign.verify.cms.signed_data import Cms, Integrity, read_cms, without_padding
from esign.verify.errors import MALFORMED, Malformed
from tests.attacks import messages, people

CONTENT = b"the signed bytes"
Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey
NOT_SIGNED_BEFORE = datetime(2026, 1, 1, tzinfo=UTC)


def digest(name: str) -> bytes:
    return hashlib.new(name, CONTENT).digest()


@cache
def key_of(kind: str) -> Key:
    if kind == "rsa":
        return rsa.generate_private_key(65537, 2048)
    return ec.generate_private_key(ec.SECP256R1()) if kind == "ec" else ed25519.Ed25519PrivateKey.generate()


@cache
def certificate(kind: str, serial: int = 7) -> asn1_x509.Certificate:
    key = key_of(kind)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, kind)])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(serial).not_valid_before(NOT_SIGNED_BEFORE)
    builder = builder.not_valid_after(NOT_SIGNED_BEFORE + timedelta(days=900))
    built = builder.sign(key, None if kind == "ed25519" else hashes.SHA256())
    return asn1_x509.Certificate.load(built.public_bytes(Encoding.DER))


def attribute(kind: str, value: core.Asn1Value) -> cms.CMSAttribute:
    return cms.CMSAttribute({"type": kind, "values": [value]})


def named_certificate(kind: str) -> cms.CMSAttribute:
    cert_hash = hashlib.sha256(certificate(kind).dump()).digest()
    identifier = tsp.ESSCertIDv2({"hash_algorithm": {"algorithm": "sha256"}, "cert_hash": cert_hash})
    return attribute("signing_certificate_v2", tsp.SigningCertificateV2({"certs": [identifier]}))


def attributes(kind: str, message_digest: bytes | None = None) -> list[cms.CMSAttribute]:
    return [
        attribute("content_type", cms.ContentType("data")),
        attribute("message_digest", core.OctetString(message_digest or digest("sha256"))),
        named_certificate(kind),
    ]


def as_set(items: list[cms.CMSAttribute], *, ordered: bool) -> bytes:
    parts = [item.dump() for item in items]
    return tlv(0x31, b"".join(sorted(parts) if ordered else parts))


def raw_signature(kind: str, algorithm: str, data: bytes) -> bytes:
    key = key_of(kind)
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key.sign(data)
    if isinstance(key, rsa.RSAPrivateKey):
        if algorithm == "rsassa_pss":
            return key.sign(data, padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())
        return key.sign(data, padding.PKCS1v15(), hashes.SHA256())
    signature = key.sign(data, ec.ECDSA(hashes.SHA256()))
    if algorithm.startswith("0.4.0"):
        return b"".join(number.to_bytes(32, "big") for number in decode_dss_signature(signature))
    return signature


def signer_info(
    kind: str = "ec",
    algorithm: str = "sha256_ecdsa",
    *,
    signed: list[cms.CMSAttribute] | None = None,
    stored_in_order: bool = True,
    signed_in_order: bool = True,
) -> cms.SignerInfo:
    items = attributes(kind) if signed is None else signed
    data = as_set(items, ordered=signed_in_order) if items else CONTENT
    parameters = {}
    if algorithm == "rsassa_pss":
        parameters["parameters"] = algos.RSASSAPSSParams(
            {
                "hash_algorithm": {"algorithm": "sha256"},
                "mask_gen_algorithm": {"algorithm": "mgf1", "parameters": {"algorithm": "sha256"}},
                "salt_length": 32,
            }
        )
    own = certificate(kind)
    info = cms.SignerInfo(
        {
            "version": "v1",
            "sid": cms.SignerIdentifier(
                "issuer_and_serial_number",
                cms.IssuerAndSerialNumber({"issuer": own.issuer, "serial_number": own.serial_number}),
            ),
            "digest_algorithm": {"algorithm": "sha256"},
            "signature_algorithm": {"algorithm": algorithm, **parameters},
            "signature": raw_signature(kind, algorithm, data),
        }
    )
    if items:
        stored = as_set(items, ordered=stored_in_order)
        info["signed_attrs"] = cms.CMSAttributes.load(stored)
    return info


def encoded(*infos: cms.SignerInfo, kinds: tuple[str, ...] = ("ec",), content: bytes | None = None) -> bytes:
    inner: dict[str, object] = {"content_type": "data"}
    if content is not None:
        inner["content"] = content
    signed_data = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": [{"algorithm": "sha256"}],
            "encap_content_info": inner,
            "certificates": [certificate(kind) for kind in kinds],
            "signer_infos": list(infos),
        }
    )
    return bytes(cms.ContentInfo({"content_type": "signed_data", "content": signed_data}).dump())


def encoded_with(info: cms.SignerInfo, stored: bytes) -> bytes:
    """The CMS of one signer whose signed attributes are stored in these bytes, tagged [0]."""
    signed_data = cms.ContentInfo.load(encoded(info))["content"]
    names = ("version", "sid", "digest_algorithm", "signature_algorithm", "signature")
    parts = [encoding_of(signed_data["signer_infos"][0][name]) for name in names]
    before = ("version", "digest_algorithms", "encap_content_info", "certificates")
    signer = sequence(*parts[:3], stored, *parts[3:])
    whole = sequence(*(encoding_of(signed_data[name]) for name in before), set_of(signer))
    return sequence(encoding_of(cms.ContentType("signed_data")), constructed(0, whole))


def judged(*infos: cms.SignerInfo, kinds: tuple[str, ...] = ("ec",)) -> Cms:
    return read_cms(encoded(*infos, kinds=kinds), digest, CertificateReader())


@pytest.mark.parametrize(
    ("kind", "algorithm"),
    [
        ("ec", "sha256_ecdsa"),
        ("ec", "0.4.0.127.0.7.1.1.4.1.3"),
        ("rsa", "sha256_rsa"),
        ("rsa", "rsassa_pkcs1v15"),
        ("rsa", "rsassa_pss"),
        ("ed25519", "ed25519"),
    ],
)
def test_the_algorithms_in_use_are_checked(kind: str, algorithm: str) -> None:
    found = judged(signer_info(kind, algorithm), kinds=(kind,))
    assert (found.integrity, found.signers[0].names_its_certificate) == (Integrity.INTACT, True)


@pytest.mark.parametrize("signed_in_order", [True, False])
def test_signed_attributes_out_of_der_order_are_judged_all_the_same(signed_in_order: bool) -> None:
    items = list(reversed(attributes("ec")))
    info = signer_info(signed=items, stored_in_order=False, signed_in_order=signed_in_order)
    assert judged(info).integrity is Integrity.INTACT


@pytest.mark.parametrize("in_order", [True, False])
@pytest.mark.parametrize("length", [0x17F, 0x180, 0x181, 0x280])
def test_signed_attributes_of_any_length_are_judged_as_they_were_signed(length: int, in_order: bool) -> None:
    """Lengths that end in 0x80 look indefinite to asn1crypto, which then puts the attributes in order."""
    items = list(reversed(attributes("ec")))
    plain = len(content_of(as_set(items, ordered=False)))
    filling = next(
        item
        for size in range(length)
        if plain + len((item := attribute("1.2.3.4", core.OctetString(bytes(size)))).dump()) == length
    )
    items.insert(0, filling)
    stored = tlv(0xA0, content_of(as_set(items, ordered=in_order)))
    assert seems_indefinite(stored) is (length % 256 == 0x80)
    encoded_cms = encoded_with(signer_info(signed=items, signed_in_order=in_order), stored)
    found = read_cms(encoded_cms, digest, CertificateReader())
    assert (found.integrity, found.signers[0].names_its_certificate) == (Integrity.INTACT, True)


def indefinite(identifier: bytes, *parts: bytes) -> bytes:
    return identifier + b"\x80" + b"".join(parts) + b"\0\0"


def in_ber(der: bytes, *, pieces: bool) -> bytes:
    """The value with indefinite lengths throughout and, if wanted, its octet strings in pieces."""
    *_, tag, _, content, _ = parser.parse(der)
    if der[0] & 0x20:
        parts = []
        while content:
            size = parser.peek(content)
            parts.append(in_ber(content[:size], pieces=pieces))
            content = content[size:]
        return indefinite(der[:1], *parts)
    if tag == 4 and pieces:
        return indefinite(b"\x24", *(b"\x04\x01" + content[at : at + 1] for at in range(len(content))))
    return der


@pytest.mark.parametrize("pieces", [True, False])
def test_signed_attributes_in_ber_are_judged_by_their_der(pieces: bool) -> None:
    """RFC 5652 clause 5.4."""
    info = signer_info()
    stored = tlv(0xA0, content_of(as_set(attributes("ec"), ordered=True)))
    in_parts = in_ber(stored, pieces=pieces)
    assert as_der(in_parts) == stored
    assert read_cms(encoded_with(info, in_parts), digest, CertificateReader()).integrity is Integrity.INTACT


@pytest.mark.parametrize("data", [b"\x04\x80\0\0", b"\x30\x80" * 100 + b"\0\0" * 100, b"\x30\x80\x02\x01"])
def test_what_has_no_der_is_malformed(data: bytes) -> None:
    with pytest.raises(MALFORMED):
        as_der(data)


def test_a_signature_without_signed_attributes_is_over_the_content() -> None:
    assert judged(signer_info(signed=[])).integrity is Integrity.INTACT


def test_every_one_of_several_signers_counts() -> None:
    wrong = signer_info("rsa", "sha256_rsa", signed=attributes("rsa", b"\0" * 32))
    assert judged(signer_info(), signer_info("rsa", "sha256_rsa"), kinds=("ec", "rsa")).integrity is Integrity.INTACT
    assert judged(signer_info(), wrong, kinds=("ec", "rsa")).integrity is Integrity.BROKEN


def test_a_signer_behind_more_than_are_read_is_not_passed_over() -> None:
    wrong = signer_info("rsa", "sha256_rsa", signed=attributes("rsa", b"\0" * 32))
    assert judged(*[signer_info()] * 63, wrong, kinds=("ec", "rsa")).integrity is Integrity.BROKEN
    with pytest.raises(Malformed, match="more than 64 signers"):
        judged(*[signer_info()] * 64, wrong, kinds=("ec", "rsa"))


def test_another_digest_is_a_hash_failure() -> None:
    signer = judged(signer_info(signed=attributes("ec", b"\1" * 32))).signers[0]
    assert (signer.integrity, signer.sub_indication) == (Integrity.BROKEN, "HASH_FAILURE")


def test_a_signature_value_of_other_attributes_is_a_crypto_failure() -> None:
    info = signer_info()
    info["signature"] = raw_signature("ec", "sha256_ecdsa", b"something else")
    signer = judged(info).signers[0]
    assert (signer.integrity, signer.sub_indication) == (Integrity.BROKEN, "SIG_CRYPTO_FAILURE")


def test_a_message_digest_that_is_there_twice_is_a_format_failure() -> None:
    twice = [*attributes("ec"), attribute("message_digest", core.OctetString(b"\2" * 32))]
    assert judged(signer_info(signed=twice)).signers[0].sub_indication == "FORMAT_FAILURE"


def test_a_signature_that_says_it_signs_another_type_of_content_is_broken() -> None:
    items = [attribute("content_type", cms.ContentType("tst_info")), *attributes("ec")[1:]]
    signer = judged(signer_info(signed=items)).signers[0]
    assert (signer.integrity, signer.sub_indication) == (Integrity.BROKEN, "SIG_CRYPTO_FAILURE")


def test_without_the_signers_certificate_nothing_can_be_said() -> None:
    signer = judged(signer_info(), kinds=("rsa",)).signers[0]
    assert (signer.integrity, signer.sub_indication) == (Integrity.UNVERIFIABLE, "NO_SIGNING_CERTIFICATE_FOUND")


def test_an_unknown_algorithm_is_unverifiable_not_broken() -> None:
    info = signer_info()
    info["signature_algorithm"] = {"algorithm": "1.2.3.4"}
    assert judged(info).integrity is Integrity.UNVERIFIABLE


def test_a_signature_that_names_another_certificate_is_noticed() -> None:
    items = [*attributes("ec")[:2], named_certificate("rsa")]
    found = judged(signer_info(signed=items))
    assert (found.integrity, found.signers[0].names_its_certificate) == (Integrity.INTACT, False)


def test_content_inside_the_cms_is_kept_for_the_caller_to_judge() -> None:
    found = read_cms(encoded(signer_info(), content=CONTENT), lambda name: b"not asked", CertificateReader())
    assert (found.content, found.integrity) == (CONTENT, Integrity.INTACT)


def test_padding_behind_the_cms_is_not_part_of_it() -> None:
    whole = encoded(signer_info())
    assert without_padding(whole + b"\0" * 100) == whole


@pytest.mark.parametrize("data", [b"", b"\0" * 20, b"\x30\x80", b"\xff" * 40, b"\x30\x03\x02\x01\x01"])
def test_what_is_no_cms_is_malformed(data: bytes) -> None:
    with pytest.raises(Malformed):
        read_cms(without_padding(data), digest, CertificateReader())


@pytest.mark.parametrize(
    ("content", "plain"), [(b"\x00\x7f", False), (b"\x00\x80", True), (b"\xff\x80", False), (b"", False)]
)
def test_a_number_in_more_octets_than_needed_is_malformed(content: bytes, plain: bool) -> None:
    data = b"\x30" + bytes([len(content) + 2]) + b"\x02" + bytes([len(content)]) + content
    if plain:
        require_plain_integers(data)
    else:
        with pytest.raises(Malformed):
            require_plain_integers(data)


def test_revocation_data_beside_the_certificates_is_read() -> None:
    listed = people.good_list()
    answer = b"\x30\x03\x0a\x01\x00"  # an OCSPResponse by its tag; reading it comes later
    beside = constructed(1, core.ObjectIdentifier("1.3.6.1.5.5.7.16.2").dump(), answer)
    signed = messages.SignerInfo(people.signer()).der(CONTENT)
    encoded = messages.signed_data(signed, crls=[listed, beside])
    found = read_cms(encoded, digest, CertificateReader())
    assert (found.integrity, found.crls, found.ocsp_responses) == (Integrity.INTACT, (listed,), (answer,))
