"""What a signed file carries is taken out of it, each value once, and each is what its kind says."""

from __future__ import annotations

import io

import pytest
from asn1crypto import cms
from cryptography.x509 import load_der_x509_certificate, load_der_x509_crl, ocsp

from ca.authority import EmbeddedAuthority
from esign.ceremony.quarantined import quarantine_in_process, read_carried_material
from esign.pades.typeface import Typeface
from esign.verify.errors import UnreadableDocument
from esign.verify.material import read_material, token_certificates
from tests.documents import plain_contract


def test_a_sealed_contract_carries_everything_that_it_is_judged_by(signed: bytes, authority: EmbeddedAuthority) -> None:
    found = read_material(io.BytesIO(signed))
    names = {load_der_x509_certificate(one).subject.rfc4514_string() for one in found.certificates}
    assert len(names) >= 5
    assert authority.seal.certificate in found.certificates
    assert found.ocsp_responses
    assert all(
        ocsp.load_der_ocsp_response(one).response_status is ocsp.OCSPResponseStatus.SUCCESSFUL
        for one in found.ocsp_responses
    )
    assert {load_der_x509_crl(one).issuer.rfc4514_string() for one in found.crls} <= names
    assert len(found.timestamps) == 4
    kinds = {
        cms.ContentInfo.load(one)["content"]["encap_content_info"]["content_type"].native for one in found.timestamps
    }
    assert kinds == {"tst_info"}
    for token in found.timestamps:
        assert set(token_certificates(token)) <= set(found.certificates)


def test_the_quarantine_hands_over_the_same(signed: bytes, typeface: Typeface) -> None:
    found, carried = read_material(io.BytesIO(signed)), read_carried_material(quarantine_in_process(typeface), signed)
    assert carried.certificates == tuple(found.certificates)
    assert carried.ocsp_responses == tuple(found.ocsp_responses)
    assert (carried.crls, carried.timestamps) == (tuple(found.crls), tuple(found.timestamps))


def test_a_file_without_signatures_carries_nothing() -> None:
    found = read_material(io.BytesIO(plain_contract()))
    assert not any((found.certificates, found.ocsp_responses, found.crls, found.timestamps))


def test_what_is_no_pdf_or_no_token_gives_nothing() -> None:
    with pytest.raises(UnreadableDocument):
        read_material(io.BytesIO(b"nothing"))
    assert token_certificates(b"nothing") == ()
