"""The endpoints: paths, content types, limits, and errors in the protocol's own form."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest
from asn1crypto import tsp
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from flask.testing import FlaskClient

from ca.authority import EmbeddedAuthority, Role
from ca.http import MAX_BODY_SIZE, create_trust_services_app
from tests.authority import SettableClock

QUERY = {"Content-Type": "application/timestamp-query"}
ASK = {"Content-Type": "application/ocsp-request"}


@pytest.fixture
def client(authority: EmbeddedAuthority) -> FlaskClient:
    return create_trust_services_app(authority).test_client()


def query() -> bytes:
    imprint = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": bytes(32)}
    return bytes(tsp.TimeStampReq({"version": "v1", "message_imprint": imprint}).dump())


def question(authority: EmbeddedAuthority) -> bytes:
    asked, issuer = (x509.load_der_x509_certificate(authority.certificate(r)) for r in (Role.SEAL, Role.ISSUING))
    return ocsp.OCSPRequestBuilder().add_certificate(asked, issuer, hashes.SHA256()).build().public_bytes(Encoding.DER)


def failure(body: bytes) -> set[str]:
    # SEQUENCE { PKIStatusInfo }: a rejection has nothing else.
    assert body[0] == 0x30
    status = tsp.PKIStatusInfo.load(body[2:], strict=True)
    assert status["status"].native == "rejection"
    failures: set[str] = status["fail_info"].native
    return failures


def test_a_query_is_answered_with_a_timestamp_reply(client: FlaskClient) -> None:
    response = client.post("/tsa", data=query(), headers=QUERY)
    assert (response.status_code, response.content_type) == (200, "application/timestamp-reply")
    assert tsp.TimeStampResp.load(response.data)["status"]["status"].native == "granted"


def test_a_query_of_another_type_is_rejected_in_the_form_of_a_reply(client: FlaskClient) -> None:
    response = client.post("/tsa", data=query(), headers={"Content-Type": "text/plain"})
    assert (response.status_code, response.content_type) == (415, "application/timestamp-reply")
    assert failure(response.data) == {"bad_request"}


def test_a_query_that_is_too_long_is_rejected_in_the_form_of_a_reply(client: FlaskClient) -> None:
    response = client.post("/tsa", data=bytes(MAX_BODY_SIZE + 1), headers=QUERY)
    assert (response.status_code, response.content_type) == (413, "application/timestamp-reply")
    assert failure(response.data) == {"bad_data_format"}


def test_garbage_gets_a_rejection(client: FlaskClient) -> None:
    response = client.post("/tsa", data=b"garbage", headers=QUERY)
    assert response.status_code == 200
    assert failure(response.data) == {"bad_data_format"}


def test_ocsp_is_answered_by_post(client: FlaskClient, authority: EmbeddedAuthority) -> None:
    response = client.post("/ocsp", data=question(authority), headers=ASK)
    assert (response.status_code, response.content_type) == (200, "application/ocsp-response")
    answer = ocsp.load_der_ocsp_response(response.data)
    assert answer.certificate_status is ocsp.OCSPCertStatus.GOOD


def test_ocsp_is_answered_by_get_whatever_the_base64_looks_like(
    client: FlaskClient, authority: EmbeddedAuthority
) -> None:
    issuing = x509.load_der_x509_certificate(authority.certificate(Role.ISSUING))
    name_hash, key_hash = b"\x00" * 32, b"\xff" * 32  # its base64 has runs of slashes
    builder = ocsp.OCSPRequestBuilder().add_certificate_by_hash(
        name_hash, key_hash, issuing.serial_number, hashes.SHA256()
    )
    strange = base64.b64encode(builder.build().public_bytes(Encoding.DER)).decode()
    assert "//" in strange
    usual = base64.b64encode(question(authority)).decode()
    refused = ocsp.load_der_ocsp_response(client.get(f"/ocsp/{strange}").data)
    answered = ocsp.load_der_ocsp_response(client.get(f"/ocsp/{usual}").data)
    assert refused.response_status is ocsp.OCSPResponseStatus.UNAUTHORIZED
    assert answered.certificate_status is ocsp.OCSPCertStatus.GOOD


@pytest.mark.parametrize("path", ["/ocsp/%%%", "/ocsp/AAAA", "/ocsp/nonsense!"])
def test_a_get_that_is_no_request_is_malformed(client: FlaskClient, path: str) -> None:
    response = client.get(path)
    assert response.content_type == "application/ocsp-response"
    answer = ocsp.load_der_ocsp_response(response.data)
    assert answer.response_status is ocsp.OCSPResponseStatus.MALFORMED_REQUEST


@pytest.mark.parametrize(
    ("headers", "size", "status"), [(ASK, MAX_BODY_SIZE + 1, 413), ({"Content-Type": "text/plain"}, 10, 415)]
)
def test_an_ocsp_request_out_of_bounds_is_malformed(
    client: FlaskClient, headers: dict[str, str], size: int, status: int
) -> None:
    response = client.post("/ocsp", data=bytes(size), headers=headers)
    assert (response.status_code, response.content_type) == (status, "application/ocsp-response")
    answer = ocsp.load_der_ocsp_response(response.data)
    assert answer.response_status is ocsp.OCSPResponseStatus.MALFORMED_REQUEST


@pytest.mark.parametrize("name", ["root", "issuing"])
def test_lists_and_issuers_are_at_the_addresses_in_the_certificates(
    client: FlaskClient, authority: EmbeddedAuthority, name: str
) -> None:
    crl, issuer = client.get(f"/crl/{name}.crl"), client.get(f"/aia/{name}.cer")
    assert (crl.status_code, crl.content_type) == (200, "application/pkix-crl")
    assert (issuer.status_code, issuer.content_type) == (200, "application/pkix-cert")
    assert issuer.data == authority.certificate(Role(name))
    assert x509.load_der_x509_crl(crl.data).issuer == x509.load_der_x509_certificate(issuer.data).subject


@pytest.mark.parametrize("path", ["/crl/tsa.crl", "/aia/custodian.cer", "/crl/..crl", "/keys/root.pem", "/"])
def test_there_is_nothing_else(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_reading_the_time_stamp_endpoint_is_not_allowed(client: FlaskClient) -> None:
    assert client.get("/tsa").status_code == 405


def test_while_the_clock_is_wrong_the_list_is_unavailable(
    clocked_authority: EmbeddedAuthority, clock: SettableClock
) -> None:
    clock.time -= timedelta(days=1)
    response = create_trust_services_app(clocked_authority).test_client().get("/crl/root.crl")
    assert response.status_code == 503
    assert b"clock" in response.data
