"""ASN.1 of the sealed form: AuthEnvelopedData (RFC 5083) with AES-GCM (RFC 5084) and exactly one recipient.

Only what sealing writes and reads is defined, so that whatever else CMS allows (RFC 5652) does not parse. Key
agreement follows RFC 5753, key transport RFC 8017's RSAES-OAEP as used by RFC 4055.
"""

from __future__ import annotations

from typing import ClassVar

from asn1crypto.algos import RSAESOAEPParams
from asn1crypto.cms import IssuerAndSerialNumber
from asn1crypto.core import (
    Any,
    Choice,
    Integer,
    ObjectIdentifier,
    OctetBitString,
    OctetString,
    Sequence,
    SequenceOf,
    SetOf,
)

ID_DATA = "1.2.840.113549.1.7.1"
ID_AUTH_ENVELOPED_DATA = "1.2.840.113549.1.9.16.1.23"
ID_AES256_GCM = "2.16.840.1.101.3.4.1.46"
ID_AES256_WRAP = "2.16.840.1.101.3.4.1.45"
ID_EC_PUBLIC_KEY = "1.2.840.10045.2.1"
ID_STD_DH_SHA256_KDF = "1.3.132.1.11.1"
ID_RSAES_OAEP = "1.2.840.113549.1.1.7"


class AlgorithmIdentifier(Sequence):  # type: ignore[misc]  # asn1crypto is not typed
    _fields: ClassVar[list[tuple[object, ...]]] = [
        ("algorithm", ObjectIdentifier),
        ("parameters", Any, {"optional": True}),
    ]


class GcmParameters(Sequence):  # type: ignore[misc]
    _fields: ClassVar[list[tuple[object, ...]]] = [
        ("nonce", OctetString),
        ("icv_length", Integer, {"default": 12}),
    ]


class EncryptedContentInfo(Sequence):  # type: ignore[misc]
    _fields: ClassVar[list[tuple[object, ...]]] = [
        ("content_type", ObjectIdentifier),
        ("algorithm", AlgorithmIdentifier),
        ("encrypted_content", OctetString, {"implicit": 0}),
    ]


class RecipientKeyIdentifier(Sequence):  # type: ignore[misc]
    _fields: ClassVar[list[tuple[object, ...]]] = [("subject_key_identifier", OctetString)]


class KeyAgreeRecipientIdentifier(Choice):  # type: ignore[misc]
    _alternatives: ClassVar[list[tuple[object, ...]]] = [
        ("issuer_and_serial_number", IssuerAndSerialNumber),
        ("recipient_key_identifier", RecipientKeyIdentifier, {"implicit": 0}),
    ]


class RecipientEncryptedKey(Sequence):  # type: ignore[misc]
    _fields: ClassVar[list[tuple[object, ...]]] = [
        ("recipient", KeyAgreeRecipientIdentifier),
        ("encrypted_key", OctetString),
    ]


class RecipientEncryptedKeys(SequenceOf):  # type: ignore[misc]
    _child_spec = RecipientEncryptedKey


class OriginatorPublicKey(Sequence):  # type: ignore[misc]
    _fields: ClassVar[list[tuple[object, ...]]] = [
        ("algorithm", AlgorithmIdentifier),
        ("public_key", OctetBitString),
    ]


class Originator(Choice):  # type: ignore[misc]
    _alternatives: ClassVar[list[tuple[object, ...]]] = [("originator_key", OriginatorPublicKey, {"implicit": 1})]


class KeyAgreeRecipientInfo(Sequence):  # type: ignore[misc]
    _fields: ClassVar[list[tuple[object, ...]]] = [
        ("version", Integer),
        ("originator", Originator, {"explicit": 0}),
        ("algorithm", AlgorithmIdentifier),
        ("recipient_encrypted_keys", RecipientEncryptedKeys),
    ]


class KeyTransRecipientInfo(Sequence):  # type: ignore[misc]
    _fields: ClassVar[list[tuple[object, ...]]] = [
        ("version", Integer),
        ("recipient", IssuerAndSerialNumber),
        ("algorithm", AlgorithmIdentifier),
        ("encrypted_key", OctetString),
    ]


class RecipientInfo(Choice):  # type: ignore[misc]
    _alternatives: ClassVar[list[tuple[object, ...]]] = [
        ("key_transport", KeyTransRecipientInfo),
        ("key_agreement", KeyAgreeRecipientInfo, {"implicit": 1}),
    ]


class RecipientInfos(SetOf):  # type: ignore[misc]
    _child_spec = RecipientInfo


class AuthEnvelopedData(Sequence):  # type: ignore[misc]
    _fields: ClassVar[list[tuple[object, ...]]] = [
        ("version", Integer),
        ("recipient_infos", RecipientInfos),
        ("encrypted", EncryptedContentInfo),
        ("mac", OctetString),
    ]


class ContentInfo(Sequence):  # type: ignore[misc]
    _fields: ClassVar[list[tuple[object, ...]]] = [
        ("content_type", ObjectIdentifier),
        ("content", AuthEnvelopedData, {"explicit": 0}),
    ]


def oaep_sha256_parameters() -> RSAESOAEPParams:
    """Return RSAES-OAEP parameters: SHA-256, MGF1 with SHA-256, empty label."""
    return RSAESOAEPParams(
        {
            "hash_algorithm": {"algorithm": "sha256"},
            "mask_gen_algorithm": {"algorithm": "mgf1", "parameters": {"algorithm": "sha256"}},
        }
    )
