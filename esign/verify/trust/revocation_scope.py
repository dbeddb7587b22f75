"""Of which certificates a CRL speaks (RFC 5280 clauses 5.2, 5.3 and 6.3.3)."""

from __future__ import annotations

from typing import Final

from asn1crypto import core, crl, x509

from ca.encoding import encoding_of

_DELTA: Final = "2.5.29.27"
_ISSUING_DISTRIBUTION_POINT: Final = "2.5.29.28"
_UNDERSTOOD: Final = frozenset({_ISSUING_DISTRIBUTION_POINT, "2.5.29.20", "2.5.29.35"})
_UNDERSTOOD_OF_ENTRIES: Final = frozenset({"2.5.29.21", "2.5.29.24"})
_CRITICAL: Final = b"\x01\x01\xff"
"""DER of `critical TRUE`: entries without it, nearly all, need no parsing."""


def is_understood(listed: crl.CertificateList) -> bool:
    """Return whether the CRL is whole and holds nothing critical that is unknown here.

    A delta CRL lists changes alone. An unknown critical extension, of the list or of an entry (clauses 5.2 and
    5.3), may change what the list means. Raises what asn1crypto raises where it does not parse.
    """
    body = listed["tbs_cert_list"]
    for extension in body["crl_extensions"]:
        kind = extension["extn_id"].dotted
        if kind == _DELTA or (extension["critical"].native and kind not in _UNDERSTOOD):
            return False
    return all(
        extension["extn_id"].dotted in _UNDERSTOOD_OF_ENTRIES
        for entry in body["revoked_certificates"]
        if _CRITICAL in entry.contents
        for extension in entry["crl_entry_extensions"]
        if extension["critical"].native
    )


def covers(listed: crl.CertificateList, certificate: x509.Certificate) -> bool:
    """Return whether the CRL's scope includes the certificate, for every reason there may be to revoke it.

    The scope is that of the issuing distribution point (clause 5.2.5): what is not in it is not said to be good.
    Indirect CRLs are not relied upon. Raises what asn1crypto raises where it does not parse.
    """
    points = [
        extension["extn_value"].parsed
        for extension in listed["tbs_cert_list"]["crl_extensions"]
        if extension["extn_id"].dotted == _ISSUING_DISTRIBUTION_POINT
    ]
    return all(_is_in_scope(point, certificate) for point in points)


def _is_in_scope(point: crl.IssuingDistributionPoint, certificate: x509.Certificate) -> bool:
    if point["indirect_crl"].native or point["only_contains_attribute_certs"].native:
        return False
    if point["only_some_reasons"].native is not None:
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
