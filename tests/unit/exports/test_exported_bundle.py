"""One envelope's bundle: everything that was shown, signed and recorded, as it was kept."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import pytest
from sqlalchemy import update

from ca.authority import EmbeddedAuthority
from esign.bundle.description import parse_description
from esign.bundle.layout import COMPLETION, is_member_name
from esign.ceremony.consent_texts import ConsentTexts
from esign.ceremony.domain import Refusal
from esign.ceremony.domain.values import PhotoPlacement
from esign.ceremony.models import ConsentTextRow
from esign.evidence.manifest import parse_manifest
from esign.exports.errors import ExportError
from esign.exports.events import exports_of
from esign.trail.checkpoint import parse_checkpoint, read_token, verify_checkpoint
from esign.trail.event import LoggedEvent, canonical, parse_event
from esign.trail.log import read_stream
from esign.trail.merkle import leaf_hash, verify_inclusion
from esign.trail.note import NoteVerifier
from tests.service import YE, YU, request, settings, short_request
from tests.unit.exports.export_office import *  # noqa: F403
from tests.unit.exports.export_office import EXPORTED, LOG, ExportOffice

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def test_a_bundle_holds_everything_that_its_manifests_and_its_description_name(
    office: ExportOffice, contract: bytes, authority: EmbeddedAuthority
) -> None:
    envelope = office.completed(contract)
    members = office.members(envelope)
    assert [name for name in members if not is_member_name(name)] == []
    about = parse_description(members["envelope.json"])
    assert (about.envelope, about.state, about.exported) == (envelope.id, "completed", EXPORTED)
    assert [one.name for one in about.recipients] == ["于文山", "叶小禾"]
    (document,) = about.documents
    for kind in ("original", "prepared", "sealed"):
        content = members[f"documents/{document.id}/{kind}.pdf"]
        assert hashlib.sha256(content).hexdigest() == getattr(document, kind)
    for recipient in about.recipients:
        encoded = members[f"evidence/{recipient.id}/manifest.json"]
        manifest = parse_manifest(encoded)
        assert hashlib.sha256(encoded).hexdigest() == recipient.manifest
        assert {f"evidence/{recipient.id}/{item.file_name}" for item in manifest.items} <= set(members)
        for consent in manifest.consents:
            text = members[f"consents/{recipient.id}/{consent.id}.{consent.version}.txt"]
            assert hashlib.sha256(text).digest() == consent.sha256
        for page in manifest.pages:
            picture = members[f"pages/{document.id}/{page.image_sha256.hex()}.jpg"]
            assert hashlib.sha256(picture).digest() == page.image_sha256
    folders = {name.partition("/")[0] for name in members}
    assert {"certificates", "revocation", "timestamps", "system", "META-INF"} <= folders
    assert len([name for name in members if name.startswith("timestamps/")]) == 4
    assert any(name.startswith("certificates/roots/") for name in members)


@ON_SQLITE
def test_every_event_of_the_envelope_is_there_and_proven(office: ExportOffice, contract: bytes) -> None:
    envelope = office.completed(contract)
    members = office.members(envelope)
    signed = parse_checkpoint(members["trail/checkpoint.txt"])
    key = NoteVerifier.from_vkey(members["trail/log-key.txt"].decode().strip())
    assert key.name == str(LOG)
    head = verify_checkpoint(signed, [key.public_key])
    proofs = json.loads(members["trail/proofs.json"])
    assert (proofs["size"], proofs["root"]) == (head.size, head.root.hex())
    lines = [json.loads(line) for line in members["trail/events.jsonl"].splitlines()]
    assert [line["position"] for line in lines] == [proof["position"] for proof in proofs["proofs"]]
    for line, proof in zip(lines, proofs["proofs"], strict=True):
        entry = canonical(parse_event(json.dumps(line["event"], sort_keys=True, separators=(",", ":")).encode()))
        assert leaf_hash(entry).hex() == line["leaf"]
        path = [bytes.fromhex(step) for step in proof["hashes"]]
        verify_inclusion(leaf_hash(entry), line["position"], head.size, path, head.root)
    assert [line["event"]["type"] for line in lines if line["event"]["stream"] == envelope.id] == office.desk.events(
        envelope
    )
    assert read_token(members["trail/checkpoint.tst"]).gen_time is not None


@ON_SQLITE
def test_an_export_is_recorded_before_its_bundle_and_shows_in_the_next_one(
    office: ExportOffice, contract: bytes
) -> None:
    envelope = office.short(contract)
    assert exports_of(envelope.id) not in parse_description(office.members(envelope)["envelope.json"]).streams
    with office.database.reading() as session:
        (event,) = read_stream(session, exports_of(envelope.id))
    assert (event.type, event.actor, event.payload["reason"]) == ("bundle.exported", "operator:stf_lin", "court")
    office.cover()
    later = office.members(envelope)
    assert parse_description(later["envelope.json"]).streams[exports_of(envelope.id)] == 1
    assert b'"bundle.exported"' in later["trail/events.jsonl"]


@ON_SQLITE
def test_an_envelope_that_is_not_over_is_not_exported_and_nothing_is_recorded(
    office: ExportOffice, contract: bytes
) -> None:
    envelope = office.desk.create(short_request(contract, YU))
    with pytest.raises(ExportError) as refused:
        office.bundle(envelope)
    assert refused.value.code == "envelope-not-over"
    with office.database.reading() as session:
        assert read_stream(session, exports_of(envelope.id)) == []


@ON_SQLITE
def test_an_end_that_no_checkpoint_covers_yet_is_waited_for(office: ExportOffice, contract: bytes) -> None:
    envelope = office.desk.create(short_request(contract, YU))
    office.cover()
    office.desk.play(envelope, 0, YU)
    office.desk.work()
    with pytest.raises(ExportError) as refused:
        office.bundle(envelope)
    assert refused.value.code == "bundle-not-covered"
    office.cover()
    assert office.bundle(envelope)


@ON_SQLITE
def test_an_unknown_envelope_is_refused(office: ExportOffice) -> None:
    with pytest.raises(Refusal) as refused:
        office.service.bundles.make("env_none", EXPORTED)
    assert refused.value.code == "no-envelope"


@ON_SQLITE
def test_of_an_envelope_that_was_voided_what_was_signed_until_then_is_there(
    office: ExportOffice, contract: bytes
) -> None:
    envelope = office.desk.create(short_request(contract, YU, YU))
    office.desk.play(envelope, 0, YU)
    office.desk.step("sign")
    members = office.members(office.void(envelope))
    about = parse_description(members["envelope.json"])
    assert (about.state, about.documents[0].sealed) == ("voided", None)
    signed = members[f"documents/{about.documents[0].id}/signed.pdf"]
    assert hashlib.sha256(signed).hexdigest() == about.documents[0].signed
    assert not any("verification" in name or name.endswith("sealed.pdf") for name in members)
    assert any(name.startswith("revocation/") for name in members)


def test_what_was_erased_is_in_no_bundle_and_the_erasure_is(office: ExportOffice, contract: bytes) -> None:
    envelope = office.completed(contract)
    office.erase(envelope)
    members = office.members(envelope)
    about = parse_description(members["envelope.json"])
    assert (about.is_erased, about.title, {one.name for one in about.recipients}) == (True, None, {None})
    assert not any(name.startswith("evidence/") for name in members)
    assert b'"evidence.erased"' in members["trail/events.jsonl"]
    assert "于文山".encode() not in members["system/statement.zh-CN.html"] + members["envelope.json"]


@ON_SQLITE
def test_reports_are_those_of_the_release_in_every_form(office: ExportOffice, contract: bytes) -> None:
    envelope = office.short(contract)
    members = office.members(envelope)
    folder = f"documents/{envelope.documents[0].plan.id}/verification"
    assert json.loads(members[f"{folder}/report.json"])["conclusion"] == "TOTAL-PASSED"
    assert "TOTAL-PASSED" in members[f"{folder}/report.en.html"].decode()
    assert 'lang="zh-CN"' in members[f"{folder}/report.zh-CN.html"].decode()
    assert b"ValidationReport" in members[f"{folder}/report.xml"]


@ON_SQLITE
def test_the_completion_certificate_comes_with_the_event_that_tells_of_it(
    office: ExportOffice, contract: bytes
) -> None:
    envelope = office.short(contract)
    assert COMPLETION not in office.members(envelope)
    with office.database.transaction() as session:
        completed = next(event for event in read_stream(session, envelope.id) if event.type == "envelope.completed")
        office.service.completions.enter_event(session, LoggedEvent(0, completed))
    office.desk.work()
    assert COMPLETION not in office.members(envelope)  # its event is under no checkpoint yet
    office.cover()
    members = office.members(envelope)
    assert (
        f'"certificate":"{hashlib.sha256(members[COMPLETION]).hexdigest()}"'.encode() in members["trail/events.jsonl"]
    )


@ON_SQLITE
def test_where_one_persons_photo_was_erased_no_evidence_is_there_and_everybodys_name_is(
    office: ExportOffice, contract: bytes
) -> None:
    envelope = office.desk.create(
        request(contract, settings=settings(photo_placement=PhotoPlacement.DIGEST_ONLY, consents=()), consents=())
    )
    office.desk.play(envelope, 0, YU)
    office.desk.play(envelope, 1, YE)
    office.worked(envelope)
    whole = office.members(envelope)
    assert f"evidence/{envelope.recipients[0].id}/photo.cms" in whole
    office.erase_photo(envelope, 0)
    members = office.members(envelope)
    about = parse_description(members["envelope.json"])
    assert (about.is_erased, [one.name for one in about.recipients]) == (True, [YU.name, YE.name])
    assert not any(name.startswith("evidence/") for name in members)
    assert b'"photo.erased"' in members["trail/events.jsonl"]


@ON_SQLITE
def test_a_text_that_was_changed_in_the_database_is_in_no_bundle(office: ExportOffice, contract: bytes) -> None:
    envelope = office.completed(contract)
    with office.database.transaction() as session:
        session.execute(update(ConsentTextRow).values(text="同意一切".encode()))
    collector = office.service.bundles.collector
    fresh = replace(collector, people=replace(collector.people, texts=ConsentTexts()))
    maker = replace(office.service.bundles, collector=fresh)
    with pytest.raises(ExportError) as refused:
        maker.make(envelope.id, EXPORTED)
    assert refused.value.code == "kept-data-differs"
