"""What an operator does: the database's schema and rights, clients, the master key, stand-ins; and the help."""

from __future__ import annotations

import hashlib
import secrets
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import import_module

import click
import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError

from esign.api.keys import Clients
from esign.api.scopes import Scope
from esign.cli import COMMANDS, build_command
from esign.infra.database import Database, open_database
from esign.infra.keystore import open_key_store
from esign.infra.personal_records import PersonalRecords
from esign.infra.schema import newest_revision
from esign.operations.stand_ins import STAND_INS
from esign.trail.log import read_stream
from tests.command import Desk
from tests.vectors.trail.stored import append, place
from wsgi import product_rooms

EVERY_COMMAND = [(group, name) for group, commands in COMMANDS.items() for name in commands]


@pytest.fixture
def stored(started_office: Desk) -> Iterator[Database]:
    """The database of the started office."""
    database = open_database(f"sqlite:///{started_office.folder}/esign-data/esign.db")
    yield database
    database.close()


def test_upgrading_brings_an_empty_place_to_this_version_and_again_changes_nothing(office: Desk) -> None:
    assert office.run("db", "upgrade").stdout == f"schema none is now {newest_revision()}\n"
    assert office.run("db", "upgrade").stdout == f"schema {newest_revision()}\n"
    assert office.json("db", "status") == {
        "schema": newest_revision(),
        "needed": newest_revision(),
        "current": True,
    }


def test_status_tells_of_an_old_schema(office: Desk) -> None:
    (office.folder / "esign-data").mkdir()
    assert not office.json("db", "status")["current"]
    assert "needs" in office.run("db", "status").stdout
    assert "[database-schema]" in office.run("clients", "create", "Sales", status=10).stderr


def test_a_client_has_a_key_with_every_scope_of_test_mode(started_office: Desk, stored: Database) -> None:
    made, rooms = started_office.json("clients", "create", "Sales platform"), product_rooms().scopes
    with stored.reading() as session:
        caller = Clients(rooms).verify(session, made["key"], at=datetime.now(UTC))
    assert caller is not None
    assert (caller.client, caller.mode, set(caller.scopes)) == (made["client"], "test", {*Scope, *rooms})
    assert made["scopes"] == sorted((*Scope, *rooms))


def test_a_client_may_have_fewer_scopes(started_office: Desk, stored: Database) -> None:
    told = started_office.run("clients", "create", "Archive", "--scope", "documents:read").stdout
    key = next(line.split()[1] for line in told.splitlines() if line.startswith("key"))
    with stored.reading() as session:
        caller = Clients().verify(session, key, at=datetime.now(UTC))
    assert caller is not None
    assert caller.scopes == {Scope.DOCUMENTS_READ}
    assert "not shown again" in told


