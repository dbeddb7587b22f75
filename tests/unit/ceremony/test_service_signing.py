"""Signing under falls, outages and company: in the end each recipient signed exactly once, and nothing is left over."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from ca.authority import EmbeddedAuthority
from ca.errors import TokenRefused
from esign.ceremony.domain import Envelope, commands
from esign.ceremony.domain.values import EnvelopeState, RecipientState
from esign.ceremony.models import SigningAct
from esign.ceremony.tasks import VISIBILITY
from esign.infra.blobs import store_failed
from esign.infra.database import Database
from esign.pades.typeface import Typeface
from tests.authority import SettableClock, create_test_authority
from tests.databases import *  # noqa: F403
from tests.service import YE, YU, short_request
from tests.unit.ceremony.service_faults import Bench, Fall, assert_signed_once, bench, sign_again, unavailable

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""For what the kind of database changes nothing of."""
STEPS = ("take", "store the act", "store the timestamp", "record the signature")


@pytest.fixture
def falling(database: Database, tmp_path: Path, authority: EmbeddedAuthority, typeface: Typeface) -> Bench:
    return bench(database, tmp_path, authority, typeface)


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock(datetime.now(UTC).replace(microsecond=0))


@pytest.fixture
def timed(database: Database, tmp_path: Path, typeface: Typeface, clock: SettableClock) -> Bench:
    """A bench at which authority and service have one clock, which a test moves."""
    return bench(database, tmp_path, create_test_authority(tmp_path / "ca", now=clock), typeface, now=clock)


def confirmed(at: Bench, contract: bytes) -> Envelope:
    """An envelope of one recipient, who has confirmed."""
    envelope = at.desk.create(short_request(contract, YU))
    at.desk.play(envelope, 0, YU)
    return envelope


def acts(at: Bench) -> list[SigningAct]:
    with at.database.reading() as session:
        return list(session.scalars(select(SigningAct)))


@pytest.mark.parametrize("first", [0, 1])
def test_two_people_confirm_before_either_is_signed_and_both_sign_in_either_order(
    falling: Bench, contract: bytes, first: int
) -> None:
    desk = falling.desk
    envelope = desk.create(short_request(contract, YU, YE))
    desk.play(envelope, 0, YU)
    desk.play(envelope, 1, YE)
    tasks = desk.tasks()
    desk.run(tasks[first])
    desk.run(tasks[1 - first])
    earlier, later = desk.recipient(envelope, first).signature, desk.recipient(envelope, 1 - first).signature
    assert earlier is not None
    assert later is not None
    assert later.base == earlier.revision
    assert desk.envelope(envelope.id).state is EnvelopeState.SEALING


@pytest.mark.parametrize("number", range(1, len(STEPS) + 1), ids=STEPS)
def test_a_fall_at_any_commit_ends_with_one_signature(falling: Bench, contract: bytes, number: int) -> None:
    envelope = confirmed(falling, contract)
    with falling.falling_at_commit(number), pytest.raises(Fall):
        falling.desk.step("sign")
    assert falling.desk.recipient(envelope, 0).state is RecipientState.CONFIRMED
    sign_again(falling)
    assert_signed_once(falling, envelope)
    assert len(falling.issuer.issued) == (2 if number == 2 else 1)


@ON_SQLITE
def test_signing_is_as_many_transactions_as_its_steps(falling: Bench, contract: bytes) -> None:
    confirmed(falling, contract)
    with falling.falling_at_commit(0) as counted:
        falling.desk.step("sign")
    assert counted == [len(STEPS)]


FALLS: dict[str, Callable[[Bench], None]] = {
    "before the certificate": lambda at: at.issuer.before.append(Fall()),
    "after the certificate": lambda at: at.issuer.after.append(Fall()),
    "before the timestamp": lambda at: at.timestamps.before.append(Fall()),
    "after the timestamp": lambda at: at.timestamps.after.append(Fall()),
    "before the revocation answer": lambda at: at.revocation.before.append(Fall()),
    "before the revision is written": lambda at: at.blobs.before.append(Fall()),
    "after the revision is written": lambda at: at.blobs.after.append(Fall()),
}


