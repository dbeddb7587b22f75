"""What is over is found, held back where a court may ask for it, and erased without touching anything else."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from ca.authority import EmbeddedAuthority
from esign.ceremony.domain.values import PhotoPlacement
from esign.ceremony.erasing import Erased, Order
from esign.ceremony.models import DocumentRow, EnvelopeKeyRow, EnvelopeRow, RecipientRow
from esign.ceremony.projection import envelope_projection
from esign.errors import EsignError
from esign.infra.errors import BlobError, RecordErased
from esign.infra.models import DataKey, Erasure, PersonalRecord
from esign.retention.agreements import agree
from esign.retention.events import stream_of
from esign.retention.faces import count_faces
from esign.retention.holds import HoldReason
from esign.retention.models import LegalHold, RetainedEnvelope, StoredFace
from esign.retention.periods import day_of
from esign.retention.projection import retention_projection
from esign.retention.restoring import replay_erasures
from esign.retention.rules import Kind, Term
from esign.trail.consumers import rebuild
from esign.trail.epochs import bring_back
from esign.trail.export import export_trail
from esign.trail.log import read_stream
from esign.trail.publishing import CheckpointPublisher
from esign.trail.recheck import verify_export
from esign.verify import verify
from tests.service import YU, Desk, system_now
from tests.unit.retention.retention_office import LIN, ZHAO, Office
from tests.vectors.trail.stored import LOG_KEY, ORIGIN, place

ORDER = Order(LIN, ZHAO, "due-by-rules")


def refused(act: object) -> str:
    with pytest.raises(EsignError) as caught:
        act()  # type: ignore[operator]
    return caught.value.code


def test_a_contract_is_held_until_its_end_is_told_and_then_ten_years(office: Office) -> None:
    envelope = office.completed()
    held = office.kept(envelope).of(Kind.EVIDENCE)
    assert held is not None
    assert (held.until, held.demanded) == (None, True)
    office.wait(days=40 * 365)
    assert office.sweep() == (0, 0)
    ended = day_of(office.now) - timedelta(days=1)
    office.end(envelope, ended)
    kept = office.kept(envelope).of(Kind.EVIDENCE)
    assert kept is not None
    assert kept.until == ended.replace(year=ended.year + 10)
    office.end(envelope, ended, Term.UP_TO_ONE_YEAR)  # what is told last counts
    office.wait(days=5 * 366)
    assert office.sweep() == (1, 0)
    office.end(envelope, None)  # it goes on after all
    assert office.kept(envelope).of(Kind.EVIDENCE) == held
    assert office.sweep() == (0, 0)


def test_the_end_of_a_contract_is_told_for_contracts_alone_not_for_tomorrow_nor_before_it_was_signed(
    office: Office,
) -> None:
    voided, envelope = office.voided(), office.completed()
    today = day_of(office.now)
    assert refused(lambda: office.end(voided, today)) == "contract-not-made"
    assert refused(lambda: office.end(envelope, today + timedelta(days=1))) == "contract-end-future"
    for early in (today - timedelta(days=1), date(1990, 1, 1)):
        assert refused(lambda early=early: office.end(envelope, early)) == "contract-end-early"
    office.wait(days=40 * 365)  # however long ago that was
    assert refused(lambda: office.end(envelope, today - timedelta(days=1))) == "contract-end-early"
    office.end(envelope, today)
    office.end(envelope, today)
    with office.desk.service.ports.database.reading() as session:
        assert len(read_stream(session, stream_of(envelope.id))) == 1


def test_nothing_under_a_hold_is_erased_and_two_people_lift_it(office: Office) -> None:
    envelope, database = office.completed(), office.desk.service.ports.database
    office.end(envelope, day_of(office.now))
    office.wait(days=4000)
    with database.transaction() as session:
        hold = office.room.holds.set(
            session, envelope.id, HoldReason.COURT, by=LIN, actor=f"staff:{LIN}", now=office.now, words="一审立案"
        )
    assert office.sweep() == (0, 0)

    def carry_out() -> None:
        with database.transaction() as session:
            office.room.retention.carry_out(session, envelope.id, ORDER, now=office.now)

    def lift(by: str, approved_by: str) -> None:
        with database.transaction() as session:
            office.room.holds.lift(
                session, hold, by=by, approved_by=approved_by, reason="closed", actor="operator", now=office.now
            )

    assert refused(carry_out) == "legal-hold"
    assert refused(lambda: office.room.eraser.erase(envelope.id, by=LIN, approved_by=ZHAO, reason="x", now=office.now))
    assert refused(lambda: lift(LIN, LIN)) == "own-approval"
    with database.reading() as session:
        (shown,) = office.room.holds.of(session, envelope.id)
        assert (shown.words, shown.lifted_at) == ("一审立案", None)
    lift(LIN, ZHAO)
    assert refused(lambda: lift(LIN, ZHAO)) == "hold-lifted"
    assert office.sweep() == (1, 0)
    carry_out()
    with database.reading() as session:
        assert office.room.holds.get(session, hold).words is None  # what was written of it went with the rest
        told = [(event.type, event.payload.get("approved_by")) for event in read_stream(session, hold)]
    assert told == [("legal-hold.set", None), ("legal-hold.lifted", ZHAO)]


def test_the_sweep_erases_by_itself_only_what_two_people_agreed_to(desk_on_both: Desk, contract: bytes) -> None:
    desk, office = desk_on_both, Office.over(desk_on_both, contract, mode="carry-out")
    envelope, other = office.completed(), office.completed()
    office.end(envelope, day_of(office.now))
    office.wait(days=4000)
    assert office.sweep() == (1, 0)  # nobody agreed yet
    with desk.service.ports.database.transaction() as session:
        agree(session, office.room.rules, by=LIN, approved_by=ZHAO, actor="operator", now=office.now)
    assert office.sweep() == (0, 1)
    assert office.sweep() == (0, 0)
    with desk.service.ports.database.reading() as session:
        erased = [(event.type, event.actor, event.payload["by"]) for event in read_stream(session, "erasures")]
        assert session.get(EnvelopeKeyRow, other.id) is not None
    assert erased == [("evidence.erased", "system:retention", LIN), ("documents.erased", "system:retention", LIN)]
    assert not office.kept(envelope).kept


def test_after_a_restore_two_people_agree_anew_before_the_sweep_erases_by_itself(
    desk_on_both: Desk, contract: bytes
) -> None:
    """Holds that were set after the backup are not known any more."""
    office, database = Office.over(desk_on_both, contract, mode="carry-out"), desk_on_both.service.ports.database

    def agree_to_rules() -> None:
        with database.transaction() as session:
            agree(session, office.room.rules, by=LIN, approved_by=ZHAO, actor="operator", now=office.now)

    agree_to_rules()
    with database.transaction() as session:
        bring_back(session, backup="ab" * 32, taken_at=office.now, now=office.now)
    envelope = office.completed()
    office.end(envelope, day_of(office.now))
    office.wait(days=4000)
    assert office.sweep() == (1, 0)
    agree_to_rules()
    assert office.sweep() == (0, 1)


def test_after_erasing_the_trail_other_envelopes_and_rebuilt_rows_are_as_before(
    desk_on_both: Desk, contract: bytes, authority: EmbeddedAuthority
) -> None:
    office = Office.over(desk_on_both, contract)
    first, other = office.completed(photos=True), office.completed(photos=True)
    service, database = office.desk.service, office.desk.service.ports.database
    with database.reading() as session:
        blobs = [piece.blob for piece in service.documents.pieces(session, first.documents[0].plan.id)]
    office.end(first, day_of(office.now))
    office.wait(days=4000)
    with database.transaction() as session:
        done = office.room.retention.carry_out(session, first.id, ORDER, now=office.now)
    office.room.retention.delete_blobs(done)
    office.follow()
    with database.reading() as session:
        document = first.documents[0]
        assert refused(lambda: service.documents.read(session, document.plan.id, str(document.sealed)))
        sealed = service.documents.read(session, other.documents[0].plan.id, str(other.documents[0].sealed))
        person = service.records.read(session, other.recipients[0].plan.person)
        photo = other.recipients[0].session.photo
        assert photo is not None
        assert service.records.read(session, photo.record)
        assert session.get(EnvelopeKeyRow, first.id) is None
    assert person
    report = verify(io.BytesIO(sealed), name="x.pdf", trust=authority.trust_store(), at=system_now())
    assert report.conclusion == "TOTAL-PASSED"
    for blob in blobs:
        with pytest.raises(BlobError):
            list(service.ports.blobs.chunks(blob))
    tables = (EnvelopeRow, RecipientRow, DocumentRow, RetainedEnvelope, StoredFace, LegalHold)
    before = office.rows(*tables)
    rebuild(database, envelope_projection())
    rebuild(database, retention_projection())
    assert office.rows(*tables) == before


def test_photos_go_first_and_where_the_file_has_only_a_digest_the_face_goes_with_them(office: Office) -> None:
    sealed = office.completed(photos=True)
    alone = office.completed(photos=True, placement=PhotoPlacement.DIGEST_ONLY)
    assert len(office.rows(StoredFace)) == 2
    office.wait(days=3 * 365)
    database, records = office.desk.service.ports.database, office.desk.service.records
    for envelope in (sealed, alone):
        assert [one.kind for one in office.kept(envelope).over(day_of(office.now))] == [Kind.PHOTO]
        with database.transaction() as session:
            assert office.room.retention.carry_out(session, envelope.id, ORDER, now=office.now).records > 0
    office.follow()
    faces = [row[2] for row in office.rows(StoredFace)]
    assert len(faces) == 1  # the one that is sealed in a PDF, whose key is still there
    with database.reading() as session:
        photo, drawn = sealed.recipients[0].session.photo, sealed.recipients[0].session.handwriting
        assert photo is not None
        assert drawn is not None
        with pytest.raises(RecordErased):
            records.read(session, photo.record)
        assert records.read(session, drawn.record)
        with pytest.raises(RecordErased):
            records.read(session, str(alone.recipients[0].confirmation))
    assert office.kept(sealed).of(Kind.PHOTO) is None
    assert office.sweep() == (0, 0)


def test_what_came_to_nothing_is_over_after_a_year(office: Office) -> None:
    envelope = office.voided()
    office.wait(days=360)
    assert office.sweep() == (0, 0)
    office.wait(days=7)
    assert office.sweep() == (1, 0)
    assert office.sweep() == (0, 0)  # it is proposed once
    with office.desk.service.ports.database.reading() as session:
        assert office.room.retention.due(session, now=office.now) == [envelope.id]


def test_a_restore_that_brings_everything_back_is_cleaned_by_the_trail(office: Office) -> None:
    envelope, database = office.completed(photos=True), office.desk.service.ports.database
    with database.reading() as session:
        backup = [
            DataKey(record_id=key.record_id, master_version=key.master_version, wrapped=key.wrapped)
            for key in session.scalars(select(DataKey))
        ]
    office.end(envelope, day_of(office.now))
    office.wait(days=4000)
    with database.transaction() as session:
        office.room.retention.carry_out(session, envelope.id, ORDER, now=office.now)
    with database.reading() as session:
        gone = {row.record_id for row in session.scalars(select(Erasure))}
    with database.transaction() as session:
        session.add_all(key for key in backup if key.record_id in gone)
    records = office.desk.service.records
    again = replay_erasures(database, records, office.room.eraser, now=office.now)
    assert again.records == len([key for key in backup if key.record_id in gone]) > 5
    assert replay_erasures(database, records, office.room.eraser, now=office.now).records == 0
    with database.reading() as session:
        left = set(session.scalars(select(DataKey.record_id))) & gone
        assert not left
        assert not session.scalars(select(PersonalRecord.id).where(PersonalRecord.id.in_(gone))).all()


def test_erasures_that_only_a_later_export_tells_are_made_anew_too(office: Office) -> None:
    envelope, later = office.completed(), office.completed()
    database = office.desk.service.ports.database
    office.room.eraser.erase(envelope.id, by=LIN, approved_by=ZHAO, reason="x", now=office.now)
    with database.reading() as session:
        (told,) = read_stream(session, "erasures")
    exported = type(told)(
        told.id,
        told.stream,
        2,
        told.type,
        told.type_version,
        told.actor,
        told.time,
        {**told.payload, "envelope": later.id},
    )
    done = replay_erasures(database, office.desk.service.records, office.room.eraser, now=office.now, told=[exported])
    assert done.records > 0
    with database.reading() as session:
        assert session.get(EnvelopeKeyRow, later.id) is None


def test_what_fails_or_is_gone_already_holds_up_nothing_behind_it_and_what_is_gone_is_told(
    desk_on_both: Desk, contract: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("esign.retention.sweep.AT_ONCE", 1)
    monkeypatch.setattr("esign.retention.sweep.AT_MOST", 3)
    office = Office.over(desk_on_both, contract, mode="carry-out")
    model, gone, failing, third, last = (office.completed(photos=True) for _ in range(5))
    database, retention = office.desk.service.ports.database, office.room.retention
    for envelope in (model, gone, failing, third, last):
        office.end(envelope, day_of(office.now))
    office.wait(days=4000)
    with database.transaction() as session:
        agree(session, office.room.rules, by=LIN, approved_by=ZHAO, actor="operator", now=office.now)
        retention.carry_out(session, model.id, ORDER, now=office.now)
    office.follow()
    with database.reading() as session:
        told = read_stream(session, "erasures")
    later = [replace(event, payload={**event.payload, "envelope": gone.id}) for event in told]
    replay_erasures(database, office.desk.service.records, office.room.eraser, now=office.now, told=later)
    carry_out = retention.carry_out

    def breaking(session: Session, envelope: str, order: Order, *, now: datetime) -> Erased:
        if envelope == failing.id:
            raise ValueError("this one is broken")
        return carry_out(session, envelope, order, now=now)

    monkeypatch.setattr(retention, "carry_out", breaking)
    assert office.sweep() == (0, 1)  # what is gone brings nothing, what fails neither, and the third is erased
    with database.reading() as session:
        marked = session.get_one(RetainedEnvelope, gone.id)
        assert (marked.erased_at, marked.documents_erased_at) == (office.now, office.now)
    assert office.sweep() == (0, 1)  # behind where the last run stopped
    assert not office.kept(last).kept
    assert office.sweep() == (0, 0)
    monkeypatch.undo()
    assert office.sweep() == (0, 1)
    with database.reading() as session:
        events = [(event.type, event.payload["envelope"]) for event in read_stream(session, "erasures")]
    assert len(events) == len(set(events)) == 10


def test_a_contract_end_needs_a_real_day(office: Office) -> None:
    envelope = office.completed()
    ended = date(day_of(office.now).year + 1, 2, 28)
    office.wait(days=2 * 365)
    office.end(envelope, ended, Term.UP_TO_ONE_YEAR)
    kept = office.kept(envelope).of(Kind.DOCUMENTS)
    assert kept is not None
    assert kept.until == ended.replace(year=ended.year + 5)


def test_the_exported_trail_verifies_after_what_it_tells_of_was_erased(
    office: Office, authority: EmbeddedAuthority
) -> None:
    envelope, database = office.completed(photos=True), office.desk.service.ports.database
    office.end(envelope, day_of(office.now))
    office.wait(days=4000)
    with database.transaction() as session:
        done = office.room.retention.carry_out(session, envelope.id, ORDER, now=office.now)
    office.room.retention.delete_blobs(done)
    place(database)
    publisher = CheckpointPublisher(ORIGIN, LOG_KEY, authority.timestamp_authority)
    publisher.publish(database)
    exported = io.BytesIO()
    with database.reading() as session:
        export_trail(session, exported)
    exported.seek(0)
    verdict = verify_export(exported, [LOG_KEY.public_key])
    assert verdict.events > 15
    assert b"evidence.erased" in exported.getvalue()
    assert YU.phone.encode() not in exported.getvalue()


def test_people_with_stored_faces_are_counted_once_and_no_more_once_the_key_is_gone(office: Office) -> None:
    first, second = office.completed(photos=True), office.completed(photos=True)
    database = office.desk.service.ports.database

    def counted() -> int:
        with database.reading() as session:
            return count_faces(session)

    assert counted() == 1  # one person in two envelopes
    for number, envelope in enumerate((first, second)):
        office.room.eraser.erase(envelope.id, by=LIN, approved_by=ZHAO, reason="x", now=office.now)
        office.follow()
        assert counted() == 1 - number
