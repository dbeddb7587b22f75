"""Exports of a client: asked for once, made by a job that falls and goes on, fetched while they are kept."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select, update

from esign.bundle.description import parse_description
from esign.ceremony.capture import forget_handwriting
from esign.ceremony.erasing import VOCABULARY, Eraser
from esign.ceremony.models import Task
from esign.exports.exporting import TRIES_AT_MOST
from esign.exports.exports import ENVELOPES_AT_MOST, KEPT_FOR, RUNNING_AT_MOST
from esign.exports.kept_bundles import bundles_of
from esign.exports.making import BundleMaker
from esign.exports.models import ExportItemRow, ExportRow
from esign.infra.blobs import store_failed
from esign.infra.errors import BlobError
from esign.infra.personal_records import PersonalRecords
from esign.trail.log import Trail
from tests.service import system_now
from tests.unit.api.client_office import *  # noqa: F403
from tests.unit.api.client_office import Office, code_of

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
REASON = "court-request"


def ask(office: Office, *envelopes: dict[str, Any], **changes: object) -> dict[str, Any]:
    body = {"envelopes": [one["id"] for one in envelopes], "reason": REASON, **changes}
    answer = office.client.post("/v1/exports", json={name: value for name, value in body.items() if value is not None})
    assert answer.status_code == 202, answer.text
    told: dict[str, Any] = answer.get_json()
    assert answer.headers["Location"] == f"/v1/exports/{told['id']}"
    return told


def see(office: Office, export: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = office.client.get(f"/v1/exports/{export['id']}").get_json()
    return told


def fetched(office: Office, export: dict[str, Any]) -> zipfile.ZipFile:
    answer = office.client.get(f"/v1/exports/{export['id']}/file")
    assert answer.status_code == 200, answer.text
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    return zipfile.ZipFile(io.BytesIO(answer.data))


def voided(office: Office, contract: bytes) -> dict[str, Any]:
    """An envelope that is over without anybody having signed, and covered by a checkpoint."""
    made = office.make(contract)
    office.client.post(f"/v1/envelopes/{made['id']}/void", json={"reason": "test"})
    office.desk.work()
    cover(office)
    return made


def cover(office: Office) -> None:
    office.keeper.place()
    office.keeper._publisher.publish(office.services.database)  # also where nothing waits for it


def test_a_completed_envelope_is_exported_and_its_bundle_fetched(office: Office, contract: bytes) -> None:
    made = office.make(contract)
    office.complete(made)
    cover(office)
    export = ask(office, made)
    assert (export["state"], export["total"], export["ended"]) == ("running", 1, 0)
    assert code_of(office.client.get(f"/v1/exports/{export['id']}/file")) == (409, "export-not-ready")
    office.desk.work()
    assert (see(office, export)["state"], see(office, export)["ended"]) == ("done", 1)
    answer = office.client.get(f"/v1/exports/{export['id']}/file")
    assert answer.mimetype == "application/vnd.etsi.asic-e+zip"
    about = parse_description(fetched(office, export).read("envelope.json"))
    assert about.envelope == made["id"]
    assert (about.exported.export, about.exported.reason) == (export["id"], REASON)
    assert about.exported.by.startswith("client:")


@ON_SQLITE
def test_a_set_is_chosen_by_a_filter_and_comes_as_one_archive(office: Office, contract: bytes) -> None:
    first, second = voided(office, contract), voided(office, contract)
    office.make(contract)  # not over
    export = ask(office, envelopes=None, filter={"state": "voided"})
    office.desk.work()
    assert see(office, export)["state"] == "done"
    archive = fetched(office, export)
    assert archive.testzip() is None
    assert archive.namelist() == [*sorted(f"{one['id']}.asice" for one in (first, second)), "index.csv", "index.jsonl"]
    lines = [json.loads(line) for line in archive.read("index.jsonl").splitlines()]
    assert {line["state"] for line in lines} == {"voided"}
    with zipfile.ZipFile(io.BytesIO(archive.read(f"{first['id']}.asice"))) as bundle:
        assert parse_description(bundle.read("envelope.json")).envelope == first["id"]


@ON_SQLITE
def test_asking_again_with_the_same_key_is_one_export(office: Office, contract: bytes) -> None:
    made = voided(office, contract)
    body, headers = {"envelopes": [made["id"]], "reason": REASON}, {"Idempotency-Key": "export-1"}
    first, again = (office.client.post("/v1/exports", json=body, headers=headers) for _ in range(2))
    assert first.get_json() == again.get_json()
    with office.services.database.reading() as session:
        assert len(session.scalars(select(ExportRow)).all()) == 1


@ON_SQLITE
def test_what_cannot_be_exported_is_refused_before_anything_is_recorded(office: Office, contract: bytes) -> None:
    going, theirs = office.make(contract), voided(office, contract)
    own = {"reason": REASON}
    post = office.client.post
    assert code_of(post("/v1/exports", json={**own, "envelopes": [going["id"]]})) == (409, "envelope-not-over")
    assert code_of(post("/v1/exports", json={**own, "envelopes": [theirs["id"], "env_x"]})) == (404, "no-envelope")
    other = office.other.post("/v1/exports", json={**own, "envelopes": [theirs["id"]]})
    assert code_of(other) == (404, "no-envelope")
    assert code_of(post("/v1/exports", json={**own, "filter": {"state": "completed"}})) == (409, "nothing-to-export")
    assert code_of(post("/v1/exports", json=own)) == (422, "request-invalid")
    both = {**own, "envelopes": [theirs["id"]], "filter": {}}
    assert code_of(post("/v1/exports", json=both)) == (422, "request-invalid")
    assert code_of(post("/v1/exports", json={"envelopes": [theirs["id"]], "reason": "Because I can"}))[0] == 422
    many = [f"env_{number}" for number in range(ENVELOPES_AT_MOST + 1)]
    assert code_of(post("/v1/exports", json={**own, "envelopes": many}))[0] == 422
    with office.services.database.reading() as session:
        assert session.scalars(select(ExportRow)).all() == []


@ON_SQLITE
def test_so_many_exports_of_a_client_are_made_at_a_time(office: Office, contract: bytes) -> None:
    made = voided(office, contract)
    for _ in range(RUNNING_AT_MOST):
        ask(office, made)
    answer = office.client.post("/v1/exports", json={"envelopes": [made["id"]], "reason": REASON})
    assert code_of(answer) == (429, "exports-running")


def run(office: Office) -> None:
    """Do the export's task once; what hinders it is recorded."""
    office.desk.step("export")