def test_live_keys_have_no_scope_of_test_mode(started_office: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ESIGN_MODE", "live")
    monkeypatch.setenv("ESIGN_PUBLIC_URL", "https://signing.insurer.example")
    made = started_office.json("clients", "create", "Sales platform")
    assert made["key"].startswith("esk_live_")
    assert Scope.TEST_WRITE not in made["scopes"]
    refused = started_office.run("clients", "create", "Tests", "--scope", "test:write", status=10)
    assert "[scope-of-test-mode]" in refused.stderr


@pytest.mark.parametrize("name", ["", "   ", "a\nb", "n" * 121])
def test_a_name_that_is_none_makes_no_client(started_office: Desk, stored: Database, name: str) -> None:
    assert "[client-name]" in started_office.run("clients", "create", name, status=10).stderr
    with stored.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM api_clients")) == 0


def test_rotating_and_retiring_the_master_key_keeps_every_record_readable(
    started_office: Desk, stored: Database
) -> None:
    records = PersonalRecords(open_key_store(started_office.folder / "esign-data-keys"))
    with stored.transaction() as session:
        records.keep(session, "rec_1", "person", "于文山".encode(), at=datetime.now(UTC))
    assert started_office.run("keys", "rotate").stdout.startswith("master key 2 wraps every record")
    assert "keys were wrapped anew" in started_office.run("keys", "finish").stdout
    assert started_office.run("keys", "retire", "1").stdout == "master key 1 is gone\n"
    assert "[master-key-in-use]" in started_office.run("keys", "retire", "2", status=10).stderr
    again = PersonalRecords(open_key_store(started_office.folder / "esign-data-keys"))
    with stored.reading() as session:
        assert again.read(session, "rec_1") == "于文山".encode()


def test_accepting_a_stand_in_is_kept_in_the_trail_with_who_and_why(started_office: Desk, stored: Database) -> None:
    arguments = ("outbox", "--by", "stf_lin", "--reason", "pilot-branch-7")
    started_office.run("stand-ins", "accept", *arguments)
    listed = {one["stand_in"]: one["accepted"] for one in started_office.json("stand-ins", "list")["stand_ins"]}
    assert listed == {one: one == "outbox" for one in (*STAND_INS, *product_rooms().stand_ins)}
    started_office.run("stand-ins", "withdraw", *arguments)
    assert "accepted" not in started_office.run("stand-ins", "list").stdout.split()
    with stored.reading() as session:
        events = read_stream(session, "operations")
    assert [event.type for event in events] == ["stand-in.accepted", "stand-in.withdrawn"]
    assert dict(events[0].payload) == {"stand_in": "outbox", "by": "stf_lin", "reason": "pilot-branch-7"}


@pytest.mark.parametrize("by", ["王 芳", ""])
def test_whoever_accepts_is_named_by_an_id(started_office: Desk, by: str) -> None:
    refused = started_office.run("stand-ins", "accept", "outbox", "--by", by, "--reason", "pilot", status=10)
    assert len(refused.stderr.splitlines()) == 1
    assert "accepted" not in started_office.run("stand-ins", "list").stdout.split()


def test_rights_are_for_roles_of_postgresql(started_office: Desk) -> None:
    assert "[role-unusable]" in started_office.run("db", "grant", "esign_service", status=10).stderr


def test_a_granted_role_serves_and_cannot_change_the_trail(
    office: Desk, postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ESIGN_DATABASE_URL", postgresql_url)
    office.run("db", "upgrade")
    role = f"serving_{hashlib.sha256(postgresql_url.encode() + secrets.token_bytes(4)).hexdigest()[:12]}"
    assert "[role-not-granted]" in office.run("db", "grant", role, status=10).stderr
    owner = open_database(postgresql_url)
    with owner.engine.begin() as connection:
        connection.execute(text(f"CREATE ROLE {role} LOGIN"))
    office.run("db", "grant", role)
    served = make_url(postgresql_url).set(username=role).render_as_string(hide_password=False)
    monkeypatch.setenv("ESIGN_DATABASE_URL", served)
    office.run("clients", "create", "Sales platform")
    office.run("stand-ins", "accept", "outbox", "--by", "stf_lin", "--reason", "pilot")
    database = open_database(served)
    append(database)
    assert place(database) == 4  # client, key, stand-in, and the one above
    for statement in ("UPDATE trail_events SET actor = 'nobody'", "DELETE FROM trail_leaves", "TRUNCATE trail_nodes"):
        with pytest.raises(DBAPIError), database.engine.begin() as connection:
            connection.execute(text(statement))
    database.close()
    owner.close()


@pytest.mark.parametrize(("group", "name"), EVERY_COMMAND, ids=[name for _group, name in EVERY_COMMAND])
def test_every_command_is_where_the_help_says_and_shows_an_example(office: Desk, group: str, name: str) -> None:
    place_, about = COMMANDS[group][name]
    module, _colon, attribute = place_.partition(":")
    command = getattr(import_module(module), attribute)
    assert command.name == name
    assert f"{name} " in office.run("--help").stdout
    assert about in office.run("--help").stdout
    leaves = list(command.commands.values()) if isinstance(command, click.Group) else [command]
    assert any("Example" in (leaf.help or "") for leaf in leaves)


def test_the_help_imports_no_command() -> None:
    asked = (
        "import sys; from click.testing import CliRunner; from wsgi import build; from esign.cli import build_command;"
        "result = CliRunner().invoke(build_command(build()), ['--help']);"
        "assert result.exit_code == 0, result.output;"
        "print([name for name in sys.modules if name in ('esign.process', 'esign.cli.signing', 'esign.cli.serving')])"
    )
    ended = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert ended.stdout == "[]\n"


def test_a_newcomer_finds_files_the_service_and_operating_in_this_order(office: Desk) -> None:
    told = office.run("--help").stdout
    places = [told.index(f"{heading}:") for heading in COMMANDS]
    assert places == sorted(places)
    assert "esign serve" in told
    assert build_command(office.builders).list_commands(click.Context(click.Command("esign")))[0] == "sign"
