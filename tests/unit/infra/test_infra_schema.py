from __future__ import annotations

import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.exc import IntegrityError

from esign.api import models as api_models
from esign.ceremony import models as ceremony_models
from esign.completion import models as completion_models
from esign.exports import models as export_models
from esign.infra import models
from esign.infra.database import Base, Database, open_database
from esign.infra.errors import DatabaseError
from esign.infra.keystore import FileKeyStore, create_key_store
from esign.infra.personal_records import DataKeys
from esign.infra.schema import MIGRATIONS, newest_revision, require_current_schema, schema_revision, upgrade
from esign.infra.sealed_columns import ColumnKey
from esign.renewal import models as renewal_models
from esign.retention import models as retention_models
from esign.staff import models as staff_models
from esign.trail import models as trail_models
from esign.verifications import models as verification_models
from esign.webhooks import models as webhook_models
from wsgi import product_rooms

STEPS = list(reversed(list(ScriptDirectory(str(MIGRATIONS)).walk_revisions())))
STEP_NAMES = [step.revision for step in STEPS]
ROOMS = product_rooms()
MOMENT = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)


def guards(database: Database) -> set[str]:
    """Every trigger and the function behind it, as the database itself tells them."""
    statement = (
        "SELECT sql FROM sqlite_master WHERE type = 'trigger'"
        if database.is_sqlite
        else "SELECT pg_get_triggerdef(t.oid) || pg_get_functiondef(t.tgfoid) FROM pg_trigger t WHERE NOT tgisinternal"
    )
    with database.reading() as session:
        return {str(row) for row in session.scalars(text(statement))}


def test_models_and_migrated_schema_agree(empty_database: Database) -> None:
    upgrade(empty_database)
    with empty_database.engine.connect() as connection:
        # SQLite has no identity columns: every integer key is one.
        context = MigrationContext.configure(connection, opts={"compare_server_default": not empty_database.is_sqlite})
        assert compare_metadata(context, Base.metadata) == []


def test_models_and_migrated_schema_have_the_same_primary_keys(empty_database: Database) -> None:
    upgrade(empty_database)
    found = inspect(empty_database.engine)
    for name, table in Base.metadata.tables.items():
        migrated = found.get_pk_constraint(name)
        assert migrated["constrained_columns"] == [column.name for column in table.primary_key], name
        if not empty_database.is_sqlite:  # a key that numbers itself has no name there
            assert migrated["name"] == table.primary_key.name, name


