"""Sealing under falls, outages and company: completed once, at the level that was promised, or visibly failed."""

from __future__ import annotations

import io
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from ca.authority import EmbeddedAuthority
from esign.ceremony.creation import DocumentRequest, RecipientRequest
from esign.ceremony.domain import Envelope, commands
from esign.ceremony.domain.values import EnvelopeState, PromisedLevel, RecipientRole
from esign.ceremony.models import SealedRelease
from esign.infra.blobs import store_failed
from esign.infra.database import Database
from esign.infra.quarantine.errors import too_heavy
from esign.pades.typeface import Typeface
from esign.verify import verify
from tests.databases import *  # noqa: F403
from tests.service import YE, YU, short_request, system_now
from tests.unit.ceremony.service_faults import Bench, Fall, bench, unavailable

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def falling(database: Database, tmp_path: Path, authority: EmbeddedAuthority, typeface: Typeface) -> Bench:
    return bench(database, tmp_path, authority, typeface)


def signed(at: Bench, contract: bytes, level: PromisedLevel = PromisedLevel.B_LTA) -> Envelope:
    """An envelope of one recipient, who has signed."""
    envelope = at.desk.create(short_request(contract, YU, level=level))
    at.desk.play(envelope, 0, YU)
    at.desk.step("sign")
    assert at.desk.envelope(envelope.id).state is EnvelopeState.SEALING
    return envelope


def signed_pair(at: Bench, contract: bytes) -> Envelope:
    """An envelope of two documents, each signed by one recipient."""
    wanted = short_request(
        contract,
        documents=[DocumentRequest("一.pdf", contract), DocumentRequest("二.pdf", contract)],
        recipients=[
            RecipientRequest(RecipientRole.APPLICANT, YU),
            RecipientRequest(RecipientRole.APPLICANT, YE, document=1),
        ],
    )
    envelope = at.desk.create(wanted)
    at.desk.play(envelope, 0, YU)
    at.desk.play(envelope, 1, YE)
    at.desk.step("sign")
    return envelope


def releases(at: Bench) -> list[SealedRelease]:
    with at.database.reading() as session:
        return list(session.scalars(select(SealedRelease)))


def assert_completed_once(at: Bench, envelope: Envelope) -> None:
    after = at.desk.envelope(envelope.id)
    assert after.state is EnvelopeState.COMPLETED
    assert at.desk.tasks() == []
    assert {one.document: one.sha256 for one in releases(at)} == {d.plan.id: d.sealed for d in after.documents}
    events = at.desk.events(envelope)
    assert events.count("document.sealed") == len(after.documents)
    assert events.count("envelope.completed") == 1


@pytest.mark.parametrize("level", PromisedLevel)
@ON_SQLITE
def test_a_document_is_sealed_at_the_level_that_was_promised(
    falling: Bench, contract: bytes, level: PromisedLevel, authority: EmbeddedAuthority
) -> None:
    envelope = signed(falling, contract, level)
    falling.desk.step("seal")
    assert_completed_once(falling, envelope)
    with falling.database.reading() as session:
        (document,) = falling.desk.envelope(envelope.id).documents
        sealed = falling.service.documents.read(session, document.plan.id, str(document.sealed))
    report = verify(io.BytesIO(sealed), name="x.pdf", trust=authority.trust_store(), at=falling.desk.now())
    assert {s.level for s in report.signatures if s.kind == "signature"} == {level.value}


@pytest.mark.parametrize("number", [1, 2, 3], ids=["take", "start", "record"])
def test_a_fall_at_any_commit_ends_with_one_seal(falling: Bench, contract: bytes, number: int) -> None:
    envelope = signed(falling, contract)
    with falling.falling_at_commit(number), pytest.raises(Fall):
        falling.desk.step("seal")
    falling.another_service()
    falling.desk.step("seal")
    assert_completed_once(falling, envelope)


@pytest.mark.parametrize("port", ["timestamps", "revocation", "blobs"])
@ON_SQLITE
def test_a_fall_between_services_ends_with_one_seal(falling: Bench, contract: bytes, port: str) -> None:
    envelope = signed(falling, contract)
    getattr(falling, port).after.append(Fall())
    with pytest.raises(Fall):
        falling.desk.step("seal")
    falling.desk.step("seal")
    assert_completed_once(falling, envelope)


@ON_SQLITE
def test_an_outage_leaves_the_envelope_sealing_and_goes_through_later(falling: Bench, contract: bytes) -> None:
    envelope = signed(falling, contract)
    falling.timestamps.before.append(unavailable())
    falling.revocation.before.append(unavailable())
    falling.blobs.before.append(store_failed("no space left on device"))
    seen = []
    for _ in range(3):
        falling.desk.step("seal")
        seen.append([task.failure for task in falling.desk.tasks()])
        assert falling.desk.envelope(envelope.id).state is EnvelopeState.SEALING
    assert seen == [["service-silent"], ["service-silent"], ["blob-store"]]
    falling.desk.step("seal")
    assert_completed_once(falling, envelope)
    assert falling.desk.events(envelope).count("seal.started") == 1


@ON_SQLITE
def test_a_quarantine_under_load_leaves_the_envelope_sealing(falling: Bench, contract: bytes) -> None:
    envelope = signed(falling, contract)
    falling.quarantine.before.extend(too_heavy("time") for _ in range(4))
    for _ in range(4):
        falling.desk.step("seal")
        assert falling.desk.envelope(envelope.id).state is EnvelopeState.SEALING
        assert [task.failure for task in falling.desk.tasks() if task.kind == "seal"] == ["file-too-heavy"]
    falling.desk.work()
    assert_completed_once(falling, envelope)


