"""A trusted list (TS 119 612) with one authority on it, signed by an operator that tests make up."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from lxml import etree
from signxml.xades import XAdESSigner

from tests.authority import present_time

_SERVICES = (
    ("CA/QC", "ForeSignatures"),
    ("CA/QC", "ForeSeals"),
    ("TSA/QTST", None),
)


@dataclass(frozen=True)
class Operator:
    """Who signs a list."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate


@cache
def operator_of_a_list() -> Operator:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "operator")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    start = present_time() - timedelta(days=30)
    builder = builder.serial_number(7).not_valid_before(start).not_valid_after(start + timedelta(days=300))
    return Operator(key, builder.sign(key, hashes.SHA256()))


def trusted_list_of(root: Path, operator: Operator, *, at: datetime) -> bytes:
    """A list of that time on which the certificate (PEM) is granted for signatures, seals and timestamps."""
    certificate = x509.load_pem_x509_certificate(root.read_bytes()).public_bytes(Encoding.DER)
    services = "".join(_service(kind, use, base64.b64encode(certificate).decode()) for kind, use in _SERVICES)
    document = (
        '<TrustServiceStatusList xmlns="http://uri.etsi.org/02231/v2#"><SchemeInformation>'
        f"<TSLVersionIdentifier>5</TSLVersionIdentifier><ListIssueDateTime>{_text(at)}</ListIssueDateTime>"
        f"<NextUpdate><dateTime>{_text(at + timedelta(days=180))}</dateTime></NextUpdate></SchemeInformation>"
        f"<TrustServiceProviderList><TrustServiceProvider><TSPServices>{services}</TSPServices>"
        "</TrustServiceProvider></TrustServiceProviderList></TrustServiceStatusList>"
    )
    pem = operator.certificate.public_bytes(Encoding.PEM).decode()
    signer = XAdESSigner(signature_algorithm="ecdsa-sha256")
    return bytes(etree.tostring(signer.sign(etree.fromstring(document), key=operator.key, cert=pem)))


def _service(kind: str, use: str | None, certificate: str) -> str:
    named = f"http://uri.etsi.org/TrstSvc/TrustedList/SvcInfoExt/{use}"
    extension = (
        f'<Extension Critical="true"><AdditionalServiceInformation><URI>{named}</URI></AdditionalServiceInformation>'
        "</Extension>"
    )
    return (
        "<TSPService><ServiceInformation>"
        f"<ServiceTypeIdentifier>http://uri.etsi.org/TrstSvc/Svctype/{kind}</ServiceTypeIdentifier>"
        "<ServiceDigitalIdentity><DigitalId>"
        f"<X509Certificate>{certificate}</X509Certificate></DigitalId></ServiceDigitalIdentity>"
        "<ServiceStatus>http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/granted</ServiceStatus>"
        "<StatusStartingTime>2020-01-01T00:00:00Z</StatusStartingTime>"
        f"<ServiceInformationExtensions>{extension if use else ''}</ServiceInformationExtensions>"
        "</ServiceInformation></TSPService>"
    )


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