def test_models_and_migrated_schema_have_the_same_triggers(
    empty_database: Database, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> None:
    upgrade(empty_database)
    migrated = guards(empty_database)
    if empty_database.is_sqlite:
        created = open_database(f"sqlite:///{tmp_path_factory.mktemp('models')}/esign.db")
        Base.metadata.create_all(created.engine)
    else:
        with empty_database.transaction() as session:
            session.execute(text("DROP SCHEMA public CASCADE"))
            session.execute(text("CREATE SCHEMA public"))
        created = empty_database
        Base.metadata.create_all(created.engine)
    assert migrated == guards(created)
    assert len(migrated) >= 8
    created.close()


@pytest.mark.parametrize("step", STEPS, ids=STEP_NAMES)
def test_each_step_goes_up_from_the_schema_before_it(empty_database: Database, step: object) -> None:
    before, revision = getattr(step, "down_revision", None), getattr(step, "revision", "")
    if before is not None:
        assert upgrade(empty_database, before) == before
    assert upgrade(empty_database, revision) == revision
    assert schema_revision(empty_database) == revision


def test_who_invited_whom_is_read_from_the_trail_that_was_there_before(empty_database: Database) -> None:
    upgrade(empty_database, "0009")
    event = text(
        "INSERT INTO trail_events (id, stream, version, type, type_version, actor, time, payload) VALUES "
        "(:id, :stream, :version, :type, 1, 'a', '2026-01-01T00:00:00.000000Z', :payload)"
    )
    told = [
        ("usr_a", 1, "staff.invited", '{"by":null,"institution":"ins_1","person":"per_1","roles":["admin"]}'),
        ("usr_b", 1, "staff.invited", '{"by":"usr_a","institution":"ins_1","person":"per_2","roles":["sales"]}'),
        ("usr_b", 2, "staff.reinvited", '{"by":"usr_c"}'),
        ("usr_b", 3, "staff.reinvited", '{"by":"usr_a"}'),
    ]
    with empty_database.transaction() as session:
        for number, (stream, version, kind, payload) in enumerate(told):
            values = {"stream": stream, "version": version, "type": kind, "payload": payload, "id": f"evt_{number}"}
            session.execute(event, values)
    upgrade(empty_database, "0010")
    with empty_database.reading() as session:
        rows = session.execute(text("SELECT member, inviter FROM staff_inviters ORDER BY inviter")).all()
    assert [tuple(row) for row in rows] == [("usr_b", "usr_a"), ("usr_b", "usr_c")]


def test_envelopes_completed_before_there_were_certificates_are_passed_over(empty_database: Database) -> None:
    step = next(one for one in STEPS if one.revision == "0014")
    upgrade(empty_database, str(step.down_revision))
    event = text(
        "INSERT INTO trail_events (id, stream, version, type, type_version, actor, time, payload) VALUES "
        "(:id, 'env_1', :version, 'envelope.completed', 1, 'a', '2026-01-01T00:00:00.000000Z', '{}')"
    )
    with empty_database.transaction() as session:
        for number in range(3):
            session.execute(event, {"id": f"evt_{number}", "version": number + 1})
            if number < 2:  # the last one waits for its place, and is not passed over
                leaf = text("INSERT INTO trail_leaves (position, event_id) VALUES (:position, :id)")
                session.execute(leaf, {"position": number, "id": f"evt_{number}"})
    upgrade(empty_database, "0014")
    with empty_database.reading() as session:
        assert session.execute(text("SELECT name, position FROM trail_consumers")).all() == [("completion", 2)]


def rows_in_clear(database: Database, keys: FileKeyStore) -> dict[str, bytes]:
    """Make what 0017 has of two documents, one of them without keys; return the key of the other."""
    upgrade(database, "0017")
    act = {"manifest": "ab", "certificate_serial": "1f", "base": "cd", "claimed_at": MOMENT, "chain": b"[]"}
    act |= {"certificate": b"who", "increment": b"%PDF who", "contents_at": 1, "capacity": 2, "cms": b"signed by who"}
    tables = Base.metadata.tables
    with database.transaction() as session:
        found = {"doc_1": DataKeys(keys).new(session, "doc_1.0")}
        for document, recipient in (("doc_1", "rec_1"), ("doc_2", "rec_2")):
            named = {"document": document, "recipient": recipient}
            session.execute(tables["signing_acts"].insert(), {**act, **named, "abandoned": False})
            accepted = {**named, "certificate_serial": recipient, "cms_sha256": recipient, "validation_data": b"who"}
            session.execute(tables["accepted_signatures"].insert(), accepted)
            report = {"document": document, "sha256": f"of {document}", "report": b"by who"}
            session.execute(tables["sealed_releases"].insert(), report)
        emptied = {"document": "doc_1", "recipient": "rec_3", "certificate_serial": "2", "cms_sha256": "2"}
        session.execute(tables["accepted_signatures"].insert(), {**emptied, "validation_data": b""})
    return found


def test_rows_that_name_people_are_sealed_and_those_of_erased_documents_go(
    empty_database: Database, tmp_path: Path
) -> None:
    keys = create_key_store(tmp_path / "keys")
    key = ColumnKey.drawn_from(rows_in_clear(empty_database, keys)["doc_1"])
    assert upgrade(empty_database, "0018", open_keys=lambda: keys) == "0018"
    tables = Base.metadata.tables
    with empty_database.reading() as session:
        act = session.execute(tables["signing_acts"].select()).mappings().one()
        proofs = dict(session.execute(text("SELECT recipient, validation_data FROM accepted_signatures")).all())
        release = session.execute(tables["sealed_releases"].select()).mappings().one()
    row = ("rec_1", "ab", "1f")
    in_clear = {"certificate": b"who", "increment": b"%PDF who", "cms": b"signed by who"}
    assert {one: key.unseal("signing_acts", one, row, act[one]) for one in in_clear} == in_clear
    assert key.unseal("accepted_signatures", "validation_data", ["rec_1"], bytes(proofs.pop("rec_1"))) == b"who"
    assert {recipient: bytes(data) for recipient, data in proofs.items()} == {"rec_2": b"", "rec_3": b""}
    assert key.unseal("sealed_releases", "report", ("doc_1", "of doc_1"), release["report"]) == b"by who"
    assert not any(b"who" in bytes(value) for value in (*(act[one] for one in in_clear), release["report"]))


def test_without_keys_rows_that_name_people_stay_as_they_are_and_the_upgrade_says_what_to_do(
    empty_database: Database, tmp_path: Path
) -> None:
    rows_in_clear(empty_database, create_key_store(tmp_path / "keys"))
    with pytest.raises(DatabaseError, match="esign db upgrade") as caught:
        upgrade(empty_database, "0018")
    assert caught.value.code == "database-upgrade-keys"
    assert schema_revision(empty_database) == "0017"
    with empty_database.reading() as session:
        assert session.scalars(text("SELECT count(*) FROM sealed_releases")).one() == 2


def test_the_steps_are_one_line_without_branches() -> None:
    assert [step.down_revision for step in STEPS] == [None, *STEP_NAMES[:-1]]
    assert newest_revision() == STEP_NAMES[-1]


def test_a_second_upgrade_changes_nothing(empty_database: Database) -> None:
    assert upgrade(empty_database) == upgrade(empty_database) == newest_revision()


def test_processes_that_upgrade_at_the_same_time_do_it_once(database_url: str) -> None:
    databases = [open_database(database_url) for _ in range(4)]
    reached: list[str] = []
    threads = [threading.Thread(target=lambda one=one: reached.append(upgrade(one))) for one in databases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert reached == [newest_revision()] * 4
    for one in databases:
        one.close()


def test_an_upgrade_that_fails_leaves_the_schema_as_it_was(empty_database: Database) -> None:
    upgrade(empty_database, "0001")
    with empty_database.transaction() as session:
        session.execute(text("CREATE TABLE erasures (x INTEGER)"))
    with pytest.raises(DatabaseError) as caught:
        upgrade(empty_database)
    assert caught.value.code == "database-upgrade"
    assert schema_revision(empty_database) == "0001"
    with empty_database.transaction() as session:
        session.execute(text("DROP TABLE erasures"))
    assert upgrade(empty_database) == newest_revision()  # no table of the failed step is in the way


def test_an_older_schema_is_refused_with_the_command_that_mends_it(empty_database: Database) -> None:
    with pytest.raises(DatabaseError, match=r"at schema none.*esign db upgrade"):
        require_current_schema(empty_database)
    upgrade(empty_database, "0001")
    with pytest.raises(DatabaseError, match=r"at schema 0001.*esign db upgrade"):
        require_current_schema(empty_database)
    upgrade(empty_database)
    require_current_schema(empty_database)


def test_a_schema_of_a_newer_version_is_left_alone(empty_database: Database) -> None:
    upgrade(empty_database)
    with empty_database.transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for refused in (upgrade, require_current_schema):
        with pytest.raises(DatabaseError, match="does not know"):
            refused(empty_database)


@pytest.mark.parametrize("table", ["erasures", *(model.__tablename__ for model in trail_models.INSERT_ONLY)])
def test_the_migrated_tables_refuse_changes(empty_database: Database, table: str) -> None:
    upgrade(empty_database)
    with empty_database.transaction() as session:
        session.execute(
            text(
                "INSERT INTO trail_events (id, stream, version, type, type_version, actor, time, payload) VALUES "
                "('evt_1', 's', 1, 't', 1, 'a', '2026-01-01T00:00:00.000000Z', '{}')"
            )
        )
        session.execute(text("INSERT INTO trail_leaves VALUES (0, 'evt_1')"))
        session.execute(text("INSERT INTO trail_nodes VALUES (0, 0, 'x')"))
        session.execute(
            text("INSERT INTO trail_checkpoints VALUES (1, 1, 'log', 'n', 't', '2026-01-01T00:00:00.000000Z')")
        )
        session.execute(text("INSERT INTO erasures VALUES ('rec_1', '2026-01-01T00:00:00.000000Z')"))
    target = Base.metadata.tables[table]
    column = next(column for column in target.columns if column.name not in {"number", "index"})
    for statement in (target.delete(), target.update().values({column: column})):
        with pytest.raises(IntegrityError, match="insert-only"), empty_database.transaction() as session:
            session.execute(statement)


def test_a_role_of_its_own_can_do_what_the_service_does_and_no_more(postgresql_url: str) -> None:
    database = open_database(postgresql_url)
    upgrade(database)
    with database.transaction() as session:
        session.execute(text("DROP ROLE IF EXISTS esign_service"))
        session.execute(text("CREATE ROLE esign_service"))
        for room in (
            models,
            trail_models,
            ceremony_models,
            webhook_models,
            staff_models,
            api_models,
            verification_models,
            export_models,
            completion_models,
            retention_models,
            renewal_models,
        ):
            for statement in room.role_statements("esign_service"):
                session.execute(text(statement))
        for statement in ROOMS.role_statements("esign_service"):
            session.execute(text(statement))
    with database.reading() as session:
        rights = {
            table: {
                right
                for right in ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE")
                if session.scalar(text("SELECT has_table_privilege('esign_service', :t, :r)"), {"t": table, "r": right})
            }
            for table in Base.metadata.tables
        }
    assert rights["erasures"] == rights["trail_events"] == {"SELECT", "INSERT"}
    assert rights["data_keys"] == {"SELECT", "INSERT", "UPDATE", "DELETE"}
    assert all(found and "TRUNCATE" not in found for found in rights.values())
    with database.transaction() as session:
        session.execute(text("DROP OWNED BY esign_service"))
        session.execute(text("DROP ROLE esign_service"))
    database.close()


@pytest.mark.parametrize("role", ["", "Esign", "a;b", 'x"', "x" * 64])
def test_a_role_name_that_is_not_plain_is_refused(role: str) -> None:
    with pytest.raises(ValueError, match="plain role name"):
        models.role_statements(role)
