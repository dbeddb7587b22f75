"""What approvals keep of people goes when it is over, and with the envelope that it was about."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from ca.authority import EmbeddedAuthority
from esign.ceremony.domain import Envelope
from esign.ceremony.erasing import VOCABULARY, Eraser
from esign.desk.acts import VoidReason
from esign.infra.database import Database
from esign.infra.models import PersonalRecord
from esign.infra.search_index import SearchField
from esign.pades.typeface import Typeface
from esign.staff.approval_records import forget_proposals, records_about
from esign.staff.domain.approvals import LIFETIME
from esign.staff.models import ApprovalRow
from esign.trail.log import Trail
from tests.unit.desk.desk_office import JIANG, Branch, approved_change, open_branch


@pytest.fixture
def branch(
    database: Database, tmp_path: Path, authority: EmbeddedAuthority, typeface: Typeface, contract: bytes
) -> Branch:
    return open_branch(database, tmp_path, authority, typeface, contract)


def ask(branch: Branch, envelope: Envelope) -> str:
    """Have Jiang put forward for the first recipient, and return the approval."""
    asked = branch.desk.changes.ask_person(branch.shen, envelope.id, envelope.recipients[0].id, JIANG, "换投保人江一舟")
    assert asked is not None
    return asked


def is_known(branch: Branch) -> bool:
    """Tell whether Jiang is found by their phone."""
    with branch.service.ports.database.reading() as session:
        return bool(branch.service.records.index.find(session, SearchField.PHONE, JIANG.phone))


def sweep(branch: Branch) -> int:
    with branch.service.ports.database.transaction() as session:
        return forget_proposals(session, branch.service.records, now=branch.office.now)


def test_whom_nobody_agreed_to_is_forgotten(branch: Branch) -> None:
    envelope = branch.envelope()
    asked = ask(branch, envelope)
    assert (sweep(branch), is_known(branch)) == (0, True)
    branch.office.room.approvals.refuse(branch.lead, asked, reason="not-known", now=branch.office.now)
    assert (sweep(branch), is_known(branch)) == (1, False)
    assert sweep(branch) == 0
    assert branch.desk.changes.proposal(branch.shen, envelope.id, asked) is not None  # without the person


def test_what_was_not_used_in_time_is_forgotten_and_who_took_the_place_is_not(branch: Branch) -> None:
    envelope = branch.envelope()
    ask(branch, envelope)
    used = approved_change(branch, envelope, "13800000077")
    branch.desk.changes.carry_out(branch.shen, envelope.id, used)
    branch.office.wait(seconds=LIFETIME.total_seconds())
    assert (sweep(branch), is_known(branch)) == (1, False)
    person = branch.ceremonies.envelope(envelope.id).recipients[0].plan.person
    with branch.service.ports.database.reading() as session:
        assert branch.service.records.read(session, person)


def test_erasing_an_envelope_leaves_nothing_of_what_was_asked_for_in_it(branch: Branch) -> None:
    envelope, other = branch.envelope(), branch.envelope()
    asked = ask(branch, envelope)
    elsewhere = ask(branch, other)
    branch.desk.acts.void(branch.shen, envelope.id, VoidReason.OTHER, None)
    service = branch.service
    eraser = Eraser(service.envelopes, service.records, Trail(VOCABULARY), records_about)
    eraser.erase(envelope.id, by="stf_lin", approved_by="stf_zhao", reason="customer-request", now=branch.office.now)
    with service.ports.database.reading() as session:
        kept = set(session.scalars(select(PersonalRecord.id)))
        gone, left = (session.get_one(ApprovalRow, one) for one in (asked, elsewhere))
    assert kept.isdisjoint({gone.terms, gone.words})
    assert {left.terms, left.words} <= kept
