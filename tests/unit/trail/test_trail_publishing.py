"""Checkpoints over the stored tree, proofs against them, and what happens when somebody rewrites the past."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import text

from ca.authority import EmbeddedAuthority
from ca.errors import TrustServiceUnavailable
from ca.ports import TimestampToken
from esign.infra.database import Database
from esign.trail.checkpoint import Origin, verify_checkpoint
from esign.trail.epochs import Published, open_epoch
from esign.trail.errors import NotCovered, NoteRefused, TrailDamaged
from esign.trail.log import read_from, read_stream
from esign.trail.note import Ed25519NoteKey
from esign.trail.proof import parse_inclusion_proof, verify_continues, verify_inclusion_proof
from esign.trail.publishing import (
    CheckpointPublisher,
    checkpoint_covering,
    checkpoints,
    latest_checkpoint,
    prove_consistency,
    prove_event,
)
from esign.trail.sequencer import unplaced
from tests.databases import asked_of
from tests.vectors.trail.edited import sign_anew
from tests.vectors.trail.sample_events import NOON
from tests.vectors.trail.stored import LOG_KEY, ORIGIN, append, place


@pytest.fixture
def publisher(authority: EmbeddedAuthority) -> CheckpointPublisher:
    return CheckpointPublisher(ORIGIN, LOG_KEY, authority.timestamp_authority)


def test_a_checkpoint_covers_what_has_a_leaf_and_is_published_once(
    database: Database, publisher: CheckpointPublisher
) -> None:
    assert publisher.publish(database) is None
    append(database, count=3)
    assert publisher.publish(database) is None
    place(database)
    stamped = publisher.publish(database)
    assert stamped is not None
    assert stamped.checkpoint.size == 3
    assert verify_checkpoint(stamped.signed, [LOG_KEY.public_key]) == stamped.checkpoint
    assert publisher.publish(database) is None
    with database.reading() as session:
        stored = latest_checkpoint(session)
        assert stored is not None
        assert stored.signed == stamped.signed
        assert stored.token.der == stamped.token.der


def test_every_event_is_proven_against_every_checkpoint_that_covers_it(
    database: Database, publisher: CheckpointPublisher
) -> None:
    version = 0
    for count in (1, 4, 2, 6):
        append(database, count=count, after=version)
        version += count
        place(database)
        publisher.publish(database)
    with database.reading() as session:
        heads = checkpoints(session)
        assert [head.checkpoint.size for head in heads] == [1, 5, 7, 13]
        for position, event in enumerate(read_stream(session, "env_1")):
            covering = [head for head in heads if head.checkpoint.size > position]
            assert checkpoint_covering(session, event.id).checkpoint == covering[0].checkpoint
            for head in covering:
                proof = prove_event(session, event.id, head)
                assert verify_inclusion_proof(parse_inclusion_proof(proof.encode()), [LOG_KEY.public_key]) == event
        for number, earlier in enumerate(heads):
            for later in heads[number:]:
                path = prove_consistency(session, earlier.checkpoint, later.checkpoint)
                verify_continues(earlier.checkpoint, later.checkpoint, path)
        assert [head.checkpoint.size for head in checkpoints(session, after=heads[1].checkpoint, limit=1)] == [7]


def test_an_event_that_waits_for_a_checkpoint_has_no_proof_yet(
    database: Database, publisher: CheckpointPublisher
) -> None:
    (first,) = append(database)
    place(database)
    stamped = publisher.publish(database)
    (second,) = append(database, after=1)
    with database.reading() as session:
        for event_id in (second.id, "evt_" + "0" * 32):
            with pytest.raises(NotCovered):
                prove_event(session, event_id)
    place(database)
    with database.reading() as session:
        assert prove_event(session, first.id).index == 0
        with pytest.raises(NotCovered):
            prove_event(session, second.id, stamped)


class Broken:
    token_size_bound = 0

    def timestamp(self, digest: bytes) -> TimestampToken:
        raise TrustServiceUnavailable("tsa-busy", "the timestamp authority does not answer", "try again later")


def test_an_authority_that_does_not_answer_delays_the_checkpoint(
    database: Database, publisher: CheckpointPublisher
) -> None:
    append(database)
    place(database)
    with pytest.raises(TrustServiceUnavailable):
        CheckpointPublisher(ORIGIN, LOG_KEY, Broken()).publish(database)
    with database.reading() as session:
        assert latest_checkpoint(session) is None
    assert publisher.publish(database) is not None


class Meanwhile:
    """An authority that takes its time: another process publishes while it is asked."""

    token_size_bound = 0

    def __init__(self, authority: EmbeddedAuthority, meanwhile: Callable[[], object]) -> None:
        self._authority = authority
        self._meanwhile = meanwhile

    def timestamp(self, digest: bytes) -> TimestampToken:
        self._meanwhile()
        return self._authority.timestamp_authority.timestamp(digest)


def test_two_publishers_of_one_head_agree_on_the_first_that_is_stored(
    database: Database, publisher: CheckpointPublisher, authority: EmbeddedAuthority
) -> None:
    append(database)
    place(database)
    slow = CheckpointPublisher(ORIGIN, LOG_KEY, Meanwhile(authority, lambda: publisher.publish(database)))
    late = slow.publish(database)
    with database.reading() as session:
        stored = latest_checkpoint(session)
        assert len(checkpoints(session)) == 1
    assert late is not None
    assert stored is not None
    assert late.token.der == stored.token.der


def test_a_slow_publisher_stores_a_smaller_head_and_nothing_is_harmed(
    database: Database, publisher: CheckpointPublisher, authority: EmbeddedAuthority
) -> None:
    def meanwhile() -> None:
        append(database, after=1)
        place(database)
        publisher.publish(database)

    append(database)
    place(database)
    CheckpointPublisher(ORIGIN, LOG_KEY, Meanwhile(authority, meanwhile)).publish(database)
    with database.reading() as session:
        assert [head.checkpoint.size for head in checkpoints(session)] == [1, 2]
    assert publisher.publish(database) is None


def test_no_head_is_signed_that_does_not_continue_the_last_one(
    database: Database, publisher: CheckpointPublisher
) -> None:
    append(database, count=4)
    place(database)
    publisher.publish(database)
    meddle(database, "UPDATE trail_nodes SET hash = :forged WHERE level = 2")
    append(database, after=4)
    place(database)
    with pytest.raises(TrailDamaged) as refusal:
        publisher.publish(database)
    assert refusal.value.code == "trail-forked"


def test_events_cut_off_behind_a_published_checkpoint_are_noticed(
    database: Database, publisher: CheckpointPublisher
) -> None:
    append(database, count=4)
    place(database)
    publisher.publish(database)
    meddle(database, "DELETE FROM trail_leaves WHERE position = 3")
    with pytest.raises(TrailDamaged) as refusal:
        publisher.publish(database)
    assert refusal.value.code == "trail-forked"
    with database.reading() as session:
        assert len(unplaced(session)) == 1


def test_a_checkpoint_that_somebody_else_signed_is_not_built_upon(
    database: Database, authority: EmbeddedAuthority, publisher: CheckpointPublisher
) -> None:
    append(database)
    place(database)
    stranger = Ed25519NoteKey(Ed25519PrivateKey.generate())
    CheckpointPublisher(ORIGIN, stranger, authority.timestamp_authority).publish(database)
    append(database, after=1)
    place(database)
    with pytest.raises(NoteRefused):
        publisher.publish(database)


def test_a_new_key_goes_on_where_an_earlier_one_is_named(
    database: Database, authority: EmbeddedAuthority, publisher: CheckpointPublisher
) -> None:
    append(database)
    place(database)
    publisher.publish(database)
    append(database, after=1)
    place(database)
    new = Ed25519NoteKey(Ed25519PrivateKey.generate())
    rotated = CheckpointPublisher(
        ORIGIN, new, authority.timestamp_authority, earlier_keys=[LOG_KEY.public_key]
    ).publish(database)
    assert rotated is not None
    assert verify_checkpoint(rotated.signed, [new.public_key]).size == 2


def test_a_restored_trail_goes_on_in_a_later_epoch_and_never_in_an_earlier_one(
    database: Database, authority: EmbeddedAuthority, publisher: CheckpointPublisher
) -> None:
    append(database)
    place(database)
    publisher.publish(database)
    with database.transaction() as session:
        open_epoch(session, ORIGIN.log, Published(size=4), by="stf_lin", reason="disk-failure", now=NOON)
    place(database)
    restored = CheckpointPublisher(replace(ORIGIN, epoch=2), LOG_KEY, authority.timestamp_authority)
    stamped = restored.publish(database)
    assert stamped is not None
    assert stamped.checkpoint.origin == Origin(ORIGIN.log, 2)
    assert restored.publish(database) is None
    assert publisher.publish(database) is None  # whose settings name the first epoch, and the trail a later one
    with database.reading() as session:
        first, second = checkpoints(session)
        verify_continues(
            first.checkpoint, second.checkpoint, prove_consistency(session, first.checkpoint, second.checkpoint)
        )


def test_a_trail_that_began_an_epoch_by_a_setting_once_goes_on_in_it_and_never_in_an_earlier_one(
    database: Database, authority: EmbeddedAuthority, publisher: CheckpointPublisher
) -> None:
    append(database)
    place(database)
    publisher.publish(database)
    second = replace(ORIGIN, epoch=2)
    sign_anew(database, authority.timestamp_authority, origin=second)
    append(database, after=1)
    place(database)
    stamped = CheckpointPublisher(second, LOG_KEY, authority.timestamp_authority).publish(database)
    assert stamped is not None
    assert stamped.checkpoint.origin == second
    with pytest.raises(TrailDamaged) as refusal:
        publisher.publish(database)
    assert refusal.value.code == "trail-epoch"


def test_a_setting_alone_begins_no_epoch_after_one_that_was_published(
    database: Database, authority: EmbeddedAuthority, publisher: CheckpointPublisher
) -> None:
    third = CheckpointPublisher(replace(ORIGIN, epoch=3), LOG_KEY, authority.timestamp_authority)
    append(database)
    place(database)
    publisher.publish(database)
    with pytest.raises(TrailDamaged) as refusal:
        third.publish(database)
    assert refusal.value.code == "trail-unopened"
    assert "set trail.epoch to 1 again" in str(refusal.value)


def test_the_first_checkpoint_of_all_is_of_the_epoch_that_the_settings_name(
    database: Database, authority: EmbeddedAuthority
) -> None:
    append(database)
    place(database)
    stamped = CheckpointPublisher(replace(ORIGIN, epoch=3), LOG_KEY, authority.timestamp_authority).publish(database)
    assert stamped is not None
    assert stamped.checkpoint.origin.epoch == 3


def meddle(database: Database, sql: str) -> None:
    """Change a row as an owner of the database can: with the triggers out of the way."""
    with database.transaction() as session:
        if database.is_sqlite:
            names = session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all()
            for name in names:
                session.execute(text(f"DROP TRIGGER {name}"))
        else:
            session.execute(text("SET LOCAL session_replication_role = replica"))
        session.execute(text(sql), {"forged": bytes(32)} if ":forged" in sql else {})


def test_an_event_that_was_read_lately_and_changed_since_is_not_taken_for_what_it_was(database: Database) -> None:
    append(database)
    place(database)
    with database.reading() as session:
        (before,) = read_from(session, 0)
        assert read_from(session, 0)[0].event is before.event
    meddle(database, "UPDATE trail_events SET actor = 'system:other'")
    with database.reading() as session:
        assert read_from(session, 0)[0].event.actor == "system:other"
    meddle(database, "UPDATE trail_events SET payload = '{ }'")
    with pytest.raises(TrailDamaged), database.reading() as session:
        read_from(session, 0)


def test_no_question_asked_of_the_trail_reads_a_whole_table(database: Database, publisher: CheckpointPublisher) -> None:
    """SQLite tells how it would find the rows; what it finds by an index, PostgreSQL can find by the same one."""
    (event,) = append(database)
    place(database)
    publisher.publish(database)
    with asked_of(database) as asked:
        append(database, after=1, count=6)
        place(database)
        publisher.publish(database)
        with database.reading() as session:
            prove_event(session, event.id)
            read_stream(session, "env_1")
            read_from(session, 0)
            first, second = checkpoints(session)
            checkpoints(session, after=first.checkpoint)
            prove_consistency(session, first.checkpoint, second.checkpoint)
    selects = [(sql, values) for sql, values in asked if sql.lstrip().startswith("SELECT") and "trail_" in sql]
    assert len(selects) > 10
    if database.is_sqlite:
        with database.engine.connect() as connection:
            for sql, values in selects:
                plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values).all()
                scanned = [step[-1] for step in plan if step[-1].startswith("SCAN")]
                assert all("trail_pending" in step or "INDEX" in step for step in scanned), (sql, scanned)
                assert not any("TEMP B-TREE" in step[-1] for step in plan), (sql, plan)
