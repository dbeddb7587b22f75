"""Reads the certificates, revocation answers and tokens of a bundle; each is named by the digest of what it holds."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from typing import Final

from esign.bundle.checking.members import Members
from esign.bundle.checking.verdict import Findings, Step
from esign.verify import SecurityStore
from esign.verify.cms.certificates import load_certificate
from esign.verify.errors import MALFORMED

_BYTES_AT_MOST: Final = 8 * 1024 * 1024
_PEM: Final = re.compile(rb"-----BEGIN CERTIFICATE-----\n([A-Za-z0-9+/=\n]+)\n-----END CERTIFICATE-----\n")


def read_material(members: Members, findings: Findings) -> SecurityStore:
    """Return certificates and revocation answers, and tell of every file whose name is not that of its content.

    The roots among them are read like other certificates: nobody believes a root because a bundle brings it.
    """
    certificates = []
    answers: dict[str, list[bytes]] = {"ocsp": [], "crl": [], "tst": []}
    for name in members.under("certificates/"):
        der = _from_pem(members.read(name) or b"")
        try:
            if der is None or not _is_named_by(name, der):
                raise ValueError  # told like a certificate that does not parse
            certificate = load_certificate(der)
            if certificate.subject.hashable and certificate.serial_number:
                certificates.append(certificate)
        except MALFORMED:
            findings.add(Step.SIGNATURE, "material-misnamed", name)
    for name in (*members.under("revocation/"), *members.under("timestamps/")):
        data = members.read(name) or b""
        if not _is_named_by(name, data):
            findings.add(Step.SIGNATURE, "material-misnamed", name)
        answers.setdefault(name.rpartition(".")[2], []).append(data)
    return SecurityStore(tuple(certificates), tuple(answers["ocsp"]), tuple(answers["crl"]))


def values_by_digest(members: Members) -> Mapping[str, bytes]:
    """Return certificates, OCSP responses and CRLs (DER) by SHA-256 (lower-case hex)."""
    certificates = (_from_pem(members.read(name) or b"") for name in members.under("certificates/"))
    answers = (members.read(name) for name in members.under("revocation/"))
    values = (value for value in (*certificates, *answers) if value is not None)
    return {hashlib.sha256(value).hexdigest(): value for value in values}


def _from_pem(data: bytes) -> bytes | None:
    found = _PEM.fullmatch(data) if len(data) <= _BYTES_AT_MOST else None
    try:
        return None if found is None else base64.b64decode(found[1].replace(b"\n", b""), validate=True)
    except binascii.Error:
        return None


def _is_named_by(name: str, der: bytes) -> bool:
    return name.rpartition("/")[2].partition(".")[0] == hashlib.sha256(der).hexdigest()[:16]
