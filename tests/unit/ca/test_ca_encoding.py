"""What was read stays as it was, also where asn1crypto would write it otherwise."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from asn1crypto import algos, core, parser
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from ca.authority.der import constructed, integer, octet_string, sequence, tlv
from ca.encoding import certificate_digest, content_of, encoding_of, seems_indefinite
from tests.ambiguous import ambiguous, body, certify_ambiguously, timestamps_in_timestamps, whole

NAMED = tlv(0x86, b"ni:///sha-256;f4OxZX_x_FO5LcGBSKHWXfwtSx-j1ncoSt3SABJtkGk")
"""A GeneralName that asn1crypto writes with one slash where there were three."""


class Letter(core.Sequence):  # type: ignore[misc]
    """One of everything that is encoded in a way of its own."""

    _fields = [  # noqa: RUF012
        ("sender", asn1_x509.GeneralName),
        ("receiver", asn1_x509.GeneralName, {"explicit": 0}),
        ("enclosed", core.Any),
        ("folded", core.Any, {"explicit": 1}),
        ("filling", core.OctetString),
        ("copies", core.Integer, {"default": 1}),
    ]


ENCLOSED = sequence(NAMED)
PARTS = {
    "sender": NAMED,
    "receiver": constructed(0, NAMED),
    "enclosed": ENCLOSED,
    "folded": constructed(1, ENCLOSED),
}


def letter(filling: int) -> bytes:
    return sequence(*PARTS.values(), octet_string(bytes(filling)))


def filled(content: int) -> bytes:
    """A letter whose content has exactly so many octets."""
    return next(der for size in range(content) if len(content_of(der := letter(size))) == content)


@pytest.mark.parametrize("content", [0x1FF, 0x280, 0x380, 0x580, 0x980, 0x1080, 0x10080])
def test_what_was_read_is_returned_octet_by_octet(content: int) -> None:
    der = filled(content)
    read = Letter.load(der)
    assert seems_indefinite(der) is (content % 256 == 128)
    assert encoding_of(read) == der
    assert {name: encoding_of(read[name]) for name in PARTS} == PARTS


def test_asn1crypto_writes_such_a_value_otherwise() -> None:
    """Should this fail, asn1crypto has learnt to tell lengths apart, and most of `ca.encoding` can go."""
    assert Letter.load(filled(0x280)).dump() != filled(0x280)


@pytest.mark.parametrize("name", ["enclosed", "folded"])
def test_a_value_of_any_type_stays_the_same_when_it_is_parsed(name: str) -> None:
    read = Letter.load(filled(0x280))
    inner = read[name].parse(asn1_x509.GeneralNames)
    assert encoding_of(read[name]) == PARTS[name]
    assert encoding_of(inner) == PARTS[name]


def test_each_part_may_itself_look_indefinite() -> None:
    name = ambiguous(lambda size: sequence(tlv(0x86, b"ni:///" + b"a" * size)))
    read = asn1_x509.GeneralNames.load(name)
    assert (encoding_of(read), encoding_of(read[0])) == (name, content_of(name))
    folded = ambiguous(lambda size: constructed(0, tlv(0x86, b"ni:///" + b"a" * size)))
    read = Letter.load(sequence(NAMED, folded, ENCLOSED, constructed(1, ENCLOSED), octet_string(b"")))
    assert encoding_of(read["receiver"]) == folded
    assert encoding_of(read["receiver"].chosen) == content_of(folded)


def test_indefinite_lengths_stay_indefinite() -> None:
    parts = [NAMED, b"\xa0\x80" + NAMED + b"\0\0", ENCLOSED, b"\xa1\x80" + ENCLOSED + b"\0\0", b"\x24\x80\x04\x01a\0\0"]
    encoded = b"\x30\x80" + b"".join(parts) + b"\0\0"
    read = Letter.load(encoded)
    assert encoding_of(read) == encoded
    assert [encoding_of(read[index]) for index in range(5)] == parts
    assert content_of(encoded) == b"".join(parts)


def test_a_value_that_was_made_is_encoded_in_der() -> None:
    assert encoding_of(core.Integer(5)) == b"\x02\x01\x05"
    assert encoding_of(core.Any(core.Integer(5))) == b"\x02\x01\x05"
    assert encoding_of(asn1_x509.GeneralName("dns_name", "a.example")) == tlv(0x82, b"a.example")
    assert encoding_of(core.Void()) == b""
    assert encoding_of(Letter.load(letter(0))["copies"]) == b"\x02\x01\x01"


def test_a_default_that_was_written_out_stays_written() -> None:
    """DER leaves defaults out; asn1crypto strikes out those that are there once it has filled in another."""
    der = sequence(constructed(2, integer(20)))  # the salt's length is the default; the digest, SHA-1, is left out
    read = algos.RSASSAPSSParams.load(der)
    assert (read["hash_algorithm"]["algorithm"].native, read["salt_length"].native) == ("sha1", 20)
    assert encoding_of(read) == der
    assert read.dump() == sequence()


@pytest.mark.parametrize("part", [whole, body])
def test_a_certificates_digest_is_of_what_was_read(part: object) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    now, name = datetime.now(UTC), x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "a name")])
    alternative = x509.SubjectAlternativeName([x509.UniformResourceIdentifier("ni:///sha-256;abc")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.not_valid_before(now).not_valid_after(now + timedelta(days=1)).add_extension(alternative, False)
    made = certify_ambiguously(builder, key, part)  # type: ignore[arg-type]
    der = made.public_bytes(Encoding.DER)
    read = asn1_x509.Certificate.load(der)
    assert certificate_digest(read) == read.sha256 == hashlib.sha256(der).digest()
    assert encoding_of(read["tbs_certificate"]) == made.tbs_certificate_bytes


@pytest.mark.parametrize(
    ("length", "seems"),
    [(0x7F, False), (0x80, True), (0x81, False), (0x8000, False), (0x8080, True), (0x100, False), (0x180, True)],
)
def test_a_length_seems_indefinite_where_its_last_octet_is_0x80(length: int, seems: bool) -> None:
    assert seems_indefinite(octet_string(bytes(length))) is seems


def test_timestamps_inside_timestamps_are_read_without_being_written() -> None:
    nested = timestamps_in_timestamps(6)
    read = core.Any.load(nested)
    assert encoding_of(read) == nested
    assert parser.peek(nested) == len(nested)
