"""Envelopes over the trail: of racing commands one wins, what was taken back is never seen, rows can be made again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from ca.authority import EmbeddedAuthority
from ca.ports import TimestampToken
from esign.ceremony.creation import RecipientRequest
from esign.ceremony.domain import Envelope, Refusal, commands, fold
from esign.ceremony.domain.record import event_of
from esign.ceremony.domain.values import EnvelopeState, RecipientRole, RecipientState, Reminders
from esign.ceremony.envelopes import Change
from esign.ceremony.models import DocumentRow, EnvelopeRow, RecipientRow
from esign.ceremony.projection import envelope_projection
from esign.ceremony.tasks import GRACE, MOMENT, VISIBILITY, WAITS
from esign.infra.database import Database
from esign.pades.typeface import Typeface
from esign.service import Service, assemble
from esign.trail.consumers import catch_up, rebuild
from esign.trail.event import EventType
from esign.trail.log import Trail, read_stream
from esign.trail.sequencer import Sequencer
from esign.trail.vocabulary import Vocabulary
from tests.authority import SettableClock
from tests.databases import *  # noqa: F403
from tests.service import CLIENT, YE, YU, Desk, at_once, ports_for, short_request
from tests.unit.ceremony.service_faults import Jobs

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@dataclass
class Office:
    """A desk with a clock that is moved and a queue that is looked at."""

    desk: Desk
    clock: SettableClock
    jobs: Jobs

    @property
    def service(self) -> Service:
        return self.desk.service

    @property
    def database(self) -> Database:
        return self.service.ports.database

    def change(self, envelope: Envelope, command: commands.Command) -> Change:
        return self.service.envelopes.change(envelope.id, lambda _session, _now: command, actor="user:usr_staff")

    def void(self, reason: str = "mistake") -> commands.Void:
        return commands.Void(at=self.clock(), by="usr_staff", reason=reason)

    def rows(self) -> list[Mapping[str, object]]:
        """Return every row that people query, as it is stored."""
        with self.database.reading() as session:
            return [
                {column.name: value for column, value in zip(model.__table__.columns, row, strict=True)}
                for model in (EnvelopeRow, RecipientRow, DocumentRow)
                for row in session.execute(select(*model.__table__.columns).order_by(model.id))
            ]

    def row(self, envelope: Envelope) -> EnvelopeRow:
        with self.database.reading() as session:
            return session.scalars(select(EnvelopeRow).where(EnvelopeRow.id == envelope.id)).one()


@pytest.fixture
def office(database: Database, tmp_path: Path, authority: EmbeddedAuthority, typeface: Typeface) -> Office:
    clock, jobs = SettableClock(datetime.now(UTC).replace(microsecond=0)), Jobs()
    ports = ports_for(database, tmp_path, authority, typeface)
    services = replace(ports.trust_services, clock=clock)
    return Office(Desk(assemble(replace(ports, trust_services=services, queue=jobs)), now=clock), clock, jobs)


def test_of_two_commands_that_exclude_each_other_one_wins(office: Office, contract: bytes) -> None:
    others = [office.service, assemble(office.service.ports)]
    for _ in range(3):
        envelope = office.desk.create(short_request(contract, YU))
        opened = commands.RecordOpened(at=office.clock(), recipient=envelope.recipients[0].id)

        def change(service: Service, command: commands.Command, of: str = envelope.id) -> None:
            service.envelopes.change(of, lambda _session, _now: command, actor="user:usr_staff")

        voiding, opening = partial(change, others[0], office.void()), partial(change, others[1], opened)
        failures = at_once(voiding, opening)
        assert all(isinstance(failure, Refusal) for failure in failures)
        events = office.desk.events(envelope)
        assert events[-1] == "envelope.voided"  # opened before that, or refused
        assert ("recipient.opened" in events) is (not failures)


def test_of_many_who_void_for_reasons_of_their_own_one_is_recorded(office: Office, contract: bytes) -> None:
    envelope = office.desk.create(short_request(contract, YU))
    services = [assemble(office.service.ports) for _ in range(4)]

    def void(service: Service, number: int) -> None:
        service.envelopes.change(
            envelope.id, lambda _session, _now: office.void(f"reason-{number}"), actor="user:usr_staff"
        )

    assert at_once(*(partial(void, one, number) for number, one in enumerate(services))) == []
    assert office.desk.events(envelope).count("envelope.voided") == 1


def test_two_people_act_at_once_and_both_are_recorded(office: Office, contract: bytes) -> None:
    envelope = office.desk.create(short_request(contract, YU, YE))
    tokens = [office.desk.enter(envelope, 0, YU), office.desk.enter(envelope, 1, YE)]
    assert at_once(*(partial(office.desk.read, token) for token in tokens)) == []
    assert [one.state for one in office.desk.envelope(envelope.id).recipients] == [RecipientState.READ] * 2


def test_what_was_rolled_back_is_never_seen(office: Office, contract: bytes) -> None:
    envelope = office.desk.create(short_request(contract, YU))
    envelopes = office.service.envelopes
    before = office.desk.envelope(envelope.id)
    with pytest.raises(ZeroDivisionError), office.database.transaction() as session:
        envelopes.execute(session, envelope.id, office.void(), actor="user:usr_staff")
        assert envelopes.get(session, envelope.id).state is EnvelopeState.VOIDED
        raise ZeroDivisionError
    assert office.desk.envelope(envelope.id) == before
    assert office.row(envelope).state == "in_progress"

    def fall(_session: Session, _change: Change) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        envelopes.change(envelope.id, lambda _session, _now: office.void(), actor="user:usr_staff", beside=fall)
    assert office.desk.envelope(envelope.id) == before
    office.change(envelope, office.void())
    assert office.desk.envelope(envelope.id).state is EnvelopeState.VOIDED


def test_a_state_that_is_known_follows_what_another_process_did(office: Office, contract: bytes) -> None:
    envelope = office.desk.create(short_request(contract, YU))
    other = assemble(office.service.ports)
    with office.database.reading() as session:
        assert other.envelopes.get(session, envelope.id).state is EnvelopeState.IN_PROGRESS
    office.change(envelope, office.void())
    with office.database.reading() as session:
        assert other.envelopes.get(session, envelope.id).state is EnvelopeState.VOIDED


def test_an_envelope_that_is_not_there_is_refused(office: Office) -> None:
    with pytest.raises(Refusal) as refused:
        office.desk.envelope("env_01k9x7wz3m5n7p9q1r3s5t7v9w")
    assert refused.value.code == "no-envelope"
    with office.database.reading() as session, pytest.raises(Refusal) as unknown:
        office.service.envelopes.of_recipient(session, "rcp_01k9x7wz3m5n7p9q1r3s5t7v9w")
    assert unknown.value.code == "no-recipient"


def test_the_rows_made_again_from_the_trail_are_the_same_also_after_an_erasure(office: Office, contract: bytes) -> None:
    completed = office.desk.create(short_request(contract, YU))
    office.desk.play(completed, 0, YU)
    office.desk.work()
    voided = office.desk.create(
        short_request(
            contract,
            YU,
            YE,
            external_id="policy-1",
            reminders=Reminders(first_after_hours=24, every_hours=48, at_most=3),
        )
    )
    office.change(voided, office.void())
    waiting = office.desk.create(short_request(contract, YU, YE))
    office.clock.move(minutes=5)
    office.desk.play(waiting, 0, YU)  # leaves a task
    with office.database.transaction() as session:
        Trail(Vocabulary((EventType("stand-in.accepted"),))).append(
            session,
            "operations",
            0,
            [EventType("stand-in.accepted")(by="usr_1")],
            actor="operator",
            time=office.clock(),
        )
        office.service.records.erase(session, completed.recipients[0].plan.person, at=office.clock())
    with office.database.transaction() as session:
        Sequencer().run_once(session)
    before, projection = office.rows(), envelope_projection()
    assert {row["state"] for row in before if "client" in row} == {"completed", "voided", "in_progress"}
    rebuild(office.database, projection)
    assert office.rows() == before
    catch_up(office.database, projection)
    assert office.rows() == before


@ON_SQLITE
def test_a_row_that_a_change_made_before_the_rebuilding_came_to_it_ends_the_same(
    office: Office, contract: bytes
) -> None:
    envelope = office.desk.create(short_request(contract, YU))
    office.clock.move(hours=1)
    projection = envelope_projection()
    with office.database.transaction() as session:
        projection.clear(session)
    office.change(envelope, office.void())
    with office.database.transaction() as session:
        Sequencer().run_once(session)
    catch_up(office.database, projection)
    row = office.row(envelope)
    assert (row.state, row.created_at) == ("voided", office.clock() - timedelta(hours=1))


@ON_SQLITE
def test_reminders_and_expiry_come_by_the_sweep(office: Office, contract: bytes) -> None:
    envelope = office.desk.create(
        short_request(
            contract,
            YU,
            YE,
            reminders=Reminders(first_after_hours=24, every_hours=48, at_most=3),
            expires_at=office.clock() + timedelta(days=14),
        )
    )
    sweep = office.service.deadlines.run
    assert sweep() == 0
    office.clock.move(hours=24)
    assert sweep() == 1
    assert sweep() == 0
    office.desk.play(envelope, 0, YU)
    office.desk.step("sign")
    office.clock.move(hours=48)
    sweep()
    assert [one.reminders for one in office.desk.envelope(envelope.id).recipients] == [1, 2]
    office.clock.move(days=14)
    sweep()
    assert office.desk.envelope(envelope.id).state is EnvelopeState.EXPIRED
    assert sweep() == 0
    kinds = office.desk.messages.kinds()
    assert (kinds.count("reminder"), kinds.count("expired")) == (3, 2)


@ON_SQLITE
def test_a_sweep_that_comes_late_for_everything_expires_and_reminds_nobody(office: Office, contract: bytes) -> None:
    envelope = office.desk.create(
        short_request(
            contract,
            YU,
            reminders=Reminders(first_after_hours=24, every_hours=48, at_most=3),
            expires_at=office.clock() + timedelta(days=14),
        )
    )
    office.clock.move(days=30)
    office.service.deadlines.run()
    assert office.desk.envelope(envelope.id).state is EnvelopeState.EXPIRED
    assert "reminder" not in office.desk.messages.kinds()


@ON_SQLITE
def test_a_client_that_moves_its_clock_has_its_own_envelopes_expire(office: Office, contract: bytes) -> None:
    mine = office.desk.create(short_request(contract, YU, expires_at=office.clock() + timedelta(days=14)))
    other = office.service.maker.create(
        "cli_other000000000000000000000", short_request(contract, YU), now=office.clock()
    )
    with office.database.transaction() as session:
        office.service.clocks.advance(session, CLIENT, timedelta(days=15))
    assert office.service.deadlines.run() == 1
    assert office.desk.envelope(mine.id).state is EnvelopeState.EXPIRED
    assert office.desk.envelope(other.envelope).state is EnvelopeState.IN_PROGRESS


@ON_SQLITE
def test_an_envelope_that_waits_for_us_alone_does_not_expire(office: Office, contract: bytes) -> None:
    envelope = office.desk.create(short_request(contract, YU, expires_at=office.clock() + timedelta(days=1)))
    office.desk.play(envelope, 0, YU)
    office.clock.move(days=2)
    assert office.service.deadlines.run() == 0
    assert office.desk.recipient(envelope, 0).state is RecipientState.CONFIRMED


@ON_SQLITE
def test_an_envelope_that_cannot_be_read_does_not_hold_up_the_others(office: Office, contract: bytes) -> None:
    broken, sound = (
        office.desk.create(short_request(contract, YU, expires_at=office.clock() + timedelta(days=days)))
        for days in (1, 2)
    )
    unknown = EventType("envelope.unheard-of")
    with office.database.transaction() as session:
        version = len(read_stream(session, broken.id))
        Trail(Vocabulary((unknown,))).append(
            session, broken.id, version, [unknown()], actor="operator", time=office.clock()
        )
    office.clock.move(days=3)
    assert office.service.deadlines.run() == 2
    assert office.desk.envelope(sound.id).state is EnvelopeState.EXPIRED


@ON_SQLITE
def test_a_task_whose_job_was_lost_is_found_by_the_sweep(office: Office, contract: bytes) -> None:
    envelope = office.desk.create(short_request(contract, YU))
    office.desk.play(envelope, 0, YU)
    office.jobs.lose()
    assert office.service.put_due_jobs() == 0
    office.clock.time += GRACE
    assert office.service.put_due_jobs() == 1
    assert office.service.put_due_jobs() == 0
    office.jobs.lose()
    office.clock.time += VISIBILITY
    assert office.service.put_due_jobs() == 1
    while office.jobs.do(office.service):
        pass
    assert office.desk.envelope(envelope.id).state is EnvelopeState.COMPLETED


@ON_SQLITE
def test_the_waits_between_tries_grow_as_they_are_listed(office: Office, contract: bytes) -> None:
    office.desk.play(office.desk.create(short_request(contract, YU)), 0, YU)
    tasks, (task,) = office.service.tasks, office.desk.tasks()
    waited = []
    for _ in range(len(WAITS) + 2):
        with office.database.transaction() as session:
            tasks.take(session, task.id, now=office.clock())
            tasks.put_off(session, task.id, "service-silent", now=office.clock())
        (now,) = office.desk.tasks()
        waited.append((now.due_at - office.clock()).total_seconds())
        office.clock.time = now.due_at
        assert office.service.put_due_jobs() == 1
    assert waited == [*WAITS, WAITS[-1], WAITS[-1]]


@ON_SQLITE
def test_whoever_finds_the_document_taken_stands_back_for_a_moment(office: Office, contract: bytes) -> None:
    envelope = office.desk.create(short_request(contract, YU, YE))
    office.desk.play(envelope, 0, YU)
    office.desk.play(envelope, 1, YE)
    first, second = office.desk.tasks()
    inner = office.service.ports.trust_services.timestamp_authority

    class Meanwhile:
        """While the first one waits for its timestamp, the second is tried."""

        token_size_bound = inner.token_size_bound

        def timestamp(self, digest: bytes) -> TimestampToken:
            office_again.jobs.do(again)
            return inner.timestamp(digest)

    services = replace(office.service.ports.trust_services, timestamp_authority=Meanwhile())
    again = assemble(replace(office.service.ports, trust_services=services))
    office_again = replace(office, desk=replace(office.desk, service=again))
    office.jobs.lose()
    office.jobs.put["second"] = ("sign", second.id)
    office_again.desk.run(first)
    (left,) = [task for task in office.desk.tasks() if task.kind == "sign"]
    assert (left.id, left.attempts, left.due_at) == (second.id, 0, office.clock() + MOMENT)
    office.clock.time += MOMENT
    assert office.service.put_due_jobs() == 1


@ON_SQLITE
def test_an_end_brings_the_signing_tasks_forward_and_takes_the_sealing_away(office: Office, contract: bytes) -> None:
    envelope = office.desk.create(short_request(contract, recipients=[RecipientRequest(RecipientRole.APPLICANT, YU)]))
    office.desk.play(envelope, 0, YU)
    office.jobs.lose()
    office.change(envelope, office.void())
    assert office.jobs.do(office.service) == 1
    assert office.desk.tasks() == []
    sealing = office.desk.create(short_request(contract, YU))
    office.desk.play(sealing, 0, YU)
    office.desk.step("sign")
    office.change(sealing, office.void())
    assert office.desk.tasks() == []


def test_the_fold_of_the_stored_events_is_the_state_that_is_told(office: Office, contract: bytes) -> None:
    envelope = office.desk.create(short_request(contract, YU))
    office.desk.play(envelope, 0, YU)
    office.desk.work()
    with office.database.reading() as session:
        assert fold(map(event_of, read_stream(session, envelope.id))) == office.desk.envelope(envelope.id)
