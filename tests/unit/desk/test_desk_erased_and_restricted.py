"""What was erased by two stays erased after a restore, and what is only stored is looked at by nobody alone."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from esign.ceremony.erasing import VOCABULARY, Eraser
from esign.desk.exports import ExportReason, Meant
from esign.desk.lists import Wanted
from esign.desk.timeline import READ
from esign.exports.errors import ExportError
from esign.exports.events import exports_of
from esign.exports.exports import ExportState
from esign.infra.models import DataKey
from esign.retention.restoring import replay_erasures
from esign.staff.domain.roles import Role
from esign.trail.log import Trail, read_stream
from esign.verifications.asked import Asked
from esign.verifications.models import VerificationRow
from tests.unit.desk.branch_events import keep_trail
from tests.unit.desk.desk_office import JIANG, Branch
from tests.unit.desk.restricted_people import restrict
from tests.unit.exports.export_office import EXPORTED


def test_a_report_that_two_people_had_erased_is_erased_anew_after_a_restore(branch: Branch) -> None:
    database, records, verifications = branch.service.ports.database, branch.service.records, branch.desk.verifications
    second = branch.member("xu.wei", branch.head.institution, Role.COMPLIANCE)
    officer = branch.member("gu.heng", branch.east, Role.COMPLIANCE)
    id_ = verifications.ask(officer, Asked(branch.contract, "合同.pdf", officer.member, None), seconds=600.0)
    with database.reading() as session:
        record = session.scalars(select(VerificationRow.record)).one()
        key = session.get_one(DataKey, record)
        backup = DataKey(record_id=key.record_id, master_version=key.master_version, wrapped=key.wrapped)
    approval = verifications.ask_erasure(officer, id_, "当事人要求")
    branch.approve(approval, second)
    verifications.erase(officer, id_, approval)
    with database.transaction() as session:
        session.add(backup)
        session.execute(update(VerificationRow).values(erased_at=None))
    eraser = Eraser(branch.service.envelopes, records, Trail(VOCABULARY))
    assert replay_erasures(database, records, eraser, now=branch.office.now).records == 1
    with database.reading() as session:
        assert session.get(DataKey, record) is None
        assert session.get_one(VerificationRow, id_).erased_at is not None


def test_what_is_only_stored_is_looked_at_and_exported_by_nobody_alone(branch: Branch) -> None:
    ports = branch.service.ports
    envelope = branch.completed(JIANG)
    recipient = envelope.recipients[0].id
    assert branch.desk.evidence.handwriting(branch.lead, envelope.id, recipient).startswith(b"\x89PNG")
    with ports.database.reading() as session:
        read = next(event for event in read_stream(session, envelope.id) if event.type == READ)
    page, image = int(str(read.payload["page"])), str(read.payload["image"])
    restrict(branch, envelope)
    desk, officer = branch.desk, branch.member("gu.heng", branch.head.institution, Role.COMPLIANCE)
    for look in (desk.evidence.handwriting, desk.evidence.manifest):
        assert branch.refused(look, branch.lead, envelope.id, recipient) == "evidence-restricted"
    assert branch.refused(desk.stories.page, officer, envelope.id, recipient, page, image) == "evidence-restricted"
    with pytest.raises(ExportError) as refused:
        branch.service.bundles.make(envelope.id, EXPORTED)
    assert refused.value.code == "evidence-restricted"
    with ports.database.reading() as session:
        assert read_stream(session, exports_of(envelope.id)) == []
    second = branch.member("xu.wei", branch.head.institution, Role.COMPLIANCE)
    approval = desk.evidence.ask(officer, envelope.id, "法院要求")
    branch.approve(approval, second)
    desk.evidence.open(officer, envelope.id, approval)
    assert desk.evidence.manifest(officer, envelope.id, recipient).startswith(b"{")
    assert desk.stories.page(officer, envelope.id, recipient, page, image).startswith(b"\xff\xd8")


def test_what_is_only_stored_leaves_in_the_one_export_that_two_people_let_it_leave_in(branch: Branch) -> None:
    ports, exports, court = branch.service.ports, branch.desk.exports, ExportReason.COURT
    envelope = branch.completed(JIANG)
    restrict(branch, envelope)
    officer = branch.member("gu.heng", branch.head.institution, Role.COMPLIANCE)
    second = branch.member("xu.wei", branch.head.institution, Role.COMPLIANCE)
    assert exports.one(officer, envelope.id) == Meant(1, 0, stored=True)
    assert branch.refused(exports.ask_one, officer, envelope.id, court) == "evidence-restricted"
    approval = branch.desk.evidence.ask(officer, envelope.id, "法院要求")
    branch.approve(approval, second)
    assert branch.refused(exports.ask_one, officer, envelope.id, court) == "evidence-restricted"
    branch.desk.evidence.open(officer, envelope.id, approval)
    assert exports.one(officer, envelope.id) == Meant(1, 0)
    assert branch.refused(exports.ask_one, second, envelope.id, court) == "evidence-restricted"
    export, among = exports.ask_one(officer, envelope.id, court), exports.ask(officer, Wanted(), court)
    keep_trail(branch)
    branch.ceremonies.work()
    assert exports.get(officer, export).state is ExportState.DONE
    assert exports.get(officer, among).problems == ((envelope.id, "evidence-restricted"),)
    with ports.database.reading() as session:
        approved, exported = read_stream(session, exports_of(envelope.id))
    assert (approved.type, exported.type) == ("bundle.approved", "bundle.exported")
    assert approved.payload["export"] == exported.payload["export"] == export
    assert (approved.payload["by"], approved.payload["approved_by"]) == (officer.member, second.member)
    branch.office.wait(minutes=31)
    assert branch.refused(exports.ask_one, officer, envelope.id, court) == "evidence-restricted"
