"""The bundle of a renewed document: the newest form is in it, its trail tells of the renewal, and it checks out."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest

from ca.authority import EmbeddedAuthority, create_authority, open_authority
from esign.bundle.checking.check import check_bundle
from esign.bundle.description import parse_description
from esign.infra.database import Database
from esign.infra.exclusive import Exclusive
from esign.pades.typeface import Typeface
from esign.renewal.documents import RENEW, Renewer
from esign.verify.trust.algorithm_constraints import default_constraints
from tests.authority import PASSPHRASE, present_time
from tests.bundles import Case
from tests.databases import *  # noqa: F403
from tests.unit.exports.export_office import open_office
from tests.unit.renewal.authorities import ALWAYS, authorities


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_renewed_document_goes_out_in_its_newest_form_and_the_bundle_passes(
    database: Database, tmp_path: Path, authority: EmbeddedAuthority, typeface: Typeface, contract: bytes
) -> None:
    folder = tmp_path / "old"
    create_authority(folder, passphrase=PASSPHRASE, clock=lambda: present_time() - timedelta(hours=12))
    old = open_authority(folder, passphrase=PASSPHRASE, clock=present_time)
    office = open_office(database, tmp_path, old, typeface)
    envelope = office.short(contract)
    service, both = office.service, authorities(old, authority, default_constraints())
    exclusive = Exclusive(database)
    renewer = Renewer(
        service.envelopes, service.documents, service.tasks, service.clocks, both, service.ports.quarantine, exclusive,
        before=ALWAYS,
    )  # fmt: skip
    assert renewer.sweep() == 1
    for task in office.desk.tasks():
        if task.kind == RENEW:
            renewer.run(task.id)
    office.cover()
    case = Case.of(office, old, office.desk.envelope(envelope.id))
    (document,) = parse_description(case.members["envelope.json"]).documents
    sealed = case.members[f"documents/{document.id}/sealed.pdf"]
    assert document.sealed == hashlib.sha256(sealed).hexdigest()
    assert office.desk.envelope(envelope.id).documents[0].versions[-1] == document.sealed
    assert [event.type for event in case.events][-1] == "document.renewed"
    verdict = check_bundle(case.exported, case.question(trust=both.trust))
    assert [(one.code, one.member) for one in verdict.findings] == []
    earlier = sealed[: -len(sealed) // 3]
    changed = case.bundle({**case.members, f"documents/{document.id}/sealed.pdf": earlier})
    told = check_bundle(changed, case.question(trust=both.trust))
    assert "document-not-recorded" in {one.code for one in told.findings}
