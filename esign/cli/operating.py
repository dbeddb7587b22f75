"""What an operator does beside serving: the database, clients, keys, stand-ins."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path
from typing import Final

import click
from sqlalchemy.exc import DBAPIError

from esign.api import models as api_models
from esign.api.key_trail import KeyTrail
from esign.api.keys import Clients
from esign.api.scopes import Granted, RoomScope, Scope
from esign.ceremony import models as ceremony_models
from esign.cli.builders import builders_of
from esign.cli.families import Family
from esign.cli.output import errors_in_one_line, json_option, print_json
from esign.cli.service_database import service_database
from esign.cli.settings_option import read_settings, settings_option
from esign.completion import models as completion_models
from esign.errors import EsignError
from esign.exports import models as export_models
from esign.infra import models as infra_models
from esign.infra.insert_only import execute_as_written
from esign.infra.jobs_dbos import prepare_jobs
from esign.infra.keystore import create_key_store, open_key_store
from esign.infra.personal_records import finish_rotation, retire_master_key, rotate_master_key
from esign.infra.schema import newest_revision, schema_revision, upgrade
from esign.operations.stand_ins import (
    STAND_INS,
    VOCABULARY,
    accept_stand_in,
    accepted_stand_ins,
    withdraw_stand_in,
)
from esign.renewal import models as renewal_models
from esign.retention import models as retention_models
from esign.staff import models as staff_models
from esign.trail import models as trail_models
from esign.trail.log import Trail
from esign.verifications import models as verification_models
from esign.webhooks import models as webhook_models

_ROOMS: Final = (
    infra_models,
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
)
_ROLE: Final = re.compile(r"[a-z_][a-z0-9_]{0,62}")


@click.group("db", cls=Family)
def database_commands() -> None:
    """Bring the database to the schema of this version, and give the service's role its rights."""


@database_commands.command("upgrade")
@settings_option
def upgrade_database(config: Path | None) -> None:
    """Bring the schema to this version, in one transaction. Back the database up before.

    \b
    Example:
        esign db upgrade --config /etc/esign.toml
    """
    with errors_in_one_line(as_json=False):
        settings = read_settings(config)
        settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        with service_database(settings, current=False) as database:
            before = schema_revision(database) or "none"
            after = upgrade(database, open_keys=lambda: open_key_store(settings.keys))
            prepare_jobs(database)
        click.echo(f"schema {after}" if before == after else f"schema {before} is now {after}")


@database_commands.command("status")
@settings_option
@json_option
def database_status(config: Path | None, as_json: bool) -> None:
    """Tell at which schema the database is, and which one this version needs."""
    with errors_in_one_line(as_json=as_json):
        with service_database(read_settings(config), current=False) as database:
            found, needed = schema_revision(database), newest_revision()
        if as_json:
            print_json({"schema": found, "needed": needed, "current": found == needed})
        else:
            click.echo(f"schema {found or 'none'}, this version needs {needed}")


@database_commands.command("grant")
@click.argument("role")
@settings_option
@click.pass_context
def grant(context: click.Context, role: str, config: Path | None) -> None:
    """Give a PostgreSQL ROLE the rights of the service and no others: INSERT and SELECT alone on the trail.

    The role must exist and own nothing; run this as the owner of the tables, then let the service connect as the role.

    \b
    Example:
        esign db grant esign_service --config owner.toml
    """
    with errors_in_one_line(as_json=False), service_database(read_settings(config)) as database:
        if database.is_sqlite or not _ROLE.fullmatch(role):
            raise EsignError("role-unusable", "no role of PostgreSQL has this name", "name one such as esign_service")
        statements = [statement for room in _ROOMS for statement in room.role_statements(role)]
        statements += [
            *builders_of(context).rooms().role_statements(role),
            f"GRANT SELECT ON alembic_version TO {role}",
            f"GRANT USAGE ON SCHEMA public, dbos TO {role}",
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA dbos TO {role}",
            f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA dbos TO {role}",
            f"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA dbos TO {role}",
        ]
        try:
            with database.engine.begin() as connection:
                for statement in statements:
                    execute_as_written(connection, statement)
        except DBAPIError as error:
            raise EsignError(
                "role-not-granted",
                f"the database refused ({type(error.orig).__name__}), and nothing was changed",
                f"as the owner of the tables, CREATE ROLE {role} LOGIN first, then try again",
            ) from error
        click.echo(f"{role} has the rights of the service")


