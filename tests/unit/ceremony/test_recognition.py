"""A file is recognised by its digest: the database and an exported trail say the same, and strangers learn little."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from ca.authority import EmbeddedAuthority
from ca.ports import TimestampAuthority, TimestampToken
from esign.ceremony.creation import DocumentRequest, RecipientRequest
from esign.ceremony.domain import Envelope, commands
from esign.ceremony.domain.values import PromisedLevel, RecipientRole
from esign.ceremony.erasing import VOCABULARY, Eraser
from esign.ceremony.recognition.acceptors import acceptors_over
from esign.ceremony.recognition.envelope import faces_of
from esign.ceremony.recognition.exported import ExportedTrail
from esign.ceremony.recognition.public import PublicTrail, Standing, told_to_anybody
from esign.ceremony.recognition.stored import SIGNED_BY_SOMEBODY, StoredTrail
from esign.infra.database import Database
from esign.pades.typeface import Typeface
from esign.service import Ports
from esign.trail.errors import ExportRefused, TrailDamaged
from esign.trail.event import Event
from esign.trail.log import Trail
from esign.trail.proof import parse_inclusion_proof, verify_inclusion_proof
from esign.verify.acceptance.knowledge import Face, Knowledge, NotRecognised, Recognised, Stage
from tests.databases import *  # noqa: F403
from tests.databases import asked_of
from tests.recognised import ORIGIN, Office, found, policy_of, report_on, sha256
from tests.service import YE, YU, short_request, system_now
from tests.unit.ceremony.service_faults import unavailable

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def office(database: Database, tmp_path: Path, authority: EmbeddedAuthority, typeface: Typeface) -> Office:
    return Office.open(database, tmp_path, authority, typeface)


def anything(_known: Recognised) -> bool:
    return True


def known(office: Office, content: bytes) -> Recognised:
    found = office.trail.about(sha256(content))
    assert isinstance(found, Recognised)
    return found


def strangers(office: Office) -> PublicTrail:
    return PublicTrail(StoredTrail(office.database, office.keys, system_now, from_piece=SIGNED_BY_SOMEBODY))


def completed(office: Office, contract: bytes) -> Envelope:
    envelope = office.desk.create(short_request(contract, YU, level=PromisedLevel.B_T))
    office.desk.play(envelope, 0, YU)
    office.desk.work()
    return envelope


def void(office: Office, envelope: Envelope) -> None:
    command = commands.Void(at=system_now(), by="usr_staff", reason="mistake")
    office.desk.service.envelopes.change(envelope.id, lambda _session, _now: command, actor="user:usr_staff")


def test_a_document_is_recognised_at_every_stage_and_both_trails_say_the_same(office: Office, contract: bytes) -> None:
    envelope = completed(office, contract)
    prepared = office.content(envelope, envelope.documents[0].plan.prepared)
    signed, sealed = office.signed(envelope), office.sealed(envelope)
    assert known(office, sealed).proof is None
    office.publish()
    exported = ExportedTrail(office.export(), office.keys)
    stages = {}
    for content in (prepared, signed, sealed):
        stored = known(office, content)
        assert exported.about(sha256(content)) == replace(stored, as_of=exported.verdict.fixed_at)
        assert stored.proof is not None
        event = verify_inclusion_proof(parse_inclusion_proof(stored.proof), office.keys)
        stages[stored.stage] = (event.type, stored.superseded, stored.superseded_by)
    assert stages == {
        Stage.PREPARED: ("envelope.created", True, sha256(sealed)),
        Stage.SIGNED: ("recipient.signed", True, sha256(sealed)),
        Stage.SEALED: ("document.sealed", False, None),
    }
    of_sealed = known(office, sealed)
    assert (of_sealed.envelope, of_sealed.state, of_sealed.level) == (envelope.id, "completed", "B-T")
    assert of_sealed.stand_ins == {"identity-not-verified", "test-mode"}
    (signer,) = of_sealed.signers or ()
    assert (signer.role, signer.field, signer.assurance, signer.face) == (
        "applicant", "applicant", "not-verified", Face.NOT_ASKED
    )  # fmt: skip
    assert YU.name not in repr(of_sealed)
    assert YU.phone not in repr(of_sealed)


def test_a_document_as_it_was_handed_in_is_nobodys_to_recognise(office: Office, contract: bytes) -> None:
    completed(office, contract)
    office.publish()
    for trail in (office.trail, ExportedTrail(office.export(), office.keys)):
        assert isinstance(trail.about(sha256(contract)), NotRecognised)
        assert isinstance(trail.about(sha256(b"another file")), NotRecognised)


def test_strangers_learn_that_a_file_is_ours_and_how_it_stands_and_no_more(office: Office, contract: bytes) -> None:
    envelope = completed(office, contract)
    office.publish()
    sealed, signed = office.sealed(envelope), office.signed(envelope)
    prepared = office.content(envelope, envelope.documents[0].plan.prepared)
    public = strangers(office)
    answers = [told_to_anybody(public, sha256(content)) for content in (sealed, signed, prepared, contract)]
    assert [(one.is_ours, one.standing) for one in answers] == [
        (True, Standing.IN_FORCE),
        (True, Standing.SUPERSEDED),
        (False, None),
        (False, None),
    ]
    told = public.about(sha256(sealed))
    assert isinstance(told, Recognised)
    assert told == Recognised(
        stage=Stage.SEALED,
        state="completed",
        superseded=False,
        as_of=told.as_of,
        stand_ins=frozenset({"identity-not-verified", "test-mode"}),
        fixed=True,
    )
    assert isinstance(PublicTrail(office.trail).about(sha256(prepared)), NotRecognised)


@ON_SQLITE
def test_the_service_judges_for_colleagues_by_all_it_knows_and_for_anybody_by_what_they_may_learn(
    office: Office, contract: bytes
) -> None:
    envelope = completed(office, contract)
    office.publish()
    seals = [office.authority.seal.certificate]
    policy = policy_of("[require.our-seal]", "[require.roles-signed]", "[require.state-in-force]")
    acceptors = acceptors_over(office.database, policy, seals=seals, keys=office.keys, clock=system_now)
    sealed, signed = office.sealed(envelope), office.signed(envelope)
    report = report_on(sealed, office.authority.trust_store()).as_json()
    undecided = {"our-seal": (None, "undecided")}  # at B-T a file does not bring what a verdict needs offline
    assert found(acceptors.accept(report, anything)) == undecided | {
        "roles-signed": (None, "undecided"),
        "state-in-force": (True, "in-force"),
    }
    of_signed = report_on(signed, office.authority.trust_store()).as_json()
    for judged in (acceptors.accept(of_signed, anything), acceptors.accept(of_signed)):
        assert judged.verdict == "NOT-ACCEPTED"
        assert found(judged)["state-in-force"] == (False, "superseded")
    told = acceptors.accept(report)
    assert found(told)["state-in-force"] == (True, "in-force")
    assert "applicant" not in repr([one for one in told.requirements if one.code == "state-in-force"])
    assert acceptors.told_to_anybody(sha256(sealed)).standing is Standing.IN_FORCE


class DamagedTrail(StoredTrail):
    """A trail that cannot be read."""

    def about(self, sha256: str) -> Knowledge:
        raise TrailDamaged("trail-event", f"what is stored of {sha256} is no event", "compare it with an export")


@ON_SQLITE
def test_a_trail_that_cannot_be_read_leaves_unknown_what_it_alone_could_say(office: Office) -> None:
    policy = policy_of("[require.our-seal]", "[require.in-our-trail]", "[require.state-in-force]")
    acceptors = acceptors_over(office.database, policy, seals=[b"a certificate"], keys=office.keys, clock=system_now)
    damaged = DamagedTrail(office.database, office.keys, system_now)
    broken = replace(acceptors, trail=damaged, strangers_trail=PublicTrail(damaged))
    report = {"conclusion": "TOTAL-PASSED", "signatures": [], "document": {"sha256": "ab" * 32}}
    for judged in (broken.accept(report), broken.accept(report, anything)):
        assert found(judged)["in-our-trail"] == (None, "not-asked")
        assert found(judged)["state-in-force"] == (None, "not-known")


@ON_SQLITE
def test_strangers_are_not_told_why_an_envelope_ended(office: Office, contract: bytes) -> None:
    envelope = office.desk.create(short_request(contract, YU, YE))
    office.desk.play(envelope, 0, YU)
    office.desk.work()
    signed = office.signed(envelope)
    assert (known(office, signed).stage, known(office, signed).superseded) == (Stage.SIGNED, False)
    assert told_to_anybody(strangers(office), sha256(signed)).standing is Standing.NOT_SEALED
    office.desk.service.ceremony.decline(office.desk.enter(envelope, 1, YE), "changed-mind", None)
    assert known(office, signed).state == "declined"
    told = strangers(office).about(sha256(signed))
    assert isinstance(told, Recognised)
    assert told.state == "ended"
    assert told_to_anybody(strangers(office), sha256(signed)).standing is Standing.ENDED


@dataclass
class SilentAfter:
    """A timestamp authority that answers so many times and falls silent."""

    inner: TimestampAuthority
    answers: int = 1_000

    @property
    def token_size_bound(self) -> int:
        return self.inner.token_size_bound

    def timestamp(self, digest: bytes) -> TimestampToken:
        self.answers -= 1
        if self.answers < 0:
            raise unavailable()
        return self.inner.timestamp(digest)


@ON_SQLITE
def test_a_sealed_document_of_an_envelope_that_was_voided_is_known_as_that(
    database: Database, tmp_path: Path, authority: EmbeddedAuthority, typeface: Typeface, contract: bytes
) -> None:
    silent = SilentAfter(authority.timestamp_authority)

    def with_silence(ports: Ports) -> Ports:
        return replace(ports, trust_services=replace(ports.trust_services, timestamp_authority=silent))

    office = Office.open(database, tmp_path, authority, typeface, with_silence)
    people = [
        RecipientRequest(RecipientRole.APPLICANT, YU),
        RecipientRequest(RecipientRole.APPLICANT, YE, document=1),
    ]
    documents = [DocumentRequest("一.pdf", contract), DocumentRequest("二.pdf", contract)]
    wanted = short_request(contract, level=PromisedLevel.B_T, documents=documents, recipients=people)
    envelope = office.desk.create(wanted)
    for number, person in enumerate((YU, YE)):
        office.desk.play(envelope, number, person)
    office.desk.step("sign")
    silent.answers = 1
    office.desk.step("seal")
    first, second = (one.sealed for one in office.desk.envelope(envelope.id).documents)
    assert (first is None, second is None) == (False, True)
    sealed = office.sealed(envelope)
    assert (known(office, sealed).state, known(office, sealed).superseded) == ("sealing", False)
    void(office, envelope)
    assert (known(office, sealed).stage, known(office, sealed).state) == (Stage.SEALED, "voided")
    assert told_to_anybody(strangers(office), sha256(sealed)).standing is Standing.ENDED


@ON_SQLITE
def test_erased_evidence_is_told_by_both_trails_and_the_document_is_known_all_the_same(
    office: Office, contract: bytes
) -> None:
    envelope = completed(office, contract)
    sealed = office.sealed(envelope)
    assert known(office, sealed).erased is False
    eraser = Eraser(office.desk.service.envelopes, office.desk.service.records, Trail(VOCABULARY))
    eraser.erase(envelope.id, by="stf_lin", approved_by="stf_zhao", reason="customer-request", now=system_now())
    office.publish()
    exported = ExportedTrail(office.export(), office.keys).about(sha256(sealed))
    assert isinstance(exported, Recognised)
    assert (known(office, sealed).erased, exported.erased, exported.state) == (True, True, "completed")


@ON_SQLITE
def test_an_unknown_file_costs_one_look_into_an_index(office: Office) -> None:
    with asked_of(office.database) as asked:
        assert isinstance(office.trail.about("ab" * 32), NotRecognised)
    ((statement, values),) = [one for one in asked if one[0].startswith("SELECT")]
    with office.database.engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
        assert connection.scalar(text("SELECT 1")) == 1
    assert any("ix_document_pieces_sha256" in row[3] for row in plan)
    assert not any(row[3].startswith("SCAN") for row in plan)


@ON_SQLITE
def test_an_exported_trail_is_believed_whole_and_by_the_logs_key_or_not_at_all(office: Office, contract: bytes) -> None:
    envelope = completed(office, contract)
    office.publish()
    export = office.export()
    with pytest.raises(ExportRefused):
        ExportedTrail(export, [b"\x07" * 32])
    changed = export.getvalue().replace(b'"envelope.completed"', b'"envelope.voided"')
    with pytest.raises(ExportRefused):
        ExportedTrail(io.BytesIO(changed), office.keys)
    trail = ExportedTrail(export, office.keys)
    assert trail.verdict.log == ORIGIN.log
    digest = sha256(office.sealed(envelope))
    before, after = export.getvalue().split(digest.encode(), 1)
    export.seek(0)
    export.write(before + hashlib.sha256(b"another").hexdigest().encode() + after)
    with pytest.raises(ExportRefused, match="changed while it was read"):
        trail.about(digest)


def _event(number: int, kind: str, **payload: str) -> Event:
    at = datetime(2026, 11, 26, tzinfo=UTC)
    return Event(f"evt_{number:016}", "env_1", number, kind, 1, "system", at, payload)


def test_the_last_photo_counts_and_assistance_in_its_place() -> None:
    faces = faces_of(
        [
            _event(1, "recipient.photographed", recipient="rcp_1", check="quality-only", by="nobody"),
            _event(2, "recipient.photographed", recipient="rcp_2", check="quality-only", by="nobody"),
            _event(3, "recipient.photographed", recipient="rcp_2", check="live-97", by="vendor"),
            _event(4, "recipient.face-not-given", recipient="rcp_3", reason="cannot", assisted_by="stf_1"),
        ]
    )
    assert faces == {"rcp_1": Face.QUALITY_ONLY, "rcp_2": Face.CHECKED, "rcp_3": Face.ASSISTED}
