"""`esign doctor`: what a service lacks for going live, each with its cure, and never a false all-clear."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url, text

from ca.authority import EmbeddedAuthority, create_authority
from ca.ports import TimestampToken
from esign.ceremony.quarantined import start_document_quarantine
from esign.infra.blob_folder import FolderBlobStore
from esign.infra.blobs import Source
from esign.infra.database import open_database
from esign.infra.insert_only import execute_as_written
from esign.infra.keystore import create_key_store
from esign.infra.quarantine.confinement import Confinement
from esign.infra.schema import upgrade
from esign.infra.settings import BlobSettings
from esign.operations.stand_ins import STAND_INS
from esign.pades.typeface import Typeface
from esign.trail import models as trail_models
from esign.trail.consumers import Consumer, run_batch
from esign.trail.errors import ConsumerStopped
from tests.authority import present_time
from tests.command import PASSPHRASE, Desk
from tests.vectors.trail.stored import append, place
from wsgi import product_rooms

EVERY_STAND_IN = (*STAND_INS, *product_rooms().stand_ins)


@dataclass
class Shared:
    """A quarantine that was started once for all of these tests; each of them closes nothing."""

    confinement: Confinement

    def close(self) -> None:
        """Leave it to whoever started it."""


@pytest.fixture(scope="module")
def confinement(typeface: Typeface) -> Confinement:
    """What this machine really enforces."""
    with closing(start_document_quarantine(typeface)) as started:
        return started.confinement


@pytest.fixture(autouse=True)
def shared(confinement: Confinement, monkeypatch: pytest.MonkeyPatch) -> Shared:
    found = Shared(confinement)
    monkeypatch.setattr("esign.ceremony.quarantined.start_document_quarantine", lambda *_typefaces: found)
    return found


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a service that could go live: every stand-in is accepted, the custodian's key was taken away."""
    desk = Desk(tmp_path_factory.mktemp("made"))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(desk.folder)
        desk.run("db", "upgrade")
        create_key_store(desk.folder / "esign-data-keys")
        authority = desk.folder / "esign-data" / "authority"
        create_authority(authority, passphrase=PASSPHRASE.encode(), clock=present_time)
        (authority / "keys" / "custodian.pem").rename(desk.folder / "custodian.pem")
        for stand_in in EVERY_STAND_IN:
            desk.run("stand-ins", "accept", stand_in, "--by", "stf_lin", "--reason", "pilot")
    return desk.folder