@ON_SQLITE
@pytest.mark.parametrize("fall", FALLS)
def test_a_fall_between_services_ends_with_one_signature(falling: Bench, contract: bytes, fall: str) -> None:
    envelope = confirmed(falling, contract)
    FALLS[fall](falling)
    with pytest.raises(Fall):
        falling.desk.step("sign")
    sign_again(falling)
    assert_signed_once(falling, envelope)
    assert len(falling.issuer.issued) == (2 if fall == "after the certificate" else 1)


@ON_SQLITE
def test_three_falls_after_the_certificate_leave_three_revoked_certificates(falling: Bench, contract: bytes) -> None:
    envelope = confirmed(falling, contract)
    falling.issuer.after = [Fall(), Fall(), Fall()]
    for _ in range(3):
        with pytest.raises(Fall):
            falling.desk.step("sign")
    sign_again(falling)
    assert_signed_once(falling, envelope)
    assert len(falling.desk.recipient(envelope, 0).abandoned) == 3


@ON_SQLITE
def test_the_cms_is_stored_before_a_timestamp_is_asked_for(falling: Bench, contract: bytes) -> None:
    envelope = confirmed(falling, contract)
    falling.timestamps.before.append(unavailable())
    falling.desk.step("sign")
    (stored,) = acts(falling)
    assert stored.timestamped_at is None
    assert stored.cms
    assert falling.timestamps.asked == 0
    sign_again(falling)
    assert acts(falling)[0].certificate_serial == stored.certificate_serial
    assert_signed_once(falling, envelope)


@ON_SQLITE
@pytest.mark.parametrize("service", ["issuer", "timestamps", "revocation"])
def test_a_service_that_is_down_leaves_the_recipient_confirmed_and_goes_through_later(
    falling: Bench, contract: bytes, service: str
) -> None:
    envelope = confirmed(falling, contract)
    getattr(falling, service).before.extend([unavailable(), unavailable()])
    for tries in (1, 2):
        falling.desk.step("sign")
        assert falling.desk.recipient(envelope, 0).state is RecipientState.CONFIRMED
        (task,) = [one for one in falling.desk.tasks() if one.kind == "sign"]
        assert (task.failure, task.attempts) == ("service-silent", tries)
    sign_again(falling)
    assert_signed_once(falling, envelope)


@ON_SQLITE
def test_a_full_store_delays_and_loses_nothing(falling: Bench, contract: bytes) -> None:
    envelope = confirmed(falling, contract)
    falling.blobs.before.append(store_failed("no space left on device"))
    falling.desk.step("sign")
    assert [task.failure for task in falling.desk.tasks()] == ["blob-store"]
    sign_again(falling)
    assert_signed_once(falling, envelope)
    assert len(falling.issuer.issued) == 1


@ON_SQLITE
def test_a_certificate_that_ended_unproved_fails_the_signing_and_confirming_again_signs(
    timed: Bench, contract: bytes, clock: SettableClock
) -> None:
    envelope = confirmed(timed, contract)
    timed.revocation.before.append(unavailable())
    timed.desk.step("sign")
    clock.move(hours=25)
    timed.desk.step("sign")
    failed = timed.desk.recipient(envelope, 0)
    assert (failed.state, failed.failure) == (RecipientState.SIGNING_FAILED, "certificate-ended")
    assert failed.abandoned == tuple(timed.issuer.serials())
    assert [task.kind for task in timed.desk.tasks()] == ["revoke"]
    token = timed.desk.enter(envelope, 0, YU)
    timed.service.ceremony.confirm(token)
    assert timed.desk.recipient(envelope, 0).state is RecipientState.CONFIRMED
    sign_again(timed)
    assert_signed_once(timed, envelope)


@ON_SQLITE
def test_a_timestamp_authority_that_is_down_for_a_day_costs_a_certificate_and_no_confirmation(
    timed: Bench, contract: bytes, clock: SettableClock
) -> None:
    envelope = confirmed(timed, contract)
    timed.timestamps.before.append(unavailable())
    timed.desk.step("sign")
    clock.move(hours=25)
    sign_again(timed)
    assert_signed_once(timed, envelope)
    assert len(timed.issuer.issued) == 2


