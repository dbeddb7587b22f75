"""No certificate of ours has a header that the verifiers in use read wrongly."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from ca.authority import EmbeddedAuthority, KeyAlgorithm
from ca.authority.certification import certify
from ca.authority.keys import PrivateKey, generate_key
from ca.encoding import seems_indefinite
from tests.ambiguous import FILLING, ambiguous, body, whole
from tests.authority import certification_request, create_test_authority, event_request

LONGEST_SERIAL = 2**158


def octets(number: int) -> int:
    return number.bit_length() // 8 + 1


def builder_for(key: PrivateKey) -> x509.CertificateBuilder:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "a name")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    now = datetime.now(UTC)
    return builder.not_valid_before(now).not_valid_after(now + timedelta(days=1))


def filled(builder: x509.CertificateBuilder, size: int) -> x509.CertificateBuilder:
    return builder.add_extension(x509.UnrecognizedExtension(FILLING, bytes(size)), critical=False)


@pytest.mark.parametrize("part", [whole, body])
@pytest.mark.parametrize("algorithm", [KeyAlgorithm.P256, KeyAlgorithm.RSA2048])
def test_a_certificate_of_an_unlucky_length_gets_another_serial_number(
    algorithm: KeyAlgorithm, part: Callable[[bytes], bytes]
) -> None:
    key = generate_key(algorithm)
    plain, sizes = builder_for(key), []

    def make(size: int) -> bytes:
        sizes.append(size)
        numbered = filled(plain, size).serial_number(LONGEST_SERIAL)
        return numbered.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)

    ambiguous(make, part)
    made = [certify(filled(plain, sizes[-1]), key) for _ in range(8)]
    assert not any(seems_indefinite(part(one.public_bytes(Encoding.DER))) for one in made)
    if part is body or algorithm is KeyAlgorithm.RSA2048:  # an ECDSA signature's own length varies
        assert {octets(one.serial_number) for one in made} == {19}


def test_a_serial_number_has_20_octets_where_nothing_speaks_against_it() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    serials = {certify(filled(builder_for(key), 300), key).serial_number for _ in range(20)}
    assert len(serials) == 20
    assert {octets(serial) for serial in serials} <= {20, 19}


@pytest.mark.parametrize("algorithm", [KeyAlgorithm.P256, KeyAlgorithm.RSA2048])
def test_names_of_every_length_get_certificates_that_asn1crypto_writes_as_they_are(
    algorithm: KeyAlgorithm, tmp_path_factory: pytest.TempPathFactory
) -> None:
    authority: EmbeddedAuthority = create_test_authority(tmp_path_factory.mktemp("ca") / "ca", key_algorithm=algorithm)
    request = certification_request()
    for length in range(1, 65):
        asked = event_request(request=request, common_name="x" * length)
        issued = authority.issuer.issue_event_certificate(asked)
        for der in (issued.certificate, *issued.chain, authority.seal.certificate):
            assert not seems_indefinite(der)
            assert not seems_indefinite(body(der))
            read = asn1_x509.Certificate.load(der)
            assert (read.dump(), read["tbs_certificate"].dump()) == (
                der,
                x509.load_der_x509_certificate(der).tbs_certificate_bytes,
            )
