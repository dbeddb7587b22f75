"""Of which certificates a CRL speaks (RFC 5280 clauses 5.2, 5.3 and 6.3.3)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from asn1crypto import core, crl, x509

from ca.encoding import encoding_of

_DELTA: Final = "2.5.29.27"
_ISSUING_DISTRIBUTION_POINT: Final = "2.5.29.28"
_EXPIRED_CERTIFICATES: Final = "2.5.29.60"
_UNDERSTOOD: Final = frozenset({_DELTA, _ISSUING_DISTRIBUTION_POINT, _EXPIRED_CERTIFICATES, "2.5.29.20", "2.5.29.35"})
_UNDERSTOOD_OF_ENTRIES: Final = frozenset({"2.5.29.21", "2.5.29.24"})
_CRITICAL: Final = b"\x01\x01\xff"
"""DER of `critical TRUE`: entries without it, nearly all, need no parsing."""


def is_understood(listed: crl.CertificateList) -> bool:
    """Return whether the CRL holds nothing critical that is unknown here.

    An unknown critical extension, of the list or of an entry (clauses 5.2 and 5.3), may change what the list means.
    Raises what asn1crypto raises where it does not parse.
    """
    body = listed["tbs_cert_list"]
    for extension in body["crl_extensions"]:
        if extension["critical"].native and extension["extn_id"].dotted not in _UNDERSTOOD:
            return False
    return all(
        extension["extn_id"].dotted in _UNDERSTOOD_OF_ENTRIES
        for entry in body["revoked_certificates"]
        if _CRITICAL in entry.contents
        for extension in entry["crl_entry_extensions"]
        if extension["critical"].native
    )


def is_partial(listed: crl.CertificateList) -> bool:
    """Return whether a certificate that is not on the CRL may yet be revoked: a revocation on it counts all the same.

    A delta CRL lists changes alone (clause 5.2.4); others list some reasons alone (clause 5.2.5).
    """
    return any(extension["extn_id"].dotted == _DELTA for extension in listed["tbs_cert_list"]["crl_extensions"]) or any(
        point["only_some_reasons"].native is not None for point in _points(listed)
    )


def keeps_expired_since(listed: crl.CertificateList) -> datetime | None:
    """Return since when certificates stay on the CRL although they expired (X.509 clause 9.5.2.8), or None."""
    for extension in listed["tbs_cert_list"]["crl_extensions"]:
        if extension["extn_id"].dotted == _EXPIRED_CERTIFICATES:
            since: datetime = core.GeneralizedTime.load(bytes(extension["extn_value"])).native
            return since.astimezone(UTC)
    return None


def covers(listed: crl.CertificateList, certificate: x509.Certificate) -> bool:
    """Return whether the CRL's scope includes the certificate.

    The scope is that of the issuing distribution point (clause 5.2.5): what is not in it is not said to be good.
    Indirect CRLs are not relied upon. Raises what asn1crypto raises where it does not parse.
    """
    return all(_is_in_scope(point, certificate) for point in _points(listed))


def _points(listed: crl.CertificateList) -> list[crl.IssuingDistributionPoint]:
    return [
        extension["extn_value"].parsed
        for extension in listed["tbs_cert_list"]["crl_extensions"]
        if extension["extn_id"].dotted == _ISSUING_DISTRIBUTION_POINT
    ]


def _is_in_scope(point: crl.IssuingDistributionPoint, certificate: x509.Certificate) -> bool:
    if point["indirect_crl"].native or point["only_contains_attribute_certs"].native:
        return False
    if point["only_contains_user_certs"].native and certificate.ca:
        return False
    if point["only_contains_ca_certs"].native and not certificate.ca:
        return False
    name = point["distribution_point"]
    if isinstance(name, core.Void):
        return True
    named = certificate.crl_distribution_points_value
    return bool(_names(name) & {found for one in named or () for found in _names(one["distribution_point"])})


def _names(point: x509.DistributionPointName | core.Void) -> set[bytes]:
    """The names of a distribution point, in DER."""
    if isinstance(point, core.Void):
        return set()
    return set(map(encoding_of, point.chosen)) if point.name == "full_name" else {encoding_of(point.chosen)}
