"""Trusted lists (TS 119 612): who is believed, for what, since and until when, by a list that its operator signed."""

from __future__ import annotations

import base64
import copy
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from lxml import etree
from signxml.signer import XMLSigner
from signxml.xades import XAdESSigner

from ca.errors import TrustServiceError
from ca.signed_xml import UnsignedXml, read_xml
from ca.trust import Purpose, TrustStore
from ca.trusted_list import load_trusted_list, trusted_list

TSL = "http://uri.etsi.org/02231/v2#"
SERVICE = "http://uri.etsi.org/TrstSvc/Svctype/"
STATUS = "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/"
FOR = "http://uri.etsi.org/TrstSvc/TrustedList/SvcInfoExt/"
ISSUED, ENDS = datetime(2024, 1, 1, tzinfo=UTC), datetime(2024, 7, 1, tzinfo=UTC)
MAY = datetime(2024, 5, 1, tzinfo=UTC)


@cache
def made(name: str) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
    builder = builder.serial_number(7).not_valid_before(ISSUED - timedelta(days=9)).not_valid_after(ENDS)
    return key, builder.sign(key, hashes.SHA256())


def der(name: str) -> bytes:
    return made(name)[1].public_bytes(Encoding.DER)


def period(
    kind: str, status: str, start: str, *, certificate: str = "", uses: tuple[str, ...] = (), more: str = ""
) -> str:
    """What a list says of a service for one period, without the element around it."""
    identity = (
        f"<X509Certificate>{base64.b64encode(der(certificate)).decode()}</X509Certificate>" if certificate else ""
    )
    named = "".join(
        f'<Extension Critical="true"><AdditionalServiceInformation><URI>{FOR}{use}</URI>'
        "</AdditionalServiceInformation></Extension>"
        for use in uses
    )
    return (
        f"<ServiceTypeIdentifier>{SERVICE}{kind}</ServiceTypeIdentifier>"
        f"<ServiceDigitalIdentity><DigitalId>{identity}</DigitalId></ServiceDigitalIdentity>"
        f"<ServiceStatus>{STATUS}{status}</ServiceStatus><StatusStartingTime>{start}</StatusStartingTime>"
        f"<ServiceInformationExtensions>{named}{more}</ServiceInformationExtensions>"
    )


def service(now: str, *history: str) -> str:
    told = "".join(f"<ServiceHistoryInstance>{one}</ServiceHistoryInstance>" for one in history)
    return (
        f"<TSPService><ServiceInformation>{now}</ServiceInformation>"
        f"<ServiceHistory>{told}</ServiceHistory></TSPService>"
    )


def unsigned(*services: str, version: str = "5", next_update: str = "2024-07-01T00:00:00Z") -> bytes:
    return (
        f'<TrustServiceStatusList xmlns="{TSL}" Id="list"><SchemeInformation>'
        f"<TSLVersionIdentifier>{version}</TSLVersionIdentifier>"
        "<ListIssueDateTime>2024-01-01T00:00:00Z</ListIssueDateTime>"
        f"<NextUpdate><dateTime>{next_update}</dateTime></NextUpdate></SchemeInformation>"
        f"<TrustServiceProviderList><TrustServiceProvider><TSPServices>{''.join(services)}</TSPServices>"
        "</TrustServiceProvider></TrustServiceProviderList></TrustServiceStatusList>"
    ).encode()


def signed(document: bytes, signer: str = "operator") -> bytes:
    key, certificate = made(signer)
    pem = certificate.public_bytes(Encoding.PEM).decode()
    return bytes(
        etree.tostring(
            XMLSigner(signature_algorithm="ecdsa-sha256").sign(etree.fromstring(document), key=key, cert=pem)
        )
    )


def believed(*services: str) -> TrustStore:
    return trusted_list(signed(unsigned(*services)), [der("operator")])


def test_a_granted_service_is_believed_for_what_it_is_and_until_the_next_update() -> None:
    store = believed(
        service(period("CA/QC", "granted", "2020-01-01T00:00:00Z", certificate="a", uses=("ForeSignatures",))),
        service(period("CA/QC", "granted", "2020-01-01T00:00:00Z", certificate="b", uses=("ForeSeals",))),
        service(period("TSA/QTST", "granted", "2020-01-01T00:00:00Z", certificate="c")),
        service(
            period("CA/QC", "granted", "2020-01-01T00:00:00Z", certificate="d", uses=("ForWebSiteAuthentication",))
        ),
        service(period("CA/PKC", "granted", "2020-01-01T00:00:00Z", certificate="e")),
        service(period("CA/QC", "withdrawn", "2020-01-01T00:00:00Z", certificate="f")),
    )
    found = [store.roots(purpose, MAY) for purpose in (Purpose.SIGNING, Purpose.SEALING, Purpose.TIMESTAMPING)]
    assert found == [(der("a"),), (der("b"),), (der("c"),)]
    assert store.roots(Purpose.SIGNING, ENDS + timedelta(days=1)) == ()
    assert store.roots(Purpose.SIGNING, datetime(2019, 12, 31, tzinfo=UTC)) == ()


def test_the_status_at_the_time_that_counts_decides() -> None:
    store = believed(
        service(
            period("CA/QC", "withdrawn", "2022-01-01T00:00:00Z", certificate="a"),
            period("CA/QC", "granted", "2016-07-01T00:00:00Z"),
            period("CA/QC", "accredited", "2010-01-01T00:00:00Z"),
            period("CA/QC", "supervisionceased", "2008-01-01T00:00:00Z"),
        )
    )
    years = [year for year in range(2008, 2025) if store.roots(Purpose.SIGNING, datetime(year, 3, 1, tzinfo=UTC))]
    assert years == list(range(2010, 2022))
    assert store.ended_roots(Purpose.SIGNING, MAY) == (der("a"), der("a"))


