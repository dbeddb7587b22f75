"""Files that a client hands in: the verifier's own words, for that client alone, and nothing is kept of the file."""

from __future__ import annotations

import base64
import io
import json
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from werkzeug.test import TestResponse

from ca.authority import EmbeddedAuthority
from esign.api.verification_resource import VerificationView
from esign.infra.models import PersonalRecord
from esign.verifications.asked import BYTES_AT_MOST
from esign.verifications.held import forget_gone
from esign.verifications.models import HeldVerdict, VerificationRow
from esign.verify import verify
from tests.service import system_now
from tests.unit.api.client_office import *  # noqa: F403
from tests.unit.api.client_office import Office, code_of


def asked(content: bytes, **more: Any) -> dict[str, Any]:
    return {"content": base64.b64encode(content).decode("ascii"), **more}


def judged(office: Office, content: bytes, **more: Any) -> TestResponse:
    return office.client.post("/v1/verifications", json=asked(content, **more))


def sealed(office: Office, contract: bytes) -> bytes:
    made = office.make(contract)
    office.complete(made)
    return office.client.get(f"/v1/documents/{made['documents'][0]['id']}/sealed").data


def test_the_answer_is_what_the_verifier_says_of_the_same_bytes(
    office: Office, contract: bytes, authority: EmbeddedAuthority
) -> None:
    content = sealed(office, contract)
    told = judged(office, content, name="合同.pdf")
    assert told.status_code == 200
    form = told.get_json()
    at = datetime.fromisoformat(form["validation_time"])
    expected = verify(io.BytesIO(content), name="合同.pdf", trust=authority.trust_store(), at=at)
    assert form | {"acceptance": None} == json.loads(json.dumps(expected.as_json()))
    met = {one["code"]: one["met"] for one in form["acceptance"]["requirements"]}
    assert (met["our-seal"], met["in-our-trail"], met["state-in-force"]) == (True, True, True)
    assert VerificationView.model_validate_json(told.data).conclusion == "TOTAL-PASSED"

    changed = content.replace(b"/Count", b"/Count ", 1)
    told_of_changed = judged(office, changed).get_json()
    assert told_of_changed["conclusion"] == "TOTAL-FAILED"
    assert told_of_changed["acceptance"]["verdict"] == "NOT-ACCEPTED"


def test_what_is_no_pdf_has_a_verdict_too(office: Office, contract: bytes) -> None:
    unsigned, other = judged(office, contract), judged(office, b"GIF89a, and nothing of a contract")
    assert (unsigned.status_code, unsigned.get_json()["conclusion"]) == (200, "NO-SIGNATURE")
    assert (other.status_code, other.get_json()["conclusion"]) == (200, "TOTAL-FAILED")
    assert [finding["code"] for finding in other.get_json()["findings"]] == ["not-a-pdf"]
    assert unsigned.get_json()["acceptance"]["verdict"] == "NOT-ACCEPTED"
    assert other.get_json()["acceptance"] is None


def test_a_verdict_stays_for_its_client_and_goes(office: Office, contract: bytes) -> None:
    told = judged(office, contract)
    there = told.headers["Location"]
    assert office.client.get(there).get_json() == told.get_json()
    for form, begins in (("html", b"<!doctype html>"), ("pdf", b"%PDF-"), ("xml", b"<?xml")):
        assert office.client.get(f"{there}/report.{form}").data.startswith(begins)
    assert code_of(office.other.get(there)) == (404, "no-verification")
    database = office.desk.service.ports.database
    with database.reading() as session:
        rows = session.scalars(select(HeldVerdict)).all()
        assert len(rows) == 1
        assert contract[:200] not in (rows[0].sealed or b"")
        assert b"document.pdf" not in (rows[0].sealed or b"")
        assert session.scalars(select(VerificationRow)).all() == []
        assert session.scalars(select(PersonalRecord.kind)).all() == []
    with database.transaction() as session:
        session.execute(update(HeldVerdict).values(gone_at=system_now() - timedelta(seconds=1)))
    assert code_of(office.client.get(there)) == (404, "no-verification")
    with database.transaction() as session:
        assert forget_gone(session, system_now()) == 1


def test_the_same_request_is_answered_once(office: Office, contract: bytes) -> None:
    headers = {"Idempotency-Key": "verify-1"}
    first = office.client.post("/v1/verifications", json=asked(contract), headers=headers)
    again = office.client.post("/v1/verifications", json=asked(contract), headers=headers)
    assert (again.data, again.headers["Location"]) == (first.data, first.headers["Location"])
    other = office.client.post("/v1/verifications", json=asked(contract, name="b.pdf"), headers=headers)
    assert code_of(other) == (422, "idempotency-key-reused")


def test_a_file_beyond_the_limit_is_refused(office: Office) -> None:
    told = judged(office, b"%PDF-1.7\n" + bytes(BYTES_AT_MOST))
    assert code_of(told) == (413, "body-too-large")
