"""The completion certificate over the API: for the client whose envelope it is, with the scope of documents."""

from __future__ import annotations

import hashlib

from esign.api.scopes import Scope
from esign.ceremony.erasing import VOCABULARY, Eraser
from esign.completion.certifying import CERTIFY
from esign.trail.log import Trail
from tests.service import system_now
from tests.unit.api.client_office import *  # noqa: F403
from tests.unit.api.client_office import Office, code_of
from tests.unit.completion.completed import tended


def test_a_client_gets_the_certificate_of_its_own_envelope_and_nobody_else_does(
    office: Office, contract: bytes
) -> None:
    made, keeping = office.make(contract), tended(office.desk)
    path = f"/v1/envelopes/{made['id']}/certificate"
    assert code_of(office.client.get(path)) == (409, "not-certified-yet")
    office.complete(made)
    keeping.tend()
    assert code_of(office.client.get(path)) == (409, "not-certified-yet")
    office.desk.step(CERTIFY)
    got = office.client.get(path)
    assert got.status_code == 200 and got.mimetype == "application/pdf"
    assert got.headers["ETag"] == f'"{hashlib.sha256(got.data).hexdigest()}"'
    keeping.tend()
    told = office.client.get(f"/v1/envelopes/{made['id']}/events?limit=100").get_json()["items"]
    (certified,) = [one for one in told if one["type"] == "completion.certified"]
    assert certified["data"]["certificate"] == hashlib.sha256(got.data).hexdigest()
    assert code_of(office.other.get(path)) == (404, "no-envelope")
    assert code_of(office.caller(Scope.ENVELOPES_READ).get(path))[0] == 403
    assert [move["actor"] for move in office.see(made)["next"]] == ["nobody"]
    erase(office, made["id"])
    assert code_of(office.client.get(path)) == (410, "record-erased")


def erase(office: Office, envelope: str) -> None:
    service = office.desk.service
    eraser = Eraser(service.envelopes, service.records, Trail(VOCABULARY))
    eraser.erase(envelope, by="stf_lin", approved_by="stf_zhao", reason="customer-request", now=system_now())