def test_of_two_periods_that_begin_together_the_later_word_holds() -> None:
    start = "2022-01-01T00:00:00Z"
    withdrawn = period("CA/QC", "withdrawn", start, certificate="a")
    assert not believed(service(withdrawn, period("CA/QC", "granted", start))).anchors
    before = (period("CA/QC", "withdrawn", start), period("CA/QC", "granted", start))
    now = period("CA/QC", "withdrawn", "2023-01-01T00:00:00Z", certificate="a")
    assert not believed(service(now, *before)).anchors


def test_a_service_with_a_critical_word_that_nobody_understands_is_not_believed() -> None:
    strange = '<Extension Critical="true"><Strange xmlns="http://a.example/"/></Extension>'
    known = (
        '<Extension Critical="true"><Qualifications '
        'xmlns="http://uri.etsi.org/TrstSvc/SvcInfoExt/eSigDir-1999-93-EC-TrustedList/#"/></Extension>'
    )
    start = "2020-01-01T00:00:00Z"
    assert not believed(service(period("CA/QC", "granted", start, certificate="a", more=strange))).anchors
    assert believed(service(period("CA/QC", "granted", start, certificate="a", more=known))).anchors
    unheard = strange.replace("true", "false")
    assert believed(service(period("CA/QC", "granted", start, certificate="a", more=unheard))).anchors


def one_service() -> bytes:
    return unsigned(service(period("TSA/QTST", "granted", "2020-01-01T00:00:00Z", certificate="a")))


def refusal(document: bytes, signer: str = "operator") -> str:
    with pytest.raises(UnsignedXml) as refused:
        trusted_list(document, [der(signer)])
    return str(refused.value)


def test_a_list_that_its_operator_did_not_sign_is_refused() -> None:
    assert "not signed" in refusal(one_service())
    assert "not signed" in refusal(signed(one_service(), "stranger"))
    assert trusted_list(signed(one_service()), [der("stranger"), der("operator")]).anchors


def test_a_list_that_was_changed_is_refused() -> None:
    changed = signed(one_service()).replace(b"TSA/QTST", b"CA/QC")
    assert "not signed" in refusal(changed)


def test_a_genuine_list_wrapped_in_another_says_only_what_was_signed() -> None:
    genuine = etree.fromstring(signed(one_service()))
    signature = genuine.find("{http://www.w3.org/2000/09/xmldsig#}Signature")
    forged = etree.fromstring(
        unsigned(service(period("TSA/QTST", "granted", "2020-01-01T00:00:00Z", certificate="forged")))
    )
    forged.append(copy.deepcopy(signature))
    forged.append(genuine)
    with pytest.raises(UnsignedXml):
        trusted_list(bytes(etree.tostring(forged)), [der("operator")])


def test_of_a_genuine_list_inside_a_forged_one_only_the_genuine_part_counts() -> None:
    key, certificate = made("operator")
    pem = certificate.public_bytes(Encoding.PEM).decode()
    signer = XMLSigner(signature_algorithm="ecdsa-sha256")
    genuine = signer.sign(etree.fromstring(one_service()), key=key, cert=pem, reference_uri=["#list"])
    signature = genuine.find("{http://www.w3.org/2000/09/xmldsig#}Signature")
    entry = period("TSA/QTST", "granted", "2020-01-01T00:00:00Z", certificate="forged")
    forged = etree.fromstring(unsigned(service(entry)).replace(b'Id="list"', b""))
    forged.append(signature)
    forged.append(genuine)
    assert trusted_list(bytes(etree.tostring(forged)), [der("operator")]) == believed_of(one_service())


def believed_of(document: bytes) -> TrustStore:
    return trusted_list(signed(document), [der("operator")])


def test_a_list_with_signed_properties_as_operators_sign_it_is_read() -> None:
    key, certificate = made("operator")
    pem = certificate.public_bytes(Encoding.PEM).decode()
    made_list = XAdESSigner(signature_algorithm="ecdsa-sha256")
    document = etree.tostring(made_list.sign(etree.fromstring(one_service()), key=key, cert=pem))
    assert trusted_list(bytes(document), [der("operator")]) == believed_of(one_service())


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"<a>",
        b"\xff\xfe<a/>",
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        b"<a/>",
    ],
)
def test_what_is_no_trusted_list_is_refused(document: bytes) -> None:
    assert refusal(document)


@pytest.mark.parametrize(
    "document",
    [
        unsigned(version="4"),
        unsigned(next_update=""),
        unsigned(next_update="soon"),
        unsigned(service(period("CA/QC", "granted", "once", certificate="a"))),
    ],
)
def test_a_signed_list_of_another_form_is_refused(document: bytes) -> None:
    assert "not signed" not in refusal(signed(document))


def test_no_entity_is_known_and_no_file_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    outside = f'<!DOCTYPE a [<!ENTITY b SYSTEM "file://{secret}">]><a>&b;</a>'.encode()
    with pytest.raises(UnsignedXml, match="document type"):
        read_xml(outside)


def test_a_list_that_cannot_be_used_is_named_in_the_error(tmp_path: Path) -> None:
    path = tmp_path / "list.xml"
    for content in (None, b"", one_service()):
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(TrustServiceError, match=r"list\.xml") as refused:
            load_trusted_list(path, [der("operator")])
        assert refused.value.code == "trusted-list-unusable"
    path.write_bytes(signed(one_service()))
    assert load_trusted_list(path, [der("operator")]).roots(Purpose.TIMESTAMPING, MAY) == (der("a"),)