@ON_SQLITE
def test_a_clock_that_is_ten_minutes_off_abandons_the_certificate_and_waits(
    database: Database, tmp_path: Path, authority: EmbeddedAuthority, typeface: Typeface, contract: bytes
) -> None:
    clock = SettableClock()
    off = bench(database, tmp_path, authority, typeface, now=clock)
    envelope = confirmed(off, contract)
    clock.move(minutes=10)
    off.desk.step("sign")
    waiting = off.desk.recipient(envelope, 0)
    assert waiting.state is RecipientState.CONFIRMED
    assert waiting.abandoned == tuple(off.issuer.serials())
    assert [task.failure for task in off.desk.tasks() if task.kind == "sign"] == ["clock-disagrees"]
    clock.move(minutes=-10)
    sign_again(off)
    assert_signed_once(off, envelope)


@ON_SQLITE
def test_evidence_erased_between_confirming_and_signing_fails_the_signing(falling: Bench, contract: bytes) -> None:
    envelope = confirmed(falling, contract)
    with falling.database.transaction() as session:
        captured = falling.desk.recipient(envelope, 0).session.handwriting
        assert captured is not None
        falling.service.records.erase(session, captured.record, at=falling.desk.now())
    falling.desk.step("sign")
    failed = falling.desk.recipient(envelope, 0)
    assert (failed.state, failed.failure) == (RecipientState.SIGNING_FAILED, "record-erased")
    assert falling.desk.tasks() == []
    assert falling.issuer.issued == []


def void(at: Bench, envelope: Envelope) -> None:
    at.service.envelopes.change(
        envelope.id,
        lambda _session, _now: commands.Void(at=at.desk.now(), by="usr_operator", reason="mistake"),
        actor="user:usr_operator",
    )


@pytest.mark.parametrize("stored", [False, True], ids=["fell before its CMS was stored", "waits for its timestamp"])
def test_a_certificate_is_revoked_when_its_envelope_is_voided(falling: Bench, contract: bytes, stored: bool) -> None:
    envelope = confirmed(falling, contract)
    if stored:
        falling.timestamps.before.append(unavailable())
        falling.desk.step("sign")
    else:
        falling.issuer.after.append(Fall())
        with pytest.raises(Fall):
            falling.desk.step("sign")
    void(falling, envelope)
    sign_again(falling)
    (certificate,) = falling.issuer.serials()
    assert falling.desk.recipient(envelope, 0).abandoned == (certificate,)
    assert falling.is_revoked(certificate)
    assert falling.desk.tasks() == []
    assert falling.desk.events(envelope).count("recipient.signed") == 0


@ON_SQLITE
def test_an_envelope_voided_while_a_timestamp_is_made_is_not_signed(falling: Bench, contract: bytes) -> None:
    envelope = confirmed(falling, contract)
    made = falling.timestamps.timestamp

    def voided_meanwhile(digest: bytes) -> object:
        token = made(digest)
        void(falling, envelope)
        return token

    falling.timestamps.timestamp = voided_meanwhile  # type: ignore[method-assign,assignment]
    falling.desk.step("sign")
    assert falling.desk.envelope(envelope.id).state is EnvelopeState.VOIDED
    sign_again(falling)
    (certificate,) = falling.issuer.serials()
    assert falling.is_revoked(certificate)
    assert falling.desk.events(envelope).count("recipient.signed") == 0


@ON_SQLITE
def test_an_issuer_that_refuses_fails_the_signing_and_says_so(falling: Bench, contract: bytes) -> None:
    envelope = confirmed(falling, contract)
    falling.issuer.before.append(TokenRefused("certificate-request-refused", "the name is refused", "ask the issuer"))
    falling.desk.step("sign")
    failed = falling.desk.recipient(envelope, 0)
    assert (failed.state, failed.failure) == (RecipientState.SIGNING_FAILED, "certificate-request-refused")


