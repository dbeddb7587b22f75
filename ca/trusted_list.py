"""Trusted lists of the European Union (ETSI TS 119 612): whom a member state supervises, for what, and when.

A service that issues qualified certificates (CA/QC) is believed for signatures or seals, one that makes qualified
timestamps (TSA/QTST) for timestamps, while its status is or was that of a qualified service. What a list says of the
present ends with its next update. Whether a certificate is itself a qualified one is another question, and not asked.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from lxml import etree

from ca.errors import TrustServiceError
from ca.signed_xml import XML_BYTES_AT_MOST, UnsignedXml, read_xml, signed_root
from ca.trust import Purpose, TrustAnchor, TrustStore

_TSL: Final = "{http://uri.etsi.org/02231/v2#}"
_QUALIFICATIONS: Final = "{http://uri.etsi.org/TrstSvc/SvcInfoExt/eSigDir-1999-93-EC-TrustedList/#}"
_SERVICES: Final = "http://uri.etsi.org/TrstSvc/Svctype/"
_STATUSES: Final = "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/"
_FOR: Final = "http://uri.etsi.org/TrstSvc/TrustedList/SvcInfoExt/"
_QUALIFIED: Final = frozenset(
    _STATUSES + status for status in ("granted", "undersupervision", "supervisionincessation", "accredited")
)
"""The first since July 2016, under Regulation 910/2014; the others before, under Directive 1999/93 (TS 119 615)."""
_USES: Final = {
    f"{_FOR}ForeSignatures": Purpose.SIGNING,
    f"{_FOR}ForeSeals": Purpose.SEALING,
    f"{_FOR}ForWebSiteAuthentication": None,
}
_UNDERSTOOD: Final = frozenset(
    {
        f"{_QUALIFICATIONS}Qualifications",
        f"{_TSL}ExpiredCertsRevocationInfo",
        f"{_TSL}AdditionalServiceInformation",
        f"{_TSL}TakenOverBy",
    }
)
_VERSIONS: Final = frozenset({"5", "6"})
_SERVICES_AT_MOST: Final = 20_000
_PERIODS_AT_MOST: Final = 200


@dataclass(frozen=True)
class _Period:
    """What a service was from `start` until the next period; `purposes` are empty where it was not to be believed."""

    start: datetime
    purposes: frozenset[Purpose]


def load_trusted_list(path: Path, signers: Sequence[bytes]) -> TrustStore:
    """Read a trusted list that one of `signers` (DER certificates of the scheme operator) signed.

    Raises `TrustServiceError` with code `trusted-list-unusable`.
    """
    try:
        with path.open("rb") as stream:
            return trusted_list(stream.read(XML_BYTES_AT_MOST + 1), signers)
    except UnsignedXml as error:
        raise _unusable(path, str(error)) from error
    except OSError as error:
        raise _unusable(path, error.strerror or "it cannot be read") from error


def trusted_list(data: bytes, signers: Sequence[bytes]) -> TrustStore:
    """Read a trusted list, as `load_trusted_list` does. Raises `UnsignedXml`."""
    try:
        issued = _issued(read_xml(data))
        root = signed_root(data, [x509.load_der_x509_certificate(signer) for signer in signers], issued)
        _require(root.tag == f"{_TSL}TrustServiceStatusList" and _issued(root) == issued, "it is not a trusted list")
        version = _text(root, "SchemeInformation", "TSLVersionIdentifier")
        _require(version in _VERSIONS, "it is of a version that is not understood")
        next_update = _moment(_text(root, "SchemeInformation", "NextUpdate", "dateTime"))
        anchors = [anchor for service in _services(root) for anchor in _anchors(service, next_update)]
    except UnsignedXml:
        raise
    except (ValueError, OverflowError) as error:
        raise UnsignedXml("it does not say what a trusted list says") from error
    return TrustStore(tuple(dict.fromkeys(anchors)))


def _require(holds: bool, cause: str) -> None:
    if not holds:
        raise UnsignedXml(cause)


def _issued(root: etree._Element) -> datetime:
    return _moment(_text(root, "SchemeInformation", "ListIssueDateTime"))


def _services(root: etree._Element) -> list[etree._Element]:
    found = root.findall(
        f"{_TSL}TrustServiceProviderList/{_TSL}TrustServiceProvider/{_TSL}TSPServices/{_TSL}TSPService"
    )
    _require(len(found) <= _SERVICES_AT_MOST, "it has too many services")
    return list(found)


def _anchors(service: etree._Element, next_update: datetime) -> Iterator[TrustAnchor]:
    """Yield the service's certificates for each period in which it was to be believed.

    Periods of the past name the key alone (clause 5.6.3), which is that of the certificates of the present one.
    """
    information = service.find(f"{_TSL}ServiceInformation")
    if information is None:
        return
    certificates = _certificates(information)
    history = service.findall(f"{_TSL}ServiceHistory/{_TSL}ServiceHistoryInstance")
    told_first = [*reversed(history[:_PERIODS_AT_MOST]), information]  # of two that begin together the later one holds
    periods = sorted(map(_period, told_first), key=lambda period: period.start)
    ends = [later.start for _, later in pairwise(periods)] + [next_update]
    for period, end in zip(periods, ends, strict=True):
        if period.purposes and period.start < end:
            for certificate in certificates:
                yield TrustAnchor(certificate, period.purposes, period.start, end)


def _period(told: etree._Element) -> _Period:
    start = _moment(_text(told, "StatusStartingTime"))
    if _text(told, "ServiceStatus") not in _QUALIFIED or not _is_understood(told):
        return _Period(start, frozenset())
    kind = _text(told, "ServiceTypeIdentifier").removeprefix(_SERVICES)
    if kind == "TSA/QTST":
        return _Period(start, frozenset({Purpose.TIMESTAMPING}))
    return _Period(start, _uses(told) if kind == "CA/QC" else frozenset())


def _uses(told: etree._Element) -> frozenset[Purpose]:
    """What certificates of the service are for (clause 5.5.9.4); one that does not say is for signatures."""
    named = {
        (uri.text or "").strip()
        for uri in told.iterfind(
            f"{_TSL}ServiceInformationExtensions/{_TSL}Extension/{_TSL}AdditionalServiceInformation/{_TSL}URI"
        )
    }
    uses = [_USES[uri] for uri in named if uri in _USES]
    return frozenset(use for use in uses if use is not None) if uses else frozenset({Purpose.SIGNING})


def _is_understood(told: etree._Element) -> bool:
    """Whether every critical extension of the service is known here (clause 5.5.9)."""
    return all(
        part.tag in _UNDERSTOOD
        for extension in told.iterfind(f"{_TSL}ServiceInformationExtensions/{_TSL}Extension")
        if extension.get("Critical", "").strip() in {"true", "1"}
        for part in extension
    )


def _certificates(information: etree._Element) -> list[bytes]:
    found = []
    for told in information.iterfind(f"{_TSL}ServiceDigitalIdentity/{_TSL}DigitalId/{_TSL}X509Certificate"):
        try:
            der = base64.b64decode("".join((told.text or "").split()), validate=True)
            found.append(x509.load_der_x509_certificate(der).public_bytes(Encoding.DER))
        except ValueError:
            continue  # a certificate that cannot be read is believed for nothing; the list's others are
    return found


def _text(element: etree._Element, *names: str) -> str:
    found = element.find("/".join(_TSL + name for name in names))
    if found is None or not (found.text or "").strip():
        raise UnsignedXml(f"it has no {names[-1]}")
    return str(found.text).strip()


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _unusable(path: Path, cause: str) -> TrustServiceError:
    return TrustServiceError(
        "trusted-list-unusable",
        f"the trusted list {path} cannot be used: {cause}",
        "give the list as it was published, and the certificate of the scheme operator that signs it",
    )
