"""Documents through the API: the very bytes, named as they were handed in, sealed ones with their report."""

from __future__ import annotations

import base64
import hashlib
import io
from urllib.parse import unquote

import pytest

from ca.authority import EmbeddedAuthority
from esign.verify import verify
from tests.service import YE, YU, system_now
from tests.unit.api.client_office import *  # noqa: F403
from tests.unit.api.client_office import Office, code_of
from tests.unit.ceremony.service_faults import Fall, falling_at_commit


def test_a_document_is_given_out_as_it_was_as_it_stands_and_sealed(
    office: Office, contract: bytes, authority: EmbeddedAuthority
) -> None:
    made = office.make(contract)
    told = made["documents"][0]
    path = f"/v1/documents/{told['id']}"
    assert office.client.get(path).get_json() == told
    original = office.client.get(f"{path}/original")
    assert original.data == contract
    assert original.mimetype == "application/pdf"
    assert original.headers["ETag"] == f'"{told["original_sha256"]}"'
    plain, _, encoded = original.headers["Content-Disposition"].partition("; filename*=UTF-8''")
    assert (plain, unquote(encoded)) == (f'attachment; filename="{told["id"]}.pdf"', "合同.pdf")
    assert office.client.get(f"{path}/current").headers["ETag"] == f'"{told["prepared_sha256"]}"'
    for what in ("sealed", "report"):
        assert code_of(office.client.get(f"{path}/{what}")) == (409, "not-sealed-yet")

    office.desk.play(office.state(made), 0, YU)
    office.desk.work()
    signed = office.client.get(f"{path}/current")
    assert signed.headers["ETag"] == f'"{hashlib.sha256(signed.data).hexdigest()}"'
    assert signed.data.startswith(contract)
    assert code_of(office.client.get(f"{path}/sealed")) == (409, "not-sealed-yet")


def test_a_sealed_document_passes_and_its_report_says_so(
    office: Office, contract: bytes, authority: EmbeddedAuthority
) -> None:
    made = office.make(contract)
    office.complete(made)
    path = f"/v1/documents/{made['documents'][0]['id']}"
    sealed = office.client.get(f"{path}/sealed")
    assert sealed.headers["ETag"] == f'"{hashlib.sha256(sealed.data).hexdigest()}"'
    assert office.client.get(f"{path}/current").data == sealed.data
    judged = verify(io.BytesIO(sealed.data), name="x.pdf", trust=authority.trust_store(), at=system_now())
    assert judged.conclusion == "TOTAL-PASSED"
    report = office.client.get(f"{path}/report")
    assert report.mimetype == "application/json"
    assert report.get_json()["conclusion"] == "TOTAL-PASSED"


def test_a_sealed_document_of_an_envelope_that_was_voided_is_not_given_out(office: Office, contract: bytes) -> None:
    pair = [{"name": f"{name}.pdf", "content": base64.b64encode(contract).decode()} for name in ("一", "二")]
    people = [
        {"role": "applicant", "name": YU.name, "phone": YU.phone, "id_number": YU.id_number},
        {"role": "applicant", "name": YE.name, "phone": YE.phone, "document": 1},
    ]
    made = office.make(contract, documents=pair, recipients=people)
    for number, person in enumerate((YU, YE)):
        office.desk.play(office.state(made), number, person)
    office.desk.step("sign")
    with falling_at_commit(office.desk.service.ports.database, 4), pytest.raises(Fall):  # the second document's seal
        office.desk.step("seal")
    first = office.state(made).documents[0]
    assert first.sealed is not None
    path = f"/v1/documents/{first.plan.id}"
    for what in ("sealed", "report"):
        assert code_of(office.client.get(f"{path}/{what}")) == (409, "not-sealed-yet")

    assert office.client.post(f"/v1/envelopes/{made['id']}/void", json={"reason": "mistake"}).status_code == 200
    for what in ("sealed", "report"):
        assert code_of(office.client.get(f"{path}/{what}")) == (409, "envelope-voided")
    assert office.client.get(f"{path}/current").headers["ETag"] == f'"{first.current}"'