@ON_SQLITE
def test_a_final_failure_waits_where_the_issuer_does_not_say_what_to_revoke(falling: Bench, contract: bytes) -> None:
    envelope = confirmed(falling, contract)
    falling.revocation.silent = True
    issued_for, calls = falling.issuer.issued_for, []

    def silent_the_second_time(manifest: bytes) -> tuple[int, ...]:
        calls.append(manifest)
        if len(calls) == 2:
            raise unavailable()
        return issued_for(manifest)

    falling.issuer.issued_for = silent_the_second_time  # type: ignore[method-assign]
    falling.desk.step("sign")
    assert falling.desk.recipient(envelope, 0).state is RecipientState.CONFIRMED
    assert [task.failure for task in falling.desk.tasks()] == ["service-silent"]
    falling.desk.step("sign")
    failed = falling.desk.recipient(envelope, 0)
    assert (failed.state, failed.failure) == (RecipientState.SIGNING_FAILED, "revocation-data-missing")
    falling.desk.step("revoke")
    assert all(falling.is_revoked(serial) for serial in falling.issuer.serials())


@ON_SQLITE
def test_revoking_waits_for_an_issuer_that_is_down(falling: Bench, contract: bytes) -> None:
    envelope = confirmed(falling, contract)
    falling.issuer.after.append(Fall())
    with pytest.raises(Fall):
        falling.desk.step("sign")
    falling.desk.step("sign")
    falling.issuer.revoking.before.append(unavailable())
    falling.desk.step("revoke")
    assert [task.failure for task in falling.desk.tasks() if task.kind == "revoke"] == ["service-silent"]
    assert not falling.is_revoked(falling.issuer.serials()[0])
    sign_again(falling)
    assert_signed_once(falling, envelope)


def test_two_workers_at_one_task_make_one_signature(falling: Bench, contract: bytes) -> None:
    envelope = confirmed(falling, contract)
    (task,) = falling.desk.tasks()
    workers = [falling.service, falling.another_service()]
    together, failures = threading.Barrier(2), []
    made = falling.issuer.issue_event_certificate

    def issue_together(wanted: object) -> object:
        issued = made(wanted)  # type: ignore[arg-type]
        if falling.database.is_sqlite and len(falling.issuer.issued) <= 2:
            together.wait(20)  # on PostgreSQL one of them stands back before
        return issued

    falling.issuer.issue_event_certificate = issue_together  # type: ignore[method-assign,assignment]

    def work(number: int) -> None:
        try:
            next(kind.run for kind in workers[number].job_kinds if kind.name == "sign")(task.id)
        except BaseException as error:  # noqa: BLE001  # looked at below
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    sign_again(falling)
    assert_signed_once(falling, envelope)
    assert [one.kind for one in falling.desk.tasks()] == ["seal"]


def test_a_task_that_another_worker_took_too_comes_up_once_more(falling: Bench, contract: bytes) -> None:
    confirmed(falling, contract)
    (task,) = falling.desk.tasks()
    with falling.database.transaction() as session:
        falling.service.tasks.take(session, task.id, now=falling.desk.now())
    before = falling.desk.now()
    falling.desk.run(task)
    (left,) = [one for one in falling.desk.tasks() if one.kind == "sign"]
    assert left.due_at >= before + VISIBILITY
    falling.desk.run(left)
    assert [one.kind for one in falling.desk.tasks()] == ["seal"]


def test_a_certificate_that_another_worker_abandoned_is_not_gone_on_with(falling: Bench, contract: bytes) -> None:
    envelope = confirmed(falling, contract)
    falling.timestamps.before.append(unavailable())
    falling.desk.step("sign")
    (act,) = acts(falling)
    abandon = commands.AbandonCertificate(
        at=falling.desk.now(), recipient=act.recipient, certificate=act.certificate_serial, reason="cms-not-stored"
    )
    falling.service.envelopes.change(envelope.id, lambda _session, _now: abandon, actor="system:signing")
    sign_again(falling)
    assert_signed_once(falling, envelope)
    assert len(falling.issuer.issued) == 2
