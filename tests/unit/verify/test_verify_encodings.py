"""Encodings that look indefinite and are not: one length in 256, and hostile files made of nothing else."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import pytest
from cryptography import x509
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID
from signed_material import codes, judge, signed_contract
from small_pki import Holder, certify, crl_of, issuing_point, ocsp_answer, root, state_of, token, token_signer

from ca.authority import EmbeddedAuthority, event_certificate
from ca.authority.keys import PrivateKey
from ca.encoding import seems_indefinite
from ca.trust import TrustStore
from esign.pades.typeface import Typeface
from esign.verify.cms.ber import as_der
from esign.verify.cms.certificates import CertificateReader
from esign.verify.cms.signed_data import Integrity, read_cms
from esign.verify.cms.timestamps import read_timestamp, signature_timestamps
from esign.verify.errors import Malformed
from esign.verify.trust.revocation_status import RevocationState
from tests.ambiguous import (
    FILLING,
    ambiguous,
    body,
    carrying_timestamps,
    certify_ambiguously,
    data_of,
    timestamps_in_timestamps,
    whole,
)

Part = Callable[[bytes], bytes]
DATA = b"what is timestamped"
PLACE = "ni:///sha-256;"
"""The beginning of a URI that asn1crypto writes with one slash."""


def digest_of(name: str) -> bytes:
    return hashlib.new(name, DATA).digest()


def points_at(address: str) -> x509.CRLDistributionPoints:
    point = x509.DistributionPoint([x509.UniformResourceIdentifier(address)], None, None, None)
    return x509.CRLDistributionPoints([point])


def ambiguous_holder(part: Part, *extensions: x509.ExtensionType) -> Holder:
    found: dict[bytes, Holder] = {}

    def make(size: int) -> bytes:
        holder = certify("holder", root(), *extensions, x509.UnrecognizedExtension(FILLING, bytes(size)))
        found[holder.der] = holder
        return holder.der

    return found[ambiguous(make, part)]


@pytest.mark.parametrize("part", [whole, body])
def test_an_event_certificate_of_such_a_length_is_as_good_as_any(
    part: Part,
    contract: bytes,
    typeface: Typeface,
    authority: EmbeddedAuthority,
    trust: TrustStore,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[x509.Certificate] = []

    def certify_event(builder: x509.CertificateBuilder, key: PrivateKey) -> x509.Certificate:
        made.append(certify_ambiguously(builder, key, part))
        return made[-1]

    monkeypatch.setattr(event_certificate, "certify", certify_event)
    report = judge(signed_contract(contract, typeface, authority), trust)
    assert len(made) == 2
    assert {found.indication for found in report.signatures} == {"TOTAL-PASSED"}
    assert {found.level for found in report.signatures if found.kind == "signature"} == {"B-LTA"}
    assert (report.conclusion, codes(report)) == ("TOTAL-PASSED", set())


@pytest.mark.parametrize("part", [whole, body])
def test_an_answer_about_such_a_certificate_by_such_a_responder_counts(part: Part) -> None:
    asked = ambiguous_holder(part, points_at(PLACE))
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING])
    responder = ambiguous_holder(part, usage, x509.OCSPNoCheck(), points_at(PLACE))
    answer = ocsp_answer(asked, root(), responder)
    assert state_of(asked, ocsp_responses=(answer,)) is RevocationState.GOOD


def test_an_answer_of_such_a_length_counts() -> None:
    asked = certify("signer", root())
    answer = ambiguous(
        lambda size: ocsp_answer(asked, root(), root(), nonce=bytes(size)),
        lambda der: ocsp.load_der_ocsp_response(der).tbs_response_bytes,
    )
    assert state_of(asked, ocsp_responses=(answer,)) is RevocationState.GOOD


@pytest.mark.parametrize("part", [whole, body])
def test_a_list_of_such_a_length_counts(part: Part) -> None:
    addresses: dict[bytes, str] = {}

    def make(size: int) -> bytes:
        address = PLACE + "a" * size
        listed = crl_of(root(), issuing_point(full_name=address))
        addresses[listed] = address
        return listed

    listed = ambiguous(make, part)
    asked = certify("signer", root(), points_at(addresses[listed]))
    assert state_of(asked, crls=(listed,)) is RevocationState.GOOD
    assert state_of(certify("signer", root(), points_at(PLACE)), crls=(listed,)) is RevocationState.UNKNOWN


@pytest.mark.parametrize("part", [whole, body])
def test_a_timestamp_by_such_a_certificate_is_intact(part: Part) -> None:
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
    signer = token_signer(ambiguous_holder(part, usage, points_at(PLACE)))
    read = read_timestamp(token(signer, digest_of("sha256")), digest_of, CertificateReader())
    assert (read.integrity, read.reason) == (Integrity.INTACT, None)


def test_timestamps_in_timestamps_take_no_time() -> None:
    """`dump()` of three of these takes hours; they are read, and are no timestamps."""
    nested = timestamps_in_timestamps(6)
    usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
    honest = token(token_signer(certify("timestamper", root(), usage)), digest_of("sha256"))
    carrying = ambiguous(lambda size: carrying_timestamps(honest, nested, data_of(size)))
    assert seems_indefinite(carrying)
    found = read_cms(carrying, digest_of, CertificateReader())
    assert found.integrity is Integrity.INTACT
    carried = signature_timestamps(found.signers[0], CertificateReader())
    assert [one.integrity for one in carried] == [Integrity.UNVERIFIABLE] * 2
    assert read_timestamp(nested, digest_of, CertificateReader()).integrity is Integrity.UNVERIFIABLE


@pytest.mark.parametrize(
    "encoded",
    [
        "310204" + "05" + "68656c6c6f",  # a member longer than its set
        "31030409" + "6869",  # a value longer than what is there
        "24050203010203",  # a string made of a number
        "2480" + "0203010203" + "0000",
        "3105" + "0201",
    ],
)
def test_what_is_no_ber_becomes_no_der(encoded: str) -> None:
    with pytest.raises((Malformed, IndexError)):
        as_der(bytes.fromhex(encoded))


def test_strings_in_pieces_are_joined_and_sets_put_in_order() -> None:
    assert as_der(bytes.fromhex("2480" + "040168" + "040169" + "0000")) == bytes.fromhex("04026869")
    assert as_der(bytes.fromhex("3180" + "040169" + "020101" + "0000")) == bytes.fromhex("3106020101040169")
