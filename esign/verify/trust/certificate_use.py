"""What a certificate is for: documents or a service, a person's signature or an organisation's seal."""

from __future__ import annotations

from typing import Final

from asn1crypto import core, x509

from ca.trust import Purpose
from esign.verify.errors import MALFORMED

_SERVICE_PURPOSES: Final = frozenset({"ocsp_signing", "time_stamping", "server_auth", "client_auth"})
_QC_STATEMENTS: Final = "1.3.6.1.5.5.7.1.3"
_QC_TYPE: Final = "0.4.0.1862.1.6"
_SEAL: Final = "0.4.0.1862.1.6.2"
_ORGANISATION: Final = "organization_identifier"
_PERSON: Final = frozenset({"given_name", "surname", "pseudonym"})


def may_sign(certificate: x509.Certificate) -> bool:
    """Whether the certificate may sign documents: no CA's, by its key usage, and not a service's alone.

    RFC 5280 clause 4.2.1.3 for the key usage (one that is absent allows). A certificate whose every extended key
    usage is a service's (OCSP, timestamps, TLS) vouches for that service, and for no document.
    """
    if certificate.ca:
        return False
    usage = certificate.key_usage_value
    if usage is not None and not usage.native & {"digital_signature", "non_repudiation"}:
        return False
    purposes = certificate.extended_key_usage_value
    return purposes is None or not set(purposes.native) <= _SERVICE_PURPOSES


def purpose_of(certificate: x509.Certificate) -> Purpose:
    """Return what a root must be believed for to vouch for a signer: `SEALING` for a seal, else `SIGNING`.

    A seal's certificate says so (QcType, EN 319 412-5 clause 4.2.3), or names an organisation by its identifier
    (EN 319 412-3 clause 4.2.1) and no person.
    """
    try:
        types = list(_qc_types(certificate))
        if types:
            return Purpose.SEALING if _SEAL in types else Purpose.SIGNING
        named = set(certificate.subject.native)
    except MALFORMED:
        return Purpose.SIGNING
    return Purpose.SEALING if _ORGANISATION in named and not named & _PERSON else Purpose.SIGNING


class _Statement(core.Sequence):  # type: ignore[misc]
    _fields = [("kind", core.ObjectIdentifier), ("info", core.Any, {"optional": True})]  # noqa: RUF012


class _Statements(core.SequenceOf):  # type: ignore[misc]
    _child_spec = _Statement


class _Types(core.SequenceOf):  # type: ignore[misc]
    _child_spec = core.ObjectIdentifier


def _qc_types(certificate: x509.Certificate) -> list[str]:
    for extension in certificate["tbs_certificate"]["extensions"]:
        if extension["extn_id"].dotted == _QC_STATEMENTS:
            for statement in _Statements.load(bytes(extension["extn_value"])):
                if statement["kind"].dotted == _QC_TYPE:
                    return [kind.dotted for kind in statement["info"].parse(_Types)]
    return []