@click.group("clients", cls=Family)
def client_commands() -> None:
    """Programs that call the API, and their first keys."""


@client_commands.command("create")
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    help="What its key may do; default: everything. Repeat it.",
)
@settings_option
@json_option
@click.pass_context
def create_client(
    context: click.Context, name: str, scopes: tuple[str, ...], config: Path | None, as_json: bool
) -> None:
    """Create a client called NAME with a key, which is shown this once.

    \b
    Example:
        esign clients create "Sales platform" --scope envelopes:write --scope envelopes:read
    """
    with errors_in_one_line(as_json=as_json):
        settings, builders = read_settings(config), builders_of(context)
        further = tuple(builders.rooms().scopes)
        clients, now, wanted = Clients(further), builders.clock(), _scopes(scopes, settings.mode, further)
        with service_database(settings) as database, database.transaction() as session:
            trail = KeyTrail()
            try:
                client = clients.create_client(session, name, settings.mode, at=now)
            except ValueError as error:
                raise EsignError("client-name", f"this is no name ({error})", "choose another") from error
            made = clients.create_key(session, client.id, "first key", wanted, at=now, expires_at=None)
            trail.client_made(session, client, actor="operator", at=now)
            trail.key_made(session, client.id, made.facts, actor="operator")
        if as_json:
            print_json({"client": client.id, "mode": client.mode, "key": made.token.reveal(), "scopes": sorted(wanted)})
            return
        click.echo(f"client {client.id}, {client.mode} mode")
        click.echo(f"key    {made.token.reveal()}")
        click.echo("Keep the key now: it is not shown again, and only its digest is stored.")


@click.group("keys", cls=Family)
def key_commands() -> None:
    """The service's own keys, above all the master key that protects personal data at rest."""


@key_commands.command("create")
@settings_option
def create_keys(config: Path | None) -> None:
    """Make the keys of a new service, once. `esign serve` does so by itself, save for a PostgreSQL that is prepared.

    Bring the same folder to every machine of the service, and keep its backup apart from those of the data.

    \b
    Example:
        esign keys create --config /etc/esign.toml
    """
    with errors_in_one_line(as_json=False):
        folder = read_settings(config).keys
        create_key_store(folder)
        click.echo(f"keys are in {folder}")


@key_commands.command("rotate")
@settings_option
def rotate(config: Path | None) -> None:
    """Make a new master key and wrap every record's key by it. May be interrupted and run again with `keys finish`.

    \b
    Example:
        esign keys rotate && sleep 1d && esign keys retire 1
    """
    with errors_in_one_line(as_json=False):
        settings = read_settings(config)
        with service_database(settings) as database:
            version = rotate_master_key(database, open_key_store(settings.keys))
        click.echo(f"master key {version} wraps every record; retire the old one in a day: esign keys retire N")


@key_commands.command("finish")
@settings_option
def finish(config: Path | None) -> None:
    """Go on with a rotation that was interrupted."""
    with errors_in_one_line(as_json=False):
        settings = read_settings(config)
        with service_database(settings) as database:
            count = finish_rotation(database, open_key_store(settings.keys))
        click.echo(f"{count} keys were wrapped anew")


@key_commands.command("retire")
@click.argument("version", type=int)
@settings_option
def retire(version: int, config: Path | None) -> None:
    """Destroy the old master key VERSION, if it wraps nothing any more."""
    with errors_in_one_line(as_json=False):
        settings = read_settings(config)
        with service_database(settings) as database:
            retire_master_key(database, open_key_store(settings.keys), version)
        click.echo(f"master key {version} is gone")


