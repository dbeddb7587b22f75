"""The service renews what it sealed: found by the sweep, done by a task, told by an event, known by both digests."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from ca.authority import EmbeddedAuthority
from ca.errors import TrustServiceUnavailable
from esign.backup.verifying import DocumentsFound, verify_documents
from esign.ceremony.documents import Opened
from esign.ceremony.domain import Envelope
from esign.ceremony.erasing_documents import erase_documents
from esign.ceremony.models import DocumentPiece, SealedRelease
from esign.ceremony.recognition.exported import ExportedTrail
from esign.ceremony.recognition.public import Standing, told_to_anybody
from esign.infra.database import Database
from esign.infra.exclusive import Exclusive
from esign.pades.typeface import Typeface
from esign.renewal.documents import RENEW, Renewer
from esign.renewal.renewing import BEFORE
from esign.renewal.resting import dues, unknown_count
from esign.renewal.sweeping import DOCUMENTS, EVERY, expiring, renewing
from esign.verify.acceptance.knowledge import Recognised
from esign.verify.trust.algorithm_constraints import default_constraints
from tests.databases import *  # noqa: F403
from tests.recognised import Office, sha256
from tests.service import YU, short_request, system_now
from tests.unit.renewal.authorities import ALWAYS, Down, authorities


@dataclass
class Archive:
    """An office that sealed, and who renews for it."""

    office: Office
    renewer: Renewer

    def envelope(self, contract: bytes) -> Envelope:
        desk = self.office.desk
        envelope = desk.create(short_request(contract, YU))
        desk.play(envelope, 0, YU)
        desk.work()
        return desk.envelope(envelope.id)

    def again(self, **changes: Any) -> Renewer:
        service = self.office.desk.service
        return Renewer(
            service.envelopes,
            service.documents,
            service.tasks,
            service.clocks,
            replace(self.renewer.authorities, **changes),
            service.ports.quarantine,
            Exclusive(self.office.database),
            before=ALWAYS,
        )

    def tasks(self) -> list[tuple[str, str | None]]:
        return [(task.id, task.failure) for task in self.office.desk.tasks() if task.kind == RENEW]

    def renew(self) -> int:
        entered = self.renewer.sweep()
        for task, _failure in self.tasks():
            self.renewer.run(task)
        return entered


@pytest.fixture
def archive(
    database: Database, tmp_path: Path, old: EmbeddedAuthority, authority: EmbeddedAuthority, typeface: Typeface
) -> Archive:
    office = Office.open(database, tmp_path, old, typeface)
    archive = Archive(office, office.desk.service.renewer)
    archive.renewer.authorities = authorities(old, authority, default_constraints())
    archive.renewer = archive.again()
    return archive


def test_a_renewed_document_is_given_out_and_both_its_forms_are_known_and_in_force(
    archive: Archive, contract: bytes
) -> None:
    office, envelope = archive.office, archive.envelope(contract)
    before = office.sealed(envelope)
    assert archive.renew() == 1
    assert archive.tasks() == []
    after = office.sealed(envelope)
    assert after.startswith(before)
    assert after != before
    document = office.desk.envelope(envelope.id).documents[0]
    assert document.versions == (sha256(before), sha256(after))
    assert office.desk.events(envelope)[-1] == "document.renewed"
    office.publish()
    exported = ExportedTrail(office.export(), office.keys)
    for content in (before, after):
        known = office.trail.about(sha256(content))
        assert isinstance(known, Recognised)
        assert (known.superseded, known.superseded_by, known.level) == (False, None, "B-LTA")
        assert exported.about(sha256(content)) == replace(known, as_of=exported.verdict.fixed_at)
        assert told_to_anybody(office.desk.service.acceptors.strangers_trail, sha256(content)).standing is (
            Standing.IN_FORCE
        )
    with office.database.reading() as session:
        release = session.get_one(SealedRelease, document.plan.id)
    assert release.sha256 == sha256(after)


def test_a_renewed_document_that_a_restore_looks_at_passes_and_once_it_is_erased_is_not_wrong(
    archive: Archive, contract: bytes
) -> None:
    office, envelope = archive.office, archive.envelope(contract)
    archive.renew()

    def found() -> DocumentsFound:
        trust = archive.renewer.authorities.trust
        return verify_documents(office.database, office.desk.service.documents, trust, at=system_now())

    assert found() == DocumentsFound(passed=1)
    with office.database.transaction() as session:
        erase_documents(session, office.desk.service.records.data_keys, envelope.id, at=system_now())
    assert found() == DocumentsFound(erased=1)


def test_sweeping_again_renews_nothing(archive: Archive, contract: bytes) -> None:
    envelope = archive.envelope(contract)
    archive.renew()
    renewed = archive.office.sealed(envelope)
    assert archive.renew() == 0
    assert archive.office.sealed(envelope) == renewed


def test_what_falls_due_is_counted_by_unit(archive: Archive, contract: bytes, old: EmbeddedAuthority) -> None:
    archive.envelope(contract)
    archive.again(timestamps=old.timestamp_authority).sweep()
    trust = archive.renewer.authorities.trust
    with archive.office.database.reading() as session:
        (before,) = dues(session, trust, default_constraints())
    archive.renew()
    with archive.office.database.reading() as session:
        (after,) = dues(session, trust, default_constraints())
    assert (before.documents, after.documents) == (1, 1)
    assert before.ends_at < after.ends_at
    assert before.certificate_sha256 != after.certificate_sha256


def test_a_sealed_document_is_counted_apart_until_a_sweep_has_looked_at_it(archive: Archive, contract: bytes) -> None:
    archive.envelope(contract)
    database = archive.office.database
    with database.reading() as session:
        assert unknown_count(session) == 1
    archive.renewer.sweep()
    with database.reading() as session:
        assert unknown_count(session) == 0


def test_an_authority_that_ends_no_later_has_nothing_entered(
    archive: Archive, contract: bytes, old: EmbeddedAuthority
) -> None:
    archive.envelope(contract)
    assert archive.again(timestamps=old.timestamp_authority).sweep() == 0
    assert archive.tasks() == []


def test_an_authority_that_is_down_delays_and_loses_nothing(archive: Archive, contract: bytes) -> None:
    envelope = archive.envelope(contract)
    sealed = archive.office.sealed(envelope)
    down = archive.again(timestamps=Down())
    with pytest.raises(TrustServiceUnavailable):
        down.sweep()
    archive.renewer.sweep()
    ((task, _none),) = archive.tasks()
    down.run(task)
    assert archive.tasks() == [(task, "tsa-down")]
    assert archive.office.sealed(envelope) == sealed
    archive.renewer.run(task)
    assert archive.tasks() == []
    assert archive.office.sealed(envelope) != sealed


def test_what_our_verifier_does_not_accept_stays_a_task_and_replaces_nothing(
    archive: Archive, contract: bytes, old: EmbeddedAuthority
) -> None:
    envelope = archive.envelope(contract)
    sealed = archive.office.sealed(envelope)
    archive.renewer.sweep()
    ((task, _none),) = archive.tasks()
    archive.again(trust=old.trust_store()).run(task)
    assert archive.tasks() == [(task, "renewal-not-verified")]
    assert archive.office.sealed(envelope) == sealed


def test_erased_documents_are_neither_counted_nor_renewed(archive: Archive, contract: bytes) -> None:
    envelope, service = archive.envelope(contract), archive.office.desk.service
    archive.renewer.sweep()
    ((task, _none),) = archive.tasks()
    with archive.office.database.transaction() as session:
        erase_documents(session, service.records.data_keys, envelope.id, at=system_now())
    archive.renewer.run(task)
    assert archive.tasks() == []
    with archive.office.database.reading() as session:
        assert dues(session, archive.renewer.authorities.trust, default_constraints()) == []
    assert archive.renewer.sweep() == 0


def test_what_is_watched_tells_when_the_first_of_them_ends(archive: Archive, contract: bytes) -> None:
    now = system_now()
    moments = iter([now, now + EVERY / 2, now + EVERY])
    read = expiring({"seal": now}, {DOCUMENTS: archive.renewer}, lambda: next(moments))
    assert read() == {"seal": now}
    archive.envelope(contract)
    archive.office.desk.service.renewer.sweep()
    assert read() == {"seal": now}
    assert read() == {"seal": now, "sealed-documents": archive.renewer.earliest_end()}


def test_a_sweep_that_failed_is_tried_at_the_next_call_and_one_that_did_not_in_an_hour(
    archive: Archive, contract: bytes
) -> None:
    archive.envelope(contract)
    now = system_now()
    assert renewing(archive.renewer, lambda: now)() == 1
    moments = iter([now, now, now + EVERY / 2, now + EVERY])
    failing = renewing(archive.again(timestamps=Down()), lambda: next(moments))
    for _ in range(2):
        with pytest.raises(TrustServiceUnavailable):
            failing()
    for task, _failure in archive.tasks():
        archive.renewer.run(task)
    sweep = renewing(archive.renewer, lambda: next(moments))
    assert sweep() == 0
    moments = iter([now + EVERY])
    assert sweep() is None


def test_what_was_known_wrongly_is_looked_at_anew_and_nothing_is_appended(archive: Archive, contract: bytes) -> None:
    envelope = archive.envelope(contract)
    archive.renewer.sweep()
    ((task, _none),) = archive.tasks()
    sealed = archive.office.sealed(envelope)
    archive.office.desk.service.renewer.run(task)  # for which it holds for twenty years yet
    assert (archive.tasks(), archive.office.sealed(envelope)) == ([], sealed)
    with archive.office.database.reading() as session:
        assert dues(session, archive.renewer.authorities.trust, default_constraints()) == []
    assert archive.renew() == 1
    assert archive.office.sealed(envelope) != sealed


def test_a_document_that_cannot_be_read_holds_up_no_other(
    archive: Archive, contract: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("esign.renewal.documents.LOOKED_AT", 1)
    first, second = sorted((archive.envelope(contract), archive.envelope(contract)), key=_document)
    with archive.office.database.transaction() as session:
        piece = session.get_one(DocumentPiece, (_document(first), 0))
        archive.office.desk.service.records.data_keys.erase(session, piece.record, at=system_now())
    archive.renewer.sweep()
    assert archive.renewer.sweep() == 1
    ((task, _none),) = archive.tasks()
    assert _document(second) in task


def test_an_error_nobody_foresaw_at_one_document_ends_no_run(
    archive: Archive, contract: bytes, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = sorted((archive.envelope(contract), archive.envelope(contract)), key=_document)
    documents = archive.office.desk.service.documents
    open_ = documents.open

    def breaking(session: Session, document: str, sha256: str) -> Opened:
        if document == _document(first):
            raise ValueError("this one is broken")
        return open_(session, document, sha256)

    monkeypatch.setattr(documents, "open", breaking)
    assert archive.renewer.sweep() == 1
    ((task, _none),) = archive.tasks()
    assert _document(second) in task
    assert "a sealed document was not looked at for renewal" in caplog.messages


def test_documents_with_a_task_and_tasks_that_fail_take_no_room_from_the_others(
    archive: Archive, contract: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("esign.renewal.documents.TASKS_AT_MOST", 1)
    for _ in range(3):
        archive.envelope(contract)
    assert archive.renewer.sweep() == 1
    assert archive.renewer.sweep() == 0  # the room is taken
    ((failing, _none),) = archive.tasks()
    archive.again(timestamps=Down()).run(failing)
    assert archive.renewer.sweep() == 1  # another one, since that fails
    (other,) = [task for task, failure in archive.tasks() if failure is None]
    assert other != failing
    archive.renewer.run(other)
    assert archive.renewer.sweep() == 1
    assert len({failing, other, *(task for task, _failure in archive.tasks())}) == 3


def _document(envelope: Envelope) -> str:
    return envelope.documents[0].plan.id


def test_nothing_is_due_long_before(archive: Archive, contract: bytes) -> None:
    archive.envelope(contract)
    service = archive.office.desk.service
    assert service.renewer.sweep() == 0
    assert BEFORE.days == 90
