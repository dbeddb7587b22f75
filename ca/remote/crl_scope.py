"""Whether a CRL speaks of a certificate (RFC 5280 clauses 5.2, 5.3 and 6.3.3)."""

from __future__ import annotations

from cryptography import x509
from cryptography.x509.oid import CRLEntryExtensionOID, ExtensionOID

_UNDERSTOOD = {
    ExtensionOID.AUTHORITY_KEY_IDENTIFIER,
    ExtensionOID.CRL_NUMBER,
    ExtensionOID.ISSUING_DISTRIBUTION_POINT,
}
_UNDERSTOOD_OF_ENTRIES = {CRLEntryExtensionOID.CRL_REASON, CRLEntryExtensionOID.INVALIDITY_DATE}


def out_of_scope(found: x509.CertificateRevocationList, certificate: x509.Certificate) -> str | None:
    """Return why the CRL says nothing of the certificate (the rest of a sentence), or None if it does speak of it.

    Delta and indirect CRLs, and lists for some reasons only, are not relied upon.
    """
    try:
        if any(extension.oid == ExtensionOID.DELTA_CRL_INDICATOR for extension in found.extensions):
            return "is a delta CRL, which lists changes alone"
        unknown = [one for one in found.extensions if one.critical and one.oid not in _UNDERSTOOD]
        if unknown or _has_unknown_entries(found):
            return "has a critical extension that is not understood"
        points = [one.value for one in found.extensions if isinstance(one.value, x509.IssuingDistributionPoint)]
        if any(not _includes(point, certificate) for point in points):
            return "does not cover the certificate"
    except (ValueError, TypeError, x509.DuplicateExtension, x509.UnsupportedGeneralNameType):
        return "has extensions that cannot be read"
    return None


def _has_unknown_entries(found: x509.CertificateRevocationList) -> bool:
    return any(
        extension.critical and extension.oid not in _UNDERSTOOD_OF_ENTRIES
        for entry in found
        for extension in entry.extensions
    )


def _includes(point: x509.IssuingDistributionPoint, certificate: x509.Certificate) -> bool:
    if point.indirect_crl or point.only_contains_attribute_certs or point.only_some_reasons is not None:
        return False
    is_ca = any(isinstance(one.value, x509.BasicConstraints) and one.value.ca for one in certificate.extensions)
    if (point.only_contains_user_certs and is_ca) or (point.only_contains_ca_certs and not is_ca):
        return False
    if point.full_name is None and point.relative_name is None:
        return True
    named = [
        one
        for extension in certificate.extensions
        if isinstance(extension.value, x509.CRLDistributionPoints)
        for one in extension.value
    ]
    if point.relative_name is not None:
        return any(one.relative_name == point.relative_name for one in named)
    return any(name in (one.full_name or ()) for one in named for name in point.full_name or ())