@click.group("stand-ins", cls=Family)
def stand_in_commands() -> None:
    """What takes the place of a third party: which there are, and accepting them in writing for live mode."""


@stand_in_commands.command("list")
@settings_option
@json_option
@click.pass_context
def list_stand_ins(context: click.Context, config: Path | None, as_json: bool) -> None:
    """List the stand-ins that the settings choose, and whether each is accepted in the trail."""
    with errors_in_one_line(as_json=as_json):
        settings = read_settings(config)
        with service_database(settings) as database, database.reading() as session:
            accepted = accepted_stand_ins(session)
        of_rooms = builders_of(context).rooms().stand_ins
        meanings = {one: STAND_INS[one] for one in settings.stand_ins} | dict(of_rooms)
        if as_json:
            chosen = [{"stand_in": one, "accepted": one in accepted} for one in meanings]
            print_json({"mode": settings.mode, "stand_ins": chosen})
            return
        for one, meaning in meanings.items():
            click.echo(f"{'accepted' if one in accepted else 'OPEN    '}  {one}: {meaning}")


@stand_in_commands.command("accept")
@click.argument("stand_in")
@click.option("--by", required=True, help="Id of whoever takes the responsibility.")
@click.option("--reason", required=True, help="Why, as a code such as pilot-until-2027.")
@settings_option
@click.pass_context
def accept(context: click.Context, stand_in: str, by: str, reason: str, config: Path | None) -> None:
    """Accept a stand-in for live mode; the trail keeps who did, when and why.

    \b
    Example:
        esign stand-ins accept identity-not-verified --by stf_lin --reason pilot-branch-7
    """
    with errors_in_one_line(as_json=False):
        now, known = builders_of(context).clock(), _known_stand_ins(context, stand_in)
        with service_database(read_settings(config)) as database, database.transaction() as session:
            accept_stand_in(session, Trail(VOCABULARY), stand_in, by=by, reason=reason, now=now, known=known)
        click.echo(f"{stand_in} is accepted")


@stand_in_commands.command("withdraw")
@click.argument("stand_in")
@click.option("--by", required=True, help="Id of whoever withdraws it.")
@click.option("--reason", required=True, help="Why, as a code.")
@settings_option
@click.pass_context
def withdraw(context: click.Context, stand_in: str, by: str, reason: str, config: Path | None) -> None:
    """Withdraw the acceptance of a stand-in. Live mode does not start with it from then on."""
    with errors_in_one_line(as_json=False):
        now, known = builders_of(context).clock(), _known_stand_ins(context, stand_in)
        with service_database(read_settings(config)) as database, database.transaction() as session:
            withdraw_stand_in(session, Trail(VOCABULARY), stand_in, by=by, reason=reason, now=now, known=known)
        click.echo(f"{stand_in} is not accepted any more")


def _known_stand_ins(context: click.Context, named: str) -> Collection[str]:
    """Return the codes of all stand-ins, those of rooms too. Raises `click.BadParameter` for a name that is none."""
    known = (*STAND_INS, *builders_of(context).rooms().stand_ins)
    if named not in known:
        raise click.BadParameter(f"{named!r} is not one of {', '.join(known)}.", param_hint="STAND_IN")
    return known


def _scopes(named: tuple[str, ...], mode: str, further: Collection[RoomScope]) -> set[Granted]:
    """Return the scopes that were asked for, else all that the mode has, those of rooms too.

    Raises `EsignError` (`scope-of-test-mode`), `click.BadParameter` for one that is none.
    """
    every: set[Granted] = {*Scope, *further}
    if unknown := set(named) - every:
        raise click.BadParameter(
            f"{', '.join(sorted(unknown))} is not one of {', '.join(sorted(every))}.", param_hint="--scope"
        )
    if mode == "test":
        return {scope for scope in every if scope in named} or every
    if Scope.TEST_WRITE in named:
        raise EsignError("scope-of-test-mode", "live mode has nothing to test with", "leave --scope test:write out")
    return {scope for scope in every if scope in named} or every - {Scope.TEST_WRITE}