def test_a_level_that_is_not_reached_waits_for_the_operator(falling: Bench, contract: bytes) -> None:
    envelope = signed(falling, contract)
    falling.revocation.silent = True
    falling.desk.step("seal")
    failed = falling.desk.envelope(envelope.id)
    assert (failed.state, failed.seal_failure) == (EnvelopeState.SEAL_FAILED, "revocation-data-missing")
    assert falling.desk.tasks() == []
    assert releases(falling) == []
    falling.revocation.silent = False
    falling.service.envelopes.change(
        envelope.id,
        lambda _session, now: commands.RetrySeal(at=falling.desk.now(), attempt=now.seal_attempt, by="usr_operator"),
        actor="user:usr_operator",
    )
    falling.desk.step("seal")
    assert_completed_once(falling, envelope)
    assert falling.desk.envelope(envelope.id).seal_attempt == 2


def test_a_late_failure_of_an_earlier_attempt_changes_nothing(falling: Bench, contract: bytes) -> None:
    envelope = signed(falling, contract)
    (first,) = falling.desk.tasks()
    falling.revocation.silent = True
    falling.desk.step("seal")
    retry = commands.RetrySeal(at=falling.desk.now(), attempt=1, by="usr_operator")
    falling.service.envelopes.change(envelope.id, lambda _session, _now: retry, actor="user:usr_operator")
    falling.desk.run(first)  # its task is gone
    assert falling.desk.envelope(envelope.id).state is EnvelopeState.SEALING
    falling.revocation.silent = False
    falling.desk.step("seal")
    assert_completed_once(falling, envelope)


def test_an_envelope_of_two_documents_is_completed_after_a_fall_between_them(falling: Bench, contract: bytes) -> None:
    envelope = signed_pair(falling, contract)
    with falling.falling_at_commit(4), pytest.raises(Fall):  # take, start, first document, second document
        falling.desk.step("seal")
    half = falling.desk.envelope(envelope.id)
    assert [document.sealed is not None for document in half.documents] == [True, False]
    assert half.state is EnvelopeState.SEALING
    falling.desk.step("seal")
    assert_completed_once(falling, envelope)
    assert falling.desk.envelope(envelope.id).documents[0].sealed == half.documents[0].sealed


@ON_SQLITE
def test_a_timestamp_authority_may_be_some_seconds_ahead(
    database: Database, tmp_path: Path, authority: EmbeddedAuthority, typeface: Typeface, contract: bytes
) -> None:
    behind = bench(database, tmp_path, authority, typeface, now=lambda: system_now() - timedelta(seconds=30))
    envelope = signed(behind, contract)
    behind.desk.step("seal")
    assert_completed_once(behind, envelope)


@pytest.mark.parametrize("failing", [False, True], ids=["the seal is made", "the seal fails"])
@ON_SQLITE
def test_an_envelope_voided_while_it_is_sealed_stays_voided(falling: Bench, contract: bytes, failing: bool) -> None:
    envelope = signed(falling, contract)
    made = falling.timestamps.timestamp

    def voided_meanwhile(digest: bytes) -> object:
        void = commands.Void(at=falling.desk.now(), by="usr_operator", reason="mistake")
        falling.service.envelopes.change(envelope.id, lambda _session, _now: void, actor="user:usr_operator")
        return made(digest)

    falling.timestamps.timestamp = voided_meanwhile  # type: ignore[method-assign,assignment]
    falling.revocation.silent = failing
    falling.desk.step("seal")
    assert falling.desk.envelope(envelope.id).state is EnvelopeState.VOIDED
    assert falling.desk.tasks() == []
    assert releases(falling) == []


def test_two_workers_at_one_task_make_one_seal(falling: Bench, contract: bytes) -> None:
    envelope = signed(falling, contract)
    (task,) = falling.desk.tasks()
    failures: list[BaseException] = []

    def work(service: object) -> None:
        try:
            next(kind.run for kind in service.job_kinds if kind.name == "seal")(task.id)  # type: ignore[attr-defined]
        except BaseException as error:  # noqa: BLE001  # looked at below
            failures.append(error)

    services = (falling.service, falling.another_service())
    threads = [threading.Thread(target=work, args=(service,)) for service in services]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    falling.desk.work()
    assert_completed_once(falling, envelope)


@ON_SQLITE
def test_nothing_is_left_to_do_where_the_face_was_not_the_customers(falling: Bench, contract: bytes) -> None:
    photographed = (RecipientRole.APPLICANT,)
    envelope = falling.desk.create(short_request(contract, YU, face_statement=True, photo_roles=photographed))
    falling.desk.play(envelope, 0, YU)
    falling.desk.step("sign")
    photo = falling.desk.recipient(envelope, 0).session.photo
    assert photo is not None
    stated = commands.StateFace(
        at=falling.desk.now(),
        recipient=envelope.recipients[0].id,
        photo=photo.record,
        is_customer=False,
        by="usr_salesperson",
    )
    falling.service.envelopes.change(envelope.id, lambda _session, _now: stated, actor="user:usr_salesperson")
    assert falling.desk.envelope(envelope.id).state is EnvelopeState.VOIDED
    assert falling.desk.work() == 0
