"""Erasing an envelope's private evidence: gone from the service and from every copy, told in the trail, valid still."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from ca.authority import EmbeddedAuthority
from esign.ceremony.capture import forget_handwriting
from esign.ceremony.domain import Refusal, commands
from esign.ceremony.erasing import STREAM, VOCABULARY, Eraser, Order
from esign.ceremony.errors import EnvelopeError
from esign.ceremony.models import EnvelopeKeyRow
from esign.infra.database import Database
from esign.infra.errors import RecordErased
from esign.infra.models import DataKey, PersonalRecord
from esign.infra.personal_records import PersonalRecords
from esign.pades.typeface import Typeface
from esign.service import assemble
from esign.trail.log import Trail, read_stream
from esign.verify import verify
from tests.databases import *  # noqa: F403
from tests.service import YE, YU, Desk, ports_for, request, system_now


@pytest.fixture
def desk(database: Database, tmp_path: Path, authority: EmbeddedAuthority, typeface: Typeface) -> Desk:
    return Desk(assemble(ports_for(database, tmp_path, authority, typeface)))


@pytest.fixture
def eraser(desk: Desk) -> Eraser:
    records = PersonalRecords(desk.service.ports.keys, forgetting=(forget_handwriting,))
    return Eraser(desk.service.envelopes, records, Trail(VOCABULARY))


def erase(eraser: Eraser, envelope: str, approved_by: str = "stf_zhao") -> int:
    return eraser.erase(envelope, by="stf_lin", approved_by=approved_by, reason="customer-request", now=system_now())


def void(desk: Desk, envelope: str) -> None:
    desk.service.envelopes.change(
        envelope, lambda _session, _state: commands.Void(at=system_now(), by="cli_test", reason="test"), actor="system"
    )


def test_what_was_kept_of_people_is_gone_and_the_sealed_document_still_passes(
    desk: Desk, eraser: Eraser, contract: bytes, authority: EmbeddedAuthority
) -> None:
    envelope = desk.create(request(contract))
    desk.play(envelope, 0, YU)
    desk.play(envelope, 1, YE)
    desk.work()
    with desk.service.ports.database.reading() as session:
        kept = len(session.scalars(select(PersonalRecord)).all())
    assert erase(eraser, envelope.id) == kept > 8
    after = desk.envelope(envelope.id)
    with desk.service.ports.database.reading() as session:
        assert session.scalars(select(PersonalRecord)).all() == []
        assert session.get(EnvelopeKeyRow, envelope.id) is None
        with pytest.raises(RecordErased):
            desk.service.records.read(session, after.recipients[0].plan.person)
        document = after.documents[0]
        sealed = desk.service.documents.read(session, document.plan.id, str(document.sealed))
        (told,) = read_stream(session, STREAM)
    assert told.payload == {
        "envelope": envelope.id,
        "by": "stf_lin",
        "approved_by": "stf_zhao",
        "reason": "customer-request",
        "records": kept,
    }
    report = verify(io.BytesIO(sealed), name="x.pdf", trust=authority.trust_store(), at=system_now())
    assert report.conclusion == "TOTAL-PASSED"


def test_erasing_again_erases_nothing_and_tells_nothing(desk: Desk, eraser: Eraser, contract: bytes) -> None:
    envelope = desk.create(request(contract))
    void(desk, envelope.id)
    assert erase(eraser, envelope.id) > 0
    assert erase(eraser, envelope.id) == 0
    with desk.service.ports.database.reading() as session:
        assert len(read_stream(session, STREAM)) == 1


def test_nobody_approves_their_own_request(desk: Desk, eraser: Eraser, contract: bytes) -> None:
    envelope = desk.create(request(contract))
    with pytest.raises(Refusal) as refused:
        erase(eraser, envelope.id, approved_by="stf_lin")
    assert refused.value.code == "own-approval"


def test_an_envelope_that_is_not_over_keeps_its_evidence(desk: Desk, eraser: Eraser, contract: bytes) -> None:
    envelope = desk.create(request(contract))
    with pytest.raises(EnvelopeError) as refused:
        erase(eraser, envelope.id)
    assert refused.value.code == "envelope-not-over"
    with desk.service.ports.database.reading() as session:
        assert session.get(EnvelopeKeyRow, envelope.id) is not None


def test_what_a_restored_backup_brings_back_is_erased_anew(desk: Desk, eraser: Eraser, contract: bytes) -> None:
    envelope = desk.create(request(contract))
    void(desk, envelope.id)
    database = desk.service.ports.database
    with database.reading() as session:
        key = session.get(EnvelopeKeyRow, envelope.id)
        (data_key, *_others) = session.scalars(
            select(DataKey).where(DataKey.record_id == envelope.recipients[0].plan.person)
        ).all()
        assert key is not None
        backup = [
            EnvelopeKeyRow(envelope=key.envelope, public_key=key.public_key, wrapped=key.wrapped),
            DataKey(record_id=data_key.record_id, master_version=data_key.master_version, wrapped=data_key.wrapped),
        ]
    erase(eraser, envelope.id)
    with database.transaction() as session:
        session.add_all(backup)
    assert eraser.replay(now=system_now()).records == 1
    with database.reading() as session:
        assert session.get(EnvelopeKeyRow, envelope.id) is None
        assert session.get(DataKey, envelope.recipients[0].plan.person) is None


def test_photos_of_two_people_that_were_erased_one_after_the_other_are_both_erased_anew(
    desk: Desk, eraser: Eraser, contract: bytes
) -> None:
    """The database is of before; the trail that goes on further tells of both."""
    envelope = desk.create(request(contract))
    desk.play(envelope, 0, YU)
    desk.play(envelope, 1, YE)
    desk.work()
    database, order = desk.service.ports.database, Order("stf_lin", "stf_zhao", "customer-request")
    with database.engine.connect() as connection, Session(connection) as session:
        for one in envelope.recipients:
            eraser.erase_photos(session, envelope.id, order, now=system_now(), of=[one.plan.id])
        told = read_stream(session, STREAM)
        session.rollback()
    photos = [str(one.session.photo and one.session.photo.record) for one in desk.envelope(envelope.id).recipients]
    with database.reading() as session:
        assert [desk.service.records.is_erased(session, photo) for photo in photos] == [False, False]
    assert eraser.replay(now=system_now(), told=told).records == 2
    with database.reading() as session:
        assert [desk.service.records.is_erased(session, photo) for photo in photos] == [True, True]
    assert eraser.replay(now=system_now(), told=told).records == 0
