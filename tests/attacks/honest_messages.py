"""Messages as honest signers make them, which is not always as the newest profile says."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Final

from asn1crypto import algos, cms, core
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from ca.authority.der import NULL, constructed, sequence
from ca.encoding import encoding_of
from tests.attacks import people
from tests.attacks.cases import honest
from tests.attacks.contracts import (
    CATALOG,
    FORM,
    FREE,
    SECOND,
    SECOND_BOX,
    SECOND_SIGNATURE,
    approved,
    catalog,
    form,
    signature_dictionary,
    signature_field,
    signed,
    unsigned,
)
from tests.attacks.messages import (
    SignerInfo,
    attribute,
    oid,
    signature_of,
    signed_data,
    usual_attributes,
)
from tests.attacks.validation_attacks import DAY, document_timestamp, signed_by
from tests.attacks.writing import stream, update

_PKCS7: Final = b"/adbe.pkcs7.detached"


@honest.each({"CAdES": b"/ETSI.CAdES.detached", "PKCS #7": _PKCS7})
def kind_of_signature(kind: bytes) -> bytes:
    """The two kinds that tools make.

    Source: ISO 32000-2 table 260 (SubFilter).
    """
    return signed(unsigned(), dictionary=signature_dictionary(sub_filter=kind))


def _reversed(made: object) -> list[bytes]:
    return sorted(made, reverse=True)  # type: ignore[call-overload,no-any-return]


@honest.each({"signed in order": True, "signed as they are stored": False})
def attributes_out_of_order(in_order: bool) -> bytes:
    """The signed attributes are stored in another order than DER's, and signed in DER's or in their own.

    Source: RFC 5652 clause 5.4; VERIFY.md, list, 4.
    """
    info = SignerInfo(people.signer(), stored=_reversed, signed=sorted if in_order else _reversed)
    return signed(unsigned(), lambda content: signed_data(info.der(content)))


@honest()
def attributes_are_not_needed() -> bytes:
    """The signature is over the document itself; there are no signed attributes.

    Source: RFC 5652 clause 5.3 (signedAttrs is optional where the content is data).
    """
    info = SignerInfo(people.signer(), attributes=lambda content: [])
    return signed(
        unsigned(), lambda content: signed_data(info.der(content)), dictionary=signature_dictionary(sub_filter=_PKCS7)
    )


@honest.each(
    {
        "without a signing certificate": slice(0, 2),
        "without a content type": slice(1, 3),
    }
)
def attributes(kept: slice) -> bytes:
    """Signers of old leave attributes out that the profile asks for: a lower level, and no fault.

    Source: ISO 32000-2 clause 12.8.3.3 (what adbe.pkcs7.detached asks for).
    """
    info = SignerInfo(people.signer(), attributes=lambda content: usual_attributes(content, people.signer())[kept])
    return signed(
        unsigned(), lambda content: signed_data(info.der(content)), dictionary=signature_dictionary(sub_filter=_PKCS7)
    )


@honest.each({"with RSA": "sha256", "with RSA and SHA-384": "sha384"})
def rsa_signature(digest: str) -> bytes:
    """RSA with PKCS #1 v1.5.

    Source: RFC 8017 clause 8.2; ETSI TS 119 312.
    """
    info = SignerInfo(people.rsa_signer(), digest=digest)
    return signed(unsigned(), lambda content: signed_data(info.der(content), certificates=[people.rsa_signer().der]))


@honest()
def algorithm_of_the_key_alone() -> bytes:
    """The signature algorithm names RSA without a digest, as PKCS #7 did.

    Source: RFC 3370 clause 3.2 (rsaEncryption).
    """
    algorithm = sequence(oid("1.2.840.113549.1.1.1"), NULL)
    info = SignerInfo(people.rsa_signer(), algorithm=algorithm)
    return signed(unsigned(), lambda content: signed_data(info.der(content), certificates=[people.rsa_signer().der]))


def _pss(digest: str, salt: int) -> bytes:
    parameters = algos.RSASSAPSSParams(
        {
            "hash_algorithm": {"algorithm": digest},
            "mask_gen_algorithm": {"algorithm": "mgf1", "parameters": {"algorithm": digest}},
            "salt_length": salt,
        }
    )
    return bytes(algos.SignedDigestAlgorithm({"algorithm": "rsassa_pss", "parameters": parameters}).dump())


@honest.each({"the digest's": 32, "none": 0, "twenty": 20})
def probabilistic_rsa_with_salt_of(length: int) -> bytes:
    """RSA-PSS with salts of several lengths.

    Source: RFC 4056; RFC 8017 clause 9.1.
    """

    def value(data: bytes) -> bytes:
        key = people.rsa_signer().key
        if not isinstance(key, rsa.RSAPrivateKey):
            raise TypeError("the RSA signer has an RSA key")
        return key.sign(data, padding.PSS(padding.MGF1(hashes.SHA256()), length), hashes.SHA256())

    info = SignerInfo(people.rsa_signer(), value=value, algorithm=_pss("sha256", length))
    return signed(unsigned(), lambda content: signed_data(info.der(content), certificates=[people.rsa_signer().der]))


@honest()
def edwards_curve() -> bytes:
    """A signature on Ed25519, which PDF 2.0's newer algorithms allow.

    Source: ISO/TS 32002 (Ed25519 and Ed448 in PDF); RFC 8419.
    """
    key = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Edwards")])
    builder = x509.CertificateBuilder().subject_name(subject).public_key(key.public_key())
    builder = builder.issuer_name(people.root().certificate.subject).serial_number(25519)
    builder = builder.not_valid_before(people.NOW - people.YEAR).not_valid_after(people.NOW + people.YEAR)
    certificate = builder.sign(people.root().key, hashes.SHA256())
    person = people.Person(certificate, people.root().key)
    info = SignerInfo(person, value=key.sign, algorithm=sequence(oid("1.3.101.112")))
    return signed(unsigned(), lambda content: signed_data(info.der(content), certificates=[person.der]))


@honest()
def plain_elliptic_value() -> bytes:
    """The two numbers of an ECDSA signature, one behind the other, as German cards give them.

    Source: BSI TR-03111 clause 5.2.1; VERIFY.md, list, 4.
    """

    def value(data: bytes) -> bytes:
        key = people.signer().key
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise TypeError("the signer has a key on P-256")
        numbers = decode_dss_signature(key.sign(data, ec.ECDSA(hashes.SHA256())))
        return b"".join(number.to_bytes(32, "big") for number in numbers)

    info = SignerInfo(people.signer(), value=value, algorithm=sequence(oid("0.4.0.127.0.7.1.1.4.1.3")))
    return signed(unsigned(), lambda content: signed_data(info.der(content)))


@honest("weak-algorithm", conclusion="INDETERMINATE")
def signature_over_a_digest() -> bytes:
    """adbe.pkcs7.sha1: the message holds the document's SHA-1, and signs that. Intact, and too weak to rely on.

    Source: ISO 32000-2 clause 12.8.3.3.1 (deprecated); VERIFY.md, list, 4.
    """

    def sign(content: bytes) -> bytes:
        inner = hashlib.sha1(content, usedforsecurity=False).digest()
        return signed_data(SignerInfo(people.signer()).der(inner), content=inner)

    return signed(unsigned(), sign, dictionary=signature_dictionary(sub_filter=b"/adbe.pkcs7.sha1"))


@honest()
def several_signers_in_one_message() -> bytes:
    """Two people signed the same message.

    Source: RFC 5652 clause 5.1; VERIFY.md, list, 4.
    """
    both = [SignerInfo(people.signer()), SignerInfo(people.second_signer())]
    held = [people.signer().der, people.second_signer().der]
    return signed(unsigned(), lambda content: signed_data(*(one.der(content) for one in both), certificates=held))


def _indefinite(der: bytes) -> bytes:
    """The message with lengths that are told at the end, at its three outer levels."""
    outer = core.load(der)
    kind = encoding_of(cms.ContentInfo.load(der)["content_type"])
    inner = cms.ContentInfo.load(der)["content"]
    body = b"".join(
        encoding_of(inner[name])
        for name in ("version", "digest_algorithms", "encap_content_info", "certificates", "crls", "signer_infos")
    )
    if outer is None:
        raise ValueError("the message is empty")
    return b"\x30\x80" + kind + b"\xa0\x80" + b"\x30\x80" + body + b"\0\0" * 3


@honest()
def lengths_told_at_the_end() -> bytes:
    """The message is BER: its lengths are indefinite, as tools write that work in one go.

    Source: X.690 clause 8.1.3.6; RFC 5652 clause 5 (BER is allowed outside of what is signed).
    """
    return signed(unsigned(), lambda content: _indefinite(signature_of(people.signer())(content)))


@honest.each({"a root's namesake first": True, "the root itself": False})
def further_certificates(decoy: bool) -> bytes:
    """The message carries more certificates than it needs, some of them of the same name.

    Source: RFC 5652 clause 5.1 ("there may be more certificates than necessary").
    """
    more = [people.namesake_root().der, people.foreign_root().der] if decoy else [people.root().der]
    return signed(
        unsigned(),
        lambda content: signed_data(
            SignerInfo(people.signer()).der(content),
            certificates=[*more, people.signer().der, people.second_signer().der],
        ),
    )


@honest()
def revocation_data_in_an_attribute() -> bytes:
    """The list is in Adobe's archival attribute among the signed ones.

    Source: ISO 32000-2 clause 12.8.3.3.2 (adbe-revocationInfoArchival).
    """
    archival = attribute("1.2.840.113583.1.1.8", sequence(constructed(0, sequence(people.good_list()))))
    info = SignerInfo(
        people.signer(), attributes=lambda content: [*usual_attributes(content, people.signer()), archival]
    )
    return signed(unsigned(), lambda content: signed_data(info.der(content), crls=[]))


@honest.each({"with its index": b"/VRI << /%s << /CRL [101 0 R] >> >>" % (b"A" * 40), "alone": b""})
def revocation_data_in_the_store(index: bytes) -> bytes:
    """The list is added afterwards, in the document's security store.

    Source: ISO 32000-2 clause 12.8.4.3; EN 319 142-1 clause 5.4.
    """
    document = signed_by(people.signer(), crls=[])
    store = b"<< /Type /DSS /CRLs [101 0 R] %s >>" % index
    return update(document, {CATALOG: catalog(b"/DSS 100 0 R"), FREE: store, FREE + 1: stream(people.good_list())})


@honest()
def store_that_is_written_again() -> bytes:
    """The store grows, and its index entries are written anew under other names.

    Source: EN 319 142-1 clause 5.4.2.3; VERIFY.md, list, 3 (rewritten VRI entries).
    """
    document = revocation_data_in_the_store(b"/VRI << /AAAA << /CRL [101 0 R] /TU (D:2026) >> >>")
    store = b"<< /Type /DSS /CRLs [101 0 R] /Certs [102 0 R] /VRI << /BBBB << /CRL [101 0 R] /Cert [102 0 R] >> >> >>"
    return update(document, {FREE: store, FREE + 2: stream(people.root().der)})


@honest()
def signature_that_was_stamped() -> bytes:
    """A timestamp on the signature proves when it was made; the certificate has expired since.

    Source: RFC 5126 clause 6.1.1; EN 319 142-1 clause 6.3 (B-T).
    """
    past = people.certify("Was in time", people.root(), valid=(people.NOW - 90 * DAY, people.NOW - 30 * DAY))
    lists = [people.revocation_list(made_at=people.NOW - 50 * DAY, lasts=timedelta(days=90))]
    return signed_by(past, stamped=people.NOW - 60 * DAY, crls=lists)


@honest.each(
    {
        "as the profile says": b"/Type /DocTimeStamp",
        "of Type Sig": b"/Type /Sig",
        "without a Type": b"",
        "with a Type of null": b"/Type null",
    }
)
def document_timestamp_whose_dictionary_is(kind: bytes) -> bytes:
    """Document timestamps, some in dictionaries that do not say so in their Type.

    Source: ISO 32000-2 clause 12.8.5; VERIFY.md, list, 4.
    """
    return document_timestamp(approved(), kind=kind)


@honest()
def timestamps_renewed() -> bytes:
    """One timestamp behind the other, each in a field of its own.

    Source: EN 319 142-1 clause 5.4.3 (renewal).
    """
    document = revocation_data_in_the_store(b"")
    for number in (200, 202, 204):
        document = document_timestamp(document, number=number)
    return document


@honest()
def timestamp_before_the_signature() -> bytes:
    """A document timestamp is there before anybody signs.

    Source: ISO 32000-2 clause 12.8.5.
    """
    return signed(document_timestamp(unsigned()), more={FORM: form(fields=b"10 0 R 11 0 R 12 0 R 13 0 R 200 0 R")})


@honest.each(
    {
        "an empty value": b"/ByteRange [0 1 2 3] /Contents <>",
        "a value of zeros": b"/ByteRange [0 1 2 3] /Contents <%s>" % (b"0" * 64),
        "no value": b"/ByteRange [0 1 2 3]",
        "nothing": b"",
    },
    "signature-unverifiable",
    "coverage-invalid",
    conclusion="TOTAL-FAILED",
)
def good_signature_beside_one_with(entries: bytes) -> bytes:
    """A place to sign was prepared with a dictionary, and nobody filled it in: it is said, and the other one stands.

    Source: VERIFY.md, list, 4 (empty Contents), and "one bad signature never hides another".
    """
    waiting = b"<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached %s >>" % entries
    prepared = {
        SECOND: signature_field(b"second", SECOND_BOX, b"/V %d 0 R" % SECOND_SIGNATURE),
        SECOND_SIGNATURE: waiting,
    }
    return signed(update(unsigned(), prepared))