@ON_SQLITE
def test_an_export_goes_on_behind_what_is_made_when_a_store_fails_for_a_while(
    office: Office, contract: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = ask(office, voided(office, contract), voided(office, contract))
    store, failing = office.desk.service.ports.blobs, [False, True]
    put = store.put

    def sometimes(name: str, source: Any) -> None:
        if failing and failing.pop(0):
            list(source)
            raise store_failed("in the test")
        put(name, source)

    monkeypatch.setattr(store, "put", sometimes)
    run(office)
    assert (see(office, export)["state"], see(office, export)["ended"]) == ("running", 1)
    run(office)
    assert (see(office, export)["state"], see(office, export)["failed"]) == ("done", 0)
    with office.services.database.reading() as session:
        assert [item.tries for item in session.scalars(select(ExportItemRow))] == [1, 1]


@ON_SQLITE
def test_an_envelope_that_ends_its_worker_each_time_is_given_up_and_holds_up_no_other(
    office: Office, contract: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = sorted((voided(office, contract), voided(office, contract)), key=lambda one: str(one["id"]))
    export = ask(office, first, second)
    make = BundleMaker.make

    def sometimes(self: BundleMaker, envelope: str, exported: Any) -> Any:
        if envelope == first["id"]:
            raise MemoryError
        return make(self, envelope, exported)

    monkeypatch.setattr(BundleMaker, "make", sometimes)
    for _ in range(TRIES_AT_MOST):
        with pytest.raises(MemoryError):
            run(office)
    run(office)
    told = see(office, export)
    assert (told["state"], told["problems"]) == ("done", [{"envelope": first["id"], "code": "internal-error"}])
    assert fetched(office, export).namelist()[0] == f"{second['id']}.asice"


def later(office: Office) -> None:
    """Let the time of every file be over, and sweep."""
    with office.services.database.transaction() as session:
        session.execute(update(ExportRow).values(gone_at=system_now()))
        office.desk.service.exports.forget_gone(session, system_now())


@ON_SQLITE
def test_a_file_goes_when_its_time_is_over(office: Office, contract: bytes) -> None:
    export = ask(office, voided(office, contract))
    office.desk.work()
    kept = see(office, export)
    expires, finished = (datetime.fromisoformat(kept[name]) for name in ("expires_at", "finished_at"))
    assert expires - finished == KEPT_FOR
    with office.services.database.reading() as session:
        blob = str(session.scalar(select(ExportItemRow.blob)))
    later(office)
    assert see(office, export)["state"] == "expired"
    assert code_of(office.client.get(f"/v1/exports/{export['id']}/file")) == (410, "export-expired")
    with pytest.raises(BlobError):
        office.desk.service.ports.blobs.size(blob)


@ON_SQLITE
def test_an_export_whose_time_is_over_before_it_is_made_is_not_made(office: Office, contract: bytes) -> None:
    export = ask(office, voided(office, contract))
    later(office)
    assert see(office, export)["state"] == "expired"
    with office.services.database.reading() as session:
        assert session.scalars(select(Task).where(Task.kind == "export")).all() == []


@ON_SQLITE
def test_erasing_an_envelope_takes_its_bundle_out_of_every_export(office: Office, contract: bytes) -> None:
    first, second = voided(office, contract), voided(office, contract)
    export = ask(office, first, second)
    office.desk.work()
    records = PersonalRecords(office.desk.service.ports.keys, forgetting=(forget_handwriting,))
    eraser = Eraser(office.desk.service.envelopes, records, Trail(VOCABULARY), bundles_of)
    eraser.erase(first["id"], by="stf_lin", approved_by="stf_zhao", reason="customer-request", now=system_now())
    archive = fetched(office, export)
    assert f"{first['id']}.asice" not in archive.namelist()
    assert f"{second['id']}.asice" in archive.namelist()
    assert b"record-erased" in archive.read("index.jsonl")
