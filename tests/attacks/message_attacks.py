"""Attacks on the cryptographic message: what the signer says is signed, by whom, and how."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import cache
from typing import Final

from asn1crypto import core, keys
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from ca.authority.der import NULL, integer, octet_string, sequence, set_of, tlv
from tests.attacks import people
from tests.attacks.cases import attack
from tests.attacks.contracts import signature_dictionary, signed, unsigned
from tests.attacks.messages import (
    CONTENT_TYPE,
    DATA,
    MESSAGE_DIGEST,
    SignerInfo,
    attribute,
    names,
    oid,
    raw_signature,
    signed_data,
    usual_attributes,
)
from tests.attacks.people import Person

Sign = Callable[[bytes], bytes]
OTHER: Final = b"another document"
_SHA256_INFO: Final = bytes.fromhex("3031300d060960864801650304020105000420")


def digest_of(content: bytes) -> bytes:
    return attribute(MESSAGE_DIGEST, octet_string(hashlib.sha256(content).digest()))


def with_attributes(make: Callable[[bytes], Sequence[bytes]]) -> bytes:
    """The contract, signed with these signed attributes."""
    return signed(unsigned(), lambda content: signed_data(SignerInfo(people.signer(), attributes=make).der(content)))


_TYPE: Final = attribute(CONTENT_TYPE, oid(DATA))


@attack.each(
    {
        "missing": lambda content: [_TYPE, names(people.signer())],
        "of another document": lambda content: [_TYPE, digest_of(OTHER), names(people.signer())],
        "twice, the first is right": lambda content: [_TYPE, digest_of(content), digest_of(OTHER)],
        "twice, both are right": lambda content: [_TYPE, digest_of(content), digest_of(content)],
        "without a value": lambda content: [_TYPE, attribute(MESSAGE_DIGEST)],
        "with two values": lambda content: [
            attribute(MESSAGE_DIGEST, *(octet_string(hashlib.sha256(data).digest()) for data in (content, OTHER)))
        ],
        "cut off": lambda content: [
            _TYPE,
            attribute(MESSAGE_DIGEST, octet_string(hashlib.sha256(content).digest()[:8])),
        ],
        "empty": lambda content: [_TYPE, attribute(MESSAGE_DIGEST, octet_string(b""))],
        "of another kind": lambda content: [_TYPE, attribute(MESSAGE_DIGEST, integer(7))],
    }
)
def message_digest(make: Callable[[bytes], Sequence[bytes]]) -> bytes:
    """The signed attributes do not say once, and once alone, what is signed.

    Source: RFC 5652 clauses 5.3 and 11.2 (one message-digest attribute of one value).
    """
    return with_attributes(make)


@attack.each(
    {
        "of a timestamp": [attribute(CONTENT_TYPE, oid("1.2.840.113549.1.9.16.1.4"))],
        "twice": [_TYPE, attribute(CONTENT_TYPE, oid("1.2.840.113549.1.7.2"))],
        "with two values": [attribute(CONTENT_TYPE, oid(DATA), oid("1.2.840.113549.1.7.2"))],
    }
)
def content_type(attributes: list[bytes]) -> bytes:
    """The signer signed content of another type: a message that was signed for something else is passed off.

    Source: RFC 5652 clauses 5.3 and 11.1 (one content-type attribute of one value, equal to the content's type).
    """
    return with_attributes(lambda content: [*attributes, digest_of(content), names(people.signer())])


@attack.each(
    {
        "none": lambda content: [],
        "the second of another document": lambda content: [
            SignerInfo(people.signer()).der(content),
            SignerInfo(people.second_signer()).der(OTHER),
        ],
        "the first of another document": lambda content: [
            SignerInfo(people.signer()).der(OTHER),
            SignerInfo(people.second_signer()).der(content),
        ],
        "the second by another key": lambda content: [
            SignerInfo(people.signer()).der(content),
            SignerInfo(people.signer(), claims=people.second_signer()).der(content),
        ],
    }
)
def signers(make: Callable[[bytes], list[bytes]]) -> bytes:
    """Of several signers one signed something else, or nobody signed.

    Source: RFC 5652 clause 5.1; EN 319 142-1 clause 6.3 (one signer).
    """
    held = [people.signer().der, people.second_signer().der]
    return signed(unsigned(), lambda content: signed_data(*make(content), certificates=held))


def valued(value: Callable[[bytes], bytes], person: Person | None = None, algorithm: bytes | None = None) -> bytes:
    """The contract, with a signature value that this makes from what is to be signed."""
    own = person or people.signer()
    info = SignerInfo(own, value=value, algorithm=algorithm)
    return signed(unsigned(), lambda content: signed_data(info.der(content), certificates=[own.der]))


@attack.each(
    {
        "of zeros": sequence(integer(0), integer(0)),
        "of ones": sequence(integer(1), integer(1)),
        "of the order": sequence(
            integer(0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551), integer(1)
        ),
        "that is negative": sequence(integer(-1), integer(-1)),
        "that is empty": b"",
        "that is no sequence": b"\0" * 64,
    }
)
def elliptic_value(value: bytes) -> bytes:
    """A signature value on an elliptic curve that lax checks take for right whatever is signed.

    Source: CVE-2022-21449 (r and s of zero are accepted); SEC 1 clause 4.1.4 (r and s lie between 1 and the order).
    """
    return valued(lambda data: value)


@cache
def small_exponent() -> Person:
    return people.certify("Small exponent", people.root(), key=rsa.generate_private_key(3, 2048))


def _cube_root(number: int) -> int:
    low, high = 0, 1 << (number.bit_length() // 3 + 2)
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if middle**3 < number else (low, middle)
    return low


def _forged_cube(data: bytes) -> bytes:
    """A number whose cube begins as a padded digest does; what follows is anything."""
    start = b"\0\1" + b"\xff" * 8 + b"\0" + _SHA256_INFO + hashlib.sha256(data).digest()
    lowest = int.from_bytes(start.ljust(256, b"\0"), "big")
    return _cube_root(lowest).to_bytes(256, "big")


@attack("signature-broken")
def cube_that_begins_well() -> bytes:
    """The key's exponent is 3, and the value's cube begins with a right digest in padding that is too short.

    Source: Bleichenbacher's forgery, CVE-2006-4339; RFC 8017 clause 8.2.2 (the whole padding is compared).
    """
    return valued(_forged_cube, small_exponent())


@attack("signature-broken")
def padding_with_parameters_that_hold_anything() -> bytes:
    """As before, the digest's parameters being a long string of the forger's choice.

    Source: Kühn et al., "Variants of Bleichenbacher's low-exponent attack on PKCS#1 RSA signatures" (2008).
    """

    def forge(data: bytes) -> bytes:
        identifier = sequence(oid("2.16.840.1.101.3.4.2.1"), tlv(0x04, bytes(150)))
        info = sequence(identifier, octet_string(hashlib.sha256(data).digest()))
        start = b"\0\1" + b"\xff" * 8 + b"\0" + info
        return _cube_root(int.from_bytes(start.ljust(256, b"\0"), "big")).to_bytes(256, "big")

    return valued(forge, small_exponent())


@attack.each({"of an RSA key": True, "of an elliptic curve": False})
def scheme_of_another_key(is_rsa: bool) -> bytes:
    """The algorithm that is named is for another kind of key than the signer's.

    Source: RFC 5652 clause 5.3; RFC 6211 (algorithm substitution).
    """
    person = people.rsa_signer() if is_rsa else people.signer()
    ecdsa, with_rsa = sequence(oid("1.2.840.10045.4.3.2")), sequence(oid("1.2.840.113549.1.1.11"), NULL)
    return valued(lambda data: raw_signature(person, data) + b"\0", person, ecdsa if is_rsa else with_rsa)


@attack("signature-broken")
def digest_that_is_named_and_not_used() -> bytes:
    """The message digest was made with SHA-384, and SHA-256 is named.

    Source: RFC 5652 clause 5.4; RFC 6211.
    """
    info = SignerInfo(people.signer(), digest="sha384", digest_named="sha256")
    return signed(unsigned(), lambda content: signed_data(info.der(content)))


@attack("weak-algorithm", conclusion="INDETERMINATE")
def digest_that_can_be_collided() -> bytes:
    """The digest is SHA-1: another document with the same digest can be made.

    Source: Stevens et al., "The first collision for full SHA-1", CRYPTO 2017; ETSI TS 119 312.
    """
    return signed(unsigned(), lambda content: signed_data(SignerInfo(people.signer(), digest="sha1").der(content)))


@cache
def twin() -> Person:
    """Another person's certificate for the signer's key."""
    return people.certify("Somebody else", people.root(), key=people.signer().key)


@attack("signing-certificate-mismatch")
def certificate_that_is_swapped() -> bytes:
    """The signer's key was certified for somebody else too, and the message carries that certificate.

    Source: RFC 5035 clause 1 (substitution attacks, which signing-certificate-v2 prevents).
    """
    info = SignerInfo(people.signer(), claims=twin())
    return signed(unsigned(), lambda content: signed_data(info.der(content), certificates=[twin().der]))


@attack("signing-certificate-mismatch")
def certificate_that_names_another() -> bytes:
    """The signing-certificate-v2 attribute names a certificate that is not the signer's.

    Source: RFC 5035 clause 5.
    """
    return with_attributes(lambda content: [_TYPE, digest_of(content), names(people.second_signer())])


@attack("signing-certificate-mismatch")
def two_certificates_that_are_named() -> bytes:
    """Two signing-certificate-v2 attributes name two certificates, the signer's among them.

    Source: RFC 5035 clause 5 (one attribute).
    """
    both = [names(people.signer()), names(people.second_signer())]
    return with_attributes(lambda content: [_TYPE, digest_of(content), *both])


@attack("signature-unverifiable", conclusion="INDETERMINATE")
def message_without_a_certificate() -> bytes:
    """The signer's certificate is nowhere in the file: nobody can be named.

    Source: EN 319 102-1 clause 5.2.3 (NO_SIGNING_CERTIFICATE_FOUND).
    """
    return signed(unsigned(), lambda content: signed_data(SignerInfo(people.signer()).der(content), certificates=[]))


def curve_with_another_generator() -> Person:
    """A person whose key names its curve by parameters, with a generator of the forger's choice."""
    known = keys.PublicKeyInfo.load(people.signer().parsed.public_key.dump())
    point = bytes(known["public_key"])
    prime = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF
    b = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    parameters = sequence(
        integer(1),
        sequence(oid("1.2.840.10045.1.1"), integer(prime)),
        sequence(octet_string((prime - 3).to_bytes(32, "big")), octet_string(b.to_bytes(32, "big"))),
        octet_string(point),
        integer(order),
        integer(1),
    )
    info = sequence(sequence(oid("1.2.840.10045.2.1"), parameters), tlv(0x03, b"\0" + point))
    body = people.signer().parsed["tbs_certificate"]
    body["subject_public_key_info"] = keys.PublicKeyInfo.load(info)
    encoded = body.dump(force=True)
    value = people.root().key.sign(encoded, ec.ECDSA(hashes.SHA256()))  # type: ignore[call-arg,arg-type]
    whole = sequence(encoded, sequence(oid("1.2.840.10045.4.3.2")), tlv(0x03, b"\0" + value))
    return _Raw(people.signer().certificate, people.signer().key, whole)


class _Raw(Person):
    """A person whose certificate is known by its bytes alone."""

    def __init__(self, certificate: x509.Certificate, key: people.Key, encoded: bytes) -> None:
        super().__init__(certificate, key)
        object.__setattr__(self, "_encoded", encoded)

    @property
    def der(self) -> bytes:
        encoded: bytes = self._encoded  # type: ignore[attr-defined]
        return encoded


@attack("signature-unverifiable", conclusion="INDETERMINATE")
def curve_of_ones_own() -> bytes:
    """The certificate describes its curve by parameters: the signer's point is its generator, so that 1 is the key.

    Source: CVE-2020-0601; RFC 5480 clause 2.1.1 (curves are named).
    """
    person = curve_with_another_generator()
    return signed(unsigned(), lambda content: signed_data(SignerInfo(person).der(content), certificates=[person.der]))


@attack.each(
    {
        "of another document": OTHER,
        "that is empty": b"",
        "that is this document's digest": None,
    }
)
def content_inside(content_inside: bytes | None) -> bytes:
    """The message brings its own content, rightly signed, where the document's bytes should be what is signed.

    Source: ISO 32000-2 clause 12.8.3.3.1 ("no data shall be encapsulated"); CVE-2018-16042.
    """

    def sign(content: bytes) -> bytes:
        inner = hashlib.sha256(content).digest() if content_inside is None else content_inside
        return signed_data(SignerInfo(people.signer()).der(inner), content=inner)

    return signed(unsigned(), sign)


@attack.each(
    {
        "of a timestamp that is none": (b"/ETSI.RFC3161", b"/Type /DocTimeStamp"),
        "that nobody knows": (b"/Some.Filter", b"/Type /Sig"),
        "of a digest, without one": (b"/adbe.pkcs7.sha1", b"/Type /Sig"),
    }
)
def sub_filter(kinds: tuple[bytes, bytes]) -> bytes:
    """The dictionary says that its value is of a kind that it is not.

    Source: ISO 32000-2 table 255, SubFilter, and clause 12.8.3.
    """
    kind, type_ = kinds
    broken = SignerInfo(people.signer(), attributes=lambda content: usual_attributes(OTHER, people.signer()))
    return signed(
        unsigned(),
        lambda content: signed_data(broken.der(content)),
        dictionary=signature_dictionary(sub_filter=kind, kind=type_),
    )


@attack("signature-unverifiable", conclusion="INDETERMINATE")
def value_of_a_kind_that_is_not_supported() -> bytes:
    """The value is said to be a raw RSA value beside a certificate, which ISO 32000-2 dropped.

    Source: ISO 32000-2 clause 12.8.3.2 (adbe.x509.rsa_sha1 is deprecated); VERIFY.md, named as unsupported.
    """
    return signed(unsigned(), dictionary=signature_dictionary(sub_filter=b"/adbe.x509.rsa_sha1"))


@attack.each(
    {
        "an integer too long": lambda der: der.replace(b"\x02\x01\x01", b"\x02\x02\x00\x01", 1),
        "cut off": lambda der: der[:-20],
        "another type": lambda der: der.replace(oid("1.2.840.113549.1.7.2"), oid("1.2.840.113549.1.7.3"), 1),
        "a deep nest": lambda der: b"\x30\x80" * 1500,
        "a length that overflows": lambda der: b"\x30\x88" + b"\xff" * 8 + der,
        "no value": lambda der: b"\x05\x00",
        "only text": lambda der: b"signed by me",
    }
)
def message_that_is(change: Callable[[bytes], bytes]) -> bytes:
    """The message is damaged, so that lax and strict readers differ, or is none.

    Source: X.690 clauses 8.1 and 8.3.2; "BERserk", CVE-2014-1568.
    """
    return signed(unsigned(), lambda content: change(signed_data(SignerInfo(people.signer()).der(content))))


@attack("signature-broken")
def attributes_signed_as_something_else() -> bytes:
    """The value is over the attributes' encoding with their own tag, [0], and not over that of a set.

    Source: RFC 5652 clause 5.4 (an explicit SET OF tag is used for the digest).
    """
    own = people.signer()
    info = SignerInfo(own, value=lambda data: raw_signature(own, b"\xa0" + data[1:]))
    return signed(unsigned(), lambda content: signed_data(info.der(content)))


@attack("signature-broken")
def attributes_added_after_signing() -> bytes:
    """A further attribute stands among the signed ones that was not signed.

    Source: RFC 5652 clause 5.4.
    """
    more = attribute("1.2.840.113549.1.9.5", core.UTCTime(people.NOW).dump())
    info = SignerInfo(people.signer(), stored=lambda made: sorted([*made, more]))
    return signed(unsigned(), lambda content: signed_data(info.der(content)))


@attack("signature-broken")
def attributes_taken_away() -> bytes:
    """The signed attributes were taken away, so that the value seems to be over the document itself.

    Source: Strenzke, "ASN.1 attribute confusion in CMS signatures", IACR ePrint 2023/1801.
    """
    own = people.signer()
    whole = SignerInfo(own, attributes=lambda content: [], value=lambda data: raw_signature(own, _attributes_of(data)))
    return signed(unsigned(), lambda content: signed_data(whole.der(content)))


def _attributes_of(content: bytes) -> bytes:
    return set_of(*usual_attributes(content, people.signer()))
