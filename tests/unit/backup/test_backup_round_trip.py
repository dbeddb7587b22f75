"""What is backed up comes back as it was, from either database into either."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from sqlalchemy import delete, inspect, select
from sqlalchemy.exc import IntegrityError

from esign.backup.erasing_again import RECORD
from esign.backup.restoring import restore
from esign.backup.tables import BLOB, LEFT_OUT, WRAPPED_KEYS, kept_tables, known_tables
from esign.infra.blob_folder import FolderBlobStore
from esign.infra.blobs import read_blob
from esign.infra.database import Database, open_database
from esign.infra.errors import RecordError
from esign.infra.models import Message
from esign.infra.schema import upgrade
from esign.operations.trail_guards import missing_guards
from esign.renewal.chain import Link
from esign.renewal.checkpoint_rows import data_of, renewals_of
from esign.renewal.models import RenewalData, RenewedTimestamp, TimestampRenewal
from esign.trail.checkpoint import Origin
from esign.trail.errors import TrailDamaged
from esign.trail.log import read_stream
from esign.trail.models import TrailPending
from esign.trail.publishing import CheckpointPublisher, latest_checkpoint
from esign.trail.restoration import BROUGHT_BACK, STREAM
from esign.trail.sequencer import stored_frontier, tree_size, unplaced
from tests.unit.backup.small_service import FIRST, LOG, NOON, SECOND, SmallService
from tests.vectors.trail.stored import append, place


def rows_of(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of every table that comes back, without the numbers that only order what waits."""
    found = {}
    with database.reading() as session:
        for one in [*kept_tables(), *kept_tables(WRAPPED_KEYS)]:
            columns = [each for each in one.columns if each.identity is None]
            found[one.name] = sorted((tuple(row) for row in session.execute(select(*columns))), key=repr)
    return found


def test_everything_comes_back_from_either_database_into_either(small: SmallService, target: Database) -> None:
    """Rows, blobs, values of every kind, the tree, what waited for its leaf, and the guards that keep the trail."""
    taken = small.take()
    before = rows_of(small.database)
    with small.database.reading() as session:
        root, newest = stored_frontier(session).root(), latest_checkpoint(session)
    restored, blobs = small.bring_back(target)
    after = rows_of(target)
    assert [row for row in after.pop("trail_events") if STREAM not in row] == before.pop("trail_events")
    assert after == before
    assert (restored.blobs, read_blob(blobs, FIRST), read_blob(blobs, SECOND)) == (2, b"first", b"second" * 400_000)
    with target.reading() as session:
        (brought,) = read_stream(session, STREAM)
        assert brought.type == BROUGHT_BACK.name
        assert brought.payload == {"backup": taken.data.digest, "taken_at": NOON.isoformat()}
        message = session.get_one(Message, "msg_1")
        assert message.facts == {"recipient": "rec_1", "tries": [1, None, True]}
        assert (message.created_at, message.envelope, message.sent_at) == (NOON, None, None)
        assert small.records.read(session, "per_1") == "于文山".encode()
        found = latest_checkpoint(session)
        assert newest is not None
        assert found is not None
        assert found.signed == newest.signed
        assert (tree_size(session), stored_frontier(session).root()) == (5, root)
        assert len(session.scalars(select(TrailPending.number)).all()) == 2  # env_3, and that it was brought back
    append(target, "env_1", after=3)
    assert place(target) == 3
    with target.reading() as session:
        assert unplaced(session) == []
    publisher = CheckpointPublisher(Origin(LOG), small.key, small.authority.timestamp_authority)
    with pytest.raises(TrailDamaged) as refusal:
        publisher.publish(target)
    assert refusal.value.code == "trail-restored"
    assert missing_guards(target) == []


def test_the_renewals_of_checkpoints_come_back_and_the_database_keeps_them(
    small: SmallService, target: Database
) -> None:
    def chain(database: Database) -> tuple[Sequence[Link], Mapping[str, bytes]]:
        with database.reading() as session:
            newest = latest_checkpoint(session)
            assert newest is not None
            links = renewals_of(session, newest.signed.encode())
            return links, data_of(session, links)

    small.renew_checkpoint()
    small.take()
    small.bring_back(target)
    for name in ("checkpoint_timestamps", "renewal_data", "timestamp_renewals", "renewed_timestamps"):
        assert len(rows_of(target)[name]) == 1
        assert rows_of(target)[name] == rows_of(small.database)[name]
    links, data = chain(target)
    assert (links, data) == chain(small.database)
    assert (len(links), len(data)) == (1, 1)
    for model in (RenewalData, TimestampRenewal, RenewedTimestamp):
        with pytest.raises(IntegrityError, match="insert-only"), target.transaction() as session:
            session.execute(delete(model))


def test_without_the_wrapped_keys_nothing_that_was_sealed_opens(
    small_sqlite: SmallService, empty_sqlite: Database
) -> None:
    small_sqlite.take()
    data, _keys = small_sqlite.opened()
    blobs = FolderBlobStore(small_sqlite.folder / "blobs-again", bytes_at_most=10_000_000)
    restore(data, None, empty_sqlite, blobs, now=NOON)
    with empty_sqlite.reading() as session, pytest.raises(RecordError):
        small_sqlite.records.read(session, "per_1")


def test_every_table_of_the_schema_is_backed_up_or_left_out_for_a_reason(tmp_path: Path) -> None:
    """A table that somebody adds is in backups from its first day, or stands among those that are left out."""
    database = open_database(f"sqlite:///{tmp_path}/esign.db")
    upgrade(database)
    with database.reading() as session:
        names = set(inspect(session.connection()).get_table_names())
    database.close()
    assert {one.name for one in known_tables()} == names - {"alembic_version"}
    assert {one.name for one in kept_tables()} == names - {"alembic_version", *LEFT_OUT, *WRAPPED_KEYS}
    assert set(LEFT_OUT) <= names
    assert set(WRAPPED_KEYS) <= names


def test_whoever_refers_to_a_blob_does_so_in_a_column_of_that_name() -> None:
    """So that its blob is in the backup."""
    columns = [each for one in known_tables() for each in one.columns]
    assert {each.name for each in columns if "blob" in each.name} == {BLOB}
    assert all(RECORD in each.table.c for each in columns if each.name == BLOB)
    assert len([each for each in columns if each.name == BLOB]) >= 2