@pytest.fixture
def ready(office: Desk, made: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A copy of that service, and the settings that it would go live with."""
    shutil.copytree(made, office.folder, dirs_exist_ok=True)
    monkeypatch.setenv("ESIGN_MODE", "live")
    monkeypatch.setenv("ESIGN_PUBLIC_URL", "https://signing.insurer.example")
    monkeypatch.setenv("ESIGN_AUTHORITY_PASSPHRASE", PASSPHRASE)
    monkeypatch.setenv("ESIGN_IDENTITY_LEVELS", "not-verified")
    return office


def checks(told: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {check["name"]: check for check in told["checks"]}


def failing(desk: Desk, *arguments: str, status: int = 10) -> dict[str, str]:
    """Return the needed checks that failed, with what was said, and fail unless the command ended with `status`."""
    told = desk.json("doctor", *arguments, status=status)
    assert told["healthy"] is (status == 0)
    return {check["name"]: check["said"] for check in told["checks"] if check["needed"] and not check["passed"]}


def database_of(desk: Desk) -> str:
    return f"sqlite:///{desk.folder}/esign-data/esign.db"


def test_a_service_that_is_ready_is_told_to_be(ready: Desk) -> None:
    told = ready.json("doctor", "--live", status=0)
    found = checks(told)
    assert told["healthy"]
    assert found["mode"]["passed"]
    assert sum(name.startswith("stand-in ") for name in found) == len(EVERY_STAND_IN)
    assert {
        "keys",
        "database",
        "certificates",
        "trail guards",
        "trail rights",
        "trail places",
        "trail consumers",
    } <= set(found)
    assert {"blobs", "quarantine", "clock", "outgoing", "custodian key", "public address"} <= set(found)


def test_looking_leaves_nothing_behind(ready: Desk) -> None:
    ready.run("doctor", "--live")
    assert [path for path in (ready.folder / "esign-data" / "blobs").rglob("*") if path.is_file()] == []


def test_where_nothing_was_started_it_says_so_and_makes_nothing(office: Desk) -> None:
    found = failing(office, "--live")
    assert "esign serve" in found["database"]
    assert set(found) >= {"keys", "certificates", "public address", "clock", "trail guards"}
    assert [path for path in office.folder.rglob("*") if path.name == "esign.db"] == []


def test_it_is_told_how_well_signers_of_rooms_are_known(ready: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    said = checks(ready.json("doctor", "--live", status=0))["identity levels"]["said"]
    assert "policy" in said and "also who was not checked may sign" in said
    monkeypatch.setenv("ESIGN_IDENTITY_LEVELS", "three-factor")
    assert "nobody can sign" in failing(ready, "--live")["identity levels"]
    monkeypatch.delenv("ESIGN_IDENTITY_LEVELS")
    assert "nothing is sent to be signed by policy" in failing(ready, "--live")["identity levels"]


def test_an_open_stand_in_is_named_with_its_cure(ready: Desk) -> None:
    ready.run("stand-ins", "withdraw", "outbox", "--by", "stf_lin", "--reason", "over")
    found = failing(ready, "--live")
    assert list(found) == ["stand-in outbox"]
    assert "esign stand-ins accept outbox --by ID --reason CODE" in found["stand-in outbox"]


def test_a_plain_address_is_no_public_one(ready: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ESIGN_MODE", "test")
    monkeypatch.setenv("ESIGN_PUBLIC_URL", "http://signing.insurer.example")
    assert list(failing(ready, "--live")) == ["public address"]


def test_the_custodians_key_is_to_be_taken_away(ready: Desk) -> None:
    (ready.folder / "custodian.pem").rename(ready.folder / "esign-data/authority/keys/custodian.pem")
    found = failing(ready, "--live")
    assert list(found) == ["custodian key"]
    assert "take it away" in found["custodian key"]


@pytest.mark.parametrize("name", [".", "tokens.key", "authority.passphrase"])
def test_keys_that_others_may_read_are_found(ready: Desk, name: str) -> None:
    path = ready.folder / "esign-data-keys" / name
    path.touch()
    path.chmod(0o750 if name == "." else 0o640)
    found = failing(ready, "--live")
    assert list(found) == ["keys"]
    assert f"chmod go-rwx {path}" in found["keys"]


@pytest.mark.parametrize(
    ("meddling", "named"),
    [
        ("DROP TRIGGER trail_events_no_delete", "trail_events_no_delete"),
        ("DROP TRIGGER trail_pending_stays", "trail_pending_stays"),
        ("DROP TRIGGER trail_leaves_no_update; CREATE TRIGGER trail_leaves_no_update BEFORE UPDATE ON trail_leaves "
         "BEGIN SELECT 1; END", "trail_leaves_no_update"),
    ],
)  # fmt: skip
def test_a_guard_of_the_trail_that_is_gone_or_blunt_is_found(ready: Desk, meddling: str, named: str) -> None:
    database = open_database(database_of(ready))
    with database.engine.begin() as connection:
        for statement in meddling.split("; CREATE"):
            execute_as_written(connection, statement if statement.startswith("DROP") else f"CREATE{statement}")
    database.close()
    found = failing(ready, "--live")
    assert list(found) == ["trail guards"]
    assert f"{named} is missing or was changed" in found["trail guards"]


def test_an_event_that_somebody_hid_from_the_sequencer_is_found(ready: Desk) -> None:
    database = open_database(database_of(ready))
    (event,) = append(database)
    with database.engine.begin() as connection:
        execute_as_written(connection, "DROP TRIGGER trail_pending_stays")
        execute_as_written(
            connection, "DELETE FROM trail_pending WHERE number = (SELECT max(number) FROM trail_events)"
        )
        for statement in trail_models.guard_statements("sqlite"):
            if "trail_pending_stays" in statement:
                execute_as_written(connection, statement)
    database.close()
    found = failing(ready, "--live")
    assert list(found) == ["trail places"]
    assert event.id in found["trail places"]


def test_a_consumer_that_stands_still_is_found(ready: Desk) -> None:
    database = open_database(database_of(ready))
    append(database)
    place(database)

    def refuse(_session: object, _event: object) -> None:
        raise ValueError

    with pytest.raises(ConsumerStopped):
        run_batch(database, Consumer("webhooks", refuse))
    database.close()
    assert "webhooks stopped before position" in failing(ready, "--live")["trail consumers"]


def test_a_blob_store_that_writes_twice_is_found(ready: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    class Careless(FolderBlobStore):
        def put(self, name: str, source: Source) -> None:
            self.delete(name)
            super().put(name, source)

    def careless(settings: BlobSettings) -> FolderBlobStore:
        return Careless(settings.folder, bytes_at_most=settings.bytes_at_most)

    monkeypatch.setattr("esign.choices.open_blobs", careless)
    found = failing(ready, "--live")
    assert list(found) == ["blobs"]
    assert "If-None-Match" in found["blobs"]


def test_a_clock_that_the_timestamp_authority_does_not_share_is_found(
    ready: Desk, authority: EmbeddedAuthority
) -> None:
    class Elsewhere:
        token_size_bound = 8192

        def timestamp(self, digest: bytes) -> TimestampToken:
            token = authority.timestamp_authority.timestamp(digest)
            return replace(token, gen_time=token.gen_time - timedelta(minutes=3))

    ready.changes["service_timestamps"] = lambda _settings: Elsewhere()
    found = failing(ready, "--live")
    assert list(found) == ["clock"]
    assert "time server" in found["clock"]


def test_a_timestamp_authority_that_is_down_is_told(ready: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ESIGN_TIMESTAMPS_URL", "http://127.0.0.1:9/tsr")
    monkeypatch.setenv("ESIGN_OUTGOING_ALLOW", "127.0.0.1:9")
    monkeypatch.setenv("ESIGN_WEBHOOKS_ALLOW", "hooks.inside:8443")
    told = ready.json("doctor", "--live", status=10)
    assert "cannot be reached" in checks(told)["clock"]["said"]
    assert "127.0.0.1:9 may be reached; by clients' webhooks: hooks.inside:8443" in checks(told)["outgoing"]["said"]


def test_a_machine_that_does_not_confine_documents_is_found(ready: Desk, shared: Shared) -> None:
    shared.confinement = replace(shared.confinement, own_network=False, system_calls_filtered=False)
    found = failing(ready, "--live")
    assert list(found) == ["quarantine"]
    assert "own network, system calls filtered" in found["quarantine"]


def test_certificates_that_end_soon_are_found(ready: Desk) -> None:
    ready.changes["clock"] = lambda: datetime.now(UTC) + timedelta(days=3650 - 20)
    assert "ends 20" in failing(ready, "--live")["certificates"]


def test_wrong_settings_are_a_check_of_their_own(office: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ESIGN_MODE", "lve")
    assert list(failing(office, "--live")) == ["settings"]


def test_without_live_it_looks_at_a_service_only_where_there_is_one(office: Desk) -> None:
    assert "settings" not in checks(office.json("doctor"))
    (office.folder / "esign-data").mkdir()
    assert set(failing(office)) == {"keys", "database", "certificates"}


class TestOnPostgreSQL:
    """The role that is connected decides what could be done to the trail."""

    @pytest.fixture
    def owned(self, office: Desk, postgresql_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
        database = open_database(postgresql_url)
        upgrade(database)
        database.close()
        create_key_store(office.folder / "esign-data-keys")
        monkeypatch.setenv("ESIGN_DATABASE_URL", postgresql_url)
        yield office

    def found(self, desk: Desk) -> dict[str, dict[str, Any]]:
        return checks(desk.json("doctor", "--live", status=10))

    def test_the_owner_of_the_tables_is_not_who_should_serve(self, owned: Desk) -> None:
        found = self.found(owned)
        assert found["trail guards"]["passed"], found["trail guards"]
        assert "owns trail_checkpoints" in found["trail rights"]["said"]
        assert "esign db grant" in found["trail rights"]["said"]

    def test_a_role_with_the_rights_of_the_service_is(
        self, owned: Desk, postgresql_url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        as_role(owned, postgresql_url, monkeypatch)
        found = self.found(owned)
        assert found["trail rights"]["passed"], found["trail rights"]
        assert found["trail guards"]["passed"], found["trail guards"]

    @pytest.mark.parametrize(
        ("right", "named"),
        [
            ("TRUNCATE ON trail_pending", "can TRUNCATE trail_pending"),
            ("TRUNCATE ON trail_events", "can TRUNCATE trail_events"),
            ("DELETE ON trail_leaves", "can change rows of trail_leaves"),
            ("UPDATE (note) ON trail_checkpoints", "can change rows of trail_checkpoints"),
        ],
    )
    def test_every_right_too_many_is_named(
        self, owned: Desk, postgresql_url: str, monkeypatch: pytest.MonkeyPatch, right: str, named: str
    ) -> None:
        as_role(owned, postgresql_url, monkeypatch, more=f"GRANT {right} TO ")
        assert named in self.found(owned)["trail rights"]["said"]

    @pytest.mark.parametrize(
        ("meddling", "named"),
        [
            ("ALTER TABLE trail_nodes DISABLE TRIGGER trail_nodes_insert_only", "trail_nodes_insert_only is missing"),
            ("DROP TRIGGER trail_events_wait ON trail_events", "trail_events_wait is missing"),
            (
                "DROP TRIGGER trail_events_insert_only ON trail_events; "
                "CREATE TRIGGER trail_events_insert_only BEFORE UPDATE OR DELETE ON trail_events "
                "FOR EACH STATEMENT EXECUTE FUNCTION esign_refuse_change()",
                "trail_events_insert_only lets TRUNCATE pass",
            ),
            (
                "CREATE OR REPLACE FUNCTION esign_refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
                "$$ BEGIN RETURN NULL; END $$",
                "trail_events lets UPDATE pass, trail_events lets DELETE pass, trail_leaves lets UPDATE pass",
            ),
        ],
    )
    def test_a_guard_that_is_gone_or_blunt_is_found(
        self, owned: Desk, postgresql_url: str, meddling: str, named: str
    ) -> None:
        database = open_database(postgresql_url)
        with database.engine.begin() as connection:
            execute_as_written(connection, meddling)
        database.close()
        assert named in self.found(owned)["trail guards"]["said"]


def as_role(desk: Desk, url: str, monkeypatch: pytest.MonkeyPatch, more: str = "") -> None:
    """Let the service connect as a role of its own, with the rights of the service and perhaps one more."""
    role = f"service_{hashlib.sha256(url.encode()).hexdigest()[:12]}"
    database = open_database(url)
    with database.engine.begin() as connection:
        connection.execute(text(f"DROP ROLE IF EXISTS {role}"))
        connection.execute(text(f"CREATE ROLE {role} LOGIN"))
    desk.run("db", "upgrade")
    desk.run("db", "grant", role)
    if more:
        with database.engine.begin() as connection:
            connection.execute(text(f"{more}{role}"))
    database.close()
    monkeypatch.setenv("ESIGN_DATABASE_URL", make_url(url).set(username=role).render_as_string(hide_password=False))
